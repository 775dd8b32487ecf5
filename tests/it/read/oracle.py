"""Reads documents as JSON lines and prints what PyYAML makes of each: its tree with all scalars as strings, aliases,
merge keys and duplicate keys resolved by PyYAML alone, and how many entries were lost to a later one; or its error.
"""
import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """The safe loader that knows no types, but merge keys."""


Loader.yaml_implicit_resolvers = {
    "<": [pair for pair in yaml.SafeLoader.yaml_implicit_resolvers["<"] if pair[0].endswith(":merge")]
}
MERGE = "tag:yaml.org,2002:merge"


def lost(node, seen):
    """How many entries of mappings have a key that stands again further down."""
    if id(node) in seen or isinstance(node, yaml.ScalarNode):
        return 0
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return sum(lost(item, seen) for item in node.value)
    keys = [key.value for key, _ in node.value if key.tag != MERGE]
    return len(keys) - len(set(keys)) + sum(lost(value, seen) for _, value in node.value)


def tree(value, way):
    if isinstance(value, str):
        return value
    if id(value) in way:
        return ["circle"]
    way = way | {id(value)}
    if isinstance(value, list):
        return ["list"] + [tree(item, way) for item in value]
    return ["map"] + [[key, tree(item, way)] for key, item in value.items()]


for line in sys.stdin:
    text = json.loads(line)
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        count = lost(node, set())
        print(json.dumps({"tree": tree(loader.construct_document(node), frozenset()), "lost": count}))
    except yaml.YAMLError as error:
        print(json.dumps({"error": str(error)}))
