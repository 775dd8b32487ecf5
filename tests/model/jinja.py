"""The templates that occur in such files, as ansible-core 2.21 evaluates them: native values, lazily, with Undefined and omit.

All else raises Unknown: nothing is guessed. Cites `ansible/_internal/_templating/_jinja_bits.py` (`concat`,
`_finalize_template_result`) and `ansible/plugins/filter/core.py`.
"""
from load import Final, Vault
from server import Failed, NotDefined, Unknown

OMIT = type("Omit", (), {})()


class Undefined:
    """Passes through filters, attributes and operators; a value that is needed fails (2.21's Marker)."""


UNDEFINED = Undefined()
SIGNS = ("==", "!=", "<=", ">=", "//", "**", *"{}[]().,:|~+-*/%<>=")
NOT_OURS = ("lookup", "query", "q", "hostvars", "groups", "group_names", "inventory_hostname", "vars", "environment", "range",
            "dict", "now", "namespace", "undef", "item", "ansible_", "playbook_dir", "role_", "play_hosts", "inventory_", "lipsum",
            "cycler", "joiner", "spin_", "self", "loop", "super", "varargs", "kwargs", "caller", "context")


def is_template(value):
    return type(value) is str and ("{{" in value or "{%" in value or "{#" in value)


class Vars:
    """The names that templates see: the file's, then the roles' own defaults."""

    def __init__(self, own, defaults=()):
        self.own, self.defaults, self.depth = own, dict(defaults), 0

    def get(self, name):
        if name in self.own:
            value = self.own[name]
        elif name in self.defaults:
            value = self.defaults[name]
        elif any(name.startswith(other) if other.endswith("_") else name == other for other in NOT_OURS):
            raise Unknown(f"the name {name}")
        else:
            return UNDEFINED
        return self.resolve(value)

    def resolve(self, value):
        """A value, or what its template gives; containers stay lazy."""
        if not is_template(value):
            return value
        if self.depth > 12:
            raise Failed("a template of itself")
        self.depth += 1
        try:
            return render(value, self)
        finally:
            self.depth -= 1

    def attribute(self, value, name):
        """`value.name`, `value[name]`; what is not there is undefined."""
        if isinstance(value, Vault):
            raise Unknown("of a vaulted value")
        if isinstance(value, dict) and name in value:
            return self.resolve(value[name])
        if isinstance(value, (list, tuple)) and isinstance(name, int) and -len(value) <= name < len(value):
            return self.resolve(value[name])
        if isinstance(value, str) and isinstance(name, int) and -len(value) <= name < len(value):
            return Final(value[name])
        if isinstance(name, str) and not isinstance(value, Undefined) and hasattr(value, name):
            raise Unknown(f"a method, {name}")
        return UNDEFINED

    def deep(self, value):
        """`_finalize_template_result`: everything evaluated; omitted entries are gone, sets and tuples are lists."""
        value = self.resolve(value)
        if isinstance(value, Undefined):
            raise NotDefined("undefined")
        if isinstance(value, dict):
            made = {name: self.element(one) for name, one in value.items()}
            return {name: one for name, one in made.items() if one is not OMIT}
        if isinstance(value, (list, tuple, set)):
            return [one for one in map(self.element, value) if one is not OMIT]
        if isinstance(value, bytes):
            raise Unknown("bytes")
        return Final(value) if type(value) is str else value

    def element(self, value):
        value = self.resolve(value)
        return value if value is OMIT else self.deep(value)


def render(text, names):
    """`concat`: one part alone keeps its type; several are a text; none at all is None."""
    parts, at, active = [], 0, [True]
    while at < len(text):
        starts = [start for start in (text.find(sign, at) for sign in ("{{", "{%", "{#")) if start >= 0]
        start = min(starts, default=len(text))
        if start > at and all(active):
            parts.append(Final(text[at:start]))
        if start == len(text):
            break
        kind = text[start + 1]
        end = close(text, start + 2, kind)
        inside, at = text[start + 2:end], end + 2
        if inside[:1] in ("-", "+") or inside[-1:] in ("-", "+"):
            raise Unknown("white space control")
        if kind == "{" and all(active):
            parts.append(evaluate(inside, names))
        elif kind == "%":
            if text[at:at + 1] == "\n":
                raise Unknown("a line break after a block")
            block(inside.strip(), names, active)
    if len(active) != 1:
        raise Unknown("an if without an end")
    if len(parts) < 2:
        return parts[0] if parts else None
    for part in parts:
        if isinstance(part, Undefined):
            return part
        if isinstance(part, Vault):
            raise Unknown("a vaulted value in a text")
    return Final("".join(str(names.deep(part)) for part in parts if part is not OMIT))


def close(text, at, kind):
    """Where a block ends, not counting braces in its quotes."""
    sign, quote = {"{": "}}", "%": "%}", "#": "#}"}[kind], None
    while at < len(text):
        if quote is None and text.startswith(sign, at):
            return at
        if kind != "#" and text[at] in "'\"":
            quote = None if quote == text[at] else quote or text[at]
        at += 1
    raise Unknown("a template that does not end")


def block(words, names, active):
    if words.startswith("if "):
        active.append(all(active) and truth(evaluate(words[3:], names)))
    elif words == "else" and len(active) > 1:
        active[-1] = not active[-1]
    elif words == "endif" and len(active) > 1:
        active.pop()
    else:
        raise Unknown("a statement")


def truth(value):
    if isinstance(value, Undefined):
        raise NotDefined("undefined")
    if isinstance(value, Vault):
        raise Unknown("a vaulted condition")
    return bool(value)


def evaluate(text, names):
    reader = Reader(tokens(text), names)
    value = reader.ternary()
    if reader.at != len(reader.words):
        raise Unknown("an expression")
    return value


def tokens(text):
    found, at = [], 0
    while at < len(text):
        char, start = text[at], at
        if char.isspace():
            at += 1
        elif char in "'\"":
            at = text.find(char, at + 1) + 1
            # `escape_backslashes`: a backslash is one, not the start of an escape.
            inside = text[start + 1:at - 1]
            if at == 0 or "\\\\" in inside or inside.endswith("\\"):
                raise Unknown("a text with escapes")
            if is_template(inside):
                raise Unknown("a template in a template")
            found.append(("text", Final(inside)))
        elif char.isdigit():
            while at < len(text) and text[at].isdigit():
                at += 1
            found.append(("number", int(text[start:at])))
        elif char.isalpha() or char == "_":
            while at < len(text) and (text[at].isalnum() or text[at] == "_"):
                at += 1
            found.append(("name", text[start:at]))
        else:
            sign = next((sign for sign in SIGNS if text.startswith(sign, at)), None)
            if sign is None:
                raise Unknown("a sign")
            at += len(sign)
            found.append(("sign", sign))
    return found


class Reader:
    """Jinja's grammar, as far as it goes here, evaluated while it is read: what is skipped is evaluated too, without harm."""

    def __init__(self, words, names):
        self.words, self.names, self.at = words, names, 0

    def take(self, *wanted):
        if self.at < len(self.words) and self.words[self.at][0] != "text" and self.words[self.at][1] in wanted:
            self.at += 1
            return self.words[self.at - 1][1]
        return None

    def need(self, sign):
        if not self.take(sign):
            raise Unknown("an expression")

    def ternary(self):
        value = self.both("or")
        if self.take("if"):
            is_taken = truth(self.both("or"))
            self.need("else")
            other = self.ternary()
            return value if is_taken else other
        return value

    def both(self, word):
        following = self.negated if word == "and" else lambda: self.both("and")
        value = following()
        while self.take(word):
            other = following()
            value = other if truth(value) == (word == "and") else value
        return value

    def negated(self):
        return not truth(self.negated()) if self.take("not") else self.compared()

    def compared(self):
        value = self.joined()
        sign = self.take("==", "!=", "in", "not", "is")
        if sign is None:
            return value
        if sign == "is":
            negative, test = self.take("not"), self.take("defined", "undefined", "none")
            if test is None:
                raise Unknown("a test")
            found = value is None if test == "none" else isinstance(value, Undefined) == (test == "undefined")
            return found != bool(negative)
        if sign == "not":
            self.need("in")
        other = self.joined()
        if isinstance(value, Undefined) or isinstance(other, Undefined):
            return UNDEFINED
        if isinstance(value, Vault) or isinstance(other, Vault):
            raise Unknown("a vaulted value")
        if sign in ("==", "!="):
            return (value == other) == (sign == "==")
        return contains(self.names, other, value) == (sign == "in")

    def joined(self):
        parts = [self.sum()]
        while self.take("~"):
            parts.append(self.sum())
        if len(parts) == 1:
            return parts[0]
        if any(isinstance(part, Undefined) for part in parts):
            return UNDEFINED
        if any(isinstance(part, Vault) or part is OMIT for part in parts):
            raise Unknown("a text of such a value")
        return Final("".join(str(self.names.deep(part)) for part in parts))

    def sum(self):
        value = self.unary()
        while sign := self.take("+", "-"):
            other = self.unary()
            if isinstance(value, Undefined) or isinstance(other, Undefined):
                value = UNDEFINED
            elif isinstance(value, Vault) or isinstance(other, Vault):
                raise Unknown("a vaulted value")
            elif sign == "+" and any(isinstance(value, kind) and isinstance(other, kind) for kind in (str, list, int)):
                value = Final(value + other) if isinstance(value, str) else value + other
            elif isinstance(value, int) and isinstance(other, int):
                value -= other
            else:
                raise Failed("unsupported operand types")
        return value

    def unary(self):
        value = -self.unary() if self.take("-") else filters.primary(self)
        while self.take("|"):
            value = filters.filtered(self, value)
        return value


def contains(names, values, wanted):
    """`wanted in values`, and the test `contains`."""
    if isinstance(values, Vault):
        raise Unknown("in a vaulted value")
    if isinstance(values, str) and isinstance(wanted, str):
        return wanted in values
    if isinstance(values, (list, tuple)):
        return any(names.resolve(value) == wanted for value in values)
    if isinstance(values, (dict, set)):
        return wanted in values
    raise Failed("argument is not iterable")


# Last: it takes the names above.
import filters
