#!/usr/bin/env python3
"""Exactly once: logs that grow, are rotated, compressed and copied between scans give the same database as one scan of what is there at the end."""
import os
import random
import shutil
import time

from common import (COMPRESSORS, SEED, check_sums, compare, expect, make_log, read_rows, readable_suffixes, run, scan, views,
                    work_directory)

chance = random.Random(SEED)
SECONDS = 35


class Site:
    """A log directory that lives."""

    def __init__(self, base, number):
        self.logs = os.path.join(base, "logs%d" % number)
        self.base = base
        os.mkdir(self.logs)
        self.pending = {}
        self.copied = False
        self.begin = 0

    def path(self, name):
        return os.path.join(self.logs, name)

    def append(self):
        """Adds some bytes of what the log will hold, cut anywhere."""
        name = chance.choice(["error.log", "error.log", "shop.log"])
        rest = self.pending.get(name, b"")
        if not rest:
            rest = make_log(chance, chance.randrange(1, 40), self.begin)
            self.begin += 40
        size = chance.choice([len(rest), chance.randrange(len(rest) + 1)])
        with open(self.path(name), "ab") as file:
            file.write(rest[:size])
        self.pending[name] = rest[size:]

    def finish(self, name):
        with open(self.path(name), "ab") as file:
            file.write(self.pending.pop(name, b""))

    def rotate(self):
        name = chance.choice(["error.log", "shop.log"])
        if not os.path.exists(self.path(name)):
            return
        self.finish(name)
        for number in range(9, 0, -1):
            for suffix in ("", ".gz"):
                old = self.path("%s.%d%s" % (name, number, suffix))
                if os.path.exists(old):
                    os.rename(old, self.path("%s.%d%s" % (name, number + 1, suffix)))
        os.rename(self.path(name), self.path(name + ".1"))
        second = self.path(name + ".2")
        if os.path.exists(second) and chance.random() < 0.7:
            with open(second, "rb") as file:
                content = file.read()
            with open(second + ".gz", "wb") as file:
                file.write(COMPRESSORS[".gz"](content))
            os.unlink(second)

    def copy(self):
        names = sorted(os.listdir(self.logs))
        if names:
            self.copied = True
            name = chance.choice(names)
            shutil.copy(self.path(name), self.path("copy%d-%s" % (chance.randrange(3), name)))


def live(base, number):
    site = Site(base, number)
    database = os.path.join(base, "lived%d.db" % number)
    copies = number % 3 == 2 # which of equal files is the copy depends on the order, so that names are not compared then
    for _ in range(chance.randrange(3, 25)):
        step = chance.random()
        if step < 0.5:
            site.append()
        elif step < 0.65:
            site.rotate()
        elif step < 0.7 and copies:
            site.copy()
        else:
            scan(base, database, site.logs)
    for name in list(site.pending):
        site.finish(name)
    scan(base, database, site.logs)
    check_sums(database)
    fresh = os.path.join(base, "fresh%d.db" % number)
    scan(base, fresh, site.logs)
    names = ("file", "log", "last_path") if site.copied else ()
    if not site.copied:
        compare(database, fresh, names, "incremental and fresh scan (%d)" % number)
    else: # copies that were taken away or grew apart meanwhile stay; nothing may be missing
        one, other = views(database, names)["events"], views(fresh, names)["events"]
        expect(len(one) >= len(other), "%d events in increments, %d at once" % (len(one), len(other)))
    before = views(database)
    scan(base, database, site.logs)
    expect(views(database) == before, "a scan without anything new changed the database")
    shuffled = os.path.join(base, "shuffled%d.db" % number)
    paths = [site.path(name) for name in os.listdir(site.logs)]
    chance.shuffle(paths)
    scan(base, shuffled, "--force", *paths)
    if not site.copied:
        compare(fresh, shuffled, names, "files in another order (%d)" % number)


def alike(base):
    """Files that begin alike and differ then are two files, each counted whole, in any order; an equal one is a copy."""
    common, one, other = make_log(chance, 60), make_log(chance, 10, 100), make_log(chance, 12, 200)
    for number, (first, second) in enumerate([(common + one, common + other), (common + other, common + one), (common, common + one)]):
        database = os.path.join(base, "alike%d.db" % number)
        for name, content in (("first.log", first), ("second.log", second)):
            with open(os.path.join(base, name), "wb") as file:
                file.write(content)
            scan(base, database, os.path.join(base, name))
            scan(base, database, os.path.join(base, name))
        os.unlink(os.path.join(base, "first.log"))
        shutil.copy(os.path.join(base, "second.log"), os.path.join(base, "third.log"))
        scan(base, database, os.path.join(base, "third.log"))
        check_sums(database)
        stored = sum(row[0] for row in read_rows(database, "SELECT bytes FROM files"))
        expected = len(common + one) if number == 2 else len(first) + len(second)
        expect(stored == expected, "case %d: %d bytes stored instead of %d" % (number, stored, expected))


def aged(base):
    """Logs that were last written long before a scan are known by their facts; whatever changes, nothing is missed or read twice."""
    logs, database, clock = os.path.join(base, "aged"), os.path.join(base, "aged.db"), 1000000000
    os.mkdir(logs)
    held, written = {}, 0
    for step in range(60):
        name = os.path.join(logs, chance.choice(["a.log", "b.log", "c.log"]))
        what = chance.random()
        if what < 0.5 or name not in held:
            more = make_log(chance, chance.randrange(1, 30), step * 40)
            held[name] = held.get(name, b"") + more
            written += len(more)
        elif what < 0.7: # another log of the same size, in the same inode
            held[name] = (make_log(chance, 60, step * 90) * 50)[:len(held[name]) - 1] + b"\n"
            written += len(held[name])
        elif what < 0.8: # moved, its time of change with it
            other = os.path.join(logs, chance.choice(["d.log", "e.log"]))
            os.rename(name, other)
            held[other] = held.pop(name)
        if name in held:
            clock += 1
            with open(name, "r+b" if os.path.exists(name) else "wb") as file:
                file.write(held[name])
                file.truncate()
            os.utime(name, (clock, clock))
        for _ in range(chance.randrange(1, 3)):
            scan(base, database, logs)
    check_sums(database)
    rows = read_rows(database, "SELECT last_path, bytes FROM files")
    for name, content in held.items():
        expect((name, len(content)) in rows, "%s is not known with %d bytes: %s" % (name, len(content), rows))
    expect(sum(row[1] for row in rows) == written, "%d bytes were written, %d read" % (written, sum(row[1] for row in rows)))


def compressed(base):
    """error.log, error.log.1 and error.log.2.zst are one file, read once, also when its end came only with the last name."""
    whole = make_log(chance, 400)
    part = len(whole) * 2 // 3
    for suffix in readable_suffixes(base):
        logs, database = os.path.join(base, "rotated" + suffix), os.path.join(base, "rotated%s.db" % suffix)
        os.mkdir(logs)
        names = [os.path.join(logs, name) for name in ("error.log", "error.log.1", "error.log.2" + suffix)]
        with open(names[0], "wb") as file:
            file.write(whole[:part])
        scan(base, database, logs)
        with open(names[0], "ab") as file:
            file.write(whole[part:-100])
        os.rename(names[0], names[1])
        scan(base, database, logs)
        os.unlink(names[1])
        with open(names[2], "wb") as file:
            file.write(COMPRESSORS[suffix](whole))
        for _ in range(2):
            scan(base, database, logs)
            expect(read_rows(database, "SELECT log, last_path, bytes FROM files") == [("error.log", names[2], len(whole))],
                   "%s: %s" % (suffix, read_rows(database, "SELECT log, last_path, bytes FROM files")))
        expect(run(base, "query", "-f", "raw", "-d", database) == whole, suffix + ": a rotated log differs")
        check_sums(database)


base = work_directory()
alike(base)
aged(base)
compressed(base)
until = time.monotonic() + SECONDS
number = 0
while number < 40 and time.monotonic() < until:
    live(base, number)
    number += 1
print("%d logs lived" % number)
