"""Cases of the area upstream-tls: nginx verifies the certificate of an https upstream."""

import certificates
import lab
from registry import Plan, answers, case, get

NAME = "app.example"
SITE = """
    server {
        listen 127.0.0.1:{port};
        location / {
            proxy_pass https://127.0.0.1:{up};
%s
{change:location}
        }
    }"""


def site(*directives):
    return lab.http(SITE % "\n".join(directives))


def over_tls(stage, pair, **options):
    return stage.server(lab.answers_with(b"asset"), tls=certificates.serving(pair, **options))


@case("a CA of one's own", "upstream-tls-verify-untrusted", "private-ca", kind="https")
def private_ca(stage):
    ca, other = certificates.Authority(stage), certificates.Authority(stage, "other")
    return Plan(site(f"proxy_ssl_name {NAME};"), get(), values={"ca_file": ca.certificate}, after=answers(),
                was={"location": f"proxy_ssl_verify on; proxy_ssl_trusted_certificate {other.certificate};"},
                up=over_tls(stage, ca.issue(NAME)).port)


@case("self-signed", "upstream-tls-verify-untrusted", "pin", kind="https")
def pin(stage):
    ca, pair = certificates.Authority(stage), certificates.self_signed(stage, NAME)
    return Plan(site(f"proxy_ssl_name {NAME};"), get(), values={"copy_of_its_certificate": pair[0]}, after=answers(),
                was={"location": f"proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate};"}, up=over_tls(stage, pair).port)


@case("two intermediates", "upstream-tls-verify-untrusted", "depth", kind="https")
def depth(stage):
    root = certificates.Authority(stage)
    below = certificates.Authority(stage, "below", certificates.Authority(stage, "between", root))
    return Plan(site(f"proxy_ssl_name {NAME}; proxy_ssl_verify on; proxy_ssl_trusted_certificate {root.certificate};"), get(),
                after=answers(), up=over_tls(stage, below.issue(NAME)).port)


@case("the server sends no intermediate", "upstream-tls-verify-untrusted", "intermediate", kind="https")
def intermediate(stage):
    root = certificates.Authority(stage)
    chain, key = certificates.Authority(stage, "between", root).issue(NAME)
    up = over_tls(stage, (stage.path(NAME + ".crt"), key))
    return Plan(site(f"proxy_ssl_name {NAME}; proxy_ssl_verify on; proxy_ssl_trusted_certificate {root.certificate};"), get(),
                repair=lambda: up.tls.load_cert_chain(chain, key), after=answers(), up=up.port)


@case("no CRL of this CA", "upstream-tls-verify-untrusted", "crl", kind="https")
def missing_crl(stage):
    ca, other = certificates.Authority(stage), certificates.Authority(stage, "other")
    return Plan(site(f"proxy_ssl_name {NAME}; proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate};"), get(),
                values={"crl_file": ca.revocation_list("ca.crl")}, after=answers(),
                was={"location": f"proxy_ssl_crl {other.revocation_list('other.crl')};"}, up=over_tls(stage, ca.issue(NAME)).port)


@case("stream, a CA of one's own", "upstream-tls-verify-untrusted", "private-ca-stream", kind="stream", needs=["stream"])
def private_ca_of_stream(stage):
    ca, other = certificates.Authority(stage), certificates.Authority(stage, "other")
    text = f"""server {{ listen 127.0.0.1:{{port}}; proxy_pass 127.0.0.1:{{up}}; proxy_ssl on; proxy_ssl_name {NAME};
{{change:stream-server}}
}}"""
    return Plan(lab.configuration(stream=text), get(), values={"ca_file": ca.certificate}, after=answers(),
                was={"stream-server": f"proxy_ssl_verify on; proxy_ssl_trusted_certificate {other.certificate};"},
                up=over_tls(stage, ca.issue(NAME)).port)


@case("proxy_pass names the address", "upstream-tls-verify-name-mismatch", "name", kind="https", upstream_name=NAME)
def name(stage):
    ca = certificates.Authority(stage)
    return Plan(site(f"proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate};"), get(), after=answers(),
                up=over_tls(stage, ca.issue(NAME)).port)


@case("the certificate lacks the name", "upstream-tls-verify-name-mismatch", "reissue", kind="https")
def reissue(stage):
    ca = certificates.Authority(stage)
    up, better = over_tls(stage, ca.issue("old.example")), ca.issue(NAME)
    return Plan(site(f"proxy_ssl_name {NAME}; proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate};"), get(),
                repair=lambda: up.tls.load_cert_chain(*better), after=answers(), up=up.port)


@case("an expired certificate", "upstream-tls-verify-expired", "renew", kind="https")
def expired(stage):
    ca = certificates.Authority(stage)
    up = over_tls(stage, ca.issue(NAME, days=-1))
    return Plan(site(f"proxy_ssl_name {NAME}; proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate};"), get(),
                repair=lambda: up.tls.load_cert_chain(*ca.issue(NAME)), after=answers(), up=up.port)


@case("an expired CRL", "upstream-tls-verify-expired", "crl", kind="https")
def expired_crl(stage):
    ca = certificates.Authority(stage)
    return Plan(site(f"proxy_ssl_name {NAME}; proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate};"), get(),
                values={"crl_file": ca.revocation_list("fresh.crl")}, after=answers(),
                was={"location": f"proxy_ssl_crl {ca.revocation_list('old.crl', until='20210101000000Z')};"},
                up=over_tls(stage, ca.issue(NAME)).port)


@case("a key of 1024 bits", "upstream-tls-verify-weak", "reissue", kind="https")
def weak(stage):
    ca = certificates.Authority(stage)
    up = over_tls(stage, ca.issue(NAME, key=("-newkey", "rsa:1024")), ciphers="DEFAULT@SECLEVEL=0")
    return Plan(site(f"proxy_ssl_name {NAME}; proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate};"), get(),
                repair=lambda: up.tls.load_cert_chain(*ca.issue(NAME)), after=answers(), up=up.port)


@case("a revoked certificate", "upstream-tls-verify-untrusted", "revoked", kind="https")
def revoked(stage):
    ca = certificates.Authority(stage)
    up = over_tls(stage, ca.issue(NAME))
    crl = ca.revocation_list("ca.crl", revoked=[certificates.serial(stage.path(NAME + ".crt"))])
    directives = f"proxy_ssl_name {NAME}; proxy_ssl_verify on; proxy_ssl_trusted_certificate {ca.certificate}; proxy_ssl_crl {crl};"
    return Plan(site(directives), get(), repair=lambda: up.tls.load_cert_chain(*ca.issue(NAME)), after=answers(), up=up.port)
