"""Cases of the area stream."""

import signal
import socket
import ssl
import time

import lab
import servers
from registry import Plan, answers, case, get

ONE = """server {
        listen 127.0.0.1:{port}%s;
        proxy_pass 127.0.0.1:{up};
%s
{change:stream-server}
    }"""
NEEDS = ["stream"]


def site(listen="", directives=""):
    return lab.configuration(stream=ONE % (listen, directives))


@case("a session that is silent by design", "stream-session-timeout", "longer", needs=NEEDS)
def idle(stage):
    return Plan(site(), get(), was={"stream-server": "proxy_timeout 1s;"}, level="info", after=answers(),
                up=stage.server(lab.answers_with(b"late", delay=2)).port)


def question(wait):
    """A provoke: one datagram; waits for an answer, then till nginx would give up."""

    def provoke(nginx):
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            client.settimeout(wait)
            client.sendto(b"question", ("127.0.0.1", nginx.port))
            try:
                client.recv(4096)
            except (TimeoutError, ConnectionError):
                pass
        time.sleep(wait)

    return provoke


@case("one answer to each datagram", "stream-session-timeout", "udp", needs=NEEDS)
def one_answer(stage):
    up = stage.enter(servers.Udp(answer=b"answer"))
    return Plan(site(" udp"), question(1.5), was={"stream-server": "proxy_timeout 1s;"}, level="info", up=up.port)


@case("a service that does not answer", "stream-session-timeout-udp", "one-way", kind="stream", needs=NEEDS)
def one_way(stage):
    up = stage.enter(servers.Udp())
    return Plan(site(" udp", "proxy_timeout 1s;"), question(1.5), was={"stream-server": "proxy_responses 1;"}, up=up.port)


@case("the server is repaired", "stream-session-timeout-udp", "server", kind="stream", needs=NEEDS)
def udp_repaired(stage):
    up = stage.enter(servers.Udp())

    def repair():
        up.answer = b"answer"

    text = site(" udp", "proxy_timeout 1s; proxy_responses 1;").replace("{change:stream-server}", "")
    return Plan(text, question(1.5), repair=repair, up=up.port)


@case("the service is started", "stream-upstream-closed-udp", "start", kind="stream", needs=NEEDS)
def udp_started(stage):
    port = lab.free_port()
    text = site(" udp").replace("{change:stream-server}", "")
    return Plan(text, question(0.5), repair=lambda: stage.enter(servers.Udp(answer=b"answer", port=port)), up=port)


def client_hello(nginx):
    with socket.create_connection(("127.0.0.1", nginx.port), 5) as client:
        try:
            ssl.create_default_context().wrap_socket(client, server_hostname="app.example").close()
        except (ssl.SSLError, OSError):
            pass  # the answer is not TLS


@case("a small preread buffer", "stream-preread-buffer-full", "size", needs=NEEDS)
def preread(stage):
    return Plan(site(directives="ssl_preread on;"), client_hello, was={"stream-server": "preread_buffer_size 64;"},
                up=stage.server(servers.raw(b"not TLS")).port)


@case("a session over a reload", "stream-session-timeout-shutdown", "leave", needs=NEEDS)
def reload(stage):
    up = stage.server(servers.silent)

    def provoke(nginx):
        with socket.create_connection(("127.0.0.1", nginx.port), 5) as client:
            client.sendall(b"hello")
            time.sleep(0.3)
            nginx.process.send_signal(signal.SIGHUP)
            time.sleep(2)

    text = lab.configuration(stream=(ONE % ("", "")).replace("{change:stream-server}", ""), main="{change:main}")
    return Plan(text, provoke, was={"main": "worker_shutdown_timeout 1s;"}, level="info", up=up.port)
