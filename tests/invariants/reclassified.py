#!/usr/bin/env python3
"""db reclassify gives the events the classes of a scan with the rules of now, and groups what no class matches as that does: also when it was
interrupted and run again, when a scan added events in between, and when the rules were changed in between."""
import os
import random
import sqlite3
import subprocess
import time

from common import PROGRAM, SECONDS, SEED, check_sums, copy_database, environment, expect, read_rows, run, scan, views, work_directory

chance = random.Random(SEED)
RECORDS = 45000  # three steps
KILLS = 2  # of each kind
# One message that a class of each pattern file takes, one that none takes, and one that always has a class.
MESSAGES = [b"first words, number %d", b"second words, number %d", b"no words of a class, number %d",
            b'open() "/srv/www/%d" failed (2: No such file or directory), client: 192.0.2.1, server: a.example, request: "GET / HTTP/1.1"']
CLASS = """area local;
class local-%s {
    title     "Words";
    severity  fix;
    logged-at error;
    match     '^%s words';
    cause     "Somebody said it.";
    suggest   look { title "Look"; text "Look."; }
    doc       https://nginx.org/en/docs/;
    proof     docs;
    example   '2026/11/20 03:12:45 [error] 1#1: %s words, number 1';
}
"""


def make_log(begin, records):
    return b"".join(b"2026/11/20 %02d:%02d:%02d [error] 7#7: %s\n" % (number // 3600 % 24, number // 60 % 60, number % 60,
                                                                     chance.choice(MESSAGES) % number)
                    for number in range(begin, begin + records))


def rules(word):
    return ["--patterns", os.path.join(base, word)]


def reclassified(word):
    """A database of today's log by the rules of `word`."""
    path = os.path.join(base, "fresh-%s.db" % word)
    scan(base, path, logs, *rules(word))
    return classes_of(path)


def classes_of(path):
    """What depends on the rules: all views but that of the classes, where those of other rules stay as retired."""
    found = views(path)
    found["classes"] = [row for row in found["classes"] if not row[-1]]
    return found


def interrupt(database, word):
    """Killed when it has done a step at least; true when it had not done all."""
    process = subprocess.Popen([PROGRAM, "db", "reclassify", "-d", database, *rules(word)], cwd=base, env=environment(base),
                               stdout=subprocess.DEVNULL)
    connection = sqlite3.connect("file:%s?mode=ro" % database, uri=True, timeout=SECONDS)
    done = 0
    while done == 0 and process.poll() is None:
        done = connection.execute("SELECT coalesce(max(value), 0) FROM setting WHERE name = 'reclassify_from'").fetchone()[0]
        time.sleep(0.001)
    process.kill()
    process.communicate()
    connection.close()
    return read_rows(database, "SELECT coalesce(max(value), 0) FROM setting WHERE name = 'reclassify_from'")[0][0] > 0


def check(database, expected, word, what):
    run(base, "db", "reclassify", "-d", database, *rules(word))
    check_sums(database)
    found = classes_of(database)
    for view, rows in expected.items():
        only = sorted(set(found[view]) - set(rows), key=repr)[:3]
        missing = sorted(set(rows) - set(found[view]), key=repr)[:3]
        expect(found[view] == rows, "%s: the view %s differs\n  only in it:  %s\n  missing: %s" % (what, view, only, missing))


base = work_directory()
logs = os.path.join(base, "logs")
os.mkdir(logs)
for word in ("first", "second"):
    os.mkdir(os.path.join(base, word))
    with open(os.path.join(base, word, "local.conf"), "w", encoding="utf-8") as file:
        file.write(CLASS % (word, word, word))
with open(os.path.join(logs, "error.log"), "wb") as file:
    file.write(make_log(0, RECORDS))
before = os.path.join(base, "before.db")
scan(base, before, logs)
database = os.path.join(base, "reclassified.db")

# without a disturbance
copy_database(before, database)
first = reclassified("first")
expect(first["shapes"] != classes_of(before)["shapes"], "the rules make no difference")
check(database, first, "first", "undisturbed")

# interrupted, and other rules then
interrupted = 0
for number in range(KILLS):
    copy_database(before, database)
    interrupted += interrupt(database, "first")
    word = "first" if number % 2 == 0 else "second"
    check(database, first if word == "first" else reclassified("second"), word, "interrupted, then by the rules called " + word)

# interrupted, and more events then
with open(os.path.join(logs, "error.log"), "ab") as file:
    file.write(make_log(RECORDS, 500))
os.remove(os.path.join(base, "fresh-first.db"))
more = reclassified("first")
for number in range(KILLS):
    copy_database(before, database)
    interrupted += interrupt(database, "first")
    scan(base, database, logs, *rules("first"))
    check(database, more, "first", "interrupted, then more events")
expect(interrupted > 0, "none was interrupted")
print("%d of %d were interrupted" % (interrupted, 2 * KILLS))
