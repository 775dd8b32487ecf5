"""What the requests of a history mean, apart from how a file says it: who is to log in where. Keys are their material."""


def material(line):
    """The key of a line without its options and its comment."""
    return next((word for word in line.split() if word.startswith("AAAA")), line)


def materials(text):
    return [material(line) for line in text.split("\n") if line.strip()]


def flat(value):
    """The texts in a text, a list, or lists in a list."""
    return [value] if isinstance(value, str) else [text for one in value or [] for text in flat(one)]


class Entry:
    """An entry of `users` or `additional_users`."""

    def __init__(self, section, entry):
        self.section, self.name, self.groups = section, entry["username"], set(entry["groups"])
        self.is_absent = entry.get("state") == "absent"
        # In the order of the list, and those that a run takes away.
        self.keys, self.taken, self.is_over = [], set(), False
        # Spin never reads these.
        self.unread = set(map(material, flat(entry.get("authorized_ssh_keys"))))
        # The keys that share an item.
        self.beside = {}
        for item in entry.get("authorized_keys") or []:
            for key in materials(item["public_key"]):
                self.beside[key] = set(materials(item["public_key"]))
                self.take(key) if item.get("state") == "absent" else self.give(key)

    def give(self, key):
        self.is_over = False
        self.taken.discard(key)
        if key not in self.keys:
            self.keys.append(key)

    def take(self, key):
        self.taken.add(key)
        if key in self.keys:
            self.keys.remove(key)

    def first(self, barred):
        """The keys that may come to the front, if these may not."""
        return [key for key in self.keys if barred.isdisjoint(self.beside.get(key, {key}))]

    def every(self):
        """Those that are absent already were theirs, too."""
        return self.taken | self.unread | set(self.keys)

    def feeds(self):
        """Its item 0 is given to deploy, and all its keys to the tunnel."""
        return self.section == "users" and "sudo" in self.groups


class Meant:
    def __init__(self, top):
        docker = top.get("docker_user") or {}
        self.deploy = docker.get("username", "deploy")
        self.docker = set(map(material, flat(docker.get("authorized_ssh_keys"))))
        self.passed = set(map(material, flat(top.get("deploy_public_key"))))
        self.entries = [Entry(section, entry) for section in ("users", "additional_users") for entry in top.get(section) or []]
        # Keys that a run takes from deploy, and those of the deploy account alone that were revoked.
        self.taken, self.barred = set(), set()
        self.names = {entry.name for entry in self.entries}

    def of(self, name):
        return [entry for entry in self.entries if entry.name == name]

    def keys(self, name):
        """The keys that log in as a person, or by which deploy is meant to be entered whatever sudo users there are."""
        own = {key for entry in self.of(name) if not entry.is_absent for key in entry.keys}
        return own | self.docker | self.passed if name == self.deploy else own

    def groups(self, name):
        """The last entry decides."""
        found = [entry for entry in self.of(name) if not entry.is_absent and not entry.is_over]
        return found[-1].groups if found else None

    def feeders(self):
        return [entry for entry in self.entries if entry.feeds() and entry.keys]

    def may(self, name):
        """What a run may open: which of a sudo user's keys is item 0 is not said here."""
        if name != self.deploy:
            return self.keys(name)
        return self.keys(name) | ({key for entry in self.feeders() for key in entry.keys} - self.barred)

    def takes(self, name):
        own = {key for entry in self.of(name) for key in entry.taken}
        return own | self.taken if name == self.deploy else own

    def tunnel(self):
        """The keys that are to open the tunnel, and those that do until the file is tidied up."""
        feeders = [entry for entry in self.entries if entry.feeds()]
        due = {key for entry in feeders for key in entry.keys}
        return due, due.union(*(entry.taken for entry in feeders))

    def add(self, name, key, groups, is_in_file):
        if not is_in_file:
            self.entries = [entry for entry in self.entries if entry.name != name]
            self.entries.append(Entry("users", {"username": name, "groups": groups}))
        self.of(name)[0].give(key)
        self.names.add(name)
        self.barred.discard(key)

    def add_deploy(self, key):
        self.docker.add(key)
        self.barred.discard(key)

    def revoke(self, keys, names, lock_out):
        """These keys wherever they stand, and these people; and whom that leaves in sudo without a key, where that is meant."""
        keys = set(keys).union(*(entry.every() for entry in self.entries if entry.name in names))
        left = {entry.name for entry in self.feeders() if lock_out and keys.issuperset(entry.keys)}
        names = names | left
        keys = keys.union(*(entry.every() for entry in self.entries if entry.name in left))
        of_deploy = keys & self.of_deploy()
        self.freed(keys)
        for entry in self.entries:
            for key in keys & set(entry.keys):
                entry.take(key)
            if entry.name in names:
                entry.groups = set()
        self.take_from_deploy(of_deploy)

    def of_deploy(self):
        """The keys that the deploy account may have by this file: any key of a sudo user may have been the first once."""
        return self.docker.union(self.passed, *(entry.every() for entry in self.entries if entry.feeds()))

    def bar(self, keys):
        """These keys from the deploy account alone."""
        for entry in self.of(self.deploy):
            for key in keys & set(entry.keys):
                entry.take(key)
        self.freed(keys)
        self.barred |= keys
        self.take_from_deploy(keys)

    def freed(self, keys):
        """Of a sudo user who loses one of these at the front, another key comes there."""
        for entry in self.entries:
            if entry.feeds() and not keys.isdisjoint(entry.keys):
                self.barred -= set(entry.keys)

    def take_from_deploy(self, keys):
        self.docker, self.passed, self.taken = self.docker - keys, self.passed - keys, self.taken | keys

    def finish(self, names, keys):
        """What has been taken away is forgotten: all of it, or that of these people and keys."""
        is_all = not names and not keys
        keys = set(keys).union(*(entry.every() for entry in self.entries if entry.name in names))
        for entry in self.entries:
            had = entry.taken
            entry.taken = set() if is_all or entry.name in names else entry.taken - keys
            # With its last key the entry of somebody without groups goes.
            entry.is_over = entry.is_over or bool(had and not entry.taken and not entry.keys and not entry.groups)
        self.taken = set() if is_all else self.taken - keys


class Seen:
    """What may be open on a server: it was provisioned with some of the files and missed others."""

    def __init__(self):
        self.open, self.groups = {}, {}

    def copy(self):
        twin = Seen()
        twin.open, twin.groups = dict(self.open), dict(self.groups)
        return twin

    def provisioned(self, meant):
        for name in meant.names | {meant.deploy}:
            self.open[name] = (self.open.get(name, set()) - meant.takes(name)) | meant.may(name)
            if meant.groups(name) is not None:
                self.groups[name] = meant.groups(name)


def wrong(answer, meant, seen):
    """What is not as it is meant on a server that was just provisioned."""
    if answer["failed"] or answer["unknown"]:
        return [f"the run fails: {answer['failed']}, unknown: {answer['unknown']}"]
    found = []
    opens = {name: set(map(material, lines)) for name, lines in answer["lets_in"].items()}
    for name in sorted(meant.names | {meant.deploy} | set(opens)):
        has, may, due = opens.get(name, set()), seen.open.get(name, set()), meant.keys(name)
        found += [f"{key} opens {name}" for key in sorted(has - may)]
        found += [f"{key} is shut out of {name}" for key in sorted(due - has)]
        groups = set(answer["groups"].get(name, ())) - {"users", name}
        is_known = name != meant.deploy and meant.groups(name) is not None
        if is_known and groups != seen.groups[name]:
            found.append(f"{name} is in {sorted(groups)}, not in {sorted(seen.groups[name])}")
    for entry in meant.feeders():
        if opens.get(meant.deploy, set()).isdisjoint(entry.keys) and not meant.barred & set(entry.keys):
            found.append(f"{entry.name} is shut out of {meant.deploy}")
    if not any(opens.get(name) for name in answer["passwordless"]):
        found.append("no usable sudo user")
    return found


def wrong_tunnel(lines, meant):
    if lines is None:
        return ["AUTHORIZED_KEYS cannot be made"]
    has = {material(line) for line in lines if line.strip()}
    due, may = meant.tunnel()
    return [f"{key} opens the tunnel" for key in sorted(has - may)] + [f"{key} is shut out of the tunnel" for key in sorted(due - has)]
