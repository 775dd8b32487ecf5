"""The file as Ansible constructs it: PyYAML's safe constructor, the tags `!unsafe` and `!vault`, last key wins.

Cites ansible-core 2.21: `ansible/_internal/_yaml/_constructor.py`. `yes` and `true`, `1` and `01` are one key, and two `<<`
in a mapping are both merged: so PyYAML does it, and Ansible adds no more than a warning.
"""
import yaml


class Final(str):
    """A text that is no template any more: from `!unsafe`, or the result of one (`TrustedAsTemplate` is not set on it)."""


class Vault(str):
    """A value that only the vault's password shows (`!vault`)."""


class Written(int):
    """A number, and how the file spells it."""


class Unreadable(Exception):
    """Ansible refuses the file."""


# Nothing changes what was read: a file is asked about several times in a row.
LAST = {}
BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(BASE):
    unsafe = 0

    def flatten(self, node):
        """The node as if it had no tag (`_resolve_and_construct_object`)."""
        tag = self.resolve(type(node), node.value, (True, False))
        if isinstance(node, yaml.ScalarNode):
            bare = yaml.ScalarNode(tag, node.value, node.start_mark, node.end_mark, node.style)
        else:
            bare = type(node)(tag, node.value, node.start_mark, node.end_mark, node.flow_style)
        return self.construct_object(bare, deep=True)


def text(loader, node):
    value = loader.construct_scalar(node)
    return Final(value) if loader.unsafe else value


def integer(loader, node):
    value = Written(loader.construct_yaml_int(node))
    value.text = node.value
    return value


def unsafe(loader, node):
    loader.unsafe += 1
    try:
        return loader.flatten(node)
    finally:
        loader.unsafe -= 1


def vault(loader, node):
    value = loader.flatten(node)
    if not isinstance(value, str):
        raise yaml.constructor.ConstructorError(None, None, "the tag requires a string value", node.start_mark)
    return Vault(value)


Loader.add_constructor("tag:yaml.org,2002:str", text)
Loader.add_constructor("tag:yaml.org,2002:int", integer)
Loader.add_constructor("!unsafe", unsafe)
Loader.add_constructor("!vault", vault)
Loader.add_constructor("!vault-encrypted", vault)


def load(source):
    """The variables of the file, as `--extra-vars @./.spin.yml` takes them: a mapping of names."""
    if LAST.get("source") != source:
        LAST.clear()
        try:
            made = yaml.load(source, Loader=Loader)
        except (yaml.YAMLError, ValueError, TypeError) as error:
            raise Unreadable(str(error)) from error
        if not isinstance(made, dict) or not all(isinstance(name, str) for name in made):
            raise Unreadable("not a mapping of names")
        LAST.update(source=source, made=made)
    return LAST["made"]
