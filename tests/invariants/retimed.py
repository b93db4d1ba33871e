#!/usr/bin/env python3
"""A scan with a wrong zone and db retime give the database of a scan with the right zone, every view of it: also when the retime was killed
anywhere and run again, and when the file grew in between."""
import os
import random
import shutil
import subprocess
import time

from common import Killer, MESSAGES, PROGRAM, SEED, check_sums, compare, copy_database, environment, expect, read_rows, run, views, work_directory

chance = random.Random(SEED)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
         "America/St_Johns"]
# Local times around which zones change their clocks, and others.
DAYS = [(2026, 10, 25), (2026, 3, 29), (2026, 11, 1), (2026, 3, 8), (2026, 4, 5), (2026, 10, 4), (2024, 2, 29), (2011, 12, 30), (1999, 12, 31),
        (2026, 11, 20)]
KILLS = 6


def record(day, second, number):
    message = chance.choice(MESSAGES) % tuple(chance.randrange(1, 50) for _ in range(3))
    when = "%04d/%02d/%02d %02d:%02d:%02d" % (*day, second // 3600, second // 60 % 60, second % 60)
    return when.encode() + b" [%s] 7#7: *%d %s\n" % (chance.choice([b"error", b"warn", b"crit"]), number, message)


def make_day(day, records):
    """Hours from midnight on, some of them twice as when the clock goes back, some seconds out of order."""
    lines, second, begin = [], 0, chance.randrange(0, 3) * 3600
    second = begin
    for number in range(records):
        second += chance.randrange(0, max(2, 2 * 5 * 3600 // records))
        if chance.random() < 3 / records:
            second = max(0, second - 3600)
        second = min(second, 86399)
        lines.append(record(day, max(0, second - chance.choice([0, 0, 0, 1, 2])), number))
        if chance.random() < 0.02:
            lines.append(chance.choice([b"nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n", b"somebody else\n"]))
    return b"".join(lines)


def scan(base, database, zone, *words):
    run(base, "scan", "--node", "test", "--tz", zone, "-d", database, *words)


def write(path, content, mode="wb"):
    with open(path, mode) as file:
        file.write(content)


def retime(base, database, zone, *words):
    run(base, "db", "retime", "--tz", zone, "-d", database, *words)


base = work_directory()
logs = os.path.join(base, "logs")
os.mkdir(logs)
for name in ("a.log", "b.log"):
    write(os.path.join(logs, name), b"".join(make_day(day, 80) for day in chance.sample(DAYS, 6)))
write(os.path.join(logs, "first.log"), b"1970/01/01 00:10:00 [error] 1#1: a clock that was never set\n" + make_day(DAYS[0], 30))

# from any zone to any other, and back
fresh = {}
for zone in ZONES:
    fresh[zone] = os.path.join(base, "fresh-%s.db" % zone.replace("/", "-"))
    scan(base, fresh[zone], zone, logs)
pairs = 0
for right in ZONES:
    wrong = chance.choice([zone for zone in ZONES if zone != right])
    database = os.path.join(base, "retimed.db")
    copy_database(fresh[wrong], database)
    expect(views(database)["events"] != views(fresh[right])["events"], "the zones %s and %s do not differ" % (wrong, right))
    retime(base, database, right)
    check_sums(database)
    compare(database, fresh[right], what="from %s to %s" % (wrong, right))
    expect(read_rows(database, "SELECT DISTINCT zone FROM file") == [(right,)], "the files are not of the zone %s" % right)
    # what is added now is read with the right zone, from the same state
    more = os.path.join(base, "more")
    shutil.copytree(logs, more)
    one, other = os.path.join(base, "one.db"), os.path.join(base, "other.db")
    copy_database(database, one)
    copy_database(fresh[right], other)
    write(os.path.join(more, "a.log"), make_day(DAYS[chance.randrange(len(DAYS))], 40), "ab")
    for path, zone in ((one, wrong), (other, right)):
        scan(base, path, zone, more)
    compare(one, other, what="read on after a retime to %s" % right)
    shutil.rmtree(more)
    pairs += 1

# one log of them, by name
database = os.path.join(base, "chosen.db")
copy_database(fresh["UTC"], database)
retime(base, database, "Asia/Kolkata", "--log", "b.log")
expect(sorted(read_rows(database, "SELECT log, zone FROM file")) ==
       [("a.log", "UTC"), ("b.log", "Asia/Kolkata"), ("first.log", "UTC")], "other files were moved too")
check_sums(database)

# killed, grown, and run again
big = os.path.join(base, "big")
os.mkdir(big)
for number, days in enumerate((DAYS[:3], DAYS[3:4])): # one has more seconds than a step, so that it is moved in two
    write(os.path.join(big, "big%d.log" % number), b"".join(make_day(day, 8500) for day in days))
# whatever chance gives the others: nothing tells which of the two hours this is
write(os.path.join(big, "hour.log"), b"".join(record((2026, 10, 25), 2 * 3600 + 10 * number, number) for number in range(20)))
before = os.path.join(base, "big.db")
scan(base, before, "UTC", big)
moments = read_rows(before, "SELECT count(*) FROM moment WHERE file_id = 1")[0][0]
expect(moments > 20000, "%d moments are one step" % moments)
right = os.path.join(base, "right.db")
scan(base, right, "Europe/Berlin", big)
begin = time.monotonic()
copy_database(before, database)
retime(base, database, "Europe/Berlin")
whole = time.monotonic() - begin
expected = views(right)
killer = Killer(chance, whole)
for number in range(KILLS):
    if number % 3 == 0:
        copy_database(before, database)
    process = subprocess.Popen([PROGRAM, "db", "retime", "--tz", "Europe/Berlin", "-d", database], cwd=base, env=environment(base),
                               stdout=subprocess.DEVNULL)
    killer.kill(process)
    check_sums(database)
    if number % 3 == 1: # another one that was meant otherwise, not finished either
        process = subprocess.Popen([PROGRAM, "db", "retime", "--tz", "Asia/Kolkata", "-d", database], cwd=base, env=environment(base),
                                   stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, whole / 2))
        process.kill()
        process.communicate()
    if number % 3 == 2:
        retime(base, database, "Europe/Berlin")
        compare(database, expected, what="a retime after kills")
marked = read_rows(right, "SELECT count(*) FROM events WHERE flags LIKE '%ambiguous-hour%'")[0][0]
expect(0 < marked < len(expected["events"]), "%d of %d hours cannot be told" % (marked, len(expected["events"])))

killer.check(KILLS)

# grown in between: what is added is of the new zone already
copy_database(before, database)
process = subprocess.Popen([PROGRAM, "db", "retime", "--tz", "Europe/Berlin", "-d", database], cwd=base, env=environment(base),
                           stdout=subprocess.DEVNULL)
time.sleep(whole / 3)
process.kill()
process.communicate()
write(os.path.join(big, "big0.log"), make_day((2026, 12, 1), 100), "ab")
scan(base, database, "UTC", big)
retime(base, database, "Europe/Berlin")
copy_database(right, os.path.join(base, "grown.db"))
scan(base, os.path.join(base, "grown.db"), "Europe/Berlin", big)
compare(database, os.path.join(base, "grown.db"), what="a log that grew between a kill and the next retime")
print("%d pairs of zones, %d of %d retimes killed" % (pairs, killer.killed, KILLS))
