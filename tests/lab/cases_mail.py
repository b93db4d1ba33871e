"""Cases of the area mail: IMAP and SMTP through nginx, with an authentication server and mail servers of the lab."""

import contextlib
import socket

import lab
import servers
from registry import Plan, case

NEEDS = ["mail"]
IMAP = """auth_http 127.0.0.1:{auth}/auth;
    server {
        listen 127.0.0.1:{port};
        protocol imap;
{change:mail-server}
    }"""


def dialogue(greeting, *lines):
    """A client: reads a line before each line that it sends; returns all it has read."""

    def provoke(nginx):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", nginx.port), 5) as client:
            said = client.recv(4096)
            assert said.startswith(greeting), said
            for line in lines:
                client.sendall(line + b"\r\n")
                said = client.recv(4096)
            return said
        return b""

    return provoke


def log_in(nginx):
    return dialogue(b"* OK", b"a LOGIN bob secret")(nginx)


def logged_in(nginx):
    assert log_in(nginx) == b"a OK welcome\r\n", "no login"


def imap(_server, connection):
    """A mail server that takes every login."""
    connection.sendall(b"* OK ready\r\n")
    while True:
        line = connection.recv(4096)
        if not line:
            return
        if line.rstrip().endswith(b"}"):
            connection.sendall(b"+ go on\r\n")
        elif b"LOGIN" in line:
            continue
        else:
            connection.sendall(b"a OK welcome\r\n")


def auth(port, delay=0.0):
    """The authentication server sends every user to this port."""
    return lab.answers_with(b"", delay=delay, headers=["Auth-Status: OK", "Auth-Server: 127.0.0.1", f"Auth-Port: {port}"])


def site(text=IMAP):
    return lab.configuration(mail=text)


@case("auth_http is started", "mail-auth-http-error", "start", needs=NEEDS)
def auth_started(stage):
    port, mail = lab.free_port(), stage.server(imap)
    return Plan(site(IMAP.replace("{change:mail-server}", "")), log_in, repair=lambda: stage.server(auth(mail.port), port=port),
                after=logged_in, auth=port)


@case("a slow auth_http", "mail-auth-http-error", "timeout", needs=NEEDS)
def slow_auth(stage):
    up = stage.server(auth(stage.server(imap).port, delay=2))
    text = IMAP.replace("auth_http 127.0.0.1:{auth}/auth;", "")
    was = {"mail-server": "auth_http 127.0.0.1:{auth}/auth; auth_http_timeout 1s;"}
    return Plan(site(text), log_in, was=was, values={"auth_http_url": "127.0.0.1:{auth}/auth"}, after=logged_in, auth=up.port)


@case("an answer without Auth-Server", "mail-auth-http-error-answer", "headers", needs=NEEDS)
def incomplete(stage):
    behaviour = servers.Repairable(lab.answers_with(b"", headers=["Auth-Status: OK"]), auth(stage.server(imap).port))
    return Plan(site(IMAP.replace("{change:mail-server}", "")), log_in, repair=behaviour.repair, after=logged_in,
                auth=stage.server(behaviour).port)


@case("the mail server is started", "mail-upstream-error", "server", kind="mail", needs=NEEDS)
def mail_started(stage):
    port = lab.free_port()
    return Plan(site(IMAP.replace("{change:mail-server}", "")), log_in, repair=lambda: stage.server(imap, port=port), after=logged_in,
                auth=stage.server(auth(port)).port)


def smtp_without_xclient(_server, connection):
    connection.sendall(b"220 mail.example ready\r\n")
    while True:
        line = connection.recv(4096).upper()
        if not line:
            return
        known = line.startswith((b"EHLO", b"HELO", b"MAIL", b"RCPT"))
        connection.sendall(b"250 mail.example\r\n" if known else b"502 not implemented\r\n")


@case("a server without XCLIENT", "mail-upstream-error", "xclient", kind="mail", needs=NEEDS)
def xclient(stage):
    mail = stage.server(smtp_without_xclient)
    text = IMAP.replace("protocol imap;", "resolver off;")
    submit = dialogue(b"220", b"EHLO client.example", b"AUTH PLAIN AGJvYgBzZWNyZXQ=")

    def accepted(nginx):
        assert submit(nginx).startswith(b"235"), "no login"

    return Plan(site(text), submit, was={"mail-server": "protocol smtp;"}, after=accepted, auth=stage.server(auth(mail.port)).port)
