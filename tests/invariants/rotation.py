"""A real nginx that writes one error log a server under load, and the real logrotate that turns them over: what the tests of rotation share.
As a program (rotation.py PIDFILE DIRECTORY LOG) it is the logs' postrotate script: asks nginx to reopen, and ends when it has."""
import contextlib
import gzip
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
import lab  # noqa: E402

os.umask(0o022)  # logrotate leaves directories alone that others may write
# What one request leaves: its number stands in the URI.
LINE = re.compile(rb'^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[error\] \d+#\d+: \*\d+ open\(\) "[^"]*/n\d+-\d+" failed \(2: [^)]*\), client: 127\.0\.0\.1, '
                  rb'server: s\d+, request: "HEAD /n(\d+)-(\d+) HTTP/1\.1", host: "x"$')
SERVER = """
    server {
        listen 127.0.0.1:%d;
        server_name s%d;
        error_log %s error;
    }"""
CONFIGURATION = """
worker_processes 2;
%s
pid {prefix}/nginx.pid;
events { worker_connections 256; }
http {
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {prefix}/t1; proxy_temp_path {prefix}/t2; fastcgi_temp_path {prefix}/t3;
    uwsgi_temp_path {prefix}/t4; scgi_temp_path {prefix}/t5;
    root {prefix}/html;%s
}
"""


def find_logrotate():
    return shutil.which("logrotate", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def skip_without_tools():
    for name, found in (("nginx", lab.find_nginx()), ("logrotate", find_logrotate()), ("gzip", shutil.which("gzip"))):
        if not found:
            print("skipped: %s is not installed" % name)
            sys.exit(77)


class Log:
    """One error log: how it is rotated, and how many requests were answered, each of which left one line with its number, from 0 on."""

    def __init__(self, name, rules, loses=False, deletes=False):
        self.name, self.rules = name, rules
        self.loses = loses      # rotation itself may lose lines (copytruncate)
        self.deletes = deletes  # rotation deletes what is older than one rotation
        self.sent = self.rotations = 0
        self.rotated = 0.0      # when the last rotation ended
        self.connection = None


class Site:
    """nginx with one server for each of `logs`, each log in logs/NAME/error.log."""

    def __init__(self, base, logs):
        self.base, self.logs = base, logs
        self.directory = os.path.join(base, "logs")
        servers = ""
        for number, log in enumerate(logs):
            log.number, log.port = number, lab.free_port()
            log.directory = os.path.join(self.directory, log.name)
            log.path = os.path.join(log.directory, "error.log")
            os.makedirs(log.directory)
            servers += SERVER % (log.port, number, log.path)
        user = "user root root;" if os.geteuid() == 0 else ""
        prefix = os.path.join(base, "nginx")
        os.makedirs(prefix)
        self.nginx = lab.Nginx(CONFIGURATION % (user, servers), prefix=prefix)
        for log in logs:
            self.write_rules(log)
        self.nginx.start()

    def stop(self):
        for log in self.logs:
            if log.connection:
                log.connection.close()
        self.nginx.stop()

    # --- load ---

    def request(self, log, count):
        """Sends `count` requests at once and returns when all are answered, so that their lines are written."""
        if log.connection is None:
            log.connection = socket.create_connection(("127.0.0.1", log.port), timeout=60)
        log.connection.sendall(b"".join(b"HEAD /n%d-%d HTTP/1.1\r\nHost: x\r\n\r\n" % (log.number, log.sent + number) for number in range(count)))
        answers, rest = 0, b""
        while answers < count:
            part = log.connection.recv(65536)
            if not part:
                raise ConnectionError("nginx closed the connection")
            rest += part
            answers += rest.count(b"\r\n\r\n")
            rest = rest[rest.rfind(b"\r\n\r\n") + 4:] if b"\r\n\r\n" in rest else rest
        log.sent += count

    # --- rotation ---

    def write_rules(self, log):
        if "olddir" in log.rules:
            os.makedirs(os.path.join(log.directory, "archive"), exist_ok=True)
        reopen = "" if "copytruncate" in log.rules else "    postrotate\n        %s %s %s %s %s\n    endscript\n" % (
            sys.executable, os.path.abspath(__file__), self.nginx.path("nginx.pid"), log.directory, log.path)
        with open(os.path.join(self.base, log.name + ".conf"), "w", encoding="ascii") as file:
            file.write("%s {\n    missingok\n    notifempty\n%s%s}\n" % (
                log.path, "".join("    %s\n" % rule for rule in log.rules.split("; ")), reopen))

    def rotate(self, log):
        """Runs logrotate for one log, as Debian's daily job does; true when there was something to rotate."""
        with contextlib.suppress(FileNotFoundError):
            if os.path.getsize(log.path) == 0:
                return False
        done = subprocess.run([find_logrotate(), "-f", "-s", os.path.join(self.base, log.name + ".state"), os.path.join(self.base, log.name + ".conf")],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if b"already exists, skipping rotation" in done.stdout:  # dateext, twice in a second
            return False
        if done.returncode != 0:
            raise RuntimeError("logrotate, %s: %s" % (log.name, done.stdout.decode()))
        log.rotations += 1
        log.rotated = time.monotonic()
        return True


# --- what the files hold ---

def files_of(directory):
    """The paths of the log files under `directory`."""
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(directory) for name in names)


def numbers_in(path):
    """The numbers of the whole lines in a log, and what else is in it."""
    opener = gzip.open if path.endswith(".gz") else open
    numbers, others = [], []
    with opener(path, "rb") as file:
        for line in file:
            found = LINE.match(line.rstrip(b"\n")) if line.endswith(b"\n") else None
            if found:
                numbers.append((int(found[1]), int(found[2])))
            else:
                others.append(line)
    return numbers, others


# --- the postrotate script ---

def open_files(pid):
    """What the descriptors of a process lead to now."""
    paths = []
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc/%d/fd" % pid):
            with contextlib.suppress(OSError):
                paths.append(os.readlink("/proc/%d/fd/%s" % (pid, name)))
    return paths


def children(pid):
    with contextlib.suppress(OSError), open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
        return [int(word) for word in file.read().split()]
    return []


def reopen(pid_file, directory, log):
    """Until a worker has let go of the file that was renamed it still writes to it: compressing it before loses lines, without any reader."""
    with open(pid_file, encoding="ascii") as file:
        master = int(file.read())
    os.kill(master, signal.SIGUSR1)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        opened = [path for pid in [master] + children(master) for path in open_files(pid)]
        if not any(path.startswith(directory + "/") and path != log for path in opened):
            return 0
        time.sleep(0.01)
    print("nginx has not reopened %s" % log, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(reopen(*sys.argv[1:4]))
