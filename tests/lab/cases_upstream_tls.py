"""Cases of the area upstream-tls: the handshake with an https upstream."""

import ssl

import certificates
import lab
import servers
from registry import Plan, answers, case, get

LOCATION = """
    server {
        listen 127.0.0.1:{port};
        location / {
            proxy_pass https://%s;
{change:location}
        }
    }"""
NAME = "app.example"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain"


def to_address(*directives):
    """A location that passes to the TLS server {up} by its address."""
    return lab.http(LOCATION.replace("{change", "\n".join([*directives, "{change"])) % "127.0.0.1:{up}")


def got_host(server, name):
    """An `after`: the upstream has answered a request for this name."""

    def after(nginx):
        answers(target="/after")(nginx)
        assert f"\r\nHost: {name}\r\n".encode() in server.requests[-1], server.requests[-1]

    return after


def cdn(stage, name, alert=ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE):
    return stage.server(lab.answers_with(b"asset"), tls=certificates.wants_sni(certificates.self_signed(stage, name), name, alert))


def over_tls(stage, context):
    return stage.server(lab.answers_with(b"asset"), tls=context)


@case("proxy_pass names an address", "upstream-tls-handshake-failure", "sni", kind="https", upstream_name=NAME)
def sni_of_an_address(stage):
    up = cdn(stage, NAME)
    return Plan(to_address(), get(), after=got_host(up, NAME), up=up.port)


@case("proxy_pass names a host", "upstream-tls-handshake-failure", "sni", kind="https", upstream_name="localhost")
def sni_of_a_host(stage):
    up = cdn(stage, "localhost")
    return Plan(lab.http(LOCATION % "localhost:{up}"), get(), after=got_host(up, "localhost"), tolerates=("upstream-connect-refused",),
                up=up.port)


@case("proxy_pass names an upstream group", "upstream-tls-handshake-failure", "sni", kind="https", upstream_name=NAME)
def sni_of_a_group(stage):
    up = cdn(stage, NAME)
    return Plan(lab.http("upstream cdn { server 127.0.0.1:{up}; }" + LOCATION % "cdn"), get(), after=got_host(up, NAME), up=up.port)


@case("stream", "upstream-tls-handshake-failure", "sni-stream", kind="stream", needs=["stream"], upstream_name=NAME)
def sni_of_stream(stage):
    text = "server { listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{up}; proxy_ssl on;\n{change:stream-server}\n}"
    return Plan(lab.configuration(stream=text), get(), after=answers(), up=cdn(stage, NAME).port)


@case("uwsgi", "upstream-tls-handshake-failure", "sni-uwsgi", kind="uwsgi", upstream_name=NAME)
def sni_of_uwsgi(stage):
    up = stage.server(servers.uwsgi(b"asset"), tls=certificates.wants_sni(certificates.self_signed(stage, NAME), NAME))
    return Plan(lab.http("""
    server {
        listen 127.0.0.1:{port};
        location / { uwsgi_pass suwsgi://127.0.0.1:{up};
{change:location}
        }
    }"""), get(), after=answers(), up=up.port)


@case("gRPC", "upstream-tls-handshake-failure", "sni-grpc", kind="grpcs", upstream_name=NAME)
def sni_of_grpc(stage):
    tls = certificates.wants_sni(certificates.self_signed(stage, NAME), NAME)
    tls.set_alpn_protocols(["h2"])
    return Plan(lab.http("""
    server {
        listen 127.0.0.1:{port};
        location / { grpc_pass grpcs://127.0.0.1:{up};
{change:location}
        }
    }"""), get("/a.B/C"), after=answers(target="/a.B/C"), up=stage.server(servers.grpc(), tls=tls).port)


@case("alert 80", "upstream-tls-handshake-failure-internal", "sni", kind="https", upstream_name=NAME)
def sni_by_alert_80(stage):
    up = cdn(stage, NAME, ssl.ALERT_DESCRIPTION_INTERNAL_ERROR)
    return Plan(to_address(), get(), after=got_host(up, NAME), up=up.port)


@case("alert 112", "upstream-tls-unrecognized-name", "sni", kind="https", upstream_name=NAME)
def sni_by_alert_112(stage):
    up = cdn(stage, NAME, ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
    return Plan(to_address(), get(), after=got_host(up, NAME), up=up.port)


@case("closed instead of an alert", "upstream-tls-peer-closed", "sni", kind="https", upstream_name=NAME)
def sni_or_closed(stage):
    tls = certificates.serving(certificates.self_signed(stage, NAME))
    up = stage.server(servers.tls_for_name(NAME, tls, lab.answers_with(b"asset")))
    return Plan(to_address(), get(), after=got_host(up, NAME), up=up.port)


def client_certificate(stage, ca):
    return dict(zip(("client_certificate", "client_key"), ca.issue("nginx.example")))


@case("alert 40 for want of a client certificate", "upstream-tls-handshake-failure", "client-certificate", kind="https")
def client_certificate_by_alert_40(stage):
    ca = certificates.Authority(stage)
    up = over_tls(stage, certificates.wants_certificate(ca.issue(NAME), ca))
    return Plan(to_address(), get(), values=client_certificate(stage, ca), after=answers(), up=up.port)


@case("TLS 1.3, alert 116", "upstream-tls-client-cert-required", "client-certificate", kind="https")
def client_certificate_by_alert_116(stage):
    ca = certificates.Authority(stage)
    up = over_tls(stage, certificates.wants_certificate(ca.issue(NAME), ca, highest=None))
    return Plan(to_address("proxy_ssl_protocols TLSv1.3;"), get(), values=client_certificate(stage, ca), after=answers(), up=up.port)


@case("a certificate of another CA, alert 48", "upstream-tls-client-cert-required-rejected", "send", kind="https")
def client_certificate_of_another_ca(stage):
    ca, other = certificates.Authority(stage), certificates.Authority(stage, "other")
    wrong = other.issue("wrong.example")
    up = over_tls(stage, certificates.wants_certificate(ca.issue(NAME), ca))
    was = {"location": f"proxy_ssl_certificate {wrong[0]}; proxy_ssl_certificate_key {wrong[1]};"}
    return Plan(to_address(), get(), was=was, values=client_certificate(stage, ca), after=answers(), up=up.port)


@case("no cipher in common", "upstream-tls-handshake-failure", "ciphers", kind="https", cipher="AES128-GCM-SHA256")
def ciphers(stage):
    pair = certificates.self_signed(stage, NAME, certificates.RSA_KEY)
    up = over_tls(stage, certificates.serving(pair, highest=ssl.TLSVersion.TLSv1_2, ciphers="AES128-GCM-SHA256"))
    return Plan(to_address(), get(), was={"location": "proxy_ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384;"}, after=answers(), up=up.port)


@case("the upstream has TLS 1.3 only", "upstream-tls-protocol-version", "tls13", kind="https")
def tls_1_3(stage):
    up = over_tls(stage, certificates.serving(certificates.self_signed(stage, NAME), lowest=ssl.TLSVersion.TLSv1_3))
    return Plan(to_address(), get(), was={"location": "proxy_ssl_protocols TLSv1.2;"}, after=answers(), up=up.port)


@case("stream to an upstream with TLS 1.3 only", "upstream-tls-protocol-version", "tls13-stream", kind="stream", needs=["stream"])
def tls_1_3_of_stream(stage):
    up = over_tls(stage, certificates.serving(certificates.self_signed(stage, NAME), lowest=ssl.TLSVersion.TLSv1_3))
    text = "server { listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{up}; proxy_ssl on;\n{change:stream-server}\n}"
    return Plan(lab.configuration(stream=text), get(), was={"stream-server": "proxy_ssl_protocols TLSv1.2;"}, after=answers(), up=up.port)


@case("the upstream has TLS 1.1 only", "upstream-tls-protocol-version", "legacy", kind="https")
def tls_1_1(stage):
    pair = certificates.self_signed(stage, NAME)
    up = over_tls(stage, certificates.serving(pair, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, "DEFAULT@SECLEVEL=0"))
    return Plan(to_address(), get(), was={"location": "proxy_ssl_protocols TLSv1.2;"}, after=answers(), up=up.port)


@case("http upstream", "upstream-tls-wrong-version-number", "plain", kind="https")
def plain_http(stage):
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { {change:location} } }"), get(),
                was={"location": "proxy_pass https://127.0.0.1:{up};"}, after=answers(), up=stage.server(servers.raw(PLAIN)).port)


@case("another port has TLS", "upstream-tls-wrong-version-number", "tls-port", kind="https")
def another_port(stage):
    tls = over_tls(stage, certificates.serving(certificates.self_signed(stage, NAME)))
    return Plan(lab.http("server { listen 127.0.0.1:{port}; location / { {change:location} } }"), get(),
                was={"location": "proxy_pass https://127.0.0.1:{up};"}, values={"tls_addr": f"127.0.0.1:{tls.port}"}, after=answers(),
                up=stage.server(servers.raw(PLAIN)).port)


@case("stream", "upstream-tls-wrong-version-number", "plain-stream", kind="stream", needs=["stream"])
def plain_stream(stage):
    text = "server { listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{up};\n{change:stream-server}\n}"
    return Plan(lab.configuration(stream=text), get(), was={"stream-server": "proxy_ssl on;"}, after=answers(),
                up=stage.server(servers.raw(PLAIN)).port)


@case("the backend hangs and is repaired", "upstream-tls-handshake-timeout", "path", kind="https")
def handshake_timeout(stage):
    tls = certificates.serving(certificates.self_signed(stage, NAME))
    behaviour = servers.Repairable(servers.silent, servers.tls_for_name(None, tls, lab.answers_with(b"asset")))
    return Plan(to_address("proxy_connect_timeout 1s;"), get(), repair=behaviour.repair, after=answers(), up=stage.server(behaviour).port)


@case("a group of 1024 bits", "upstream-tls-weak-dh", "ecdhe", kind="https")
def weak_group(stage):
    tls = certificates.serving(certificates.self_signed(stage, NAME, certificates.RSA_KEY), highest=ssl.TLSVersion.TLSv1_2,
                               ciphers="DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")
    tls.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    certificates.openssl("dhparam", "-dsaparam", "-out", stage.path("dh.pem"), "1024")
    tls.load_dh_params(stage.path("dh.pem"))
    return Plan(to_address(), get(), after=answers(), up=over_tls(stage, tls).port)


@case("an upstream without RFC 5746", "upstream-tls-legacy-renegotiation", "legacy", kind="https", needs=["gnutls-serv"])
def legacy(stage):
    pair, port = certificates.self_signed(stage, NAME), lab.free_port()
    stage.run("gnutls-serv", "--http", "--port", str(port), "--x509certfile", pair[0], "--x509keyfile", pair[1], "--priority",
              "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION")
    lab.wait_for(lambda: not lab.PORTS.is_free(port), what="gnutls-serv")
    return Plan(to_address(), get(), after=answers(), up=port)


@case("alert 51, the upstream is repaired", "upstream-tls-io-error", "other-side", kind="https")
def alert_51(stage):
    tls = certificates.serving(certificates.self_signed(stage, NAME))
    whole = servers.tls_for_name(None, tls, lab.answers_with(b"asset"))
    behaviour = servers.Repairable(servers.raw(b"\x15\x03\x03\x00\x02\x02\x33"), whole)
    return Plan(to_address(), get(), repair=behaviour.repair, after=answers(), up=stage.server(behaviour).port)
