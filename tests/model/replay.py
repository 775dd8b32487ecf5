"""Replays measured layouts and sequences through the model: `replay.py FILE...` prints each difference and "N of N".

Exit 1 where anything differs: the failed task, the keys of each account in order, the groups, the logins that were tried, the
third door.
"""
import json
import sys

sys.dont_write_bytecode = True

import roles
import sshd
from server import Server, Unknown
from start import logins, start

# The harness's own quoting broke on these names: what it reports of them is not theirs.
UNMEASURED = ("b'ob", "['bob']")


class Names:
    """Lines of keys by the names of their keys."""

    def __init__(self, pub):
        self.blobs = {line.split(" ")[1]: name for name, line in pub.items()}

    def of(self, line):
        found = [(line.find(blob), name) for blob, name in self.blobs.items() if blob in line]
        return min(found)[1] if found else line


def served(case, pub):
    """The server before the file: as it was found, or as the files before it left it."""
    files = {path: "".join(pub[name] + "\n" for name in names) for path, names in case.get("files", {}).items()}
    root = "".join(pub[name] + "\n" for name in case.get("root", []))
    server = Server(ran=case["ran"], root_keys=root, files=files, web={})
    for text in case.get("first", []):
        roles.provision(text, server)
        if not case["second"]:
            roles.configure_gha(text, server, pub["ci"])
    return server


def differences(case, outcome, pub):
    names, server = Names(pub), served(case, pub)
    failed = roles.provision(case["y"], server)
    yield "failed task", failed, outcome.get("failed_task")
    lines = {name: [names.of(line) for line in server.lines(name)] for name in server.accounts}
    made = {name: keys for name, keys in lines.items() if keys or name in server.made}
    if not case["second"] and "root" not in outcome["comments"]:
        # The first file reports the accounts above uid 999, and root where its login was tried.
        made.pop("root", None)
    measured = {name: keys for name, keys in outcome["comments"].items() if keys or name in server.made}
    yield "keys", without(made), without(measured)
    if "accounts" in outcome:
        lines = {name: server.lines(name) for name in outcome["accounts"] if name in server.accounts}
        yield "lines", lines, outcome["accounts"]
    if "groups" in outcome:
        of = {name: server.groups_of(name) for name in outcome["groups"] if name in server.accounts}
        yield "groups", of, outcome["groups"]
        yield "accounts", sorted(made), sorted(outcome["groups"])
    lets_in = sshd.lets_in(server, client="127.0.0.1", port=roles.asked_port(case["y"]))
    entered = outcome["lets_in"] if "lets_in" in outcome else logins(case, outcome)
    lets_in = {name: {names.of(line) for line in found} for name, found in lets_in.items()}
    for name, key in case["l"]:
        yield f"{name} by {key}", key in lets_in.get(name, ()), key in entered.get(name, ())
    tried = {name for name, _ in case["l"]}
    yield "logins", {name for name in without(lets_in) if tried and name not in tried and name not in case.get("root", "root")}, set()
    if "authorized_keys_secret" in outcome or case["secret"]:
        lines = roles.tunnel(case["y"])
        yield "tunnel", lines and [names.of(line) for line in lines], outcome.get("authorized_keys_secret")
    if "a password is required" in outcome.get("post", ""):
        yield "passwordless sudo", server.nopasswd, False


def without(accounts):
    return {name: value for name, value in accounts.items() if name not in UNMEASURED}


def main(paths):
    right = count = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            layouts = json.load(file)
        is_second = "layouts-2" in path
        for name, layout in layouts["cases"].items():
            # In the first file `configure gha` ran after each file before, and the third door was measured in some only.
            outcome = layout["outcome"]["2.21"]
            case = start(name, layout["case"], outcome, is_second)
            case = {**case, "second": is_second, "secret": is_second and "(runner.py" not in name}
            count += 1
            try:
                wrong = [one for one in differences(case, outcome, layouts["pub"]) if one[1] != one[2]]
            except Unknown as error:
                wrong = [("unknown", str(error), "")]
            right += not wrong
            for what, own, measured in wrong:
                print(f"{path.rpartition('/')[2]}: {name}: {what}: {own!r}, measured {measured!r}")
    print(f"{right} of {count}")
    return int(right != count)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
