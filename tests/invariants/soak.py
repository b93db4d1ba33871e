#!/usr/bin/env python3
"""A real nginx under load, its logs turned over by the real logrotate every few seconds in every way that logrotate knows, and scans at
random moments that are killed at random: in the end every line that nginx wrote is in the database once, told by its number.

Without options it runs for 20 seconds, as a part of `make check`; `soak.py --seconds 3600` is the soak.  What is compared, for each log:
- where rotation loses nothing (rename and USR1): the numbers of all answered requests, each of which made nginx write one line, are in
  the database, each once, and nothing else;
- copytruncate loses by itself what is written between its copy and its truncation: every whole line that is in the live log or a
  copy at the end is in the database once, none is there twice, and none that was not written;
- a log whose old files are deleted is rotated only when a scan has ended well since its last rotation: then as in the first case.
A copy may end within a line (copytruncate); such rests are counted, not compared."""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import common
from common import PROGRAM, check_sums, environment, expect, fail, read_rows, work_directory
from rotation import LINE, Log, Site, files_of, numbers_in, skip_without_tools

LOGS = [
    ("delaycompress", "rotate 5000; compress; delaycompress; create"),
    ("compress", "rotate 5000; compress; nodelaycompress; create"),
    ("plain", "rotate 5000; nocompress; create; allowhardlink"),
    ("dateext", "rotate 5000; dateext; dateformat -%Y%m%d-%s; compress; delaycompress; create"),
    ("nocreate", "rotate 5000; nocreate; compress; nodelaycompress; dateext; dateformat .%Y-%m-%d_%s"),
    ("olddir", "rotate 5000; olddir archive; compress; delaycompress; create"),
    ("copytruncate", "rotate 5000; copytruncate; nocompress"),
    ("copytruncate-compress", "rotate 5000; copytruncate; compress; nodelaycompress"),
    ("deleted", "rotate 1; nocompress; create"),
    ("deleted-compress", "rotate 1; compress; create"),
]


def arguments():
    parser = argparse.ArgumentParser(description="Soak of scan against nginx and logrotate.")
    parser.add_argument("--seconds", type=float, default=20, help="how long the load runs")
    parser.add_argument("--seed", type=int, default=common.SEED)
    parser.add_argument("--rate", type=int, default=1000, help="lines a second, all logs together, at most")
    parser.add_argument("--rotate-every", type=float, default=0.4, help="seconds between two rotations, on average")
    parser.add_argument("--scan-every", type=float, default=0.15, help="seconds between two scans, on average")
    parser.add_argument("--kills", type=float, default=0.5, help="share of the scans that get a signal")
    parser.add_argument("--check-every", type=float, default=300, help="seconds between two comparisons")
    options = parser.parse_args()
    signal.alarm(int(options.seconds) + common.WHOLE_SECONDS)
    return options


class Soak:
    def __init__(self, options, base):
        self.options, self.base = options, base
        self.database = os.path.join(base, "soak.db")
        self.site = Site(base, [Log(name, rules, loses="copytruncate" in rules, deletes="rotate 1;" in rules) for name, rules in LOGS])
        self.ending, self.free = threading.Event(), threading.Event()
        self.free.set()  # cleared while figures are compared
        self.working = [threading.Lock() for _ in range(3)]
        self.failure = None
        self.scanned = 0  # when the last scan of everything began that ended well
        self.whole = 0.3  # seconds that a scan takes
        self.figures = {"ended": 0, "busy": 0, "SIGKILL": 0, "SIGINT": 0, "SIGTERM": 0, "links and copies": 0}

    # --- load, rotation, scans: one thread each ---

    def guard(self, work, lock, seed):
        chance = random.Random(seed)
        try:
            while not self.ending.is_set():
                with lock:
                    work(chance)
                self.free.wait()
        except Exception as error:  # of any kind: the soak ends and says it
            self.failure = self.failure or "%s: %r" % (work.__name__, error)
            self.ending.set()

    def load(self, chance):
        count = chance.choice([1, 1, 2, 5, 20, 60, 200])
        self.site.request(chance.choice(self.site.logs), count)
        self.ending.wait(count / self.options.rate * chance.uniform(1, 1.5))

    def rotate(self, chance):
        self.ending.wait(self.options.rotate_every * chance.uniform(0, 2))
        log = chance.choice(self.site.logs)
        if log.deletes and log.rotated >= self.scanned:
            return
        if self.site.rotate(log) and not log.deletes and chance.random() < 0.1:
            self.disguise(chance, log)

    def disguise(self, chance, log):
        """A copy, a hard or a symbolic link of what is there, beside it."""
        source = chance.choice([path for path in files_of(log.directory) if "error.log" in path and not path.endswith(".gz")] or [None])
        if source is None:
            return
        target = os.path.join(log.directory, "other-%d.log" % chance.randrange(20))
        if os.path.lexists(target):
            os.unlink(target)
        try:
            link = [os.link] if "allowhardlink" in log.rules else []  # logrotate leaves the others alone
            chance.choice([shutil.copy, os.symlink] + link)(source, target)
            self.figures["links and copies"] += 1
        except FileNotFoundError:
            pass

    def words(self, chance):
        logs = [self.site.directory]
        if chance.random() < 0.3:
            logs = [log.directory for log in self.site.logs]
            chance.shuffle(logs)
            logs = logs[chance.randrange(3):] if chance.random() < 0.5 else logs
        return [PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", self.database, *logs]

    def start(self, words):
        return subprocess.Popen(words, cwd=self.base, env=environment(self.base), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def scan(self, chance):
        self.ending.wait(self.options.scan_every * chance.uniform(0, 2))
        begin = time.monotonic()
        words = [self.words(chance) for _ in range(2 if chance.random() < 0.15 else 1)]
        running = [self.start(each) for each in words]
        if chance.random() < self.options.kills:
            time.sleep(chance.uniform(0, self.whole * 1.2))
            chance.choice(running).send_signal(chance.choice([signal.SIGKILL, signal.SIGINT, signal.SIGTERM]))
        for process, each in zip(running, words):
            if self.end(process, len(running)) and each[-1] == self.site.directory:
                self.scanned = begin
                self.whole = 0.8 * self.whole + 0.2 * (time.monotonic() - begin)

    def end(self, process, together):
        """How a scan ended; true when it went well to its end."""
        _, errors = process.communicate(timeout=600)
        status = process.returncode
        if status < 0 and -status in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
            self.figures[signal.Signals(-status).name] += 1
            return False
        if status == 5 and together > 1:
            self.figures["busy"] += 1
            return False
        if status != 0:
            raise RuntimeError("a scan ended with status %d: %s" % (status, errors.decode("utf-8", "replace")))
        self.figures["ended"] += 1
        return True

    # --- the comparison ---

    def lines_in_database(self):
        """For each log how often each number is there; and the lines that are none of nginx's whole ones."""
        times = [bytearray(log.sent + 1) for log in self.site.logs]
        others = []
        process = self.start([PROGRAM, "query", "-f", "raw", "-d", self.database])
        drain = threading.Thread(target=process.stderr.read, daemon=True)
        drain.start()
        for line in process.stdout:
            found = LINE.match(line.rstrip(b"\n"))
            log, number = (int(found[1]), int(found[2])) if found else (0, 0)
            if not found:
                others.append(line)
            elif number >= self.site.logs[log].sent:
                fail("%r is in the database and was never asked for" % line)
            else:
                times[log][number] = min(times[log][number] + 1, 255)
        expect(process.wait() == 0, "query -f raw ended with status %d" % process.returncode)
        return times, others

    def compare(self, log, times):
        if log.loses:
            held = bytearray(log.sent + 1)
            for path in files_of(log.directory):
                for _, number in numbers_in(path)[0]:
                    held[number] = 1
        else:
            held = b"\1" * log.sent + b"\0"
        missing = [number for number in range(log.sent) if held[number] and not times[number]]
        twice = [number for number in range(log.sent) if times[number] > 1]
        lost = log.sent - sum(held)
        print("  %-22s %9d lines written%s, %5d rotations, %6d files, %9d lines in the database: %s" % (
            log.name, log.sent, ", %d of them lost by copytruncate" % lost if lost else "", log.rotations, len(files_of(log.directory)),
            sum(1 for count in times if count), "equal" if not missing and not twice else
            "%d MISSING %s, %d TWICE %s" % (len(missing), missing[:5], len(twice), twice[:5])), flush=True)
        return not missing and not twice

    def check(self):
        """Nothing is written or rotated meanwhile: one more scan, and all lines have to be there."""
        done = subprocess.run([PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", self.database, self.site.directory], cwd=self.base,
                              env=environment(self.base), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        expect(done.returncode == 0, "the last scan ended with status %d: %s" % (done.returncode, done.stderr.decode()))
        times, others = self.lines_in_database()
        equal = [self.compare(log, times[log.number]) for log in self.site.logs]
        check_sums(self.database)
        expect(read_rows(self.database, "PRAGMA integrity_check") == [("ok",)], "the database is damaged")
        if not any(log.loses for log in self.site.logs):
            expect(not others, "lines that nginx did not write: %r" % others[:3])
        print("  %s; lines cut by copytruncate: %d; database %.1f MB" % (
            ", ".join("%s %d" % pair for pair in self.figures.items()), len(others), os.path.getsize(self.database) / 1e6), flush=True)
        return all(equal)

    def check_in_between(self):
        self.free.clear()
        for lock in self.working:
            lock.acquire()
        equal = self.failure is not None or self.check()
        for lock in self.working:
            lock.release()
        self.free.set()
        return equal

    def run(self):
        threads = [threading.Thread(target=self.guard, args=(work, lock, self.options.seed + number))
                   for number, (work, lock) in enumerate(zip((self.load, self.rotate, self.scan), self.working))]
        begin = checked = time.monotonic()
        for thread in threads:
            thread.start()
        equal = True
        while equal and not self.ending.wait(0.2) and time.monotonic() < begin + self.options.seconds:
            if time.monotonic() > checked + self.options.check_every:
                print("after %.0f seconds" % (time.monotonic() - begin))
                equal = self.check_in_between()
                checked = time.monotonic()
        self.ending.set()
        for thread in threads:
            thread.join()
        expect(not self.failure, self.failure)
        print("after %.0f seconds, at the end" % (time.monotonic() - begin))
        return equal and self.check()


def main():
    skip_without_tools()
    options = arguments()
    print("seed %d" % options.seed, flush=True)
    soak = Soak(options, work_directory())
    try:
        equal = soak.run()
    finally:
        soak.ending.set()
        soak.site.stop()
    print("equal" if equal else "NOT EQUAL")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
