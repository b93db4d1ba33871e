"""What a case of the lab is, and the list of all cases.  A file cases_AREA.py beside this one holds functions marked with @case; each
sets the scene on a Stage and returns a Plan.  How to write one:

    @case("SNI missing, proxy_pass names an address", "upstream-tls-handshake-failure", "sni", upstream_name="cdn.example")
    def sni_of_an_address(stage):
        tls = stage.server(servers.answers_with(b"asset"), tls=certificates.wants_sni(stage.folder, "cdn.example"))
        return Plan(lab.http(\"\"\"server {
            listen 127.0.0.1:{port};
            location / { proxy_pass https://127.0.0.1:{tls}; {change:location} }
        }\"\"\"), get(), tls=tls.port)

{change:CONTEXT} is where the block of that context goes; before the change there stands `was[CONTEXT]`, or nothing.  {port} and
{prefix} are nginx's own, {folder} is the stage's, every further keyword of Plan fills the {keyword} of its name."""

import contextlib
import dataclasses
import glob
import importlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable

import lab
import networks


@dataclasses.dataclass
class Plan:
    """The configuration, the requests and the check of one case; see cure.prove for the order of things."""

    configuration: str
    provoke: Callable[[lab.Nginx], object]
    was: dict[str, str]  # by context, what the block of the advice replaces
    values: dict[str, str]  # of ${your_...}, beside those named in @case
    level: str  # of error_log
    after: Callable[[lab.Nginx], None] | None  # asserts that nginx still does its work
    repair: Callable[[], None] | None  # a cure outside nginx, instead of a block or beside it
    tolerates: tuple[str, ...]  # classes at error or worse that may be logged after the change
    files: dict[str, str]  # by name, what lies beside nginx.conf
    by_test: bool  # the record is printed by nginx -t, nothing runs
    names: dict[str, object]  # {name} in the configuration

    def __init__(self, configuration, provoke=lambda nginx: None, was=None, values=None, level="warn", after=None, repair=None,
                 tolerates=(), files=None, by_test=False, **names):
        self.configuration, self.provoke, self.was, self.values = configuration, provoke, was or {}, values or {}
        self.level, self.after, self.repair, self.tolerates = level, after, repair, tolerates
        self.files, self.by_test, self.names = files or {}, by_test, names


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """`needs` are names that Stage.lacks knows."""

    name: str
    class_id: str
    suggestion: str
    scene: Callable[["Stage"], Plan]
    kind: str | None
    needs: tuple[str, ...]
    values: dict[str, str]


class Skip(Exception):
    """The case cannot run here; the text says what is missing."""


class Stage:
    """What a case needs around its nginx: a folder, servers, other programs.  All ends with the stage."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.folder = tempfile.mkdtemp(prefix="ngxerr-lab-")
        os.chmod(self.folder, 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def enter(self, context_manager):
        return self.stack.enter_context(context_manager)

    def server(self, behave, **options):
        return self.enter(lab.Server(behave, **options))

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, content, mode=0o644):
        """A file in the stage's folder; returns its path."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(path, mode)
        return path

    def run(self, *command, **options):
        """Another program, which is ended with the stage."""
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        self.stack.callback(end, process)
        return process


def end(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def lacks(need):
    """True if `need` is not here: a module of nginx (stream, mail, lua), its debugging log, root, an IPv6 loopback, port 80,
    network namespaces, or a program."""
    if need == "root":
        return os.geteuid() != 0
    if need == "ipv6":
        return not has_ipv6()
    if need == "port 80":
        return not may_listen(80)
    if need == "network namespaces":
        return not networks.possible()
    if need in ("stream", "mail"):
        return not lab.module_path(need) and f"--with-{need}" not in lab.build_options().split()
    if need == "debug":
        return "--with-debug" not in lab.build_options().split()
    if need == "lua":
        return not lab.module_path("http_lua")
    return find_program(need) is None


def has_ipv6():
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


def may_listen(port):
    with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def find_program(pattern):
    """The path of a program whose name may hold a version (php-fpm*), or None."""
    for folder in [*os.environ.get("PATH", "").split(":"), "/usr/sbin", "/sbin", "/usr/local/sbin"]:
        found = sorted(glob.glob(os.path.join(folder, pattern)))
        if found:
            return found[-1]
    return None


CASES: list[Case] = []


def case(name, class_id, suggestion, kind=None, needs=(), **values):
    """Registers a scene.  The keywords are values of ${your_...}; `kind` is what the record's upstream must be found to be."""

    def register(scene):
        CASES.append(Case(name, class_id, suggestion, scene, kind, tuple(needs), values))
        return scene

    return register


def load():
    """All cases of all cases_*.py, in the order of the files and of the functions in them."""
    for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases_*.py"))):
        importlib.import_module(os.path.basename(path).removesuffix(".py"))
    return CASES


def get(target="/", times=1, **options):
    """The usual provoke: one or several GET requests, one after the other."""

    def provoke(nginx):
        for _ in range(times):
            nginx.get(target, **options)

    return provoke


def answers(expected=b"HTTP/1.1 200", target="/", **options):
    """The usual `after`: a request is answered so."""

    def after(nginx):
        answer = nginx.get(target, **options)
        assert answer.startswith(expected), f"the answer after the change: {answer[:200]!r}"

    return after
