"""Judges changed files as JSON lines: what PyYAML, with which Ansible reads, makes of each before and after.

For each line with `before`, `request` and `after` (null where the editor refused) one line comes back: `before` is
`accepted`, `twice` (a key stands twice in a mapping) or the words of PyYAML's error; `after` is `right`, or what is
wrong with it. What must come out is computed by pyyaml_oracle.py, without any code of spin-keys.
"""
import copy
import json
import sys

import yaml

import pyyaml_oracle as oracle


def read(text, loader):
    # Beside PyYAML's own errors: dates that are none, numbers that are too long.
    try:
        return oracle.load(text, loader), None
    except AssertionError:
        return None, "twice"
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        return None, f"{type(error).__name__}: {error}"


def judge_before(text):
    before, error = read(text, oracle.Loader)
    if error == "twice":
        before, worse = read(text, oracle.Duplicates)
        return before, worse or error
    return before, error or "accepted"


def is_same(one, other, seen):
    """Equality, also of what holds itself."""
    if (id(one), id(other)) in seen:
        return True
    seen.add((id(one), id(other)))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key], seen) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(is_same(*pair, seen) for pair in zip(one, other))
    return one == other


def judge_after(before, case, is_twice):
    expected = copy.deepcopy(before)
    if expected is None:
        expected = {}
    if not isinstance(expected, dict):
        return "the file is no mapping"
    try:
        (oracle.add_user if case["request"].get("user") else oracle.add_deploy)(expected, case["request"])
    except (AttributeError, KeyError, TypeError, StopIteration) as error:
        return f"nothing can come out by Spin's rules: {error!r}"
    after, error = read(case["after"], oracle.Duplicates if is_twice else oracle.Loader)
    if error:
        return f"unparseable: {error}"
    if is_same(after, expected, set()):
        return "right"
    return f"read {after} expected {expected}"


def main():
    for line in sys.stdin:
        case = json.loads(line)
        before, verdict = judge_before(case["before"])
        after = None
        if case["after"] is not None and verdict in ("accepted", "twice"):
            after = judge_after(before, case, verdict == "twice")
        print(json.dumps({"before": verdict, "after": after}))
    return 0


sys.exit(main())
