"""Compares the names of CPython's _socket with those of the module here.

One JSON object a line goes to descriptor 3, as from run.py.
"""
import json
import os
import _socket

import gosocket


def compare(where, real, ours):
    for name in vars(real):
        if name.startswith("__"):
            continue
        value = getattr(real, name)
        if not hasattr(ours, name):
            yield where + name, "failed", "missing"
        elif isinstance(value, (int, str)) and getattr(ours, name) != value:
            yield where + name, "failed", f"is {getattr(ours, name)!r}, in CPython {value!r}"
        else:
            yield where + name, "passed", ""


with os.fdopen(3, "w") as out:
    for pair in ("", _socket, gosocket), ("socket.", _socket.socket, gosocket.socket):
        for test, outcome, detail in compare(*pair):
            print(json.dumps({"test": test, "outcome": outcome, "detail": detail}), file=out)
