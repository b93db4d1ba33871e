#!/usr/bin/env python3
"""Reports --since-last tell of every event exactly once, whatever is scanned between them, old logs found late and last records that grow
included; a report that is killed, or whose reader leaves, is told again and nothing of it is lost.  Scans and other reports run meanwhile.
And `query -` of a pipe gives what a query of the same log gives."""
import json
import os
import random
import subprocess
import threading

from common import PROGRAM, SEED, environment, expect, make_log, read_rows, run, scan, work_directory

chance = random.Random(SEED)
ROUNDS = 9
base = work_directory()
logs = os.path.join(base, "logs")
database = os.path.join(base, "once.db")
os.mkdir(logs)


def append(name, data):
    with open(os.path.join(logs, name), "ab") as file:
        file.write(data)


def change_logs():
    """Some logs grow, one is rotated, an old one appears; a record is left open and goes on in the next round."""
    for name in chance.sample(["a.log", "b.log", "c.log"], chance.randint(1, 3)):
        append(name, make_log(chance, chance.randint(0, 40), chance.randint(0, 50000)))
    append("open.log", b"    #1 the last record goes on\n" * chance.randint(0, 1) +
           b"2026/11/20 05:00:00 [error] 1#1: *1 FastCGI sent in stderr: \"PHP message: x\n" * chance.randint(0, 2))
    if chance.random() < 0.3:
        append("old%d.log" % chance.randrange(1000), make_log(chance, 20))
    if chance.random() < 0.3 and os.path.exists(os.path.join(logs, "a.log")):
        os.replace(os.path.join(logs, "a.log"), os.path.join(logs, "a.log.%d" % chance.randrange(1000000)))


def words(name, *more):
    return ["report", "-d", database, "--utc", "-f", "json", "--since-last=" + name, *more]


def told(output):
    """Events of a report by class; unclassified ones too."""
    report = json.loads(output)
    counts = {finding["class"]: finding["count"] for finding in report["findings"] + report["noise"]}
    counts["unclassified"] = report["events"]["unclassified"]
    expect(sum(counts.values()) == report["events"]["count"], "the report's sums do not add up")
    return counts


def add(total, counts):
    for name, count in counts.items():
        total[name] = total.get(name, 0) + count


def stored():
    return dict(read_rows(database, "SELECT class, count(*) FROM events GROUP BY class"))


def report_killed(name):
    """A report that is killed somewhere: what it has printed whole, if anything, and whether it came to its end."""
    process = subprocess.Popen([PROGRAM, *words(name)], cwd=base, env=environment(base), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        output = process.communicate(timeout=chance.uniform(0, 0.15))[0]
    except subprocess.TimeoutExpired:
        process.kill()
        output = process.communicate()[0]
    try:
        return told(output), process.returncode == 0
    except json.JSONDecodeError:
        expect(process.returncode != 0, "a report ended well with half of its output")
        return None, False


def lose_output(name):
    """Nobody reads: by a full disk, or by a reader that is gone."""
    if chance.random() < 0.5 and os.path.exists("/dev/full"):
        with open("/dev/full", "wb") as full:
            status = subprocess.run([PROGRAM, *words(name)], cwd=base, env=environment(base), stdout=full, stderr=subprocess.DEVNULL).returncode
        expect(status == 4, "a full disk ended a report with status %d" % status)
        return
    reader, writer = os.pipe()
    os.close(reader)
    status = subprocess.run([PROGRAM, *words(name)], cwd=base, env=environment(base), stdout=writer, stderr=subprocess.DEVNULL).returncode
    os.close(writer)
    expect(status == -13, "a closed pipe ended a report with status %d" % status)


def check_names():
    """Each name's reports sum up to what is stored."""
    totals = {"nightly": {}, "hourly": {}, "threshold": {}}
    for number in range(ROUNDS):
        change_logs()
        background = None
        if chance.random() < 0.5: # a scan of its own, which the reports find in its middle
            background = subprocess.Popen([PROGRAM, "scan", "--node", "test", "--tz", "UTC", "-d", database, logs], cwd=base,
                                          env=environment(base), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            background.wait() if number == 0 else None
        else:
            scan(base, database, logs)
        if chance.random() < 0.4:
            lose_output("hourly")
        # of two reports of one name at the same time each event is in one
        pair = [subprocess.Popen([PROGRAM, *words("hourly")], cwd=base, env=environment(base), stdout=subprocess.PIPE) for _ in range(2)]
        for process in pair:
            add(totals["hourly"], told(process.communicate()[0]))
            expect(process.returncode == 0, "status %d of one of two reports" % process.returncode)
        if number % 3 == 2:
            add(totals["nightly"], told(run(base, *words("nightly", "--scan", logs), status=(0, 5))))
        output = run(base, *words("threshold", "--if", "noise:60,info:60"))
        if output:
            add(totals["threshold"], told(output))
        if background:
            background.wait()
    scan(base, database, logs)
    for name, total in totals.items():
        add(total, told(run(base, *words(name))))
        expect({name: count for name, count in total.items() if count} == stored(), "--since-last=%s told of %r, stored is %r" %
               (name, total, stored()))
        expect(told(run(base, *words(name))) == {"unclassified": 0}, "--since-last=%s told again" % name)


def check_killed():
    """Killed reports: at least once, and what was told by one that came to its end is not told again.  One that was killed behind its last
    byte may have remembered that already or not."""
    total, perhaps = {}, []
    for _ in range(15):
        counts, ended = report_killed("killed")
        if ended:
            add(total, counts)
        elif counts:
            perhaps.append(counts)
    add(total, told(run(base, *words("killed"))))
    for name, count in stored().items():
        rest = count - total.get(name, 0)
        expect(rest == 0 or any(rest == counts.get(name) for counts in perhaps),
               "killed reports told of %d events of %s instead of %d" % (total.get(name, 0), name, count))
    expect(told(run(base, *words("killed"))) == {"unclassified": 0}, "told again after kills")


def check_pruned():
    """Ids are not given again: what is stored after a prune of everything is new."""
    run(base, "db", "prune", "-d", database, "--older-than", "1d", status=(0, 1))
    expect(stored() == {}, "something is left after a prune of everything")
    append("late.log", b'2026/11/20 06:00:00 [error] 1#1: *1 after the prune, client: 192.0.2.1\n')
    scan(base, database, logs)
    expect(told(run(base, *words("nightly"))) == {"unclassified": 1}, "an event after a prune was not told of")


def check_live():
    """A pipe is answered record by record; the order is that of the log, so the lines are compared sorted."""
    data = make_log(chance, 1500)
    with open(os.path.join(base, "live.log"), "wb") as file:
        file.write(data)
    for filters in ([], ["--level", "warn"], ["--client", "192.0.2.0/25"], ["--grep", "timed out|PHP"], ["--class", "unclassified"],
                    ["--not-class", "upstream-*", "--server", "a*"], ["--around", "2026-11-20 03:12,5h"], ["--uri", "/x*"]):
        for form in ("csv", "ndjson", "raw"):
            asked = ["query", "--tz", "UTC", "-f", form, *filters, "-"]
            with open(os.path.join(base, "live.log"), "rb") as file:
                whole = subprocess.run([PROGRAM, *asked], cwd=base, env=environment(base), stdin=file, stdout=subprocess.PIPE).stdout
            live = run(base, *asked, stdin=data)
            expect(sorted(live.split(b"\n")) == sorted(whole.split(b"\n")), "%s: a pipe and a file differ" % " ".join(asked))


def check_live_is_bounded():
    """However long the stream, the temporary database stays small."""
    process = subprocess.Popen([PROGRAM, "query", "-f", "raw", "--level", "debug", "-"], cwd=base, env=environment(base), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    line = b'2026/11/20 03:12:45 [error] 1#1: *%d open() "/srv/%d" failed (2: No such file or directory), client: 192.0.2.1, server: s%d\n'
    feeder = threading.Thread(target=lambda: [process.stdin.write(line % (i, i, i)) for i in range(20000)] and process.stdin.flush())
    feeder.start()
    for number in range(20000):
        expect(process.stdout.readline() == line % (number, number, number), "line %d of a stream" % number)
    feeder.join()
    sizes = []
    for name in os.listdir("/proc/%d/fd" % process.pid):
        path = "/proc/%d/fd/%s" % (process.pid, name)
        if os.readlink(path).endswith("(deleted)"):
            sizes.append(os.stat(path).st_size)
    process.communicate()
    expect(sizes and max(sizes) < 1 << 20, "temporary files of %r bytes for a stream of 2.4 MB" % sizes)


check_names()
check_killed()
check_pruned()
check_live()
if os.path.isdir("/proc/self/fd"):
    check_live_is_bounded()
print("%d rounds" % ROUNDS)
