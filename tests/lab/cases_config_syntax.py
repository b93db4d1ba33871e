"""Cases of the area config-startup: names, blocks and words that nginx does not take."""

import os
import re
import subprocess

import lab
from refusals import in_location, in_server, refusal, refused
from registry import Skip, case

ANYWHERE = lab.http("{change:here}")
TWO_SERVERS = """server { listen 127.0.0.1:{port} default_server; server_name a.example; }
    server { {change:here} server_name b.example; }"""
BROKEN_NAME = "no-such-host.invalid"


def version():
    text = subprocess.run([lab.find_nginx(), "-v"], capture_output=True, text=True, check=True).stderr
    return tuple(int(number) for number in re.search(r"/(\d+)\.(\d+)\.(\d+)", text).groups())


@case("stream without its module", "conf-unknown-directive-module", "load")
def unknown_for_want_of_a_module(stage):
    if not lab.module_path("stream"):
        raise Skip("not here: stream as a module")
    text = "{change:here}\nevents { }\nerror_log stderr;\npid {prefix}/nginx.pid;\nstream { }\n"
    return refused(text, "", f"load_module {lab.module_path('stream')};")


@case("http2 on, before 1.25.1", "conf-unknown-directive-version", "http2-on", needs=["root"])
def unknown_in_this_version(stage):
    if version() >= (1, 25, 1):
        raise Skip("not here: an nginx before 1.25.1")
    certificate, key = lab.make_certificate(stage.folder, "a.example")
    text = f"server {{ ssl_certificate {certificate}; ssl_certificate_key {key};\n{{change:server}} }}"
    return refused(lab.http(text), "listen 127.0.0.1:{port} ssl; http2 on;", at="server")


@case("tunnel_pass, before 1.31.0", "conf-unknown-directive-version", "since-1-31-0")
def unknown_before(_):
    if version() >= (1, 31, 0):
        raise Skip("not here: an nginx before 1.31.0")
    return refused(in_server(), "tunnel_pass;", "")


refusal("a slip of the pen", "conf-unknown-directive", "spelling", in_location("{change:here}"),
        "proxy_bufers 8 16k;", "proxy_buffers 8 16k;")
refusal("braces without quotes", "conf-unknown-directive-braces", "quote", in_server(),
        "location ~ ^/[0-9]{4}$ { return 204; }", 'location ~ "^/[0-9]{4}$" { return 204; }')
refusal("a no-break space", "conf-unknown-directive-invisible", "remove", in_location("{change:here}"),
        "\u00a0gzip on;", "gzip on;")
refusal("a byte order mark", "conf-unknown-directive-invisible", "remove", "{change:here}" + in_location(""), "\ufeff", "")
refusal("a server in a server", "conf-directive-not-allowed-here", "move", in_server() + "\n",
        "server { listen 127.0.0.1:{port}; }", "")
refusal("load_module below events", "conf-directive-not-allowed-here", "top", in_location("") + "{change:here}\n",
        "load_module /nonexistent.so;", "")
refusal("proxy_pass in server", "conf-directive-not-allowed-here", "location", in_server(),
        "proxy_pass http://127.0.0.1:1;", "location /a { proxy_pass http://127.0.0.1:1; }")
refusal("a zone in server", "conf-directive-not-allowed-here", "http-level", in_server(),
        "limit_req_zone $uri zone=a:1m rate=1r/s;", "")
refusal("worker_connections in http", "conf-directive-not-allowed-here", "events", lab.http("{change:here} server { listen 127.0.0.1:{port}; }"),
        "worker_connections 64;", "")
refusal("worker_processes in http", "conf-directive-not-allowed-here", "main", lab.http("{change:here} server { listen 127.0.0.1:{port}; }"),
        "worker_processes 2;", "")
refusal("http within http", "conf-directive-not-allowed-here", "move", ANYWHERE,
        "http { server { listen 127.0.0.1:{port}; } }", "server { listen 127.0.0.1:{port}; }")
refusal("no semicolon", "conf-syntax", "semicolon", in_location("{change:here}\nexpires 1h;"), "gzip on", "gzip on;")
refusal("braces of an expression", "conf-syntax", "quote", in_location(), "rewrite ^/a{2}$ /b last;", at="location")
refusal("one brace too many", "conf-syntax", "braces", ANYWHERE, "server { listen 127.0.0.1:{port}; } }",
        "server { listen 127.0.0.1:{port}; }")
refusal("no semicolon before a brace", "conf-syntax", "braces", in_server("location / { {change:here} }"), "gzip on", "gzip on;")
refusal("no semicolon before a block", "conf-syntax", "terminate", in_server("{change:here}\nlocation / { }"), "root /srv", "root /srv;")
refusal("one brace too few", "conf-syntax", "block", ANYWHERE, "server { listen 127.0.0.1:{port};",
        "server { listen 127.0.0.1:{port}; }")
refusal("a quote that nothing closes", "conf-syntax", "end", in_server(), 'add_header X-A "b;', 'add_header X-A "b";')
refusal("a semicolon behind a block", "conf-syntax", "extra", in_server(), "location /a { };", "location /a { }")
refusal("a block without its brace", "conf-syntax", "open", in_server(), "if ($arg_a);", "if ($arg_a) { return 403; }")
refusal("a brace of a variable", "conf-syntax", "bracket", in_server(), 'return 200 "${host";', 'return 200 "${host}";')
refusal("quotes within quotes", "conf-syntax-quote", "other-quotes", in_server(),
        'add_header Content-Security-Policy "script-src "self"";', """add_header Content-Security-Policy "script-src 'self'";""")
refusal("no semicolon after listen", "conf-invalid-value-semicolon", "semicolon", lab.http("server { {change:here} server_name a.example; }"),
        "listen 127.0.0.1:{port}", "listen 127.0.0.1:{port};")
refusal("no semicolon after ssl_protocols", "conf-invalid-value-semicolon", "semicolon", in_server("{change:here} ssl_prefer_server_ciphers on;"),
        "ssl_protocols TLSv1.2", "ssl_protocols TLSv1.2;")
refusal("no semicolon after access_log", "conf-invalid-value-semicolon", "semicolon", in_server("{change:here} error_log {prefix}/logs/e.log;"),
        "access_log {prefix}/logs/a.log", "access_log {prefix}/logs/a.log;")
refusal("no semicolon after server_name", "conf-server-name-suspicious-semicolon", "semicolon", in_server("{change:here} root /srv;"),
        "server_name a.example", "server_name a.example;")
refusal("a header's value without quotes", "conf-unknown-directive-unquoted", "quote", in_server(),
        "add_header Strict-Transport-Security max-age=31536000; includeSubDomains;",
        'add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;')
refusal("if without a space", "conf-unknown-directive-foreign", "if", in_server(), "if($arg_a = b) { return 403; }",
        "if ($arg_a = b) { return 403; }")
refusal("a line of Apache's", "conf-unknown-directive-foreign", "apache", in_server(), "DirectoryIndex index.html;", "index index.html;")
refusal("curved quotes", "conf-invalid-value-curly-quotes", "straight", in_server(), "add_header X-A \u201cb c\u201d;", 'add_header X-A "b c";')
refusal("the same twice in a block", "conf-duplicate-directive", "remove", in_server(),
        "client_max_body_size 1m; client_max_body_size 2m;", "client_max_body_size 2m;")
refusal("a unit that does not exist", "conf-invalid-value", "correct", in_server(),
        "proxy_http_version 2;", "proxy_http_version 1.1;")
refusal("megabytes as mb", "conf-invalid-value", "size", in_server(), "client_max_body_size 5mb;", "client_max_body_size 5m;")
refusal("seconds as sec", "conf-invalid-value", "time", in_server(), "keepalive_timeout 65sec;", "keepalive_timeout 65s;")
refusal("a flag of Apache's rewrite", "conf-invalid-value", "permanent", in_server(), "rewrite ^/a$ /b R=301;", "rewrite ^/a$ /b permanent;")
refusal("a parameter that does not exist", "conf-invalid-value", "correct", lab.http("server { {change:here} }"),
        "listen 127.0.0.1:{port} quik;", "listen 127.0.0.1:{port};")
refusal("a variable of the WebSocket recipe", "conf-unknown-variable", "websocket",
        lab.http("{change:http} server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:1;"
                 " proxy_set_header Connection $connection_upgrade; } }"), at="http")
refusal("memcached_pass without a key", "conf-unknown-variable", "memcached", in_location("memcached_pass 127.0.0.1:11211;\n{change:location}"),
        at="location")
refusal("a variable that nobody defines", "conf-unknown-variable", "define",
        lab.http("{change:http} server { listen 127.0.0.1:{port}; return 200 $tenant; }"), at="http")
refusal("a variable of a template", "conf-unknown-variable", "template", in_server(),
        "server_name $DOMAIN; return 301 https://${DOMAIN}/;", "server_name a.example; return 301 https://a.example/;")
refusal("the same location twice", "conf-duplicate-location", "merge", in_server(),
        "location /a { gzip on; } location /a { expires 1h; }", "location /a { gzip on; expires 1h; }")
refusal("two default servers", "conf-listen-conflict", "one", lab.http(TWO_SERVERS),
        "listen 127.0.0.1:{port} default_server;", "listen 127.0.0.1:{port};")
refusal("options at two listens", "conf-listen-conflict", "one", lab.http(TWO_SERVERS.replace("default_server", "backlog=64")),
        "listen 127.0.0.1:{port} backlog=128;", "listen 127.0.0.1:{port};")
refusal("the same listen twice", "conf-listen-conflict-twice", "http", lab.http("server { listen 127.0.0.1:{port}; {change:here} }"),
        "listen 127.0.0.1:{port};", "")
refusal("two servers of one name", "conf-conflicting-server-name", "remove", lab.http(TWO_SERVERS),
        "listen 127.0.0.1:{port}; server_name a.example;", "listen 127.0.0.1:{port};")
refusal("an upstream without servers", "conf-upstream-definition-empty", "group",
        lab.http("{change:http} server { listen 127.0.0.1:{port}; location / { proxy_pass http://app; } }"), "upstream app { }",
        at="http", group_name="app", backend_address="127.0.0.1", backend_port=8080)
GROUP_USED = "upstream app { server 127.0.0.1:1; } server { listen 127.0.0.1:{port}; location / { {change:here} } }"
refusal("a group with a port", "conf-upstream-definition", "message", lab.http(GROUP_USED), "proxy_pass http://app:8080;", "proxy_pass http://app;")
refusal("a group's name with another letter", "conf-upstream-definition-no-port", "group", lab.http(GROUP_USED), "fastcgi_pass apps;", "fastcgi_pass app;")
refusal("a host without a port", "conf-upstream-definition-no-port", "port", lab.http(GROUP_USED), "grpc_pass 127.0.0.1;", "grpc_pass grpc://127.0.0.1:50051;")
refusal("a path behind the address", "conf-proxy-pass-uri-in-regex", "rewrite",
        in_server("location ~ ^/old/ {\n{change:location}\n}"), "proxy_pass http://127.0.0.1:8080/new/;", at="location",
        backend_address="127.0.0.1", backend_port=8080)
refusal("an unknown name, taken when it is needed", "conf-host-not-found", "run-time", in_location(),
        f"proxy_pass http://{BROKEN_NAME}:8080;", at="location", name_server="127.0.0.1", port=8080)
refusal("a name in listen", "conf-host-not-found-fixed", "listen", lab.http("server { {change:server} }"),
        f"listen {BROKEN_NAME}:{{port}};", at="server")
refusal("a star in set_real_ip_from", "conf-host-not-found-fixed", "address", in_server(), "set_real_ip_from *;", "set_real_ip_from 10.0.0.0/8;")
refusal("an unknown name, corrected", "conf-host-not-found", "name", in_location("{change:here}"),
        f"proxy_pass http://{BROKEN_NAME}:8080;", "proxy_pass http://localhost:8080;")
refusal("a bracket is missing", "conf-regex", "correct", in_server("location ~ {change:here} { }"), "^/(a", "^/(a)")
refusal("a user that does not exist", "conf-user-unknown", "name",
        lab.configuration(http="server { listen 127.0.0.1:{port}; }", main="{change:main}"), "user no-such-user;", at="main",
        needs=["root"], nginx_user="daemon")
refusal("a module that is not there", "conf-module-load-missing", "install", "{change:here}" + in_location(""),
        "load_module /nonexistent/ngx_http_geoip_module.so;", "")
refusal("text/html in gzip_types", "conf-duplicate-mime", "remove", in_server(),
        "gzip_types text/html text/css;", "gzip_types text/css;")
refusal("a log format that is not defined", "conf-misc-log-format", "define",
        lab.http("{change:http} server { listen 127.0.0.1:{port}; access_log {prefix}/logs/a.log shop; }"), at="http", value="shop")
refusal("host bits in a network", "conf-misc-network", "network", in_server(), "allow 10.1.2.3/8;", "allow 10.0.0.0/8;")
refusal("an obsolete directive", "conf-deprecated", "message", in_server(), "http2_max_field_size 8k;", "")


@case("loaded twice", "conf-module-load", "once")
def module_twice(stage):
    if not lab.module_path("stream"):
        raise Skip("not here: stream as a module")
    load = f"load_module {lab.module_path('stream')};\n"
    return refused(load + "{change:here}" + in_location(""), load, "")


@case("ssl on", "conf-deprecated", "ssl", needs=["root"])
def ssl_on(stage):
    if version() >= (1, 25, 1):
        raise Skip("not here: an nginx before 1.25.1")
    certificate, key = lab.make_certificate(stage.folder, "a.example")
    text = f"server {{ ssl_certificate {certificate}; ssl_certificate_key {key};\n{{change:server}} }}"
    return refused(lab.http(text), "listen 127.0.0.1:{port}; ssl on;", at="server")


@case("a module without the one that it needs", "conf-module-load-missing", "same-build", needs=["lua"])
def module_without_its_base(_stage):
    base = os.path.join(lab.MODULES, "ndk_http_module.so")
    if not os.path.exists(base):
        raise Skip("not here: the development kit as a module of its own")
    load = f"load_module {lab.module_path('http_lua')};\n"
    return refused("{change:here}" + in_location(""), load, f"load_module {base};\n{load}")


refusal("a no-break space behind the name", "conf-unknown-directive-invisible", "remove", in_server(), "root\u00a0/srv;", "root /srv;")
refusal("a comment of another language", "conf-unknown-directive-foreign", "comment", in_server(), "// static files\nroot /srv;", "# static files\nroot /srv;")
refusal("a merge that was not finished", "conf-unknown-directive-foreign", "merge", in_server(),
        "<<<<<<< HEAD\nroot /srv/a;\n=======\nroot /srv/b;\n>>>>>>> new\n", "root /srv/b;")
refusal("a colon behind the name", "conf-unknown-directive-foreign", "colon", in_server(), "root: /srv;", "root /srv;")
refusal("a health check", "conf-unknown-directive-version", "plus", in_location("{change:here}"), "health_check;", "")
refusal("a location without a server", "conf-directive-not-allowed-here", "server", lab.http("{change:here}"), "location / { }",
        "server { listen 127.0.0.1:{port}; location / { } }")
refusal("a server without http", "conf-directive-not-allowed-here", "http", lab.http("server { listen 127.0.0.1:{port}; }") + "{change:here}",
        "server { }", "")
refusal("one group where two are wanted", "conf-regex", "captures", in_location(), "fastcgi_split_path_info ^(.+\\.php);", at="location")
refusal("two name servers with a comma", "conf-host-not-found-fixed", "comma", in_server(), "resolver 127.0.0.1, 127.0.0.2;", "resolver 127.0.0.1 127.0.0.2;")
refusal("two ports in one listen", "conf-host-not-found-fixed", "comma", lab.http("server { {change:here} }"),
        "listen {port},;", "listen {port};")
refusal("spaces around =", "conf-invalid-value", "spaces", lab.http("upstream a { {change:here} }"), "server 127.0.0.1:1 weight = 5;",
        "server 127.0.0.1:1 weight=5;")
refusal("udp in http", "conf-invalid-value", "udp", lab.http("server { {change:here} }"), "listen 127.0.0.1:{port} udp;", "listen 127.0.0.1:{port};")
