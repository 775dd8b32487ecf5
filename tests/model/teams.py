"""Makes random files: teams of a few people, mostly sound, with some oddities; and edits of them, for sequences."""
from oddities import ABSENT, DOCKER, KEY, NAMES, TOP, USER
from writer import Raw

PEOPLE = ("alice", "bob", "carol", "dave", "erin", "mallory")


class Team:
    """A file as names and values in order; `luck`: a random.Random; `pub`: names of keys to their lines."""

    def __init__(self, luck, pub):
        self.luck, self.pub = luck, pub
        # Those of one kind and length: any may stand for any.
        self.lines = [line for line in pub.values() if line.startswith("ssh-ed25519 ")]
        self.rest = list(self.lines)
        self.top, self.twice = {}, []
        self.make()

    def new_line(self):
        """A key that nobody has so far, as long as there are any."""
        if not self.rest:
            return self.luck.choice(self.lines)
        return self.rest.pop(self.luck.randrange(len(self.rest)))

    def chance(self, share):
        return self.luck.random() < share

    def make(self):
        names = self.luck.sample(PEOPLE, self.luck.choice([1, 2, 2, 3, 3, 4, 5]))
        people = [self.person(name, is_first=name == names[0]) for name in names]
        self.luck.shuffle(people)
        more = []
        if self.chance(0.4):
            while len(people) > 1 and self.chance(0.6):
                last = people.pop()
                more.append(last)
        if not any("sudo" in person["groups"] for person in people):
            people[0]["groups"] = ["sudo"]
        self.top["users"] = people
        if more or self.chance(0.1):
            self.top["additional_users"] = more
        if self.chance(0.55):
            self.top["docker_user"] = self.docker()
        if self.chance(0.08):
            self.top["deploy_public_key"] = self.new_line()
        self.top["server_contact"] = "ops@example.com"
        self.top["use_passwordless_sudo"] = True
        self.top["ssh_port"] = "22"

    def person(self, name, is_first):
        groups = ["sudo"] if is_first else self.luck.choice([["sudo"], ["adm", "sudo"], [], [], ["adm"], ["www-data"]])
        person = {"username": name, "groups": groups}
        for field, value, share in (("name", name.title() + " Smith", 0.3), ("state", "present", 0.2), ("shell", "/bin/bash", 0.2)):
            if self.chance(share):
                person[field] = value
        person["authorized_keys"] = [self.key() for _ in range(self.luck.choice([1, 1, 1, 2, 2, 3]))]
        if self.chance(0.15):
            person["authorized_keys"].append({"public_key": self.new_line(), "state": "absent"})
        if self.chance(0.3):
            pairs = list(person.items())
            self.luck.shuffle(pairs)
            person = dict(pairs)
        return person

    def key(self):
        key = {"public_key": self.new_line()}
        if self.chance(0.1):
            key["state"] = "present"
        return key

    def docker(self):
        made = {"username": "deploy"}
        if self.chance(0.8):
            made["authorized_ssh_keys"] = [self.new_line() for _ in range(self.luck.choice([1, 1, 2]))]
        for field, value, share in (("secondary_groups", "docker", 0.2), ("group", "deploy", 0.1), ("uid", 9999, 0.1), ("gid", 9999, 0.1)):
            if self.chance(share):
                made[field] = value
        return made

    def people(self):
        """The users that are mappings, wherever they stand."""
        return [one for name in ("users", "additional_users") if isinstance(self.top.get(name), list)
                for one in self.top[name] if isinstance(one, dict)]

    def spell(self, value):
        """An odd value with the keys and the names of this file."""
        if isinstance(value, dict):
            return {name: self.spell(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.spell(one) for one in value]
        if not isinstance(value, str) or value is ABSENT:
            return value
        one, two = self.luck.choice(self.lines), self.luck.choice(self.lines)
        other = self.luck.choice([person["username"] for person in self.people() if person.get("username") in PEOPLE] or ["alice"])
        text = value.replace("BLOB1", one.rsplit(" ", 1)[0]).replace("K1", f'"{one}"' if isinstance(value, Raw) and "K1" in value else one)
        text = text.replace("K2", two).replace("OTHER", other)
        return Raw(text) if isinstance(value, Raw) else text

    def set(self, mapping, field, value):
        value = self.spell(value)
        if value is ABSENT:
            mapping.pop(field, None)
        else:
            mapping[field] = value
        for name, meant in NAMES.items():
            if name in str(value) and "{{" in str(value) and self.chance(0.9):
                self.top.setdefault(name, self.spell(meant))

    def odd(self):
        """One oddity."""
        kind = self.luck.choice(["user"] * 9 + ["key"] * 7 + ["docker"] * 4 + ["top"] * 3 + ["shape"] * 4)
        people = self.people()
        if kind == "user" and people:
            field = self.luck.choice(list(USER))
            self.set(self.luck.choice(people), field, self.luck.choice(USER[field]))
        elif kind == "key" and people:
            keys = self.luck.choice(people).get("authorized_keys")
            keys = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
            if keys:
                field = self.luck.choice(["state"] * 4 + ["public_key"] * 6 + ["path", "key_options"])
                self.set(self.luck.choice(keys), field, self.luck.choice(KEY[field]))
        elif kind == "docker":
            docker = self.top.setdefault("docker_user", {"username": "deploy"})
            if isinstance(docker, dict):
                field = self.luck.choice(list(DOCKER))
                self.set(docker, field, self.luck.choice(DOCKER[field]))
        elif kind == "top":
            field = self.luck.choice(list(TOP))
            self.set(self.top, field, self.luck.choice(TOP[field]))
        elif people:
            self.shape(people)

    def shape(self, people):
        """Something about the lists: the same key or person twice, an entry for deploy, an older list of the same name."""
        person = self.luck.choice(people)
        keys = person.get("authorized_keys")
        what = self.luck.choice(["same key", "both states", "other options", "same person", "deploy", "deploy", "other list", "order", "by name"])
        if isinstance(keys, list) and keys and isinstance(keys[0], dict) and isinstance(keys[0].get("public_key"), str):
            line = self.luck.choice([key["public_key"] for key in keys if isinstance(key, dict) and isinstance(key.get("public_key"), str)])
            if what == "same key":
                self.luck.choice(people)["authorized_keys"] = keys + [{"public_key": line}]
            if what == "both states":
                keys.insert(self.luck.randrange(len(keys) + 1), {"public_key": line, "state": "absent"})
            if what == "other options":
                keys.insert(self.luck.randrange(len(keys) + 1), {"public_key": 'from="127.0.0.1,10.0.0.0/8" ' + line})
            if what == "deploy":
                entry = {"username": "deploy", "groups": [], "authorized_keys": [{"public_key": line, "state": self.luck.choice(["absent", "absent", "present"])}]}
                self.add(entry)
        if what == "same person":
            self.add({"username": person.get("username", "bob"), "groups": self.luck.choice([[], ["sudo"], ["adm"]]), "authorized_keys": [self.key()]})
        if what == "order" and isinstance(keys, list):
            self.luck.shuffle(keys)
        if what == "other list":
            self.twice.append((self.luck.choice(["users", "additional_users"]), [self.person("dave", True)]))
        if what == "by name" and self.chance(0.3):
            self.top["users"] = {"alice": {"groups": ["sudo"], "authorized_keys": [self.key()]}}

    def add(self, entry):
        name = self.luck.choice(["users", "additional_users"])
        if not isinstance(self.top.get(name), list):
            if name == "users" or name in self.top:
                return
            self.top[name] = []
        self.top[name].insert(self.luck.randrange(len(self.top[name]) + 1), entry)

    def edit(self):
        """What people do to a file over time: keys and people come, go, change places, are marked absent."""
        people = self.people()
        what = self.luck.choice(["absent", "delete", "new first", "new last", "leave", "gone", "absent person", "deploy", "odd"])
        person = self.luck.choice(people) if people else {}
        keys = person.get("authorized_keys")
        has_keys = isinstance(keys, list) and keys and all(isinstance(key, dict) for key in keys)
        if what == "absent" and has_keys:
            self.luck.choice(keys)["state"] = "absent"
        elif what == "delete" and has_keys:
            keys.pop(self.luck.randrange(len(keys)))
        elif what in ("new first", "new last") and has_keys:
            keys.insert(0 if what == "new first" else len(keys), self.key())
        elif what == "leave" and person:
            person["groups"] = []
        elif what == "gone" and len(people) > 1:
            for name in ("users", "additional_users"):
                if isinstance(self.top.get(name), list) and person in self.top[name]:
                    self.top[name].remove(person)
        elif what == "absent person" and person:
            person["state"] = "absent"
        elif what == "deploy" and has_keys:
            self.add({"username": "deploy", "groups": [], "authorized_keys": [{"public_key": keys[0].get("public_key"), "state": "absent"}]})
        else:
            self.odd()

    def pairs(self):
        return list(self.top.items()) + self.twice
