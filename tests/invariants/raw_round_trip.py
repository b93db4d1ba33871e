#!/usr/bin/env python3
"""Nothing is lost: query -f raw gives every byte of a file back, in order, whatever is in it; the sums add up; the database is bounded."""
import os
import random

from common import COMPRESSORS, SEED, bytes_of_schema, check_sums, expect, make_log, readable_suffixes, run, scan, work_directory

chance = random.Random(SEED)
RECORD = (b'2026/11/20 03:12:45 [error] 12#12: *4 connect() failed (111: Connection refused) while connecting to upstream, '
          b'client: 192.0.2.1, server: a, request: "GET / HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "a"')


def odd_record():
    """A record with parts repeated, cut, doubled and changed: what rendering from columns may get wrong."""
    record = bytearray(RECORD)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(28, len(record))
        kind = chance.randrange(4)
        if kind == 0:
            record[at:at + chance.randrange(1, 9)] = b""
        elif kind == 1:
            record[at:at] = chance.choice([b", client: x", b'"', b" while ", b"(11: a)", b", host: \"", b"\x00", b"\xff", b"\t", b"  ", b"\\",
                                           b", upstream: \"", b"(SSL: a)", b"*0007 ", b", server: "])
        elif kind == 2:
            record[at] = chance.randrange(256)
        else:
            record[at:at] = record[at:at + chance.randrange(1, 60)]
    return bytes(record) + b"\n"


def long_record(size):
    """A record whose row would be too large, since texts stand in it twice or with escapes, so that they are shortened there."""
    text = chance.choice([b"abcdefgh/", b"\\", b"\xe9t\xe9/", b"\xc4\xe3\xba\xc3", b"\x01"]) * (size // 4 + 1)
    parts = [b'/srv/www/a', b"GET / HTTP/1.1", b"a", b"http://a/"]
    parts[chance.randrange(4)] = text[:size]
    return (b'2026/11/20 03:12:45 [error] 12#12: *4 open() "%s" failed (2: No such file or directory), client: 192.0.2.1, server: a, '
            b'request: "%s", host: "%s", referrer: "%s"\n' % tuple(parts))


FILES = {
    "plain": RECORD + b"\n" + RECORD + b"\n",
    "crlf": (RECORD + b"\r\n") * 3,
    "mixed line ends": RECORD + b"\r\n" + RECORD + b"\n" + RECORD + b"\r\r\n",
    "zeros": RECORD + b"\0\0\n\0\0\n" + RECORD + b"\n",
    "no newline": RECORD + b"\n" + RECORD,
    "only no newline": RECORD,
    "leading zeros": RECORD.replace(b"*4", b"*0004").replace(b"12#12", b"012#0012") + b"\n",
    "long line": RECORD + b"\n" + b"x" * 3000000 + b"\n" + RECORD + b"\n",
    "long record": RECORD + b"\n" + b"#0 trace\n" * 150000 + RECORD + b"\n",
    "empty lines": b"\n" * 1000 + RECORD + b"\n" + b"\n" * 1000,
    "glued": b"foreign text " + RECORD + b"\n" + RECORD + b"\n",
    "garbage": RECORD + b"\n" + chance.randbytes(200000) + b"\n" + RECORD + b"\n",
    "a log": make_log(chance, 3000),
    "odd records": b"".join(odd_record() for _ in range(4000)),
    "long records": b"".join(long_record(chance.randrange(4, 1500)) for _ in range(1000)),
    "stderr": b"nginx: [emerg] unknown directive \"x\" in /etc/nginx/nginx.conf:1\nnginx: configuration file /etc/nginx/nginx.conf test failed\n",
}


def check(directory, name, content):
    path = os.path.join(directory, "test.log")
    database = os.path.join(directory, "test.db")
    with open(path, "wb") as file:
        file.write(content)
    expect(run(directory, "query", "-f", "raw", "--force", path) == content, name + ": changed")
    expect(run(directory, "query", "-f", "raw", "--force", "-", stdin=content) == content, name + ": changed on standard input")
    half = len(content) // 2
    for suffix in suffixes: # the format is known by content
        compress = COMPRESSORS[suffix]
        with open(path, "wb") as file: # two members
            file.write(compress(content[:half]) + compress(content[half:]))
        expect(run(directory, "query", "-f", "raw", "--force", path) == content, "%s: changed as %s" % (name, suffix))
    scan(directory, database, "--force", path)
    expect(run(directory, "query", "-f", "raw", "-d", database) == content, name + ": changed in a database")
    check_sums(database)
    bound = 1.5 * len(content) + 100 * content.count(b"\n") + schema
    expect(os.path.getsize(database) <= bound, "%s: %d bytes became %d" % (name, len(content), os.path.getsize(database)))
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(database + suffix):
            os.unlink(database + suffix)


directory = work_directory()
suffixes = readable_suffixes(directory)
schema = bytes_of_schema(directory)
for name, content in FILES.items():
    check(directory, name, content)

# one file of several comes back whole where only files are chosen, with what is no record; a filter of events leaves that out
contents = {"a.log": b"no record\n" + FILES["garbage"] + b"x\n" * 3, "b.log": FILES["mixed line ends"],
            "unparsed.log": b"nothing here\nis a record\n"}
database = os.path.join(directory, "files.db")
for node in ("one", "two"):
    for name, content in contents.items():
        with open(os.path.join(directory, name), "wb") as file:
            file.write(b"of " + node.encode() + b"\n" + content)
        scan(directory, database, "--force", os.path.join(directory, name), node=node)


def chosen(*filters):
    return run(directory, "query", "-f", "raw", "-d", database, *filters)


def bytes_of(*files):
    return b"".join(b"of " + node.encode() + b"\n" + contents[name] for node, name in files)


expect(chosen("--log", "a.log", "--node", "one") == bytes_of(("one", "a.log")), "a file of a database is not what it was")
expect(chosen("--log", os.path.join(directory, "b.log"), "--not-node", "one") == bytes_of(("two", "b.log")), "a file by its path differs")
expect(chosen("--log", "unparsed*") == bytes_of(("one", "unparsed.log"), ("two", "unparsed.log")), "files without a record differ")
expect(chosen("--not-log", "a.log", "--node", "two") == bytes_of(("two", "b.log"), ("two", "unparsed.log")), "the files that are left differ")
expect(chosen("--log", "none.log") == b"", "a log that is not there has bytes")
for other in (["--level", "error"], ["-n", "1000000"], ["-r"]):
    got = chosen("--log", "b.log", "--node", "one", *other)
    expect(b"connect() failed" in got and b"of one" not in got, "%s: not the records alone" % other)
# a wrapper names the node of each line: a file is no whole then
syslog = os.path.join(directory, "syslog.log")
with open(syslog, "wb") as file:
    for host in (b"three", b"four"):
        file.write(b"<187>Nov 20 03:12:45 " + host + b" nginx: " + RECORD + b"\nno record\n")
scan(directory, database, syslog, node="one")
got = chosen("--log", "syslog.log", "--node", "three")
expect(got.count(b"three") == 1 and b"four" not in got, "the lines of another node are among those of this one")
with open(syslog, "rb") as file:
    expect(chosen("--log", "syslog.log") == file.read(), "a wrapped log of a database is not what it was")

empty = os.path.join(directory, "empty.log")
open(empty, "w").close()
expect(run(directory, "query", "-f", "raw", empty) == b"", "an empty file is not empty")

whole = make_log(chance, 20000)
for suffix in suffixes:
    compressed = COMPRESSORS[suffix](whole)
    half = compressed[:len(compressed) // 2]
    path = os.path.join(directory, "cut.log" + suffix)
    # cut and damaged: what can be read is stored, the file is named, status 3
    with open(path, "wb") as file:
        file.write(half)
    os.utime(path, (1e9, 1e9)) # nobody is writing it any more
    got = run(directory, "query", "-f", "raw", path, status=3)
    expect(len(got) > len(whole) // 8 and whole.startswith(got), "a cut %s gave %d bytes" % (suffix, len(got)))
    damaged = bytearray(compressed)
    damaged[len(damaged) // 2] ^= 0xff
    with open(path, "wb") as file:
        file.write(damaged)
    got = run(directory, "query", "-f", "raw", path, status=3)
    expect(len(got) > len(whole) // 8, "a damaged %s gave %d bytes" % (suffix, len(got)))
    # still being written: no error, the rest comes with the next scan
    database = os.path.join(directory, "test%s.db" % suffix)
    with open(path, "wb") as file:
        file.write(half)
    scan(directory, database, path)
    with open(path, "wb") as file:
        file.write(compressed)
    scan(directory, database, path)
    expect(run(directory, "query", "-f", "raw", "-d", database) == whole, "a %s that was read while it was written differs" % suffix)
    check_sums(database)
