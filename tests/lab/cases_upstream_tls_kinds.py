"""Cases of the area upstream-tls for upstreams that are not HTTP: the same causes, and directives of other modules."""

import dataclasses
import ssl
from collections.abc import Callable

import certificates
import lab
import servers
from registry import Plan, answers, case, get

NAME = "app.example"
LOCATION = """server {
        listen 127.0.0.1:{port};
        location / {
            %s
{change:location}
        }
    }"""


@dataclasses.dataclass(frozen=True)
class Kind:
    """`pass_to` and `prefix` are the directives of its module."""

    name: str
    suffix: str
    prefix: str
    pass_to: str
    context: str
    behave: Callable[[], Callable]
    protocols: tuple[str, ...] = ()

    def configuration(self, *directives):
        text = "\n".join([self.pass_to, *directives]).replace("proxy_ssl", self.prefix + "_ssl")
        if self.name == "stream":
            return lab.configuration(stream=f"server {{ listen 127.0.0.1:{{port}};\n{text}\n{{change:stream-server}}\n}}")
        return lab.http(LOCATION % text)

    def plan(self, up, before="", directives=(), **options):
        was = {self.context: before.replace("proxy_ssl", self.prefix + "_ssl")}
        return Plan(self.configuration(*directives), get(), was=was, after=answers(), up=up.port, **options)

    def over(self, stage, tls):
        tls.set_alpn_protocols(list(self.protocols))
        return stage.server(self.behave(), tls=tls)


STREAM = Kind("stream", "-stream", "proxy", "proxy_pass 127.0.0.1:{up}; proxy_ssl on;", "stream-server", lambda: lab.answers_with(b"ok"))
UWSGI = Kind("uwsgi", "-uwsgi", "uwsgi", "uwsgi_pass suwsgi://127.0.0.1:{up};", "location", lambda: servers.uwsgi(b"ok"))
GRPCS = Kind("grpcs", "-grpc", "grpc", "grpc_pass grpcs://127.0.0.1:{up};", "location", servers.grpc, ("h2",))
KINDS = (STREAM, UWSGI, GRPCS)


def each(class_id, suggestion, scene, kinds=KINDS, common=False, **values):
    """Registers scene(kind, stage) for each kind; `common`: the suggestion of https has the directives of uwsgi and gRPC too."""
    for kind in kinds:
        name = suggestion if common and kind is not STREAM else suggestion + kind.suffix
        needs = ["stream"] if kind is STREAM else []
        case(kind.name, class_id, name, kind=kind.name, needs=needs, **values)(lambda stage, kind=kind: scene(kind, stage))


def missing_name(alert):
    def scene(kind, stage):
        return kind.plan(kind.over(stage, certificates.wants_sni(certificates.self_signed(stage, NAME), NAME, alert)))

    return scene


def name_or_closed(kind, stage):
    tls = certificates.serving(certificates.self_signed(stage, NAME))
    tls.set_alpn_protocols(list(kind.protocols))
    return kind.plan(stage.server(servers.tls_for_name(NAME, tls, kind.behave())))


def client_certificate(highest, before=""):
    def scene(kind, stage):
        ca = certificates.Authority(stage)
        up = kind.over(stage, certificates.wants_certificate(ca.issue(NAME), ca, highest))
        return kind.plan(up, directives=[before], values=dict(zip(("client_certificate", "client_key"), ca.issue("nginx.example"))))

    return scene


def ciphers(kind, stage):
    pair = certificates.self_signed(stage, NAME, certificates.RSA_KEY)
    tls = certificates.serving(pair, highest=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-RSA-AES128-GCM-SHA256")
    return kind.plan(kind.over(stage, tls), "proxy_ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384;")


def tls_1_3(kind, stage):
    tls = certificates.serving(certificates.self_signed(stage, NAME), lowest=ssl.TLSVersion.TLSv1_3)
    return kind.plan(kind.over(stage, tls), "proxy_ssl_protocols TLSv1.2;")


def wrong_name(kind, stage):
    ca = certificates.Authority(stage)
    up = kind.over(stage, certificates.serving(ca.issue(NAME)))
    return kind.plan(up, directives=[f"proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate};"])


def plain(kind, stage):
    """The upstream speaks no TLS; to a ClientHello it answers in its own way."""
    up = stage.server(servers.plain_or(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", kind.behave()))
    text = LOCATION % ""
    return Plan(lab.http(text), get(), was={"location": kind.pass_to}, after=answers(), up=up.port)


each("upstream-tls-handshake-failure", "client-certificate", client_certificate(ssl.TLSVersion.TLSv1_2))
each("upstream-tls-handshake-failure", "ciphers", ciphers, cipher="ECDHE-RSA-AES128-GCM-SHA256")
each("upstream-tls-handshake-failure-internal", "sni", missing_name(ssl.ALERT_DESCRIPTION_INTERNAL_ERROR), upstream_name=NAME)
each("upstream-tls-unrecognized-name", "sni", missing_name(ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME), upstream_name=NAME)
each("upstream-tls-peer-closed", "sni", name_or_closed, kinds=[STREAM], upstream_name=NAME)
for other in (UWSGI, GRPCS):
    case(other.name, "upstream-tls-peer-closed", "sni-others", kind=other.name, upstream_name=NAME)(
        lambda stage, kind=other: name_or_closed(kind, stage))
each("upstream-tls-client-cert-required", "client-certificate", client_certificate(None, "proxy_ssl_protocols TLSv1.3;"), common=True)
each("upstream-tls-protocol-version", "tls13", tls_1_3, kinds=[UWSGI, GRPCS], common=True)
each("upstream-tls-verify-name-mismatch", "name", wrong_name, common=True, upstream_name=NAME)
each("upstream-tls-wrong-version-number", "plain", plain, kinds=[UWSGI, GRPCS])


@case("gRPC, the port has HTTP/1.1 only", "upstream-tls-io-error-no-http2", "grpc-port", kind="grpcs")
def no_http2(stage):
    certificate, key = certificates.self_signed(stage, NAME)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    tls.set_alpn_protocols(["h2"])
    rest = lab.free_port()
    text = LOCATION % "" + f"""
    server {{ listen 127.0.0.1:{rest} ssl; ssl_certificate {certificate}; ssl_certificate_key {key}; }}"""
    return Plan(lab.http(text), get(), was={"location": f"grpc_pass grpcs://127.0.0.1:{rest};"},
                values={"grpc_addr": f"127.0.0.1:{stage.server(servers.grpc(), tls=tls).port}"}, after=answers())
