#!/usr/bin/env python3
"""A scan killed anywhere and run again gives the database of a scan that was never disturbed.  SIGHUP, SIGINT and SIGTERM end a scan by the
signal, with what was read in the database.

Moments are chosen in two ways: by time, spread over a measured run, and by bytes: the kernel ends a process (SIGXFSZ) within the write that
makes one of its files longer than a limit, which meets every write of a new database, its schema's included, in its middle.
After a kill readers say what there is, or why there is nothing."""
import os
import random
import resource
import signal
import subprocess
import time
import zlib

from common import (COMPRESSORS, Killer, PROGRAM, SEED, check_sums, compare, environment, expect, make_log, position_in, read_rows, scan, views,
                    work_directory)

chance = random.Random(SEED)
BY_BYTES, BY_TIME, LARGE, MANY = 75, 110, 15, 300
READERS = [("report", "--since", "@0"), ("report", "--since-last"), ("query", "-f", "csv"), ("db", "info")]
SUFFIXES = ("", "-wal", "-shm", "-journal")


def start(base, database, *paths, limit=None, ignored=False, stdin=subprocess.DEVNULL):
    """A scan; with `limit` none of its files may get longer, which kills it, or is an error of every such write when that is ignored."""
    def prepare():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignored else signal.SIG_DFL)
    return subprocess.Popen([PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", database, *paths], cwd=base, env=environment(base),
                            stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=prepare)


def finish(process, allowed):
    _, errors = process.communicate(timeout=120)
    expect(process.returncode in allowed, "status %d, not one of %s: %s" % (process.returncode, allowed, errors.decode("utf-8", "replace")))
    return process.returncode


def read_plainly(base, database, *words):
    """An answer, or that there is none and what to do: nothing of SQLite's, and no empty answer."""
    done = subprocess.run([PROGRAM, *words, "-d", database], cwd=base, env=environment(base), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode == 0:
        expect(done.stdout, "%s says nothing after a kill" % (words,))
    else:
        expect(done.returncode == 4 and done.stdout == b"" and b"`ngxerr scan` " in done.stderr,
               "%s after a kill: status %d, %s" % (words, done.returncode, done.stderr.decode()))


def remove(database):
    for suffix in SUFFIXES:
        if os.path.exists(database + suffix):
            os.unlink(database + suffix)


def make_logs(directory, sizes):
    os.mkdir(directory)
    piece = make_log(chance, 8000)
    for name, head, repeats in sizes:
        with open(os.path.join(directory, name), "wb") as file:
            file.write(make_log(chance, head) + piece * repeats)
    return directory


def measured(base, database, logs):
    begin = time.monotonic()
    scan(base, database, logs)
    return time.monotonic() - begin


def recovered(base, database, logs, expected, what):
    scan(base, database, logs)
    check_sums(database)
    if isinstance(expected, dict):
        compare(database, expected, what=what)
    else:
        expect(figures(database) == expected, what + ": other figures than without")
    expect(read_rows(database, "PRAGMA integrity_check") == [("ok",)], what + ": the database is damaged")
    remove(database)


def figures(database):
    """Sums over the views, for databases whose rows take too long to compare one by one."""
    return [read_rows(database, statement) for statement in (
        "SELECT file, class, level, flags, count(*), sum(offset), sum(lines), sum(epoch), sum(length(message)), sum(connection) FROM events "
        "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        "SELECT time, class, level, server, upstream_addr, node, count FROM counts ORDER BY 1, 2, 3, 4, 5, 6",
        "SELECT last_path, bytes, lines, continuation_lines, records, classified, unclassified, unparsed, first_time, last_time FROM files ORDER BY 1",
        "SELECT file, reason, count(*), sum(offset), sum(bytes) FROM unparsed GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT shape, level, count, first_time, last_time, sample FROM shapes ORDER BY 1, 2")]


# --- a small database: while it is made, and all that is written to it ---

def small_by_bytes(base, logs, expected, size):
    """One write after the other; then again as an error: no room, no half of anything."""
    killed = refused = 0
    for number in range(BY_BYTES):
        limit = size * number // BY_BYTES + chance.randrange(512)
        database = os.path.join(base, "bytes.db")
        ignored = number % 3 == 2
        status = finish(start(base, database, logs, limit=limit, ignored=ignored), (0, 4) if ignored else (0, -signal.SIGXFSZ))
        killed += status == -signal.SIGXFSZ
        refused += status == 4
        if os.path.exists(database):
            read_plainly(base, database, *chance.choice(READERS))
        recovered(base, database, logs, expected, "a scan after one that ended at %d bytes" % limit)
    expect(killed > BY_BYTES // 4 and refused > BY_BYTES // 8, "only %d scans killed and %d refused" % (killed, refused))
    return "%d killed and %d refused within a write" % (killed, refused)


def small_by_time(base, logs, expected, whole):
    killer = Killer(chance, whole)
    database = os.path.join(base, "time.db")
    for number in range(BY_TIME):
        if killer.kill(start(base, database, logs), 0.2 + 0.8 * (number % 40 + chance.random()) / 40) and os.path.exists(database):
            read_plainly(base, database, *chance.choice(READERS))
        if chance.random() < 0.2:  # else the next one is killed on what this one left
            recovered(base, database, logs, expected, "a scan after kills")
    recovered(base, database, logs, expected, "a scan after kills")
    killer.check(BY_TIME, BY_TIME // 4 + 1)
    return "%d of %d killed by time" % (killer.killed, BY_TIME)


# --- a large one: more records than a transaction holds, but for the first; that ends before standard input is waited for ---

def large_by_time(base, logs, expected, whole):
    killer = Killer(chance, whole)
    database = os.path.join(base, "large.db")
    records = sum(row[4] for row in expected[0])
    in_turn = [os.path.join(logs, "a.log"), "-", os.path.join(logs, "big.log"), os.path.join(logs, "c.log")]
    for number in range(LARGE):
        if not killer.kill(start(base, database, *(in_turn if number % 3 else [logs]))) and \
                read_rows(database, "SELECT count(*) FROM events")[0][0] == records:  # finished: begin anew
            check_sums(database)
            remove(database)
    recovered(base, database, logs, expected, "a scan after %d kills" % killer.killed)
    killer.check(LARGE)
    return "%d of %d large ones killed" % (killer.killed, LARGE)


def asked_to_end(base, logs, expected, wanted):
    """What was read before the signal is there, the process ends by the signal, and the next scan goes on."""
    database = os.path.join(base, "stopped.db")
    path = os.path.join(logs, "big.log")
    process = start(base, database, logs)
    while process.poll() is None and position_in(process, path) < os.path.getsize(path) // 2:
        time.sleep(0.001)
    process.send_signal(wanted)
    status = finish(process, (0, -wanted))
    if status != 0:
        stored = read_rows(database, "SELECT sum(bytes) FROM files WHERE last_path = '%s'" % path)[0][0] or 0
        expect(0 < stored < os.path.getsize(path), "after signal %d %d bytes of the log are stored" % (wanted, stored))
        check_sums(database)
    recovered(base, database, logs, expected, "a scan after signal %d" % wanted)
    return status != 0


def many_asked_to_end(base):
    """Files that were read before the signal are there, though they are too few for a transaction of their own."""
    logs = os.path.join(base, "many")
    database = os.path.join(base, "many.db")
    make_logs(logs, [("%04d.log" % number, 0, 0) for number in range(MANY)])
    for name in os.listdir(logs):
        with open(os.path.join(logs, name), "wb") as file:
            file.write(make_log(chance, 20))
    first = os.path.join(logs, "0000.log")  # so that there is a database when the signal comes
    scan(base, database, first)
    whole = measured(base, database, logs)
    remove(database)
    halves = 0
    for _ in range(8):
        scan(base, database, first)
        process = start(base, database, logs)
        time.sleep(whole * chance.uniform(0.3, 0.8))
        process.send_signal(signal.SIGINT)
        if finish(process, (0, -signal.SIGINT)) != 0:
            halves += 1 < read_rows(database, "SELECT count(*) FROM files")[0][0] < MANY
        remove(database)
    expect(halves > 0, "no scan of many logs left what it had read when a signal came")


def silent_stream_asked_to_end(base, name, compress):
    """Of a stream that falls silent what came is there, though it is not much, and stays when a signal ends the scan."""
    log, database = os.path.join(base, "silent.log"), os.path.join(base, "silent.db")
    fresh = os.path.join(base, "whole.db")
    with open(log, "wb") as file:
        file.write(make_log(chance, 200))
    with open(log, "rb") as file:
        finish(start(base, fresh, "-", stdin=file), (0,))
    with open(log, "rb") as file:
        content = file.read(12000)
    process = start(base, database, "-", stdin=subprocess.PIPE)
    process.stdin.write(compress(content))
    process.stdin.flush()
    until, stored = time.monotonic() + 60, 0
    while stored == 0 and time.monotonic() < until:
        time.sleep(0.05)
        done = subprocess.run([PROGRAM, "query", "-f", "ndjson", "-d", database], cwd=base, env=environment(base), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        stored = done.stdout.count(b"\n")
    expect(stored > 10, "of a silent stream (%s) of %d bytes %d events can be seen" % (name, len(content), stored))
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)  # its input is closed after it: the end of a stream makes a line without its newline a whole one
    finish(process, (-signal.SIGTERM,))
    expect(read_rows(database, "SELECT count(*) FROM events")[0][0] >= stored, "a signal took what a silent stream (%s) had brought" % name)
    with open(log, "rb") as file:
        finish(start(base, database, "-", stdin=file), (0,))
    compare(database, views(fresh), what="a scan after a silent stream (%s)" % name)
    remove(database)
    remove(fresh)


def half_a_member(content):
    """As a gzip that was told to flush, and goes on."""
    compressor = zlib.compressobj(wbits=31)
    return compressor.compress(content) + compressor.flush(zlib.Z_SYNC_FLUSH)


def silent_streams_asked_to_end(base):
    for name, compress in [("plain", bytes), ("half a .gz", half_a_member), *COMPRESSORS.items()]:
        silent_stream_asked_to_end(base, name, compress)


def main():
    base = work_directory()
    small = make_logs(os.path.join(base, "small"), [("a.log", 60, 0), ("b.log", 90, 0)])
    fresh = os.path.join(base, "fresh.db")
    measured(base, fresh, small)
    expected, size = views(fresh), os.path.getsize(fresh)
    remove(fresh)
    whole = min(measured(base, fresh, small), measured(base, os.path.join(base, "second.db"), small))
    print(small_by_bytes(base, small, expected, size * 5 // 4), flush=True)
    print(small_by_time(base, small, expected, whole), flush=True)
    remove(fresh)
    large = make_logs(os.path.join(base, "large"), [("a.log", 100, 1), ("big.log", 100, 14), ("c.log", 100, 1)])
    whole = measured(base, fresh, large)
    expected = figures(fresh)
    print(large_by_time(base, large, expected, whole), flush=True)
    ended = [asked_to_end(base, large, expected, wanted) for wanted in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    expect(any(ended), "no scan was ended by a signal")
    many_asked_to_end(base)
    silent_streams_asked_to_end(base)


main()
