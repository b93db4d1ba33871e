"""Cases of the area upstream-connect: no connection to an upstream."""

import os
import pwd
import re
import socket
import ssl
import time

import lab
import networks
import servers
from registry import Plan, answers, case, get

OK = lab.answers_with(b"ok")
ONE = "server { listen 127.0.0.1:{port}; location / { {change:location} } }"
GROUP = """upstream app {
{change:upstream}
    }
    server { listen 127.0.0.1:{port}; location / { proxy_pass http://app; %s } }"""
STREAM_GROUP = """upstream app {
{change:stream-upstream}
    }
    server { listen 127.0.0.1:{port}; proxy_pass app; }"""


def one(text):
    """What the location holds before, and does not after."""
    return {"location": text}


@case("the backend is started", "upstream-connect-refused", "start", kind="http")
def start(stage):
    port = lab.free_port()
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up}; } }"), get(), after=answers(),
                repair=lambda: stage.server(OK, port=port), up=port)


@case("the owner of the socket is started", "upstream-connect-refused", "start-unix", kind="http")
def start_unix(stage):
    path = stage.path("app.sock")
    lab.listen_unix(path).close()

    def repair():
        os.unlink(path)
        stage.server(OK, path=path)

    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { proxy_pass http://unix:{folder}/app.sock; } }"), get(),
                after=answers(), repair=repair)


@case("the backend is on 127.0.0.1 only", "upstream-connect-refused-localhost", "ipv4", kind="http", needs=["ipv6"])
def ipv4(stage):
    return Plan(lab.http(ONE), get(), was=one("proxy_pass http://[::1]:{up};"), after=answers(), up=stage.server(OK).port)


def redirects_to_itself(server, connection):
    """The Location has the name that the request was sent to."""
    host = re.search(rb"Host: (\S+)", lab.read_request(connection))[1].decode()
    connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: http://{host}/next\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())


def sends_clients_to_itself(nginx):
    """An `after`: what the backend's redirects name is nginx, not the backend."""
    answer = nginx.get("/", host="site.example")
    assert b"Location: http://site.example:%d/next\r\n" % nginx.port in answer, answer[:300]


def new_address(stage, old, port=0):
    """The name had the address `old` when nginx started; the backend has another one now."""
    dns = stage.enter(servers.Dns({"app.example": ["127.0.0.1"]}))
    up = stage.server(redirects_to_itself, port=port).port
    return Plan(lab.http(ONE), get(), was=one(f"proxy_pass http://{old}:{up}; proxy_connect_timeout 1s;"),
                values={"resolver": f"127.0.0.1:{dns.port}"}, after=sends_clients_to_itself)


@case("the name has another address now, the old one refuses", "upstream-connect-refused", "address-changed", kind="http", upstream_name="app.example")
def address_changed(stage):
    return new_address(stage, "127.0.0.9")


@case("a port that redirects do not name", "upstream-connect-refused", "address-changed", kind="http", upstream_name="app.example",
      needs=["port 80"])
def address_changed_of_port_80(stage):
    return new_address(stage, "127.0.0.9", port=80)


@case("the name has another address now, the old one is silent", "upstream-connect-timeout", "address-changed", kind="http", upstream_name="app.example")
def address_changed_silent(stage):
    old = stage.enter(servers.FullQueue(OK, host="127.0.0.9"))
    return new_address(stage, "127.0.0.9", port=old.port)


@case("the backend works off its queue", "upstream-connect-timeout", "repair", kind="http")
def full_queue(stage):
    up = stage.enter(servers.FullQueue(OK))
    text = "server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up}; proxy_connect_timeout 1s; } }"
    return Plan(lab.http(text), get(), repair=up.repair, after=answers(), up=up.port)


@case("an IPv6 address without a route", "upstream-unreachable", "no-ipv6", kind="http", needs=["ipv6"])
def no_ipv6(stage):
    # Linux answers a TCP connection to a multicast address as it does where there is no route.
    dns = stage.enter(servers.Dns({"app.example": ["127.0.0.1", "ff0e::1"]}))
    text = """server {
        listen 127.0.0.1:{port};
{change:server}
        set $app app.example;
        location / { proxy_pass http://$app:{up}; }
    }"""
    return Plan(lab.http(text), get(times=20), was={"server": "resolver 127.0.0.1:{dns};"}, values={"resolver": f"127.0.0.1:{dns.port}"},
                after=answers(), dns=dns.port, up=stage.server(OK).port)


@case("php-fpm's socket has another path", "upstream-unix-socket-missing", "path-fastcgi", kind="fastcgi")
def path_fastcgi(stage):
    stage.server(servers.fastcgi(b"Status: 200 OK\r\n\r\nok"), path=stage.path("php.sock"))
    return Plan(lab.http(ONE), get(), was=one("fastcgi_pass unix:{folder}/old.sock;"), values={"socket": stage.path("php.sock")},
                after=answers())


@case("the socket has another path", "upstream-unix-socket-missing", "path", kind="http")
def path_http(stage):
    stage.server(OK, path=stage.path("app.sock"))
    return Plan(lab.http(ONE), get(), was=one("proxy_pass http://unix:{folder}/old.sock;"), values={"socket": stage.path("app.sock")},
                after=answers())


@case("uWSGI's socket has another path", "upstream-unix-socket-missing", "path-uwsgi", kind="uwsgi")
def path_uwsgi(stage):
    stage.server(servers.uwsgi(b"ok"), path=stage.path("app.sock"))
    return Plan(lab.http(ONE), get(), was=one("uwsgi_pass unix:{folder}/old.sock;"), values={"socket": stage.path("app.sock")},
                after=answers())


@case("the service is started", "upstream-unix-socket-missing", "start", kind="http")
def start_missing(stage):
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { proxy_pass http://unix:{folder}/app.sock; } }"), get(),
                after=answers(), repair=lambda: stage.server(OK, path=stage.path("app.sock")))


@case("the socket gets nginx's user as owner", "upstream-unix-socket-denied", "php-fpm", kind="fastcgi", needs=["root"])
def denied(stage):
    path, user = stage.path("php.sock"), pwd.getpwnam("nobody")
    stage.server(servers.fastcgi(b"Status: 200 OK\r\n\r\nok"), path=path)
    os.chmod(path, 0o660)
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { fastcgi_pass unix:{folder}/php.sock; } }"), get(),
                repair=lambda: os.chown(path, user.pw_uid, user.pw_gid), after=answers())


@case("more workers", "upstream-unix-socket-queue-full", "workers", kind="http")
def full_queue_unix(stage):
    up = stage.enter(servers.FullQueue(OK, path=stage.path("app.sock")))
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { proxy_pass http://unix:{folder}/app.sock; } }"), get(),
                repair=up.repair, after=answers())


@case("an address of another host", "upstream-bind-failed", "own-address", kind="http", own_address="127.0.0.1")
def bind(stage):
    text = "server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up};\n{change:location}\n} }"
    return Plan(lab.http(text), get(), was=one("proxy_bind 192.0.2.1;"), after=answers(), up=stage.server(OK).port)


@case("a port that is in use", "upstream-bind-failed", "own-address", kind="http", own_address="127.0.0.1")
def bind_port(stage):
    text = "server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up};\n{change:location}\n} }"
    return Plan(lab.http(text), get(), was=one("proxy_bind 127.0.0.1:{port};"), after=answers(), up=stage.server(OK).port)


@case("an IPv6 address for an IPv4 upstream", "upstream-bind-failed", "family", kind="http")
def bind_family(stage):
    text = "server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up}; proxy_bind {change:address}; } }"
    plan = Plan(lab.http(text), get(), was={"address": "::1"}, after=answers(), up=stage.server(OK).port)
    plan.repair = lambda: plan.was.update(address="127.0.0.1")
    return plan


@case("stream, an address of another host", "upstream-bind-failed", "own-address-stream", needs=["stream"], own_address="127.0.0.1")
def bind_stream(stage):
    text = "server { listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{up};\n{change:stream-server}\n}"
    return Plan(lab.configuration(stream=text), get(), was={"stream-server": "proxy_bind 192.0.2.1;"}, after=answers(),
                up=stage.server(OK).port)


@case("a connection for each request", "upstream-ephemeral-ports-exhausted", "keepalive", kind="http", needs=["network namespaces"],
      upstream_group="app")
def few_ports(stage):
    stage.enter(networks.own_network(ports="40000 40003"))
    up = stage.server(lab.answers_always(b"ok"), port=30000)

    def provoke(nginx):
        """All on one connection, so that the client needs but one port; first the kernel may use those of an earlier nginx again."""
        time.sleep(1.5)
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        nginx.send(request * 9 + b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    text = GROUP.replace("proxy_pass http://app; %s", "{change:location}")
    return Plan(lab.http(text), provoke, was={"upstream": "server 127.0.0.1:{up};", **one("proxy_pass http://127.0.0.1:{up};")}, up=up.port)


@case("gRPC, a connection for each call", "upstream-ephemeral-ports-exhausted", "keepalive-grpc", kind="grpc", needs=["network namespaces"])
def few_ports_grpc(stage):
    stage.enter(networks.own_network(ports="40000 40003"))
    up = stage.server(servers.grpc(), port=30000)

    def provoke(nginx):
        time.sleep(1.5)
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        nginx.send(request * 9 + b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    text = GROUP.replace("proxy_pass http://app; %s", "grpc_pass grpc://app;")
    return Plan(lab.http(text), provoke, was={"upstream": "server 127.0.0.1:{up};"}, up=up.port)


def two_dead():
    return {"dead1": lab.free_port(), "dead2": lab.free_port()}


@case("a server of last resort", "no-live-upstreams", "backup", kind="http")
def backup(stage):
    dead = two_dead()
    values = {"server_1": f"127.0.0.1:{dead['dead1']}", "server_2": f"127.0.0.1:{dead['dead2']}",
              "backup_server": f"127.0.0.1:{stage.server(OK).port}"}
    return Plan(lab.http(GROUP % ""), get(times=3), was={"upstream": "server 127.0.0.1:{dead1}; server 127.0.0.1:{dead2};"}, values=values,
                tolerates=("upstream-connect-refused",), after=answers(), **dead)


@case("stream, a server of last resort", "no-live-upstreams", "backup-stream", kind="stream", needs=["stream"])
def backup_stream(stage):
    dead = two_dead()
    values = {"server_1": f"127.0.0.1:{dead['dead1']}", "backup_server": f"127.0.0.1:{stage.server(OK).port}"}
    return Plan(lab.configuration(stream=STREAM_GROUP), get(times=3), values=values, after=answers(),
                was={"stream-upstream": "server 127.0.0.1:{dead1}; server 127.0.0.1:{dead2};"}, tolerates=("upstream-connect-refused",),
                **dead)


@case("the servers are started", "no-live-upstreams", "cause-first", kind="http")
def cause_first(stage):
    dead = two_dead()
    text = GROUP.replace("{change:upstream}", "server 127.0.0.1:{dead1}; server 127.0.0.1:{dead2};") % ""
    return Plan(lab.http(text), get(times=3), repair=lambda: [stage.server(OK, port=port) for port in dead.values()], after=answers(),
                **dead)


@case("the servers are started", "upstream-temporarily-disabled", "cause", kind="http")
def cause(stage):
    dead = two_dead()
    text = GROUP.replace("{change:upstream}", "server 127.0.0.1:{dead1}; server 127.0.0.1:{dead2};") % ""
    return Plan(lab.http(text), get(times=3), repair=lambda: [stage.server(OK, port=port) for port in dead.values()], after=answers(),
                **dead)


@case("two slow pages", "no-live-upstreams", "storm", kind="http")
def storm(stage):
    slow = [stage.server(lab.answers_with(b"late", delay=1.5)) for _ in range(2)]
    values = {f"server_{number}": f"127.0.0.1:{server.port}" for number, server in enumerate(slow, 1)}
    return Plan(lab.http(GROUP % "proxy_read_timeout 1s;"), get(times=2), values=values,
                was={"upstream": "server 127.0.0.1:{slow1}; server 127.0.0.1:{slow2};"}, tolerates=("upstream-read-timeout",),
                slow1=slow[0].port, slow2=slow[1].port)


@case("one slow answer", "upstream-temporarily-disabled", "max-fails", kind="http")
def max_fails(stage):
    slow = stage.server(lab.answers_with(b"late", delay=1.5))
    good = stage.server(OK)
    values = {"server_1": f"127.0.0.1:{slow.port}", "server_2": f"127.0.0.1:{good.port}"}
    return Plan(lab.http(GROUP % "proxy_read_timeout 1s;"), get(times=2), values=values,
                was={"upstream": "server 127.0.0.1:{slow}; server 127.0.0.1:{good};"}, after=answers(),
                tolerates=("upstream-read-timeout",), slow=slow.port, good=good.port)


@case("a variable that is empty", "upstream-invalid-url", "default", host="localhost")
def default(stage):
    address = f"127.0.0.1:{stage.server(OK).port}"
    return Plan(lab.http("{change:http}\n" + ONE), get(), was=one("proxy_pass $arg_to;"),
                values={"backend_addr": address, "default_backend_addr": address}, after=answers())


@case("a server name without a port", "upstream-invalid-url", "default-stream", kind="stream", needs=["stream"], host="app.example")
def default_stream(stage):
    text = "{change:stream}\nserver { listen 127.0.0.1:{port}; ssl_preread on;\n{change:stream-server}\n}"

    def hello(nginx):
        tls = ssl.create_default_context()
        with socket.create_connection(("127.0.0.1", nginx.port), 5) as client:
            try:
                tls.wrap_socket(client, server_hostname="app.example").close()
            except (ssl.SSLError, OSError):
                pass  # the answer is not TLS

    address = f"127.0.0.1:{stage.server(servers.raw(b'not TLS')).port}"
    return Plan(lab.configuration(stream=text), hello, was={"stream-server": "proxy_pass $ssl_preread_server_name;"},
                values={"backend_addr": address, "default_backend_addr": address})
