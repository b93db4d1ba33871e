"""Certificates and TLS contexts for the lab's servers, made with the openssl command."""

import os
import ssl
import subprocess

EC_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
RSA_KEY = ("-newkey", "rsa:2048")


def openssl(*arguments, cwd=None):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=cwd)


class Authority:
    """A CA in a folder of the stage; `above` is the CA that signed it, None for a root."""

    def __init__(self, stage, name="ca", above=None):
        self.stage, self.name, self.above = stage, name, above
        self.certificate, self.key = stage.path(name + ".crt"), stage.path(name + ".key")
        if above:
            above.sign(name, ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign,cRLSign"])
        else:
            openssl("req", "-x509", *EC_KEY, "-nodes", "-days", "9", "-subj", f"/CN=Lab {name}", "-keyout", self.key, "-out",
                    self.certificate, "-addext", "keyUsage=keyCertSign,cRLSign")

    def issue(self, name, days=9, key=EC_KEY, extensions=()):
        """A certificate for a host; returns (chain, key): the chain holds the intermediates too, as a good server sends it."""
        self.sign(name, [f"subjectAltName=DNS:{name}", *extensions], days, key)
        chain, authority = [self.stage.path(name + ".crt")], self
        while authority.above:
            chain.append(authority.certificate)
            authority = authority.above
        text = b"".join(read(path) for path in chain)
        return self.stage.write(name + ".chain", text), self.stage.path(name + ".key")

    def sign(self, name, extensions, days=9, key=EC_KEY):
        """NAME.crt and NAME.key in the stage's folder."""
        path = self.stage.path(name)
        openssl("req", "-new", *key, "-nodes", "-subj", f"/CN={name}", "-keyout", path + ".key", "-out", path + ".csr")
        self.stage.write(name + ".ext", "\n".join(extensions) + "\n")
        openssl("x509", "-req", "-in", path + ".csr", "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-days", str(days),
                "-extfile", path + ".ext", "-out", path + ".crt")

    def revocation_list(self, name, until="20490101000000Z", revoked=()):
        """A CRL that was made long ago, is valid until then and has these serial numbers; returns its path."""
        folder = self.stage.path(self.name + "-db")
        os.makedirs(folder, exist_ok=True)
        index = "".join(f"R\t490101000000Z\t250101000000Z\t{number}\tunknown\t/CN=revoked\n" for number in revoked)
        for file, text in (("index.txt", index), ("crlnumber", "01\n")):
            self.stage.write(f"{self.name}-db/{file}", text)
        settings = f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index.txt\ncrlnumber={folder}/crlnumber\ndefault_md=sha256\n"
        config = self.stage.write(f"{self.name}-db/ca.conf", settings)
        openssl("ca", "-gencrl", "-config", config, "-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", until, "-keyfile", self.key,
                "-cert", self.certificate, "-out", self.stage.path(name))
        return self.stage.path(name)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def serial(path):
    """The serial number of a certificate, as an index of openssl holds it."""
    run = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-serial"], check=True, capture_output=True, text=True)
    return run.stdout.strip().removeprefix("serial=")


def self_signed(stage, name, key=EC_KEY):
    """(certificate, key)"""
    certificate, key_file = stage.path(name + ".crt"), stage.path(name + ".key")
    openssl("req", "-x509", *key, "-nodes", "-days", "9", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout",
            key_file, "-out", certificate)
    return certificate, key_file


def serving(pair, lowest=None, highest=None, ciphers=None):
    """The server's side of TLS with a certificate and key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if ciphers:
        context.set_ciphers(ciphers)
    context.load_cert_chain(*pair)
    if lowest:
        context.minimum_version = lowest
    if highest:
        context.maximum_version = highest
    return context


def wants_sni(pair, name, alert=ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE):
    """A side that answers a handshake without the right server name with an alert: CDNs take 40, 80 or 112."""
    context = serving(pair)
    context.sni_callback = lambda _socket, given, _context: None if given == name else alert
    return context


def wants_certificate(pair, authority, highest=ssl.TLSVersion.TLSv1_2):
    """A side that demands a client certificate of the authority; TLS 1.2 says so with alert 40, 1.3 with 116."""
    context = serving(pair, highest=highest)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.certificate)
    return context
