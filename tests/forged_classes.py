#!/usr/bin/env python3
"""A stranger cannot choose the class of an event: the texts of all classes' examples stand where nginx writes what a client, an application
or an upstream sent (a path, a user's name, a header, what PHP printed), and the record keeps the class that it has with a harmless text there.

Each frame is a record as nginx writes it, with {} for the text.  All records are one log with a frame's number as pid, so that one run of the
program counts the classes of each frame.  `--list` names the records that are taken in.  TAP; needs NGXERR and TOP_SRCDIR.
"""
import collections
import csv
import fnmatch
import glob
import io
import json
import os
import re
import sys
import urllib.parse

TOP = os.environ.get("TOP_SRCDIR") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(1, os.path.join(TOP, "tests", "invariants"))
from common import expect, run, work_directory  # noqa: E402

TEXT_MAXIMUM = 600  # of a record's 2048 bytes; nothing here is cut by nginx
HARMLESS = ("shop", "some-longer,harmless.text")
PREFIX = "2026/11/20 03:12:45 [%s] %d#0: *7 "

CLIENT = ", client: 192.0.2.7, server: example.com"
HTTP = CLIENT + ', request: "GET /%s HTTP/1.1", host: "example.com"'
DAV = HTTP.replace("GET", "PUT")
COPY = HTTP.replace("GET", "COPY")
LISTEN = ", client: 192.0.2.7, server: 0.0.0.0:443"
HEADERS = " while reading client request headers" + HTTP
HTTP2 = " while processing HTTP/2 connection" + LISTEN
HTTP3 = " while handling decrypted packet" + LISTEN
STREAM = LISTEN + ', upstream: "10.0.0.5:5432", bytes from/to client:0/0, bytes from/to upstream:0/0'
MAIL = ", client: 192.0.2.7, server: 0.0.0.0:143"
MAIL_AUTH = " while in auth state" + MAIL
MAIL_HTTP = " while in http auth state" + MAIL + ', login: "bob"'
MAIL_UPSTREAM = " while reading response from upstream" + MAIL + ', login: "bob", upstream: 10.0.0.5:143'
OCSP = ' while requesting certificate status, responder: ocsp.example.net, peer: 198.51.100.4:80, certificate: "/etc/nginx/tls/site.pem"'
RESOLVING = " while resolving, resolver: 127.0.0.53:53"


def upstream(action, scheme="http"):
    return " while %s%s, upstream: \"%s://10.0.0.5:8080\", host: \"example.com\"" % (action, HTTP[: HTTP.index(", host")], scheme)


FASTCGI = upstream("reading response header from upstream", "fastcgi")
PROXIED = upstream("reading response header from upstream")
GRPC = upstream("reading response header from upstream", "grpc")
MEMCACHED = upstream("reading response header from upstream", "memcached")
NOT_FOUND = " (2: No such file or directory)"
DENIED = " (13: Permission denied)"
MODSECURITY = ('[client 192.0.2.7] ModSecurity: %s [file "/etc/nginx/modsec/REQUEST-942.conf"] [line "46"] [id "942100"] [rev ""] '
               '[msg "SQL Injection"] [data "{}"] [severity "2"] [hostname "10.0.0.1"] [uri "/"] [unique_id "1"] [ref "v1,2"]')

# What of a frame's text may decide its class, by the text's meaning there: classes that exist to read it.
PATHS = "scanner-probe static-* auth-basic-file index-not-found"  # the name of a file: favicon, acme challenges, .git, .htpasswd
WRITTEN = "content-module-error-dav scanner-probe cache-vanished-or-locked"  # the same; names of a cache's files
PHP = "php-* fastcgi-*"  # which error of PHP stands in stderr; one record can hold several, and the worst counts
HEADER = "client-header-* client-invalid-*"  # which header it was, and with which characters
LUA = "lua-*"

# (level, message with {} for the text, what follows, classes that the text may lead to)
FRAMES = (
    # paths, which come from the request
    ("error", 'open() "/srv/www/{}" failed' + NOT_FOUND, HTTP, PATHS),
    ("error", 'open() "/srv/www/{}" failed' + DENIED, HTTP, PATHS),
    ("error", 'open() "/srv/www/{}" failed (20: Not a directory)', HTTP, PATHS),
    ("error", 'open() "/srv/www/{}" failed (36: File name too long)', HTTP, PATHS),
    ("error", 'open() "/srv/www/{}" failed (40: Too many levels of symbolic links)', HTTP, PATHS),
    ("crit", 'open() "/srv/www/{}" failed (24: Too many open files)', HTTP, PATHS),
    ("crit", 'open() "/srv/www/{}" failed (5: Input/output error)', HTTP, PATHS),
    ("error", 'openat() "/srv/www/{}" failed (40: Too many levels of symbolic links)', HTTP, PATHS),
    ("crit", 'stat() "/srv/www/{}" failed' + DENIED, HTTP, PATHS),
    ("crit", 'lstat() "/srv/www/{}" failed' + DENIED, HTTP, PATHS),
    ("error", 'opendir() "/srv/www/{}" failed' + DENIED, HTTP, PATHS),
    ("crit", 'pread() "/srv/www/{}" failed (21: Is a directory)', HTTP, ""),
    ("alert", 'sendfile() reported that "/srv/www/{}" was truncated at 4096', HTTP, ""),
    ("error", '"/srv/www/{}/index.html" is not found' + NOT_FOUND, HTTP, PATHS),
    ("error", '"/srv/www/{}/index.html" is forbidden' + DENIED, HTTP, PATHS),
    ("alert", '"/srv/www/{}" is not a directory', HTTP, PATHS),
    ("crit", '"/srv/www/{}" is not a regular file', HTTP, ""),
    ("error", 'directory index of "/srv/www/{}/" is forbidden', HTTP, PATHS),
    ("error", '"/srv/www/{}.mp4" mp4 moov atom is too large:12345678, you may want to increase mp4_max_buffer_size', HTTP, ""),
    ("error", 'no mp4 trak atoms were found in "/srv/www/{}.mp4"', HTTP, ""),
    ("crit", 'open() "/var/log/nginx/{}.log" failed' + NOT_FOUND, " while logging request" + HTTP, "scanner-probe"),
    ("error", 'testing "/srv/www/{}" existence failed' + NOT_FOUND, " while logging request" + HTTP, ""),
    ("error", 'mkdir() "/srv/www/{}" failed' + NOT_FOUND, DAV.replace("PUT", "MKCOL"), WRITTEN),
    ("error", 'unlink() "/srv/www/{}" failed' + NOT_FOUND, DAV.replace("PUT", "DELETE"), WRITTEN),
    ("crit", 'rename() "/var/tmp/0000000001" to "/srv/www/{}" failed' + DENIED, DAV, ""),
    ("error", '"/srv/www/{}" could not be created (20: Not a directory)', DAV, WRITTEN),
    ("error", '"/srv/www/{}" is collection', COPY, ""),
    ("error", '"/{}" could not be COPYed to collection "/a/"', COPY, ""),
    ("error", 'client sent invalid "Destination" header: "{}"', COPY, ""),
    ("error", 'client sent invalid "Depth" header: "{}"', COPY, ""),
    ("error", 'client sent invalid "Overwrite" header: "{}"', COPY, ""),
    ("error", '"Destination" URI "/{}" is handled by different repository than the source URI', COPY, ""),
    ("error", 'both URI "/{}" and "Destination" URI "/b" point to the same location', COPY, ""),
    # names
    ("error", 'user "{}" was not found in "/etc/nginx/htpasswd"', HTTP, ""),
    ("error", 'user "{}": password mismatch', HTTP, ""),
    ("error", 'could not find named location "{}"', HTTP, ""),
    ("error", "{name} could not be resolved (3: Host not found)", upstream("sending to client"), "unclassified"),
    ("error", "no resolver defined to resolve {name}", upstream("connecting to upstream"), ""),
    ("error", 'no host in upstream "{}"', HTTP, ""),
    ("error", 'invalid port in upstream "{}"', HTTP, ""),
    ("error", 'invalid URL prefix in "{}"', HTTP, ""),
    ("error", 'unsafe URI "/{}" was detected', HTTP, ""),
    ("error", 'upstream SSL certificate does not match "{}"', upstream("SSL handshaking to upstream", "https"), ""),
    ("error", 'cannot load certificate "/etc/nginx/tls/{}.pem": BIO_new_file() failed (SSL: error:80000002:system library::No such file or '
     "directory:calling fopen(/etc/nginx/tls/a.pem, r) error:10000080:BIO routines::no such file)", " while SSL handshaking" + LISTEN, ""),
    # headers and lines of clients
    ("info", 'client sent too long header line: "{}..."', HEADERS, HEADER),
    ("info", 'client sent invalid header line: "{}"', HEADERS, HEADER),
    ("info", 'client sent invalid header line: "{}\\x00..."', HEADERS, HEADER),
    ("info", 'client sent duplicate header line: "Referer: {}", previous value: "Referer: a"', HEADERS, HEADER),
    ("info", 'client sent duplicate host header: "Host: {}", previous value: "Host: a"', HEADERS, ""),
    ("info", 'client sent unknown "Transfer-Encoding": "{}"', HEADERS, ""),
    ("info", 'client sent invalid header name: "{}"', HTTP2, HEADER),
    ("info", 'client sent header "x-test" with invalid value: "{}"', HTTP2, ""),
    ("info", 'client sent invalid :path header: "{}"', HTTP2, HEADER),
    ("info", 'client sent invalid ":path" header: "{}"', HTTP3, HEADER),
    ("info", 'client sent invalid method: "{}"', HTTP2, ""),
    ("info", 'client sent unknown pseudo-header ":{}"', HTTP2, ""),
    ("info", 'client sent invalid callback name: "{}"', HTTP, ""),
    ("error", 'client sent invalid userid cookie "{}"', HTTP, ""),
    ("error", 'client sent too short userid cookie "{}"', HTTP, ""),
    ("error", 'broken header: "{}" while reading PROXY protocol', LISTEN, ""),
    ("info", 'key: "{}" was not found by memcached', MEMCACHED, ""),
    ("error", 'memcached sent invalid response: "{}"', MEMCACHED, ""),
    ("error", 'memcached sent invalid key in response "{}" for key "/a"', MEMCACHED, ""),
    ("error", 'memcached sent invalid flags in response "VALUE" for key "{}"', MEMCACHED, ""),
    ("error", 'the value of the "$http_x" key is more than 255 bytes: "{}"', HTTP, ""),
    ("error", 'too long http2 header value: "x-test: {}"', upstream("connecting to upstream", "grpc"), ""),
    ("error", 'too long http2 host: "{}"', upstream("connecting to upstream", "grpc"), ""),
    ("crit", 'too long response header value: "x-test: {}"', HTTP, ""),
    ("error", 'invalid $limit_rate "{}"', HTTP, ""),
    ("error", 'invalid size "{}"', HTTP, ""),
    # rewrites
    ("notice", '"^/old" matches "/{}"', HTTP, ""),
    ("notice", '"^/old" does not match "/{}"', HTTP, ""),
    ("notice", 'rewritten data: "/{}", args: "a=b"', HTTP, ""),
    ("notice", 'rewritten data: "/a", args: "{}"', HTTP, ""),
    ("notice", 'rewritten redirect: "/{}"', HTTP, ""),
    ("error", 'rewrite or internal redirection cycle while processing "/{}"', HTTP, ""),
    ("error", 'rewrite or internal redirection cycle while internally redirecting to "/{}"', HTTP, ""),
    ("error", 'subrequests cycle while processing "/{}"', HTTP, ""),
    ("alert", 'pcre2_match() failed: -47 on "/{}" using "^/old"', HTTP, ""),
    ("alert", 'http finalize non-active request: "/{}?a=b"', HTTP, ""),
    ("alert", 'subrequest: "/{}?a=b" logged again', HTTP, ""),
    # what upstreams send
    ("error", 'FastCGI sent in stderr: "{}"', FASTCGI, PHP),
    ("error", 'FastCGI sent in stderr: "PHP message: {}"', FASTCGI, PHP),
    ("error", 'FastCGI sent in stderr: "PHP message: PHP Warning:  {} in /srv/www/x.php on line 3"', FASTCGI, PHP),
    ("error", 'FastCGI sent in stderr: "PHP message: PHP Deprecated:  {} in /srv/www/x.php on line 3"', FASTCGI, PHP),
    ("error", 'FastCGI sent in stderr: "PHP message: {}"', upstream("reading upstream", "fastcgi"), PHP),
    ("error", 'upstream sent invalid header: "x{}\\x20..."', PROXIED, ""),
    ("error", 'upstream sent invalid header "x-{}: a"', GRPC, ""),
    ("warn", 'upstream sent duplicate header line: "Date: {}", previous value: "Date: a", ignored', PROXIED, ""),
    ("error", 'upstream sent duplicate header line: "Content-Length: 5", previous value: "Content-Length: {}"', PROXIED, ""),
    ("error", 'upstream sent invalid "Content-Length" header: "Content-Length: {}"', PROXIED, ""),
    ("error", 'upstream sent unknown "Transfer-Encoding": "{}"', PROXIED, ""),
    ("error", 'upstream sent invalid status "{}"', FASTCGI, ""),
    ("error", 'upstream sent unexpected :status "{}"', GRPC, ""),
    ("error", 'no "charset_map" between the charsets "{}" and "utf-8"', HTTP, ""),
    ("error", 'unknown charset "{}" to override', HTTP, ""),
    ("error", 'libxml2 error: "{}"', HTTP, ""),
    ("error", 'invalid libxslt parameter "{}"', HTTP, ""),
    ("error", 'invalid SSI command: "{}"', HTTP, ""),
    ("error", 'unexpected "x" symbol in "{}" SSI command', HTTP, ""),
    ("error", 'invalid expression in "{}"', HTTP, ""),
    ("error", 'unknown encoding "{}" in the "echo" command', HTTP, ""),
    ("error", 'DNS error (3: Host not found), query id:123, name:"{}"', "", ""),
    ("error", "unexpected DNS response for {name}", "", ""),
    ("error", 'OCSP responder sent invalid "Content-Type" header: "{}"', OCSP, ""),
    # mail and stream
    ("info", 'client login failed: "{}"', MAIL_HTTP, ""),
    ("info", 'client sent too long command "{}"', MAIL_AUTH, ""),
    ("info", 'client was rejected: "MAIL FROM:<{}>"', MAIL_AUTH, ""),
    ("info", 'client was rejected before greeting: "{}"', " while sending client greeting line" + MAIL, ""),
    ("error", 'auth http server 127.0.0.1:9000 sent invalid server address:"{}"', MAIL_HTTP, ""),
    ("info", 'upstream sent invalid response: "{}"', MAIL_UPSTREAM, ""),
    ("error", 'upstream sent invalid response: "{}"', MAIL_UPSTREAM, ""),
    ("error", 'upstream sent too long response line: "{}"', MAIL_UPSTREAM, ""),
    ("error", '192.0.2.7 resolved to invalid host name "{}"', " while in resolving client hostname" + MAIL, ""),
    ("error", 'no port in pass "{}"', LISTEN, ""),
    ("error", "no resolver defined to resolve {name}", STREAM, ""),
    # what applications log with text of theirs
    ("error", "[lua] app.lua:12: handler(): {}", HTTP, LUA),
    ("warn", "[lua] app.lua:12: {}", HTTP, LUA),
    ("error", '[lua] [string "content_by_lua(nginx.conf:12)"]:3: {}', HTTP, LUA),
    ("error", "stream [lua] app.lua:12: {}", LISTEN, LUA),
    ("warn", "[kong] init.lua:33 {}", HTTP, LUA),
    ("error", "lua entry thread aborted: runtime error: /srv/app.lua:3: {}", HTTP, LUA),
    ("error", "js: {}", HTTP, ""),
    ("error", "js exception: Error: {}", HTTP, ""),
    ("error", "perl: {}", HTTP, ""),
    ("error", 'call_sv("main::handler") failed: "{}"', HTTP, ""),
    ("error", MODSECURITY % "Access denied with code 403 (phase 2). detected SQLi using libinjection.", HTTP, ""),
    ("warn", MODSECURITY % "Warning. detected SQLi using libinjection.", HTTP, ""),
    ("error", "NAXSI_FMT: ip=192.0.2.7&server=example.com&uri=/{}&vers=1.3&total_processed=1&total_blocked=1&zone0=URL&id0=1000", HTTP, ""),
    ("error", "NAXSI_EXLOG: ip=192.0.2.7&server=example.com&uri=/&id=1000&zone=URL&var_name=&content={}", HTTP, ""),
    ("error", 'postgres: failed to receive result: PGRES_FATAL_ERROR: ERROR:  column "{}" does not exist', upstream("processing request"), ""),
    ("info", "publish: name='{}' args='' type=live silent=0", LISTEN.replace("443", "1935"), ""),
    # the tail
    ("error", "access forbidden by rule", CLIENT + ', request: "GET /{} HTTP/1.1", host: "example.com"', ""),
    ("error", "access forbidden by rule", CLIENT + ', request: "GET / HTTP/1.1", host: "{}"', ""),
    ("error", "access forbidden by rule", CLIENT + ', request: "GET / HTTP/1.1", host: "example.com", referrer: "{}"', ""),
    ("info", "client sent invalid method while reading client request line", CLIENT + ', request: "{}"',
     "client-invalid-method-* proxy-protocol-unexpected"),  # what the line is: TLS, the PROXY protocol
)


def read_examples():
    """The examples of all classes, whole records and fragments."""
    examples = []
    for path in sorted(glob.glob(os.path.join(TOP, "patterns", "*.conf"))):
        with open(path, encoding="utf-8") as file:
            content = file.read()
        found = re.findall(r"^\s+example\s+'((?:[^'\\]|\\.)*)';", content, re.M | re.S)
        expect(len(found) == len(re.findall(r"^\s+example\s", content, re.M)), "%s has examples that are not read here" % path)
        examples += [re.sub(r"\\(['\\])", r"\1", text.replace("\\n", "\n")) for text in found]
    expect(examples, "there are no examples")
    return examples


def texts_of(examples, directory):
    """What a stranger writes: messages of the examples, with what follows them, with a quote that ends nginx's own, and cut at each quote."""
    texts = dict.fromkeys(HARMLESS)
    whole = run(directory, "query", "-f", "ndjson", "-n", "0", "--force", "-", stdin=("\n".join(examples) + "\n").encode())
    messages = [(event["message"], event["doing"]) for event in map(json.loads, whole.splitlines())]
    messages += [(re.sub(r"^\d{4}/\S+ \S+ \[\w+\] \d+#\d+: (?:\*\d+ )?", "", example), None) for example in examples]
    for errno in ("1: Operation not permitted", "2: No such file or directory", "13: Permission denied", "20: Not a directory",
                  "23: Too many open files in system", "24: Too many open files", "28: No space left on device",
                  "40: Too many levels of symbolic links", "98: Address already in use", "111: Connection refused"):
        messages += [("open() failed (%s)" % errno, None), ('x" failed (%s)' % errno, None), ('x" is forbidden (%s)' % errno, None)]
    for message, doing in messages:
        for text in (message, message + " while " + doing) if doing else (message,):
            text = text.replace("\n", " ")[:TEXT_MAXIMUM]
            cut = [at.start() for at in re.finditer('"', text)][:4]
            for form in (text, 'x"' + text, text + ' failed (13: Permission denied)', text + '" failed (13: Permission denied)',
                         *("x" + text[at:] for at in cut), *(text[:at] for at in cut)):
                if form.strip():
                    texts.setdefault(form)
    return list(texts)


def record(number, text):
    level, message, tail, _ = FRAMES[number]
    if "%s" in tail:
        tail = tail % urllib.parse.quote(text)
    return PREFIX % (level, number + 1) + message.replace("{}", text).replace("{name}", re.sub(r"\s+", "-", text)) + tail.replace("{}", text)


def records(texts):
    """A line for each text in each frame; a text with a tail of its own only where the request of the real tail gives it away
    (see tests/unit/test_parse_forged.c), another only where a client's follows."""
    return [record(number, text) for number, (_, message, tail, _) in enumerate(FRAMES) for text in texts
            if (", client: " not in text or ("%s" in tail and "/srv/www/{}" in message))
            and (", client: " in tail or not re.search(r", (?:server|resolver|responder): ", text))]


def harmless_classes(directory):
    """The class of each frame with a harmless text: one."""
    lines = [record(number, text) for number in range(len(FRAMES)) for text in HARMLESS]
    names = count_classes(directory, lines)
    for number, found in names.items():
        expect(len(found) == 1, "harmless texts have classes %s: %s" % (", ".join(found), FRAMES[number][1]))
    return [next(iter(names[number])) for number in range(len(FRAMES))]


def logs_of(lines):
    """Logs of some of the lines each, so that not all are in memory once more."""
    for first in range(0, len(lines), 50000):
        yield ("\n".join(lines[first:first + 50000]) + "\n").encode()


def count_classes(directory, lines):
    """{number of the frame: {class: records}}"""
    counts = collections.defaultdict(collections.Counter)
    for log in logs_of(lines):
        answer = run(directory, "query", "--by", "pid,class", "-f", "csv", "-n", "0", "-", stdin=log)
        for row in csv.DictReader(io.StringIO(answer.decode())):
            counts[int(row["pid"]) - 1][row["class"]] += int(row["count"])
    return counts


def strays(number, name, own, severe):
    """Did the text lead to a class that the frame does not allow?  One of severity act only PHP's own messages may lead to."""
    if name == own:
        return False
    if name in severe and own not in severe and not (FRAMES[number][3] == PHP and name.startswith("php-")):
        return True
    return not any(fnmatch.fnmatchcase(name, pattern) for pattern in FRAMES[number][3].split())


def acts(directory):
    """The classes of severity act."""
    listed = json.loads(run(directory, "patterns", "list", "-f", "json"))
    return {entry["class"] for entry in listed if entry["severity"] == "act"}


def show(directory, lines, strayed):
    """The records of the frames and classes in `strayed`."""
    for log in logs_of(lines):
        for event in map(json.loads, run(directory, "query", "-f", "ndjson", "-n", "0", "-", stdin=log).splitlines()):
            if (event["pid"] - 1, event["class"]) in strayed:
                print("%s: %s" % (event["class"], event["message"]))


def main(words):
    directory = work_directory()
    texts = texts_of(read_examples(), directory)
    own = harmless_classes(directory)
    severe = acts(directory)
    lines = records(texts)
    counts = count_classes(directory, lines)
    strayed = {}
    print("1..%d" % (len(FRAMES) + 1))
    for number, frame in enumerate(FRAMES):
        others = {name: count for name, count in counts[number].items() if strays(number, name, own[number], severe)}
        strayed.update(((number, name), count) for name, count in others.items())
        print("%s %d - %s: %s" % ("not ok" if others else "ok", number + 1, own[number], frame[1].replace("#", "_")))
        for name, count in sorted(others.items()):
            print("# %d records became %s%s" % (count, name, " (act)" if name in severe else ""))
    kept = sum(sum(found.values()) for found in counts.values())
    print("%s %d - %d texts in %d frames: each is a record" % ("ok" if kept == len(lines) else "not ok", len(FRAMES) + 1, len(texts), len(FRAMES)))
    if words == ["--list"]:
        show(directory, lines, strayed)
    return 1 if strayed or kept != len(lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
