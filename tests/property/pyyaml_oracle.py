"""Reads cases as JSON lines and checks each with PyYAML, as Ansible reads the file (YAML 1.1).

What must come out is computed here from the data before, by Spin's rules as the design states them, without any code
of spin-keys. Prints how many cases were confirmed; the first that is not ends the run with exit code 1.
"""
import copy
import json
import sys

import yaml


class Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):
    """The safe loader with tags such as !vault kept as data, and duplicate keys refused."""

    def construct_mapping(self, node, deep=False):
        keys = [(key.tag, str(key.value)) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        assert len(keys) == len(set(keys)), f"duplicate keys: {keys}"
        return super().construct_mapping(node, deep=deep)


def tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return ("!" + suffix, loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return ("!" + suffix, loader.construct_sequence(node, deep=True))
    return ("!" + suffix, loader.construct_mapping(node, deep=True))


Loader.add_multi_constructor("!", tagged)
# Those of YAML that nobody knows.
Loader.add_multi_constructor("tag:yaml.org,2002:", tagged)


class Duplicates(Loader):
    """Takes the last of two keys, as Ansible does."""

    construct_mapping = yaml.SafeLoader.construct_mapping


def load(text, loader=Loader):
    """As Ansible: a file that is JSON is read as that."""

    def once(pairs):
        keys = [key for key, _ in pairs]
        assert loader is Duplicates or len(keys) == len(set(keys)), f"duplicate keys: {keys}"
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=once)
    except (json.JSONDecodeError, RecursionError):
        return yaml.load(text, Loader=loader)


def loader_of(text):
    """Refuses duplicate keys that come by an edit, and takes those that were there."""
    try:
        load(text)
    except AssertionError:
        return Duplicates
    return Loader


def pair(line):
    """The part of a key that counts: the algorithm and the word behind it."""
    words = line.split()
    algorithms = [i for i, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-", "sk-"))]
    return words[algorithms[0] : algorithms[0] + 2] if algorithms else None


def holds(item, line):
    """Whether one of the lines of an item is this key."""
    text = item.get("public_key") if isinstance(item, dict) else item
    lines = text.splitlines() if isinstance(text, str) else []
    return pair(line) in [pair(one) for one in lines if not one.lstrip().startswith("#")]


def put(holder, field, line):
    """Brings the key into holder[field]: there it stays, absent it becomes present, else it goes last."""
    keys = holder.get(field) or []
    if isinstance(keys, str) and holds(keys, line):
        return
    if isinstance(keys, str) and field == "authorized_ssh_keys":
        keys = [keys] if keys.strip() else []
    for item in keys:
        if holds(item, line):
            if isinstance(item, dict) and item.get("state") == "absent":
                item["state"] = "present"
            return
    keys.append({"public_key": line} if field == "authorized_keys" else line)
    holder[field] = keys


def add_user(data, request):
    name, line = request["user"], request["line"]
    wanted = request.get("field")
    for section in ("users", "additional_users"):
        people = data.get(section) or []
        if not isinstance(people, (dict, list)):
            continue  # Nobody stands there.
        by_name = isinstance(people, dict) and people
        if by_name:
            found = [name] if name in people else []
        else:
            named = [one.get("username") if isinstance(one, dict) else None for one in people]
            found = [i for i, one in enumerate(named) if str(one) == name]
        for key in found:
            if people[key] is None or people[key] == []:
                people[key] = {}
            there = [f for f in ("authorized_keys", "authorized_ssh_keys") if f in people[key]]
            default = "authorized_ssh_keys" if by_name else "authorized_keys"
            put(people[key], wanted or (there[0] if there else default), line)
            return
    users = data.get("users") or []
    by_name = isinstance(users, dict) and users
    person = {} if by_name else {"username": name}
    if request.get("name"):
        person["name"] = request["name"]
    groups = request.get("groups")
    person["groups"] = ["sudo"] if groups is None else groups
    put(person, wanted or ("authorized_ssh_keys" if by_name else "authorized_keys"), line)
    if by_name:
        users[name] = person
    else:
        users = list(users) + [person]
    data["users"] = users


def add_deploy(data, request):
    docker = data.get("docker_user") or {}
    docker.setdefault("username", "deploy")
    put(docker, "authorized_ssh_keys", request["line"])
    data["docker_user"] = docker


def main():
    confirmed = 0
    for text in sys.stdin:
        case = json.loads(text)
        loader = loader_of(case["before"])
        before = load(case["before"], loader) or {}
        expected = copy.deepcopy(before)
        (add_user if case["request"].get("user") else add_deploy)(expected, case["request"])
        after = load(case["after"], loader)
        if after != expected or (expected == before and case["before"] != case["after"]):
            print(case["name"], case["request"], case["before"], "=>", case["after"], "read", after, "expected", expected, sep="\n")
            return 1
        confirmed += 1
    print(confirmed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
