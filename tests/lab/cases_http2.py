"""Cases of the area http2-http3: frames that a small client of HTTP/2 without TLS sends."""

import socket

import lab
import servers
from registry import Plan, answers, case, get

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + servers.frame(4, 0, 0)
HEADERS, RESET, PUSH_PROMISE, WINDOW_UPDATE = 1, 3, 5, 8
REQUEST = bytes([0x82, 0x86, 0x84, 0x41, 1]) + b"a"  # GET http / with the authority a
SITE = "{change:http} server { listen 127.0.0.1:{port} http2; location / { proxy_pass http://127.0.0.1:{up};\n{change:location}\n} }"


def ask(stream):
    return servers.frame(HEADERS, 5, stream, REQUEST)


def talk(nginx, *frames, answers_awaited=0):
    """Sends frames; returns when so many streams have ended, or when nginx has closed."""
    with socket.create_connection(("127.0.0.1", nginx.port), 10) as client:
        client.sendall(PREFACE + b"".join(frames))
        ended = 0
        try:
            while ended < answers_awaited:
                head = servers.receive(client, 9)
                servers.receive(client, int.from_bytes(head[:3], "big"))
                ended += head[3] in (0, 1) and head[4] & 1 or head[3] == RESET
        except ConnectionError:
            pass
        return ended


class Client:
    """A provoke: sends the faulty frames, after repair() a plain request."""

    def __init__(self, *frames):
        self.frames, self.awaited = frames, 1

    def __call__(self, nginx):
        talk(nginx, *self.frames, answers_awaited=self.awaited)

    def repair(self):
        self.frames = (ask(1),)


def of_client(stage, client, delay=0.0):
    return Plan(lab.http(SITE), client, level="info", repair=client.repair, up=stage.server(lab.answers_with(b"x", delay)).port)


@case("a frame that clients may not send", "http2-protocol-error", "leave")
def push_promise(stage):
    return of_client(stage, Client(servers.frame(PUSH_PROMISE, 4, 1, bytes(4))))


@case("a request that is canceled", "http2-client-canceled", "leave")
def canceled(stage):
    return of_client(stage, Client(ask(1), servers.frame(RESET, 0, 1, bytes([0, 0, 0, 8])), ask(3)), delay=0.3)


@case("more streams than allowed", "http2-protocol-error-streams", "more")
def streams(stage):
    up = stage.server(lab.answers_with(b"x", delay=0.3))

    def all_answered(nginx):
        assert talk(nginx, *map(ask, range(1, 13, 2)), answers_awaited=6) == 6

    return Plan(lab.http(SITE), lambda nginx: talk(nginx, *map(ask, range(1, 13, 2)), answers_awaited=6), level="info",
                was={"http": "http2_max_concurrent_streams 2;"}, after=all_answered, up=up.port)


@case("HTTP/1 on a plain port with http2", "http2-protocol-error-h2c-port", "plain", port="127.0.0.1:{port}")
def plain_port(_stage):
    return Plan(lab.http("server {\n{change:server}\nreturn 200; }"), get(), level="info", was={"server": "listen 127.0.0.1:{port} http2;"},
                after=answers())


@case("a header of two megabytes", "http2-response-header-too-long", "hide", header_name="X-Debug")
def long_header(stage):
    up = stage.server(lab.answers_with(b"x", headers=["X-Debug: " + "a" * 2_200_000]))
    text = SITE.replace("{change:location}", "proxy_buffer_size 4m; proxy_buffers 8 4m; proxy_busy_buffers_size 8m;\n{change:location}")
    return Plan(lab.http(text.replace("{change:http}", "")), lambda nginx: talk(nginx, ask(1), answers_awaited=1), up=up.port)


@case("thousands of empty frames", "http2-flood", "block")
def flood(stage):
    return of_client(stage, Client(servers.frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1") * 700_000))
