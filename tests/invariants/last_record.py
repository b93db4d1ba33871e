#!/usr/bin/env python3
"""The end of a log that is still written: a line without its newline waits, the last record is open and is replaced when it grows, --final
closes both; what could not be cut without knowing that nothing follows is read again, with the lines of others behind it; and the database is
that of one scan of the whole, wherever the scans in between found the end."""
import gzip
import os
import random
import signal
import subprocess
import time

from common import PROGRAM, SEED, broken_log, check_sums, compare, environment, expect, make_log, read_rows, run, scan, work_directory

chance = random.Random(SEED)
FIRST = (b'2026/11/20 03:12:45 [error] 7#7: *1 FastCGI sent in stderr: "PHP message: first\nStack trace:\n#0 /srv/a.php(1)\n#1 {main}" while '
         b'reading response header from upstream, client: 192.0.2.1, server: a.example, request: "GET / HTTP/1.1", upstream: '
         b'"fastcgi://unix:/run/php.sock:", host: "a"\n')
SECOND = b'2026/11/20 03:12:46 [error] 7#7: *2 open() "/srv/x" failed (2: No such file or directory), client: 192.0.2.1, server: a.example'


def put(path, content, mode="wb"):
    with open(path, mode) as file:
        file.write(content)


def events(database):
    return read_rows(database, "SELECT message, flags, lines FROM events ORDER BY offset")


def grown_byte_by_byte(base):
    """A scan at every length of a log: in the end what one scan of all gives."""
    log, database = os.path.join(base, "grown.log"), os.path.join(base, "grown.db")
    content = FIRST + SECOND + b"\n" + FIRST[:60]
    put(log, b"")
    for size in range(0, len(content), 17):
        put(log, content[size:size + 17], "ab")
        scan(base, database, log)
    check_sums(database)
    expect(read_rows(database, "SELECT bytes FROM files") == [(len(FIRST + SECOND) + 1,)], "the line without a newline was not left")
    whole = os.path.join(base, "whole.db")
    scan(base, whole, log)
    compare(database, whole, what="a log that grew byte by byte")


def flags_of_the_last(base):
    log, database = os.path.join(base, "flags.log"), os.path.join(base, "flags.db")
    put(log, SECOND + b"\n" + FIRST[:FIRST.index(b"#0")])
    scan(base, database, log)
    expect("open" in events(database)[1][1] and "open" not in events(database)[0][1], "the last record is not the open one")
    put(log, FIRST[FIRST.index(b"#0"):], "ab")
    scan(base, database, log)
    expect(len(events(database)) == 2 and events(database)[1][2] == 4, "the record that grew was not replaced: %s" % events(database))
    put(log, SECOND.replace(b"*2", b"*3"), "ab")
    scan(base, database, log)
    expect(len(events(database)) == 2, "a line without its newline was read")
    scan(base, database, "--final", log)
    expect(len(events(database)) == 3 and not any("open" in row[1] for row in events(database)), "--final: %s" % events(database))
    check_sums(database)
    # --final was said too early: the rest of the line is there, though it cannot be joined any more
    put(log, b' more\n' + SECOND.replace(b"*2", b"*4") + b"\n", "ab")
    scan(base, database, log)
    check_sums(database)
    with open(log, "rb") as file:
        content = file.read()
    expect(run(base, "query", "-f", "raw", "-d", database) == content, "query -f raw is not what was read")


def never_across_files(base):
    """The rest of a stack trace at the begin of the next file is no part of the record before it."""
    logs, database = os.path.join(base, "logs"), os.path.join(base, "across.db")
    os.mkdir(logs)
    put(os.path.join(logs, "error.log.1"), FIRST[:FIRST.index(b"#0")])
    scan(base, database, logs)
    put(os.path.join(logs, "error.log"), FIRST[FIRST.index(b"#0"):] + SECOND + b"\n")
    scan(base, database, logs)
    check_sums(database)
    fresh = os.path.join(base, "across-fresh.db")
    scan(base, fresh, logs)
    compare(database, fresh, what="a record cut by rotation")
    expect([row[2] for row in events(database)] == [2, 1], "records across files: %s" % events(database))
    os.rename(os.path.join(logs, "error.log"), os.path.join(logs, "error.log.2"))
    with open(os.path.join(logs, "error.log.1"), "rb") as file:
        put(os.path.join(logs, "error.log.1.gz"), gzip.compress(file.read()))
    os.unlink(os.path.join(logs, "error.log.1"))
    scan(base, database, logs)
    expect([row[1] for row in events(database) if row[2] == 2] == [""], "a record is open in a file that cannot grow")


def cut_anywhere(base):
    """Scans that meet the end anywhere in a log made by chance."""
    for number in range(6):
        log, database = os.path.join(base, "cut%d.log" % number), os.path.join(base, "cut%d.db" % number)
        content = make_log(chance, 60)
        cuts = sorted(chance.randrange(len(content)) for _ in range(6)) + [len(content)]
        for begin, end in zip([0] + cuts, cuts):
            put(log, content[begin:end], "ab")
            scan(base, database, "--force", log)
        whole = os.path.join(base, "cut-whole%d.db" % number)
        scan(base, whole, log)
        compare(database, whole, what="a log cut at %s" % cuts)


def ids(database):
    return {row[:2]: row[2] for row in read_rows(database, "SELECT file_id, offset, id FROM events")}


def overturned(base):
    """Many logs that grow at once, by whole lines or by any bytes: in the end what one scan of all gives, and what was told of keeps its id."""
    for round_number, by_lines in enumerate([True, False, True, False]):
        logs = os.path.join(base, "overturned%d" % round_number)
        database, whole = logs + ".db", logs + "-whole.db"
        os.mkdir(logs)
        contents = []
        for number in range(80):
            lines = broken_log(chance, number)
            ends = [sum(map(len, lines[:count])) for count in range(len(lines) + 1)]
            size = ends[-1]
            cuts = sorted(chance.choice(ends) if by_lines else chance.randrange(size) for _ in range(5)) + [size]
            contents.append((os.path.join(logs, "%d.log" % number), b"".join(lines), cuts))
        before, highest = {}, 0
        for step in range(6):
            for path, content, cuts in contents:
                begin = cuts[step - 1] if step > 0 else 0
                put(path, content[begin:cuts[step]], "ab")
            scan(base, database, logs)
            check_sums(database)
            now = ids(database)
            for key, number in now.items():
                expect(number == before[key] if key in before else number > highest or number in before.values(),
                       "the record at %s has the id %d instead of %s" % (key, number, before.get(key)))
            before, highest = now, max(highest, *now.values()) if now else highest
        scan(base, whole, logs)
        compare(database, whole, what="logs that grew by %s" % ("lines" if by_lines else "bytes"))
        content = {path: content for path, content, _ in contents}
        files = [row[0] for row in read_rows(database, "SELECT last_path FROM files ORDER BY node, log, first_time, id")]
        expect(run(base, "query", "-f", "raw", "-d", database) == b"".join(content[path] for path in files), "query -f raw is not what was read")


def a_signal_while_it_waits(base):
    """A scan that waits for a pipe ends by the signal too, with what came through it."""
    for wanted in (signal.SIGINT, signal.SIGTERM):
        fifo, database = os.path.join(base, "pipe%d" % wanted), os.path.join(base, "pipe%d.db" % wanted)
        os.mkfifo(fifo)
        process = subprocess.Popen([PROGRAM, "scan", "--node", "test", "-d", database, "--force", fifo], env=environment(base),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with open(fifo, "wb", buffering=0) as pipe:
            pipe.write(make_log(chance, 2000))
            until = time.monotonic() + 30
            while time.monotonic() < until and not (os.path.exists(database + "-wal") and os.path.getsize(database + "-wal")):
                time.sleep(0.02)
            time.sleep(0.5)
            process.send_signal(wanted)
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                expect(False, "signal %d does not end a scan that waits" % wanted)
        expect(process.returncode == -wanted, "status %d after signal %d" % (process.returncode, wanted))
        check_sums(database)
        expect(len(events(database)) > 1500, "%d events of 2000 are stored" % len(events(database)))


base = work_directory()
for case in (grown_byte_by_byte, flags_of_the_last, never_across_files, cut_anywhere, overturned, a_signal_while_it_waits):
    case(base)
    print("%s: ok" % case.__name__.replace("_", " "), flush=True)
