#!/usr/bin/env python3
"""Every directive of directives.tsv that came after nginx 1.22 is no spelling mistake where an older nginx refuses it: the advice names the
version.  TAP.  Needs NGXERR."""

import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True  # make check leaves the tree as it was

import pages  # noqa: E402

# http2 on is told how to write it for the older nginx.
OTHERWISE = ("http2",)


def advice_for(name):
    """(class, title of the way that is chosen)"""
    record = f'nginx: [emerg] unknown directive "{name}" in /etc/nginx/nginx.conf:3\n'
    run = subprocess.run([os.environ["NGXERR"], "explain", "-f", "json"], input=record, capture_output=True, text=True, check=True, timeout=60)
    found = json.loads(run.stdout)["classes"][0]
    chosen = [way["title"] for way in found["advice"]["ways"] if way["name"] == found["advice"]["do_this"]]
    return found["class"], chosen[0] if chosen else ""


def main():
    newer = {name: min(entry.since for entry in entries) for name, entries in pages.known_directives().items() if all(entry.since != "-" for entry in entries)}
    if not newer:
        print("Bail out! no directive that is newer was found")
        return 1
    print(f"1..{len(newer)}", flush=True)
    failed = 0
    for number, (name, since) in enumerate(sorted(newer.items()), 1):
        class_id, title = advice_for(name)
        good = class_id == "conf-unknown-directive-version" and (name in OTHERWISE or since in title)
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}, {since}" + ("" if good else f"\n# {class_id}: {title}"), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
