#!/usr/bin/env python3
"""The advice, proven with the real nginx: runs all cases of cases_*.py, or those whose class or name holds one of the arguments.
TAP; exit 77 without nginx.  Needs NGXERR, the program to test."""

import concurrent.futures
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # make check leaves the tree as it was

import cure  # noqa: E402
import lab  # noqa: E402
import proof  # noqa: E402
import registry  # noqa: E402

# The cases mostly wait: for timeouts, for slow clients.
AT_A_TIME = 6


def outcome(case):
    """(line of TAP, passed or None for a skip)"""
    name = f"{case.class_id}: {case.name} ({case.suggestion})".replace("#", "no. ")
    begin = time.monotonic()
    try:
        cure.prove(case)
    except registry.Skip as skip:
        return f"{name} # SKIP {skip}", None
    except (AssertionError, TimeoutError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        return f"{name}\n# {type(error).__name__}: " + str(error).replace("\n", "\n# "), False
    return f"{name}, {time.monotonic() - begin:.1f} s", True


def main(words):
    if not lab.find_nginx():
        print("1..0 # SKIP nginx is not installed")
        return 77
    cases = [case for case in registry.load() if not words or any(word in case.class_id or word in case.name for word in words)]
    passed, failed = [], 0
    print(f"1..{len(cases)}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        running = {pool.submit(outcome, case): case for case in cases}
        for number, done in enumerate(concurrent.futures.as_completed(running), 1):
            text, good = done.result()
            print(f"{'not ok' if good is False else 'ok'} {number} - {text}", flush=True)
            failed += good is False
            if good:
                passed.append(running[done])
    print(f"# {len(passed)} of {len(cases)} cases passed, {failed} failed; {len({case.class_id for case in passed})} classes")
    if not words:
        proof.tell(passed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
