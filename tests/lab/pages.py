"""The pages of all classes as `ngxerr explain` gives them, the pattern files' own words, and directives.tsv; for blocks.py,
branches.py and newer.py."""

import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess

import lab

AT_A_TIME = 3
# As many lines as one call of explain may have and still give all their classes.
LINES_OF_A_CALL = 20
PREFIXED_KINDS = ("https", "fastcgi", "uwsgi", "scgi", "grpc", "grpcs", "memcached")

PATTERNS = os.path.join(os.environ.get("TOP_SRCDIR") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."), "patterns")


def ngxerr(*arguments, given=None):
    """What the program prints as JSON; NGXERR names it.  Findings make its status 1."""
    run = subprocess.run([os.environ["NGXERR"], *arguments], input=given, capture_output=True, check=False, timeout=lab.SECONDS)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"ngxerr {' '.join(arguments)}: {run.stderr.decode(errors='replace')}")
    return json.loads(run.stdout)


def class_ids():
    return [row["class"] for row in ngxerr("patterns", "list", "-f", "json")]


def class_pages():
    """By class id, the whole page: every suggestion, no log value filled in."""
    ids = class_ids()
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        pages = pool.map(lambda class_id: ngxerr("explain", "-f", "json", class_id)["classes"][0], ids)
        return dict(zip(ids, pages))


def pages_of_lines(lines):
    """By class id, what explain says of lines, each of which is given as bytes."""
    calls = [lines[at : at + LINES_OF_A_CALL] for at in range(0, len(lines), LINES_OF_A_CALL)]
    found = {}
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        for answer in pool.map(lambda call: ngxerr("explain", "-f", "json", given=b"\n".join(call) + b"\n"), calls):
            found.update({page["class"]: page for page in answer["classes"]})
    return found


def of_kind(line, kind):
    """A record as it were with an upstream of this kind; None where the record has no tail to say so."""
    text = line.decode("utf-8", "surrogateescape")
    if re.search(r'upstream: "\w+://', text):
        text = re.sub(r'(upstream: ")\w+://', rf"\g<1>{kind}://", text)
    elif ", request: " in text:
        text = re.sub(r'(, request: "[^"]*")', rf'\1, upstream: "{kind}://127.0.0.1:9000"', text, count=1)
    else:
        return None
    return text.encode("utf-8", "surrogateescape")


class Directive:
    """One directive of a pattern file with its words, and its block, if any."""

    def __init__(self, words, block):
        self.words, self.block = words, block

    def all(self, name):
        return [directive for directive in self.block or () if directive.words[0] == name]


WORD = re.compile(r"""\s+|\#[^\n]*|(?P<sign>[{};])|'(?P<single>(?:\\.|[^'\\])*)'|"(?P<double>(?:\\.|[^"\\])*)"
                  |(?P<bare>(?:\$\{\w+\}|[^\s;{}])+)""", re.S | re.X)
CONTROLS = {"t": "\t", "r": "\r", "n": "\n"}


def words_of(text):
    """(is it a sign, word), as patterns/README.md tells of quotes."""
    for found in WORD.finditer(text):
        if found["sign"]:
            yield True, found["sign"]
        elif found["bare"]:
            yield False, found["bare"]
        else:
            quoted = found["single"] if found["single"] is not None else found["double"]
            if quoted is not None:
                quote = "'" if found["single"] is not None else '"'
                unescaped = re.sub(r"\\([\\trn" + quote + "])", lambda one: CONTROLS.get(one[1], one[1]), quoted, flags=re.S)
                yield False, unescaped


def directives_of(words):
    """The directives up to the end of a block."""
    found, line = [], []
    for is_sign, word in words:
        if not is_sign:
            line.append(word)
        elif word == "}":
            break
        else:
            found.append(Directive(line, directives_of(words) if word == "{" else None))
            line = []
    return found


def classes_as_written():
    """By class id, its directives in the pattern files."""
    found = {}
    for path in sorted(glob.glob(os.path.join(PATTERNS, "*.conf"))):
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            for directive in directives_of(words_of(file.read())):
                if directive.words[0] == "class":
                    found[directive.words[1]] = directive
    return found


def examples(directive):
    return [example.words[1].encode("utf-8", "surrogateescape") for example in directive.all("example")]


Known = collections.namedtuple("Known", "module contexts since")


def known_directives():
    """By name, the modules that have it."""
    found = collections.defaultdict(list)
    with open(os.path.join(PATTERNS, "directives.tsv"), encoding="ascii") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, module, contexts, since = line.rstrip("\n").split("\t")
                found[name].append(Known(module, contexts.split(","), since))
    return found
