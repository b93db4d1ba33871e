"""Cases of the area static-files: files, directories, links, and where a URI is led to."""

import grp
import os
import shutil

import lab
from registry import Plan, answers, case, get

PAGE = b"<h1>page</h1>"


def root(stage, **files):
    """A document root with these files; returns its path."""
    for name, content in files.items():
        stage.write("root/" + name.replace("_", "."), content)
    os.makedirs(stage.path("root"), exist_ok=True)
    return stage.path("root")


def site(stage, text, http=""):
    return lab.http(f"{http} server {{ listen 127.0.0.1:{{port}}; root {root(stage)};\n{text}\n}}")


def page(target="/"):
    """An `after`: the page is served."""

    def after(nginx):
        assert PAGE in nginx.get(target), f"{target} is not served"

    return after


def served(stage, text, target, **options):
    """A plan of a site in which the page is at `target` after the change."""
    return Plan(site(stage, text, options.pop("http", "")), get(target), after=page(target), **options)


@case("a directory without index", "directory-index-forbidden", "listing")
def listing(stage):
    stage.write("root/files/a.txt", PAGE)
    return Plan(site(stage, "location /files/ {\n{change:location}\n}"), get("/files/"), after=answers(target="/files/"))


@case("an application of one page", "directory-index-forbidden", "single-page")
def single_page(stage):
    root(stage, index_html=PAGE)
    os.mkdir(stage.path("root", "cart"))
    return served(stage, "{change:server}", "/cart/")


@case("the root is one directory too high", "directory-index-forbidden", "root")
def index_in_public(stage):
    stage.write("root/public/index.html", PAGE)
    text = lab.http("server { listen 127.0.0.1:{port};\n{change:server}\n}")
    return Plan(text, get(), was={"server": f"root {root(stage)};"}, values={"document_root": stage.path("root/public")}, after=page())


@case("index.php only", "directory-index-forbidden", "index-php")
def index_php(stage):
    root(stage, index_php=PAGE)
    return served(stage, "{change:server}", "/")


def missing_root(fault, target="/"):
    """A plan: `fault` is what stands in the server, the page is in the stage's root."""

    def scene(stage):
        root(stage, index_html=PAGE, a_html=PAGE)
        text = lab.http("server { listen 127.0.0.1:{port};\n{change:server}\n}")
        return Plan(text, get(target), was={"server": fault}, values={"document_root": stage.path("root")}, after=page(target))

    return scene


case("the directory of the site is not there", "index-not-found", "root")(missing_root("root /nonexistent/site;"))
case("the directory that is compiled in", "static-not-found-root", "root")(missing_root("root /etc/nginx/html;", "/a.html"))


@case("a link to a release that was removed", "index-not-found", "release-link")
def release_link(stage):
    stage.write("releases/2/index.html", PAGE)
    link = stage.path("current")
    os.symlink(stage.path("releases/1"), link)

    def repair():
        os.remove(link)
        os.symlink(stage.path("releases/2"), link)

    return Plan(lab.http(f"server {{ listen 127.0.0.1:{{port}}; root {link}; }}"), get(), repair=repair, after=page())


@case("a page that was not deployed", "static-not-found", "link")
def broken_link(stage):
    return served(stage, "", "/a.html", repair=lambda: stage.write("root/a.html", PAGE))


@case("error_page names a page that is not there", "static-not-found-after-upstream", "error-page")
def no_error_page(stage):
    stage.write("pages/50x.html", PAGE)
    text = f"""server {{ listen 127.0.0.1:{{port}}; root {{folder}}; error_page 502 /50x.html; location / {{ proxy_pass http://127.0.0.1:{lab.free_port()}; }}
{{change:server}} }}"""
    return Plan(lab.http(text), get(), was={"server": "location = /50x.html { }"}, values={"error_page_directory": stage.path("pages")},
                after=answers(b"HTTP/1.1 502"), tolerates=("upstream-connect-refused",))


@case("X-Accel-Redirect names a file that is not there", "static-not-found-after-upstream", "accel")
def no_accel_file(stage):
    os.mkdir(stage.path("files"))
    up = stage.server(lab.answers_with(b"", headers=["X-Accel-Redirect: /protected/a%20b.txt"])).port
    text = """server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:{up}; }
        location /protected/ { internal; alias {folder}/files/; } }"""
    return Plan(lab.http(text), get(), repair=lambda: stage.write("files/a b.txt", PAGE), after=page("/"), up=up)


@case("root in the wrong place", "static-not-found", "root")
def wrong_root(stage):
    root(stage, a_html=PAGE)
    text = lab.http("server { listen 127.0.0.1:{port};\n{change:server}\n}")
    return Plan(text, get("/a.html"), was={"server": "root {prefix}/logs;"}, values={"document_root": stage.path("root")},
                after=page("/a.html"))


@case("root where alias was meant", "static-not-found", "alias")
def alias(stage):
    stage.write("assets/a.css", PAGE)
    folder = stage.path("assets")
    return served(stage, "{change:server}", "/static/a.css", was={"server": f"location /static/ {{ root {folder}; }}"},
                  values={"static_directory": folder})


@case("alias without the slash that the location has", "static-not-found", "alias")
def alias_without_slash(stage):
    stage.write("assets/a.css", PAGE)
    folder = stage.path("assets")
    return served(stage, "{change:server}", "/static/a.css", was={"server": f"location /static/ {{ alias {folder}; }}"},
                  values={"static_directory": folder})


def front_controller(target):
    """A plan: only the application's index.php answers for `target`."""

    def scene(stage):
        root(stage, index_php=PAGE)
        return served(stage, "{change:server}", target)

    return scene


case("an address of an application in PHP", "static-not-found", "front-controller")(front_controller("/about"))
case("an address that ends in a slash", "index-not-found", "front-controller")(front_controller("/2023/01/about/"))


@case("an application of one page", "static-not-found", "single-page")
def routes(stage):
    root(stage, index_html=PAGE)
    return served(stage, "{change:server}", "/orders/7")


@case("nobody made an icon", "static-not-found-favicon", "silence")
def favicon(stage):
    return Plan(site(stage, "{change:server}"), get("/favicon.ico"), after=answers(b"HTTP/1.1 404", "/favicon.ico"))


@case("an icon", "static-not-found-favicon", "provide")
def icon(stage):
    return served(stage, "", "/favicon.ico", repair=lambda: stage.write("root/favicon.ico", PAGE))


@case("the challenge lies in another root", "static-not-found-acme", "location")
def acme(stage):
    stage.write("acme/.well-known/acme-challenge/token", PAGE)
    return served(stage, "{change:server}", "/.well-known/acme-challenge/token", values={"webroot_directory": stage.path("acme")})


def group_of_workers():
    """The group of nginx's default user, nobody."""
    for name in ("nogroup", "nobody"):
        try:
            return grp.getgrnam(name).gr_gid
        except KeyError:
            pass
    raise OSError("there is no group of nobody")


def for_workers(path, mode):
    """What a file or directory of root needs so that nginx's user may read it, and nobody else."""
    os.chown(path, 0, group_of_workers())
    os.chmod(path, mode)


@case("a file of root only", "static-permission-denied", "acl", needs=["root"])
def file_of_root(stage):
    path = stage.write("root/a.html", PAGE, 0o600)
    return served(stage, "", "/a.html", repair=lambda: for_workers(path, 0o640))


@case("a closed directory above", "static-permission-denied", "acl", needs=["root"])
def closed_directory(stage):
    root(stage, a_html=PAGE)
    os.chmod(stage.path("root"), 0o700)
    return served(stage, "", "/a.html", repair=lambda: for_workers(stage.path("root"), 0o710))


@case("the site is in a home directory", "static-permission-denied", "move-home", needs=["root"])
def home(stage):
    stage.write("home/site/a.html", PAGE)
    os.chmod(stage.path("home"), 0o700)
    shutil.copytree(stage.path("home/site"), stage.path("srv"))
    text = lab.http("server { listen 127.0.0.1:{port};\n{change:server}\n}")
    return Plan(text, get("/a.html"), was={"server": f"root {stage.path('home/site')};"}, values={"document_root": stage.path("srv")},
                after=page("/a.html"))


# Without a referrer it would be a scanner's request.
FROM_THE_SITE = ["Referer: http://localhost/"]


@case("a secret in the document root", "static-permission-denied-secret", "deny", needs=["root"])
def secret_denied(stage):
    stage.write("root/.env", "PASSWORD=1", 0o600)
    return Plan(site(stage, "{change:server}"), get("/.env", headers=FROM_THE_SITE), after=answers(b"HTTP/1.1 404", "/.env"))


@case("a dump is moved away", "static-permission-denied-secret", "move", needs=["root"])
def secret_moved(stage):
    path = stage.write("root/shop.sql", "INSERT", 0o600)
    return Plan(site(stage, ""), get("/shop.sql", headers=FROM_THE_SITE), repair=lambda: os.rename(path, stage.path("shop.sql")),
                tolerates=("static-not-found",))


@case("a scan for secrets", "scanner-probe", "dot-files")
def scan(stage):
    return Plan(site(stage, "{change:server}"), get("/.git/config"), after=answers(b"HTTP/1.1 404", "/.git/config"))


@case("a name that is too long", "static-bad-path", "leave")
def long_name(stage):
    target = {"target": "/" + "a" * 300}
    return Plan(site(stage, ""), lambda nginx: nginx.get(**target), repair=lambda: target.update(target="/"),
                tolerates=("directory-index-forbidden",))


def symlink_site(stage, owner):
    stage.write("shared/a.html", PAGE)
    os.makedirs(stage.path("root"))
    os.symlink(stage.path("shared/a.html"), stage.path("root/a.html"))
    if owner:
        os.lchown(stage.path("root/a.html"), owner, owner)
    return site(stage, "location / {\n{change:location}\n}")


@case("links of the owner of their target", "static-symlink-disabled", "owner")
def links_of_owner(stage):
    return Plan(symlink_site(stage, 0), get("/a.html"), was={"location": "disable_symlinks on;"}, after=page("/a.html"))


@case("a link of another owner", "static-symlink-disabled", "chown", needs=["root"])
def link_of_another(stage):
    text = symlink_site(stage, 1).replace("{change:location}", "disable_symlinks if_not_owner from=$document_root;")
    return Plan(text, get("/a.html"), repair=lambda: os.lchown(stage.path("root/a.html"), 0, 0), after=page("/a.html"))


@case("a copy instead of a link", "static-symlink-disabled", "copy")
def copy(stage):
    text = symlink_site(stage, 0).replace("{change:location}", "disable_symlinks on from=$document_root;")

    def repair():
        os.remove(stage.path("root/a.html"))
        stage.write("root/a.html", PAGE)

    return Plan(text, get("/a.html"), repair=repair, after=page("/a.html"))


@case("a link to itself", "static-symlink", "repair")
def loop(stage):
    link = os.path.join(root(stage), "a.html")
    os.symlink("a.html", link)

    def repair():
        os.remove(link)
        stage.write("root/a.html", PAGE)

    return served(stage, "", "/a.html", repair=repair)


@case("a pipe in the document root", "static-not-regular-file", "remove")
def pipe(stage):
    path = os.path.join(root(stage), "pipe")
    os.mkfifo(path)
    os.chmod(path, 0o644)
    return Plan(site(stage, ""), get("/pipe"), repair=lambda: os.remove(path), after=answers(b"HTTP/1.1 404", "/pipe"),
                tolerates=("static-not-found",))


@case("a directory in place of the password file", "file-changed-while-serving-directory", "path")
def directory_in_place_of_file(stage):
    path = stage.path("passwords")
    os.mkdir(path)

    def repair():
        os.rmdir(path)
        stage.write("passwords", "a:{PLAIN}b\n")

    text = site(stage, f"auth_basic closed; auth_basic_user_file {path};")
    return Plan(text, get(headers=["Authorization: Basic YTpi"]), repair=repair, tolerates=("directory-index-forbidden",))
