#!/usr/bin/env python3
"""A file is what it holds: whatever name, inode or wrapping it comes under, each of its lines is in the database once.  Every case below is a
situation in the life of a log; rotation is done by the real logrotate, as far as it is installed."""
import collections
import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from common import (PROGRAM, SEED, check_sums, compare, environment, expect, fail, position_in, read_rows, run, scan, views, work_directory)
from rotation import find_logrotate

chance = random.Random(SEED)
RECORD = (b'2026/11/20 %02d:%02d:%02d [error] 7#7: *%d connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, '
          b'server: a.example, request: "GET /%d HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "a.example"\n')


NOON = 1795176000  # 2026-11-20 12:00 UTC


def record(number):
    return RECORD % (number // 3600 % 24, number // 60 % 60, number % 60, number, number)


class Case:
    """A directory of logs with a database of its own, and what was written."""

    def __init__(self, name):
        self.name = name
        self.base = work_directory()
        self.logs = os.path.join(self.base, "logs")
        os.mkdir(self.logs)
        self.database = os.path.join(self.base, "test.db")
        self.written, self.next = [], 1

    def path(self, name="error.log"):
        return os.path.join(self.logs, name)

    def lines(self, count):
        """New records, each with a number of its own."""
        self.next += count
        self.written += [record(number) for number in range(self.next - count, self.next)]
        return b"".join(self.written[-count:])

    def write(self, count, name="error.log"):
        """Adds new records to a file."""
        self.put(self.lines(count), name, "ab")

    def put(self, content, name="error.log", mode="wb"):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), mode) as file:
            file.write(content)

    def get(self, name="error.log"):
        with open(self.path(name), "rb") as file:
            return file.read()

    def rename(self, old, new):
        os.rename(self.path(old), self.path(new))

    def remove(self, name):
        os.unlink(self.path(name))

    def scan(self, *paths, status=0):
        return scan(self.base, self.database, *(paths or (self.logs,)), status=status)

    def check(self, expected=None, fresh=True, unchanged=True):
        """Every line that was written is there once; with `fresh`, as if all had been read now for the first time; `unchanged`: and one more
        scan changes nothing (long for many lines)."""
        self.scan()
        stored = collections.Counter(run(self.base, "query", "-f", "raw", "-d", self.database).splitlines(keepends=True))
        missing, wrong = collections.Counter(self.written if expected is None else expected), stored.copy()
        wrong.subtract(missing)
        missing.subtract(stored)
        if +missing or +wrong:
            fail("%s: %d lines are missing: %s; %d are wrong or there too often: %s" % (
                self.name, sum((+missing).values()), list(+missing)[:3], sum((+wrong).values()), list(+wrong)[:3]))
        check_sums(self.database)
        if unchanged:
            before = views(self.database)
            self.scan()
            expect(views(self.database) == before, "%s: a scan without anything new changed the database" % self.name)
        if fresh:
            other = os.path.join(self.base, "fresh.db")
            scan(self.base, other, self.logs)
            compare(self.database, other, what=self.name)

    def rotate(self, rules, name="error.log"):
        """The real logrotate, as Debian's daily job calls it."""
        configuration = os.path.join(self.base, "logrotate.conf")
        with open(configuration, "w", encoding="ascii") as file:
            file.write("%s {\n%s}\n" % (self.path(name), "".join("    %s\n" % rule for rule in rules.split("; "))))
        done = subprocess.run([find_logrotate(), "-f", "-s", os.path.join(self.base, "state"), configuration],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        expect(done.returncode == 0, "%s: logrotate: %s" % (self.name, done.stdout.decode()))

    def files(self):
        return read_rows(self.database, "SELECT count(*) FROM files")[0][0]


def needs_logrotate(case):
    case.needs_logrotate = True
    return case


# --- rotation; what was written after the last scan has to be found in the old file ---

@needs_logrotate
def a_log_that_ends_deleted(case):
    for _ in range(6):  # read as error.log, .1, .2.gz, .3.gz, and deleted in the end
        case.write(60)
        case.scan()
        case.write(7)
        case.rotate("rotate 3; compress; delaycompress; create")
        case.scan()
    case.check(fresh=False)
    expect(case.files() == 6, "%d files instead of 6" % case.files())


@needs_logrotate
def rotations_without_a_scan_in_between(case):
    case.write(60)
    case.scan()
    for rules in ("rotate 9; compress; nodelaycompress; create", "rotate 9; compress; delaycompress; create", "rotate 9; nocompress; create"):
        case.write(30)
        case.rotate(rules)
        case.write(1)
    case.check()


@needs_logrotate
def every_way_to_rotate(case):
    ways = ("create", "nocreate", "compress; nodelaycompress", "compress; delaycompress", "dateext", "dateext; dateformat -%Y%m%d-%s; compress",
            "olddir archive; createolddir 755", "copytruncate", "copytruncate; compress", "copy")
    for number, rules in enumerate(ways):
        name = "site%d/error.log" % number
        for _ in range(1 if rules == "dateext" else 3):
            case.write(chance.choice([1, 3, 90]), name)
            if chance.random() < 0.7:
                case.scan()
            case.write(chance.choice([1, 90]), name)
            case.rotate("rotate 20; missingok; " + rules, name)
            if rules == "copy":
                case.put(b"", name)
            if "%s" in rules:
                time.sleep(1.1)  # one rotation a second
        case.write(1, name)
    case.check()


@needs_logrotate
def a_number_before_the_extension(case):
    for _ in range(3):
        case.write(60)
        case.rotate("rotate 9; extension .log; compress")
        case.scan()
    case.check(fresh=False)


def the_old_file_is_read_before_the_new_one(case):
    case.write(50)
    case.scan()
    case.write(5)
    os.mkdir(case.path("archive"))  # is listed before error.log
    case.rename("error.log", "archive/error.log.1")
    case.write(20)
    case.check()


# --- gzip at work ---

def a_gz_that_is_still_written(case):
    case.write(400)
    case.scan()
    case.write(100)
    case.rename("error.log", "error.log.1")
    case.write(30)
    whole = gzip.compress(case.get("error.log.1"))
    for size in sorted(chance.randrange(len(whole)) for _ in range(6)):  # gzip writes beside the file, which goes when it is done
        case.put(whole[:size], "error.log.1.gz")
        case.scan()
    case.remove("error.log.1")
    case.put(whole, "error.log.1.gz")
    case.check()


def a_gz_whose_log_was_never_read(case):
    case.lines(500)
    whole = gzip.compress(b"".join(case.written))
    for size in sorted(chance.randrange(len(whole)) for _ in range(6)):
        case.put(whole[:size], "error.log.1.gz")
        case.scan()
    case.put(whole, "error.log.1.gz")
    case.check()


def a_gz_finished_beside_its_log(case):
    case.write(100)
    case.rename("error.log", "error.log-20261120")
    case.put(gzip.compress(case.get("error.log-20261120")), "error.log-20261120.gz")
    case.scan()  # meets both
    case.remove("error.log-20261120")
    case.check()


def a_log_renamed_while_it_was_scanned(case):
    case.write(100)
    case.put(case.get(), "error.log.1")  # what a scan sees that opens error.log before and error.log.1 after the rotation
    case.scan()
    case.remove("error.log")
    case.check()


def a_pruned_log_and_the_begin_of_its_gz(case):
    case.write(30)
    case.put(record(86000), "other.log", "ab")
    case.scan()
    run(case.base, "db", "prune", "--older-than", "%dh" % ((time.time() - NOON) // 3600), "-d", case.database)
    case.rename("error.log", "error.log.1")
    whole = gzip.compress(case.get("error.log.1"))
    for size in range(20, len(whole), 70):
        case.put(whole[:size], "error.log.1.gz")
        case.scan()
    case.remove("error.log.1")
    case.put(whole, "error.log.1.gz")
    case.check(expected=[record(86000)], fresh=False)


# --- names and links ---

def a_copy_under_another_name(case):
    for name in ("a-copy.log", "z-copy.log", "sub/error.log"):
        case.write(50)
        case.scan()
        case.put(case.get(), name)
        case.scan()
    case.write(10)
    case.check(fresh=False)
    expect(case.files() == 1, "%d files instead of 1" % case.files())


def the_same_log_twice_in_one_command(case):
    case.write(50)
    case.scan(case.path(), case.path(), case.logs, os.path.join(case.logs, "..", "logs", "error.log"))
    case.write(10)
    case.scan(case.path(), case.path())
    case.check()


def hard_and_symbolic_links(case):
    case.write(50)
    os.link(case.path(), case.path("a-hard.log"))
    os.symlink("error.log", case.path("b-symbolic.log"))
    os.symlink(case.logs, case.path("c-circle"))
    for _ in range(3):
        case.scan()
        case.write(5)
    case.check(fresh=False)
    expect(case.files() == 1, "%d files instead of 1" % case.files())


# --- inodes and beginnings ---

def an_inode_that_is_used_again(case):
    reused = 0
    for _ in range(50):  # the next file gets the inode of the one before on most file systems
        case.write(3)
        case.scan()
        inode = os.stat(case.path()).st_ino
        case.remove("error.log")
        case.write(3)
        reused += os.stat(case.path()).st_ino == inode
        if reused == 3:
            break
    case.check(fresh=False)
    return "%d inodes used again" % reused


def logs_that_begin_alike(case):
    """Two error_log directives write the same for a while, more than what a file is known by, and then differ."""
    names, common = ["first.log", "second.log"], 0
    for size in (5, 60, 400):
        begin = case.lines(size)
        common += size
        for name in names:
            case.put(begin, name, "ab")
        if chance.random() < 0.7:
            case.scan(*chance.sample([case.path(name) for name in names], chance.randrange(1, 3)))
    for name in chance.sample(names, 2):
        case.write(30, name)
        if chance.random() < 0.7:
            case.scan(*chance.sample([case.path(name) for name in names], chance.randrange(1, 3)))
    case.check(expected=case.written + case.written[:common], fresh=False)
    expect(case.files() == 2, "%d files instead of 2" % case.files())


def short_logs_that_begin_alike(case):
    begin = case.lines(1)
    for number in range(6):
        case.put(begin, "log%d.log" % number)
        case.scan()
    for number in chance.sample(range(6), 6):
        case.write(1, "log%d.log" % number)
        case.scan()
    case.check(expected=case.written + case.written[:1] * 5, fresh=False)


def many_tiny_logs_that_begin_alike(case):
    """A log a virtual host: the first lines are those of all of them, or differ in the server alone; then each has its own."""
    common, expected = case.lines(14), []
    common_lines = common.splitlines(keepends=True)

    def own(number, begin, count):
        return [line.replace(b"a.example", b"s%d.example" % number) for line in map(record, range(begin, begin + count))]

    logs = {}
    for number in chance.sample(range(160), 160):  # whatever order they are met in
        logs[number] = common_lines[:number % 4 * number % 15] + own(number, 1, 1 + number % 3)
        case.put(b"".join(logs[number]), "log%d.log" % number)
        if chance.random() < 0.05:
            case.scan()
    for size in (1, 3, 14):  # their beginnings are copies, whole lines or not
        case.put(b"".join(common_lines[:size]), "begin%d.log" % size)
        case.put(gzip.compress(common[:100 * size]), "cut%d.log.gz" % size)
    for number in chance.sample(range(160), 40):  # some grow, beyond what a file is known by too
        more = own(number, 500, chance.choice([1, 2, 30]))
        logs[number] += more
        case.put(b"".join(more), "log%d.log" % number, "ab")
        if chance.random() < 0.1:
            case.scan()
    for lines in logs.values():
        expected += lines
    case.check(expected=expected, fresh=False)
    expect(case.files() == 160, "%d files instead of 160" % case.files())


# --- truncation ---

def a_log_truncated_and_grown_past_its_old_end(case):
    case.write(30)
    case.scan()
    case.put(case.lines(100))
    case.scan()
    case.put(case.lines(100))  # of the same size
    case.check(fresh=False)


def a_log_emptied_and_written_as_it_was(case):
    """It is what it holds: a copy of what is known, until it differs."""
    case.write(30)
    case.scan()
    content = case.get()
    case.put(b"")
    case.scan()
    case.put(content)
    case.scan()
    case.write(10)
    case.check()


def stop_within(process, path, size):
    """Stops the scan when it has read a part of the file beyond what it looks at first; false when it was too fast."""
    while process.poll() is None:
        if 65536 < position_in(process, path) < size:
            process.send_signal(signal.SIGSTOP)
            if 65536 < position_in(process, path) < size:
                return True
            process.send_signal(signal.SIGCONT)
    return False


def a_log_truncated_while_it_is_read(case):
    """copytruncate, and then more written to the log than was read of it before, while the scan waits in its middle."""
    stopped = 0
    for number in range(2):
        case.write(20000)
        process = subprocess.Popen([PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", case.database, case.logs], env=environment(case.base),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if stop_within(process, case.path(), os.path.getsize(case.path())):
            stopped += 1
            case.put(case.get(), "error.log.%d" % (2 - number))
            case.put(case.lines(1 if number == 0 else 21000))
            process.send_signal(signal.SIGCONT)
        _, errors = process.communicate(timeout=60)
        expect(process.returncode == 0, "%s: status %d: %s" % (case.name, process.returncode, errors.decode()))
    case.check(fresh=False, unchanged=False)
    return "%d scans stopped within the file" % stopped


def a_named_log_that_goes_while_another_is_read(case):
    """It was there when the scan began: rotated meanwhile, no error."""
    case.write(20000, "first.log")
    case.write(5, "second.log")
    process = subprocess.Popen([PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", case.database, case.path("first.log"), case.path("second.log")],
                               env=environment(case.base), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = "renamed too late"
    if stop_within(process, case.path("first.log"), os.path.getsize(case.path("first.log"))):
        case.rename("second.log", "second.log.1")
        process.send_signal(signal.SIGCONT)
        said = "renamed in time"
    _, errors = process.communicate(timeout=60)
    expect(process.returncode == 0 and not errors, "%s: status %d: %s" % (case.name, process.returncode, errors.decode()))
    case.check(fresh=False, unchanged=False)
    return said


def a_log_that_becomes_a_pipe_meanwhile(case):
    """Nobody writes to it: a scan of the directory does not wait for that."""
    case.write(20000, "first.log")
    case.put(record(80000), "second.log")
    process = subprocess.Popen([PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", case.database, case.logs],
                               env=environment(case.base), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = "made too late"
    if stop_within(process, case.path("first.log"), os.path.getsize(case.path("first.log"))):
        case.remove("second.log")
        os.mkfifo(case.path("second.log"))
        process.send_signal(signal.SIGCONT)
        said = "made in time"
    try:
        _, errors = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        fail("%s: the scan waits for it" % case.name)
    expect(process.returncode == 0 and not errors, "%s: status %d: %s" % (case.name, process.returncode, errors.decode()))
    if said == "made in time":
        case.check(fresh=False, unchanged=False)
    return said


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__code__", None) and
         value.__code__.co_varnames[:1] == ("case",) and value is not needs_logrotate]


def main():
    for function in CASES:
        if sys.argv[1:] and function.__name__ not in sys.argv[1:]:
            continue
        if getattr(function, "needs_logrotate", False) and not find_logrotate():
            print("%s: skipped, logrotate is not installed" % function.__name__)
            continue
        begin = time.monotonic()
        case = Case(function.__name__.replace("_", " "))
        said = function(case)
        print("%s: ok (%.1f s)%s" % (case.name, time.monotonic() - begin, ", " + said if said else ""), flush=True)
        shutil.rmtree(case.base)


if __name__ == "__main__":
    main()
