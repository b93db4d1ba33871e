"""Cases of modules that make content: WebDAV, SSI, files that change, and of what the workers get from the system."""

import os
import resource
import socket
import time

import lab
from cases_static import PAGE, for_workers, served, site
from registry import Plan, Skip, answers, case, get


def request(method, target, body=b"", headers=()):
    lines = [f"{method} {target} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


def dav(stage, text=""):
    folder = stage.path("dav")
    os.mkdir(folder)
    for_workers(folder, 0o770)
    return lab.http(f"server {{ listen 127.0.0.1:{{port}}; root {folder}; location / {{ dav_methods PUT DELETE MKCOL;\n{text}\n}} }}")


@case("a file in a directory that is not there", "content-module-error-dav", "parents", needs=["root"])
def put_into_missing(stage):
    def stored(nginx):
        assert b" 204 " in nginx.send(request("PUT", "/a/b/c.txt", PAGE))

    return Plan(dav(stage, "{change:location}"), lambda nginx: nginx.send(request("PUT", "/a/b/c.txt", PAGE)), after=stored)


@case("a directory that the workers may not write", "content-module-error-dav", "writable", needs=["root"])
def put_refused(stage):
    text = dav(stage)
    folder = stage.path("dav")
    os.chown(folder, 0, 0)
    os.chmod(folder, 0o755)
    return Plan(text, lambda nginx: nginx.send(request("PUT", "/a.txt", PAGE)), repair=lambda: for_workers(folder, 0o770))


@case("a collection without its slash", "content-module-error-dav", "client", needs=["root"])
def collection_without_slash(stage):
    text = dav(stage)
    targets = ["/new"]
    return Plan(text, lambda nginx: nginx.send(request("MKCOL", targets[0])), repair=lambda: targets.__setitem__(0, "/new/"))


@case("a proxy that ends TLS", "content-module-error-dav-destination", "proxy", needs=["root"])
def destination(stage):
    folder = stage.path("dav")
    os.mkdir(folder)
    for_workers(folder, 0o770)
    stage.write("dav/a.txt", PAGE)
    back = lab.free_port()
    text = f"""{{change:http}}
    server {{ listen 127.0.0.1:{back}; root {folder}; dav_methods COPY; }}
    server {{ listen 127.0.0.1:{{port}}; location / {{ proxy_pass http://127.0.0.1:{back};
{{change:location}}
    }} }}"""

    def copied(nginx):
        assert b" 204 " in copy(nginx)

    def copy(nginx):
        return nginx.send(request("COPY", "/a.txt", headers=["Destination: https://dav.example/b.txt"]))

    return Plan(lab.http(text), copy, was={"location": "proxy_set_header Host $host;"}, level="info", after=copied)


@case("an endif too many", "content-module-error-ssi", "page")
def endif(stage):
    stage.write("root/a.html", b"<!--# endif -->" + PAGE)
    return served(stage, "ssi on;", "/a.html", repair=lambda: stage.write("root/a.html", PAGE))


@case("pages of others", "content-module-error-ssi", "off")
def pages_of_others(stage):
    stage.write("root/a.html", b"<!--# endif -->" + PAGE)
    return served(stage, "location / {\n{change:location}\n}", "/a.html", was={"location": "ssi on;"})


@case("12 kB in a variable", "content-module-error-subrequest", "buffer", kind="http")
def subrequest(stage):
    stage.write("root/a.html", b'<!--# include virtual="/part" set="part" -->' + PAGE)
    up = stage.server(lab.answers_with(b"p" * 12_000))
    return served(stage, "ssi on; location /part { proxy_pass http://127.0.0.1:{up};\n{change:location}\n}", "/a.html", up=up.port)


class Update:
    """A provoke: a file is replaced while a slow client reads it; in place, after repair() by a rename."""

    in_place = True

    def __init__(self, stage):
        self.stage = stage
        stage.write("root/big.bin", bytes(30_000_000))

    def __call__(self, nginx):
        path = self.stage.path("root/big.bin")
        with socket.create_connection(("127.0.0.1", nginx.port), 10) as client:
            client.sendall(request("GET", "/big.bin"))
            time.sleep(0.5)
            if self.in_place:
                os.truncate(path, 0)
            else:
                os.rename(self.stage.write("root/new.bin", PAGE), path)
            lab.read_all(client)

    def repair(self):
        self.in_place = False
        self.stage.write("root/big.bin", bytes(30_000_000))


@case("replaced in place", "file-changed-while-serving", "rename")
def replaced(stage):
    update = Update(stage)
    return Plan(site(stage, "sendfile on;"), update, repair=update.repair)


@case("more files than the system allows", "worker-rlimit-not-permitted", "lower")
def files_above_the_limit(_stage):
    text = lab.configuration(http="server { listen 127.0.0.1:{port}; return 200; }", main="{change:main}")
    return Plan(text, was={"main": "worker_rlimit_nofile 2000000000;"}, after=answers(),
                values={"hard_limit_nofile": resource.getrlimit(resource.RLIMIT_NOFILE)[1]})


@case("a buffer larger than the memory", "malloc-failed", "directive")
def buffer_above_memory(stage):
    up = stage.server(lab.answers_with(PAGE))
    plan = Plan(lab.http("server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up}; {change:here} } }"), get(),
                was={"here": "proxy_buffer_size 90000000m; proxy_buffers 2 90000000m; proxy_busy_buffers_size 90000000m;"
                              "proxy_max_temp_file_size 0;"}, after=answers(), up=up.port)
    plan.repair = lambda: plan.was.update(here="proxy_buffer_size 8k; proxy_buffers 8 16k;")
    return plan


@case("nobody listens for syslog", "log-write-failed-syslog-access", "server", needs=["root"], syslog_address="127.0.0.1")
def syslog(stage):
    listener = socket.socket(type=socket.SOCK_DGRAM)
    try:
        listener.bind(("127.0.0.1", 514))
    except OSError as error:
        raise Skip("port 514 is in use") from error
    stage.enter(listener)
    text = lab.http("server { listen 127.0.0.1:{port}; return 200; }")
    text = text.replace("access_log {prefix}/logs/access.log;", "{change:http}")
    return Plan(text, get(times=4), was={"http": f"access_log syslog:server=127.0.0.1:{lab.free_port()};"}, after=answers())


@case("a zone too small for its servers", "upstream-zone-memory", "larger")
def upstream_zone(_stage):
    members = " ".join(f"server 127.0.0.1:{port};" for port in range(2000, 2300))
    return Plan(lab.http("upstream app {\n{change:upstream}\n" + members + " } server { listen 127.0.0.1:{port}; }"),
                was={"upstream": "zone app 32k;"}, by_test=True)
