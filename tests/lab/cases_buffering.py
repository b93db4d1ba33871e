"""Cases of the area buffering: what does not fit into the buffers."""

import os
import shutil
import signal
import time

import lab
import servers
from registry import Plan, answers, case, get

BIG = 8_000_000


def slow_client(size):
    """A scene: the upstream answers with `size` bytes, the client reads them slowly."""

    def scene(stage):
        body = os.urandom(size)
        upstream = stage.server(lab.answers_with(body))

        def whole(nginx):
            assert nginx.get("/").endswith(body[-1000:]), "the response is not whole"

        return Plan(lab.http("""
    server {
        listen 127.0.0.1:{port} sndbuf=16k;
        location / { proxy_pass http://127.0.0.1:{big};
{change:location}
        }
    }"""), lambda nginx: nginx.get_slowly("/", seconds=1.0), after=whole, big=upstream.port)

    return scene


case("400 kB", "buffered-response", "size-buffers", kind="http")(slow_client(400_000))
case("8 MB", "buffered-response", "no-temp-file", kind="http")(slow_client(BIG))
case("8 MB", "buffered-response", "streaming", kind="http")(slow_client(BIG))



def upload(stage, pass_to, up, after):
    return Plan(lab.http("""
    server {
        listen 127.0.0.1:{port};
        location / { client_max_body_size 0; %s;
{change:location}
        }
    }""" % pass_to), lambda nginx: nginx.post(b"x" * 100_000), after=after, up=up.port)


def took_all(up):
    """An `after`: the upstream has got the whole upload."""

    def after(nginx):
        answer = nginx.post(b"x" * 100_000)
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
        assert up.requests[-1].count(b"x") >= 100_000, "the upload is cut"

    return after


def takes_uploads(server, connection):
    request = lab.read_request(connection)
    body = request[request.index(b"\r\n\r\n"):]
    while body.count(b"x") < 100_000:
        body += connection.recv(65536)
    server.requests.append(body)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


@case("a post of 100 kB", "buffered-request-body", "size")
def post(stage):
    up = stage.server(takes_uploads)
    return upload(stage, "proxy_pass http://127.0.0.1:{up}", up, took_all(up))


@case("an upload", "buffered-request-body", "streaming")
def streamed_upload(stage):
    up = stage.server(takes_uploads)
    return upload(stage, "proxy_pass http://127.0.0.1:{up}", up, took_all(up))


@case("worker's user may not reach it", "temp-dir-permission-denied", "own", needs=["root"])
def temp_folder(stage):
    up = stage.server(takes_uploads)
    os.makedirs(stage.path("private", "body"))
    os.chmod(stage.path("private"), 0o700)
    text = """pid {prefix}/nginx.pid; error_log {prefix}/logs/error.log {level}; events { }
    http {
        access_log off;
        client_body_temp_path {folder}/private/body;
        proxy_temp_path {prefix}/proxy; fastcgi_temp_path {prefix}/fastcgi; uwsgi_temp_path {prefix}/uwsgi; scgi_temp_path {prefix}/scgi;
        server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up}; } }
    }"""
    return Plan(text, lambda nginx: nginx.post(b"x" * 100_000), repair=lambda: os.chmod(stage.path("private"), 0o755), after=took_all(up),
                up=up.port)


class Deleted:
    """A provoke: uploads after somebody has deleted the directory of nginx; after repair() nginx is reloaded in between."""

    reloads = False

    def __call__(self, nginx):
        shutil.rmtree(nginx.path("client_body"))
        if self.reloads:
            nginx.process.send_signal(signal.SIGHUP)
            lab.wait_for(lambda: os.path.isdir(nginx.path("client_body")), what="the reload")
            time.sleep(0.5)
        nginx.post(b"x" * 100_000)

    def repair(self):
        self.reloads = True


@case("its directory was deleted", "temp-dir-missing", "reload")
def temp_folder_deleted(stage):
    up, deleted = stage.server(takes_uploads), Deleted()
    text = "server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up}; } }"
    return Plan(lab.http(text), deleted, repair=deleted.repair, after=took_all(up), up=up.port)


@case("the access log's disk is full", "disk-full", "logs")
def full_log(stage):
    path = stage.path("access.log")
    os.symlink("/dev/full", path)

    def repair():
        os.unlink(path)

    text = "server { listen 127.0.0.1:{port}; access_log {folder}/access.log; location / { return 200 ok; } }"
    return Plan(lab.http(text), get(), repair=repair, after=answers())


def slow_gateway(pass_to, behave):
    """A scene: 400 kB from a gateway to a slow client."""

    def scene(stage):
        text = f"server {{ listen 127.0.0.1:{{port}} sndbuf=16k; location / {{ {pass_to}\n{{change:location}}\n}} }}"
        return Plan(lab.http(text), lambda nginx: nginx.get_slowly("/", seconds=1.0), after=answers(), up=stage.server(behave).port)

    return scene


for way in ("size-buffers", "no-temp-file", "streaming"):
    case("400 kB of PHP", "buffered-response", way, kind="fastcgi")(
        slow_gateway("fastcgi_pass 127.0.0.1:{up};", servers.fastcgi(b"Status: 200 OK\r\n\r\n" + bytes(400_000))))
    case("400 kB of uWSGI", "buffered-response", way, kind="uwsgi")(
        slow_gateway("uwsgi_pass 127.0.0.1:{up};", servers.uwsgi(bytes(400_000))))
    case("400 kB of SCGI", "buffered-response", way, kind="scgi")(
        slow_gateway("scgi_pass 127.0.0.1:{up}; scgi_param CONTENT_LENGTH 0;", servers.scgi(bytes(400_000))))


@case("X-Accel-Redirect", "buffered-response", "serve-file", kind="http")
def serve_file(stage):
    stage.write("files/big", bytes(BIG))
    behaviour = servers.Repairable(lab.answers_with(bytes(BIG)), lab.answers_with(b"", headers=["X-Accel-Redirect: /protected/big"]))
    text = """server {
        listen 127.0.0.1:{port} sndbuf=16k;
        location / { proxy_pass http://127.0.0.1:{up}; }
{change:server}
    }"""

    def guarded(nginx):
        assert len(nginx.get()) > BIG, "the file is not whole"
        assert nginx.get("/protected/big").startswith(b"HTTP/1.1 404"), "clients get the file directly"

    return Plan(lab.http(text), lambda nginx: nginx.get_slowly("/", seconds=1.0), repair=behaviour.repair, after=guarded,
                values={"files_directory": stage.path("files")}, up=stage.server(behaviour).port)
