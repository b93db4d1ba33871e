"""A small lab around the real nginx: start it under a prefix of its own on loopback, give it upstreams that behave or misbehave, and
read its error log.  Used by make_samples.py and the test_*.py beside it; needs nothing but Python's standard library, openssl and nginx."""

import contextlib
import os
import random
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time


def find_nginx():
    """The nginx to drive, or None."""
    return os.environ.get("NGINX") or shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


# A command of a test that hangs is ended after so long.
SECONDS = 120


def build_options():
    """What nginx -V prints."""
    return subprocess.run([find_nginx(), "-V"], capture_output=True, text=True, check=True).stderr


class Ports:
    """Gives out ports below the kernel's own range, so that no outgoing connection takes one before its user listens on it."""

    def __init__(self):
        self.given = set()
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            while True:
                port = random.randrange(10000, 32000)
                if port not in self.given and self.is_free(port):
                    self.given.add(port)
                    return port

    @staticmethod
    def is_free(port):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True


PORTS = Ports()


def free_port():
    return PORTS.take()


def wait_for(condition, seconds=30.0, what="condition"):
    """Polls until condition() is true and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Nginx:
    """One nginx with its own prefix.  `configuration` may use {port}, {prefix} and keyword values."""

    def __init__(self, configuration, prefix=None, **values):
        self.prefix = prefix or tempfile.mkdtemp(prefix="nginx-lab-")
        self.own_prefix = prefix is None
        os.chmod(self.prefix, 0o755)
        for folder in ("logs", "html"):
            os.makedirs(os.path.join(self.prefix, folder), exist_ok=True)
        self.port = values.pop("port", None) or free_port()
        self.values = values
        self.process = None
        self.write(configuration)

    def write(self, configuration):
        text = configuration
        for name, value in {"port": self.port, "prefix": self.prefix, **self.values}.items():
            text = text.replace("{" + name + "}", str(value))
        with open(self.path("nginx.conf"), "w", encoding="utf-8") as file:
            file.write(text)

    def path(self, *parts):
        return os.path.join(self.prefix, *parts)

    def command(self, *arguments):
        return [find_nginx(), "-p", self.prefix + "/", "-c", self.path("nginx.conf"), "-e", self.path("logs", "start.log"), *arguments]

    def test(self):
        """nginx -t: (accepted, what it printed)."""
        run = subprocess.run(self.command("-t"), capture_output=True, encoding="latin-1", check=False, timeout=SECONDS)
        return run.returncode == 0, run.stderr

    def start(self):
        # a worker that outlives its master must not hold the pipe in which the results of the tests are waited for
        self.process = subprocess.Popen(self.command("-g", "daemon off;"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.listens, what="nginx to listen")
        return self

    def listens(self):
        """The pid file is written when all ports are open; connecting instead would open a session of a stream or mail server."""
        if self.process.poll() is not None:
            raise RuntimeError("nginx ended: " + self.start_log())
        with contextlib.suppress(OSError):
            return os.path.getsize(self.path("nginx.pid")) > 0
        return False

    def start_log(self):
        with contextlib.suppress(OSError), open(self.path("logs", "start.log"), encoding="latin-1") as file:
            return file.read()
        return ""

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def remove(self):
        self.stop()
        if self.own_prefix:
            shutil.rmtree(self.prefix, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()

    def log(self, name="error.log"):
        with contextlib.suppress(OSError), open(self.path("logs", name), encoding="latin-1") as file:
            return file.read()
        return ""

    def all_logs(self):
        """What was written while starting, too."""
        return self.start_log() + self.log()

    def get(self, target="/", host="localhost", headers=(), timeout=15.0, source="127.0.0.1"):
        """One request from the loopback address `source`; returns the raw answer, empty if the connection was closed without one."""
        lines = [f"GET {target} HTTP/1.1", f"Host: {host}", *headers, "Connection: close", "", ""]
        return self.send("\r\n".join(lines).encode("latin-1"), timeout, source)

    def post(self, body, target="/", host="localhost", timeout=30.0):
        head = f"POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        return self.send(head.encode("latin-1") + body, timeout)

    def send(self, request, timeout=15.0, source="127.0.0.1"):
        """Sends these bytes on a connection of their own and reads till nginx closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout, (source, 0)) as client:
            with contextlib.suppress(ConnectionError):
                client.sendall(request)
            return read_all(client)

    def get_slowly(self, target, host="localhost", seconds=2.0, source="127.0.0.1", read=True):
        """Asks, then does not read for a while, as a client on a slow link; then reads all, or goes away."""
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(30)
            client.bind((source, 0))
            client.connect(("127.0.0.1", self.port))
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
            time.sleep(seconds)
            return len(read_all(client)) if read else 0


def read_all(client):
    answer = b""
    with contextlib.suppress(OSError):
        while True:
            part = client.recv(65536)
            if not part:
                break
            answer += part
    return answer


def listen_unix(path, backlog=128):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o666)
    listener.listen(backlog)
    return listener


class Server:
    """A server on loopback, or on a unix socket, that gives every connection to `behave(server, connection)` in a thread of its own."""

    def __init__(self, behave, tls=None, port=0, path=None):
        self.behave = behave
        self.tls = tls
        self.listener = listen_unix(path) if path else socket.create_server(("127.0.0.1", port), backlog=128)
        self.port = None if path else self.listener.getsockname()[1]
        self.requests = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError, ssl.SSLError):
            connection.settimeout(30)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                shake_hands(connection)
            self.behave(self, connection)
        with contextlib.suppress(OSError):
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # close() alone leaves the port taken while a thread is in accept()
        self.listener.close()


def shake_hands(connection):
    """After an alert of its own it takes what is still under way, lest the kernel resets the connection before the alert is read."""
    try:
        connection.do_handshake()
    except ssl.SSLError:
        connection.settimeout(0.3)
        with contextlib.suppress(OSError):
            while socket.socket.recv(connection, 65536):
                pass
        raise


def read_request(connection):
    request = b""
    while b"\r\n\r\n" not in request:
        part = connection.recv(65536)
        if not part:
            break
        request += part
    return request


def answers_with(body, delay=0.0, status="200 OK", headers=()):
    """A behaviour: reads the request, waits, answers."""

    def behave(server, connection):
        request = read_request(connection)
        if not request:
            return
        server.requests.append(request)
        time.sleep(delay)
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/octet-stream", *headers, "Connection: close"]
        connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)

    return behave


def answers_always(body):
    """A behaviour: answers one request after the other on the same connection."""

    def behave(_server, connection):
        while read_request(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    return behave


def closes_without_answer(_server, connection):
    read_request(connection)


def make_certificate(folder, name):
    """A self-signed certificate; returns (certificate, key)."""
    certificate, key = os.path.join(folder, name + ".crt"), os.path.join(folder, name + ".key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    return certificate, key


def tls_that_wants_sni(folder, name):
    """A server side that answers a handshake without the right server name as many CDNs do: with alert 40, handshake_failure."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*make_certificate(folder, name))

    def on_name(_socket, given, _context):
        return None if given == name else ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE

    context.sni_callback = on_name
    return context


@contextlib.contextmanager
def full_backlog():
    """A port whose accept queue is full, so that the kernel drops every further SYN: connections to it time out."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    time.sleep(0.2)
    try:
        yield listener.getsockname()[1]
    finally:
        for filler in fillers:
            filler.close()
        listener.close()


MODULES = "/usr/lib/nginx/modules"

FRAME = """
{modules}
worker_processes 1;
pid {prefix}/nginx.pid;
error_log {prefix}/logs/error.log {level};
{main}
events { worker_connections {connections}; }
{sections}
"""

HTTP_FRAME = """http {
    access_log {prefix}/logs/access.log;
    client_body_temp_path {prefix}/client_body;
    proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi;
    scgi_temp_path {prefix}/scgi;
%s
}"""


def module_path(name):
    """The file of a dynamic module such as "stream", or None where it is not installed (or is built in)."""
    path = os.path.join(MODULES, f"ngx_{name}_module.so")
    return path if os.path.exists(path) else None


def configuration(http="", stream="", mail="", main="", connections=256):
    """A whole configuration around what stands in http { }, stream { } and mail { }; `main` is for the main context."""
    sections = [HTTP_FRAME % http] if http else []
    modules = []
    for name, text in (("stream", stream), ("mail", mail)):
        if text:
            sections.append(f"{name} {{\n{text}\n}}")
            if module_path(name):
                modules.append(f"load_module {module_path(name)};")
    values = {"modules": "\n".join(modules), "main": main, "connections": str(connections), "sections": "\n".join(sections)}
    text = FRAME
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def http(text):
    """A whole configuration around what stands in http { }."""
    return configuration(http=text)
