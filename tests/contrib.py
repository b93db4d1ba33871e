#!/usr/bin/env python3
"""What stands in contrib/ works, as far as a machine without systemd as init can tell: the units are valid and closed, the hook reads what
logrotate would delete, the crontab line is one, lnav reads the samples as nginx wrote them.  What is not installed is skipped by name."""
import collections
import csv
import gzip
import io
import os
import re
import shutil
import subprocess
import sys

TOP = os.environ.get("TOP_SRCDIR") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(1, os.path.join(TOP, "tests", "invariants"))
from common import PROGRAM, environment, expect, read_rows, work_directory  # noqa: E402
from rotation import find_logrotate  # noqa: E402

CONTRIB = os.path.join(TOP, "contrib")
RECORD = "2026/11/20 03:12:45 [error] 7#7: *%d open() \"/srv/x\" failed (2: No such file or directory), client: 192.0.2.1, server: a\n"
EXPOSURE = "15"  # in tenths, as systemd-analyze prints it: what is left is group adm and PCRE2's machine code


def read(name):
    with open(os.path.join(CONTRIB, name), encoding="utf-8") as file:
        return file.read()


def write(path, content, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    os.chmod(path, mode)
    return path


def execute(words, base, **more):
    """In `base`, whose bin/ is the first place where programs are looked for."""
    values = dict(environment(base), PATH=os.path.join(base, "bin") + ":" + os.path.dirname(PROGRAM) + ":" + os.environ.get("PATH", "") + ":/usr/sbin:/sbin", **more)
    return subprocess.run(words, cwd=base, env=values, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False,
                          encoding="utf-8", errors="replace")


def crontab(_base):
    lines = [line for line in read("ngxerr.cron").splitlines() if line and not line.startswith("#")]
    jobs = [line for line in lines if not re.match(r"\w+=", line)]
    expect(len(jobs) == 1 and re.fullmatch(r"\d+ \d+ \* \* \*\s+root\s+ngxerr [^%]+", jobs[0]), "no line of cron.d: %s" % jobs)
    expect(any(line.startswith("PATH=") for line in lines), "cron's own PATH has no /usr/local/bin")


def units(base):
    """As systemd reads them; the program and the user are where this machine has them."""
    if not shutil.which("systemd-analyze"):
        return "systemd-analyze"
    service = read("ngxerr.service")
    expect("ExecStart=/usr/local/bin/ngxerr scan " in service, "the service does not start the program that make install puts in place")
    paths = [write(os.path.join(base, "units", "ngxerr.service"), service.replace("/usr/local/bin/ngxerr", PROGRAM)),
             write(os.path.join(base, "units", "ngxerr.timer"), read("ngxerr.timer"))]
    done = execute(["systemd-analyze", "verify", "--man=no", *paths], base)
    expect(done.returncode == 0 and not done.stdout, "systemd-analyze verify: %s" % done.stdout)
    done = execute(["systemd-analyze", "security", "--offline=true", "--threshold=" + EXPOSURE, paths[0]], base)
    expect(done.returncode == 0, "systemd-analyze security: %s" % done.stdout)
    return None


def sysusers(base):
    if not shutil.which("systemd-sysusers"):
        return "systemd-sysusers"
    path = write(os.path.join(base, "ngxerr.conf"), read("ngxerr.sysusers"))
    done = execute(["systemd-sysusers", "--dry-run", path], base)
    expect(done.returncode == 0 and "ngxerr" in done.stdout, "systemd-sysusers: %s" % done.stdout)
    return None


def hook(base):
    """Debian's /etc/logrotate.d/nginx with this hook, and with nothing kept: what is deleted was read before."""
    logrotate = find_logrotate()
    if not logrotate or not shutil.which("run-parts"):
        return "logrotate, run-parts"
    logs, hooks = os.path.join(base, "nginx"), os.path.join(base, "httpd-prerotate")
    script = read("httpd-prerotate")
    expect("/var/log/nginx" in script, "the hook does not read Debian's directory")
    write(os.path.join(hooks, "ngxerr"), script.replace("/var/log/nginx", logs), 0o755)
    configuration = write(os.path.join(base, "logrotate.conf"), """%s/*.log {
    daily
    missingok
    rotate 0
    nocompress
    notifempty
    create
    sharedscripts
    prerotate
        if [ -d %s ]; then \\
            run-parts %s; \\
        fi \\
    endscript
}
""" % (logs, hooks, hooks))
    for number in range(3):
        for name in ("error.log", "shop.log"):
            write(os.path.join(logs, name), RECORD % (number + 1))
        database = os.path.join(base, "hook.db") if number < 2 else os.path.join(base, "missing", "directory", "hook.db")
        done = execute([logrotate, "-f", "-s", os.path.join(base, "state"), configuration], base, NGXERR_DATABASE=database)
        expect(done.returncode == 0, "logrotate: %s" % done.stdout)
        left = [name for name in os.listdir(logs) if os.path.getsize(os.path.join(logs, name))]
        expect(not left, "%s not rotated, %s" % (left, "though the scan failed" if number == 2 else "with the hook"))
    # both logs begin alike: one is a copy of the other
    rows = read_rows(os.path.join(base, "hook.db"), "SELECT DISTINCT connection FROM events ORDER BY 1")
    expect(rows == [(1,), (2,)], "%s in the database" % rows)

    # where the timer is enabled the service reads, as its own user
    called = os.path.join(base, "called")
    write(os.path.join(base, "bin", "systemctl"), '#!/bin/sh\necho "$*" >>"%s"\n' % called, 0o755)
    done = execute([os.path.join(hooks, "ngxerr")], base, NGXERR_DATABASE=os.path.join(base, "root.db"))
    with open(called, encoding="utf-8") as file:
        expect(file.read().splitlines()[-1] == "start ngxerr.service" and done.returncode == 0, "the service was not started: %s" % done.stdout)
    expect(not os.path.exists(os.path.join(base, "root.db")), "root made a database beside the service")
    return None


def levels_written(samples):
    counts = collections.Counter()
    for path in samples:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", errors="replace") as file:
            counts.update(re.findall(r"(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(\w+)\] \d+#\d+: ", file.read()))
    return counts


def lnav(base):
    if not shutil.which("lnav"):
        return "lnav"
    write(os.path.join(base, "formats", "ngxerr", "ngxerr.json"), read("ngxerr.lnav.json"))
    done = execute(["lnav", "-C", "-I", base], base, XDG_CONFIG_HOME=os.path.join(base, "config"))
    expect(done.returncode == 0, "lnav -C: %s" % done.stdout)
    samples = [os.path.join(TOP, "samples", name) for name in ("error.log", "error.log.1", "error.log.2.gz")]
    question = ";SELECT log_level, count(*), count(client), count(upstream), sum(client LIKE '%,%') FROM nginx_error_log GROUP BY 1"
    done = execute(["lnav", "-n", "-I", base, "-c", question, "-c", ":write-csv-to -", *samples], base, XDG_CONFIG_HOME=os.path.join(base, "config"))
    rows = {row[0]: [int(cell) for cell in row[1:]] for row in csv.reader(io.StringIO(done.stdout)) if row and row[0] != "log_level"}
    wanted = levels_written(samples)
    for name, level in (("error", "error"), ("warning", "warn"), ("fatal", "emerg")):
        expect(rows.get(name, [0])[0] == wanted[level], "lnav counts %s of %s, %d were written: %s" % (rows.get(name), level, wanted[level], done.stdout))
    expect(0 < rows["error"][2] <= rows["error"][1] and rows["error"][3] == 0, "lnav's fields: %s" % rows)
    return None


def main():
    for check in (crontab, units, sysusers, hook, lnav):
        lacking = check(work_directory())
        print("%s: %s" % (check.__name__, "skipped, not installed: " + lacking if lacking else "ok"), flush=True)


main()
