"""Changes that touch nobody's access: everything of the shipped .spin.yml changed to what people write, and layout.

A pair for hunt.py: `kind` and the two texts.
"""
import random
import re

from teams import Team
from writer import Raw, Writer

HASHES = ["$6$mysecretsalt$" + rest for rest in (
    "qJbapG68nyRab3gxvKWPUcs2g3t0oMHSHMnSKecYNpSi3CuZm.GbBqXO8BE6EI6P1JUefhA0qvD7b5LSh./PU1",
    "qJbapG68nyRab3gxvKWPUcs2g3t0oMHSHMnSKecYNpSi3CuZm.GbBqXO8BE6EI6P1JUefhA0qvD7b5LSh./PU2")]
ZONES = ["Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Etc/GMT+5", "UTC"]
CONTACTS = ["ops@example.com", "a.b+spin@example.co.uk", "ops@example.com, team@example.org", "root"]
PORTS = ["22", "2222", 2222, "1022", 65535, "22022"]
HOSTS = ["web.example.com", "192.0.2.10", "2001:db8::1", "web-1.internal", "10.0.0.7"]
RELAYS = ["smtp.example.com", "email-smtp.eu-west-1.amazonaws.com", "192.0.2.25"]
SECRETS = ["hunter2", "p@ss: w#rd'\"\\", "abc{def}", "Zm9v/YmFy+baz==", "$ecret!", "%{x}", "correct horse battery staple"]
NAMES = ["Alice Smith", "Zoë O'Neil", "李雷", "Dr. Bob, Jr.", "Carol (ops)"]


def profile(luck, number):
    kind = luck.choice(["hetzner", "vultr", "digitalocean"])
    config = {
        "hetzner": {"location": luck.choice(["ash", "fsn1", "hel1"]), "server_type": luck.choice(["cpx11", "cx22"]), "image": "ubuntu-24.04"},
        "vultr": {"region": luck.choice(["ord", "ewr"]), "plan": luck.choice(["vc2-1c-1gb", "vhf-2c-4gb"]), "os": "Ubuntu 24.04 LTS x64"},
        "digitalocean": {"region": luck.choice(["nyc3", "fra1"]), "size": luck.choice(["s-1vcpu-1gb", "s-2vcpu-4gb"]), "image": "ubuntu-24-04-x64"},
    }[kind]
    return {"name": f"{kind}_{number}_ubuntu2404", "provider": kind, "profile_config": {**config, "backups": luck.choice([True, False])}}


def server(luck, number):
    made = {"server_name": f"ubuntu-2gb-ash-{number}", "environment": luck.choice(["production", "staging", "development"]), "hardware_profile": "hetzner_1_ubuntu2404"}
    if luck.random() < 0.3:
        made["address"] = luck.choice(HOSTS)
    if luck.random() < 0.2:
        made["backups"] = luck.choice([True, False])
    return made


def provider(luck):
    return {"name": luck.choice(["hetzner", "vultr", "digitalocean"]), "api_token": luck.choice(SECRETS)}


def shipped(luck, team):
    """The settings of the shipped file, behind the people of the team."""
    settings = {
        "providers": luck.choice([None, [provider(luck)]]), "servers": luck.choice([None, [server(luck, 1)], [server(luck, 1), server(luck, 2)]]),
        "hardware_profiles": [profile(luck, number) for number in range(1, 4)], "environments": [{"name": name} for name in ("production", "staging", "development")],
        "server_timezone": "Etc/UTC", "server_contact": luck.choice(["changeme@example.com", "ops@example.com"]), "ssh_port": "22",
        "use_passwordless_sudo": True, "postfix_hostname": "{{ inventory_hostname }}",
    }
    for person in team.people():
        if luck.random() < 0.4:
            person["password"] = HASHES[0]
    return {**team.top, **settings}


def add(top, name, item):
    top[name] = [*(top.get(name) or []), item]


def change(luck, top):
    """One change of a value; returns its kind."""
    kind = luck.choice(["provider", "token", "server", "server gone", "server changed", "profile", "profile changed", "environment", "timezone", "contact",
                        "port", "hostname", "relay", "passwordless", "full name", "password", "comment of a key", "order of settings", "setting gone"])
    people = [person for name in ("users", "additional_users") for person in top.get(name) or []]
    person = luck.choice(people)
    if kind == "provider":
        add(top, "providers", provider(luck))
    elif kind == "token":
        top["providers"] = [provider(luck)]
    elif kind == "server":
        add(top, "servers", server(luck, luck.randrange(3, 9)))
    elif kind == "server gone":
        top["servers"] = luck.choice([None, []])
    elif kind == "server changed":
        top["servers"] = [server(luck, luck.randrange(1, 9))]
    elif kind == "profile":
        add(top, "hardware_profiles", profile(luck, luck.randrange(4, 9)))
    elif kind == "profile changed":
        top["hardware_profiles"][0] = profile(luck, luck.randrange(1, 9))
    elif kind == "environment":
        add(top, "environments", {"name": luck.choice(["qa", "review_apps", "demo"])})
    elif kind == "timezone":
        top["server_timezone"] = luck.choice(ZONES[1:])
    elif kind == "contact":
        top["server_contact"] = luck.choice(CONTACTS)
    elif kind == "port":
        top["ssh_port"] = luck.choice(PORTS[1:])
    elif kind == "hostname":
        top["postfix_hostname"] = luck.choice(HOSTS[:2] + [Raw('"{{inventory_hostname}}"'), Raw("'{{ inventory_hostname }}'")])
    elif kind == "relay":
        top.update({"postfix_relayhost": luck.choice(RELAYS), "postfix_relayhost_port": luck.choice(["587", 587, "2525"])})
        if luck.random() < 0.7:
            top.update({"postfix_relayhost_username": "AKIA" + luck.choice(NAMES)[:3], "postfix_relayhost_password": luck.choice(SECRETS)})
    elif kind == "passwordless":
        for one in people:
            one["password"] = HASHES[0]
        top["use_passwordless_sudo"] = False
    elif kind == "full name":
        person["name"] = luck.choice(NAMES)
    elif kind == "password":
        person["password"] = HASHES[1]
    elif kind == "comment of a key":
        key = luck.choice(person["authorized_keys"])
        key["public_key"] = " ".join(key["public_key"].split()[:2]) + " " + luck.choice(["new@laptop", "work", "alice (2026)"])
    elif kind == "order of settings":
        pairs = list(top.items())
        luck.shuffle(pairs)
        top.clear()
        top.update(pairs)
    else:
        top.pop(luck.choice(["server_timezone", "ssh_port", "postfix_hostname", "environments", "providers"]), None)
    return kind


def note(luck, text):
    """A comment or an empty line between two lines."""
    lines = text.split("\n")
    at = luck.randrange(len(lines))
    lines.insert(at, luck.choice(["# changed by the ops team", "", "   # indented", "#### 👇 Users ####", '# - username: mallory', '# public_key: "{{ x }}"']))
    return "\n".join(lines)


def address(luck, text):
    """What Spin inserts after it made a server, which has none yet (four blanks, by a regular expression)."""
    if "address:" in text:
        return text
    return re.sub(r"^(  - server_name: .*)$", r"\1\n    address: 192.0.2.10", text, count=1, flags=re.MULTILINE)


def pair(seed, pub):
    """A pair, or None if this seed gives none."""
    luck = random.Random(seed)
    team = Team(luck, pub)
    for person in team.people():
        # A person may come into the file with an odd name or shell; these are sound.
        person.pop("shell", None)
    top, style = shipped(luck, team), luck.randrange(2**32)
    before = Writer(random.Random(style)).file(top.items())
    kind = luck.choice(["value", "value", "value", "layout", "note", "address"])
    if kind == "value":
        kinds = {change(luck, top) for _ in range(luck.choice([1, 1, 2, 3]))}
        after, kind = Writer(random.Random(style)).file(top.items()), ", ".join(sorted(kinds)) if len(kinds) == 1 else "several values"
    elif kind == "layout":
        after = Writer(random.Random(luck.randrange(2**32))).file(top.items())
    elif kind == "note":
        after = note(luck, before)
    else:
        after = address(luck, before)
    if before == after:
        return None
    return {"seed": seed, "kind": kind, "judge": "kind", "before": before, "after": after}
