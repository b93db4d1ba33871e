"""Cases of the areas client-request and resources: what clients send, and how many of them there are."""

import re
import socket
import ssl
import time

import certificates
import lab
import servers
from registry import Plan, Skip, answers, case, get

SITE = "server { listen 127.0.0.1:{port};\n{change:server}\nlocation / {\n%s\n} }"


def site(location, http="", main="", connections=256):
    return lab.configuration(http=http + SITE % location, main=main, connections=connections)


def send(nginx, text, tls=None):
    """Sends bytes on a connection of their own and returns the answer."""
    with socket.create_connection(("127.0.0.1", nginx.port), 10) as client:
        if tls:
            with tls.wrap_socket(client) as wrapped:
                wrapped.sendall(text)
                return lab.read_all(wrapped)
        client.sendall(text)
        return lab.read_all(client)


def post(size):
    """A provoke: a body of this size with its length told."""
    return lambda nginx: send(nginx, b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))


def post_chunked(size):
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    return lambda nginx: send(nginx, head + b"%x\r\n" % size + bytes(size) + b"\r\n0\r\n\r\n")


def takes_uploads(stage, provoke):
    up = stage.server(stores)
    return Plan(site("proxy_pass http://127.0.0.1:{up};\n{change:location}"), provoke, after=answers(), up=up.port)


def stores(_server, connection):
    """A behaviour: reads the whole body before it answers; nginx has asked with HTTP/1.0."""
    head, _, body = lab.read_request(connection).partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    servers.receive(connection, int(length[1]) - len(body) if length else 0)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@case("1.2 MB", "client-body-too-large", "location", upload_limit_size=8)
def upload(stage):
    return takes_uploads(stage, post(1_200_000))


@case("1.2 MB in chunks", "client-body-too-large", "location", upload_limit_size=8)
def upload_in_chunks(stage):
    return takes_uploads(stage, post_chunked(1_200_000))


@case("10 kB", "client-uri-too-long", "buffers")
def long_uri(_stage):
    return Plan(site("return 200;"), get("/" + "a" * 10_000), level="info", after=answers(target="/" + "a" * 10_000))


@case("a cookie of 10 kB", "client-header-too-large", "buffers")
def long_cookie(_stage):
    headers = ["Cookie: a=" + "b" * 10_000]
    return Plan(site("return 200;"), get(headers=headers), level="info", after=answers(headers=headers))


@case("the application sets one cookie instead of many", "client-header-too-large", "cookies")
def many_cookies(_stage):
    headers = ["Cookie: " + "; ".join(f"name{number}={'b' * 900}" for number in range(12))]
    return Plan(site("return 200;"), lambda nginx: nginx.get(headers=headers), level="info",
                repair=lambda: headers.__setitem__(0, "Cookie: id=1"))


@case("a name with an underscore", "client-invalid-header-line-underscore", "allow")
def underscore(_stage):
    text = "{change:http} " + SITE % "return 200 $http_api_key;"
    return Plan(lab.http(text), get(headers=["api_key: secret-7"]), level="info",
                after=lambda nginx: expect(b"secret-7", nginx.get(headers=["api_key: secret-7"])))


def expect(part, answer):
    assert part in answer, f"{part!r} is not in {answer[-300:]!r}"


@case("the same header with a hyphen", "client-invalid-header-line-underscore", "rename")
def hyphen(_stage):
    headers = ["api_key: secret-7"]
    return Plan(site("return 200 $http_api_key;"), lambda nginx: nginx.get(headers=headers), level="info",
                repair=lambda: headers.__setitem__(0, "api-key: secret-7"),
                after=lambda nginx: expect(b"secret-7", nginx.get(headers=headers)))


def tls_site(stage, text="{change:server}"):
    certificate, key = certificates.self_signed(stage, "shop.example")
    pair = f"ssl_certificate {certificate}; ssl_certificate_key {key};"
    return lab.http(f"server {{ listen 127.0.0.1:{{port}} ssl; {pair}\n{text}\nreturn 200; }}")


def anybody():
    """The client's side of TLS, which trusts every certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@case("a balancer speaks http:// to the port of https://", "client-plain-http-to-https", "balancer")
def http_on_tls_port(stage):
    target = {"tls": None}

    def check(nginx):
        send(nginx, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", **target)

    return Plan(tls_site(stage, ""), check, level="info", repair=lambda: target.update(tls=anybody()))


@case("https:// on the port of http://", "client-invalid-method-tls", "ssl", needs=["root"])
def https_on_plain_port(stage):
    certificate, key = certificates.self_signed(stage, "shop.example")

    def hello(nginx):
        port = 443 if re.search(r"listen +443", open_text(nginx)) else nginx.port
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as client, anybody().wrap_socket(client) as wrapped:
                wrapped.sendall(b"GET / HTTP/1.0\r\n\r\n")
                expect(b"200 OK", lab.read_all(wrapped))
        except ssl.SSLError:
            pass

    if not lab.Ports.is_free(443):
        raise Skip("port 443 is in use")
    return Plan(lab.http("server {\n{change:server}\nreturn 200; }"), hello, was={"server": "listen 127.0.0.1:{port};"}, level="info",
                values={"certificate_chain": certificate, "certificate_key": key})


def open_text(nginx):
    with open(nginx.path("nginx.conf"), encoding="utf-8") as file:
        return file.read()


@case("the client gives up before the answer", "client-closed-prematurely", "ignore-abort", kind="http")
def gives_up(stage):
    up = stage.server(lab.answers_with(b"late", delay=1.0))

    def leave(nginx):
        with socket.create_connection(("127.0.0.1", nginx.port), 10) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            time.sleep(0.3)
        time.sleep(1.2)

    return Plan(site("proxy_pass http://127.0.0.1:{up};\n{change:location}"), leave, level="info", after=answers(), up=up.port)


def crowd(size):
    """A provoke: so many connections at a time, each with a request that waits for an answer."""

    def provoke(nginx):
        clients = []
        for _ in range(size):
            client = socket.create_connection(("127.0.0.1", nginx.port), 10)
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            clients.append(client)
        time.sleep(1.0)
        for client in clients:
            client.close()

    return provoke


CROWDED = """worker_processes 1;
pid {prefix}/nginx.pid;
error_log {prefix}/logs/error.log warn;
{change:main}
events { {change:events} }
http { access_log off; server { listen 127.0.0.1:{port}; location / { %s } } }"""


@case("40 clients, 20 slots", "worker-connections-not-enough", "more")
def slots(stage):
    up = stage.server(lab.answers_with(b"late", delay=0.5))
    return Plan(CROWDED % "proxy_pass http://127.0.0.1:{up};", crowd(40), was={"events": "worker_connections 20;"}, up=up.port,
                after=answers())


@case("nginx passes to itself", "worker-connections-not-enough", "loop")
def loop(stage):
    up = stage.server(lab.answers_with(b"here"))
    plan = Plan(CROWDED % "proxy_pass http://127.0.0.1:{change:here};", get(), was={"events": "worker_connections 40;", "here": "{port}"},
                after=answers())
    plan.repair = lambda: plan.was.update(here=str(up.port))
    return plan


@case("60 clients, 40 files", "too-many-open-files", "nofile")
def files(stage):
    up = stage.server(lab.answers_with(b"late", delay=0.5))
    return Plan(CROWDED % "proxy_pass http://127.0.0.1:{up};", crowd(60), up=up.port, after=answers(),
                was={"main": "worker_rlimit_nofile 40;", "events": "worker_connections 200;"}, tolerates=("worker-rlimit-not-permitted",))
