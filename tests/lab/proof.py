"""Compares what the patterns claim (`proof lab`) with what the lab has just proven."""

import json
import os
import subprocess


def claims():
    """By class, its proof as `ngxerr patterns list` tells it."""
    run = subprocess.run([os.environ["NGXERR"], "patterns", "list", "-f", "json"], capture_output=True, check=True)
    return {row["class"]: row["proof"] for row in json.loads(run.stdout)}


def tell(passed):
    """Prints, as comments of TAP, the classes whose claim and whose proof differ."""
    proven = {case.class_id for case in passed}
    for class_id, claim in sorted(claims().items()):
        if claim == "lab" and class_id not in proven:
            print(f"# says proof lab, without a case that passed: {class_id}")
        elif claim != "lab" and class_id in proven:
            print(f"# proven here, says proof {claim}: {class_id}")
