#!/usr/bin/env python3
"""The first scan into a new database: it lets in readers that wait, a second one is told who is at work, of one that was killed readers are told
so, and the next scan makes the database that it would have made.

The scan is stopped (SIGSTOP) while it has pages in the database that are not committed."""
import os
import pwd
import random
import shutil
import signal
import subprocess
import time

from common import PROGRAM, SEED, check_sums, environment, expect, make_log, read_rows, run, scan, work_directory

chance = random.Random(SEED)
READER = shutil.copy(PROGRAM, work_directory())  # where another user may run it, wherever it was built
USERS = [None, "nobody"] if os.geteuid() == 0 else [None]
READERS = [("report", "--since", "@0"), ("report", "--since-last"), ("query", "-n", "1"), ("db", "info")]
COUNT = ("query", "-f", "csv", "--sql", "SELECT count(*) FROM events")
TRIES = 10
FIGURES = "SELECT count(*), sum(offset), sum(lines), sum(epoch), sum(length(message)), count(DISTINCT class) FROM events"


def start(program, *words, user=None):
    values = environment(base)
    if user:
        values.pop("TMPDIR")
    as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    return subprocess.Popen([program, *words], cwd="/", env=values, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **as_user)


def finish(process, status):
    out, error = process.communicate(timeout=120)
    expect(process.returncode == status, "%s: status %d instead of %d: %s" % (process.args, process.returncode, status, error.decode()))
    return out, error.decode()


def scan_words(database, *words):
    return ("scan", "--node", "test", "--tz", "UTC", "--group", str(group), "-d", database, *words)


def is_filled(database):
    """Some of it is on the disk, and it is not committed."""
    try:
        return os.path.getsize(database) > 0 and os.path.exists(database + "-journal") and not os.path.exists(database + "-wal")
    except FileNotFoundError:
        return False


def stopped_load(database):
    for _ in range(TRIES):
        for suffix in ("", "-wal", "-shm", "-journal"):
            if os.path.exists(database + suffix):
                os.unlink(database + suffix)
        process = start(PROGRAM, *scan_words(database, log))
        while process.poll() is None and not is_filled(database):
            time.sleep(0.001)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.05)
        if is_filled(database):
            with open(database, "rb") as file:
                if file.read(100) == bytes(100):
                    return process
        process.send_signal(signal.SIGCONT)
        finish(process, 0)
    expect(False, "no scan could be stopped in its first load")


def listing(directory):
    return sorted((name, os.stat(os.path.join(directory, name)).st_size) for name in os.listdir(directory))


def in_wal_mode(database):
    with open(database, "rb") as file:
        return file.read(20)[18:20] == b"\2\2" and os.path.exists(database + "-wal") and os.path.exists(database + "-shm")


base = work_directory()
group = pwd.getpwnam(USERS[-1]).pw_gid if USERS[-1] else os.getgid()
database = os.path.join(base, "test.db")
log = os.path.join(base, "error.log")
with open(log, "wb") as file:
    piece = make_log(chance, 8000)
    file.write(make_log(chance, 10) + piece * 50)
fresh = os.path.join(base, "fresh.db")
scan(base, fresh, log)
check_sums(fresh)
expected = read_rows(fresh, FIGURES)
events = expected[0][0]

# Readers wait, and it is told that they do: it ends within the file, and they see the rows so far, unless the scan is faster than they are in
# every try.  A second scan is told who holds the database.
for number in range(TRIES):
    holder = stopped_load(database)
    readers = [start(READER, *COUNT, "-d", database, user=user) for user in USERS]
    _, error = finish(start(PROGRAM, *scan_words(database, log)), 5)
    expect("process %d, since " % holder.pid in error, "the holder %d is not named: %s" % (holder.pid, error))
    time.sleep(0.3)
    expect(all(reader.poll() is None for reader in readers), "a reader did not wait")
    holder.send_signal(signal.SIGCONT)
    counted = [int(finish(reader, 0)[0].split()[-1]) for reader in readers]
    expect(min(counted) > 0, "a reader saw nothing")
    finish(holder, 0)
    expect(in_wal_mode(database), "the database is not in WAL mode")
    check_sums(database)
    expect(read_rows(database, FIGURES) == expected, "the events are others after a first load that ended for readers")
    if max(counted) < events:
        break
expect(max(counted) < events, "the first load did not end for readers")

# After a kill it is said, without a change; then it is as if nothing had been.
for number in range(2):
    holder = stopped_load(database)
    holder.kill()
    holder.communicate()
    before = listing(base)
    for user in USERS:
        for words in READERS:
            if user and "--since-last" in words:
                continue
            out, error = finish(start(READER, *words, "-d", database, user=user), 4)
            expect(out == b"" and "the first scan into it was cut short; the next `ngxerr scan` mends it" in error,
                   "%s%s after a kill: %s" % (words, " as " + user if user else "", error))
    expect(listing(base) == before, "a reader changed something")
    if number == 0:  # db prune makes the tables as well
        run(base, "db", "prune", "--older-than", "1d", "-d", database)
        expect(read_rows(database, "SELECT count(*) FROM events")[0][0] == 0 and in_wal_mode(database), "what was killed is still there")
    scan(base, database, log)
    check_sums(database)
    expect(read_rows(database, FIGURES) == expected, "the events are others after a kill")
    expect(read_rows(database, "PRAGMA integrity_check") == [("ok",)], "the database is damaged")
    expect(in_wal_mode(database) and not os.path.exists(database + "-journal"), "the database is not in WAL mode")

# Scans that race to make it.
raced = os.path.join(base, "raced.db")
small = os.path.join(base, "small.log")
with open(small, "wb") as file:
    file.write(make_log(chance, 300))
for process in [start(PROGRAM, *scan_words(raced, "--wait", "60", small)) for _ in range(6)]:
    finish(process, 0)
check_sums(raced)
expect(read_rows(raced, "SELECT count(*) FROM files")[0][0] == 1, "a log was stored twice")

# A scan that finds nothing leaves a database all the same.
nothing = os.path.join(base, "nothing")
os.mkdir(nothing)
empty = os.path.join(base, "empty.db")
scan(base, empty, nothing)
expect(in_wal_mode(empty), "a database without a log is not in WAL mode")

# Zeros without a journal are no database.
zeros = os.path.join(base, "zeros.db")
with open(zeros, "wb") as file:
    file.write(bytes(4096))
for words in (("report",), ("scan", small)):
    _, error = finish(start(PROGRAM, *words, "-d", zeros), 4)
    expect("is not a database" in error, "a file of zeros: %s" % error)

# Who may write the file but not beside it is told so, and the file stays as it is.
if USERS[-1]:
    closed = os.path.join(base, "closed")
    os.mkdir(closed)
    path = os.path.join(closed, "test.db")
    with open(path, "wb"):
        pass
    os.chown(path, pwd.getpwnam("nobody").pw_uid, group)
    os.chmod(small, 0o644)
    _, error = finish(start(READER, "scan", "-d", path, small, user="nobody"), 4)
    expect(path in error and os.listdir(closed) == ["test.db"] and os.path.getsize(path) == 0, "without the right to write: %s" % error)
print("%d events in the first load; readers as %s" % (events, USERS))
