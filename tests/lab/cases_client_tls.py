"""Cases of the area client-tls: what the clients of nginx do in the TLS handshake."""

import contextlib
import socket
import ssl

import certificates
import lab
from registry import Plan, case

NAME = "shop.example"


def trusting(**options):
    """The client's side of TLS, which trusts every certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for name, value in options.items():
        setattr(context, name, value)
    return context


def ask(nginx, context, name=NAME, target="/"):
    """One request over TLS; returns the answer, empty if the handshake failed."""
    with contextlib.suppress(ssl.SSLError, ConnectionError):
        with socket.create_connection(("127.0.0.1", nginx.port), 10) as client, context.wrap_socket(client, server_hostname=name) as tls:
            tls.sendall(f"GET {target} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            return lab.read_all(tls)
    return b""


def over_tls(context, **options):
    return lambda nginx: ask(nginx, context, **options)


def gets(status, context, **options):
    """An `after`."""

    def after(nginx):
        answer = ask(nginx, context, **options)
        assert answer.startswith(b"HTTP/1.1 " + status), answer[:200]

    return after


def site(pair, text="{change:server}"):
    certificate = f"ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]};" if pair else ""
    return lab.http(f"server {{ listen 127.0.0.1:{{port}} ssl; server_name {NAME}; {certificate}\n{text}\nlocation / {{ return 200; }} }}")


@case("the client has TLS 1.2 only", "client-tls-protocol-mismatch", "leave")
def tls_1_2_only(stage):
    client = trusting(maximum_version=ssl.TLSVersion.TLSv1_2)
    return Plan(site(certificates.self_signed(stage, NAME)), over_tls(client), level="info", was={"server": "ssl_protocols TLSv1.3;"},
                after=gets(b"200", client))


def only_ciphers(text):
    client = trusting(maximum_version=ssl.TLSVersion.TLSv1_2)
    client.set_ciphers(text)
    return client


@case("the ciphers of the server are few", "client-tls-no-shared-cipher", "ciphers")
def few_ciphers(stage):
    client = only_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
    return Plan(site(certificates.self_signed(stage, NAME)), over_tls(client), level="info", after=gets(b"200", client),
                was={"server": "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-CHACHA20-POLY1305;"})


@case("a client that knows RSA only", "client-tls-no-shared-cipher", "second-certificate")
def rsa_only(stage):
    client = only_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    ecdsa = certificates.self_signed(stage, NAME)
    rsa = certificates.self_signed(stage, "rsa.example", certificates.RSA_KEY)
    values = dict(zip(("ecdsa_certificate", "ecdsa_private_key", "rsa_certificate", "rsa_private_key"), (*ecdsa, *rsa)))
    return Plan(site(None), over_tls(client), level="info", values=values, after=gets(b"200", client),
                was={"server": f"ssl_certificate {ecdsa[0]}; ssl_certificate_key {ecdsa[1]};"})


@case("nginx sends no intermediate", "client-tls-alert-from-client", "chain")
def no_intermediate(stage):
    ca = certificates.Authority(stage)
    chain, key = certificates.Authority(stage, "between", ca).issue(NAME)
    client = ssl.create_default_context(cafile=ca.certificate)
    return Plan(site(None), over_tls(client), level="info", values={"certificate_chain": chain, "certificate_key": key},
                was={"server": f"ssl_certificate {stage.path(NAME + '.crt')}; ssl_certificate_key {key};"}, after=gets(b"200", client))


@case("the certificate has expired", "client-tls-alert-from-client", "renew")
def server_certificate_expired(stage):
    ca = certificates.Authority(stage)
    pair = ca.issue(NAME, days=-1)
    client = ssl.create_default_context(cafile=ca.certificate)
    return Plan(site(pair, ""), over_tls(client), level="info", repair=lambda: ca.issue(NAME), after=gets(b"200", client))


def showing(ca, pair):
    """A client with a certificate."""
    client = trusting()
    client.load_cert_chain(*pair)
    return client


@case("the CA of the clients is another", "client-tls-cert-verify-error", "authority")
def other_authority(stage):
    ca, other = certificates.Authority(stage), certificates.Authority(stage, "other")
    client = showing(ca, ca.issue("ann"))
    text = f"ssl_verify_client on;\n{{change:server}}"
    return Plan(site(certificates.self_signed(stage, NAME), text), over_tls(client), level="info", values={"client_ca": ca.certificate},
                was={"server": f"ssl_client_certificate {other.certificate};"}, after=gets(b"200", client))


@case("two intermediates", "client-tls-cert-verify-error", "depth")
def depth_of_clients(stage):
    root = certificates.Authority(stage)
    below = certificates.Authority(stage, "below", certificates.Authority(stage, "between", root))
    client = showing(root, below.issue("ann"))
    text = f"ssl_verify_client on; ssl_client_certificate {root.certificate};\n{{change:server}}"
    return Plan(site(certificates.self_signed(stage, NAME), text), over_tls(client), level="info", was={"server": "ssl_verify_depth 1;"},
                after=gets(b"200", client))


@case("the client's certificate has expired", "client-tls-cert-verify-error-expired", "renew")
def client_certificate_expired(stage):
    ca = certificates.Authority(stage)
    client = showing(ca, ca.issue("ann", days=-1))
    text = f"ssl_verify_client on; ssl_client_certificate {ca.certificate};"
    return Plan(site(certificates.self_signed(stage, NAME), text), over_tls(client), level="info", after=gets(b"200", client),
                repair=lambda: client.load_cert_chain(*ca.issue("ann")))


@case("the CRL is of another CA", "client-tls-cert-verify-error-crl", "lists")
def crl_of_another(stage):
    ca, other = certificates.Authority(stage), certificates.Authority(stage, "other")
    client = showing(ca, ca.issue("ann"))
    text = f"ssl_verify_client on; ssl_client_certificate {ca.certificate};\n{{change:server}}"
    return Plan(site(certificates.self_signed(stage, NAME), text), over_tls(client), level="info", after=gets(b"200", client),
                was={"server": f"ssl_crl {other.revocation_list('other.crl')};"}, values={"crl_file": ca.revocation_list("ca.crl")})


@case("only a part is for certificates", "client-tls-no-required-cert", "optional")
def part_of_the_site(stage):
    ca = certificates.Authority(stage)
    text = f"ssl_client_certificate {ca.certificate};\n{{change:server}}"

    def after(nginx):
        gets(b"200", trusting())(nginx)
        gets(b"403", trusting(), target="/protected/a")(nginx)

    return Plan(site(certificates.self_signed(stage, NAME), text), over_tls(trusting()), level="info", after=after,
                was={"server": "ssl_verify_client on;"})


@case("a name without a server", "client-tls-sni-rejected", "leave")
def unknown_name(stage):
    pair = certificates.self_signed(stage, NAME)
    text = lab.http("server { listen 127.0.0.1:{port} ssl default_server; ssl_reject_handshake on; }\n"
                    f"server {{ listen 127.0.0.1:{{port}} ssl; server_name {NAME} {{change:here}}; return 200; "
                    f"ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]}; }}")
    plan = Plan(text, over_tls(trusting(), name="www." + NAME), level="info", after=gets(b"200", trusting(), name="www." + NAME))
    plan.repair = lambda: plan.was.update(here="www." + NAME)
    return plan


class Check:
    """A provoke: a health check that sends bytes and closes, after repair() with HTTPS."""

    def __init__(self, begin, waits=False):
        self.begin, self.waits = begin, waits

    def __call__(self, nginx):
        if self.begin is None:
            ask(nginx, trusting())
            return
        with socket.create_connection(("127.0.0.1", nginx.port), 10) as client:
            client.sendall(self.begin)
            if self.waits:
                lab.read_all(client)

    def repair(self):
        self.begin = None


def checked(stage, check):
    return Plan(site(certificates.self_signed(stage, NAME), ""), check, level="info", repair=check.repair, after=gets(b"200", trusting()))


@case("a health check that begins a handshake", "client-tls-peer-closed", "leave")
def check_in_handshake(stage):
    return checked(stage, Check(b"\x16\x03\x01\x02\x00\x01\x00"))


@case("a health check by TCP", "client-connection-closed", "leave")
def check_by_tcp(stage):
    return checked(stage, Check(b""))


@case("a health check with bytes of its own", "client-tls-protocol-mismatch-plain", "leave")
def garbage(stage):
    return checked(stage, Check(b"\x16\x03\x01GET / HTTP/1.0\r\n\r\n" * 20, waits=True))


@case("many sessions in a small cache", "ssl-session-cache-full", "larger")
def small_session_cache(stage):
    pair = certificates.self_signed(stage, NAME)
    ca = certificates.Authority(stage)
    client = showing(ca, ca.issue("a" * 60, extensions=["nsComment=" + "x" * 3000]))
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.options |= ssl.OP_NO_TICKET

    small = trusting(maximum_version=ssl.TLSVersion.TLSv1_2)
    small.options |= ssl.OP_NO_TICKET

    def many(nginx):
        for _ in range(150):
            ask(nginx, small)
        for _ in range(10):
            ask(nginx, client)

    text = f"ssl_verify_client optional_no_ca; ssl_session_tickets off; ssl_client_certificate {ca.certificate};"
    return Plan(site(pair, text).replace("http {", "http {\n{change:http}", 1), many, after=gets(b"200", client),
                was={"http": "ssl_session_cache shared:S:32k;"})


@case("the authority of the clients has expired", "client-tls-cert-verify-error-expired", "authority")
def authority_expired(stage):
    ca = certificates.Authority(stage)
    client = showing(ca, ca.issue("ann"))
    current = certificates.read(ca.certificate)
    certificates.openssl("x509", "-in", ca.certificate, "-signkey", ca.key, "-days", "-1", "-out", ca.certificate)
    text = f"ssl_verify_client on; ssl_client_certificate {ca.certificate};"
    return Plan(site(certificates.self_signed(stage, NAME), text), over_tls(client), level="info", after=gets(b"200", client),
                repair=lambda: stage.write("ca.crt", current))
