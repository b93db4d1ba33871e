"""A case of the lab: a configuration that logs a record, the class that ngxerr gives it, and the suggestion that cures it.  The cured
configuration is the same one with the block that `ngxerr explain` prints for the record itself, its placeholders filled in."""

import json
import os
import subprocess

import lab


def explain(record):
    """What ngxerr says of a record: the one class of the JSON document."""
    run = subprocess.run([os.environ["NGXERR"], "explain", "-f", "json", "--", record], capture_output=True, check=True)
    classes = json.loads(run.stdout)["classes"]
    if len(classes) != 1:
        raise AssertionError(f"{len(classes)} classes for {record!r}")
    return classes[0]


def block_of(explained, way_name, context, values):
    """The text of a suggestion's block for one context, with ${your_...} filled in."""
    for way in explained["advice"]["ways"]:
        if way["name"] == way_name:
            text = "\n".join(block["text"] for block in way["config"] if block["context"] == context)
            for name, value in values.items():
                text = text.replace("${your_" + name + "}", value)
            if "${" in text:
                raise AssertionError(f"unfilled placeholder in {text!r}")
            return text
    raise AssertionError(f"no suggestion {way_name} in {[way['name'] for way in explained['advice']['ways']]}")


def run_case(name, configuration, provoke, wanted_class, way, context="location", values=None, ports=None, level="warn", still_good=None):
    """Runs nginx before and after the change.  `configuration` holds the mark {change} where the block goes.  `provoke(nginx)` sends
    the requests.  Raises AssertionError where the record or its class is missing before, or the record occurs after."""
    ports = ports or {}
    with lab.Nginx(configuration, level=level, change="", **ports) as nginx:
        provoke(nginx)
        records = lab.wait_for(lambda: of_class(nginx.log(), wanted_class), what=f"{name}: a record of {wanted_class}")
    block = block_of(explain(records[0]), way, context, values or {})
    nginx = lab.Nginx(configuration, level=level, change=block, **ports)
    accepted, printed = nginx.test()
    if not accepted:
        nginx.remove()
        raise AssertionError(f"{name}: nginx -t refuses the block:\n{block}\n{printed}")
    with nginx:
        provoke(nginx)
        left = of_class(nginx.log(), wanted_class)
        if left:
            raise AssertionError(f"{name}: still logged after the change: {left[0]}")
        if still_good:
            still_good(nginx)


def of_class(log, wanted):
    """The records of a log that have a class, as ngxerr query finds them."""
    if not log:
        return []
    run = subprocess.run([os.environ["NGXERR"], "query", "-f", "raw", "--class", wanted, "-"], input=log.encode("latin-1"),
                         capture_output=True, check=False)
    if run.returncode not in (0, 3):
        raise AssertionError(f"query: {run.returncode}: {run.stderr.decode()}")
    return run.stdout.decode("latin-1").splitlines()
