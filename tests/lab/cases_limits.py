"""Cases of the area limits: rates, connections at a time, and the zones that count them."""

import concurrent.futures
import contextlib
import socket
import time

import lab
from registry import Plan, answers, case, get

LIMITED = """
    limit_req_zone $binary_remote_addr zone=one:1m rate=1r/s;
    limit_conn_zone $binary_remote_addr zone=addr:1m;
{change:http}
    server {
        listen 127.0.0.1:{port};
        location / {
            proxy_pass http://127.0.0.1:{up};
            %s
{change:location}
        }
    }"""
VISITORS = [f"X-Forwarded-For: 198.51.100.{number}" for number in range(1, 6)]


def one_after_the_other(nginx):
    """Five requests of five visitors behind one address."""
    for visitor in VISITORS:
        nginx.get(headers=[visitor])


def at_a_time(nginx):
    with concurrent.futures.ThreadPoolExecutor(len(VISITORS)) as pool:
        list(pool.map(lambda visitor: nginx.get(headers=[visitor]), VISITORS))


@case("visitors behind a balancer", "limit-req-rejected", "real-ip", proxy="127.0.0.1")
def req_real_ip(stage):
    up = stage.server(lab.answers_with(b"ok"))
    return Plan(lab.http(LIMITED % "limit_req zone=one;"), one_after_the_other, up=up.port)


def through_a_socket(nginx):
    """Five requests of five visitors that a proxy passes on through a Unix socket."""
    for visitor in VISITORS:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(nginx.path("front.sock"))
            client.sendall(f"GET / HTTP/1.1\r\nHost: localhost\r\n{visitor}\r\nConnection: close\r\n\r\n".encode())
            lab.read_all(client)


@case("visitors behind a Unix socket", "limit-req-rejected", "own-proxy-unix")
def req_unix(stage):
    up = stage.server(lab.answers_with(b"ok"))
    text = LIMITED.replace("listen 127.0.0.1:{port};", "listen 127.0.0.1:{port}; listen unix:{prefix}/front.sock;") % "limit_req zone=one;"
    return Plan(lab.http(text), through_a_socket, up=up.port)


@case("a page with its images", "limit-req-rejected", "burst", burst="20")
def req_burst(stage):
    up = stage.server(lab.answers_with(b"ok"))
    return Plan(lab.http(LIMITED % ""), one_after_the_other, was={"location": "limit_req zone=one;"}, after=answers(), up=up.port)


@case("a page with its images", "limit-req-delayed", "delay")
def req_delay(stage):
    up = stage.server(lab.answers_with(b"ok"))
    return Plan(lab.http(LIMITED % ""), get(times=3), was={"location": "limit_req zone=one burst=40;"}, after=answers(), up=up.port)


@case("visitors behind a balancer", "limit-conn-rejected", "real-ip", proxy="127.0.0.1")
def conn_real_ip(stage):
    up = stage.server(lab.answers_with(b"ok", delay=0.5))
    return Plan(lab.http(LIMITED % "limit_conn addr 1;"), at_a_time, up=up.port)


@case("a page with its images", "limit-conn-rejected", "higher")
def conn_higher(stage):
    up = stage.server(lab.answers_with(b"ok", delay=0.5))
    return Plan(lab.http(LIMITED % ""), at_a_time, was={"location": "limit_conn addr 1;"}, after=answers(), up=up.port)


@case("a connection pool", "limit-conn-rejected-stream", "higher", needs=["stream"], limit="50")
def conn_stream(stage):
    up = stage.server(lab.answers_with(b"ok", delay=0.5))
    text = """limit_conn_zone $binary_remote_addr zone=addr:1m;
    server { listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{up};
{change:stream-server}
    }"""
    return Plan(lab.configuration(stream=text), at_a_time, was={"stream-server": "limit_conn addr 1;"}, after=answers(), up=up.port)


@case("keys that fill the zone", "zone-exhausted", "size", rate="1r/s")
def req_zone(stage):
    text = """
{change:http}
    server {
        listen 127.0.0.1:{port};
        large_client_header_buffers 4 64k;
        location / { limit_req zone=tiny burst=9 nodelay; proxy_pass http://127.0.0.1:{up}; }
    }"""
    return Plan(lab.http(text), get("/?key=" + "k" * 40_000), was={"http": "limit_req_zone $arg_key zone=tiny:32k rate=1r/s;"},
                after=answers(), up=stage.server(lab.answers_with(b"ok")).port)


def hold(request, number):
    """A provoke: so many connections at a time, each with a request of its own."""

    def provoke(nginx):
        with contextlib.ExitStack() as stack:
            for each in range(number):
                client = stack.enter_context(socket.create_connection(("127.0.0.1", nginx.port), 5))
                client.sendall(request(each))
            time.sleep(0.5)

    return provoke


@case("more keys than the zone holds", "zone-exhausted-limit-conn", "size")
def conn_zone(stage):
    text = """
{change:http}
    server {
        listen 127.0.0.1:{port};
        location / { limit_conn tiny 100; proxy_pass http://127.0.0.1:{up}; }
    }"""

    def unfinished(number):
        return f"POST /?key={number:0250d} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n".encode()

    return Plan(lab.http(text), hold(unfinished, 100), was={"http": "limit_conn_zone $arg_key zone=tiny:32k;"},
                up=stage.server(lab.answers_with(b"ok")).port)


@case("a token of 300 bytes", "limit-key-too-long", "address", rate="1r/s", req_zone="other", conn_zone="perclient")
def key(stage):
    text = """
{change:http}
    server { listen 127.0.0.1:{port}; location / { limit_conn perclient 100; proxy_pass http://127.0.0.1:{up}; } }"""
    return Plan(lab.http(text), get(headers=["X-Key: " + "k" * 300]), was={"http": "limit_conn_zone $http_x_key zone=perclient:1m;"},
                after=answers(), up=stage.server(lab.answers_with(b"ok")).port)
