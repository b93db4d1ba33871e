"""Cases of the area config-startup: certificates, keys and parameters of TLS."""

import os

import as_user
import certificates
import lab
from refusals import in_server, refusal, refused
from registry import Plan, case

NAME = "shop.example"
TLS_SERVER = lab.http("server { listen 127.0.0.1:{port} ssl;\n%s\n}")


def pair_of(certificate, key):
    return f"ssl_certificate {certificate}; ssl_certificate_key {key};"


def values_of(certificate, key):
    return {"certificate_chain": certificate, "certificate_key": key}


def with_pair(pair, text="{change:here}"):
    return TLS_SERVER % (pair_of(*pair) + "\n" + text)


def with_other_bytes(stage, suffix, bytes_of):
    """A pair of which one file holds what bytes_of(certificate, key) gives, until it is written anew."""
    pair = certificates.self_signed(stage, NAME)
    whole = certificates.read(stage.path(NAME + suffix))
    stage.write(NAME + suffix, bytes_of(*map(certificates.read, pair)))
    plan = refused(TLS_SERVER % pair_of(*pair))
    plan.repair = lambda: stage.write(NAME + suffix, whole)
    return plan


@case("no such file", "conf-certificate-load-missing", "path")
def certificate_that_is_not_there(stage):
    pair = certificates.self_signed(stage, NAME)
    return refused(TLS_SERVER % "{change:server}", pair_of("/nonexistent/a.crt", "/nonexistent/a.key"), at="server",
                   values=values_of(*pair))


@case("DER instead of PEM", "conf-certificate-load", "pem")
def certificate_in_der(stage):
    certificate, key = certificates.self_signed(stage, NAME)
    der = stage.path("a.der")
    certificates.openssl("x509", "-in", certificate, "-outform", "DER", "-out", der)
    plan = refused(TLS_SERVER % pair_of(der, key))
    plan.repair = lambda: certificates.openssl("x509", "-inform", "DER", "-in", der, "-out", der)
    return plan


@case("an empty file", "conf-certificate-load", "replace")
def certificate_that_is_empty(stage):
    return with_other_bytes(stage, ".crt", lambda certificate, key: b"")


@case("a key of another certificate", "conf-certificate-key-mismatch", "key")
def key_of_another(stage):
    certificate, key = certificates.self_signed(stage, NAME)
    other = certificates.self_signed(stage, "other.example")[1]
    return refused(TLS_SERVER % f"ssl_certificate {certificate}; {{change:here}}", f"ssl_certificate_key {other};",
                   f"ssl_certificate_key {key};")


@case("the intermediate comes first", "conf-certificate-key-mismatch", "order")
def chain_in_the_wrong_order(stage):
    between = certificates.Authority(stage, "between", certificates.Authority(stage))
    chain, key = between.issue(NAME)
    good = certificates.read(chain)
    stage.write(NAME + ".chain", certificates.read(between.certificate) + certificates.read(stage.path(NAME + ".crt")))
    plan = refused(TLS_SERVER % pair_of(chain, key))
    plan.repair = lambda: stage.write(NAME + ".chain", good)
    return plan


@case("a key of 1024 bits", "conf-certificate-weak", "reissue")
def weak_key(stage):
    pair = certificates.self_signed(stage, NAME, ("-newkey", "rsa:1024"))
    plan = refused(TLS_SERVER % ("ssl_ciphers DEFAULT@SECLEVEL=2; " + pair_of(*pair)))
    plan.repair = lambda: certificates.self_signed(stage, NAME, certificates.RSA_KEY)
    return plan


@case("listen ssl without a certificate", "conf-ssl-incomplete", "certificate")
def no_certificate(stage):
    return refused(TLS_SERVER % "{change:server}", at="server", values=values_of(*certificates.self_signed(stage, NAME)))


refusal("a default server for unknown names", "conf-ssl-incomplete", "reject", TLS_SERVER % "{change:server}", at="server")


@case("clients have to show certificates", "conf-ssl-incomplete", "client-authority")
def no_authority_of_clients(stage):
    pair = certificates.self_signed(stage, NAME)
    return refused(with_pair(pair, "ssl_verify_client on;\n{change:server}"), at="server", values={"client_ca": pair[0]})


refusal("the upstream's certificate is verified", "conf-ssl-incomplete", "upstream-authority",
        in_server("location / { proxy_pass https://127.0.0.1:1; proxy_ssl_verify on;\n{change:location}\n}"), at="location")


@case("no responder in the certificate", "conf-stapling-ignored-no-responder", "remove")
def no_responder(stage):
    ca = certificates.Authority(stage)
    return refused(with_pair(ca.issue(NAME), f"ssl_trusted_certificate {ca.certificate};\n{{change:server}}"), "ssl_stapling on;",
                   at="server")


def with_responder(stage):
    """(authority, certificate and key): the certificate names a responder."""
    ca = certificates.Authority(stage)
    return ca, ca.issue(NAME, extensions=["authorityInfoAccess=OCSP;URI:http://127.0.0.1:1/"])


@case("the issuer is unknown", "conf-stapling-ignored", "issuer")
def issuer_unknown(stage):
    ca, pair = with_responder(stage)
    return refused(with_pair(pair, "ssl_stapling on;\n{change:server}"), at="server", values={"chain_file": ca.certificate})


@case("self-signed", "conf-stapling-ignored", "off")
def stapling_of_self_signed(stage):
    return refused(with_pair(certificates.self_signed(stage, NAME), "{change:server}"), "ssl_stapling on;", at="server")


@case("names of TLS 1.3 ciphers", "conf-tls-parameters", "ciphers")
def ciphers_of_tls_1_3(stage):
    return refused(with_pair(certificates.self_signed(stage, NAME), "{change:server}"), "ssl_ciphers TLS_AES_128_GCM_SHA256;", at="server")


@case("a curve that OpenSSL does not know", "conf-tls-parameters", "curve")
def unknown_curve(stage):
    return refused(with_pair(certificates.self_signed(stage, NAME), "{change:server}"), "ssl_ecdh_curve P-25519;", at="server")


@case("a file without parameters", "conf-tls-parameters", "dhparam")
def no_parameters(stage):
    file = stage.write("dh.pem", "")
    plan = refused(with_pair(certificates.self_signed(stage, NAME), f"ssl_dhparam {file};"))
    plan.repair = lambda: certificates.openssl("dhparam", "-dsaparam", "-out", file, "2048")
    return plan


@case("a file that holds no response", "openssl-call-failed-stapling-file", "remove")
def no_response_in_file(stage):
    return refused(with_pair(certificates.self_signed(stage, NAME), "{change:here}"),
                   f"ssl_stapling on; ssl_stapling_file {stage.write('ocsp.der', '')};", "")


@case("a key of root, nginx -t without root", "conf-certificate-load-permission", "sudo", needs=["root"])
def key_of_root(stage):
    certificate, key = certificates.self_signed(stage, NAME)
    os.chmod(key, 0o600)
    tester = as_user.Command("nobody", "-t", opens=True)
    return Plan(TLS_SERVER % pair_of(certificate, key), tester, repair=tester.repair)


@case("a certificate that was cut short", "conf-certificate-load", "damaged")
def cut_short(stage):
    return with_other_bytes(stage, ".crt", lambda certificate, key: certificate[:len(certificate) // 2] + b"\n-----END\n")


@case("a certificate in the key's place", "conf-certificate-load", "key")
def certificate_for_key(stage):
    return with_other_bytes(stage, ".key", lambda certificate, key: certificate)
