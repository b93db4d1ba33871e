#!/usr/bin/env python3
"""For every suggestion with a `when`, a log is made of the class's own examples under which `ngxerr report` chooses just that suggestion.
TAP.  Needs NGXERR."""

import concurrent.futures
import fnmatch
import itertools
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True  # make check leaves the tree as it was

import pages  # noqa: E402

COUNTS = (120, 30, 12, 3, 1)
ADDRESSES = {"ipv4": "127.0.0.1:9000", "ipv6": "[::1]:9000", "unix": "unix:/run/app.sock"}
# A record that tells the system of the others in its log.
PLATFORM_LINES = {
    "windows": b'2024/05/01 10:00:06 [info] 4040#7068: *7 WSARecv() failed (10054: An existing connection was forcibly closed by the remote host) while waiting for request, client: 127.0.0.1, server: 0.0.0.0:80',
    "bsd": b"2024/05/01 10:00:06 [info] 812#0: *7 recv() failed (54: Connection reset by peer) while waiting for request, client: 127.0.0.1, server: 0.0.0.0:80",
}
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


class Branch:
    """A suggestion and its conditions."""

    def __init__(self, class_id, suggestion, written):
        self.class_id, self.name = class_id, suggestion.words[1]
        self.kinds = [kind for line in suggestion.all("for") for kind in line.words[1:]]
        self.conditions = [line.words[1:] for line in suggestion.all("when")]
        self.examples = [line for line in pages.examples(written[class_id]) if b"[" in line[:40]]
        self.lowest = min(int(count[-1]) for count in self.of("count")) if self.of("count") else 1

    def of(self, key):
        return [condition[1:] for condition in self.conditions if condition[0] == key]

    def distinct(self, key, share):
        """How many different values of a field the log should have."""
        wish = 1
        for operator, number in [tuple(words) for words in self.of(key) if words[0] in OPERATORS]:
            wish = int(number) if operator in ("=", ">=") else int(number) + 15 if operator == ">" else 1
        for operator, number in [tuple(words) for words in self.of(share)]:
            if operator in ("<", "<="):
                wish = max(wish, 200 // max(int(number), 1), 12)
        return wish


def wanted_captures(branch):
    """By capture, the values to try."""
    found = {}
    for words in branch.of("capture"):
        if words[1] in OPERATORS and len(words) == 3:
            number = int(words[2])
            step = {"<": -1, ">": 1, "!=": 1}.get(words[1], 0)
            found[words[0]] = [str(number + step)]
        else:
            found[words[0]] = words[1:]
    return found


def with_errno(line, numbers):
    """The line with each of these errnos; without a wish, as it is."""
    if not numbers:
        return [line]
    return [re.sub(rb"\((\d+): ([^()]*)\)", b"(%s: %s)" % (number.encode(), rb"\2"), line) for number in numbers]


def with_captures(line, branch, fields):
    """The line, and the line with wanted values in the place of those that were captured."""
    wanted, lines = wanted_captures(branch), [line]
    for name, values in wanted.items():
        held = fields.get(name)
        if held:
            word = rb"(?<![\w.])" + re.escape(held.encode()) + rb"(?![\w.])"
            lines += [re.sub(word, lambda _found, to=value: to.encode(), each) for each in list(lines) for value in values]
    return list(dict.fromkeys(reversed(lines)))


def seeds(branch, fields_of):
    """The lines to make logs of."""
    for line in branch.examples:
        errnos = [number for words in branch.of("errno") for number in words]
        for one in with_errno(line, errnos):
            for two in with_captures(one, branch, fields_of(line)):
                yield from (three for three in with_kind(two, branch) if three)


def with_kind(line, branch):
    line = with_family(line, branch)
    kinds = [kind for kind in branch.kinds if kind not in ("none", "stream", "mail")]
    return [line, *(pages.of_kind(line, kind) for kind in kinds), *([of_stream(line)] if "stream" in branch.kinds else [])]


def of_stream(line):
    """The record as stream would write it."""
    return re.sub(rb', request: .*upstream: "\w+://([^/"]*)[^"]*".*', rb', upstream: "\1", bytes from/to client:0/0, bytes from/to upstream:0/0', line)


def with_family(line, branch):
    for family in [words[0] for words in branch.of("family")]:
        line = re.sub(rb'(upstream: "\w+://)(\[[^\]]*\]:\d+|unix:[^:"]*|[^/"]+)', lambda found, to=family: found[1] + ADDRESSES[to].encode(), line)
    return line


def vary(line, number, branch):
    """The record as another client, URI or peer would leave it."""
    client = number % branch.distinct("clients", "top_client_share")
    uri = number % branch.distinct("uris", "top_uri_share")
    peer = number % max(branch.distinct("peers", "top_peer_share"), 1)
    network = b"10.1" if ["private"] in branch.of("client_network") else b"203.0"
    address = b"unix:" if ["unix"] in branch.of("client_network") else b"%s.%d.%d" % (network, client // 200, client % 200 + 1)
    line = re.sub(rb"client: (unix:|[\w.:]+)", b"client: " + address, line)
    line = re.sub(rb"^(\S+ \S+ \[\w+\] \d+#\d+: \*)\d+", lambda found: found[1] + b"%d" % (number + 1), line)
    line = re.sub(rb'(request: "\w+ )\S+', rb"\g<1>/page/%d" % uri, line)
    if peer or branch.of("peers"):
        line = re.sub(rb'(upstream: "\w+://)[\w.]+:(\d+)', rb"\g<1>10.2.0.%d:\2" % (peer + 1), line)
    return line


def companions(branch, written):
    """A record of a class that must stand in the same log; each possible one, until one leads there."""
    globs = [glob for words in branch.of("with") for glob in words]
    system = [PLATFORM_LINES[words[0]] for words in branch.of("platform") if words[0] in PLATFORM_LINES]
    if not globs:
        return [system]
    return [system + [line for line in pages.examples(written[class_id]) if b"[" in line[:40]][:1]
            for glob in globs for class_id in written if fnmatch.fnmatchcase(class_id, glob)]


def choice(class_id, lines, folder):
    """What the report of these lines does for the class: the suggestion's name, or None; the class's findings are one."""
    path = os.path.join(folder, f"{class_id}-{id(lines)}.log")
    with open(path, "wb") as file:
        file.write(b"\n".join(lines) + b"\n")
    report = pages.ngxerr("report", "--utc", "-f", "json", path)
    os.unlink(path)
    for finding in report["findings"] + report["noise"]:
        if finding["class"] == class_id:
            return (finding.get("advice") or {}).get("do_this")
    return None


def leads_there(branch, written, fields_of, folder):
    """A log that leads to the suggestion, in words; None if there is none among those tried."""
    seen = set()
    for seed, others in itertools.product(seeds(branch, fields_of), companions(branch, written)):
        for count in COUNTS if branch.of("count") or branch.of("clients") else (1, 3, 120):
            lines = [vary(seed, number, branch) for number in range(count)] + others
            got = choice(branch.class_id, lines, folder)
            if got == branch.name:
                return f"{count} records", seen
            seen.add(got)
    return None, seen


def explained_fields():
    """A function: the captures of an example by name."""
    known = {}

    def fields_of(line):
        if line not in known:
            pages_found = pages.ngxerr("explain", "-f", "json", given=line + b"\n")["classes"]
            known[line] = {field["name"]: str(field["value"]) for page in pages_found for field in page["fields"]}
        return known[line]

    return fields_of


def is_asked(line):
    """A platform that may be Linux asks nothing of a log."""
    return line.words[1] != "platform" or "linux" not in line.words[2:]


def main(words):
    written = pages.classes_as_written()
    branches = [Branch(class_id, suggestion, written) for class_id, directive in written.items() for suggestion in directive.all("suggest")
                if any(is_asked(line) for line in suggestion.all("when")) and not suggestion.all("answer")]
    branches = [branch for branch in branches if not words or any(word in branch.class_id for word in words)]
    if not branches:
        print("Bail out! no suggestion with a when was found")
        return 1
    print(f"1..{len(branches)}", flush=True)
    fields_of, failed = explained_fields(), 0
    with tempfile.TemporaryDirectory(prefix="ngxerr-branches-") as folder, concurrent.futures.ThreadPoolExecutor(pages.AT_A_TIME) as pool:
        results = pool.map(lambda branch: leads_there(branch, written, fields_of, folder), branches)
        for number, (branch, (log, seen)) in enumerate(zip(branches, results), 1):
            name = f"{branch.class_id}: {branch.name}"
            failed += log is None
            if log:
                print(f"ok {number} - {name}, {log}", flush=True)
            else:
                print(f"not ok {number} - {name}\n# chosen instead: {', '.join(str(each) for each in seen) or 'no log could be made'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
