#!/usr/bin/env python3
"""A report of logs without a database, whose records are counted as they are read, says what a scan into a database and a report of
that say: of odd bytes, wrappers, copies, beginnings and branches of each other, of standard input, and of more values than fit."""
import gzip
import json
import os
import random
import re
import sqlite3

from common import SEED, expect, make_log, run, scan, work_directory

chance = random.Random(SEED)
ODD = [b'"', b"\\", b"\\x41", b"\0", b"\xff\xfe", b"\xc3\xa4", b", client: 192.0.2.9", b', request: "GET /a?b HTTP/1.1"',
       b', upstream: "http://unix:/run/a.sock:/x"', b', referrer: "x"', b" while ", b", login: \"me\"", b"\t", b"  "]
RELOAD = b"2026/11/20 00:00:01 [notice] 1#1: signal process started\n2026/11/20 00:00:02 [notice] 1#1: reconfiguring\n"


def mutate(line):
    """Some odd bytes put in, some bytes left out."""
    for _ in range(chance.choice((0, 0, 0, 1, 2, 12))):
        at = chance.randrange(len(line) + 1)
        if chance.random() < 0.7:
            line = line[:at] + chance.choice(ODD) + line[at:]
        else:
            line = line[:at] + line[at + chance.randrange(1, 9):]
    return line


def odd_log(records):
    return RELOAD + b"\n".join(mutate(line) for line in make_log(chance, records).split(b"\n"))


def docker(content):
    return b"".join(b'{"log":%s,"stream":"stderr","time":"2026-11-20T03:12:45Z"}\n' % json.dumps(line.decode("latin-1") + "\n").encode()
                    for line in content.split(b"\n"))


def essence(answer):
    """What both ways have to say: not where it was read, and what is new.  Shapes apart."""
    report = json.loads(re.sub(rb'"ngxerr query [^"]*?--class', b'"ngxerr query --class', answer))
    for name in ("source", "from_database", "current_to"):
        del report["read"][name]
    for file in report["read"]["files"]:
        del file["node"]
    for finding in report["findings"] + report["noise"]:
        del finding["new"]
    del report["window"]
    return report, report.pop("unclassified")


def check_shapes(what, unclassified, database):
    with sqlite3.connect(database) as db:
        expect(unclassified["shapes"] == db.execute("SELECT count(*) FROM shapes").fetchone()[0], "%s: the number of shapes" % what)
        rows = db.execute("SELECT shape, level, count, first_time, last_time, sample FROM shapes ORDER BY count DESC, shape, "
                          "instr('emerg alert crit error warn notice info debug', level) LIMIT 10")
        shown = [tuple(shape[name] for name in ("shape", "level", "count", "first_time", "last_time"))
                 for shape in unclassified["most_frequent"]]
        stored = [(row[0].replace("\\\\", "\\"), *row[1:5]) for row in rows]
        expect(shown == stored, "%s: shapes differ:\n%s\n%s" % (what, shown, stored))


def check(directory, what, *logs, stdin=None):
    database = os.path.join(directory, what + ".db")
    direct, shapes = essence(run(directory, "report", "-f", "json", *logs, status=(0, 3), stdin=stdin))
    run(directory, "scan", "--final", "--tz", "UTC", "-d", database, *logs, status=(0, 3), stdin=stdin)
    stored, _ = essence(run(directory, "report", "-d", database, "--since-last", "-f", "json"))
    expect(direct["read"]["records"] > 0, "%s: nothing was read" % what)
    for part in direct:
        expect(direct[part] == stored[part],
               "%s: %s differs:\n%s\n%s" % (what, part, json.dumps(direct[part])[:3000], json.dumps(stored[part])[:3000]))
    check_shapes(what, shapes, database)


def write(directory, name, content):
    path = os.path.join(directory, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def main():
    directory = work_directory()
    log = odd_log(3000)
    long = log + make_log(chance, 2000)
    cut = long[:long.index(b"\n", len(long) // 2) + 1]
    a = write(directory, "a.log", long)
    check(directory, "one", a)
    check(directory, "wrapped", write(directory, "docker.log", docker(log)))
    check(directory, "stdin", "-", stdin=long)
    begin = write(directory, "begin.log", cut)
    branch = write(directory, "branch.log", cut + make_log(chance, 50))
    packed = write(directory, "b.log.gz", gzip.compress(long))
    check(directory, "beginning-after", a, begin, branch, packed)
    check(directory, "beginning-first", begin, packed, branch, a)
    check(directory, "packed-first", packed, branch, begin)
    check(directory, "damaged", write(directory, "cut.log.gz", gzip.compress(odd_log(500))[:-3000]))
    check(directory, "stdin-among", "-", begin, branch, stdin=long)
    lines = long.split(b"\n")
    lines.reverse()
    check(directory, "reversed", write(directory, "reversed.log", b"\n".join(lines)), "branch.log")
    print("passed (SEED=%d)" % SEED)


main()
