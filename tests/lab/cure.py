"""Proves one case: before the change the record is logged and ngxerr finds its class; then the block that `ngxerr explain` prints for
that very record, its placeholders filled in, is accepted by `nginx -t`, and under it the record no longer appears."""

import json
import os
import re
import shutil
import subprocess

import lab
import registry


def explain(record):
    """What ngxerr says of a record: the one class of the JSON document."""
    run = subprocess.run([os.environ["NGXERR"], "explain", "-f", "json"], input=record.encode("latin-1"), capture_output=True, check=False, timeout=lab.SECONDS)
    if run.returncode:
        raise AssertionError(f"explain: {run.returncode}: {run.stderr.decode()}")
    classes = json.loads(run.stdout)["classes"]
    if len(classes) != 1:
        raise AssertionError(f"{len(classes)} classes for {record!r}")
    return classes[0]


def query(log, *filters):
    """The records of a log that pass the filters of ngxerr query, as they stand in the log."""
    if not log:
        return []
    run = subprocess.run([os.environ["NGXERR"], "query", *filters, "-"], input=log.encode("latin-1"), capture_output=True, check=False, timeout=lab.SECONDS)
    if run.returncode not in (0, 3):
        raise AssertionError(f"query: {run.returncode}: {run.stderr.decode()}")
    return run.stdout.decode("latin-1").splitlines()


def of_class(log, wanted):
    """The records of exactly this class."""
    return query(log, "-f", "raw", "--class", wanted, "--not-class", wanted + "-*")


def filled(text, values):
    """A block as the operator leaves it: placeholders filled in, lines that wait for that uncommented."""
    text = re.sub(r"(?m)^\s*# fill in first\n", "", text)
    text = re.sub(r"(?m)^(\s*)# ", r"\1", text)
    for name, value in values.items():
        text = text.replace("${your_" + name + "}", str(value))
    left = re.findall(r"\$\{\w+\}", text)
    if left:
        raise AssertionError(f"the case has no value for {left} in:\n{text}")
    return text


def blocks_of(explained, case, values):
    """By context, what the suggestion says to write."""
    ways = {way["name"]: way for way in explained["advice"]["ways"]}
    if case.suggestion not in ways:
        raise AssertionError(f"no suggestion {case.suggestion} in {list(ways)}")
    way = ways[case.suggestion]
    kind = explained["advice"]["kind"]
    if case.kind and kind != case.kind:
        raise AssertionError(f"the kind is {kind}, not {case.kind}")
    # None: of a record that nginx cut the upstream is not known, and the operator looks whom a way is for
    if way["kinds"] and kind is not None and kind not in way["kinds"]:
        raise AssertionError(f"{case.suggestion} is for {way['kinds']}, the record's kind is {kind}")
    blocks = {}
    for block in way["config"]:
        blocks[block["context"]] = blocks.get(block["context"], "") + filled(block["text"], values)
    return blocks


def changed(plan, blocks):
    """The configuration with the blocks at their marks; with blocks None it is the one before the change."""
    marks = set(re.findall(r"\{change:([\w-]+)\}", plan.configuration))
    if blocks is not None and set(blocks) - marks:
        raise AssertionError(f"no mark for the block of {sorted(set(blocks) - marks)}")
    text = plan.configuration
    for mark in marks:
        text = text.replace("{change:" + mark + "}", (blocks or {}).get(mark, plan.was.get(mark, "")))
    return text


def nginx_of(stage, plan, blocks):
    """A fresh nginx of the plan; its prefix is empty again."""
    prefix = stage.path("nginx")
    shutil.rmtree(prefix, ignore_errors=True)
    os.makedirs(prefix)
    for name, text in plan.files.items():
        with open(os.path.join(prefix, name), "w", encoding="utf-8") as file:
            file.write(text)
    return lab.Nginx(changed(plan, blocks), prefix=prefix, level=plan.level, folder=stage.folder, **plan.names)


def record_before(stage, plan, case):
    """The record that the case is about."""
    nginx = nginx_of(stage, plan, None)
    if plan.by_test:
        log = nginx.test()[1]
        records = of_class(log, case.class_id)
        if not records:
            raise AssertionError(f"nginx -t does not print {case.class_id}:\n{log}")
        return records[0]
    with nginx:
        plan.provoke(nginx)
        try:
            return lab.wait_for(lambda: of_class(nginx.all_logs(), case.class_id), seconds=5)[0]
        except TimeoutError:
            raise AssertionError(f"no record of {case.class_id} before the change, but:\n{nginx.all_logs()[-3000:]}") from None


def check_after(stage, plan, case, blocks):
    nginx = nginx_of(stage, plan, blocks)
    accepted, printed = nginx.test()
    if not accepted:
        raise AssertionError(f"nginx -t refuses the change:\n{blocks}\n{printed}")
    if plan.by_test:
        left = of_class(printed, case.class_id)
    else:
        with nginx:
            plan.provoke(nginx)
            if plan.after:
                plan.after(nginx)
        left = of_class(nginx.all_logs(), case.class_id)
        refuse_new_trouble(nginx.all_logs(), plan, case)
    if left:
        raise AssertionError(f"still logged after the change:\n{blocks}\n{left[0]}")


def refuse_new_trouble(log, plan, case):
    """A cure that only turns one failure into another is none."""
    for row in query(log, "-f", "ndjson", "--level", "error"):
        event = json.loads(row)
        if event["class"] != case.class_id and event["class"] not in plan.tolerates:
            raise AssertionError(f"after the change there is {event['class']}: {event['message']} while {event['doing']}")


def prove(case):
    """Runs a case.  Raises AssertionError with what is wrong, registry.Skip with what is missing here."""
    missing = [need for need in case.needs if registry.lacks(need)]
    if missing:
        raise registry.Skip("not here: " + " ".join(missing))
    with registry.Stage() as stage:
        plan = case.scene(stage)
        blocks = blocks_of(explain(record_before(stage, plan, case)), case, {**case.values, **plan.values})
        if plan.repair:
            plan.repair()
        elif not blocks:
            raise AssertionError(f"{case.suggestion} has no block: the case needs a repair")
        check_after(stage, plan, case, blocks)
