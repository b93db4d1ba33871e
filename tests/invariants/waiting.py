#!/usr/bin/env python3
"""Two at once: who comes second waits as long as it was told, then says who holds the database and since when; nothing piles up, and whoever
only reads is never in the way."""
import os
import random
import re
import signal
import sqlite3
import subprocess
import time

from common import PROGRAM, SEED, check_sums, environment, expect, make_log, read_rows, run, scan, work_directory

chance = random.Random(SEED)
base = work_directory()
database = os.path.join(base, "test.db")
log = os.path.join(base, "error.log")
fifo = os.path.join(base, "pipe.log")
with open(log, "wb") as file:
    file.write(make_log(chance, 500))
scan(base, database, log)
os.mkfifo(fifo)


def start(*words):
    return subprocess.Popen([PROGRAM, *words], cwd=base, env=environment(base), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def hold(path=database):
    """A scan that waits for more on a pipe; closing the end that is given back ends it."""
    process = start("scan", "--node", "test", "--tz", "UTC", "-d", path, "--force", fifo)
    writer = open(fifo, "wb", buffering=0)
    writer.write(make_log(chance, 300, 1000))
    return process, writer


def stderr_of(process, status):
    error = process.communicate(timeout=60)[1].decode()
    expect(process.returncode == status, "status %d instead of %d: %s" % (process.returncode, status, error))
    return error


def expect_named(process, holder):
    error = stderr_of(process, 5)
    named = re.search(r"another ngxerr writes to this database: process (\d+), since (\S+Z) \((\d+) s\)", error)
    expect(named and int(named.group(1)) == holder.pid, "the holder %d is not named: %s" % (holder.pid, error))


# The holder is named, also while it makes the database.
first = os.path.join(base, "first.db")
holder, writer = hold(first)
expect_named(start("scan", "-d", first, log), holder)
writer.close()
stderr_of(holder, 0)

# Everything that writes is refused, and names the holder; a dozen at once do not pile up.
SECOND = [("scan", log), ("db", "prune", "--older-than", "1d"), ("db", "reclassify"), ("db", "retime", "--tz", "UTC")]
holder, writer = hold()
others = [start(*words, "-d", database) for words in SECOND * 3]
for process in others:
    expect_named(process, holder)

# With --wait it comes to its turn when the holder is done, and not before.
waiting = [start("scan", "--wait", "60", "--node", "test", "--tz", "UTC", "-d", database, log) for _ in range(3)]
time.sleep(0.5)
expect(all(process.poll() is None for process in waiting), "a scan did not wait")
refused = stderr_of(start("scan", "--wait", "1", "-d", database, log), 5)
expect("waited 1 s" in refused, "it does not say that it waited: %s" % refused)

# Readers meanwhile; a dry run is one.
for words in (("db", "prune", "--older-than", "1d", "--dry-run"), ("query", "-f", "csv", "-n", "1"), ("report", "-f", "json"), ("db", "info"), ("query", "--sql", "SELECT count(*) FROM counts")):
    run(base, *words, "-d", database)
writer.write(make_log(chance, 200, 2000))
writer.close()
stderr_of(holder, 0)
for process in waiting:
    stderr_of(process, 0)
check_sums(database)

# A holder that is killed holds nothing.
holder, writer = hold()
holder.send_signal(signal.SIGKILL)
holder.communicate()
writer.close()
scan(base, database, log)
check_sums(database)

# The database may lie in the directory that is scanned: its files are not opened as logs, for closing them would drop the locks on them, and
# another program that leaves would then take -wal for its own to remove.
holder = start("scan", "--node", "test", "--tz", "UTC", "-d", database, "--force", base, fifo)
writer = open(fifo, "wb", buffering=0)
writer.write(make_log(chance, 300, 3000))
time.sleep(0.3)
other = sqlite3.connect(database)
other.execute("SELECT count(*) FROM events").fetchall()
other.close()
expect(os.path.exists(database + "-wal"), "another program removed -wal under a scan")
writer.write(make_log(chance, 300, 4000))
writer.close()
stderr_of(holder, 0)
check_sums(database)
left = run(base, "db", "info", "-d", database).decode()
expect(left.count("test.db") >= 4 and "test.db-wal: the database itself" in left, "the database is not among what was left: %s" % left)

# A wait ends by a signal at once.
holder, writer = hold()
waiting = start("scan", "--wait", "600", "-d", database, log)
time.sleep(0.3)
waiting.send_signal(signal.SIGTERM)
waiting.communicate(timeout=60)
expect(waiting.returncode == -signal.SIGTERM, "status %d instead of the signal" % waiting.returncode)
writer.close()
stderr_of(holder, 0)
expect(read_rows(database, "SELECT count(*) FROM events")[0][0] > 0, "there are no events")
print("%d refused, 3 waited" % len(others))
