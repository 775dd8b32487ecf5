"""What the tasks of both roles share: loops, fields of items, arguments of modules."""
from jinja import OMIT, UNDEFINED, Undefined
from load import Vault
from server import Failed, NotDefined, Unknown


def each(items, task):
    """A loop: an item that fails does not stop the others, and ends the run after them."""
    failure = None
    for value in items:
        try:
            task(value)
        except Failed as error:
            failure = failure or error
    if failure:
        raise failure


def one_level(values):
    """`with_items`: plugins/lookup/items.py flattens by one level; what is no list is its only item."""
    found = []
    for value in values if isinstance(values, list) else [values]:
        found += value if isinstance(value, list) else [value]
    return found


def field(item, name):
    """`item.name` of a value that is evaluated already; an omitted entry is not there."""
    return item[name] if isinstance(item, dict) and name in item else UNDEFINED


def needed(value):
    if isinstance(value, Undefined):
        raise NotDefined("undefined")
    return value


def text(value):
    """`check_type_str`: null is empty where the argument is required or has a default, other types are printed."""
    if isinstance(value, Vault):
        raise Unknown("a vaulted value")
    return "" if value is None else str(value)


def optional(value):
    """An argument with `default(omit)`: left out where it is not there or null."""
    return None if isinstance(value, Undefined) or value is OMIT or value is None else text(value)
