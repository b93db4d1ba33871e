"""Commands of nginx that a case runs beside the nginx of its plan, as another user: what they print goes into the error log."""

import os
import pwd
import subprocess


class Command:
    """A provoke: runs nginx with these arguments as the user, until repair() makes it root."""

    def __init__(self, user, *arguments, environment=None, opens=False):
        self.user, self.arguments, self.environment, self.opens = user, arguments, environment or {}, opens

    def __call__(self, nginx):
        if self.opens:
            open_to_all(nginx.prefix)
        options = {}
        if self.user:
            entry = pwd.getpwnam(self.user)
            options = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        run = subprocess.run(nginx.command(*self.arguments), capture_output=True, encoding="latin-1", check=False, timeout=30,
                             env={**os.environ, **self.environment}, **options)
        with open(nginx.path("logs", "error.log"), "a", encoding="latin-1") as log:
            log.write(run.stderr)

    def repair(self):
        self.user, self.environment = None, {}


def open_to_all(folder):
    """The folder of a case is its own: so the user meets the one obstacle that the case is about."""
    for path, folders, files in os.walk(folder):
        for name in ["", *folders, *files]:
            full = os.path.join(path, name)
            os.chmod(full, 0o777 if os.path.isdir(full) else 0o666)
