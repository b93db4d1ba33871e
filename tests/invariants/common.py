"""What the invariant tests share: running the program, logs made by chance, and databases compared by their views.

NGXERR names the program; SEED repeats a run of chance.  Each test ends with status 0, 1 (failed) or 77 (skipped).
"""
import atexit
import bz2
import gzip
import lzma
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(os.environ["NGXERR"]) if os.environ.get("NGXERR") else shutil.which("ngxerr")
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
TIME = "2026/11/20 %02d:%02d:%02d"
# A run of the program may take so long: ThreadSanitizer looks at all bytes before the one that memrchr finds, each time, which makes some
# damaged input 200 times slower.
SECONDS = 600

# A test that hangs is ended, and so named.
WHOLE_SECONDS = 1000
signal.alarm(WHOLE_SECONDS)

# What a shell runs in the background ignores these, and so would the program, rightly; here it shall obey them.
for ending in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(ending) == signal.SIG_IGN:
        signal.signal(ending, signal.SIG_DFL)

if PROGRAM is None:
    print("skipped: NGXERR does not name the program")
    sys.exit(77)


def work_directory():
    """A directory that is removed at the end."""
    directory = tempfile.mkdtemp(prefix="ngxerr-invariants-")
    os.chmod(directory, 0o755)
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


def fail(message):
    print("failed (SEED=%d): %s" % (SEED, message))
    sys.exit(1)


def expect(condition, message):
    if not condition:
        fail(message)


def environment(directory):
    """No database, zone or pattern of the machine comes into a test."""
    values = {name: value for name, value in os.environ.items() if not name.startswith("NGXERR_")}
    values.update(HOME=directory, XDG_STATE_HOME=os.path.join(directory, "state"), TZ="UTC", TMPDIR=directory)
    return values


def run(directory, *words, status=0, stdin=None):
    """Runs the program; its standard output.  `status` is the exit status expected, or several."""
    done = subprocess.run([PROGRAM, *words], cwd=directory, env=environment(directory), input=stdin if stdin is not None else b"",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS)
    allowed = status if isinstance(status, tuple) else (status,)
    if done.returncode not in allowed:
        fail("%s: status %d instead of %s\n%s" % (" ".join(words), done.returncode, allowed, done.stderr.decode("utf-8", "replace")))
    return done.stdout


class Killer:
    """Kills a command at any moment of the time that it takes: `seconds` at first, then as much as the machine lets it see."""

    def __init__(self, chance, seconds):
        self.chance = chance
        self.least = seconds / 4  # what ends earlier had little to do: nothing is learnt from it
        self.seconds = seconds
        self.killed = 0

    def kill(self, process, part=None):
        """At `part` of its time, or any.  True when it was still running."""
        begin = time.monotonic()
        try:
            process.wait(self.seconds * (self.chance.random() if part is None else part))
        except subprocess.TimeoutExpired:
            process.kill()
        seconds = time.monotonic() - begin
        _, errors = process.communicate(timeout=SECONDS)
        expect(process.returncode in (0, -signal.SIGKILL),
               "status %d after a kill: %s" % (process.returncode, (errors or b"").decode("utf-8", "replace")))
        if process.returncode != 0:
            self.killed += 1
            self.seconds *= 1.01
        elif seconds > self.least:
            self.seconds = min(self.seconds, seconds)
        return process.returncode != 0

    def check(self, most, least=1):
        expect(self.killed >= least, "only %d of %d were killed: %.2f seconds are too few" % (self.killed, most, self.seconds))


def position_in(process, path):
    """How far the process has read the file, from its descriptor; -1 when it does not have it open now."""
    try:
        for name in os.listdir("/proc/%d/fd" % process.pid):
            if os.readlink("/proc/%d/fd/%s" % (process.pid, name)) == path:
                with open("/proc/%d/fdinfo/%s" % (process.pid, name), encoding="ascii") as file:
                    return int(file.readline().split()[1])
    except OSError:
        pass
    return -1


def scan(directory, database, *words, node="test", status=0):
    return run(directory, "scan", "--node", node, "--tz", "UTC", "-d", database, *words, status=status)


# --- logs ---

MESSAGES = [
    b'connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.%d, server: a.example, '
    b'request: "GET /x?%d HTTP/1.1", upstream: "http://10.0.0.%d:80/x", host: "a.example"',
    b'open() "/srv/www/%d-%d" failed (2: No such file or directory), client: 192.0.2.%d, server: a.example, request: "GET /x HTTP/1.1"',
    b'an event that no class knows, number %d of %d in %d',
    b'upstream timed out (110: Connection timed out) while reading response header from upstream, client: 2001:db8::%d, '
    b'server: b.example, request: "POST /%d HTTP/2.0", upstream: "http://10.0.0.%d:80/", host: "b.example"',
    b'FastCGI sent in stderr: "PHP message: first %d\nStack trace:\n#0 /srv/%d.php(1)\n#1 {main}" while reading response header from '
    b'upstream, client: 192.0.2.%d, server: c.example, request: "GET / HTTP/1.1", upstream: "fastcgi://unix:/run/php.sock:", host: "c"',
    b'bytes \xff\x00\\ %d \x1b[31m %d \xc3\xa4 %d, client: 192.0.2.1, server: d.example',
]
FOREIGN = [b"a line of somebody else", b"", b"\x00\xff\x01", b'192.0.2.1 - - [20/Nov/2026:03:12:45 +0000] "GET / HTTP/1.1" 200 5 "-" "-"',
           b"2026/99/99 99:99:99 [error] 1#1: no such day"]


def make_log(chance, records, begin=0):
    """Bytes of a log: most of it records, some foreign lines, some with CR LF."""
    lines = []
    for number in range(begin, begin + records):
        if chance.random() < 0.05:
            lines.append(chance.choice(FOREIGN) + b"\n")
        message = chance.choice(MESSAGES) % tuple(chance.randrange(1, 200) for _ in range(3))
        prefix = (TIME % (number // 3600 % 24, number // 60 % 60, number % 60)).encode()
        level = chance.choice([b"error", b"error", b"warn", b"crit", b"info"])
        end = b"\r\n" if chance.random() < 0.02 else b"\n"
        lines.append(b"%s [%s] 7#7: *%d %s%s" % (prefix, level, number, message, end))
    return b"".join(lines)


TAIL = b', client: 192.0.2.%d, server: a.example, request: "%s HTTP/1.1", host: "a"'
# Beginnings that a stranger can have broken, what can go on with them, and what others write into the same file.
BEGINNINGS = [
    b'%s [error] 7#7: *%d open() "/srv/www/a\n',
    b'%s [error] 7#7: *%d open() "/srv/x" failed (2: No such file or directory)' + TAIL % (1, b"GET /x") + b"\n",
    b'%s [error] 7#7: *%d "/srv/x" is forbidden (13: Permission denied)\n',
    b'%s [error] 7#7: *%d FastCGI sent in stderr: "PHP message: first\n',
    b'%s [crit] 7#7: *%d user "a\n',
    b'%s [error] 7#7: *%d "said" by nobody that a class knows' + TAIL % (2, b"GET /y") + b"\n",
    b'%s [warn] 7#7: *%d an event that no class knows\n',
]
FOLLOWERS = [
    b"a plain line\n", b"\n", b"#0 /srv/a.php(1)\n", b"nginx: [emerg] no date\n", b"PHP Fatal error: x" * 9 + b"\n",
    b'#1 {main}" while reading response header from upstream' + TAIL % (91, b"GET /") + b"\n",
    b'192.0.2.1 - - [20/Nov/2026:03:12:45 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n',
    b'2026/08/21 12:00:00 [emerg] 66#66: *7 forged message\n', b'2027/08/21 12:00:00 [emerg] 66#66: *7 an event that no class knows\n',
    b'2026/08/21 12:00:00 [emerg] 66#66: *7 forged" failed (2: No such file or directory)'
    + TAIL % (66, b"GET /a%0A2026/08/21%2012:00:00%20[emerg]%2066%2366:%20*7%20forged") + b"\n",
    b'2026/08/21 12:00:00 [emerg] 66#66: *7 forged" failed (2: No such file or directory)' + TAIL % (66, (
        b'GET /a%22%20failed%20(2:%20No%20such%20file%20or%20directory),%20client:%20192.0.2.1,%20server:%20a.example,%20request:%20%22GET'
        b'%20/x%20HTTP/1.1%22,%20host:%20%22a%22%0A2027/08/21%2012:00:00%20[emerg]%2066%2366:%20*7%20an%20event%20that%20no%20class%20knows'
        b'%0A2026/08/21%2012:00:00%20[emerg]%2066%2366:%20*7%20forged')) + b"\n",
    b"x" * 700 + b"\n",
]


def broken_log(chance, number):
    """Lines of a log in whose records a stranger and other programs speak.  None with another number begins as it does."""
    lines = [b"%s [notice] 7#7: log %d begins\n" % (b"2026/11/20 03:12:45", number)]
    for second in range(chance.randrange(1, 7)):
        time_written = b"2026/11/20 03:13:%02d" % chance.choice([second, second, 59 - second])
        lines.append(chance.choice(BEGINNINGS) % (time_written, second))
        lines += [chance.choice(FOLLOWERS) for _ in range(chance.choice([0, 0, 1, 2, 3, 6]))]
    return lines


# --- compressed logs ---

def zstd(content):
    """A frame with a check sum, as the command writes it."""
    return subprocess.run(["zstd", "-q", "-c"], input=content, stdout=subprocess.PIPE, check=True).stdout


# Of each suffix what compresses, when it is there.
COMPRESSORS = {".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress}
if shutil.which("zstd"):
    COMPRESSORS[".zst"] = zstd
else:
    print("zstd is not installed: no .zst is tested")


def readable_suffixes(directory):
    """The suffixes that this program was built to read; that the others are named, with status 3, is tested here."""
    record = make_log(random.Random(1), 3)
    readable = []
    for suffix, compress in COMPRESSORS.items():
        os.makedirs(os.path.join(directory, "try"), exist_ok=True)
        path = os.path.join(directory, "try", "error.log" + suffix)
        with open(path, "wb") as file:
            file.write(compress(record))
        for given in (path, os.path.dirname(path)):
            done = subprocess.run([PROGRAM, "query", "-f", "raw", given], cwd=directory, env=environment(directory),
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS)
            if b"built without" in done.stderr:
                expect(done.returncode == 3 and path.encode() in done.stderr, "%s is not named: %r" % (given, done.stderr))
            else:
                expect(done.returncode == 0 and done.stdout == record, "%s differs" % given)
        if done.returncode == 0:
            readable.append(suffix)
        os.unlink(path)
    print("reads " + " ".join(readable))
    return readable


# --- databases ---

def copy_database(source, target):
    """Nothing of a database that stood there before is left beside it."""
    for beside in ("-wal", "-shm"):
        if os.path.exists(target + beside):
            os.remove(target + beside)
        if os.path.exists(source + beside):
            shutil.copy(source + beside, target + beside)
    return shutil.copy(source, target)


def read_rows(path, statement):
    connection = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def views(path, without=()):
    """Every view as sorted rows, without ids and without the columns named."""
    dropped = {"id", "file_id", "first_path", *without}
    connection = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    result = {}
    for view in ("events", "classes", "counts", "files", "unparsed", "shapes"):
        cursor = connection.execute("SELECT * FROM %s" % view)
        names = [column[0] for column in cursor.description]
        keep = [index for index, name in enumerate(names) if name not in dropped]
        result[view] = sorted((tuple(row[index] for index in keep) for row in cursor), key=repr)
    connection.close()
    return result


def compare(one, other, without=(), what=""):
    """`other` is a path, or the views of one."""
    left, right = views(one, without), other if isinstance(other, dict) else views(other, without)
    for view, rows in left.items():
        if rows != right[view]:
            only = [row for row in rows if row not in right[view]][:3]
            missing = [row for row in right[view] if row not in rows][:3]
            fail("%s: the view %s differs (%d and %d rows)\n  only in the first:  %s\n  only in the second: %s"
                 % (what, view, len(rows), len(right[view]), only, missing))


def bytes_of_schema(directory):
    """What a database takes that holds one record: its schema and the classes, which are not counted against a small file."""
    path, database = (os.path.join(directory, name) for name in ("schema.log", "schema.db"))
    with open(path, "wb") as file:
        file.write(b"2026/11/20 03:12:45 [error] 12#12: *4 text\n")
    scan(directory, database, path)
    return os.path.getsize(database)


def check_sums(path):
    """Lines and records add up in every file, and the rows are there."""
    connection = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    rows = connection.execute("SELECT id, last_path, lines, continuation_lines, records, classified, unclassified, unparsed, "
                              "pruned_records FROM files").fetchall()
    events = dict(connection.execute("SELECT file_id, count(*) FROM events GROUP BY file_id"))
    for file_id, name, lines, continued, records, classified, unclassified, unparsed, pruned in rows:
        stored = events.get(file_id, 0)
        expect(lines == records + continued + unparsed, "%s: %d lines are not %d + %d + %d" % (name, lines, records, continued, unparsed))
        expect(records == classified + unclassified == stored + pruned,
               "%s: %d records, %d + %d by class, %d stored, %d pruned" % (name, records, classified, unclassified, stored, pruned))
    counted = connection.execute("SELECT coalesce(sum(count), 0) FROM counts").fetchone()[0]
    events = sum(events.values())
    pruned = connection.execute("SELECT coalesce(sum(pruned_records), 0) FROM files").fetchone()[0]
    expect(counted == events + pruned, "counts have %d events, events %d and %d pruned" % (counted, events, pruned))
    connection.close()
