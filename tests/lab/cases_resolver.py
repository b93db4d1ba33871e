"""Cases of the areas resolver and tls-ocsp: names that nginx looks up while it runs, and whom it asks about its certificate."""

import certificates
import lab
import servers
from registry import Plan, answers, case, get

SITE = """
{change:http}
    server {
        listen 127.0.0.1:{port};
        resolver_timeout 1s;
{change:server}
        set $app app.example;
        location / { proxy_pass http://$app:{up}; }
    }"""


def dns(stage, names, **options):
    """(the server, its address as a value of `resolver`)"""
    server = stage.enter(servers.Dns(names, **options))
    return server, f"127.0.0.1:{server.port}"


def ok(stage):
    return stage.server(lab.answers_with(b"ok")).port


GOOD = {"app.example": ["127.0.0.1"]}


def to_good(stage, was, **options):
    """A plan in which the resolver named by `was` gives way to a good one."""
    _, address = dns(stage, GOOD)
    text = SITE.replace("resolver_timeout 1s;", "") if not was or "timeout" in was else SITE
    return Plan(lab.http(text.replace("{change:http}", "")), get(), was={"server": was}, values={"resolver": address}, after=answers(),
                up=ok(stage), **options)


@case("proxy_pass with a variable", "no-resolver-defined", "resolver")
def missing(stage):
    return to_good(stage, "")


def localhost(stage, resolver):
    text = f"""server {{ listen 127.0.0.1:{{port}}; {resolver} set $to {{up}}; location / {{ proxy_pass http://{{change:address}}:$to; }} }}"""
    plan = Plan(lab.http(text), get(), was={"address": "localhost"}, after=answers(), up=ok(stage))
    plan.repair = lambda: plan.was.update(address="127.0.0.1")
    return plan


@case("localhost and a variable", "no-resolver-defined", "localhost")
def localhost_without_resolver(stage):
    return localhost(stage, "")


@case("localhost and a variable, asked of DNS", "resolve-nxdomain", "localhost")
def localhost_unknown(stage):
    return localhost(stage, f"resolver {dns(stage, {})[1]};")


@case("stream, proxy_pass with a variable", "no-resolver-defined", "resolver-stream", kind="stream", needs=["stream"])
def missing_stream(stage):
    _, address = dns(stage, GOOD)
    text = """map $remote_port $app { default app.example; }
    server { listen 127.0.0.1:{port}; proxy_pass $app:{up};
{change:stream-server}
    }"""
    return Plan(lab.configuration(stream=text), get(), values={"resolver": address}, after=answers(), up=ok(stage))


@case("the name is added", "resolve-nxdomain", "whole-name")
def whole_name(stage):
    server, address = dns(stage, {})
    text = SITE.replace("{change:http}", "").replace("{change:server}", f"resolver {address};")
    return Plan(lab.http(text), get(), repair=lambda: server.names.update(GOOD), after=answers(), up=ok(stage))


@case("names from a client", "resolve-nxdomain", "allow-list", host="app.example")
def allow_list(stage):
    _, address = dns(stage, {})
    up = ok(stage)
    text = f"""{{change:http}}
    server {{ listen 127.0.0.1:{{port}}; resolver {address}; location / {{ {{change:location}} }} }}"""
    return Plan(lab.http(text), get(host="app.example"), was={"location": "proxy_pass http://$host:8080;"},
                values={"backend_addr": f"127.0.0.1:{up}", "default_backend_addr": f"127.0.0.1:{up}"}, after=answers(host="app.example"))


@case("a silent name server", "resolve-timeout", "servers")
def silent(stage):
    _, address = dns(stage, GOOD, silent=True)
    plan = to_good(stage, f"resolver {address}; resolver_timeout 1s;")
    plan.values["second_resolver"] = plan.values["resolver"]
    return plan


@case("one of two name servers is silent, and not long enough waited for", "resolve-timeout", "servers")
def silent_first(stage):
    first, second = dns(stage, GOOD, silent=True)[1], dns(stage, GOOD)[1]
    text = SITE.replace("{change:http}", "").replace("resolver_timeout 1s;", "")
    return Plan(lab.http(text), get(), was={"server": f"resolver {first} {second}; resolver_timeout 5s;"},
                values={"resolver": first, "second_resolver": second}, after=answers(), up=ok(stage))


@case("stream, a silent name server", "resolve-timeout", "servers-stream", kind="stream", needs=["stream"])
def silent_stream(stage):
    address, good = dns(stage, GOOD, silent=True)[1], dns(stage, GOOD)[1]
    text = """map $remote_port $app { default app.example; }
    server { listen 127.0.0.1:{port}; proxy_pass $app:{up};
{change:stream-server}
    }"""
    return Plan(lab.configuration(stream=text), get(), was={"stream-server": f"resolver {address}; resolver_timeout 1s;"},
                values={"resolver": good, "second_resolver": good}, after=answers(), up=ok(stage))


class NoIpv6(servers.Dns):
    """A name server that refuses questions for IPv6 addresses, or does not answer them."""

    drops = False

    def reply(self, query):
        answer = super().reply(query)
        if b"\x00\x1c\x00\x01" not in query:
            return answer
        return None if self.drops else answer[:3] + bytes([answer[3] | 5]) + answer[4:]


def no_ipv6(stage, drops):
    server = stage.enter(NoIpv6(GOOD))
    server.drops = drops
    address = f"127.0.0.1:{server.port}"
    text = SITE.replace("{change:http}", "")
    return Plan(lab.http(text), get(), was={"server": f"resolver {address};"}, values={"resolver": address}, after=answers(), up=ok(stage))


@case("AAAA is refused", "resolve-server-error", "no-ipv6")
def refused_aaaa(stage):
    return no_ipv6(stage, drops=False)


@case("AAAA is not answered", "resolve-timeout", "no-ipv6")
def dropped_aaaa(stage):
    return no_ipv6(stage, drops=True)


@case("a server that fails", "resolve-server-error", "other-server")
def failing(stage):
    return to_good(stage, f"resolver {dns(stage, {'app.example': 2})[1]};")


@case("the zone is repaired", "resolve-server-error", "zone")
def zone(stage):
    server, address = dns(stage, {"app.example": 2})
    text = SITE.replace("{change:http}", "").replace("{change:server}", f"resolver {address};")
    return Plan(lab.http(text), get(), repair=lambda: server.names.update(GOOD), after=answers(), up=ok(stage))


@case("nothing listens on the resolver's port", "resolver-connection-refused", "address")
def refused(stage):
    return to_good(stage, f"resolver 127.0.0.1:{lab.free_port()};")


class Malformed(servers.Dns):
    """A name server that counts two questions."""

    def reply(self, query):
        answer = super().reply(query)
        return answer[:5] + b"\x02" + answer[6:]


@case("answers that are wrong", "resolver-connection-refused-malformed", "local")
def malformed(stage):
    return to_good(stage, f"resolver 127.0.0.1:{stage.enter(Malformed(GOOD)).port}; resolver_timeout 1s;")


@case("SMTP, a silent name server", "resolve-timeout", "servers-mail", kind="mail", needs=["mail"])
def silent_mail(stage):
    names = {"1.0.0.127.in-addr.arpa": ["client.example"], "client.example": ["127.0.0.1"]}
    address, good = dns(stage, names, silent=True)[1], dns(stage, names)[1]
    text = """auth_http 127.0.0.1:1/auth;
    server {
        listen 127.0.0.1:{port};
        protocol smtp;
{change:mail-server}
    }"""
    return Plan(lab.configuration(mail=text), lambda nginx: nginx.send(b"QUIT\r\n"), values={"resolver": good, "second_resolver": good},
                was={"mail-server": f"resolver {address}; resolver_timeout 1s;"})


OCSP_SITE = """
{change:http}
    server {
        listen 127.0.0.1:{port} ssl;
        ssl_certificate %s; ssl_certificate_key %s;
{change:server}
        location / { return 200 ok; }
    }"""


def handshakes(nginx):
    """nginx asks for the certificate's status at a handshake that wants it."""
    for _ in range(2):
        lab.subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{nginx.port}", "-status"], input=b"", capture_output=True,
                           check=False, timeout=20)
        lab.time.sleep(0.3)


def with_ocsp(stage, url):
    """A chain and key whose certificate names this responder, and a certificate for that."""
    ca = certificates.Authority(stage)
    ca.issue("ocsp.example", extensions=["extendedKeyUsage=OCSPSigning"])
    chain, key = ca.issue("site.example", extensions=[f"authorityInfoAccess=OCSP;URI:{url}"])
    return stage.write("full.pem", certificates.read(chain) + certificates.read(ca.certificate)), key


@case("the responder has a name", "stapling-no-resolver", "resolver")
def ocsp_resolver(stage):
    _, address = dns(stage, {"localhost": ["127.0.0.1"]})
    pair = with_ocsp(stage, f"http://localhost:{lab.free_port()}/")
    return Plan(lab.http((OCSP_SITE % pair).replace("{change:server}", "ssl_stapling on;")), handshakes, values={"resolver": address},
                tolerates=("stapling-responder-error",))


@case("nobody answers", "stapling-responder-error", "off")
def ocsp_off(stage):
    pair = with_ocsp(stage, f"http://127.0.0.1:{lab.free_port()}/")
    return Plan(lab.http((OCSP_SITE % pair).replace("{change:http}", "")), handshakes, was={"server": "ssl_stapling on;"})


def status_of(stage, url, port, flag):
    """A responder of the CA at this port says `flag` of the certificate (V valid, R revoked); returns chain and key."""
    pair = with_ocsp(stage, url)
    serial = certificates.serial(stage.path("site.example.crt"))
    revoked = "250101000000Z" if flag == "R" else ""
    stage.write("index.txt", f"{flag}\t490101000000Z\t{revoked}\t{serial}\tunknown\t/CN=site.example\n")
    stage.run("openssl", "ocsp", "-index", stage.path("index.txt"), "-port", str(port), "-CA", stage.path("ca.crt"), "-rsigner",
              stage.path("ocsp.example.crt"), "-rkey", stage.path("ocsp.example.key"))
    lab.wait_for(lambda: not lab.PORTS.is_free(port), what="the responder")
    return pair


@case("the chain is not named", "stapling-responder-error-verify", "chain")
def ocsp_chain(stage):
    port = lab.free_port()
    pair = status_of(stage, f"http://127.0.0.1:{port}/", port, "V")
    return Plan(lab.http((OCSP_SITE % pair).replace("{change:http}", "")), handshakes, values={"chain_file": stage.path("ca.crt")},
                was={"server": "ssl_stapling on; ssl_stapling_verify on;"})


@case("a new certificate", "stapling-responder-error-revoked", "replace")
def ocsp_revoked(stage):
    port, later = lab.free_port(), lab.free_port()
    pair = status_of(stage, f"http://127.0.0.1:{port}/", port, "R")
    text = (OCSP_SITE % pair).replace("{change:http}", "").replace("{change:server}", "ssl_stapling on;")
    return Plan(lab.http(text), handshakes, repair=lambda: status_of(stage, f"http://127.0.0.1:{later}/", later, "V"))
