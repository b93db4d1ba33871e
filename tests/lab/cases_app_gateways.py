"""Cases of the area app-gateways: FastCGI with PHP-FPM, uwsgi, gRPC and memcached."""

import grp
import os
import pwd

import certificates
import lab
import registry
import servers
from registry import Plan, answers, case, get

PARAMS = {"fastcgi_params": """
fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param SCRIPT_NAME $fastcgi_script_name;
fastcgi_param REQUEST_URI $request_uri;
fastcgi_param DOCUMENT_ROOT $document_root;
fastcgi_param SERVER_PROTOCOL $server_protocol;
"""}
SCRIPT = "include fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;"
PHP_SITE = """server {
        listen 127.0.0.1:{port};
{change:server}
        location ~ \\.php$ {
            fastcgi_pass unix:{folder}/php.sock;
{change:location}
        }
    }"""
HELLO = "<?php echo 'hello';"
PHP = ["php-fpm*"]


class PhpFpm:
    """PHP-FPM on a socket of the stage, serving site/ there."""

    def __init__(self, stage, **settings):
        self.stage, self.process = stage, None
        stage.write("site/index.php", HELLO)
        self.restart(**settings)

    def restart(self, **settings):
        """Starts it, anew if it runs, with these values of php.ini."""
        if self.process:
            registry.end(self.process)
        user = f"user = nobody\ngroup = {grp.getgrgid(pwd.getpwnam('nobody').pw_gid).gr_name}\n" if os.geteuid() == 0 else ""
        settings = {"log_errors": 1, "display_errors": 0, **settings}
        values = "".join(f"php_admin_value[{name}] = {value}\n" for name, value in settings.items())
        socket = self.stage.path("php.sock")
        config = self.stage.write("php-fpm.conf", f"""[global]
error_log = {self.stage.path("php-fpm.log")}
daemonize = no
[lab]
listen = {socket}
listen.mode = 0666
{user}pm = static
pm.max_children = 1
{values}""")
        if os.path.exists(socket):
            os.unlink(socket)
        self.process = self.stage.run(registry.find_program("php-fpm*"), "-n", "-F", "-y", config)
        lab.wait_for(lambda: os.path.exists(socket), what="php-fpm")


def php(script, target="/index.php", **options):
    """A plan of a site that runs PHP scripts of site/; `script` is what location holds beside."""
    text = PHP_SITE.replace("{change:server}", "root {folder}/site;").replace("{change:location}", script + "\n{change:location}")
    return Plan(lab.http(text), get(target), files=PARAMS, **options)


@case("root leads elsewhere", "fastcgi-primary-script-unknown", "script-filename", kind="fastcgi", needs=PHP)
def root_elsewhere(stage):
    PhpFpm(stage)
    return Plan(lab.http(PHP_SITE), get("/index.php"), was={"server": "root {folder}/wrong;", "location": SCRIPT}, files=PARAMS,
                values={"document_root": stage.path("site")}, after=answers(target="/index.php"))


@case("scripts that are not there", "fastcgi-primary-script-unknown", "probes", kind="fastcgi", needs=PHP)
def not_there(stage):
    PhpFpm(stage)
    return php(SCRIPT, "/old-page.php", after=answers(target="/index.php"))


@case("a scanner", "fastcgi-primary-script-unknown-probe", "try-files", kind="fastcgi", needs=PHP)
def scanner(stage):
    PhpFpm(stage)
    return php(SCRIPT, "/phpmyadmin/index.php", after=answers(target="/index.php"))


@case("open_basedir of another site", "fastcgi-primary-script-unknown-open-basedir", "nginx", kind="fastcgi", needs=PHP)
def other_site(stage):
    PhpFpm(stage)
    text = PHP_SITE.replace("{change:server}", "root {folder}/site;").replace("{change:location}", SCRIPT + "\n{change:location}")
    return Plan(lab.http(text), get("/index.php"), was={"location": 'fastcgi_param PHP_ADMIN_VALUE "open_basedir={folder}/other/";'},
                files=PARAMS, values={"project_directory": stage.path("site")}, after=answers(target="/index.php"))


@case("open_basedir of the pool", "fastcgi-primary-script-unknown-open-basedir", "php", kind="fastcgi", needs=PHP)
def pool_open_basedir(stage):
    fpm = PhpFpm(stage, open_basedir=stage.path("other") + "/")
    return php(SCRIPT, repair=lambda: fpm.restart(open_basedir=stage.path("site") + "/"), after=answers(target="/index.php"))


@case("a script that PHP may not read", "fastcgi-primary-script-unknown-denied", "acl", kind="fastcgi", needs=PHP)
def closed_script(stage):
    PhpFpm(stage)
    os.chmod(stage.path("site/index.php"), 0)
    return php(SCRIPT, repair=lambda: os.chmod(stage.path("site/index.php"), 0o644), after=answers(target="/index.php"))


@case("a path below an upload", "fastcgi-security-limit-extensions", "only-php", kind="fastcgi", needs=PHP)
def below_upload(stage):
    PhpFpm(stage)
    stage.write("site/photo.jpg", "no script")
    text = PHP_SITE.replace("{change:server}", "root {folder}/site;\n{change:server}")
    text = text.replace("{change:location}", SCRIPT + "\n{change:location}")
    return Plan(lab.http(text), get("/photo.jpg/x.php"), files=PARAMS, after=answers(target="/index.php"))


@case("a larger memory_limit", "php-fatal-memory", "limit", needs=PHP)
def memory(stage):
    fpm = PhpFpm(stage, memory_limit="4M")
    stage.write("site/index.php", "<?php echo strlen(str_repeat('x', 8000000));")
    return php(SCRIPT, repair=lambda: fpm.restart(memory_limit="64M"), after=answers(target="/index.php"))


@case("more time", "php-fatal-time", "limit", kind="fastcgi", needs=PHP)
def time(stage):
    fpm = PhpFpm(stage, max_execution_time=1)
    stage.write("site/index.php", """<?php
function used() { $usage = getrusage(); return $usage['ru_utime.tv_sec'] + $usage['ru_utime.tv_usec'] / 1e6; }
for ($begin = used(); used() < $begin + 1.2;);
""")
    return php(SCRIPT, repair=lambda: fpm.restart(max_execution_time=30), after=answers(target="/index.php"))


def mended(stage, script, **settings):
    PhpFpm(stage, **settings)
    stage.write("site/index.php", script)
    return php(SCRIPT, repair=lambda: stage.write("site/index.php", HELLO), after=answers(target="/index.php"))


@case("the script is mended", "php-fatal-parse", "repair", needs=PHP)
def parse(stage):
    return mended(stage, "<?php echo 'hello' 'again';")


@case("the code is mended", "php-fatal", "code", needs=PHP)
def fatal(stage):
    return mended(stage, "<?php nobody_defined_this();")


@case("PHP has a log of its own", "php-warning", "own-log", needs=PHP)
def warning(stage):
    fpm = PhpFpm(stage)
    stage.write("site/index.php", "<?php echo $nobody_set_this;")
    return php(SCRIPT, repair=lambda: fpm.restart(error_log=stage.write("php.log", "", 0o666)), after=answers(target="/index.php"))


def one(text):
    return {"location": text}


def location(before="", after=""):
    return lab.http(f"server {{ listen 127.0.0.1:{{port}}; location / {{ {before}\n{{change:location}}\n{after} }} }}")


@case("fastcgi_pass to an HTTP server", "fastcgi-protocol-mismatch", "right-address", kind="fastcgi")
def http_server(stage):
    good = stage.server(servers.fastcgi(b"Status: 200 OK\r\n\r\nok"))
    return Plan(location(), get(), was=one("fastcgi_pass 127.0.0.1:{wrong};"), values={"fastcgi_addr": f"127.0.0.1:{good.port}"},
                after=answers(), wrong=stage.server(servers.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")).port)


@case("an end without a beginning", "fastcgi-protocol-mismatch-ended", "stderr", kind="fastcgi")
def ended(stage):
    end = bytes((1, 3, 0, 1, 0, 8, 0, 0)) + bytes(8)
    behaviour = servers.Repairable(servers.raw(end), servers.fastcgi(b"Status: 200 OK\r\n\r\nok"))
    return Plan(location("fastcgi_pass 127.0.0.1:{up};").replace("{change:location}", ""), get(), repair=behaviour.repair,
                after=answers(), up=stage.server(behaviour).port)


@case("cookies of 90 kB", "uwsgi-request-size", "smaller")
def large_cookies(stage):
    text = """server { listen 127.0.0.1:{port};
{change:server}
        location / { uwsgi_pass 127.0.0.1:{up}; }
    }"""
    cookies = [f"X-Cookie-{number}: " + "c" * 30_000 for number in range(3)]
    return Plan(lab.http(text), get(headers=cookies), was={"server": "large_client_header_buffers 4 64k;"}, after=answers(),
                up=stage.server(servers.uwsgi(b"ok")).port)


@case("an HTTP/1 server", "grpc-protocol-mismatch", "http-server", kind="grpc")
def http_1(stage):
    good = stage.server(servers.grpc())
    return Plan(location(), get(), was=one("grpc_pass grpc://127.0.0.1:{wrong};"), values={"grpc_addr": f"127.0.0.1:{good.port}"},
                after=answers(), wrong=stage.server(servers.raw(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")).port)


def of_a_tls_port(stage, refusal):
    """A server of gRPC over TLS, which answers what is no TLS with `refusal`."""
    tls = certificates.serving(certificates.self_signed(stage, "app.example"))
    tls.set_alpn_protocols(["h2"])
    up = stage.server(servers.tls_or(refusal, tls, servers.grpc()))
    return Plan(location(), get(), was=one("grpc_pass grpc://127.0.0.1:{up};"), after=answers(), up=up.port)


@case("a TLS port", "grpc-protocol-mismatch", "tls", kind="grpc", upstream_name="app.example")
def tls_port(stage):
    return of_a_tls_port(stage, b"\x15\x03\x01\x00\x02\x02\x46\x00\x00")


@case("a TLS port that answers in plain HTTP", "grpc-protocol-mismatch", "tls-told", kind="grpc", upstream_name="app.example")
def tls_port_that_tells(stage):
    return of_a_tls_port(stage, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@case("the server resets calls no longer", "grpc-upstream-error", "server", kind="grpc")
def resets_calls(stage):
    broken = servers.grpc(lambda stream: servers.frame(3, 0, stream, (2).to_bytes(4, "big")))
    behaviour = servers.Repairable(broken, servers.grpc())
    return Plan(location("grpc_pass grpc://127.0.0.1:{up};").replace("{change:location}", ""), get(), repair=behaviour.repair,
                after=answers(), up=stage.server(behaviour).port)


def two_protocols(_server, connection):
    """A server of HTTP/1.1 and of gRPC on one port, which keeps connections."""
    if connection.recv(3, lab.socket.MSG_PEEK) == b"PRI":
        servers.grpc()(_server, connection)
    while lab.read_request(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@case("HTTP/1 and gRPC through one group", "grpc-keepalive-mixed", "groups", kind="grpc")
def mixed_group(stage):
    text = """upstream both { server 127.0.0.1:{up}; keepalive 4; }
    upstream calls {
{change:upstream}
    }
    server {
        listen 127.0.0.1:{port};
        location / { grpc_pass grpc://{change:here}; }
        location /page { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://both; }
    }"""

    def page_then_call(nginx):
        get("/page")(nginx)
        get()(nginx)

    plan = Plan(lab.http(text), page_then_call, was={"upstream": "server 127.0.0.1:{up};", "here": "both"}, after=answers(),
                up=stage.server(two_protocols).port)
    plan.repair = lambda: plan.was.update(here="calls")
    return plan


@case("memcached_pass to an HTTP server", "memcached-fault", "address", kind="memcached")
def not_memcached(stage):
    good = stage.server(servers.memcached({b"/": b"value"}))
    return Plan(location("set $memcached_key $uri;"), get(), was=one("memcached_pass 127.0.0.1:{wrong};"), after=answers(),
                values={"memcached_addr": f"127.0.0.1:{good.port}"},
                wrong=stage.server(servers.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")).port)


@case("no key", "memcached-fault-key-not-set", "set")
def no_key(stage):
    text = location(after="memcached_pass 127.0.0.1:{up};").replace("location /", "location /other { set $memcached_key $uri; } location /")
    return Plan(text, get(), after=answers(),
                up=stage.server(servers.memcached({b"/?": b"value"})).port)
