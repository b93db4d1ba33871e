#!/usr/bin/env python3
"""What was pruned is counted in every answer of query --by that the counts can give: byte for byte it is the answer of before.  Any other
answer says from when on it is complete, and from then on it is that of before too."""
import datetime
import os
import random
import subprocess
import time

from common import PROGRAM, SECONDS, SEED, check_sums, copy_database, environment, expect, read_rows, run, scan, work_directory

chance = random.Random(SEED)
DATABASES, PRUNES, QUESTIONS = 3, 4, 30
COUNTED, LEFT_OUT = b"these counts have them too", b"this is complete from then on"

# What the counts know, by schema/README.md, and some of what they do not know.
KNOWN_FIELDS = ["class", "area", "severity", "level", "server", "upstream_addr", "node", "hour", "day"]
OTHER_FIELDS = ["minute", "uri", "client", "log", "host", "errno", "upstream", "kind"]
KNOWN_FILTERS = {
    "class": ["upstream-*", "upstream-connect-refused", "unclassified", "static-*"],
    "area": ["upstream*", "static*"],
    "severity": ["act", "fix", "tune", "noise"],
    "server": ["a.example", "*", "?.EXAMPLE", "nowhere", "\\xff.example"],
    "upstream": ["10.0.0.1", "10.0.0.*", "10.0.0.1:80", "BACKEND", "*", "unix:/run/php.sock", "unix:/run/*", "::1", "[::1]:80", "10.0.0.2:*"],
    "node": ["n1", "n*", "web2"],
}
# The upstream as it was written, with its scheme and URI, is gone with the event.
OTHER_FILTERS = {"upstream": ["http://*", "*:80", "*8*", "http://10.0.0.1:80/x", "back*"], "uri": ["/x*"], "host": ["a.example"],
                 "client": ["192.0.2.0/25"], "log": ["*1.log"], "grep": ["failed"], "connection": ["7"]}
ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"]

SERVERS = [b"a.example", b"b.example", b"", b"\xff.example", None]
UPSTREAMS = [b"http://10.0.0.1:80/x", b"http://10.0.0.2:8080/", b"https://backend/x", b"fastcgi://unix:/run/php.sock:", b"http://[::1]:80/y",
             b"10.0.0.1:80", b"http://unix:/run/app.sock:/y", None]
MESSAGES = [
    b"connect() failed (111: Connection refused) while connecting to upstream",
    b"upstream timed out (110: Connection timed out) while reading response header from upstream",
    b'open() "/srv/x" failed (2: No such file or directory)',
    b"client 192.0.2.7 closed keepalive connection",
    b"an event that no class knows",
]


def record(day, second):
    written = (day + datetime.timedelta(seconds=second)).strftime("%Y/%m/%d %H:%M:%S").encode()
    server, upstream = chance.choice(SERVERS), chance.choice(UPSTREAMS)
    line = b"%s [%s] 7#7: *%d %s, client: 192.0.2.%d" % (written, chance.choice([b"error", b"warn", b"info"]), chance.randrange(9),
                                                        chance.choice(MESSAGES), chance.randrange(250))
    if server is not None:
        line += b', server: %s, request: "GET /x HTTP/1.1"' % server
    if upstream is not None:
        line += b', upstream: "%s"' % upstream
    return line + b', host: "a.example"\n'


def make_database(base, number):
    """Some days of some machines, one of them behind syslog; days on which clocks change are among them."""
    database = os.path.join(base, "%d.db" % number)
    first = datetime.datetime(2024, chance.choice([3, 10, 11]), chance.randrange(24, 29))
    for file in range(3):
        path = os.path.join(base, "%d-%d.log" % (number, file))
        with open(path, "wb") as log:
            for second in sorted(chance.choice([chance.randrange(4 * 86400), chance.randrange(4 * 96) * 900]) for _ in range(250)):
                line = record(first, second)
                log.write(b"<187>Nov 20 03:12:45 web%d nginx: %s" % (chance.randrange(3), line) if file == 2 else line)
                if chance.random() < 0.02:
                    log.write(b"nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n")
        scan(base, database, path, node="n%d" % file)
    return database


def ask(base, database, words):
    done = subprocess.run([PROGRAM, "query", "-d", database, *words], cwd=base, env=environment(base), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=SECONDS)
    expect(done.returncode == 0, "%s: status %d\n%s" % (words, done.returncode, done.stderr))
    return done.stdout, done.stderr


def make_question(first, last):
    """Words, and whether the counts can answer; None: only where no bound cuts something that was pruned."""
    fields = chance.sample(KNOWN_FIELDS, chance.randrange(1, 5))
    words, known = [], True
    if chance.random() < 0.15:
        fields[0], known = chance.choice(OTHER_FIELDS), False
    for name in chance.sample(sorted(KNOWN_FILTERS), chance.choice([0, 0, 1, 1, 2])):
        words += ["--%s%s" % (chance.choice(["", "", "not-"]), name), chance.choice(KNOWN_FILTERS[name])]
    if chance.random() < 0.15:
        name = chance.choice(sorted(OTHER_FILTERS))
        words, known = words + ["--" + name, chance.choice(OTHER_FILTERS[name])], False
    if chance.random() < 0.2:
        words += ["--level", chance.choice(["error", "warn"])]
    bounds = sorted(chance.sample(range(first, last, 900), 2))
    aligned = chance.random() < 0.7
    if not aligned:
        bounds = [bounds[0] + chance.randrange(1, 900), bounds[1] + chance.randrange(1, 900)]
    given = [words for words in (["--since", "@%d" % bounds[0]], ["--until", "@%d" % bounds[1]]) if chance.random() < 0.4]
    if given and known and not aligned:
        known = None
    words += sum(given, []) + ["--tz", chance.choice(ZONES), "--by", ",".join(fields), "-f", chance.choice(["csv", "json", "table"])]
    return words + chance.choice([[], [], ["-n", "3"], ["-r"]]), known


def prune(base, database, first, last):
    then = chance.randrange(first, last)
    day = datetime.datetime.fromtimestamp(then, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    words = chance.choice([["--until", day], ["--severity", chance.choice(["noise", "tune", "fix"]), "--until", day], ["--class", "unclassified"],
                           ["--uri", "/x", "--until", day], ["--client", "192.0.2.0/26"], ["--level", "crit"], ["--around", day + ",90m"],
                           ["--older-than", "%ds" % (time.time() - then)]])
    run(base, "db", "prune", "-d", database, "--tz", "UTC", *words)


def without_path(answer, database):
    return answer.replace(database.encode(), b"DATABASE")


def check(words, known, before, after, said, pruned_before, all_before):
    what = "%s\nbefore:\n%s\nafter:\n%s\n%s" % (words, before.decode("utf-8", "replace"), after.decode("utf-8", "replace"), said)
    if COUNTED in said or (COUNTED not in said and LEFT_OUT not in said):
        expect(before == after, "not the answer of before: %s" % what)
    if known is not None and (COUNTED in said or LEFT_OUT in said):
        expect((COUNTED in said) == known, "%s: %s" % ("could be counted" if known else "cannot be known", what))
    if COUNTED in said or LEFT_OUT in said:
        expect(pruned_before >= 0 and not all_before, "nothing that is asked for was pruned: %s" % what)


base = work_directory()
tally = {COUNTED: 0, LEFT_OUT: 0, b"": 0}
for number in range(DATABASES):
    whole = make_database(base, number)
    first, last = read_rows(whole, "SELECT min(epoch) / 900 * 900, max(epoch) / 900 * 900 + 1800 FROM events")[0]
    pruned = copy_database(whole, os.path.join(base, "pruned%d.db" % number))
    for _ in range(PRUNES):
        prune(base, pruned, first, last)
        check_sums(pruned)
        pruned_before = (read_rows(pruned, "SELECT value FROM setting WHERE name = 'pruned_before'") or [(-1,)])[0][0]
        for _ in range(QUESTIONS):
            words, known = make_question(first, last)
            since = int(words[words.index("--since") + 1][1:]) if "--since" in words else None
            before, after = ask(base, whole, words), ask(base, pruned, words)
            expect(COUNTED not in before[1] and LEFT_OUT not in before[1], "nothing was pruned, and it says so: %s" % words)
            check(words, known, without_path(before[0], whole), without_path(after[0], pruned), after[1], pruned_before,
                  since is not None and since >= pruned_before)
            tally[COUNTED if COUNTED in after[1] else LEFT_OUT if LEFT_OUT in after[1] else b""] += 1
            if LEFT_OUT in after[1] and "--until" not in words and "--around" not in words:
                index = words.index("--since") if since is not None else len(words)
                later = words[:index] + ["--since", "@%d" % pruned_before] + words[index + 2:]
                before, after = ask(base, whole, later), ask(base, pruned, later)
                expect(without_path(before[0], whole) == without_path(after[0], pruned), "incomplete from then on: %s" % later)
expect(tally[COUNTED] > QUESTIONS and tally[LEFT_OUT] > 10, "too few questions of one kind: %s" % tally)
print("%d counted, %d from when on, %d about nothing pruned" % tuple(tally.values()))
