"""Cases of the area static-files: rewrite, try_files, variables and named locations."""

import lab
from cases_static import PAGE, page, root, served, site
from registry import Plan, answers, case, get


@case("the fallback file is missing", "rewrite-cycle", "try-files")
def fallback_missing(stage):
    text = site(stage, "location / {\n{change:location}\n}")
    return Plan(text, get("/a"), was={"location": "try_files $uri /index.html;"}, after=answers(b"HTTP/1.1 404", "/a"))


@case("the fallback file is in another directory", "rewrite-cycle", "root")
def fallback_elsewhere(stage):
    root(stage, index_html=PAGE)
    text = lab.http("server { listen 127.0.0.1:{port};\n{change:server}\nlocation / { try_files $uri /index.html; } }")
    return Plan(text, get("/a"), was={"server": "root {prefix}/html;"}, values={"document_root": stage.path("root")}, after=page("/a"))


@case("a rewrite that meets its own result", "rewrite-cycle", "rewrite-match-less")
def rewrite_that_grows(stage):
    stage.write("root/app/index.php/a", PAGE)
    return served(stage, "location /app/ {\n{change:location}\n}", "/app/a",
                  was={"location": "rewrite ^/app/(.*)$ /app/index.php/$1 last;"})


@case("a named location that leads to itself", "rewrite-cycle", "named")
def named_circle(stage):
    up = stage.server(lab.answers_with(PAGE))
    plan = Plan(site(stage, "location / { try_files $uri @app; } location @app { {change:here} }"), get("/a"),
                was={"here": "try_files $uri @app;"}, after=page("/a"))
    plan.repair = lambda: plan.was.update(here=f"proxy_pass http://127.0.0.1:{up.port};")
    return plan


@case("nobody defines it", "named-location-missing", "define", named_location="app", backend_address="127.0.0.1")
def named_location(stage):
    up = stage.server(lab.answers_with(PAGE))
    return served(stage, "{change:server} location / { try_files $uri @app; }", "/a", values={"backend_port": up.port})


@case("404 instead of a location", "named-location-missing", "status")
def status_instead(stage):
    return Plan(site(stage, "location / {\n{change:location}\n}"), get("/a"), was={"location": "try_files $uri @app;"},
                after=answers(b"HTTP/1.1 404", "/a"))


SET_BY_IF = "if ($arg_beta) { set $channel beta; }\nreturn 200 \"$channel\";"


@case("set in an if", "uninitialized-variable", "initialise")
def initialise(stage):
    return Plan(site(stage, "{change:server}\n" + SET_BY_IF), get(), after=answers())


@case("a map instead of set", "uninitialized-variable", "map", variable="channel")
def map_instead(stage):
    return Plan(site(stage, SET_BY_IF, "{change:http}"), get(), after=answers())


def set_behind_break(stage):
    up = stage.server(lab.answers_with(PAGE))
    put, rewrite = f"set $to 127.0.0.1:{up.port};", "rewrite ^/a(.*) $1 break;"
    plan = Plan(site(stage, "location /a/ { {change:here} proxy_pass http://$to; }"), get("/a/x"), was={"here": f"{rewrite} {put}"},
                after=page("/a/x"), tolerates=("uninitialized-variable", "upstream-invalid-url"))
    plan.repair = lambda: plan.was.update(here=f"{put} {rewrite}")
    return plan


case("set behind rewrite ... break", "uninitialized-variable", "order")(set_behind_break)
case("an address set behind rewrite ... break", "upstream-invalid-url", "order")(set_behind_break)


@case("two maps that use each other", "rewrite-config-fault-variable-cycle", "break")
def maps_in_a_circle(stage):
    plan = Plan(site(stage, "return 200 \"$a\";", "map $b $a { default 1; } map {change:here} $b { default 2; }"), get(),
                was={"here": "$a"},
                after=answers())
    plan.repair = lambda: plan.was.update(here="$host")
    return plan


@case("alias after a rewrite", "rewrite-config-fault-alias", "root")
def alias_after_rewrite(stage):
    root(stage, y=PAGE)
    return Plan(site(stage, "location ~ ^/(x) { rewrite ^ /y break;\n{change:location}\n}"), get("/x"),
                was={"location": "alias /nonexistent/$1;"},
                values={"document_root": stage.path("root")}, after=page("/x"))


@case("a rewrite to nothing", "rewrite-config-fault", "slash")
def rewrite_to_nothing(stage):
    root(stage, a=PAGE)
    return served(stage, "location /x {\n{change:location}\n}", "/xa", was={"location": "rewrite ^/x.*$ \"$arg_none\" last;"})


@case("rewrite_log on", "rewrite-log", "off")
def rewrite_log(stage):
    root(stage, b_html=PAGE)
    return served(stage, "{change:server}\nrewrite ^/a$ /b.html last;", "/a", was={"server": "rewrite_log on;"}, level="notice")
