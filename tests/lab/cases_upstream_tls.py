"""Cases of the area upstream-tls: the handshake with an https upstream."""

import lab
from registry import Plan, answers, case, get

LOCATION = """
    server {
        listen 127.0.0.1:{port};
        location / { proxy_pass https://%s;
{change:location}
        }
    }"""


def has_host(server, name):
    """An `after`: the upstream has answered a request for this name."""

    def after(nginx):
        answers(target="/after")(nginx)
        assert f"\r\nHost: {name}\r\n".encode() in server.requests[-1], server.requests[-1]

    return after


@case("proxy_pass names an address", "upstream-tls-handshake-failure", "sni", kind="https", upstream_name="cdn.example")
def sni_of_an_address(stage):
    cdn = stage.server(lab.answers_with(b"asset"), tls=lab.tls_that_wants_sni(stage.folder, "cdn.example"))
    return Plan(lab.http(LOCATION % "127.0.0.1:{cdn}"), get(), after=has_host(cdn, "cdn.example"), cdn=cdn.port)


@case("proxy_pass names a host", "upstream-tls-handshake-failure", "sni", kind="https", upstream_name="localhost")
def sni_of_a_host(stage):
    cdn = stage.server(lab.answers_with(b"asset"), tls=lab.tls_that_wants_sni(stage.folder, "localhost"))
    return Plan(lab.http(LOCATION % "localhost:{cdn}"), get(), after=has_host(cdn, "localhost"), tolerates=("upstream-connect-refused",),
                cdn=cdn.port)


@case("proxy_pass names an upstream group", "upstream-tls-handshake-failure", "sni", kind="https", upstream_name="cdn.example")
def sni_of_a_group(stage):
    cdn = stage.server(lab.answers_with(b"asset"), tls=lab.tls_that_wants_sni(stage.folder, "cdn.example"))
    return Plan(lab.http("upstream cdn { server 127.0.0.1:{cdn}; }" + LOCATION % "cdn"), get(), after=has_host(cdn, "cdn.example"),
                cdn=cdn.port)
