#!/usr/bin/env python3
"""It cannot fill the host it watches: what --keep and --max-size leave, what it takes on disk, also when it is killed meanwhile; a scan for which
the disk has no room, or that cannot write, ends cleanly and goes on later."""
import datetime
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from common import Killer, PROGRAM, SEED, check_sums, compare, copy_database, environment, expect, make_log, read_rows, run, scan, views, work_directory

chance = random.Random(SEED)
KEEP = ("--keep", "noise=7d,fix=200d,all=90d")
AGES = {"noise": 7, "fix": 200}
KILLS = 4
NOISE = b'client closed connection while waiting for request, client: 192.0.2.%d, server: 0.0.0.0:80'


def make_days(days, records):
    """Records of these many days up to today, foreign lines and noise among them."""
    today = datetime.datetime.now(datetime.timezone.utc)
    logs = []
    for day in range(days, -1, -1):
        log = make_log(chance, records // 2)
        for second in range(records // 2):
            log += b"2026/11/20 %02d:%02d:%02d [info] 7#7: *%d " % (second // 3600, second // 60 % 60, second % 60, second)
            log += NOISE % chance.randrange(1, 255) + b"\n"
        logs.append(log.replace(b"2026/11/20", (today - datetime.timedelta(days=day)).strftime("%Y/%m/%d").encode()))
    return b"".join(logs)


def size_of(database):
    return sum(os.path.getsize(database + suffix) for suffix in ("", "-wal", "-shm") if os.path.exists(database + suffix))


def vacuumed(database):
    """The bytes that its rows need, written side by side."""
    copy = copy_database(database, database + ".vacuumed")
    connection = sqlite3.connect(copy)
    connection.execute("VACUUM")
    connection.close()
    return os.path.getsize(copy)


def counts(database):
    return read_rows(database, "SELECT * FROM counts ORDER BY 1, 2, 3, 4, 5, 6")


def check_ages(database):
    """Nothing is older than it may be, and what may stay is there."""
    now = time.time()
    for severity, oldest, events in read_rows(database, "SELECT coalesce(severity, '-'), min(epoch), count(*) FROM events GROUP BY 1"):
        days = AGES.get(severity, 90)
        expect(oldest >= now - days * 86400 - 300, "an event of %s is %.1f days old" % (severity, (now - oldest) / 86400))
        expect(events > 0 and oldest < now - (days - 2) * 86400 or severity == "fix", "of %s too much is gone" % severity)


base = work_directory()
log = os.path.join(base, "error.log")
with open(log, "wb") as file:
    file.write(make_days(120, 200))
scanned = os.path.join(base, "scanned.db")
scan(base, scanned, log)
counted = counts(scanned)
before = size_of(scanned)
without_events = os.path.join(base, "without_events.db")
scan(base, without_events, os.devnull)
events_before = before - size_of(without_events)

# --- by age ---

kept = os.path.join(base, "kept.db")
copy_database(scanned, kept)
begin = time.monotonic()
scan(base, kept, *KEEP, log)
whole = time.monotonic() - begin
check_sums(kept)
check_ages(kept)
expect(counts(kept) == counted, "the counts changed")
smallest = vacuumed(kept)
expect(before - size_of(kept) > events_before * 0.2 and size_of(kept) < smallest * 1.25 + 100000,
       "%d bytes were %d before and would be %d" % (size_of(kept), before, smallest))
expect(os.path.getsize(kept + "-wal") < 1 << 20, "-wal was not emptied") # what is less waits for a scan that finds something
expected = views(kept)
run(base, "query", "-d", kept, "-f", "raw")

killer = Killer(chance, whole)
for number in range(KILLS):
    database = os.path.join(base, "killed.db")
    copy_database(scanned, database)
    process = subprocess.Popen([PROGRAM, "scan", "--node", "test", "--tz", "UTC", *KEEP, "-d", database, log], cwd=base,
                               env=environment(base), stdout=subprocess.DEVNULL)
    killer.kill(process)
    check_sums(database)
    expect(counts(database) == counted, "the counts changed by a kill")
    if number % 2 == 1:
        scan(base, database, *KEEP, log)
        check_sums(database)
        compare(database, expected, what="--keep after a kill")
        expect(size_of(database) < before - (before - size_of(kept)) * 0.7, "the space did not come back after a kill")
killer.check(KILLS)

# --- by size ---

ORDER = ["noise", "tune", "-", "fix", "act"]
for most in (before * 3 // 4, before // 3):
    database = os.path.join(base, "sized.db")
    copy_database(scanned, database)
    scan(base, database, "--max-size", str(most), log)
    check_sums(database)
    expect(size_of(database) <= most, "%d bytes instead of %d" % (size_of(database), most))
    expect(counts(database) == counted, "the counts changed")
    gone = True  # of each severity all is gone, then of one the oldest, then nothing
    for severity in ORDER:
        stored = dict(read_rows(scanned, "SELECT id, epoch FROM events WHERE coalesce(severity, '-') = '%s' AND epoch NOT NULL" % severity))
        rest = {row[0] for row in read_rows(database, "SELECT id FROM events WHERE coalesce(severity, '-') = '%s' AND epoch NOT NULL" % severity)}
        expect(gone or rest == set(stored), "of %s some are gone, although there was something less important" % severity)
        if rest:
            newest = max([stored[number] for number in stored if number not in rest], default=-1)
            expect(newest <= min(stored[number] for number in rest), "of %s a newer one went before an older one" % severity)
            gone = False
    first = views(database)
    scan(base, database, "--max-size", str(most), log)
    compare(database, first, what="--max-size once more")

# --- it cannot write ---


def limited(most):
    """A process whose files cannot become larger: write fails with EFBIG, which SQLite takes for a fault of the disk."""
    def set_limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    return set_limit


fresh = os.path.join(base, "fresh.db")
scan(base, fresh, log)
database = os.path.join(base, "failing.db")
for most in (100000, before // 4, before // 2):
    done = subprocess.run([PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", database, log], cwd=base, env=environment(base),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limited(most), restore_signals=False, timeout=120)
    expect(done.returncode == 4 and done.stderr, "status %d when nothing can be written: %s" % (done.returncode, done.stderr.decode()))
    if most == 100000:  # not even the tables could be made
        for words in (("report",), ("report", "--since-last"), ("query",), ("db", "info")):
            done = subprocess.run([PROGRAM, *words, "-d", database], cwd=base, env=environment(base), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=120)
            expect(done.returncode == 4 and b"failing.db: is empty; `ngxerr scan` fills it" in done.stderr,
                   "%s of a database without tables: %d, %s" % (words, done.returncode, done.stderr.decode()))
scan(base, database, log)
check_sums(database)
compare(database, fresh, what="a scan after others that could not write")

# --- no room ---


def mount(path, options):
    return os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path], stderr=subprocess.DEVNULL,
                                                stdout=subprocess.DEVNULL).returncode == 0


small = os.path.join(base, "small")
os.mkdir(small)
if shutil.which("mount") is None or not mount(small, "size=12m"):
    print("a small file system: skipped, it cannot be mounted; %d scans killed" % killer.killed)
    sys.exit(0)
try:
    big = os.path.join(base, "big.log")
    with open(big, "wb") as file:
        piece = make_log(chance, 20000)
        file.write(make_log(chance, 10) + piece * 5)
    fresh = os.path.join(base, "big.db")
    scan(base, fresh, big)
    database = os.path.join(small, "test.db")

    def try_scan(message, *words):
        """How many events there are after a scan that ends so."""
        done = subprocess.run([PROGRAM, "scan", "--node", "test", "--tz", "UTC", *words, "-d", database, big], cwd=base,
                              env=environment(base), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        expect(done.returncode == 4 and message in done.stderr, "status %d: %s" % (done.returncode, done.stderr.decode()))
        check_sums(database)
        return read_rows(database, "SELECT count(*) FROM events")[0][0]

    # What -wal took is free again after a scan, so that the next one comes a little further, to an end.
    stored = [0, try_scan(b"MB free and a scan leaves")]
    while stored[-1] > stored[-2] and len(stored) < 12:
        stored.append(try_scan(b"MB free and a scan leaves"))
        free = os.statvfs(small)
        expect(free.f_bavail * 4 >= free.f_blocks, "%d of %d blocks are free" % (free.f_bavail, free.f_blocks))
    expect(stored[1] > 0 and stored[-1] == stored[-2], "without an end: %s" % stored)
    expect(b"big.log: the scan ended" in run(base, "db", "info", "-d", database), "it is not said what was left")
    expect(try_scan(b"full", "--min-free", "0") >= stored[-1], "events are gone")
    expect(subprocess.run(["mount", "-o", "remount,size=400m", small]).returncode == 0, "the file system does not grow")
    scan(base, database, big)
    check_sums(database)
    compare(database, fresh, what="a scan that had no room and then had")
finally:
    subprocess.run(["umount", small])
print("%d scans killed" % killer.killed)
