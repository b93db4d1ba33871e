"""Cases of the area config-startup: sizes, zones, files and ports."""

import os
import resource
import shutil

import lab
from refusals import in_location, in_server, refusal, refused
from registry import Plan, Skip, answers, case

LONG_NAME = "a" * 60 + ".example"
PLAIN_SERVER = "server { listen 127.0.0.1:{port}; }"


def names(count):
    return "server_name " + " ".join(f"shop-{number}.example" for number in range(count)) + ";"


def with_server(text, other=""):
    return lab.http("{change:http} server { listen 127.0.0.1:{port}; " + text + " }" + other)


# nginx makes the hash of names only where an address has several servers.
OTHER_SERVER = "server { listen 127.0.0.1:{port}; server_name other.example; }"


refusal("a long server name", "conf-hash-size-bucket", "server-names", with_server(f"server_name {LONG_NAME};", OTHER_SERVER),
        "server_names_hash_bucket_size 64;", at="http")
refusal("a very long server name", "conf-hash-size-bucket", "server-names-more", with_server(f"server_name {2 * LONG_NAME};", OTHER_SERVER),
        "server_names_hash_bucket_size 128;", at="http")
refusal("a path that server_name took in", "conf-hash-size-bucket", "semicolon",
        with_server("{change:here} root /srv/" + LONG_NAME + ";", OTHER_SERVER), "server_name shop.example", "server_name shop.example;")
refusal("a long key of a map", "conf-hash-size-bucket", "other",
        lab.http("{change:here} map $host $to { " + 3 * "long-" + LONG_NAME + " 1; } " + PLAIN_SERVER), "map_hash_bucket_size 64;",
        "map_hash_bucket_size 256;")
refusal("many headers", "conf-hash-size", "proxy-headers",
        with_server("location / { proxy_pass http://127.0.0.1:1;\n"
                    + "\n".join(f"proxy_set_header X-Application-{number} 1;" for number in range(60)) + "}"),
        "proxy_headers_hash_max_size 64;", at="http")
refusal("many types", "conf-hash-size", "types",
        with_server("types { " + " ".join(f"a/b{number} {'x' * 30}{number};" for number in range(40)) + " }"),
        "types_hash_max_size 4;", at="http")
refusal("many server names", "conf-hash-size", "server-names", with_server(names(40), OTHER_SERVER), "server_names_hash_max_size 4;",
        at="http")
refusal("many variables", "conf-hash-size", "variables",
        with_server(" ".join(f"set $v{number} 1;" for number in range(80))), "variables_hash_max_size 8;", at="http")
refusal("busy buffers above all buffers", "conf-buffers-mismatch", "proxy", in_location(), "proxy_busy_buffers_size 256k;", at="location")
refusal("one buffer only", "conf-buffers-mismatch", "proxy", in_location(), "proxy_buffers 1 16k;", at="location")
refusal("a cache without its path", "conf-zone-unknown-cache", "declare", with_server("location / { proxy_cache pages; }"), at="http",
        cache_directory="{prefix}/cache")
refusal("limit_req without its zone", "conf-zone-unknown", "request-zone", with_server("limit_req zone=a;"), at="http")
refusal("limit_conn without its zone", "conf-zone-unknown", "connection-zone", with_server("limit_conn a 10;"), at="http")
refusal("an include that is not there", "conf-file-open-include", "path", in_server("include {change:here};"),
        "conf/conf/a.conf", "/dev/null")
refusal("an optional include", "conf-file-open-include", "glob", in_server("include {change:here};"),
        "{prefix}/local.conf", "{prefix}/local*.conf")
refusal("more sockets than connections", "conf-misc-connections", "more",
        "error_log stderr;\npid {prefix}/nginx.pid;\nevents { {change:events} }\nhttp { access_log off; server { "
        "listen 127.0.0.1:{port}; listen [::1]:{port}; } }", "worker_connections 1;", at="events")
refusal("a zone larger than the memory", "shared-memory-mmap-failed", "reduce",
        lab.http("limit_req_zone $binary_remote_addr zone=a:{change:here} rate=9r/s; " + PLAIN_SERVER), "900000000m", "10m")
refusal("an address of another machine", "listen-cannot-assign", "wildcard", lab.http("server {\n{change:server}\n}"),
        "listen 192.0.2.7:{port};", at="server", port="{port}")


@case("the directory of a log is missing", "conf-file-open", "directory")
def directory_of_a_log(stage):
    plan = refused(in_server(f"access_log {stage.path('later')}/access.log;"))
    plan.repair = lambda: os.mkdir(stage.path("later"))
    return plan


@case("the directory of the pid file is missing", "pid-file-directory", "directory")
def directory_of_the_pid_file(stage):
    text = in_server("").replace("pid {prefix}/nginx.pid;", f"pid {stage.path('run')}/nginx.pid;")
    plan = refused(text)
    plan.repair = lambda: os.mkdir(stage.path("run"))
    return plan


@case("more connections than files", "worker-connections-exceed-rlimit", "nofile", needs=["root"])
def connections_above_the_limit(_stage):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit > 100_000:
        raise Skip("not here: a limit of open files that is worth exceeding")
    text = lab.configuration(http="server { listen 127.0.0.1:{port}; return 200; }", main="{change:main}", connections=limit + 1)
    return Plan(text, values={"twice_worker_connections": 2 * limit}, after=answers(), tolerates=("worker-rlimit-not-permitted",))


@case("the working directory is missing", "conf-working-directory", "create", needs=["root"])
def working_directory(stage):
    return needs_its_working_directory(stage)


@case("no worker can start", "worker-exit-fatal", "before", needs=["root"])
def workers_that_end(stage):
    return needs_its_working_directory(stage)


def needs_its_working_directory(stage):
    folder = stage.path("cores")

    def make():
        os.mkdir(folder)
        shutil.chown(folder, "nobody")

    text = lab.configuration(http="server { listen 127.0.0.1:{port}; return 200; }", main=f"working_directory {folder};")
    return Plan(text, repair=make, after=answers())


@case("the directory of a unix socket is missing", "listen-unix-socket-directory", "directory")
def directory_of_a_socket(stage):
    plan = refused(lab.http(f"server {{ listen unix:{stage.path('run')}/a.sock; }}"))
    plan.repair = lambda: os.mkdir(stage.path("run"))
    return plan


@case("the directory of a unix socket is missing, another one", "listen-unix-socket-directory", "other")
def other_directory_of_a_socket(stage):
    return refused(lab.http("server { {change:server} }"), f"listen unix:{stage.path('run')}/a.sock;", at="server",
                   values={"socket_path": stage.path("a.sock")})
