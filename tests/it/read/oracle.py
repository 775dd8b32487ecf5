"""Reads documents as JSON lines and prints what Ansible's own loader makes of each, types and all, and how many entries of
mappings were lost to a later one; or its error.
"""
import datetime
import json
import sys

from ansible._internal._datatag._tags import TrustedAsTemplate
from ansible.parsing.utils.yaml import from_yaml
from ansible.parsing.vault import EncryptedString, VaultHelper
from ansible.utils.display import Display

lost = 0
# Aliases can multiply what is below them without end.
DEEPEST = 6


def warning(self, msg, *args, **kwargs):
    global lost
    lost += "duplicate mapping key" in msg


Display.warning = warning
Display.deprecated = lambda *args, **kwargs: None


def tree(value, way):
    if value is None:
        return None
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, EncryptedString):
        return ["vault", VaultHelper.get_ciphertext(value, with_tags=False)]
    if isinstance(value, str):
        return ["text", str(value), TrustedAsTemplate.is_tagged_on(value)]
    if isinstance(value, int):
        return ["int", str(int(value)) if -(2**127) < value < 2**127 else "?"]
    if isinstance(value, float):
        return ["float", str(float(value))]
    if isinstance(value, bytes):
        return ["bytes"]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return ["time", str(value)]
    if id(value) in way:
        return ["circle"]
    if len(way) == DEEPEST:
        return ["deep"]
    way = way | {id(value)}
    if isinstance(value, (list, tuple)):
        return ["list"] + [tree(item, way) for item in value]
    if isinstance(value, (set, frozenset)):
        return ["set"] + sorted((tree(item, way) for item in value), key=json.dumps)
    return ["map"] + [[name(tree(key, way)), tree(item, way)] for key, item in value.items()]


def name(key):
    """A key, of which nothing is made but a name: it is no template."""
    return key[:2] if isinstance(key, list) and key[0] == "text" else key


trust = TrustedAsTemplate()
for line in sys.stdin:
    text = json.loads(line)
    lost = 0
    try:
        made = from_yaml(trust.tag(text), file_name="/x")
        print(json.dumps({"tree": tree(made, frozenset()), "lost": lost}))
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}))
