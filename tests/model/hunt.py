"""Pairs of files, as JSON lines, the same for the same seed: `hunt.py grants|harmless --seed S --count N`.

`grants`: a file that works, and a change of it with which somebody gets in who did not (grants.py): a key opens an account,
on a new server or on one that was provisioned with the old file, an account comes into sudo, sudo asks for no password any
more, or the tunnel gets a key. The model of the roles judges it; what the model does not follow is a grant by its kind.
`harmless`: a file, and a change of it that touches nobody's access (harmless.py).
"""
import argparse
import json
import random
import sys

sys.dont_write_bytecode = True

import grants
import harmless
import roles
import sshd
from generate import NOTHING, OUTCOMES, sequence
from server import Unknown
from teams import Team
from writer import Writer


# Groups whose members become root, by sudo or by what the group may write or start.
GOOD_AS_ROOT = {"sudo", "disk", "lxd", "docker", "root", "shadow"}


def doors(answer):
    """What is open in an answer, as a set."""
    lets_in = answer["lets_in"]
    found = {("key", name, key) for name, lines in lets_in.items() for key in map(material, lines)}
    # Only sshd knows who has a certificate.
    signs = {name: [line.removeprefix("cert-authority ") for line in lines if line.startswith("cert-authority ")] for name, lines in answer["keys"].items()}
    found |= {("signs", name, line) for name, lines in signs.items() for line in lines if lets_in and sshd.accepts(line)}
    found |= {("passwordless", name) for name in answer["passwordless"] if lets_in.get(name)}
    return found | {("root", name) for name in lets_in if lets_in[name] and not GOOD_AS_ROOT.isdisjoint(answer["groups"][name])}


def material(line):
    """The key of a line without its options and its comment."""
    return next((word for word in line.split() if word.startswith("AAAA")), line)


def tunnel(text):
    try:
        return {material(line) for line in roles.tunnel(text) or [] if sshd.accepts(line)}
    except Unknown:
        return None


def is_freed(before, after):
    """Whether a key that opens an account has lost options."""
    old, new = ({(name, line) for name, lines in sequence(text)[0]["lets_in"].items() for line in lines} for text in (before, after))
    return any("command=" not in line for _, line in new - old)


def is_grant(before, after):
    """Whether somebody gets in with `after` who did not with `before`; None where that is not known."""
    old, new = sequence(before, before), sequence(after)
    then = sequence(before, after)
    answers = [*old, *new, then[1]]
    if any(answer is NOTHING or answer["unknown"] for answer in answers) or old[0]["failed"]:
        return None
    had, has = tunnel(before), tunnel(after)
    if had is None or has is None:
        return None
    return bool(doors(new[0]) - doors(old[0]) or doors(then[1]) - doors(old[1]) or has - had)


def works(text):
    """Whether the run is ok, and somebody gets in."""
    answer = sequence(text)[0]
    return answer is not NOTHING and not answer["failed"] and any(answer["lets_in"].values())


def grant(seed, pub):
    """A pair, or None if this seed gives none."""
    luck = random.Random(seed)
    kind = luck.choice(list(grants.KINDS))
    way, earlier = grants.KINDS[kind]
    team = Team(luck, pub)
    if luck.random() < 0.3:
        team.odd()
    style = luck.randrange(2**32)
    try:
        if earlier:
            earlier(team)
        before = Writer(random.Random(style)).file(team.pairs())
        by_kind = way(team)
    except (AttributeError, TypeError, KeyError, IndexError, StopIteration):
        # The oddity took away what the way begins with.
        return None
    after = Writer(random.Random(style)).file(team.pairs())
    # What stands in a list that another one replaces is no grant.
    by_kind = by_kind and not team.twice
    if by_kind and kind == "options fewer":
        by_kind = is_freed(before, after)
    if before == after or not (works(before) if by_kind else is_grant(before, after)):
        return None
    return {"seed": seed, "kind": kind, "judge": "kind" if by_kind else "model", "before": before, "after": after}


def pairs(what, seed, count):
    pub = json.loads(OUTCOMES.read_text(encoding="utf-8"))["pub"]
    while count:
        pair = grant(seed, pub) if what == "grants" else harmless.pair(seed, pub)
        seed += 1
        if pair:
            count -= 1
            yield pair


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["grants", "harmless"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    given = parser.parse_args()
    for pair in pairs(given.what, given.seed, given.count):
        print(json.dumps(pair))


if __name__ == "__main__":
    main()
