"""Histories of a team on two servers: `histories.py --seed S --count N`, or `--fixed FILE`, a conversation in JSON lines.

It prints what is to be done to the file, and reads the file that came of it, so that it shares no code with what edits:
`{"do": "add", "who": NAME or null, "line", "groups", "text"}`, `{"do": "revoke", "what": [...], "deploy": [...], "lock_out", "text"}`,
`{"do": "rotate", "who", "old", "line", "text"}`, `{"do": "finish", "what": [...], "text"}`; answers are `{"text": ...}`, or `{"refused": WHY}`. In between it provisions servers by the
model of the roles, or misses them. After each change it looks at what the file would make of a new server and of both, and of
the tunnel, as the requests mean it (members.py); nothing of that is left to the file. At the end: `{"do": "end", "seed", "wrong": [...],
"servers": [[TEXT, ...], ...], "answers": [[ANSWER, ...], ...], "steps": [...], "counts": {...}}`; for ANSWER see generate.py.

A fixed history is `{"name", "text", "steps"}`, where a step `{"do": "provision", "on": [0, 1]}` is one, too.
"""
import argparse
import base64
import copy
import hashlib
import json
import random
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import roles
from crowd import NAMES, Crowd
from generate import answer
from load import load
from members import Meant, Seen, material, wrong, wrong_tunnel
from server import Server
from writer import Writer

KEYS = Path(__file__).resolve().parents[2] / "fixtures" / "histories" / "keys"
# Reasons that are right or wrong by what the request means; others are about how the file says it.
MEANT = ("last sudo user", "last key", "deploy stays open")


def fingerprint(key):
    return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(key)).digest()).decode().rstrip("=")


class History:
    def __init__(self, text, lines, ask):
        self.text, self.ask = text, ask
        self.lines = {material(line): line for line in lines}
        self.meant = Meant(load(text))
        self.seen, self.texts = [Seen(), Seen()], [(), ()]
        # What files made of a server, one after the other.
        self.known = {(): (Server(), None)}
        self.wrong, self.steps, self.counts = [], [], {}
        self.look("at first")

    def say(self, when, found):
        for key, line in self.lines.items():
            found = [text.replace(key, line.split()[-1]) for text in found]
        self.wrong += [f"{when}: {text}" for text in found]

    def run(self, texts):
        """The server on which these were provisioned, and the answer of the last one."""
        if texts not in self.known:
            server = self.run(texts[:-1])[0].copy()
            self.known[texts] = server, answer(texts[-1], server)
        return self.known[texts]

    def look(self, when):
        """What the file would make of each server; two that have seen the same are one."""
        known = {self.texts[at]: (self.seen[at], f"server {at}") for at in (0, 1)} | {(): (Seen(), "a new server")}
        for texts, (seen, where) in known.items():
            seen = seen.copy()
            seen.provisioned(self.meant)
            self.say(f"{when}, on {where}", wrong(self.run((*texts, self.text))[1], self.meant, seen))
        self.say(when, wrong_tunnel(roles.tunnel(self.text), self.meant))

    def provision(self, on):
        for at in on:
            self.texts[at] += (self.text,)
            self.seen[at].provisioned(self.meant)
            self.say(f"provisioned, on server {at}", wrong(self.run(self.texts[at])[1], self.meant, self.seen[at]))

    def named(self, what):
        """The people and the keys of a request."""
        names = {word for word in what if word in self.meant.names}
        return names, {key for key, line in self.lines.items() for word in what if word not in names and self.is_of(word, key, line)}

    def is_of(self, word, key, line):
        return word == line or fingerprint(key).startswith(word) or line.split(" ", 2)[2].startswith(word)

    def take(self, step):
        """One step: asks for it, and keeps what it means."""
        if step["do"] == "provision":
            self.steps.append(f"provision {step['on']}")
            return self.provision(step["on"])
        before, reasons = self.text, self.reasons(step)
        reply = self.ask({**step, "text": self.text})
        told = " ".join(f"{name}={step[name]}" for name in ("who", "what", "old", "deploy", "line", "lock_out") if step.get(name))
        if "refused" in reply:
            self.steps.append(f"{step['do']} {told}: refused: {reply['refused']}")
            self.count(f"{step['do']} refused: {reply['refused']}")
            if reply["refused"] in MEANT and reply["refused"] not in reasons:
                self.say(step["do"], [f"refused without reason: {reply['refused']}: {told}"])
            return None
        if "last key" in reasons:
            self.say(step["do"], [f"somebody who stays loses the last key: {told}"])
        self.text = reply["text"]
        done = step["do"] if self.text != before else f"{step['do']}: nothing to do"
        self.steps.append(f"{done} {told}")
        self.count(done)
        self.mean(self.meant, step, before)
        return self.look(f"{step['do']} {told}")

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def mean(self, meant, step, before):
        if step["do"] == "add":
            key = material(step["line"])
            self.lines.setdefault(key, step["line"])
            if step["who"] is None:
                meant.add_deploy(key)
            else:
                made = load(before)
                there = [one["username"] for section in ("users", "additional_users") for one in made.get(section) or []]
                meant.add(step["who"], key, ["sudo"] if step["groups"] is None else step["groups"], step["who"] in there)
        elif step["do"] == "rotate":
            self.lines.setdefault(material(step["line"]), step["line"])
            meant.add(step["who"], material(step["line"]), None, True)
        elif step["do"] == "revoke":
            names, keys = self.named(step["what"])
            meant.revoke(keys, names, step["lock_out"])
            meant.bar({material(line) for line in step["deploy"]})
        elif step["do"] == "finish":
            meant.finish(*self.named(step["what"]))

    def reasons(self, step):
        """Of those that depend on what a request means, which hold."""
        after = copy.deepcopy(self.meant)
        if step["do"] != "revoke":
            return []
        self.mean(after, step, self.text)
        names, _ = self.named(step["what"])
        found = []
        if not any(entry.feeds() and entry.keys for entry in after.entries):
            found.append("last sudo user")
        is_left = lambda entry: entry.name not in names | {after.deploy} and not entry.is_absent
        had_keys = [at for at, entry in enumerate(self.meant.entries) if entry.keys and is_left(entry)]
        is_locked_out = lambda entry: not after.keys(entry.name) or (entry.feeds() and not entry.keys)
        if not step["lock_out"] and any(is_locked_out(after.entries[at]) for at in had_keys):
            found.append("last key")
        if any(entry.feeds() and not entry.first(after.barred | after.takes(after.deploy)) for entry in after.entries):
            found.append("deploy stays open")
        return found

    def end(self):
        """A last time on each server, then the file tidied up and once more."""
        self.take({"do": "provision", "on": [0, 1]})
        self.take({"do": "finish", "what": []})
        self.take({"do": "provision", "on": [0, 1]})
        answers = [[self.run(texts[: count + 1])[1] for count in range(len(texts))] for texts in self.texts]
        return {"do": "end", "wrong": self.wrong, "servers": self.texts, "answers": answers, "steps": self.steps, "counts": self.counts, "text": self.text}


class Luck:
    """Random steps for a history."""

    def __init__(self, seed, lines):
        self.luck = random.Random(seed)
        self.team = Crowd(self.luck, {line.split(" ")[2]: line for line in lines})
        self.style = self.luck.randrange(2**32)

    def file(self, pairs):
        return Writer(random.Random(self.style)).file(pairs)

    def step(self, history):
        luck = self.luck
        kind = luck.choices(["add", "key", "person", "deploy", "several", "finish", "provision", "by hand", "rotate"], [20, 20, 12, 8, 5, 9, 20, 4, 5])[0]
        if kind == "provision":
            return {"do": "provision", "on": luck.choice([[0, 1], [0, 1], [0], [1]])}
        if kind == "finish":
            return {"do": "finish", "what": [] if luck.random() < 0.6 else self.any_of(history)}
        if kind == "add":
            return self.add(history)
        if kind == "by hand":
            return self.by_hand(history)
        if kind == "rotate":
            return self.rotate(history)
        step = {"do": "revoke", "what": [], "deploy": [], "lock_out": luck.random() < 0.15}
        if kind == "deploy":
            keys = sorted(history.meant.docker | history.meant.passed) or self.keys(history)
            return {**step, "deploy": [history.lines[luck.choice(keys if luck.random() < 0.7 else self.keys(history))]]}
        words = {"key": ["key"], "person": ["person"], "several": luck.choice([["key", "key"], ["key", "person"], ["person", "person"]])}[kind]
        return {**step, "what": sorted({self.key(history) if word == "key" else self.person(history) for word in words})}

    def any_of(self, history):
        return [self.luck.choice([self.person, self.key])(history)]

    def person(self, history):
        return self.luck.choice(sorted(history.meant.names - {history.meant.deploy}))

    def keys(self, history):
        """The keys in the file."""
        return [key for key in history.lines if key in history.text]

    def key(self, history):
        line = history.lines[self.luck.choice(self.keys(history))]
        return self.luck.choice([fingerprint(material(line)), fingerprint(material(line))[:20], line.split(" ")[2], line.split(" ")[2].partition("@")[0]])

    def add(self, history):
        luck = self.luck
        again = [key for key in history.lines if key not in self.keys(history)] if luck.random() < 0.5 else self.keys(history)
        line = history.lines[luck.choice(again)] if again and luck.random() < 0.3 else self.team.new_line()
        who = luck.choice([self.person(history)] * 3 + [luck.choice(NAMES), None])
        return {"do": "add", "who": who, "line": line, "groups": luck.choice([None, ["sudo"], [], ["adm"]]) if who else None}

    def rotate(self, history):
        """A new key before the others; what ends a rotation is the revocation of the old one."""
        name = self.person(history)
        keys = [key for entry in history.meant.of(name)[:1] for key in entry.keys]
        if not keys:
            return None
        old = fingerprint(self.luck.choice(keys))
        begin = {"do": "rotate", "who": name, "old": old, "line": self.team.new_line()}
        end = {"do": "revoke", "what": [old], "deploy": [], "lock_out": False}
        return [begin, {"do": "provision", "on": [0, 1]}, end] if self.luck.random() < 0.6 else [begin]

    def by_hand(self, history):
        """Somebody changes the order of keys, of which the file does not say which was first, or puts a new one first, to rotate."""
        top = copy.deepcopy(load(history.text))
        has_states = lambda person: any(item.get("state") == "absent" for item in person["authorized_keys"])
        people = [one for one in top["users"] if one.get("authorized_keys") and one["username"] != history.meant.deploy and not has_states(one)]
        if not people:
            return
        person = self.luck.choice(people)
        keys, entry = person["authorized_keys"], history.meant.of(person["username"])[0]
        if self.luck.random() < 0.5:
            keys.insert(0, {"public_key": self.team.new_line()})
            entry.give(material(keys[0]["public_key"]))
        else:
            self.luck.shuffle(keys)
        history.meant.barred -= set(entry.keys)
        history.text = self.file(list(top.items()))
        history.count("by hand")
        history.steps.append(f"by hand: {person['username']}")

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--fixed", type=Path)
    given = parser.parse_args()
    lines = KEYS.read_text(encoding="utf-8").splitlines()

    def ask(step):
        print(json.dumps(step), flush=True)
        return json.loads(sys.stdin.readline())

    for fixed in json.loads(given.fixed.read_text(encoding="utf-8")) if given.fixed else []:
        history = History(fixed["text"], fixed["lines"], ask)
        for step in fixed["steps"]:
            history.take(step)
        print(json.dumps({**history.end(), "name": fixed["name"]}), flush=True)
    for seed in range(given.seed, given.seed + given.count if not given.fixed else given.seed):
        luck = Luck(seed, lines)
        history = History(luck.file(luck.team.pairs()), lines, ask)
        for step in [luck.step for _ in range(luck.luck.randint(3, 10))]:
            made = step(history) or []
            for one in made if isinstance(made, list) else [made]:
                history.take(one)
        print(json.dumps({**history.end(), "seed": seed}), flush=True)


if __name__ == "__main__":
    main()
