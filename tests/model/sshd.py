"""Who can log in: what OpenSSH's sshd (9.x) makes of the settings, an account and a line of its authorized_keys.

Cites: auth.c (`allowed_user`), auth2-pubkeyfile.c (`auth_check_authkey_line`), auth-options.c (`sshauthopt_parse`), misc.c
(`safe_path`), sshkey.c (`sshkey_read`), servconf.c.
"""
from server import WRITABLE, Unknown, norm

# Shells of the image that a person can work in; "" is /bin/sh. Others are not there or end at once: no login.
SHELLS = ["", *(where + name for where in ("/bin/", "/usr/bin/") for name in ("sh", "bash", "dash", "rbash"))]
ROOT_WORDS = ("yes", "no", "without-password", "prohibit-password", "forced-commands-only")
FLAGS = "agent-forwarding port-forwarding pty user-rc x11-forwarding".split()
ONCE = ("command", "from", "expiry-time", "principals", "tunnel")
SIZES = {"nistp256": 65, "nistp384": 97, "nistp521": 133}
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
KNOWN = {}
VALUES = {char: value for value, char in enumerate(DIGITS)}


def settings(values):
    """What sshd makes of 01-spin-secure-ssh.conf and 02-spin-ssh-tunnels.conf: its settings, or None where it refuses them
    and, once restarted, lets nobody in. Cites roles/linux_common/templates/etc/ssh/sshd_config.d/.
    """
    port, root, password, tcp, gateway = (value.strip(" ") for value in values)
    if any(char in value for value in values for char in "\n\"#'\\\t") or any(" " in value for value in (port, root, password, tcp)):
        raise Unknown("several words in a setting of sshd")
    is_good = port.isascii() and port.isdigit() and 0 < int(port) < 65536
    if not is_good and port not in ("", "None"):
        raise Unknown("a port by which Ansible cannot connect")
    is_good = is_good and root.lower() in ROOT_WORDS and password.lower() in ("yes", "no")
    is_good = is_good and tcp.lower() in ("yes", "no", "all", "local", "remote")
    is_good = is_good and gateway.lower() in ("yes", "no", "clientspecified")
    return {"port": str(int(port)), "root": root.lower()} if is_good else None


def decode(text):
    """base64, or None where sshd does not read it."""
    bare = text.rstrip("=")
    if len(text) % 4 or len(text) - len(bare) > 2 or any(char not in VALUES for char in bare):
        return None
    bits = size = 0
    out = []
    for char in bare:
        bits, size = bits << 6 | VALUES[char], size + 6
        if size >= 8:
            size -= 8
            out.append(bits >> size & 255)
    return bytes(out)


def strings(blob):
    """The fields of a key's wire form, or None."""
    fields, at = [], 0
    while at < len(blob):
        end = at + 4 + int.from_bytes(blob[at:at + 4], "big")
        if end > len(blob):
            return None
        fields.append(blob[at + 4:end])
        at = end
    return fields


def is_key(word, text):
    """Asked of the same keys again and again."""
    if (word, text) not in KNOWN:
        KNOWN[word, text] = read_key(word, text)
    return KNOWN[word, text]


def read_key(word, text):
    """`sshkey_read`: a word that sshd knows, and a blob of that kind that is whole."""
    blob = decode(text)
    fields = strings(blob) if blob else None
    if not fields or word in ("ssh-dss", "ssh-xmss@openssh.com"):
        return False
    kind = fields[0].decode("latin-1")
    if word in ("rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"):
        if kind != "ssh-rsa" or len(fields) != 3:
            return False
        # RequiredRSASize: 1024.
        return int.from_bytes(fields[2], "big").bit_length() >= 1024
    if word != kind:
        return False
    curve = word.removeprefix("sk-").removeprefix("ecdsa-sha2-").removesuffix("@openssh.com")
    if curve in SIZES:
        return fields[1:2] == [curve.encode()] and len(fields) == (4 if word[:3] == "sk-" else 3) and len(fields[2]) == SIZES[curve]
    if word == "ssh-ed25519":
        return len(fields) == 2 and len(fields[1]) == 32
    return word == "sk-ssh-ed25519@openssh.com" and len(fields) == 3 and len(fields[1]) == 32


def split_line(line):
    """(options, material) of a line, or None where sshd skips it. A key is tried first, then options before it."""
    line = line.lstrip(" \t")
    parts = line.replace("\t", " ").split(" ", 2)
    if len(parts) > 1 and is_key(parts[0], parts[1]):
        return "", parts[1]
    at, quoted = 0, False
    while at < len(line) and (quoted or line[at] not in " \t"):
        if line[at] == "\\" and line[at + 1:at + 2] == '"':
            at += 1
        elif line[at] == '"':
            quoted = not quoted
        at += 1
    parts = line[at:].replace("\t", " ").lstrip(" ").split(" ", 2)
    return (line[:at], parts[1]) if len(parts) > 1 and is_key(parts[0], parts[1]) else None


def parse_options(text):
    """`sshauthopt_parse`: the options with their values, or None where sshd refuses the line for one of them."""
    found = {}
    while text:
        name = text[: min(text.find(char) % (len(text) + 1) for char in ",=")].lower()
        text = text[len(name):]
        bare = name.removeprefix("no-")
        if text[:2] == '="':
            end = 2
            while end < len(text) and text[end] != '"':
                end += 2 if text[end:end + 2] == '\\"' else 1
            if name not in (*ONCE, "environment", "permitopen", "permitlisten") or end >= len(text):
                return None
            if name in ONCE and name in found:
                return None
            found[name] = text[2:end].replace('\\"', '"')
            text = text[end + 1:]
        elif bare in FLAGS or name in ("restrict", "cert-authority", "no-touch-required", "verify-required"):
            found[name] = None
        else:
            return None
        if text and (text[0] != "," or text == ","):
            return None
        text = text[1:]
    return found


def is_from(patterns, client):
    """`match_host_and_ip` of a client's address, or of any address (None) that the key may be used from."""
    wanted = [pattern.strip() for pattern in patterns.split(",")]
    if client is None:
        return any(pattern and pattern[0] != "!" for pattern in wanted)
    return client in wanted or "*" in wanted


def accepts(line, client=None):
    """Whether the private key of this line logs in with it."""
    split = split_line(line)
    options = parse_options(split[0]) if split else None
    if options is None or "cert-authority" in options or "principals" in options:
        return False
    if "from" in options and not is_from(options["from"], client):
        return False
    until = options.get("expiry-time")
    if until is not None:
        # Of all dates that occur: long ago, or long after this was written.
        if not until[:8].isdigit() or "2020" < until[:4] < "2090":
            raise Unknown("a date that may have passed")
        return until[:4] > "2020"
    return True


def is_usable(password):
    """A hash that some password has: `check_password_encrypted` of the module `user`."""
    fields = password.split("$")
    if not password.startswith("$") or len(fields) < 4 or any(char in password for char in ":*!"):
        return False
    length = {"1": 22, "5": 43, "6": 86, "y": 43}.get(fields[1])
    good = all(char.isascii() and (char.isalnum() or char in "./=") for char in fields[-1])
    return good and length in (None, len(fields[-1]))


def account_logs_in(server, name):
    """What the account itself decides, and the owners of its files."""
    account = server.accounts[name]
    if "/" in name or account.shell not in SHELLS:
        return False
    if any(char in "'`\";&<>|(){}" for char in name):
        # ssh.c, `valid_ruser`: the client does not even ask.
        return False
    # PAM: the next login demands a new password, and the old one is nobody's (`chage -d 0` on "!", "*", plain text).
    if account.must_change and not is_usable(account.password):
        return False
    # StrictModes: home, .ssh and the file are the user's or root's, and nobody else may write there.
    path = server.key_file(name)
    home = norm(account.home)
    if account.uid and (home + "/").startswith("/root/"):
        # Mode 0700: sshd reads the file as the user, who does not get there.
        return False
    owners = [server.folders.get(home), server.folders.get(norm(home + "/.ssh")), server.files.get(path, (None, ""))[0]]
    return all(owner in (0, account.uid) for owner in owners) and home not in WRITABLE


def lets_in(server, client=None, port=None):
    """account -> the lines of its authorized_keys whose keys log in, as people connect: at this port."""
    found = {}
    if server.sshd is None or port not in (None, server.sshd["port"]):
        return found
    for name in server.accounts:
        lines = [line for line in server.lines(name) if accepts(line, client)]
        if name == "root":
            word = server.sshd["root"]
            lines = [line for line in lines if word not in ("no", "forced-commands-only") or (word != "no" and "command=" in line)]
        if lines and account_logs_in(server, name):
            found[name] = lines
    return found
