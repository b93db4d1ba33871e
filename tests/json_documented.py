#!/usr/bin/env python3
"""schema/json.md against what the program prints: every member is documented with its type, and every documented one occurs.
TAP; needs NGXERR."""

import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.environ.get("TOP_SRCDIR") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("NGXERR") or os.path.join(TOP, "ngxerr")
# Members of these are names of levels and severities.
BY_NAME = {"events.levels": "events.levels", "levels": "levels", "severities": "severities.*"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


def documented():
    """By section, the type of each member."""
    sections, section = {}, None
    with open(os.path.join(TOP, "schema", "json.md"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("## "):
                section = sections.setdefault(line[3:].strip(), {})
            elif line.startswith("| ") and not line.startswith("| member"):
                names, types = (cell.strip() for cell in line.split("|")[1:3])
                names, types = names.split(", "), types.split(", ")
                if len(types) not in (1, len(names)):
                    raise SystemExit(f"json.md: {len(names)} members and {len(types)} types: {line}")
                section.update(zip(names, types * (len(names) // len(types))))
    return sections


def type_of(value):
    """The types of the document that fit a value; None fits all."""
    if isinstance(value, bool):
        return {"boolean"}
    if isinstance(value, (int, float)):
        return {"number"}
    if isinstance(value, str):
        return {"text", "time"} if TIME.match(value) else {"text"}
    if isinstance(value, list):
        return {"array", "array of text"} if all(isinstance(v, str) for v in value) else {"array"}
    return {"object"}


def members(value, path, found):
    """By path, the types that fit all values seen there."""
    if isinstance(value, list):
        for element in value:
            if isinstance(element, (dict, list)):
                members(element, path + "[]", found)
    elif isinstance(value, dict) and path in BY_NAME:
        for inner in value.values():
            if isinstance(inner, dict):
                members(inner, BY_NAME[path], found)
    elif isinstance(value, dict) and path != "rows[]":
        for name, inner in value.items():
            at = f"{path}.{name}" if path else name
            types = found.setdefault(at, {"boolean", "number", "text", "time", "array", "array of text", "object"})
            if inner is not None:
                types &= type_of(inner)
            members(inner, at, found)


def run(*words, stdin=b"", status=(0,)):
    done = subprocess.run([PROGRAM, *words], input=stdin, stdout=subprocess.PIPE, check=False, timeout=100)
    if done.returncode not in status:
        raise SystemExit(f"{words}: {done.returncode}")
    return json.loads(done.stdout)


def printed(folder):
    """By section, documents that have every member between them."""
    database = os.path.join(folder, "a.db")
    logs = os.path.join(folder, "logs")
    os.mkdir(logs)
    record = b'2026/11/20 03:12:45 [error] 7#7: *3 %s, client: 192.0.2.7, server: a, request: "GET / HTTP/1.1", host: "a"\n'
    refused = record % b"connect() failed (111: Connection refused) while connecting to upstream"
    with open(os.path.join(logs, "error.log"), "wb") as file:
        file.write(refused + record % b"no class has such a text" + record % b'open() "/a" failed (2: No such file or directory)')
        file.write(record % b"no live upstreams while connecting to upstream" * 2)
    with open(os.path.join(logs, "other.log"), "wb") as file:
        file.write(b"no record\n")
    subprocess.run([PROGRAM, "scan", "--tz", "UTC", "-d", database, logs], check=True, timeout=100)
    samples = os.path.join(TOP, "samples")
    line = refused + record % b"1 upstream timed out (110: Connection timed out) while reading response header from upstream"
    return {
        "report": [run("report", "-f", "json", "-d", database, "--since-last"), run("report", "--utc", "-f", "json", samples)],
        "explain": [run("explain", "-f", "json", stdin=line, status=(0, 1)), run("explain", "-f", "json", "buffered-response")],
        "query": [run("query", "-f", "json", "-d", database)],
        "db info": [run("db", "info", "-f", "json", "-d", database)],
        "patterns list": [run("patterns", "list", "-f", "json")],
    }


def place_of(path, section):
    """Where a member is documented: noise is like findings, their advice as in explain."""
    if section == "report":
        path = re.sub(r"^noise\[\]", "findings[]", path)
        if path.startswith("findings[].advice."):
            return "explain", "classes" + path[len("findings"):]
    return section, path


def wrongs(tables, section, documents):
    found = {}
    for document in documents:
        members(document, "", found)
    for path, types in sorted(found.items()):
        table, place = place_of(path, section)
        kind = tables[table].get(place)
        if kind is None:
            yield f"{path} is not documented"
        elif kind.rstrip("?") not in types:
            yield f"{path} is documented as {kind}, and is {', '.join(sorted(types))}"
    for path, kind in tables[section].items():
        if path not in found and not kind.endswith("?"):
            yield f"{path} is documented, and was not printed"


def main():
    tables = documented()
    with tempfile.TemporaryDirectory() as folder:
        documents = printed(folder)
    if list(tables) != list(documents):
        raise SystemExit(f"json.md has {list(tables)}")
    failed = False
    print(f"1..{len(documents)}")
    for number, (section, made) in enumerate(documents.items(), start=1):
        complaints = list(wrongs(tables, section, made))
        for complaint in complaints:
            print(f"# {complaint}")
        print(f"{'not ok' if complaints else 'ok'} {number} - {section}")
        failed = failed or bool(complaints)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
