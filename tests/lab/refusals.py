"""Cases whose record nginx -t prints, for cases_config_*.py: the faulty text at a mark, and the block of the advice or, where the advice is
prose, the text as it says that it should be."""

import lab
from registry import Plan, case

SERVER = "server { listen 127.0.0.1:{port};\n%s\n}"


def in_server(text="{change:here}"):
    """A configuration with this text in its only server."""
    return lab.http(SERVER % text)


def in_location(text="{change:location}"):
    """A configuration with this text in its only location."""
    return in_server("location / {\n" + text + "\n}")


def refused(configuration, fault="", corrected=None, at="here", **options):
    """A plan: {change:`at`} is the faulty text, and then `corrected` or the block of the advice."""
    plan = Plan(configuration, was={at: fault}, by_test=True, **options)
    if corrected is not None:
        plan.repair = lambda: plan.was.update({at: corrected})
    return plan


def refusal(name, class_id, suggestion, configuration, fault="", corrected=None, at="here", needs=(), options=None, **values):
    """Registers a case that needs nothing but text."""
    case(name, class_id, suggestion, needs=needs, **values)(lambda stage: refused(configuration, fault, corrected, at, **(options or {})))
