"""Adds dave to a file with ruamel.yaml, with what it has to keep the text, and prints it: with_ruamel.py FILE PUBLIC_KEY."""

import sys
from ruamel.yaml import YAML

yaml = YAML()
yaml.preserve_quotes = True
yaml.width = 10000
with open(sys.argv[1]) as file:
    document = yaml.load(file)
with open(sys.argv[2]) as file:
    key = file.read().strip()
document["users"] = document["users"] or []
document["users"].append({"username": "dave", "groups": ["sudo"], "authorized_keys": [{"public_key": key}]})
yaml.dump(document, sys.stdout)
