#!/usr/bin/env python3
"""A scan killed anywhere and run again gives the database of a scan that was never disturbed.  SIGTERM and SIGINT end a scan by the signal,
with what was read in the database."""
import os
import random
import signal
import subprocess
import time

from common import PROGRAM, SEED, check_sums, compare, environment, expect, make_log, read_rows, scan, views, work_directory

chance = random.Random(SEED)
KILLS = 20


def start(base, database, logs):
    return subprocess.Popen([PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", database, logs], cwd=base, env=environment(base),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def make_logs(base):
    """Files small and large: one with more records than a transaction holds."""
    logs = os.path.join(base, "logs")
    os.mkdir(logs)
    piece = make_log(chance, 8000)
    for name, repeats in (("a.log", 1), ("big.log", 14), ("c.log", 2), ("d.log", 1)):
        with open(os.path.join(logs, name), "wb") as file:
            file.write(make_log(chance, 100) + piece * repeats)
    return logs


base = work_directory()
logs = make_logs(base)
fresh = os.path.join(base, "fresh.db")
begin = time.monotonic()
scan(base, fresh, logs)
whole = time.monotonic() - begin
expected = views(fresh)
records = read_rows(fresh, "SELECT count(*) FROM events")[0][0]

database = os.path.join(base, "killed.db")
killed = 0
for _ in range(KILLS):
    process = start(base, database, logs)
    try:
        process.wait(chance.uniform(0, whole))
    except subprocess.TimeoutExpired:
        process.kill()
        killed += 1
    process.communicate()
    if process.returncode not in (0, -signal.SIGKILL):
        expect(False, "status %d after kills" % process.returncode)
    if process.returncode == 0 and read_rows(database, "SELECT count(*) FROM events")[0][0] == records: # finished: begin anew
        check_sums(database)
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(database + suffix):
                os.unlink(database + suffix)
expect(killed > 0, "no scan was killed: %.2f seconds are too few" % whole)
scan(base, database, logs)
check_sums(database)
compare(database, expected, what="a scan after %d kills" % killed)

# asked to end: what was read is there, and the process ends by the signal
for wanted in (signal.SIGTERM, signal.SIGINT):
    stopped = os.path.join(base, "stopped%d.db" % wanted)
    process = start(base, stopped, logs)
    time.sleep(whole / 2)
    process.send_signal(wanted)
    process.communicate(timeout=60)
    expect(process.returncode in (-wanted, 0), "status %d instead of the signal %d" % (process.returncode, wanted))
    if process.returncode != 0:
        check_sums(stopped)
    scan(base, stopped, logs)
    compare(stopped, expected, what="a scan after signal %d" % wanted)
print("%d of %d scans killed" % (killed, KILLS))
