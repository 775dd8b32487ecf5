"""Writes a made file as YAML, in one of the many ways in which people write it: block or flow, quotes, indents."""


class Raw(str):
    """A piece of YAML as it is, for one line: a scalar or a flow collection."""


WORDS = {"", "~", "null", "yes", "no", "on", "off", "true", "false", "y", "n"}
PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@+=- ")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x0b": "\\v", "\0": "\\0", "\xa0": "\\_"}


def is_plain(text):
    first = text[:1]
    return first.isalpha() and set(text) <= PLAIN and text == text.strip() and text.lower() not in WORDS


class Writer:
    """`style`: a random.Random of its own, so that one file keeps to a few habits."""

    def __init__(self, style):
        self.style = style
        self.quotes = style.choice(["plain", "double", "single", "any", "plain"])
        self.flow = style.choice([0.0, 0.1, 0.5, 0.9])
        self.items = style.choice([2, 2, 2, 0, 4])

    def scalar(self, value, is_key=False):
        if isinstance(value, Raw):
            return str(value)
        if value is None:
            return self.style.choice(["null", "~"])
        if isinstance(value, bool):
            return self.style.choice(["true", "yes", "True"] if value else ["false", "no", "False"])
        if isinstance(value, (int, float)):
            return str(value)
        quotes = self.style.choice(["plain", "double", "single"]) if self.quotes == "any" or (is_key and self.quotes != "plain") else self.quotes
        if is_plain(value) and (quotes == "plain" or (is_key and self.style.random() < 0.9)):
            return value
        if quotes == "single" and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        return '"' + "".join(ESCAPES.get(char, char) for char in value) + '"'

    def inline(self, value):
        """On one line, in brackets."""
        if isinstance(value, dict):
            if not value:
                return "{}"
            pairs = [f"{self.scalar(name, True)}: {self.inline(one)}" for name, one in value.items()]
            return "{" + ", ".join(pairs) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.inline, value)) + "]"
        return self.scalar(value)

    def is_inline(self, value, depth):
        if not isinstance(value, (dict, list)) or not value:
            return True
        if all(not isinstance(one, (dict, list)) for one in value) and isinstance(value, list):
            return self.style.random() < max(self.flow, 0.5)
        return depth > 0 and self.style.random() < self.flow * (1 if depth > 1 else 0.3)

    def literal(self, text, indent):
        """A text of several lines as a block."""
        sign = "|" if text.endswith("\n") else "|-"
        return sign + "".join("\n" + " " * indent + line for line in text.rstrip("\n").split("\n"))

    def value(self, value, indent, depth):
        """What stands after `name:` or `-`, with its line break before it where it is a block."""
        if isinstance(value, str) and not isinstance(value, Raw) and "\n" in value.strip("\n"):
            lines = value.rstrip("\n").split("\n")
            if all(line.isprintable() and line[:1] not in ("", " ") for line in lines) and self.style.random() < 0.6:
                return " " + self.literal(value, indent + 2)
        if self.is_inline(value, depth):
            return " " + self.inline(value)
        if isinstance(value, dict):
            return "\n" + self.mapping(value, indent + 2, depth + 1)
        return "\n" + self.sequence(value, indent + self.items, depth + 1)

    def mapping(self, value, indent, depth):
        pairs = [f"{' ' * indent}{self.scalar(name, True)}:{self.value(one, indent, depth)}" for name, one in value.items()]
        return "\n".join(pairs)

    def sequence(self, values, indent, depth):
        found = []
        for value in values:
            if isinstance(value, dict) and value and not self.is_inline(value, depth):
                text = self.mapping(value, indent + 2, depth)
                found.append(" " * indent + "- " + text.lstrip(" "))
            else:
                found.append(" " * indent + "-" + (self.value(value, indent, depth) if not isinstance(value, list) else " " + self.inline(value)))
        return "\n".join(found)

    def file(self, pairs):
        """`pairs`: names and values at the top, where a name may stand twice."""
        text = "---\n" if self.style.random() < 0.2 else ""
        for name, value in pairs:
            text += f"{self.scalar(name, True)}:{self.value(value, 0, 0)}\n"
            if self.style.random() < 0.1:
                text += self.style.choice(["\n", "# note\n"])
        return text if self.style.random() < 0.8 else text.rstrip("\n")
