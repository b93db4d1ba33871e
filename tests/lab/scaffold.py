"""What stands around a block of advice so that nginx can test it: example values for its placeholders, a folder with the files they name,
and the upstream groups, zones and so on that the block refers to."""

import os
import re
import subprocess

import certificates
import lab

# By the name of a placeholder, the first expression found in it decides; {folder} is the stage's.
VALUES = [
    (r"^your_syslog_address$", "127.0.0.1"),
    (r"password_file$", "{folder}/passwords"),
    (r"^your_error_log$", "{folder}/error.log"),
    (r"crl_file$", "{folder}/ca.crl"),
    (r"^your_ecdsa_certificate$", "{folder}/ec.crt"),
    (r"^your_ecdsa_private_key$", "{folder}/ec.key"),
    (r"(private_key|certificate_key|client_key)$", "{folder}/site.key"),
    (r"^your_(client_ca|ca_file|chain_file|trusted_certificates)$", "{folder}/ca.crt"),
    (r"^your_(rsa_certificate|certificate|certificate_chain|client_certificate|copy_of_its_certificate|issuer_certificate)$", "{folder}/site.crt"),
    (r"(directory|root|_path)$", "{folder}/files"),
    (r"^your_(auth_http_url)$", "127.0.0.1:9000/auth"),
    (r"url$", "http://127.0.0.1:8080/"),
    (r"(php_socket|socket)$", "{folder}/app.sock"),
    (r"^your_(direct_|https_|other_)?port$", "18444"),
    (r"_port$", "8081"),
    (r"^your_(own_address(_[12])?|address|backend_address|resolver|second_resolver|name_server|listen_address|client_address)$", "127.0.0.1"),
    (r"^your_(server_1|upstream_addr|backend_addr|tls_addr|grpc_addr|fastcgi_addr|memcached_addr)$", "127.0.0.1:8081"),
    (r"^your_(server_2|other_addr|backup_server|default_backend_addr)$", "127.0.0.1:8082"),
    (r"^your_(proxy|.*network)$", "192.0.2.0/24"),
    (r"^your_.*(host|upstream_name|server_name)$", "localhost"),
    (r"^your_cipher$", "AES128-SHA"),
    (r"^your_(nginx_)?user$", "root"),
    (r"^your_(twice_worker_connections|hard_limit_nofile)$", "2048"),
    (r"^your_rate$", "10r/s"),
    (r"^your_(size)$", "10m"),
    (r"^your_(limit|burst|upload_limit_size|largest_image_size_megabytes)$", "10"),
    (r"^your_upstream_group$", "group"),
    (r"^your_variable$", "a_variable"),
    (r"^your_rate_variable$", "a_rate"),
    (r"^your_header_name$", "X-Example"),
    (r"^your_conn_zone$", "other_name"),
    (r"zone$|^your_(group_name|pool|value|named_location|application|instance_name|name)$", "a_name"),
]
# nginx would make or open these outside the stage.
OUTSIDE = re.compile(r"(?m)^(\s*(?:pid|error_log|access_log|working_directory|\w+_temp_path|\w+_cache_path)\s+)(/[^\s;$]+)")
LOW_PORT = re.compile(r"(?m)^(\s*listen\s+(?:[\w.*\[\]:]+:)?)(\d{2,3})(?=[\s;])")
MODULE_FILES = {"ngx_http_image_filter_module": "http_image_filter", "ngx_http_xslt_module": "http_xslt_filter",
                "ngx_http_perl_module": "http_perl", "ngx_http_geoip_module": "http_geoip"}
ALWAYS_TLS = "ssl_certificate {folder}/site.crt; ssl_certificate_key {folder}/site.key; ssl_client_certificate {folder}/ca.crt;"
ALWAYS_HTTP = ALWAYS_TLS + """
client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5; access_log off;"""
# What a block refers to, what declares it, and the declaration to make when the suggestion itself has none.
REFERENCES = [
    (r"\blimit_req\s+zone=(\w+)", r"\blimit_req_zone\b", "http", "limit_req_zone $binary_remote_addr zone=%s:1m rate=9r/s;"),
    (r"\blimit_conn\s+(\w+)", r"\blimit_conn_zone\b", "", "limit_conn_zone $binary_remote_addr zone=%s:1m;"),
    (r"\bproxy_cache\s+(\w+)", r"\bproxy_cache_path\b", "http", "proxy_cache_path {folder}/c1 keys_zone=%s:1m;"),
    (r"\bfastcgi_cache\s+(\w+)", r"\bfastcgi_cache_path\b", "http", "fastcgi_cache_path {folder}/c2 keys_zone=%s:1m;"),
    (r"\buwsgi_cache\s+(\w+)", r"\buwsgi_cache_path\b", "http", "uwsgi_cache_path {folder}/c3 keys_zone=%s:1m;"),
    (r"\bscgi_cache\s+(\w+)", r"\bscgi_cache_path\b", "http", "scgi_cache_path {folder}/c4 keys_zone=%s:1m;"),
    (r"\bmap\s+\$(a_variable)\b", r"(?!)", "", "map $host $%s { default 1; }"),
    (r"_pass\s+(?:\w+://)?(group)\b", r"(?!)", "", "upstream %s { server 127.0.0.1:8081; }"),
]


def value_of(name, folder):
    for expression, value in VALUES:
        if re.search(expression, name):
            return value.format(folder=folder)
    raise KeyError(f"no example value for ${{{name}}}")


def uncomment(text):
    """The lines under "# fill in first" as they are once filled in."""
    lines, filling = [], False
    for line in text.split("\n"):
        bare = line.strip()
        if bare == "# fill in first":
            filling = True
        elif filling and bare.startswith("# "):
            lines.append(line.replace("# ", "", 1))
        else:
            filling = False
            lines.append(line)
    return "\n".join(lines)


def fill(text, folder):
    return re.sub(r"\$\{((?:your|log)_\w+)\}", lambda found: value_of(found[1], folder), uncomment(text))


class Folder:
    """The files that example values name."""

    def __init__(self, path):
        self.root = path
        os.makedirs(self.path("files"), exist_ok=True)
        authority = certificates.Authority(self)
        certificates.self_signed(self, "site", certificates.RSA_KEY)
        certificates.self_signed(self, "ec")
        authority.revocation_list("ca.crl")
        self.write("passwords", b"secret\n")
        for name in ("fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "mime.types"):
            self.write(name, b"")

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return self.path(name)


class Configuration:
    """Blocks in the contexts that they name."""

    def __init__(self, folder):
        self.folder = folder
        self.parts = {}
        self.number = 0
        self.modules = set()

    def add(self, context, text):
        self.parts.setdefault(context, []).append(LOW_PORT.sub(r"\g<1>18\2", OUTSIDE.sub(self.inside, text)))

    def inside(self, found):
        """The path of the directive, moved into the folder."""
        path = found[2] if found[2].startswith(self.folder.root + "/") else self.folder.root + found[2]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return found[1] + path

    def joined(self, *contexts):
        return "\n".join(text for context in contexts for text in self.parts.get(context, ()))

    def unless_given(self, always, context):
        """The scaffold's own directives without those that the blocks of the context have."""
        given = set(re.findall(r"(?m)^\s*(\w+)", self.joined(context)))
        lines = (line.strip() for line in always.format(folder=self.folder.root).split(";") if line.strip())
        return "".join(f"{line};\n" for line in lines if line.split()[0] not in given)

    def declarations(self, where, text):
        made = []
        for refers, declares, only, declaration in REFERENCES:
            if only in ("", where) and not re.search(declares, text):
                made += [declaration.replace("%s", name).replace("{folder}", self.folder.root) for name in sorted(set(re.findall(refers, text)))]
        return [line for line in made if not line.startswith("upstream") or not self.parts.get("upstream" if where == "http" else "stream-upstream")]

    def http(self):
        text = [self.unless_given(ALWAYS_HTTP, "http"), *self.declarations("http", self.joined("http", "server", "location")), self.joined("http")]
        for block in self.parts.get("upstream", ()):
            text.append("upstream group {\n%s}" % self.with_server(block))
        servers = self.parts.get("server") or [""]
        locations = "".join("location /%d {\n%s}\n" % pair for pair in enumerate(self.parts.get("location", ())))
        for number, block in enumerate(servers):
            text.append("server {\nlisten 127.0.0.1:18099;\nserver_name s%d;\n%s\n%s}" % (number, block, locations if number == 0 else ""))
        return "http {\n%s\n}\n" % "\n".join(text)

    def stream(self):
        text = [self.unless_given(ALWAYS_TLS, "stream"), *self.declarations("stream", self.joined("stream", "stream-server")), self.joined("stream")]
        for block in self.parts.get("stream-upstream", ()):
            text.append("upstream group {\n%s}" % self.with_server(block))
        for number, block in enumerate(self.parts.get("stream-server") or [""]):
            handler = "" if re.search(r"(?m)^\s*(proxy_pass|return|pass)\s", block) else "proxy_pass 127.0.0.1:8081;\n"
            text.append("server {\nlisten 127.0.0.1:%d;\n%s%s}" % (18200 + number, handler, block))
        return "stream {\n%s\n}\n" % "\n".join(text)

    def mail(self):
        server = self.joined("mail-server")
        inherited = self.unless_given("auth_http 127.0.0.1:9000/auth;", "mail-server") if "auth_http " not in self.joined("mail") else ""
        return "mail {\nserver_name localhost;\n%s%s\nserver {\nlisten 127.0.0.1:18143;\nprotocol imap;\n%s%s}\n}\n" % (
            self.unless_given(ALWAYS_TLS, "mail"), self.joined("mail"), inherited, server)

    @staticmethod
    def with_server(block):
        return block if re.search(r"(?m)^\s*server\s", block) else "server 127.0.0.1:8081;\n" + block

    def sections(self):
        return {"stream" if context.startswith("stream") else "mail" if context.startswith("mail") else "http" for context in self.parts}

    def text(self):
        modules = set(self.modules) | (self.sections() - {"http"})
        load = "".join(f"load_module {lab.module_path(name)};\n" for name in sorted(modules) if lab.module_path(name))
        sections = "".join(getattr(self, name)() for name in sorted(self.sections()))
        events = self.joined("events")
        main = self.unless_given("pid {folder}/pid; error_log {folder}/error.log;", "main") + self.joined("main")
        return f"{load}{main}\nevents {{\n{events}\n}}\n{sections}"

    def test(self):
        """What nginx says against it; nothing if it is accepted."""
        path = self.folder.write("nginx.conf", self.text())
        run = subprocess.run([lab.find_nginx(), "-t", "-q", "-p", self.folder.root, "-e", "stderr", "-c", path], capture_output=True, check=False, timeout=lab.SECONDS)
        said = run.stderr.decode(errors="replace")
        if run.returncode == 0:
            return ""
        wrong = [line for line in said.split("\n") if "[emerg]" in line or "[crit]" in line]
        return wrong[0] if wrong else said or "refused"
