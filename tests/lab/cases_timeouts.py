"""Cases of the area timeouts: an upstream, or a client, that is slow or silent."""

import time

import lab
import servers
from registry import Plan, answers, case, get

LOCATION = """server {
        listen 127.0.0.1:{port} sndbuf=16k;
        location / {
            %s;
{change:location}
        }
    }"""
FASTCGI_OK = b"Status: 200 OK\r\n\r\nok"


def location(pass_to):
    return lab.http(LOCATION % pass_to)


@case("a slow page", "upstream-read-timeout", "few-uris", kind="http")
def few_uris(stage):
    return Plan(location("proxy_pass http://127.0.0.1:{up}"), get(), was={"location": "proxy_read_timeout 1s;"}, after=answers(),
                up=stage.server(lab.answers_with(b"late", delay=2)).port)


@case("a slow script", "upstream-read-timeout", "few-uris-php", kind="fastcgi")
def few_uris_php(stage):
    return Plan(location("fastcgi_pass 127.0.0.1:{up}"), get(), was={"location": "fastcgi_read_timeout 1s;"}, after=answers(),
                up=stage.server(servers.fastcgi(FASTCGI_OK, delay=2)).port)


@case("a slow uWSGI application", "upstream-read-timeout", "few-uris", kind="uwsgi")
def few_uris_uwsgi(stage):
    late = servers.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", delay=2)
    return Plan(location("uwsgi_pass 127.0.0.1:{up}"), get(), was={"location": "uwsgi_read_timeout 1s;"}, after=answers(),
                up=stage.server(late).port)


@case("a slow method", "upstream-read-timeout", "few-uris-grpc", kind="grpc")
def few_uris_grpc(stage):
    def late(stream):
        time.sleep(2)
        return servers.grpc_reply(stream)

    return Plan(location("grpc_pass grpc://127.0.0.1:{up}"), get(), was={"location": "grpc_read_timeout 1s;"}, after=answers(),
                up=stage.server(servers.grpc(late)).port)


@case("a long poll", "upstream-read-timeout", "streaming", kind="http")
def streaming(stage):
    return Plan(location("proxy_pass http://127.0.0.1:{up}"), get(), was={"location": "proxy_read_timeout 1s;"}, after=answers(),
                up=stage.server(lab.answers_with(b"event", delay=2)).port)


@case("the backend is made faster", "upstream-read-timeout", "find", kind="http")
def faster(stage):
    behaviour = servers.Repairable(lab.answers_with(b"late", delay=2), lab.answers_with(b"soon"))
    text = LOCATION.replace("{change:location}", "proxy_read_timeout 1s;") % "proxy_pass http://127.0.0.1:{up}"
    return Plan(lab.http(text), get(), repair=behaviour.repair, after=answers(), up=stage.server(behaviour).port)


@case("a slow check before the page", "upstream-read-timeout-subrequest", "longer", kind="http")
def slow_check(stage):
    text = """server {
        listen 127.0.0.1:{port};
        location / { auth_request /check; proxy_pass http://127.0.0.1:{page}; }
        location = /check {
            proxy_pass http://127.0.0.1:{up};
{change:location}
        }
    }"""
    return Plan(lab.http(text), get(), was={"location": "proxy_read_timeout 1s;"}, after=answers(),
                page=stage.server(lab.answers_with(b"page")).port, up=stage.server(lab.answers_with(b"late", delay=2)).port)


def pauses(_server, connection):
    """Sends a header and a part, then nothing for a while."""
    lab.read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\npart")
    time.sleep(2)
    connection.sendall(b"part")


@case("a stream with pauses", "upstream-read-timeout-body", "heartbeat", kind="http")
def heartbeat(stage):
    def whole(nginx):
        assert nginx.get().endswith(b"partpart")

    return Plan(location("proxy_pass http://127.0.0.1:{up}"), get(), was={"location": "proxy_read_timeout 1s;"}, after=whole,
                up=stage.server(pauses).port)


@case("a method with pauses", "upstream-read-timeout-body", "heartbeat-grpc", kind="grpc")
def heartbeat_grpc(stage):
    def behave(_server, connection):
        servers.receive(connection, 24)
        connection.sendall(servers.frame(4, 0, 0) + servers.frame(1, 4, 1, servers.GRPC_HEADERS) + servers.frame(0, 0, 1, bytes(5)))
        time.sleep(2)
        connection.sendall(servers.frame(1, 5, 1, servers.literal(b"grpc-status", b"0")))
        lab.read_all(connection)

    return Plan(location("grpc_pass grpc://127.0.0.1:{up}"), get(), was={"location": "grpc_read_timeout 1s;"}, after=answers(),
                up=stage.server(behave).port)


def reads_late(_server, connection):
    """Does not read an upload for a while."""
    time.sleep(2.5)
    request, size = b"", 20_000_000
    while len(request) < size:
        part = connection.recv(1 << 20)
        if not part:
            return
        request += part
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


@case("an upload to a slow reader", "upstream-write-timeout", "workers", kind="http")
def workers(stage):
    text = location("proxy_pass http://127.0.0.1:{up}; client_max_body_size 0; client_body_buffer_size 1m")
    return Plan(text, lambda nginx: nginx.post(bytes(20_000_000)), was={"location": "proxy_send_timeout 1s;"},
                up=stage.server(reads_late).port)


def upgrades(_server, connection):
    """A web socket that is silent for a while."""
    if b"upgrade: websocket" in lab.read_request(connection).lower():
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello")
        time.sleep(2)
        connection.sendall(b"again")


@case("a silent web socket", "upstream-upgraded-timeout", "longer", kind="http")
def web_socket(stage):
    before = """proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
        proxy_read_timeout 1s;"""
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    def whole(nginx):
        assert nginx.send(request).endswith(b"helloagain")

    return Plan(location("proxy_pass http://127.0.0.1:{up}"), lambda nginx: nginx.send(request), was={"location": before}, after=whole,
                level="info", up=stage.server(upgrades).port)


@case("a download over a slow link", "client-timed-out-sending", "longer")
def longer(stage):
    return Plan(location("proxy_pass http://127.0.0.1:{up}"), lambda nginx: nginx.get_slowly("/", seconds=3),
                was={"location": "send_timeout 1s;"}, level="info", up=stage.server(lab.answers_with(bytes(4_000_000))).port)
