#!/usr/bin/env python3
"""The advice, proven with the real nginx: runs all cases of cases_*.py, or those whose class or name holds one of the arguments.
TAP; skipped without nginx, or with LAB=no (sanitizer builds and distcheck do not prove the advice again).  Needs NGXERR, the program
to test."""

import concurrent.futures
import os
import signal
import sys
import time

sys.dont_write_bytecode = True  # make check leaves the tree as it was

import cure  # noqa: E402
import lab  # noqa: E402
import proof  # noqa: E402
import registry  # noqa: E402

# The cases mostly wait: for timeouts, for slow clients.
AT_A_TIME = 6
# All of them, which take a minute or two: what hangs is ended, and so named.
SECONDS = 1000


def outcome(case):
    """(line of TAP, passed or None for a skip)"""
    name = f"{case.class_id}: {case.name} ({case.suggestion})".replace("#", "no. ")
    begin = time.monotonic()
    try:
        cure.prove(case)
    except registry.Skip as skip:
        return f"{name} # SKIP {skip}", None
    except Exception as error:  # whatever goes wrong in a case, the others are run
        return f"{name}\n# {type(error).__name__}: " + str(error).replace("\n", "\n# "), False
    return f"{name}, {time.monotonic() - begin:.1f} s", True


def main(words):
    signal.alarm(SECONDS)
    if not lab.find_nginx() or os.environ.get("LAB") == "no":
        print("1..0 # SKIP " + ("LAB=no" if lab.find_nginx() else "nginx is not installed"))
        return 0
    cases = [case for case in registry.load() if not words or any(word in case.class_id or word in case.name for word in words)]
    outcomes, again, number = {}, [], 0
    print(f"1..{len(cases) + (not words)}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        running = {pool.submit(outcome, case): case for case in cases}
        for done in concurrent.futures.as_completed(running):
            text, outcomes[running[done]] = done.result()
            if outcomes[running[done]] is False:
                again.append((running[done], text))
            else:
                number += 1
                print(f"ok {number} - {text}", flush=True)
    for case, first in again:
        # A case waits for real time-outs; on a machine that has no time it gets a second try, alone.  What failed first is told.
        print("# first try: " + first.replace("\n", "\n# ").replace("# # ", "# "), flush=True)
        text, outcomes[case] = outcome(case)
        number += 1
        print(f"{'not ok' if outcomes[case] is False else 'ok'} {number} - {text}", flush=True)
    passed = [case for case, good in outcomes.items() if good]
    failed = [case for case, good in outcomes.items() if good is False]
    skipped = len(cases) - len(passed) - len(failed)
    classes = len({case.class_id for case in passed})
    print(f"# {len(cases)} cases: {len(passed)} passed, {len(failed)} failed, {skipped} skipped; {classes} classes")
    claims_hold = bool(words) or compare(outcomes, passed)
    return 1 if failed or not claims_hold else 0


def compare(outcomes, passed):
    """The last test: no class says `proof lab` without a case."""
    missing = proof.unproven(passed, [case for case, good in outcomes.items() if good is None])
    print(f"{'not ok' if missing else 'ok'} {len(outcomes) + 1} - every class that says proof lab has a case")
    for class_id in missing:
        print(f"# says proof lab, without a case that passed: {class_id}")
    for class_id, claim in proof.modest(passed):
        print(f"# proven here, says proof {claim}: {class_id}")
    return not missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
