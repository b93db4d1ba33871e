#!/usr/bin/env python3
"""Which of nginx's own messages have a class: whole records made from the formats of tests/data/messages.tsv.

Prints for each level how many formats have a class of their own, only an area's fallback, or none; `--list` names the
latter two, `--list TEXT` the records that hold TEXT or have a class that does.  A format counts as its worst record.
TAP; needs NGXERR.
"""

import collections
import json
import os
import re
import shutil
import subprocess
import sys

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "messages.tsv")
PROGRAM = os.environ.get("NGXERR") or shutil.which("ngxerr")
LEVELS = ("emerg", "alert", "crit", "error", "warn", "notice", "info")
WORSE = LEVELS[:5]
SHARE_OF_FALLBACKS = 0.25

# Classes that say no more than what kind of thing failed; ids that end in -other or -misc are fallbacks too.
FALLBACKS = {
    "client-protocol-error",
    "conf-invalid-value",
    "content-module-error",
    "openssl-call-failed",
    "os-call-failed",
    "socket-io-error",
    "upstream-protocol-error",
}

# Families of which even the specific classes say little: their share is printed beside, and not held against a target.
WIDE = ("os-call-failed", "socket-io-error", "openssl-call-failed")

# Classes of messages that nginx writes at notice or info: each, or one split from it, must be found there.
AT_NOTICE_AND_INFO = (
    "mail-upstream-error stream-session-timeout upstream-upgraded-timeout client-timed-out client-uri-too-long "
    "client-header-too-large client-too-many-headers client-invalid-method client-invalid-request "
    "client-invalid-host client-invalid-framing client-invalid-header-line client-plain-http-to-https "
    "client-closed-prematurely client-connection-closed client-tls-peer-closed client-tls-cert-verify-error "
    "client-tls-no-required-cert client-tls-sni-rejected client-tls-misdirected client-tls-other limit-req-rejected "
    "limit-req-delayed limit-conn-rejected auth-basic-no-credentials memcached-fault mail-client-noise "
    "http2-protocol-error quic-noise process-lifecycle rewrite-log"
).split()

PREFIX = "2026/11/20 03:12:45 [%s] 4321#4321: "
CLIENT = ", client: 192.0.2.7"
REQUEST = ', server: example.com, request: "GET /shop/list?page=2 HTTP/1.1"'
HOST = ', host: "example.com"'
HTTP = CLIENT + REQUEST + HOST
DAV = CLIENT + REQUEST.replace("GET", "PUT") + HOST
LISTEN = CLIENT + ", server: 0.0.0.0:443"
STREAM = LISTEN + ', upstream: "10.0.0.5:5432", bytes from/to client:0/0, bytes from/to upstream:0/0'
MAIL = CLIENT + ', server: 0.0.0.0:143, login: "bob"'
OCSP = (
    " while requesting certificate status, responder: ocsp.example.net, peer: 198.51.100.4:80, certificate: "
    '"/etc/nginx/tls/site.pem"'
)
PLACE = " in /etc/nginx/conf.d/site.conf:12"
SSL = {
    "SSL_shutdown": " (SSL: error:0A000197:SSL routines::shutdown while in init)",
    "verify": " (SSL: error:0A000086:SSL routines::certificate verify failed)",
    "": " (SSL: error:0A00010B:SSL routines::wrong version number)",
}

# What stands for a string: by the text before it, by the whole format, else a word.
STRINGS = (
    (r'(?:open|openat|stat|lstat|fstat|unlink|rename|mkdir|rmdir|opendir|readdir|utimes|chmod|chown|write|read'
     r'|ftruncate|truncate|file|directory|index of|collection)(?:\(\))? "$'
     r'|^"$|in "$|pwrite\(\) "$|" to "$|close\(\) "$',
     "/var/www/shop/list.html"),
    (r"temporary file $", "/var/cache/nginx/proxy_temp/3/07/0000000073"),
    (r'zone "$|cache "$', "shop"),
    (r"limiting requests$|delaying request$|limiting connections$", ""),
    (r"(?:pool|session|node|cache|memory|failed|free|received)$", ""),
    (r"^$", "backend"),
    (r"signal %d \($", "SIGHUP"),
    (r"^start $", "worker process"),
    (r"\(%i: $", "Host not found"),
    (r'directive "$|the "$|duplicate "$', "proxy_pass"),
    (r'(?:upstream|server|host|name|resolve|resolver|service|server name) "?$', "backend.example.com"),
    (r"(?:to|for|on|by|of|from|over) $", "10.0.0.5:8080"),
    (r'header(?: line)?: "$|header "$', "X-Test: 1"),
    (r'method(?: |: ")$', "POST"),
    (r'uri: "$|URI: "$', "/shop/list"),
    (r"could not build (?:the |optimal )?$", "server_names_hash"),
    (r"increase (?:either )?$|or $|ignoring $", "server_names_hash"),
)
VARIANTS_OF_STRING = {  # formats that hold one of these get a record for each text
    "exited with": ("worker process", "cache manager process"),
    "exited on signal": ("worker process",),
    "limiting requests%s": ("", ", dry run"),
    "limiting connections%s": ("", ", dry run,"),
    "delaying request%s": ("", ", dry run"),
    "%sclient %": ("", "udp "),
    "%sproxy %V connected": ("", "udp "),
    "%s disconnected": ("client", "upstream", "udp client"),
    "%V_buffer_size": ("proxy", "fastcgi"),
    "%s: %l": ("hw.ncpu", "kern.maxsockets"),
}
MACROS = {
    "<NGX_USER>": "nginx",
    "<NGX_GROUP>": "nginx",
    "<NGX_COMPILER>": "gcc 12.2.0",
    "<NGINX_VERSION>": "1.22.1",
}
DIRECTIVES = {  # by a part of the name of the handler that complains
    "sticky": "sticky",
    "listen": "listen",
    "limit_req": "limit_req_zone",
    "cache_valid": "proxy_cache_valid",
}
CONVERSION = re.compile(r"%(?:\{(\w+)\}|\*?0?\d*(?:\.\d+)?(?:[uxXm]*)([OTzidlDLAvVsSprPMNZcf%]))")

OPENSSL_CALL = re.compile(
    r"(?:SSL|X509|EVP|BIO|PEM|OCSP|d2i|i2d|OBJ|EC|DH|RAND|HMAC|ENGINE|OPENSSL|ASN1)_?\w*\([^)]*\) failed$"
)


class Format:
    def __init__(self, levels, subsystem, phase, errno, text, function):
        self.levels, self.subsystem, self.phase, self.errno = levels.split("|"), subsystem, phase, errno
        self.text, self.function = text, function


def read_formats():
    """(formats, texts that stand for a %{name})"""
    formats, texts = [], collections.defaultdict(list)
    with open(DATA, encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number < 2:  # what the file is, and the names of its columns
                continue
            fields = line.rstrip("\n").split("\t")
            if fields[0] == "text":
                texts[fields[1]].append(fields[4])
            else:
                formats.append(Format(*fields))
    return formats, texts


def string_value(before):
    for expression, value in STRINGS:
        if re.search(expression, before):
            return value
    return "backend"


def fill(text, variant):
    """The format with values; variant, if not None, stands for its first string."""
    state = {"variant": variant, "out": ""}

    def value(match):
        kind = match.group(2)
        if kind == "%":
            return "%"
        if kind == "c":
            return "x"
        if kind == "f":
            return "1.500"
        if kind == "p":
            return "00005581A7C3B2D0"
        if kind == "r":
            return "1024"
        if kind in "VvsS":
            if state["variant"] is not None:
                given, state["variant"] = state["variant"], None
                return given
            return string_value(text[: match.start()])
        if "x" in match.group(0) or "X" in match.group(0):
            return "1f"
        if "(%i: " in text:
            return "3"
        return "042" if "03u" in match.group(0) else "11" if "signal %d" in text else "42"

    filled = CONVERSION.sub(value, text)
    filled = filled.replace("could not be backended", "could not be COPYed")
    for name, word in MACROS.items():
        filled = filled.replace(name, word)
    return filled


def directive_of(function):
    """The directive whose handler returned the text after `"%s" directive `."""
    for name, directive in DIRECTIVES.items():
        if name in function:
            return directive
    return "proxy_pass"


def expand(form, texts):
    """The format's texts: each text of a %{name}, or one for each variant of its first string."""
    text = form.text
    if text.startswith('"%s" directive '):
        return [fill(text, directive_of(form.function))]
    match = re.search(r"%\{(\w+)\}", text)
    if match:
        more = texts[match.group(1)] + ([""] if match.group(1) == "zone" else [])
        return [fill(text.replace(match.group(0), one), None) for one in more]
    for key, variants in VARIANTS_OF_STRING.items():
        if key in text:
            return [fill(text, variant) for variant in variants]
    return [fill(text, None)]


def error_of(form, level):
    """The errno text, with its space."""
    text = form.text
    if "timed out" in text and form.phase == "runtime" and "udp timed out" not in text and "lock" not in text:
        return " (110: Connection timed out)"
    if form.errno == "0":
        return ""
    if "handshake rejected" in text or "sendto() incomplete" in text:
        return ""
    if text.endswith("is not found"):
        return " (2: No such file or directory)"
    if text.endswith(("is forbidden", "could not be created")):
        return " (13: Permission denied)"
    if level == "info" and form.subsystem == "event" and "SSL" not in text:
        return " (4: Interrupted system call)"
    if "closed connection" in text or "close() socket" in text and level != "alert":
        return " (104: Connection reset by peer)"
    if re.search(r"connect\(\)", text):
        return " (111: Connection refused)"
    if re.search(r"bind\(\)", text):
        return " (98: Address already in use)"
    if re.search(r"accept4?\(\)", text):
        return " (24: Too many open files)"
    if re.search(r"(?:recv|send|read|write)v?(?:file|msg|to)?\(\) failed|reported about", text):
        return " (104: Connection reset by peer)"
    if re.search(r'(?:open|openat|stat|lstat|mkdir|rmdir|unlink|rename|opendir|realpath|chdir)\w*\(\) "', text):
        return " (13: Permission denied)"
    if re.search(r"mmap|alloc|fork|shmget|shmat", text):
        return " (12: Cannot allocate memory)"
    return " (22: Invalid argument)"


def ssl_of(form):
    if not OPENSSL_CALL.match(form.text):
        return ""
    return next(value for key, value in SSL.items() if key in form.text)


def upstream_scheme(function):
    for scheme in ("fastcgi", "uwsgi", "scgi", "grpc", "memcached"):
        if "ngx_http_" + scheme in function:
            return scheme + "://10.0.0.5:9000"
    return "http://10.0.0.5:8080/shop/list?page=2"


def upstream_action(form, level):
    text, function = form.text, form.function
    if "process_upgraded" in function:
        return "proxying upgraded connection"
    if re.search(r"connect\(\)|no live", text) or re.search(r"_connect|resolve|create_request", function):
        return "connecting to upstream"
    if "SSL" in text or "ssl" in function:
        return "SSL handshaking to upstream"
    if re.search(r"send|write", function + text) and "upstream sent" not in text:
        return "sending request to upstream"
    if re.search(r"pipe|filter|upgrade|body|process_upstream|non_buffered|chunked|trailer", function + text):
        return "reading upstream"
    return "reading response header from upstream"


def http_upstream_tail(form, level):
    return " while %s%s, upstream: \"%s\"%s" % (
        upstream_action(form, level), CLIENT + REQUEST, upstream_scheme(form.function), HOST)


def connection_tails(form, level):
    """Calls on a connection: at info it is the client's, at error and crit the upstream's."""
    if level in ("error", "crit"):
        return [http_upstream_tail(form, level)]
    if "SSL" in form.text or "ssl" in form.function:
        return [" while SSL handshaking" + LISTEN]
    if level == "info":
        return [" while waiting for request" + LISTEN]
    return [" while keepalive" + LISTEN]


def event_tails(form, level):
    if "ocsp" in form.function or "OCSP" in form.text:
        return [OCSP]
    if "connect_peer" in form.function or len(form.levels) > 1 and "wait" not in form.text:
        return ["" if "accept" in form.function else connection_tails(form, level)[0]]
    if "ngx_ssl" in form.function:
        return [" while SSL handshaking" + LISTEN]
    return [""]


def tails(form, level):
    """What follows message and errno, a record for each."""
    text, function, subsystem = form.text, form.function, form.subsystem
    if form.phase == "config":
        return ["", PLACE] if not text.endswith("%s:%ui") else [""]
    if "bytes from/to" in text or "connected to %V" in text:
        return [""]
    if subsystem == "http/v2":
        return [" while processing HTTP/2 connection" + LISTEN]
    if subsystem == "http/v3":
        return [" while reading client request" + LISTEN]
    if subsystem == "quic":
        return [" while handling frames" + LISTEN]
    if subsystem == "stream" and re.search(r"limit_conn|access|pass|init", function) and "proxy" not in function:
        return [" while initializing session" + LISTEN]
    if subsystem == "stream":
        action = "connecting to upstream" if "upstream" in function + text else "proxying connection"
        return [" while " + action + STREAM]
    if subsystem == "mail":
        if "auth_http" in function:
            return [" while in http auth state" + MAIL]
        if "proxy" in function and "protocol" not in function:
            return [" while reading response from upstream" + MAIL + ", upstream: 10.0.0.5:143"]
        return [" while in auth state" + MAIL]
    if subsystem == "event":
        return event_tails(form, level)
    if subsystem in ("core", "os"):
        if "resolver" in function or "DNS" in text:
            sending = "send" in function or "DNS" not in text
            return ["", " while resolving, resolver: 127.0.0.53:53"] if sending else [""]
        if len(form.levels) > 1 or "temp_file" in function:
            return [HTTP] if "temporary file" in text else connection_tails(form, level)
        return [HTTP] if "open_file" in function or "copy_file" in function else [""]
    if subsystem == "http":
        if "file_cache" in function:
            return ["" if "manage" in function or "expire" in function else HTTP]
        if re.search(r"upstream|_fastcgi|_uwsgi|_scgi|_grpc|_proxy_|memcached", function + text):
            return [http_upstream_tail(form, level)]
        if "_dav_" in function or re.search(r"^can not PUT", text):
            return [DAV]
        if "ssl" in function:
            return [" while SSL handshaking" + LISTEN]
        if text.startswith("client closed connection") or "closed keepalive connection" in text:
            return [" while waiting for request" + LISTEN]
        if re.search(r"request_(?:line|header)|process_host|validate|alloc_large", function):
            return [" while reading client request headers" + HTTP]
        return [HTTP]
    return [""]


def records(form, texts):
    """(level, line) of every record that stands for the format."""
    for level in form.levels:
        for text in expand(form, texts):
            for tail in tails(form, level):
                connection = "*7 " if ", client: " in tail or "bytes from/to" in text else ""
                yield level, PREFIX % level + connection + text + ssl_of(form) + error_of(form, level) + tail


def classify(lines):
    """(class, whether texts of its row were shortened) of each line; the class is None where the line is no record."""
    answer = subprocess.run(
        [PROGRAM, "query", "-f", "ndjson", "-n", "0", "-"],
        input=("\n".join(lines) + "\n").encode(), stdout=subprocess.PIPE, check=True).stdout
    offsets, at = {}, 0
    for index, line in enumerate(lines):
        offsets[at] = index
        at += len(line.encode()) + 1
    answers = [(None, False)] * len(lines)
    for line in answer.splitlines():
        event = json.loads(line)
        if event["lines"] == 1:
            answers[offsets[event["offset"]]] = event["class"], "shortened" in (event["flags"] or "")
    return answers


def quality(name):
    """0 not parsed, 1 no class, 2 fallback, 3 a class of its own"""
    if name is None:
        return 0
    if name == "unclassified":
        return 1
    return 2 if name in FALLBACKS or name.endswith(("-other", "-misc")) else 3


def collect():
    """({(level, format's place): [(quality, class, line)]}, the records whose captures left their texts no room)"""
    formats, texts = read_formats()
    made = [(index, level, line) for index, form in enumerate(formats) for level, line in records(form, texts)]
    found = collections.defaultdict(list)
    answers = classify([line for _, _, line in made])
    for (index, level, line), (name, _) in zip(made, answers):
        found[level, index].append((quality(name), name or "not parsed", line))
    # as nginx -t writes them they are shorter, and a row has less room
    at_start = ["nginx: [%s] %s" % (level, line[len(PREFIX % level):]) for _, level, line in made if line.endswith(PLACE)]
    shortened = [line for line, (_, cut) in zip(at_start, classify(at_start)) if cut]
    return found, shortened + [line for (_, _, line), (_, cut) in zip(made, answers) if cut]


def show(found, words):
    """The formats without a class of their own, or the records that hold a word."""
    for (level, _), results in sorted(found.items(), key=lambda item: (LEVELS.index(item[0][0]), item[0][1])):
        worst = min(results)
        if words:
            for _, name, line in results:
                if any(word in line or word in name for word in words):
                    print("%-32s %s" % (name, line))
        elif worst[0] < (3 if level in WORSE else 2):
            print("%-32s %s" % (worst[1], worst[2]))


def table(found):
    """{level: [not parsed, no class, fallback, own]}, printed"""
    counts = {level: [0, 0, 0, 0] for level in LEVELS}
    for (level, _), results in found.items():
        counts[level][min(results)[0]] += 1
    print("# level   formats   own class   fallback   no class   not parsed")
    for level in LEVELS:
        lost, none, fallback, own = counts[level]
        print("# %-6s %9d %11d %10d %10d %12d" % (level, sum(counts[level]), own, fallback, none, lost))
    worse = [min(results) for (level, _), results in found.items() if level in WORSE]
    wide = sum(1 for grade, name, _ in worse if grade < 3 or name.startswith(WIDE))
    print("# with all classes split from %s: %.1f %% at warn and worse" % (", ".join(WIDE), 100 * wide / len(worse)))
    return counts


def check(found, counts, shortened):
    worse = [sum(counts[level][i] for level in WORSE) for i in range(4)]
    share = worse[2] / sum(worse)
    lost = sum(counts[level][0] for level in LEVELS)
    milder = {name for (level, _), results in found.items() if level not in WORSE for _, name, _ in results}
    missing = [name for name in AT_NOTICE_AND_INFO if not any((one + "-").startswith(name + "-") for one in milder)]
    return (
        (worse[1] == 0, "at warn and worse every format has a class (%d have none)" % worse[1]),
        (share <= SHARE_OF_FALLBACKS, "at warn and worse at most %d %% are in fallbacks (%.1f %%)"
         % (100 * SHARE_OF_FALLBACKS, 100 * share)),
        (lost == 0, "every record is parsed (%d are not)" % lost),
        (not shortened, "no captures take the room of the texts" + "".join("; " + line for line in shortened[:5])),
        (not missing, "the classes of notice and info are found" + "".join(" " + name for name in missing)),
    )


def main(words):
    if PROGRAM is None:
        print("1..0 # SKIP NGXERR does not name the program")
        return 77
    found, shortened = collect()
    if words and words[0] == "--list":
        show(found, words[1:])
        return 0
    counts = table(found)
    results = check(found, counts, shortened)
    print("1..%d" % len(results))
    for number, (passed, text) in enumerate(results, 1):
        print("%s %d - %s" % ("ok" if passed else "not ok", number, text))
    return 0 if all(passed for passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
