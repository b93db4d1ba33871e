"""Cases of the area upstream-response: what an upstream answers, or does not."""

import gzip
import time

import certificates
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
OK = lab.answers_with(b"ok")


def location(pass_to="proxy_pass http://127.0.0.1:{up}"):
    return lab.http(LOCATION % pass_to)


def repaired(stage, broken, whole=OK, provoke=None, **options):
    """A plan in which the upstream stops to misbehave."""
    behaviour = servers.Repairable(broken, whole)
    return Plan(lab.http(LOCATION.replace("{change:location}", "") % "proxy_pass http://127.0.0.1:{up}"), provoke or get(),
                repair=behaviour.repair, after=answers(), up=stage.server(behaviour).port, **options)


def head(*lines):
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


@case("a cookie of 6 kB", "upstream-too-big-header", "buffers", kind="http")
def big_header(stage):
    up = stage.server(lab.answers_with(b"x", headers=["Set-Cookie: a=" + "x" * 6000]))
    return Plan(location(), get(), after=answers(), up=up.port)


@case("FastCGI, a cookie of 6 kB", "upstream-too-big-header", "buffers", kind="fastcgi")
def big_header_fastcgi(stage):
    up = stage.server(servers.fastcgi(b"Status: 200 OK\r\nSet-Cookie: a=" + b"x" * 6000 + b"\r\n\r\nok"))
    return Plan(location("fastcgi_pass 127.0.0.1:{up}"), get(), after=answers(), up=up.port)


@case("uWSGI, a cookie of 6 kB", "upstream-too-big-header", "buffers", kind="uwsgi")
def big_header_uwsgi(stage):
    behave = servers.raw(head("Content-Length: 2", "Set-Cookie: a=" + "x" * 6000) + b"ok")
    return Plan(location("uwsgi_pass 127.0.0.1:{up}"), get(), after=answers(), up=stage.server(behave).port)


@case("SCGI, a cookie of 6 kB", "upstream-too-big-header", "buffers", kind="scgi")
def big_header_scgi(stage):
    behave = servers.raw(b"Status: 200 OK\r\nSet-Cookie: a=" + b"x" * 6000 + b"\r\n\r\nok")
    return Plan(location("scgi_pass 127.0.0.1:{up}"), get(), after=answers(), up=stage.server(behave).port)


@case("gRPC, trailers of 6 kB", "upstream-too-big-header", "buffer-grpc", kind="grpc")
def big_trailers(stage):
    def reply(stream):
        details = b"".join(servers.literal(b"detail-%d" % number, b"x" * 120) for number in range(50))
        return servers.frame(1, 5, stream, servers.GRPC_HEADERS + details)

    return Plan(location("grpc_pass grpc://127.0.0.1:{up}"), get(), after=answers(), up=stage.server(servers.grpc(reply)).port)


@case("the cookie is made smaller", "upstream-too-big-header", "smaller", kind="http")
def smaller(stage):
    return repaired(stage, lab.answers_with(b"x", headers=["Set-Cookie: a=" + "x" * 60000]))


def idle_limit(end):
    """A backend that ends a connection which was idle for more than 4.3 s at the moment it is used again."""

    def behave(_server, connection):
        last = time.monotonic()
        while lab.read_request(connection):
            if time.monotonic() - last > 4.3:
                end(connection)
                return
            connection.sendall(head("Content-Length: 2") + b"ok")
            last = time.monotonic()

    return behave


def idle(stage, end):
    up = stage.server(idle_limit(end))

    def provoke(nginx):
        nginx.get()
        time.sleep(4.6)
        nginx.get()

    return Plan(lab.http("""upstream app {
{change:upstream}
    }
    server {
        listen 127.0.0.1:{port};
        location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }"""), provoke, was={"upstream": "server 127.0.0.1:{up}; keepalive 32;"}, after=answers(), up=up.port)


@case("an idle connection", "upstream-prematurely-closed", "idle", kind="http")
def idle_closed(stage):
    return idle(stage, lambda connection: None)


@case("an idle connection", "upstream-conn-reset", "idle", kind="http")
def idle_reset(stage):
    return idle(stage, servers.reset)


@case("the backend no longer ends", "upstream-prematurely-closed", "backend", kind="http")
def closes(stage):
    return repaired(stage, lab.closes_without_answer)


@case("http:// to a TLS port", "upstream-prematurely-closed", "protocol-tls", kind="http")
def tls_port_closes(stage):
    tls = certificates.serving(certificates.self_signed(stage, "app.example"))
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { {change:location} } }"), get(), after=answers(),
                was={"location": "proxy_pass http://127.0.0.1:{up};"}, up=stage.server(servers.tls_or(b"", tls, OK)).port)


@case("http:// to a TLS port that sends an alert", "upstream-no-valid-http-header", "tls", kind="http")
def tls_port_alerts(stage):
    tls = certificates.serving(certificates.self_signed(stage, "app.example"))
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { {change:location} } }"), get(), after=answers(),
                was={"location": "proxy_pass http://127.0.0.1:{up};"},
                up=stage.server(servers.tls_or(b"\x15\x03\x01\x00\x02\x02\x46", tls, OK)).port)


@case("the application's own text", "upstream-no-valid-http-header", "application", kind="http")
def own_text(stage):
    return repaired(stage, servers.raw(b"Warning: something\n\n"))


@case("cut in the middle", "upstream-prematurely-closed-body", "backend", kind="http")
def cut(stage):
    return repaired(stage, servers.raw(head("Content-Length: 10") + b"half"))


@case("the backend gives up on slow clients", "upstream-prematurely-closed-body", "buffering", kind="http")
def gives_up(stage):
    size = 8_000_000

    def impatient(_server, connection):
        lab.read_request(connection)
        connection.settimeout(1)
        connection.sendall(head(f"Content-Length: {size}", "Connection: close") + bytes(size))

    def whole(nginx):
        assert nginx.get_slowly("/", seconds=3) > size

    return Plan(location(), lambda nginx: nginx.get_slowly("/", seconds=3), was={"location": "proxy_buffering off;"}, after=whole,
                up=stage.server(impatient).port)


@case("the backend no longer ends", "upstream-conn-reset", "backend", kind="http")
def reset(stage):
    return repaired(stage, servers.resets())


@case("a child of php-fpm ends", "upstream-conn-reset", "php", kind="fastcgi")
def reset_php(stage):
    behaviour = servers.Repairable(servers.resets(), servers.fastcgi(b"Status: 200 OK\r\n\r\nok"))
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { fastcgi_pass 127.0.0.1:{up}; } }"), get(),
                repair=behaviour.repair, after=answers(), up=stage.server(behaviour).port)


@case("uWSGI with a small buffer", "upstream-conn-reset", "uwsgi-buffer", kind="uwsgi")
def reset_uwsgi(stage):
    behaviour = servers.Repairable(servers.resets(), servers.uwsgi(b"ok"))
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { uwsgi_pass 127.0.0.1:{up}; } }"), get(),
                repair=behaviour.repair, after=answers(), up=stage.server(behaviour).port)


def stops_reading(_server, connection):
    """Takes no more, on a unix socket: what is queued makes room, and the next write of nginx fails."""
    connection.recv(1)
    connection.shutdown(lab.socket.SHUT_RD)
    lab.read_all(connection)
    time.sleep(0.5)


@case("the backend refuses large uploads", "upstream-write-reset", "limit", kind="http", limit="1m")
def write_reset(stage):
    stage.server(stops_reading, path=stage.path("app.sock"))
    text = location("proxy_pass http://unix:{folder}/app.sock; client_body_buffer_size 1m")
    return Plan(text, lambda nginx: nginx.post(bytes(8_000_000)), was={"location": "client_max_body_size 0;"},
                tolerates=("client-body-too-large",))


@case("uWSGI, an application that does not read the body", "upstream-write-reset", "uwsgi-body", kind="uwsgi")
def write_reset_uwsgi(stage):
    def reads_all(_server, connection):
        connection.recv(1)
        size = 8_000_000
        while size > 0:
            size -= len(connection.recv(1 << 20))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    behaviour = servers.Repairable(stops_reading, reads_all)
    stage.server(behaviour, path=stage.path("app.sock"))
    text = location("uwsgi_pass unix:{folder}/app.sock; client_body_buffer_size 1m; client_max_body_size 0").replace("{change:location}", "")
    return Plan(text, lambda nginx: nginx.post(bytes(8_000_000)), repair=behaviour.repair)


@case("a header line with a NUL", "upstream-invalid-header", "application", kind="http")
def invalid_header(stage):
    return repaired(stage, servers.raw(b"HTTP/1.1 200 OK\r\nX-A\0B: 1\r\nContent-Length: 2\r\n\r\nok"))


@case("more than Content-Length", "upstream-more-data-than-cl", "application", kind="http")
def more_data(stage):
    return repaired(stage, servers.raw(head("Content-Length: 2") + b"okay"))


def bad_chunks(_server, connection):
    """Answers with chunks that are none, but only to HTTP/1.1."""
    if b"HTTP/1.1\r\n" in lab.read_request(connection):
        connection.sendall(head("Transfer-Encoding: chunked", "Connection: close") + b"zz\r\nok\r\n")
    else:
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")


@case("chunks that are none", "upstream-invalid-chunked", "http10", kind="http")
def chunks(stage):
    return Plan(location(), get(), was={"location": "proxy_http_version 1.1;"}, after=answers(), up=stage.server(bad_chunks).port)


@case("the application is repaired", "upstream-invalid-chunked", "application", kind="http")
def chunks_repaired(stage):
    behaviour = servers.Repairable(bad_chunks, OK)
    text = LOCATION.replace("{change:location}", "proxy_http_version 1.1;") % "proxy_pass http://127.0.0.1:{up}"
    return Plan(lab.http(text), get(), repair=behaviour.repair, after=answers(), up=stage.server(behaviour).port)


@case("X-Accel-Redirect with ..", "upstream-unsafe-uri", "application", kind="http")
def unsafe(stage):
    return repaired(stage, lab.answers_with(b"", headers=["X-Accel-Redirect: /files/../../etc/passwd"]))


def compresses_badly(_server, connection):
    """Sends a broken gzip body to those who accept gzip."""
    if b"gzip" in lab.read_request(connection):
        body = gzip.compress(b"ok" * 100)[:-30] + bytes(40)
        connection.sendall(head("Content-Encoding: gzip", f"Content-Length: {len(body)}", "Connection: close") + body)
    else:
        connection.sendall(head("Content-Length: 2", "Connection: close") + b"ok")


@case("a damaged file of gzip_static", "gzip-fault", "file", kind="none")
def gunzip_file(stage):
    stage.write("page.gz", b"not what gzip writes")
    text = "server { listen 127.0.0.1:{port}; root {folder}; gzip_static always; gunzip on; }"
    return Plan(lab.http(text), get("/page"), repair=lambda: stage.write("page.gz", gzip.compress(b"ok")), after=answers(target="/page"))


@case("a broken body for gunzip", "gzip-fault", "no-gzip", kind="http")
def gunzip(stage):
    text = location("proxy_pass http://127.0.0.1:{up}; gunzip on")
    return Plan(text, get(headers=["Accept-Encoding: gzip;q=0"]), after=answers(), up=stage.server(compresses_badly).port)
