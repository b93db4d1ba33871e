"""Cases of the area config-startup: values that a directive does not take, and what it needs beside itself."""

import lab
from refusals import in_server, refusal, refused
from registry import case

HTTP_HERE = lab.http("{change:http} server { listen 127.0.0.1:{port}; }")
LISTENS = lab.http("server { {change:here} }")
NAMED = in_server("server_name {change:here};")


def corrected(class_id, suggestion, configuration, *pairs):
    """Several cases of one class: what nginx refuses, and what the advice makes of it."""
    for fault, good in pairs:
        refusal(fault.strip(" ;"), class_id, suggestion, configuration, fault, good)


corrected("conf-invalid-value-listen", "form", LISTENS,
          ("listen 127.0.0.1:99999;", "listen 127.0.0.1:{port};"),
          ("listen 127.0.0.1:{port} backlog=many;", "listen 127.0.0.1:{port} backlog=512;"),
          ("listen 127.0.0.1:{port} so_keepalive=yes;", "listen 127.0.0.1:{port} so_keepalive=on;"))
corrected("conf-invalid-value-address", "form", in_server(),
          ("resolver 127.0.0.1:99999;", "resolver 127.0.0.53;"),
          ("set_real_ip_from 10.0.0.0/33;", "set_real_ip_from 10.0.0.0/8;"))
corrected("conf-invalid-value-zone", "size", lab.http("{change:here} server { listen 127.0.0.1:{port}; }"),
          ("limit_req_zone $binary_remote_addr zone=perip:16k rate=10r/s;",
           "limit_req_zone $binary_remote_addr zone=perip:10m rate=10r/s;"),
          ("ssl_session_cache shared:SSL;", "ssl_session_cache shared:SSL:10m;"))
corrected("conf-invalid-value-log", "form", in_server(),
          ("error_log {prefix}/logs/a.log verbose;", "error_log {prefix}/logs/a.log warn;"),
          ("access_log syslog:server=127.0.0.1,facility=local9;", "access_log syslog:server=127.0.0.1,facility=local7;"),
          ("access_log {prefix}/logs/a.log combined flush=5s;", "access_log {prefix}/logs/a.log combined buffer=64k flush=5s;"))
corrected("conf-invalid-value-geo", "entry", lab.http("geo $office { {change:here} } server { listen 127.0.0.1:{port}; }"),
          ("10.0.0.0/8 a; 10.0.0.0/8 b;", "10.0.0.0/8 a;"))
corrected("conf-invalid-value-map", "twice", lab.http("map $uri $x { {change:here} } server { listen 127.0.0.1:{port}; }"),
          ("a 1; a 2;", "a 1;"), ("a 1; A 2;", "a 1;"), ("default 1; default 2;", "default 1;"))
refusal("no semicolon in map", "conf-invalid-value-map", "semicolon",
        lab.http("map $uri $x { a {change:here}\nc 2; } server { listen 127.0.0.1:{port}; }"), "1", "1;")
corrected("conf-invalid-value-map", "entry", lab.http("split_clients $uri $x { {change:here} } server { listen 127.0.0.1:{port}; }"),
          ("60% a; 50% b;", "60% a; * b;"))
corrected("conf-misc-location-root", "plain", in_server(), ("root $document_root/a;", "root /srv/a;"))
refusal("alias in a named location", "conf-misc-location-root", "named", in_server("location @a {\n{change:location}\n}"), "alias /srv;",
        at="location", document_root="/srv")
refusal("any as a time", "conf-invalid-value-cache-valid", "valid", in_server("location / {\n{change:location}\n}"),
        "proxy_cache_valid 10m any;", at="location")
corrected("conf-invalid-value-cache-valid", "method", in_server("location / { {change:here} }"),
          ("limit_except FOO { deny all; }", "limit_except GET { deny all; }"))
corrected("conf-upstream-definition-scheme", "address", lab.http("upstream a { {change:here} }"),
          ("server http://127.0.0.1:8080;", "server 127.0.0.1:8080;"))
corrected("conf-upstream-definition-scheme", "address", in_server("location / { {change:here} }"),
          ("fastcgi_pass http://127.0.0.1:9000;", "fastcgi_pass 127.0.0.1:9000;"))
corrected("conf-upstream-definition-prefix", "message", in_server("location / { {change:here} }"),
          ("proxy_pass 127.0.0.1:8080;", "proxy_pass http://127.0.0.1:8080;"),
          ("proxy_pass ws://127.0.0.1:8080;", "proxy_pass http://127.0.0.1:8080;"))
corrected("conf-upstream-definition-address", "ipv6", in_server("location / { {change:here} }"),
          ("proxy_pass http://2001:db8::1:8080;", "proxy_pass http://[2001:db8::1]:8080;"))
corrected("conf-upstream-definition-address", "unix", in_server("location / { {change:here} }"),
          ("fastcgi_pass /run/php/php-fpm.sock;", "fastcgi_pass unix:/run/php/php-fpm.sock;"))
corrected("conf-upstream-definition-address", "address", lab.http("upstream a { {change:here} }"),
          ("server 127.0.0.1:8080/app;", "server 127.0.0.1:8080;"))
corrected("conf-upstream-definition-duplicate", "rename", lab.http("upstream a { server 127.0.0.1:1; } {change:here}"),
          ("upstream a { server 127.0.0.1:2; }", "upstream b { server 127.0.0.1:2; }"))
corrected("conf-upstream-definition-parameter", "drop", lab.http("upstream a { {change:here} server 127.0.0.1:1; server 127.0.0.1:2 backup; }"),
          ("ip_hash;", "least_conn;"))
corrected("conf-upstream-definition-empty", "primary", lab.http("upstream a { {change:here} } server { listen 127.0.0.1:{port}; location / { proxy_pass http://a; } }"),
          ("server 127.0.0.1:1 backup;", "server 127.0.0.1:1;"))
corrected("conf-misc-location-modifier", "modifier", in_server(), ("location ~~ /a { }", "location ~ /a { }"))
corrected("conf-misc-location", "move", in_server(),
          ("location /a { location /b { } }", "location /a { } location /b { }"),
          ("location = /a { location /a/b { } }", "location = /a { } location /a/b { }"))
corrected("conf-invalid-value-incompatible", "choose", lab.http("proxy_cache_path {prefix}/cache keys_zone=a:1m;\n"
          "server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:1; {change:here} } }"),
          ("proxy_cache a; proxy_store on;", "proxy_cache a;"))
corrected("conf-invalid-value-size", "bound", in_server(),
          ("connection_pool_size 500;", "connection_pool_size 512;"),
          ("gzip_comp_level 12;", "gzip_comp_level 9;"))
corrected("conf-invalid-value-server-name", "form", NAMED,
          ("*shop.example", "*.shop.example"))
refusal("an asterisk inside", "conf-invalid-value-server-name", "form",
        lab.http("server { listen 127.0.0.1:{port}; } server { listen 127.0.0.1:{port}; server_name {change:here}; }"), "a.*.example",
        "*.example")
corrected("conf-server-name-suspicious", "name", NAMED, ("https://shop.example/", "shop.example"))
corrected("conf-invalid-value-variable", "name", in_server(),
          ("set lang de;", "set $lang de;"),
          ("set $host a;", "set $my_host a;"))
corrected("conf-invalid-value-rewrite", "form", in_server(),
          ("if ($a && $b) { return 403; }", "if ($arg_a = b) { return 403; }"),
          ("return 1200;", "return 301 https://$host$request_uri;"),
          ("error_page 200 /50x.html;", "error_page 500 502 /50x.html;"))
corrected("conf-invalid-value-on-off", "word", in_server(), ("sendfile yes;", "sendfile on;"))
corrected("conf-hash-size-bucket-large", "smaller", lab.http("{change:here} server { listen 127.0.0.1:{port}; }"),
          ("variables_hash_bucket_size 70000;", "variables_hash_bucket_size 128;"))

refusal("a cache without its zone", "conf-invalid-value-cache-path", "form", HTTP_HERE, "proxy_cache_path {prefix}/cache levels=1:2;",
        at="http", cache_directory="{prefix}/cache", zone="pages")
refusal("half a request a second", "conf-invalid-value-limit", "form", HTTP_HERE,
        "limit_req_zone $binary_remote_addr zone=perip:1m rate=0.5r/s;", at="http", zone="perip")
refusal("a cache of files without max", "conf-invalid-value-open-file-cache", "form", HTTP_HERE, "open_file_cache inactive=20s;", at="http")
refusal("aio with a pool that is not defined", "conf-misc-thread-pool", "define",
        lab.configuration(http="server { listen 127.0.0.1:{port}; aio threads=disks; }", main="{change:main}"), at="main", pool="disks")
refusal("a FastCGI cache without its key", "conf-misc-cache-key", "key",
        lab.http("{change:http} fastcgi_cache_path {prefix}/cache keys_zone=a:1m; server { listen 127.0.0.1:{port};\n"
                 "location / { fastcgi_pass 127.0.0.1:1; fastcgi_cache a; } }"), at="http")
refusal("the second index is absolute", "conf-misc", "message", in_server(), "index /a.html index.html;", "index index.html /a.html;")


@case("a plain dollar sign", "conf-unknown-variable", "dollar")
def dollar(_stage):
    plan = refused(lab.http("{change:http} server { listen 127.0.0.1:{port}; return 200 \"price: {change:here}5\"; }"), "$price ",
                   "${dollar} ")
    return plan


@case("a file without events", "conf-misc-events", "events")
def no_events(_stage):
    plan = refused("pid {prefix}/nginx.pid;\nerror_log stderr;\n{change:open}\n{change:events}\n{change:close}\n")
    plan.repair = lambda: plan.was.update(open="events {", close="}")
    return plan


def module_server(kind, text, at_first, then):
    """A refusal in stream { } or mail { }."""

    def scene(_stage):
        return refused(lab.configuration(**{kind: f"server {{ {text} {{change:here}} }}"}), at_first, then)

    return scene


case("a stream server without listen", "conf-misc-server-incomplete", "listen", needs=["stream"])(
    module_server("stream", "proxy_pass 127.0.0.1:1;", "", "listen 127.0.0.1:{port};"))
case("a stream server without proxy_pass", "conf-misc-server-incomplete", "listen", needs=["stream"])(
    module_server("stream", "listen 127.0.0.1:{port};", "", "proxy_pass 127.0.0.1:1;"))
case("a mail server without auth_http", "conf-misc-server-incomplete", "listen", needs=["mail"])(
    module_server("mail", "listen 127.0.0.1:{port}; protocol imap;", "", "auth_http 127.0.0.1:9000/auth;"))
refusal("masks for fewer workers", "conf-invalid-value-size-affinity", "auto",
        lab.configuration(http="server { listen 127.0.0.1:{port}; }", main="").replace("worker_processes 1;", "{change:main}"),
        "worker_processes 4; worker_cpu_affinity 01 10;", at="main")
corrected("conf-upstream-definition-method", "order", lab.http("upstream a { {change:here} server 127.0.0.1:1; }"),
          ("keepalive 4; least_conn;", "least_conn; keepalive 4;"), ("ip_hash; least_conn;", "least_conn;"))
corrected("conf-zone-unknown-changed-twice", "size", lab.http("upstream a { zone one 64k; server 127.0.0.1:1; } upstream b { {change:here} server 127.0.0.1:2; }"),
          ("zone one 128k;", "zone one 64k;"), ("zone one 256k;", "zone two 256k;"))
corrected("conf-zone-unknown-changed-twice", "once",
          lab.http("limit_req_zone $binary_remote_addr zone=a:1m rate=9r/s; {change:here} server { listen 127.0.0.1:{port}; }"),
          ("limit_req_zone $host zone=a:1m rate=9r/s;", "limit_req_zone $host zone=by_host:1m rate=9r/s;"))
corrected("conf-zone-unknown-changed-twice", "use",
          lab.http("limit_req_zone $binary_remote_addr zone=a:1m rate=9r/s; {change:here} server { listen 127.0.0.1:{port}; }"),
          ("limit_conn_zone $host zone=a:1m;", "limit_conn_zone $host zone=by_host:1m;"))
corrected("conf-invalid-value-zone", "twice", lab.http("proxy_cache_path {prefix}/a keys_zone=pages:1m; {change:here} server { listen 127.0.0.1:{port}; }"),
          ("proxy_cache_path {prefix}/b keys_zone=pages:1m;", "proxy_cache_path {prefix}/b keys_zone=images:1m;"))
corrected("conf-invalid-value", "quote", in_server(),
          ("add_header Content-Security-Policy default-src 'self';", "add_header Content-Security-Policy \"default-src 'self'\";"))
corrected("conf-invalid-value", "keepalive", lab.http("upstream a { server 127.0.0.1:1; {change:here} }"), ("keepalive no;", "keepalive 4;"))
corrected("conf-invalid-value", "plus", lab.http("upstream a { {change:here} }"), ("server 127.0.0.1:1 slow_start=30s;", "server 127.0.0.1:1;"))
corrected("conf-invalid-value-incompatible", "order", in_server("location / { {change:here} }"),
          ("proxy_redirect default; proxy_pass http://127.0.0.1:1;", "proxy_pass http://127.0.0.1:1; proxy_redirect default;"))
corrected("conf-invalid-value-incompatible", "both-parts", in_server("set $a b; location / { proxy_pass http://$a; {change:here} }"),
          ("proxy_redirect default;", "proxy_redirect http://backend.example/ /;"))
refusal("nobody may refer", "conf-invalid-value-incompatible", "referers",
        in_server("server_name a.example; location / {\n{change:location}\nif ($invalid_referer) { return 403; } }"), "valid_referers none blocked;",
        at="location")
corrected("conf-host-not-found-fixed", "template", lab.http("server { listen {change:here}; }"), ("${PORT}", "127.0.0.1:{port}"))
case("combined in stream", "conf-misc-log-format", "stream", needs=["stream"])(
    lambda stage: refused(lab.configuration(stream="{change:stream}\nserver { listen 127.0.0.1:{port}; return a;\n"
                                                   "access_log {prefix}/logs/a.log combined; }"), at="stream"))
