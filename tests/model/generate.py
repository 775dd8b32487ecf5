"""Random files with the model's answers, as JSON lines: `generate.py --seed S --count N`, the same for the same seed.

Each line: `seed` and `text`; `new`, the answer for a new server; `again`, for one on which this very file was provisioned before;
`first`, an older variant in a list, and `then`, the answer for a server on which it was provisioned ([] and null where there is
none); `tunnel`, the lines of the third door (null where that playbook ends), and `tunnel_unknown`.

An answer: `failed`, the task ("load": Ansible refuses the file) or null; `keys`, account -> lines, and `groups`, the primary one
first, of each account that a run made or that has keys; `lets_in`, account -> the lines whose keys log in, from an address that the
key allows and, where the run is ok, at the port as the file spells it; `must_change`, those of these accounts of which the next
login demands a new password; `sudo` and `passwordless`, accounts; `unknown`, accounts of whose keys or password more is known only
to Ansible or to the server, while the rest assumes that they work (`["*"]`: nothing is said, the other fields are empty).
"""
import argparse
import json
import random
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import roles
import sshd
from server import Server, Unknown
from teams import Team
from writer import Writer

OUTCOMES = Path(__file__).resolve().parents[2] / "fixtures" / "outcomes" / "layouts.json"


def answer(text, server):
    """What the file makes of the server, which changes."""
    try:
        failed = roles.provision(text, server)
        # A run that fails restarts no sshd: the port is what it was.
        port = None if failed else roles.asked_port(text)
        lets_in = sshd.lets_in(server, port=port)
    except Unknown:
        return NOTHING
    keys = {name: server.lines(name) for name in server.accounts}
    keys = {name: lines for name, lines in keys.items() if lines or name in server.made}
    sudo, passwordless = roles.sudo(server)
    return {
        "failed": failed, "keys": keys, "lets_in": lets_in, "groups": {name: server.groups_of(name) for name in keys},
        "must_change": [name for name in lets_in if server.accounts[name].must_change], "sudo": sudo, "passwordless": passwordless,
        "unknown": [name for name, account in server.accounts.items() if account.unknown],
    }


NOTHING = {"failed": None, "keys": {}, "lets_in": {}, "groups": {}, "must_change": [], "sudo": [], "passwordless": [], "unknown": ["*"]}


def sequence(*texts):
    """The answers for files that are provisioned one after the other on a new server."""
    server, found = Server(), []
    for text in texts:
        is_known = not found or found[-1] is not NOTHING
        found.append(answer(text, server) if is_known else NOTHING)
    return found


def made(seed, pub):
    """The texts of one case: the file, and an older variant of it or None."""
    luck = random.Random(seed)
    team = Team(luck, pub)
    for _ in range(luck.choices([0, 1, 2, 3], [35, 35, 20, 10])[0]):
        team.odd()
    style = luck.randrange(2**32)
    first = None
    if luck.random() < 1 / 3:
        first = Writer(random.Random(style)).file(team.pairs())
        for _ in range(luck.choice([1, 1, 2, 3])):
            team.edit()
    return Writer(random.Random(style)).file(team.pairs()), first


def case(seed, pub):
    text, first = made(seed, pub)
    line = {"seed": seed, "text": text, "first": [first] if first else []}
    line["new"], line["again"] = sequence(text, text)
    line["then"] = sequence(first, text)[1] if first else None
    try:
        line["tunnel"], line["tunnel_unknown"] = roles.tunnel(text), False
    except Unknown:
        line["tunnel"], line["tunnel_unknown"] = None, True
    return line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    given = parser.parse_args()
    pub = json.loads(OUTCOMES.read_text(encoding="utf-8"))["pub"]
    for seed in range(given.seed, given.seed + given.count):
        print(json.dumps(case(seed, pub)))


if __name__ == "__main__":
    main()
