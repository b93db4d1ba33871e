"""Cases of the area cache."""

import concurrent.futures
import glob
import os
import pwd
import time

import lab
from registry import Plan, answers, case, get

SITE = """
%s
    server {
        listen 127.0.0.1:{port};
        location / {
            proxy_pass http://127.0.0.1:{up};
            proxy_cache c;
            proxy_cache_valid 200 1h;
            %s
{change:location}
        }
    }"""
CACHE = "proxy_cache_path {prefix}/cache levels=1:2 keys_zone=c:1m use_temp_path=off;"


def site(http=CACHE, location=""):
    return lab.http(SITE % (http, location))


def at_a_time(number, target="/?number={}"):
    """A provoke: so many requests at the same time."""

    def provoke(nginx):
        with concurrent.futures.ThreadPoolExecutor(number) as pool:
            list(pool.map(lambda each: nginx.get(target.format(each)), range(number)))

    return provoke


@case("more pages at a time than keys", "cache-keys-zone-full", "size", size="1m")
def keys(stage):
    text = site("{change:http}").replace("{change:location}", "")
    return Plan(text, keys_of_slow_pages, was={"http": "proxy_cache_path {prefix}/cache levels=1:2 keys_zone=c:16k use_temp_path=off;"},
                values={"cache_directory": "{prefix}/cache"}, after=answers(), up=stage.server(lab.answers_with(b"ok", delay=1)).port)


def keys_of_slow_pages(nginx):
    """A full zone fails requests, and says so once for each."""
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda each: nginx.get(f"/?number={each}"), range(100)))
    failed = sum(answer.startswith(b"HTTP/1.1 500") for answer in answers)
    logged = nginx.all_logs().count("could not allocate node")
    assert failed == logged, f"{failed} answers of 500, {logged} records"


@case("a random argument in the key", "cache-keys-zone-full", "key")
def key(stage):
    text = site("proxy_cache_path {prefix}/cache levels=1:2 keys_zone=c:16k use_temp_path=off;")
    return Plan(text, at_a_time(100), after=answers(), up=stage.server(lab.answers_with(b"ok", delay=1)).port)


@case("a URI of 2 kB", "cache-key-buffer-size", "buffers")
def long_uri(stage):
    return Plan(site(), get("/?" + "a" * 2000), was={"location": "proxy_buffer_size 1k; proxy_buffers 8 1k; proxy_busy_buffers_size 2k;"},
                after=answers(), up=stage.server(lab.answers_with(b"ok")).port)


@case("arguments of 2 kB", "cache-key-buffer-size", "shorter-key")
def long_arguments(stage):
    text = site(location="proxy_buffer_size 1k; proxy_buffers 8 1k; proxy_busy_buffers_size 2k;")
    return Plan(text, get("/?" + "a" * 2000), after=answers(), up=stage.server(lab.answers_with(b"ok")).port)


@case("another program writes there", "cache-file-invalid", "own-directory", zone="c")
def foreign(stage):
    os.makedirs(stage.path("shared"), exist_ok=True)

    def provoke(nginx):
        nginx.get()
        for path in glob.glob(stage.path("shared", "*", "*", "*")):
            os.truncate(path, 0)
        nginx.get()

    text = site("{change:http}").replace("{change:location}", "")
    return Plan(text, provoke, was={"http": "proxy_cache_path {folder}/shared levels=1:2 keys_zone=c:1m use_temp_path=off;"},
                values={"cache_directory": "{folder}/own"}, after=answers(), up=stage.server(lab.answers_with(b"ok")).port)


@case("folders of root", "cache-path-permission", "own", needs=["root"])
def folders_of_root(stage):
    for digit in "0123456789abcdef":
        os.makedirs(stage.path("cache", digit), mode=0o755)
    user = pwd.getpwnam("nobody")

    def repair():
        for folder in glob.glob(stage.path("cache", "*")):
            os.chown(folder, user.pw_uid, user.pw_gid)

    text = site("proxy_cache_path {folder}/cache levels=1:2 keys_zone=c:1m use_temp_path=off;").replace("{change:location}", "")
    return Plan(text, get(), repair=repair, after=answers(), up=stage.server(lab.answers_with(b"ok")).port)


def of_root(stage, line):
    """A cache directory of another name that root owns, and who gives it back."""
    folder = stage.path("pages")
    os.makedirs(folder, mode=0o755)
    user = pwd.getpwnam("nobody")

    def repair():
        os.chown(folder, user.pw_uid, user.pw_gid)

    text = site(line).replace("{change:location}", "")
    return Plan(text, close_again(folder), repair=repair, after=answers(), up=stage.server(lab.answers_with(b"ok")).port)


def close_again(folder):
    """nginx gives a cache directory to its user when it starts: a provoke that takes it back the first time."""
    closed = []

    def provoke(nginx):
        if not closed:
            os.chown(folder, 0, 0)
            closed.append(folder)
        nginx.get()

    return provoke


@case("a directory of root, named otherwise", "cache-path-permission-mkdir", "own", needs=["root"])
def pages_of_root(stage):
    return of_root(stage, "proxy_cache_path {folder}/pages levels=1:2 keys_zone=c:1m use_temp_path=off;")


@case("a directory of root, two levels, temporary files elsewhere", "cache-directory-missing", "own", needs=["root"])
def levels_of_root(stage):
    return of_root(stage, "proxy_cache_path {folder}/pages levels=1:2 keys_zone=c:1m;")


@case("files deleted to get fresh pages", "cache-vanished-or-locked", "bypass")
def deleted(stage):
    def refresh(nginx):
        """The operator's way to a fresh page: the header where nginx knows it, else rm."""
        nginx.get()
        if "proxy_cache_bypass" in open_text(nginx.path("nginx.conf")):
            nginx.get(headers=["X-Refresh: 1"])
        else:
            for path in glob.glob(nginx.path("cache", "*", "*", "*")):
                os.unlink(path)
        time.sleep(11)  # the cache manager looks every ten seconds

    text = site("proxy_cache_path {prefix}/cache levels=1:2 keys_zone=c:1m inactive=4s use_temp_path=off;")
    return Plan(text, refresh, after=answers(), up=stage.server(lab.answers_with(b"ok")).port)


@case("requests longer than inactive", "cache-vanished-or-locked-held", "larger", zone="c", size="1m")
def held(stage):
    def slow(nginx):
        assert nginx.get(timeout=30).endswith(b"ok")

    text = site("{change:http}").replace("{change:location}", "")
    was = {"http": "proxy_cache_path {prefix}/cache levels=1:2 keys_zone=c:1m inactive=1s use_temp_path=off;"}
    return Plan(text, slow, was=was, values={"cache_directory": "{prefix}/cache"}, after=answers(),
                up=stage.server(lab.answers_with(b"ok", delay=13)).port)


def open_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


BODY = bytes(1_500_000)


def ranges(_server, connection):
    """A server that honours Range."""
    lines = lab.read_request(connection).lower().split(b"\r\n")
    wanted = [line.split(b"=")[1].split(b"-") for line in lines if line.startswith(b"range:")]
    head = "HTTP/1.1 200 OK\r\n"
    first, last = 0, len(BODY) - 1
    if wanted:
        first, last = int(wanted[0][0]), min(int(wanted[0][1]), last)
        head = f"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {first}-{last}/{len(BODY)}\r\n"
    connection.sendall(f"{head}Content-Length: {last + 1 - first}\r\nConnection: close\r\n\r\n".encode() + BODY[first:last + 1])


@case("the key lacks the range", "slice-fault", "configure")
def slices(stage):
    text = site().replace("proxy_cache_valid 200 1h;", "")

    def whole(nginx):
        assert nginx.get().endswith(BODY), "the response is not whole"

    was = "slice 1m; proxy_cache_key $uri; proxy_set_header Range $slice_range; proxy_http_version 1.1; proxy_cache_valid 206 1h;"
    return Plan(text, get(), was={"location": was}, after=whole, up=stage.server(ranges).port)


@case("a page that takes two seconds", "cache-lock-timeout", "longer")
def lock(stage):
    return Plan(site(location="proxy_cache_lock on;"), at_a_time(2, "/"), was={"location": "proxy_cache_lock_timeout 1s;"}, level="info",
                after=answers(), up=stage.server(lab.answers_with(b"ok", delay=2)).port)


@case("proxy_store into a directory of root", "os-call-failed-file-store", "own", needs=["root"])
def stored(stage):
    nobody = pwd.getpwnam("nobody")
    for name, owner in (("closed", 0), ("store", nobody.pw_uid)):
        os.mkdir(stage.path(name))
        os.chown(stage.path(name), owner, -1)

    def kept(nginx):
        nginx.get("/a.js")
        with open(stage.path("store", "a.js"), "rb") as file:
            assert file.read() == b"ok", "the response is not in its place"

    text = "server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up};\n{change:location}\n} }"
    return Plan(lab.http(text), get("/a.js"), was={"location": "root {folder}/closed; proxy_store on;"}, after=kept,
                values={"store_directory": stage.path("store")}, up=stage.server(lab.answers_with(b"ok")).port)


@case("a file where a directory is wanted", "os-call-failed-file-store-name", "clash", needs=["root"])
def stored_below_a_file(stage):
    nobody = pwd.getpwnam("nobody")
    os.mkdir(stage.path("store"))
    os.chown(stage.path("store"), nobody.pw_uid, -1)
    plan = Plan(lab.http("server { listen 127.0.0.1:{port}; root {folder}/store; location / { proxy_pass http://127.0.0.1:{up}; {change:here} } }"),
                lambda nginx: [nginx.get(path) for path in ("/a", "/a/b")], was={"here": "proxy_store on;"}, after=answers(target="/a/b"),
                up=stage.server(lab.answers_with(b"ok")).port)
    plan.repair = lambda: plan.was.update(here="location ~ \\.(?:css|js|png|woff2)$ { proxy_pass http://127.0.0.1:{up}; proxy_store on; }")
    return plan
