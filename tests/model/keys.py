"""ansible.posix.authorized_key 2.2: a port of `parsekey`, `parseoptions`, `serialize` and `enforce_state`, by their names."""
from server import Failed, Unknown, norm, parent

TYPES = """sk-ecdsa-sha2-nistp256@openssh.com sk-ecdsa-sha2-nistp256-cert-v01@openssh.com
webauthn-sk-ecdsa-sha2-nistp256@openssh.com ecdsa-sha2-nistp256 ecdsa-sha2-nistp256-cert-v01@openssh.com ecdsa-sha2-nistp384
ecdsa-sha2-nistp384-cert-v01@openssh.com ecdsa-sha2-nistp521 ecdsa-sha2-nistp521-cert-v01@openssh.com
sk-ssh-ed25519@openssh.com sk-ssh-ed25519-cert-v01@openssh.com ssh-ed25519 ssh-ed25519-cert-v01@openssh.com ssh-dss ssh-rsa
ssh-xmss@openssh.com ssh-xmss-cert-v01@openssh.com rsa-sha2-256 rsa-sha2-512 ssh-rsa-cert-v01@openssh.com
rsa-sha2-256-cert-v01@openssh.com rsa-sha2-512-cert-v01@openssh.com ssh-dss-cert-v01@openssh.com""".split()


def words(text):
    """`shlex` with `whitespace_split` and without quotes: only these four are white space."""
    for space in "\t\r\n":
        text = text.replace(space, " ")
    return [word for word in text.split(" ") if word]


def parse_options(options):
    """`parseoptions`: at commas that are in no quotes; the options in order. Its `split(...)[1:-1]` drops commas at both ends,
    and takes two commas in a row for an option.
    """
    found, quote = [""], None
    for char in options:
        if (char == "," and quote is None) != (found[-1][:1] == ","):
            found.append("")
        if quote is None and char in "\"'":
            quote = char
        elif char == quote:
            quote = None
        found[-1] += char
    if quote is not None:
        raise Unknown("a quote that does not end")
    while found and found[-1][:1] in ("", ","):
        found.pop()
    while found and found[0][:1] in ("", ","):
        found.pop(0)
    return [part.partition("=") for part in found if part != ","]


def same_options(one, other):
    """keydict compares as a dict of lists: the order of different options is nothing, that of equal ones is."""
    def table(options):
        made = {}
        for name, sign, value in options:
            made.setdefault(name, []).append(value if sign else None)
        return made
    return one is other or (one is not None and other is not None and table(one) == table(other))


def parse_key(raw, rank):
    """`parsekey`: (key, type, options, comment, rank), or None where there is no known type."""
    raw = raw.replace("\\#", "#")
    parts = words(raw)
    if parts and parts[0] == "#":
        return (raw, "skipped", None, None, rank)
    for index, part in enumerate(parts):
        if part in TYPES:
            break
    else:
        return None
    if index + 1 == len(parts):
        raise Failed("list index out of range")
    options = parse_options(" ".join(parts[:index]))
    return (parts[index + 1], part, options, " ".join(parts[index + 2:]), rank)


def parse_keys(text):
    """`parsekeys`: the lines that are in the file."""
    keys = {}
    for rank, line in enumerate(text.splitlines(True)):
        key = parse_key(line, rank)
        if key:
            keys[key[0]] = key
        else:
            keys[line] = (line, "skipped", None, None, rank)
    return keys


def serialize(keys):
    text = ""
    for key, kind, options, comment, _ in sorted(keys.values(), key=lambda key: key[4]):
        if kind == "skipped":
            text += key
            continue
        before = ",".join(name + sign + value for name, sign, value in options)
        text += f"{before + ' ' if options else ''}{kind} {key} {comment}\n"
    return text


def source(server, key):
    """The text of a key that names a place (`key.startswith("http")`, `("file")`); None where nobody can say it."""
    if key.startswith("http"):
        if server.web is None:
            return None
        if server.web.get(key) is None:
            raise Failed("Error getting key from")
        key = server.web[key]
    if key.startswith("file"):
        path = key[5:] if key.startswith("file:") else key
        if path.startswith("//"):
            host = path[2:].partition("/")
            path = host[1] + host[2]
        path = path.partition("#")[0].partition("?")[0]
        if path not in server.files and not path.endswith("/.ssh/authorized_keys"):
            if path.startswith("/"):
                return None
            raise Failed("Path to a key file not found")
        if path not in server.files:
            raise Failed("Path to a key file not found")
        key = server.files[path][1]
    return key


def same(one, other):
    return one[0] == other[0] and one[1] == other[1] and same_options(one[2], other[2]) and one[3] == other[3]


def authorized_key(server, user, key, state):
    """`enforce_state`, without the arguments that the roles never give (`exclusive`, `key_options`, `comment`, `path`)."""
    if "\0" in key + user:
        raise Failed("Failed to log to syslog (embedded null character)")
    if state not in ("absent", "present"):
        raise Failed("value of state must be one of: absent, present")
    key = source(server, key)
    if key is None:
        if user in server.accounts:
            server.accounts[user].unknown = True
        return
    new_keys = [line for line in key.splitlines() if line and not line.startswith("#")]
    if user not in server.accounts:
        raise Failed("Failed to lookup user")
    path = server.key_file(user)
    existing = parse_keys(server.files.get(path, (0, ""))[1])
    highest, is_changed = len(existing), False
    for rank, line in enumerate(new_keys):
        new = parse_key(line, rank)
        if not new:
            raise Failed("invalid key specified")
        old = existing.get(new[0])
        if state == "absent":
            is_changed = is_changed or old is not None
            existing.pop(new[0], None)
        elif old is None or not same(new, old):
            existing.pop(new[0], None)
            existing[new[0]] = new[:4] + (highest + rank,)
            is_changed = True
    if is_changed:
        write(server, user, path, serialize(existing))


def write(server, user, path, text):
    """`keyfile(write=True)` and `writefile`: folder and file become the user's. No change, no change of owners."""
    owner, folder = server.accounts[user].uid, parent(path)
    if norm(folder + "/..") not in server.folders:
        raise Failed("Failed to create directory")
    server.folders[folder] = owner
    server.files[path] = (owner, text)
