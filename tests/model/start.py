"""What a measured run of ../../fixtures/outcomes started from: `ran`, how much of security.yml had run before the users were
made; `root`, the keys that root had; `files`, files of keys on the server. Recorded in the fixtures; of a layout as it was
measured first, told from its name, its groups and its keys.
"""
PEOPLE = ("alice", "bob", "carol", "dave", "mallory")


def start(name, case, outcome, is_second):
    if "ran" in case:
        return case
    groups = outcome.get("groups", {})
    if "security.yml" in name:
        ran = "all"
    elif not is_second:
        # "also security where the file is about root, sudo, ports or ids"
        ran = "all" if any(word in name for word in ("root", "sudo", "port", "uid", "gid")) else "none"
    elif name.startswith("single"):
        # Two of them name root, and ran with it.
        ran = "all" if groups.get("alice", [""])[0] == "users" else "none"
    else:
        ran = "none" if any(groups.get(one, [""])[0] == one for one in PEOPLE) else "login.defs"
    made = {**case, "ran": ran}
    if "old" in outcome["comments"].get("root", []):
        made["root"] = ["old"]
    if "/srv/keys/mallory.pub" in case["y"]:
        made["files"] = {"/srv/keys/mallory.pub": ["mallory"]}
    return made


def logins(case, outcome):
    """account -> the keys that logged in, of a layout as it was measured first: `l` and its lines of ssh."""
    found = {}
    for (account, key), line in zip(case["l"], outcome["logins"]):
        if line.startswith("PASS"):
            found.setdefault(account, []).append(key)
    return found
