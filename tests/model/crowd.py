"""Teams for histories: two to eight people who get in, in the layouts that people have; little that stops a run."""
from teams import Team

NAMES = ("alice", "bob", "carol", "dave", "frank", "heidi", "ivan", "judy", "mallory", "peggy")


class Crowd(Team):
    def make(self):
        names = self.luck.sample(NAMES, self.luck.choice([2, 2, 3, 3, 3, 4, 4, 5, 6, 8]))
        people = [self.person(name, is_first=at < self.luck.choice([1, 2, 2])) for at, name in enumerate(names)]
        # The first stays in `users`.
        users, more = people[:1], []
        for person in people[1:]:
            (more if self.chance(0.2) else users).append(person)
        self.luck.shuffle(users)
        self.top["users"] = users
        if more or self.chance(0.1):
            self.top["additional_users"] = more
        if self.chance(0.7):
            self.top["docker_user"] = self.docker()
        if self.chance(0.1):
            self.top["deploy_public_key"] = self.new_line()
        self.top.update({"server_contact": "ops@example.com", "use_passwordless_sudo": True, "ssh_port": "22"})
        for way, share in ((self.share, 0.3), (self.share_with_deploy, 0.2), (self.restrict, 0.1), (self.repeat, 0.06), (self.second_entry, 0.08),
                           (self.deploy_entry, 0.12), (self.join, 0.03), (self.unread, 0.03), (self.gone, 0.05)):
            if self.chance(share):
                way(self.luck.choice(people))

    def person(self, name, is_first):
        groups = ["sudo"] if is_first else self.luck.choice([["sudo"], ["adm", "sudo"], [], [], ["adm"], ["www-data"]])
        person = {"username": name, "groups": groups}
        for field, value, share in (("name", name.title() + " Smith", 0.3), ("state", "present", 0.1), ("shell", "/bin/bash", 0.2)):
            if self.chance(share):
                person[field] = value
        person["authorized_keys"] = [self.key() for _ in range(self.luck.choice([1, 1, 2, 2, 3, 4]))]
        if self.chance(0.1):
            person["authorized_keys"].append({"public_key": self.new_line(), "state": "absent"})
        pairs = list(person.items())
        if self.chance(0.2):
            self.luck.shuffle(pairs)
        return dict(pairs)

    def docker(self):
        lines = [self.new_line() for _ in range(self.luck.choice([0, 1, 1, 2, 3]))]
        made = {"username": self.luck.choice(["deploy", "deploy", "runner"])}
        form = self.luck.choice(["list"] * 8 + ["lists", "text", "none"])
        if form == "text" and lines:
            made["authorized_ssh_keys"] = lines[0]
        elif form != "none":
            made["authorized_ssh_keys"] = [lines] if form == "lists" and lines else lines
        return made

    def line_of(self, person):
        return self.luck.choice(person["authorized_keys"])["public_key"]

    def share(self, person):
        other = self.luck.choice(self.people())
        lines = [key["public_key"] for key in other["authorized_keys"]]
        keys = person["authorized_keys"]
        if self.luck.choice(lines) not in [key["public_key"] for key in keys]:
            keys.insert(self.luck.randrange(len(keys) + 1), {"public_key": self.luck.choice(lines)})

    def share_with_deploy(self, person):
        keys = self.top.get("docker_user", {}).get("authorized_ssh_keys")
        if isinstance(keys, list) and (not keys or isinstance(keys[0], str)):
            keys.append(self.line_of(person))

    def restrict(self, person):
        key = self.luck.choice(person["authorized_keys"])
        key["public_key"] = self.luck.choice(["restrict,pty ", 'from="192.0.2.0/24" ', "no-agent-forwarding "]) + key["public_key"]

    def repeat(self, person):
        """The same key twice in a list."""
        present = [key["public_key"] for key in person["authorized_keys"] if key.get("state") != "absent"]
        person["authorized_keys"].append({"public_key": self.luck.choice(present)})

    def second_entry(self, person):
        """Of the same person, as the way of `2h-sudo-key-item-0-by-additional_users.yml` leaves it."""
        twin = {**person, "authorized_keys": [{"public_key": self.new_line(), "state": self.luck.choice(["absent", "present"])}]}
        self.top.setdefault("additional_users", []).append(twin)

    def deploy_entry(self, _):
        """A revocation entry of earlier, or keys of deploy there."""
        name = self.top.get("docker_user", {}).get("username", "deploy")
        entry = {"username": name, "groups": [], "authorized_keys": [{"public_key": self.new_line(), "state": self.luck.choice(["absent", "absent", "present"])}]}
        self.top[self.luck.choice(["users"] + ["additional_users"] * ("additional_users" in self.top))].append(entry)

    def join(self, person):
        """Two keys in one item."""
        key = self.luck.choice(person["authorized_keys"])
        key["public_key"] += "\n" + self.new_line()

    def unread(self, person):
        if "sudo" not in person["groups"]:
            person["authorized_ssh_keys"] = [self.new_line()]

    def gone(self, person):
        if "sudo" not in person["groups"]:
            for entry in self.people():
                if entry["username"] == person["username"]:
                    entry["state"] = "absent"
