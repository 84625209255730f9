"""Keeps what schemathesis sends on this machine and in bounds."""
import os
import re

import schemathesis

INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")


@schemathesis.hook
def before_call(context, case, kwargs):
    if isinstance(case.body, dict):
        case.body = {name: bounded(name, value) for name, value in case.body.items()}


def bounded(name, value):
    if not isinstance(value, str):
        return value
    if INSTANT.match(value):
        # Two thousand years of invoices are not what is tested.
        return "2026" + value[4:]
    if name == "url" and value.startswith("http"):
        # A name that nobody can have, so nothing is sent anywhere.
        return "https://hooks.example/" + value
    if name == "file" and value.startswith("/"):
        # As long as it was, for it may be too long on purpose.
        return os.environ["BACKUP"] + value.replace("/", "")[len(os.environ["BACKUP"]):]
    return value
