#!/usr/bin/env python3
"""A prune killed anywhere and run again leaves what an undisturbed one leaves.  A file whose records are all pruned is still known: its lines
are not read again, and what is added to it is."""
import datetime
import os
import random
import subprocess
import time

from common import Killer, PROGRAM, SEED, check_sums, compare, copy_database, environment, expect, make_log, read_rows, run, scan, views, work_directory

chance = random.Random(SEED)
KILLS = 25
PRUNE = ("db", "prune", "--older-than", "100d", "-d")
RECORD = b'2026/11/20 03:12:45 [error] 7#7: *1 open() "/srv/x" failed (2: No such file or directory), client: 192.0.2.1, server: a.example\n'


def days_ago(content, days):
    day = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    return content.replace(b"2026/11/20", day.strftime("%Y/%m/%d").encode())


def append(path, content):
    with open(path, "ab") as file:
        file.write(content)


base = work_directory()
logs = os.path.join(base, "logs")
short = os.path.join(logs, "short.log")
os.mkdir(logs)
old, new = make_log(chance, 24000), make_log(chance, 300)
append(os.path.join(logs, "both.log"), days_ago(old, 400) + days_ago(new, 10))
append(short, days_ago(RECORD, 400) + b"a line of somebody else\n")

scanned = os.path.join(base, "scanned.db")
scan(base, scanned, logs)
events = read_rows(scanned, "SELECT count(*) FROM events")[0][0]
pruned = os.path.join(base, "pruned.db")
copy_database(scanned, pruned)
begin = time.monotonic()
run(base, *PRUNE, pruned)
whole = time.monotonic() - begin
check_sums(pruned)
expected = views(pruned)
left = len(expected["events"])
expect(0 < left < events and not any("short.log" in str(row) for row in expected["unparsed"]),
       "%d of %d events are left, or the line of a file without records" % (left, events))

# a killed one
killer = Killer(chance, whole)
for number in range(KILLS):
    database = os.path.join(base, "killed%d.db" % number)
    copy_database(scanned, database)
    process = subprocess.Popen([PROGRAM, *PRUNE, database], cwd=base, env=environment(base), stdout=subprocess.DEVNULL)
    killer.kill(process)
    check_sums(database)
    run(base, *PRUNE, database)
    check_sums(database)
    compare(database, expected, what="a prune after a kill")
killer.check(KILLS)

# a short file without a record left is known, and read on
scan(base, pruned, logs)
expect(len(views(pruned)["events"]) == left, "pruned records came back")
append(short, days_ago(RECORD, 10))
scan(base, pruned, logs)
check_sums(pruned)
expect(len(views(pruned)["events"]) == left + 1, "what was added to an emptied file is not there once")
print("%d of %d prunes killed" % (killer.killed, KILLS))
