"""The operands and filters of jinja.py: `default`, `join`, `flatten`, `map(attribute=...)` and a few more."""
from jinja import OMIT, UNDEFINED, Undefined
from load import Final, Vault
from server import Failed, NotDefined, Unknown

CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None, "omit": OMIT}


def primary(reader):
    value = operand(reader)
    while sign := reader.take(".", "["):
        if sign == ".":
            kind, name = reader.words[reader.at] if reader.at < len(reader.words) else (None, None)
            reader.at += 1
            if kind not in ("name", "number"):
                raise Unknown("an expression")
        else:
            name = reader.ternary()
            reader.need("]")
        value = UNDEFINED if isinstance(value, Undefined) else reader.names.attribute(value, name)
    if reader.at < len(reader.words) and reader.words[reader.at] == ("sign", "("):
        raise Unknown("a call")
    return value


def operand(reader):
    if reader.at == len(reader.words):
        raise Unknown("an expression")
    kind, word = reader.words[reader.at]
    reader.at += 1
    if kind in ("text", "number"):
        return word
    if kind == "name":
        if word in ("and", "or", "not", "in", "is", "if", "else"):
            raise Unknown("an expression")
        return CONSTANTS[word] if word in CONSTANTS else reader.names.get(word)
    if word == "(":
        value = reader.ternary()
        reader.need(")")
        return value
    if word == "[":
        return several(reader, "]")
    if word == "{":
        made = {}
        while not reader.take("}"):
            name = reader.ternary()
            reader.need(":")
            made[name] = reader.ternary()
            if not reader.take(","):
                reader.need("}")
                break
        return made
    raise Unknown("an expression")


def several(reader, end):
    found = []
    while not reader.take(end):
        found.append(reader.ternary())
        if not reader.take(","):
            reader.need(end)
            break
    return found


def arguments(reader):
    """The positional arguments, and `attribute=`."""
    attribute = None
    if not reader.take("("):
        return [], None
    if reader.at + 1 < len(reader.words) and reader.words[reader.at + 1] == ("sign", "="):
        if not reader.take("attribute"):
            raise Unknown("an argument by name")
        reader.at += 1
        attribute = reader.ternary()
        reader.need(")")
        return [], attribute
    return several(reader, ")"), None


def filtered(reader, value):
    kind, name = reader.words[reader.at] if reader.at < len(reader.words) else (None, None)
    reader.at += 1
    given, attribute = arguments(reader)
    if kind != "name" or name not in FILTERS:
        raise Unknown(f"the filter {name}")
    if name in ("default", "d"):
        if len(given) > 1:
            raise Unknown("default of what is false")
        return (given[0] if given else "") if isinstance(value, Undefined) else value
    if isinstance(value, Undefined):
        return value
    if isinstance(value, Vault):
        raise Unknown("of a vaulted value")
    if name == "map":
        if not isinstance(attribute, str) or "." in attribute:
            raise Unknown("map without an attribute")
        return attributes(reader.names, value, attribute)
    return FILTERS[name](reader.names, value, *given)


def attributes(names, values, attribute):
    """`map(attribute=...)`: what is false gives nothing; letters of a text and entries of a mapping have no such attribute."""
    if not values:
        return []
    if isinstance(values, (str, dict, set, list, tuple)):
        return [names.attribute(names.resolve(value), attribute) for value in values]
    raise Failed("not iterable")


def join(names, values, sign=""):
    if isinstance(values, (list, tuple, set, dict, str)):
        parts = [names.resolve(value) for value in values]
        if any(isinstance(part, Undefined) for part in parts):
            return UNDEFINED
        if any(isinstance(part, Vault) or part is OMIT for part in parts):
            raise Unknown("a text of such a value")
        return Final(str(sign).join(str(names.deep(part)) for part in parts))
    raise Failed("not iterable")


def flatten(names, values):
    """plugins/filter/core.py: nulls, and the words `None` and `null`, are skipped; sets and mappings are no sequences."""
    if not isinstance(values, (list, tuple)):
        if isinstance(values, (str, dict, set)):
            raise Unknown("flatten of no list")
        raise Failed("not iterable")
    found = []
    for value in values:
        value = names.resolve(value)
        if isinstance(value, Undefined):
            raise NotDefined("undefined")
        if value is None or value in ("None", "null"):
            continue
        found += flatten(names, value) if isinstance(value, (list, tuple)) else [value]
    return found


def length(names, value):
    if isinstance(value, (str, list, tuple, dict, set)):
        return len(value)
    raise Failed("has no len()")


def at(index):
    return lambda names, value: names.attribute(value, index) if isinstance(value, list) else unsaid()


def text_of(change):
    return lambda names, value: Final(change(value)) if isinstance(value, str) else unsaid()


def unsaid(*_):
    raise Unknown("such a filter of such a value")


FILTERS = {
    "default": None, "d": None, "map": None, "join": join, "flatten": flatten, "length": length, "count": length,
    "first": at(0), "last": at(-1), "upper": text_of(str.upper), "lower": text_of(str.lower), "trim": text_of(str.strip),
    "list": lambda names, value: list(value) if isinstance(value, (list, tuple, dict)) else unsaid(),
    "string": lambda names, value: Final(value) if isinstance(value, (str, int)) else unsaid(),
}
