#!/usr/bin/env python3
"""Wrappers: a log in the wrappers of syslog, journald, Docker, Kubernetes or a log collector gives the events of the plain log, its bytes
come back, the database is bounded, and it does not matter where the file was cut between two scans."""
import base64
import json
import os
import random
import sqlite3

from common import SEED, broken_log, bytes_of_schema, check_sums, compare, expect, make_log, read_rows, run, scan, views, work_directory

chance = random.Random(SEED)
STAMP = "2026-11-20T03:12:45.123456789Z "


def is_text(line):
    try:
        return line.decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def go_json(text):
    """As encoding/json of Go writes a string."""
    text = json.dumps(text.decode("utf-8", "replace"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028").encode()


def docker_line(part, stream="stderr"):
    return b'{"log":%s,"stream":"%s","time":"%s"}\n' % (go_json(part), stream.encode(), STAMP.strip().encode())


def docker(line):
    return docker_line(line + b"\n")


def split(line):
    """A line in pieces of characters, the last of which may be empty."""
    text, parts = line.decode("utf-8", "surrogateescape"), []
    while text and chance.random() < 0.7:
        at = chance.randrange(1, len(text) + 1)
        parts.append(text[:at].encode("utf-8", "surrogateescape"))
        text = text[at:]
    return parts + [text.encode("utf-8", "surrogateescape")]


def docker_pieces(line):
    parts = split(line)
    return b"".join(docker_line(part) for part in parts[:-1]) + docker_line(parts[-1] + b"\n")


def cri_pieces(line):
    parts = split(line)
    return b"".join(STAMP.encode() + b"stderr P " + part + b"\n" for part in parts[:-1]) + STAMP.encode() + b"stderr F " + parts[-1] + b"\n"


def journal_json(line):
    fields = {"_HOSTNAME": "web1", "__REALTIME_TIMESTAMP": "1795144365123456", "PRIORITY": "3", "_PID": "77", "SYSLOG_IDENTIFIER": "nginx",
              "__CURSOR": "s=1;i=2;b=3", "_SYSTEMD_UNIT": "nginx.service", "_CMDLINE": "nginx: master process /usr/sbin/nginx"}
    if is_text(line) and b"\0" not in line and b"\x1b" not in line:
        fields["MESSAGE"] = line.decode()
    else:
        fields["MESSAGE"] = list(line)
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def object_line(text, around, key="message"):
    """As most log collectors write it; some escape other characters than these."""
    fields = dict(around)
    fields[key] = text.decode("utf-8", "replace")
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=chance.random() < 0.1).encode()


def filebeat(line):
    return object_line(line, {"@timestamp": "2026-11-20T03:12:45.123Z", "host": {"name": "web1"},
                              "log": {"offset": 7, "file": {"path": "/var/log/nginx/error.log"}}}) + b"\n"


def elasticdump(line):
    return b'{"_index":"a","_source":%s}\n' % object_line(line, {"host": {"name": "web1"}})


def vector(line):
    return object_line(line, {"file": "/var/log/nginx/error.log", "host": "web1", "source_type": "file"}) + b"\n"


def fluent_bit(line):
    fields = {"date": 1795144365.123456, "stream": "stderr", "logtag": "F", "kubernetes": {"pod_name": "shop", "host": "node1"}}
    return object_line(line, fields, "log") + b"\n"


def fluent_bit_of_cri(line):
    fields = {"date": 1795144365.123456, "kubernetes": {"pod_name": "shop", "host": "node1", "container_name": "nginx"}}
    return object_line(STAMP.encode() + b"stderr F " + line, fields, "log") + b"\n"


def vector_of_syslog(line):
    return object_line(b"Nov 20 03:12:45 web1 nginx: " + line, {"source_type": "file"}) + b"\n"


def fluent_bit_file(line):
    return b"nginx.error: [1795144365.123456789, %s]\n" % object_line(line, {}, "log")


def fluentd_file(line):
    return b"2026-11-20T03:12:45+00:00\tnginx.error\t%s\n" % object_line(line, {})


def prefix(text):
    return lambda line: text.encode() + line + b"\n"


WRAPPERS = {
    "syslog": prefix("<187>Nov 20 03:12:45 web1 nginx: "),
    "syslog without host": prefix("<187>Nov  2 03:12:45 nginx: "),
    "rsyslog": prefix("Nov 20 03:12:45 web1 nginx: "),
    "rsyslog iso": prefix("2026-11-20T03:12:45.123456+00:00 web1 nginx: "),
    "syslog-ng iso": prefix("2026-11-20T03:12:45+01:00 web1 shop: "),
    "forward": prefix("<187>2026-11-20T03:12:45.123456+00:00 web1 nginx "[:-1] + ": "),
    "rfc 5424": prefix('<187>1 2026-11-20T03:12:45.123Z web1 nginx 77 ID1 [a@1 b="c\\]d" e="]"][f@1] \ufeff'),
    "rfc 5424 bare": prefix("<187>1 - web1 nginx - - - "),
    "short": prefix("Nov 20 03:12:45 web1 nginx[77]: "),
    "short-precise": prefix("Nov 20 03:12:45.123456 web1 nginx[77]: "),
    "short-iso": prefix("2026-11-20T03:12:45+0000 web1 nginx[77]: "),
    "short-full": prefix("Fri 2026-11-20 03:12:45 UTC web1 nginx[77]: "),
    "with-unit": prefix("Fri 2026-11-20 03:12:45 UTC web1 nginx.service[77]: "),
    "short-unix": prefix("1795144365.123456 web1 nginx[77]: "),
    "syslog-ng unix": prefix("1795144365 web1 nginx: "),
    "syslog-ng unix with a tag": prefix("1795144365.123 web1 nginx[77]: "),
    "short-monotonic": prefix("[ 1234.567890] web1 nginx[77]: "),
    "journal json": journal_json,
    "docker": docker,
    "docker pieces": docker_pieces,
    "compose": prefix("nginx-1  | "),
    "compose colours": prefix("\x1b[36mnginx-1  | \x1b[0m"),
    "compose times": prefix("nginx-1  | " + STAMP),
    "service": prefix("shop_web.1.z3x9@web1    | "),
    "docker times": prefix(STAMP),
    "kubectl": prefix("[pod/shop-7d9c/nginx] "),
    "kubectl times": prefix("[pod/shop-7d9c/nginx] " + STAMP),
    "cri": prefix(STAMP + "stderr F "),
    "cri pieces": cri_pieces,
    "logcli": prefix('2026-11-20T03:12:45Z {filename="/var/log/nginx/error.log", host="web1"} '),
    "filebeat": filebeat,
    "elasticdump": elasticdump,
    "vector": vector,
    "fluent bit": fluent_bit,
    "fluent bit of cri": fluent_bit_of_cri,
    "vector of syslog": vector_of_syslog,
    "fluent bit's file": fluent_bit_file,
    "fluentd's file": fluentd_file,
}
COLLECTORS = ("filebeat", "elasticdump", "vector", "fluent bit", "fluent bit of cri", "vector of syslog", "fluent bit's file", "fluentd's file")
ONLY_TEXT = ("docker", "docker pieces") + COLLECTORS # these write U+FFFD for other bytes


NAMES = ("file", "log", "last_path")


def events(path):
    connection = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    rows = connection.execute("SELECT time, level, class, message, doing, errno, kind, pid, tid, connection, client, server, request, subrequest, "
                              "upstream, upstream_addr, host, referrer, flags FROM events ORDER BY id").fetchall()
    connection.close()
    return rows


def store(base, name, content, *words):
    log, database = os.path.join(base, name + ".log"), os.path.join(base, name + ".db")
    with open(log, "wb") as file:
        file.write(content)
    scan(base, database, *words, log)
    return database


def like_the_plain_log(base):
    """Whatever is around the lines, what they say is the same."""
    text = make_log(chance, 400)
    log = b"".join(line + b"\n" for line in text.replace(b"\r\n", b"\n").split(b"\n")[:-1])
    clean = b"".join(line + b"\n" for line in log.split(b"\n")[:-1] if is_text(line))
    plain = {False: events(store(base, "plain", log)), True: events(store(base, "clean", clean))}
    schema = bytes_of_schema(base)
    for number, (name, wrap) in enumerate(WRAPPERS.items()):
        lines = (clean if name in ONLY_TEXT else log).split(b"\n")[:-1]
        content = b"".join(wrap(line) for line in lines)
        database = store(base, "wrapped%d" % number, content)
        got, expected = events(database), plain[name in ONLY_TEXT]
        for one, other in zip(got, expected):
            expect(one == other, "%s: %s\n  instead of %s" % (name, one, other))
        expect(len(got) == len(expected), "%s: %d events instead of %d" % (name, len(got), len(expected)))
        check_sums(database)
        expect(run(base, "query", "-f", "raw", "-d", database) == content, name + ": the bytes changed")
        bound = 1.5 * len(content) + 100 * content.count(b"\n") + schema
        expect(os.path.getsize(database) <= bound, "%s: %d bytes became %d" % (name, len(content), os.path.getsize(database)))
        before = views(database)
        run(base, "db", "reclassify", "-d", database)
        compare(database, before, what=name + " after reclassify")


STRANGE = [
    b'{"log":"\\ud83d\\ude00\\u0000\\ud800 2026/11/20 03:12:45 [error] 1#1: x\\n","stream":"stderr"}\n',
    b'{"log":"2026/11/20 03:12:45 [error] 1#1: *1 bad \\x escape\\n","stream":"stderr"}\n',
    b'{"log":"2026/11/20 03:12:45 [error] 1#1: *1 a\\u0000b\\ud800\\udc00\\n","stream":"stderr","attrs":{"a":[[[[1]]]]}}\n',
    b'{"a":' + b"[" * 100 + b"]" * 100 + b',"log":"2026/11/20 03:12:45 [error] 1#1: deep\\n","stream":"stderr"}\n',
    b'{"MESSAGE":"2026/11/20 03:12:45 [error] 1#1: *1 first\\n2026/11/20 03:12:45 [error] 1#1: *2 forged","_HOSTNAME":"h"}\n',
    b'{"MESSAGE":[50,48,300],"_HOSTNAME":"h"}\n', b'{"log":"', b"<187>", b"<187>1 ", b"Nov 20 03:12:45 \n", b"nginx-1  |\n", b"\x1b[36m\n",
    b"2026-11-20T03:12:45.123456789Z stderr P \n", b"2026-11-20T03:12:45.123456789Z stderr F \n", b"2026-11-20T03:12:45.123456789Z stderr\n",
    b"[pod/] x\n", b"[pod/a/b]\n", b"1795144365.123456 h t: \n", b"nginx: [emerg] no date\n", b"Nov 20 03:12:45 web1 nginx[77]: nginx: [emerg] x\n",
    b'{"level":"error","timestamp":"2026-05-04T10:30:15.042+00:00","pid":12345,"tid":12345,"cnum":3,"msg":"connect() failed","client":"192.168.1.10",'
    b'"server":"example.com","request":"GET /api HTTP/1.1","upstream":"http://127.0.0.1:8080/api","errno":111,"errtext":"Connection refused"}\n',
    b'{"time":"2026-05-04T10:30:15.042Z","level":"error","pid":1,"tid":1,"connection":7,"message":"open() \\"/srv/x\\" failed","error":'
    b'{"code":2,"message":"No such file or directory"},"http":{"client":"192.168.1.10","server":"example.com","request":"GET /api HTTP/1.1"}}\n',
    STAMP.encode() + b"stderr P cut\n", docker_line(b"no end"), docker_line(b"access", "stdout"), b"a plain line\n",
]


def mixed(lines):
    """Stretches of different wrappers, strange lines, and lines damaged by chance."""
    out, names = [], [name for name in WRAPPERS if name not in ONLY_TEXT]
    wrap = prefix("")
    for line in lines:
        if chance.random() < 0.15:
            wrap = WRAPPERS[chance.choice(names)] if chance.random() < 0.85 else prefix("")
        if chance.random() < 0.1:
            out.append(chance.choice(STRANGE))
        wrapped = bytearray(wrap(line))
        if chance.random() < 0.1:
            at = chance.randrange(len(wrapped))
            wrapped[at:at + chance.randrange(3)] = chance.choice([b"", b"\\", b'"', b"\n", b"\r", b" ", b"}", b"\xff", b"\\u00"])
        out.append(bytes(wrapped))
    return b"".join(out)


def any_cut(base):
    """A scan of the first bytes, then of all: the same database as at once.  And the bytes come back."""
    for number in range(11):
        if number > 4: # all in one wrapper, what a stranger broke too
            broken = b"".join(line for begin in range(4) for line in broken_log(chance, begin)).split(b"\n")[:-1]
            names = COLLECTORS if number > 7 else [name for name in WRAPPERS if name not in ONLY_TEXT]
            content = b"".join(map(WRAPPERS[chance.choice(names)], broken))
        else:
            content = mixed(make_log(chance, 40).split(b"\n"))
        database = store(base, "mixed%d" % number, content, "--force")
        check_sums(database)
        whole = views(database, NAMES)
        expect(run(base, "query", "-f", "raw", "-d", database) + content[sum(row[0] for row in read_rows(database, "SELECT bytes FROM files")):]
               == content, "mixed: the bytes changed: " + base64.b64encode(content).decode())
        log = os.path.join(base, "cut.log")
        for _ in range(16):
            cut = chance.randrange(len(content) + 1)
            database = os.path.join(base, "cut.db")
            for end in (cut, len(content)):
                with open(log, "wb") as file:
                    file.write(content[:end])
                scan(base, database, "--force", log)
            compare(database, whole, NAMES, "cut at %d of %s" % (cut, base64.b64encode(content).decode()))
            for suffix in ("", "-wal", "-shm"):
                if os.path.exists(database + suffix):
                    os.unlink(database + suffix)


base = work_directory()
like_the_plain_log(base)
any_cut(base)
