"""Cases of the area access-auth: rules, passwords, and a service that decides."""

import os

import lab
from cases_static import for_workers
from registry import Plan, answers, case, get

PASSWORDS = "ann:{PLAIN}secret\n"
ANN = ["Authorization: Basic YW5uOnNlY3JldA=="]
WRONG = ["Authorization: Basic YW5uOndyb25n"]
FORWARDED = ["X-Forwarded-For: 198.51.100.7"]


def in_location(text):
    return lab.http("{change:http} server { listen 127.0.0.1:{port}; location / {\n" + text + "\n} location = /decide { return 204; } }")


def closed(file):
    return in_location(f"auth_basic closed; auth_basic_user_file {file}; try_files /none =204;\n{{change:location}}")


@case("an office's network is not in the rule", "access-forbidden-by-rule", "allow", trusted_network="127.0.0.0/8")
def rule(_stage):
    return Plan(in_location("{change:location}\ntry_files /none =204;"), get(), was={"location": "allow 10.0.0.0/8; deny all;"},
                after=answers(b"HTTP/1.1 204"))


@case("the balancer's address is judged", "access-forbidden-by-rule", "real-ip", proxy_network="127.0.0.1")
def rule_behind_balancer(_stage):
    return Plan(in_location("allow 198.51.100.0/24; deny all; try_files /none =204;"), get(headers=FORWARDED),
                after=answers(b"HTTP/1.1 204", headers=FORWARDED))


@case("a network that a rule of stream lacks", "access-forbidden-by-rule-stream", "allow", needs=["stream"], trusted_network="127.0.0.0/8")
def rule_of_stream(stage):
    up = stage.server(lab.answers_with(b"ok"))
    text = "server { listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{up};\n{change:stream-server}\n}"
    return Plan(lab.configuration(stream=text), get(), was={"stream-server": "allow 10.0.0.0/8; deny all;"}, after=answers(), up=up.port)


@case("the file is missing", "auth-basic-file", "path")
def password_file_missing(stage):
    file = stage.write("site.htpasswd", PASSWORDS)
    return Plan(in_location("auth_basic closed; try_files /none =204;\n{change:location}"), get(headers=ANN),
                was={"location": "auth_basic_user_file /nonexistent/site.htpasswd;"}, values={"password_file": file},
                after=answers(b"HTTP/1.1 204", headers=ANN))


@case("the file is root's", "auth-basic-file", "permission", needs=["root"])
def password_file_of_root(stage):
    file = stage.write("site.htpasswd", PASSWORDS, 0o600)
    return Plan(closed(file), get(headers=ANN), repair=lambda: for_workers(file, 0o640), after=answers(b"HTTP/1.1 204", headers=ANN))


@case("a password that has changed", "auth-basic-failed", "user")
def password_changed(stage):
    file = stage.write("site.htpasswd", "ann:{PLAIN}old\n")
    return Plan(closed(file), get(headers=ANN), repair=lambda: stage.write("site.htpasswd", PASSWORDS),
                after=answers(b"HTTP/1.1 204", headers=ANN))


@case("a user that is not in the file", "auth-basic-failed", "user")
def user_missing(stage):
    file = stage.write("site.htpasswd", "bob:{PLAIN}old\n")
    return Plan(closed(file), get(headers=ANN), repair=lambda: stage.write("site.htpasswd", PASSWORDS),
                after=answers(b"HTTP/1.1 204", headers=ANN))


DECIDED = """server {
        listen 127.0.0.1:{port};
        location / { auth_request /decide; try_files /none =204; }
        location = /decide { internal; proxy_pass http://127.0.0.1:{up}/{change:path};
{change:location}
        }
{change:server}
    }"""


def decides(status, otherwise=None):
    """A behaviour: the service that decides; `otherwise` is its answer to what `otherwise` holds."""

    def behave(server, connection):
        request = lab.read_request(connection)
        text = otherwise[1] if otherwise and otherwise[0] in request else status
        connection.sendall(f"HTTP/1.1 {text}\r\nContent-Length: 0\r\nLocation: /login\r\nConnection: close\r\n\r\n".encode())

    return behave


POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"


@case("the service takes no bodies", "auth-request-unexpected-status-body", "no-body")
def no_body(stage):
    up = stage.server(decides("204 No Content", (b"Content-Length: 5", "411 Length Required")))
    return Plan(lab.http(DECIDED.replace("{change:path}", "").replace("{change:server}", "")), lambda nginx: nginx.send(POST),
                after=answers(b"HTTP/1.1 204"), up=up.port)


@case("the service waits for the body", "auth-request-unexpected-status-body", "no-body")
def waits_for_the_body(stage):
    def behave(server, connection):
        if b"Content-Length: 5" in lab.read_request(connection):
            connection.recv(5)
        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    up = stage.server(behave)
    text = DECIDED.replace("{change:path};", "; proxy_read_timeout 1s;").replace("{change:server}", "")
    return Plan(lab.http(text), lambda nginx: nginx.send(POST), after=answers(b"HTTP/1.1 204"), up=up.port)


ASKED = """server {
        listen 127.0.0.1:{port};
        location / { client_max_body_size 8m; auth_request /decide; try_files /none =204; }
        location = /decide { internal; proxy_pass http://127.0.0.1:{up}/;
{change:location}
        }
    }"""
LARGE = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1200000\r\nConnection: close\r\n\r\n" + bytes(1_200_000)


def asked_about_an_upload(stage):
    up = stage.server(decides("204 No Content"))
    return Plan(lab.http(ASKED), lambda nginx: nginx.send(LARGE), after=answers(b"HTTP/1.1 204"), up=up.port)


@case("the location that asks has the limit of 1 MB", "auth-request-unexpected-status-body", "size")
def question_too_large(stage):
    return asked_about_an_upload(stage)


@case("the location of auth_request", "client-body-too-large-subrequest", "subrequest")
def upload_too_large_for_the_question(stage):
    return asked_about_an_upload(stage)


@case("the service has seen this visitor's copy", "auth-request-unexpected-status", "conditional")
def conditional_question(stage):
    up = stage.server(decides("204 No Content", (b"If-None-Match: ", "304 Not Modified")))
    headers = ['If-None-Match: "1"']
    return Plan(lab.http(ASKED), get(headers=headers), after=answers(b"HTTP/1.1 204", headers=headers), up=up.port)


@case("a page for 401 that the question gets too", "auth-request-unexpected-status", "intercept")
def intercepted(stage):
    text = ASKED.replace("listen", "error_page 401 = @login; proxy_intercept_errors on; location @login { return 302 /login; } listen", 1)
    up = stage.server(decides("401 Unauthorized"))
    return Plan(lab.http(text), get(), after=answers(b"HTTP/1.1 302"), up=up.port)


@case("the service has another path", "auth-request-unexpected-status", "path")
def other_path(stage):
    up = stage.server(decides("404 Not Found", (b"GET /check ", "204 No Content")))
    plan = Plan(lab.http(DECIDED), get(), after=answers(b"HTTP/1.1 204"), up=up.port)
    plan.repair = lambda: plan.was.update(path="check")
    return plan


@case("the service fails", "auth-request-unexpected-status", "backend")
def service_fails(stage):
    up = stage.server(decides("500 Internal Server Error"))

    def repair():
        up.behave = decides("204 No Content")

    return Plan(lab.http(DECIDED), get(), repair=repair, after=answers(b"HTTP/1.1 204"), up=up.port)


@case("a log without its directory", "log-write-failed-open", "directory", needs=["root"])
def log_of_a_host(stage):
    folder = stage.path("by-host")

    def repair():
        os.mkdir(folder)
        os.chmod(folder, 0o770)
        for_workers(folder, 0o770)

    text = f"server {{ listen 127.0.0.1:{{port}}; root {{prefix}}/html; access_log {folder}/$host.log; try_files /none =204; }}"
    return Plan(lab.http(text), get(), repair=repair, after=answers(b"HTTP/1.1 204"))
