"""Compares what the patterns claim (`proof lab`) with what the lab has just proven."""

import json
import os
import subprocess


def claims():
    """By class, its proof as `ngxerr patterns list` tells it."""
    run = subprocess.run([os.environ["NGXERR"], "patterns", "list", "-f", "json"], capture_output=True, check=True)
    return {row["class"]: row["proof"] for row in json.loads(run.stdout)}


def unproven(passed, skipped):
    """Classes that say `proof lab` and have no case that passed, or could not run here."""
    known = {case.class_id for case in [*passed, *skipped]}
    return sorted(class_id for class_id, claim in claims().items() if claim == "lab" and class_id not in known)


def modest(passed):
    """Classes with a case that passed which do not say so, and what they say."""
    proven = {case.class_id for case in passed}
    return sorted((class_id, claim) for class_id, claim in claims().items() if claim != "lab" and class_id in proven)
