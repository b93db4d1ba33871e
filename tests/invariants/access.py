#!/usr/bin/env python3
"""Who may do what at the same time: one scan, any number of readers, also as another user in a directory that cannot be written."""
import grp
import json
import os
import random
import shutil
import subprocess
import sys

from common import PROGRAM, SEED, environment, expect, fail, make_log, run, scan, work_directory

chance = random.Random(SEED)
READER = shutil.copy(PROGRAM, work_directory())  # where another user may run it, wherever it was built
COUNT = ["query", "-f", "csv", "--sql", "SELECT count(*) FROM events"]


def scan_words(database, *paths):
    return [PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", database, *paths]


def read(base, database, user, *words):
    """What a reader prints; the reader is another user when `user` is given."""
    values = environment(base)
    values.pop("TMPDIR", None)
    done = subprocess.run([READER, *words, "-d", database], env=values, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, **({"user": user, "group": user_group(user), "extra_groups": []} if user else {}))
    if done.returncode != 0:
        fail("a reader%s ended with status %d: %s" % (" as " + user if user else "", done.returncode, done.stderr.decode()))
    return done.stdout


def reader_count(base, database, user=None):
    """The number of events that a reader sees."""
    return int(read(base, database, user, *COUNT).split()[-1])


def user_group(user):
    import pwd
    return pwd.getpwnam(user).pw_gid


def listing(directory):
    """Names, sizes and modes, without what the clock changes."""
    return sorted((name, os.stat(os.path.join(directory, name)).st_size, os.stat(os.path.join(directory, name)).st_mode)
                  for name in os.listdir(directory))


def hold_scan(base, database, fifo):
    """A scan that waits for more on a pipe; the end to write to keeps it waiting."""
    os.mkfifo(fifo)
    process = subprocess.Popen(scan_words(database, "--force", fifo), env=environment(base), cwd=base, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    writer = open(fifo, "wb", buffering=0)
    writer.write(make_log(chance, 2000))
    return process, writer


def check_report_while_scanning(base, database, log):
    """report --scan goes on with what is there, and --since-last can be remembered."""
    words = [PROGRAM, "report", "--scan", "--since-last", "-f", "json", "-d", database, log]
    counts = []
    for _ in range(2):
        done = subprocess.run(words, env=environment(base), cwd=base, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expect(done.returncode == 5 and b"what was stored until now" in done.stderr, "a report while a scan runs: status %d, %s" %
               (done.returncode, done.stderr.decode()))
        counts.append(json.loads(done.stdout)["events"]["count"])
    stored = reader_count(base, database)
    expect(counts[0] > 400 and sum(counts) <= stored, "reports while a scan runs told of %d and %d events of %d" % (*counts, stored))


def as_nobody(*words):
    values = environment(shared)
    values.pop("TMPDIR", None)
    return subprocess.run([READER, *words], env=values, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, user="nobody",
                          group=user_group("nobody"), extra_groups=[])


def check_other_user(database):
    """Who may only read gets reports, but nothing can be remembered; doctor names the group that may read a log."""
    done = as_nobody("report", "-d", database, "--since", "@0")
    expect(done.returncode == 0 and done.stdout, "a report as another user: status %d, %s" % (done.returncode, done.stderr.decode()))
    done = as_nobody("report", "-d", database, "--since-last")
    expect(done.returncode == 4 and done.stdout == b"" and b"remembered" in done.stderr, "--since-last as another user: status %d, %s" %
           (done.returncode, done.stderr.decode()))
    log = os.path.join(shared, "private.log")
    shutil.copy(os.path.join(shared, "first.log"), log)
    os.chmod(log, 0o640)
    group = grp.getgrall()[-1]
    os.chown(log, 0, group.gr_gid)
    done = as_nobody("doctor", "--nginx-conf", "/dev/null", log)
    expect(done.returncode & 1 and ("usermod -aG %s nobody" % group.gr_name).encode() in done.stdout, "doctor as another user: status %d, %s" %
           (done.returncode, done.stdout.decode()))


def check_closed_beside(database):
    """Who may read the database and not what lies beside it is told what opens that: the next scan."""
    for suffix in ("-wal", "-shm"):
        os.chmod(database + suffix, 0o600)
        done = as_nobody("query", "-n", "1", "-d", database)
        expect(done.returncode == 4 and ("%s%s: Permission denied; the next scan" % (database, suffix)).encode() in done.stderr,
               "a reader who may not read %s: status %d, %s" % (suffix, done.returncode, done.stderr.decode()))
        scan(shared, database, os.path.join(shared, "first.log"))
        expect(reader_count(shared, database, "nobody") > 0, "a scan does not open %s" % suffix)


def check_while_scanning(base, database, user=None):
    log = os.path.join(base, "first.log")
    with open(log, "wb") as file:
        file.write(make_log(chance, 500))
    words = ["--group", group_name(user)] if user else []
    scan(base, database, *words, log)
    first = reader_count(base, database, user)
    expect(first > 400, "%d events" % first)
    process, writer = hold_scan(base, database, os.path.join(base, "pipe.log"))
    expect(reader_count(base, database, user) >= first, "a reader sees less while a scan runs")
    for words in (("report", "--since", "2026-01-01"), ("db", "info"), ("query", "-n", "1")):
        expect(len(read(base, database, user, *words)) > 100, "%s prints nothing while a scan runs" % words[0])
    other = subprocess.run(scan_words(database, log), env=environment(base), cwd=base, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    expect(other.returncode == 5, "a second scan ended with status %d instead of 5: %s" % (other.returncode, other.stderr.decode()))
    check_report_while_scanning(base, database, log)
    writer.write(make_log(chance, 3000, 5000))
    seen = reader_count(base, database, user)
    writer.close()
    process.communicate(timeout=60)
    expect(process.returncode == 0, "the scan ended with status %d" % process.returncode)
    last = reader_count(base, database, user)
    expect(last > seen and last > first + 4000, "%d, %d and then %d events" % (first, seen, last))
    os.unlink(os.path.join(base, "pipe.log"))


def group_name(user):
    return grp.getgrgid(user_group(user)).gr_name


base = work_directory()
database = os.path.join(base, "test.db")
check_while_scanning(base, database)
expect(os.stat(database).st_mode & 0o777 == 0o600, "mode %o instead of 600" % (os.stat(database).st_mode & 0o777))

# readers write nothing
before = listing(base)
reader_count(base, database)
expect(listing(base) == before, "a reader changed the directory")

# a missing database is an error and no empty answer
run(base, "query", "-d", os.path.join(base, "missing.db"), status=4)
expect(not os.path.exists(os.path.join(base, "missing.db")), "a reader made a database")
with open(os.path.join(base, "text.db"), "w") as file:
    file.write("this is no database, and it stays as it is\n" * 100)
run(base, "query", "-d", os.path.join(base, "text.db"), status=4)
run(base, "scan", "-d", os.path.join(base, "text.db"), os.path.join(base, "first.log"), status=4)
expect(os.path.getsize(os.path.join(base, "text.db")) == 4300, "a file that is no database was changed")

if os.geteuid() != 0:
    print("readers as another user: skipped, needs root")
    sys.exit(0)
shared = work_directory()
os.chmod(shared, 0o755)
database = os.path.join(shared, "shared.db")
check_while_scanning(shared, database, "nobody")
expect(os.stat(database).st_mode & 0o777 == 0o640, "mode %o instead of 640" % (os.stat(database).st_mode & 0o777))
check_other_user(database)
check_closed_beside(database)
