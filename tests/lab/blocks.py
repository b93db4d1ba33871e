#!/usr/bin/env python3
"""Every block of every suggestion, for every kind of upstream, is accepted by nginx -t with example values in its placeholders, and is
refused, or a comment, without; the links name the directives' own modules.  TAP; skipped without nginx.  Needs NGXERR."""

import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # make check leaves the tree as it was

import lab  # noqa: E402
import pages  # noqa: E402
import scaffold  # noqa: E402

# Parameters that came later than their directive.
LATER_PARAMETERS = [(r"\blisten\s[^;]*\bquic\b", "1.25.0"), (r"\bserver\s[^;]*\bresolve\b", "1.27.3"), (r"\bresolver\s[^;]*\bipv4=", "1.23.1")]
# Directives that no block uses, of nginx 1.29 and later: not in directives.tsv.
LATEST = ("max_headers", "sticky")
# Modules of which most blocks are lines for a block that exists already, which nginx refuses alone; NGINX Plus is not here either.
NOT_TESTED = ("ngx_http_acme_module", "ngx_otel_module", "ngx_mgmt_module")
# Parts of a module's page that are not directives.
OTHER_PARTS = re.compile(r"^(var_.*|arg_.*|variables|embedded_variables|example|summary|directives|issues|data|parameters|protocol|errors|commands|resolve)$")


class Unit:
    """The blocks of one suggestion as written for one kind of upstream."""

    def __init__(self, class_id, way, kind):
        self.name = f"{class_id} {way['name']}" + (f" for {kind}" if kind else "")
        self.blocks = [(block["context"], block["text"]) for block in way["config"]]

    def names(self):
        """The names of the directives, those of blocks within the blocks too."""
        return [name for _, text in self.blocks for name in re.findall(r"(?m)^\s*(\w+)[\s;]", scaffold.uncomment(text))]

    def alone(self):
        """It cannot share a configuration with others."""
        return any(context not in ("location", "server") or "listen " in text for context, text in self.blocks)

    def modules(self, known):
        found = {entry.module for name in self.names() for entry in known.get(name, ())}
        return {scaffold.MODULE_FILES[module] for module in found if module in scaffold.MODULE_FILES}

    def why_not(self, known, version):
        """Why this nginx cannot test it, or None."""
        text = "\n".join(text for _, text in self.blocks)
        for context, block in self.blocks:
            for name in set(re.findall(r"(?m)^(\w+)[\s;]", scaffold.uncomment(block))):
                here = [entry for entry in known.get(name, ()) if context in entry.contexts]
                if not here:
                    return f"{name} is not nginx's own"
                if here[0].module in NOT_TESTED:
                    return f"{here[0].module} is not tested"
                newest = min(numbers(entry.since) for entry in here)
                if newest > version:
                    return f"{name} is newer"
        for expression, since in LATER_PARAMETERS:
            if re.search(expression, text) and numbers(since) > version:
                return f"a parameter is of {since}"
        for section in {context.split("-")[0] for context, _ in self.blocks} & {"stream", "mail"}:
            if not lab.module_path(section):
                return f"no module for {section}"
        missing = [module for module in self.modules(known) if not lab.module_path(module)]
        return f"no module {missing[0]}" if missing else None


def numbers(version):
    return (0, 0, 0) if version == "-" else tuple(int(part) for part in version.split("."))


def nginx_version():
    said = subprocess.run([lab.find_nginx(), "-v"], capture_output=True, check=True).stderr.decode()
    return numbers(re.search(r"nginx/([\d.]+)", said)[1])


def wanted_kinds(way):
    """The kinds whose blocks are written with another prefix than the page's."""
    if not any(re.search(r"\bproxy_", block["text"]) for block in way["config"]):
        return []
    return [kind for kind in pages.PREFIXED_KINDS[1:] if not way["kinds"] or kind in way["kinds"]]


def gather():
    """(units, names of what could not be rendered)"""
    shown, written = pages.class_pages(), pages.classes_as_written()
    units, missing = [], []
    lines = {kind: [] for kind in pages.PREFIXED_KINDS}
    for class_id, page in shown.items():
        for way in page["advice"]["ways"] or ():
            if way["config"]:
                units.append(Unit(class_id, way, None))
            for kind in wanted_kinds(way):
                examples = pages.examples(written[class_id])
                lines[kind] += [line for line in map(lambda example, k=kind: pages.of_kind(example, k), examples) if line and b"\n" not in line]
    for kind, given in lines.items():
        found = pages.pages_of_lines(sorted(set(given)))
        for class_id, page in shown.items():
            ways = {way["name"]: way for way in (found.get(class_id) or {"advice": {"ways": []}})["advice"]["ways"]}
            for way in page["advice"]["ways"] or ():
                if kind in wanted_kinds(way):
                    if way["name"] in ways:
                        units.append(Unit(class_id, ways[way["name"]], kind))
                    else:
                        missing.append(f"{class_id} {way['name']} for {kind}")
    return shown, units, missing


class Tester:
    def __init__(self, folder, known):
        self.folder, self.known = folder, known

    def accepted(self, units):
        """By name, what nginx says against a unit; those in one configuration are halved until the faulty ones are found."""
        wrong = {}
        shared = [unit for unit in units if not unit.alone()]
        self.bisect(shared, wrong)
        for unit in units:
            if unit.alone():
                self.bisect([unit], wrong)
        return wrong

    def bisect(self, units, wrong):
        said = self.configuration(units, lambda text: scaffold.fill(text, self.folder.root)).test() if units else ""
        if said and len(units) == 1:
            wrong[units[0].name] = said
        elif said:
            half = len(units) // 2
            self.bisect(units[:half], wrong)
            self.bisect(units[half:], wrong)

    def configuration(self, units, write):
        made = scaffold.Configuration(self.folder)
        for unit in units:
            made.modules |= unit.modules(self.known)
            for context, text in unit.blocks:
                made.add(context, write(text))
        return made

    def taken_unfilled(self, unit):
        """The blocks of a unit that nginx accepts though a placeholder stands in a line that is no comment."""
        taken = []
        for number, (context, text) in enumerate(unit.blocks):
            if not any("${your_" in line and not line.strip().startswith("#") for line in text.split("\n")):
                continue
            if os.geteuid() != 0 and re.match(r"user\s", text):
                continue  # nginx -t looks at the name only as root
            made = scaffold.Configuration(self.folder)
            made.modules |= unit.modules(self.known)
            for other, (where, block) in enumerate(unit.blocks):
                made.add(where, block if other == number else scaffold.fill(block, self.folder.root))
            if not made.test():
                taken.append(context)
        return taken


def page_of(module):
    section = re.match(r"ngx_(http|stream|mail)_", module)
    return f"/en/docs/{section[1] + '/' if section else ''}{module}.html"


def wrong_links(page, units, known):
    """What is wrong with the links of a class."""
    used = {name for unit in units for name in unit.names()}
    by_page = {}
    for name, entries in known.items():
        for entry in entries:
            by_page.setdefault(page_of(entry.module), set()).add(name)
    found = []
    for link in page["advice"]["docs"]:
        parts = re.match(r"https?://nginx\.org(/en/docs/[^#]*)#(.+)$", link)
        if not parts:
            continue
        path, fragment = parts.groups()
        if fragment in used and fragment in known and path not in {page_of(entry.module) for entry in known[fragment]}:
            found.append(f"{link}: {fragment} is of another module")
        if path.endswith("_module.html") and not OTHER_PARTS.match(fragment) and fragment not in (*by_page.get(path, ()), *LATEST):
            found.append(f"{link}: that page has no such directive")
    return found


class Tap:
    def __init__(self):
        self.number, self.failed = 0, 0

    def tell(self, good, name, *notes):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}" + "".join("\n#   " + note for note in notes), flush=True)


def main():
    if not lab.find_nginx():
        print("1..0 # SKIP nginx is not installed")
        return 0
    known, version, tap = pages.known_directives(), nginx_version(), Tap()
    shown, units, missing = gather()
    skipped = {unit.name: why for unit in units if (why := unit.why_not(known, version))}
    tested = [unit for unit in units if unit.name not in skipped]
    with tempfile.TemporaryDirectory(prefix="ngxerr-blocks-") as root:
        tester = Tester(scaffold.Folder(root), known)
        wrong = tester.accepted(tested)
        for unit in units:
            if unit.name in skipped:
                print(f"# skipped: {unit.name}: {skipped[unit.name]}")
        for name in missing:
            print(f"# not rendered: {name}: no example can be of that kind")
        tap.tell(tested and not wrong, f"the blocks of {len(tested)} suggestions, each kind for itself, are accepted; {len(skipped)} skipped",
                 *(f"{name}: {said}" for name, said in wrong.items()))
        taken = [f"{unit.name}: {' '.join(where)}" for unit in tested if unit.name not in wrong and (where := tester.taken_unfilled(unit))]
    tap.tell(not taken, "no block is accepted with its placeholders unfilled", *taken)
    of_class = {}
    for unit in units:
        of_class.setdefault(unit.name.split()[0], []).append(unit)
    links = [f"{class_id}: {said}" for class_id, page in shown.items() for said in wrong_links(page, of_class.get(class_id, ()), known)]
    tap.tell(not links, "every link names the directive's own module", *links)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
