"""Cases of the area process, and of starting without the rights: commands of nginx beside the one that runs."""

import os
import resource
import shutil
import signal
import subprocess

import lab
from as_user import Command, open_to_all
from registry import Plan, answers, case, get

SITE = lab.http("server { listen 127.0.0.1:{port}; return 200; }")


def workers(nginx):
    """The numbers of nginx's workers."""
    with open(f"/proc/{nginx.process.pid}/task/{nginx.process.pid}/children", encoding="ascii") as children:
        return [int(number) for number in children.read().split()]


class Stopper:
    """A provoke: ends the worker, first as a stop script with too short a timeout does, after repair() as it should."""

    signal = signal.SIGKILL

    def __call__(self, nginx):
        for number in workers(nginx):
            os.kill(number, self.signal)

    def repair(self):
        self.signal = signal.SIGQUIT


@case("kill -9", "worker-killed", "who")
def killed(_stage):
    stopper = Stopper()
    return Plan(SITE, stopper, repair=stopper.repair)


class Reload:
    """A provoke: nginx -s reload, before repair() with `spoil` done first."""

    def __init__(self, spoil):
        self.spoil = spoil

    def __call__(self, nginx):
        if self.spoil:
            self.spoil(nginx)
        Command(None, "-s", "reload")(nginx)

    def repair(self):
        self.spoil = None


def of_dead_process(nginx):
    """A pid file that names a process which has ended."""
    nginx.stop()
    ended = subprocess.Popen(["true"])
    ended.wait()
    with open(nginx.path("nginx.pid"), "w", encoding="ascii") as file:
        file.write(f"{ended.pid}\n")


@case("nothing runs", "pid-file-not-running", "start")
def reload_without_nginx(_stage):
    provoke = Reload(lambda nginx: nginx.stop())
    return Plan(SITE, provoke, repair=provoke.repair, after=answers())


@case("the file of a dead process", "pid-file-stale", "start")
def reload_of_dead(_stage):
    provoke = Reload(of_dead_process)
    return Plan(SITE, provoke, repair=provoke.repair, after=answers())


@case("reload without root", "pid-file-permission", "sudo", needs=["root"])
def reload_without_root(_stage):
    command = Command("nobody", "-s", "reload")
    return Plan(SITE, command, repair=command.repair, after=answers())


DEBUGGED = """pid {prefix}/nginx.pid;
{change:main}
events { }
http {
    access_log off;
    client_body_temp_path {prefix}/body; proxy_temp_path {prefix}/proxy; fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi; scgi_temp_path {prefix}/scgi;
    server { listen 127.0.0.1:{port}; return 200; }
}"""


@case("error_log at debug", "debug-output", "level", needs=["debug"])
def debug_level(_stage):
    return Plan(DEBUGGED, get(), was={"main": "error_log {prefix}/logs/error.log debug;"}, values={"error_log": "{prefix}/logs/error.log"},
                after=answers())


@case("a variable NGINX", "inherited-sockets-invalid", "unset")
def variable_nginx(_stage):
    command = Command(None, "-t", environment={"NGINX": "/usr/sbin/nginx"})
    return Plan(SITE, command, repair=command.repair)


@case("nginx -t without root: the error log", "conf-file-open-error-log", "sudo", needs=["root"])
def error_log_without_root(_stage):
    command = Command("nobody", "-t")
    return Plan(SITE, command, repair=command.repair)


@case("nginx -t without root: logs", "conf-file-open", "sudo", needs=["root"])
def logs_without_root(stage):
    closed = stage.write("closed/a.log", "", 0o600)
    command = Command("nobody", "-t", opens=True)
    return Plan(lab.http(f"server {{ listen 127.0.0.1:{{port}}; access_log {closed}; return 200; }}"), command, repair=command.repair)


@case("nginx -t without root: the pid file", "conf-file-open-pid", "sudo", needs=["root"])
def pid_without_root(_stage):
    command = Command("nobody", "-t")
    return Plan(SITE, command, repair=command.repair)


@case("nginx -t without root: user", "conf-user-not-root", "leave", needs=["root"])
def user_without_root(_stage):
    command = Command("nobody", "-t", opens=True)
    return Plan(lab.configuration(http="server { listen 127.0.0.1:{port}; }", main="user daemon;"), command, repair=command.repair)


@case("a port below 1024 without root", "listen-permission-denied", "high-port", needs=["root"])
def low_port(_stage):
    return Plan(lab.http("server {\n{change:server}\n}"), Command("nobody", "-t", opens=True), was={"server": "listen 127.0.0.1:81;"})


@case("a port below 1024, with root", "listen-permission-denied", "root", needs=["root"])
def low_port_as_root(_stage):
    command = Command("nobody", "-t", opens=True)
    return Plan(lab.http("server { listen 127.0.0.1:82; }"), command, repair=command.repair)


class SecondStart:
    """A provoke: starts nginx, before repair() while its like still runs."""

    first_ends = False

    def __call__(self, nginx):
        if self.first_ends:
            nginx.process.send_signal(signal.SIGQUIT)
            nginx.process.wait(10)
            nginx.start()
        else:
            Command(None)(nginx)

    def repair(self):
        self.first_ends = True


@case("an nginx runs already", "listen-address-in-use", "orphan")
def second_start(_stage):
    start = SecondStart()
    return Plan(SITE, start, repair=start.repair, after=answers())


class Upgrade:
    """A provoke: SIGUSR2 for an nginx with daemon off, after repair() a restart."""

    restarts = False

    def __call__(self, nginx):
        if self.restarts:
            nginx.stop()
            nginx.start()
        else:
            nginx.process.send_signal(signal.SIGUSR2)

    def repair(self):
        self.restarts = True


@case("an upgrade of an nginx with daemon off", "binary-upgrade-failed", "supervisor")
def upgrade_under_a_supervisor(_stage):
    upgrade = Upgrade()
    return Plan(SITE, upgrade, repair=upgrade.repair, after=answers())


@case("a unix socket in a directory of root, without root", "listen-permission-denied-unix", "rights", needs=["root"])
def socket_without_root(stage):
    folder, prefix = stage.path("sockets"), stage.path("other")
    for path in (folder, prefix, prefix + "/logs"):
        os.mkdir(path)
    text = lab.http(f"server {{ listen unix:{folder}/a.sock; }}").replace("{prefix}", prefix).replace("{level}", "warn")
    command = Command("nobody", "-t", "-c", stage.write("other/nginx.conf", text), opens=True)
    open_to_all(prefix)
    return Plan(SITE, command, repair=lambda: shutil.chown(folder, "nobody"))


class KeyChange:
    """A provoke: a reload with another key for a zone, after repair() under another name."""

    name = "a"

    def __call__(self, nginx):
        with open(nginx.path("nginx.conf"), encoding="utf-8") as file:
            text = file.read()
        with open(nginx.path("nginx.conf"), "w", encoding="utf-8") as file:
            file.write(text.replace("$binary_remote_addr zone=a", f"$host zone={self.name}"))
        before = workers(nginx)
        Command(None, "-s", "reload")(nginx)
        if self.name != "a":
            lab.wait_for(lambda: workers(nginx) != before, seconds=10)

    def repair(self):
        self.name = "by_host"


@case("another key for a zone, by a reload", "conf-zone-unknown-changed", "rename")
def key_of_a_zone(_stage):
    change = KeyChange()
    return Plan(lab.http("limit_req_zone $binary_remote_addr zone=a:1m rate=9r/s; server { listen 127.0.0.1:{port}; return 200; }"), change,
                repair=change.repair, after=answers())


@case("a rotation, and the workers may not enter", "conf-file-open", "reopen", needs=["root"])
def rotation(stage):
    folder = stage.path("closed")
    os.mkdir(folder)
    text = lab.configuration(http=f"server {{ listen 127.0.0.1:{{port}}; access_log {folder}/a.log; return 200; }}", main="user daemon;")

    def provoke(nginx):
        os.chmod(folder, stage.mode)
        Command(None, "-s", "reopen")(nginx)
        lab.wait_for(lambda: nginx.all_logs().count("failed (13") or stage.mode == 0o755, seconds=10)

    stage.mode = 0o700
    return Plan(text, provoke, repair=lambda: setattr(stage, "mode", 0o755), after=answers())


class FewFiles:
    """A provoke: a reload of a master that may open as many files as it has open, after repair() as many as at its start."""

    low = 8

    def __call__(self, nginx):
        limits = resource.prlimit(nginx.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(nginx.process.pid, resource.RLIMIT_NOFILE, (self.low or limits[1], limits[1]))
        os.kill(nginx.process.pid, signal.SIGHUP)

    def repair(self):
        self.low = None


@case("a master with 8 files", "too-many-open-files-start", "service")
def few_files(_stage):
    files = FewFiles()
    return Plan(SITE, files, repair=files.repair)
