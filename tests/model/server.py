"""A server's accounts, groups, folders and files of keys, as a base image of Debian or Ubuntu has them; and useradd's and
usermod's ways with ids and homes.
"""

# /etc/passwd of the image: name, uid, gid, home, shell.
PASSWD = """root 0 0 /root /bin/bash
daemon 1 1 /usr/sbin /usr/sbin/nologin
bin 2 2 /bin /usr/sbin/nologin
sys 3 3 /dev /usr/sbin/nologin
sync 4 65534 /bin /bin/sync
games 5 60 /usr/games /usr/sbin/nologin
man 6 12 /var/cache/man /usr/sbin/nologin
lp 7 7 /var/spool/lpd /usr/sbin/nologin
mail 8 8 /var/mail /usr/sbin/nologin
news 9 9 /var/spool/news /usr/sbin/nologin
uucp 10 10 /var/spool/uucp /usr/sbin/nologin
proxy 13 13 /bin /usr/sbin/nologin
www-data 33 33 /var/www /usr/sbin/nologin
backup 34 34 /var/backups /usr/sbin/nologin
list 38 38 /var/list /usr/sbin/nologin
irc 39 39 /run/ircd /usr/sbin/nologin
_apt 42 65534 /nonexistent /usr/sbin/nologin
nobody 65534 65534 /nonexistent /usr/sbin/nologin
systemd-network 998 998 / /usr/sbin/nologin
systemd-timesync 997 997 / /usr/sbin/nologin
sshd 100 65534 /run/sshd /usr/sbin/nologin"""

# /etc/group of the image: name, gid.
GROUP = """root 0 daemon 1 bin 2 sys 3 adm 4 tty 5 disk 6 lp 7 mail 8 news 9 uucp 10 man 12 proxy 13 kmem 15 dialout 20 fax 21
voice 22 cdrom 24 floppy 25 tape 26 sudo 27 audio 29 dip 30 www-data 33 backup 34 operator 37 list 38 irc 39 src 40 shadow 42
utmp 43 video 44 sasl 45 plugdev 46 staff 50 games 60 users 100 nogroup 65534 systemd-journal 999 systemd-network 998
systemd-timesync 997"""

FOLDERS = """/ /bin /boot /dev /etc /home /lib /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/games
/usr/lib /usr/local /usr/local/bin /usr/sbin /usr/share /var /var/backups /var/cache /var/cache/man /var/lib /var/local
/var/log /var/mail /var/spool /var/tmp /run/sshd"""

# Group or others may write there: sshd trusts no keys below (StrictModes).
WRITABLE = ("/tmp", "/var/tmp", "/var/mail", "/var/local")

FILES = {"/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n", "/etc/hostname": "server\n"}


class Failed(Exception):
    """A task or a module fails, and why."""


class NotDefined(Failed):
    """AnsibleUndefinedVariable: a loop keeps it for later."""


class Unknown(Exception):
    """Nothing is said: known only to Ansible or to the server."""


class Account:
    def __init__(self, uid, gid, home, shell, comment="", password="!"):
        self.uid, self.gid, self.home, self.shell = uid, gid, home, shell
        self.comment, self.password = comment, password
        # `chage -d 0` was run: the next login demands a new password.
        self.must_change = False
        # What of it nobody can say: a vaulted password, a key from elsewhere.
        self.unknown = False

    def copy(self):
        twin = Account(self.uid, self.gid, self.home, self.shell, self.comment, self.password)
        twin.must_change, twin.unknown = self.must_change, self.unknown
        return twin


def norm(path):
    """The path as the kernel resolves it, without links."""
    parts = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def parent(path):
    """`os.path.dirname`."""
    head = path[: path.rfind("/") + 1]
    return head.rstrip("/") or head


class Server:
    """`ran`: what of security.yml was run before the users are made: all of it (the real roles), "login.defs" and sudoers
    alone, or "none"; the layouts were measured in these three ways. `web`: what a URL answers, or None: nobody knows.
    """

    def __init__(self, ran="all", root_keys="", files=(), web=None):
        self.ran, self.web = ran, web
        self.accounts, self.groups = {}, {}
        for line in PASSWD.split("\n"):
            name, uid, gid, home, shell = line.split()
            self.accounts[name] = Account(int(uid), int(gid), home, shell, name, "*")
        words = GROUP.split()
        for name, gid in zip(words[::2], words[1::2]):
            self.groups[name] = [int(gid), []]
        self.folders = {path: 0 for path in FOLDERS.split()}
        self.files = {path: (0, text) for path, text in {**FILES, **dict(files)}.items()}
        if root_keys:
            self.folders["/root/.ssh"] = 0
            self.files["/root/.ssh/authorized_keys"] = (0, root_keys)
        self.user_groups = True
        self.nopasswd = False
        # sshd's settings as written and as sshd runs with them: Debian's own, until a run that does not fail ends.
        self.sshd_written = None
        self.sshd = {"port": "22", "root": "prohibit-password"}
        self.made = set()

    def copy(self):
        twin = Server.__new__(Server)
        twin.__dict__ = dict(self.__dict__)
        twin.accounts = {name: account.copy() for name, account in self.accounts.items()}
        twin.groups = {name: [gid, list(members)] for name, (gid, members) in self.groups.items()}
        twin.folders, twin.files, twin.made = dict(self.folders), dict(self.files), set(self.made)
        return twin

    def group(self, word):
        """`User.group_info`: a number is an id first; else None."""
        try:
            wanted = int(word)
        except ValueError:
            wanted = None
        for name, (gid, _) in self.groups.items():
            if gid == wanted:
                return name
        return word if word in self.groups else None

    def group_of(self, gid):
        return next((name for name, (own, _) in self.groups.items() if own == gid), str(gid))

    def groups_of(self, name):
        """As `id -Gn` tells them: the primary group, then the memberships in the order of /etc/group."""
        account = self.accounts[name]
        return [self.group_of(account.gid)] + [group for group, (_, members) in self.groups.items() if name in members]

    def next_uid(self):
        """useradd `find_new_uid`: one above the highest that is used within UID_MIN..UID_MAX."""
        return max([999] + [one.uid for one in self.accounts.values() if 1000 <= one.uid <= 60000]) + 1

    def next_gid(self, wanted=None):
        """useradd `find_new_gid`: the user's own id where it is free, else one above the highest."""
        used = [gid for gid, _ in self.groups.values()]
        if wanted is not None and 1000 <= wanted <= 60000 and wanted not in used:
            return wanted
        return max([999] + [gid for gid in used if 1000 <= gid <= 60000]) + 1

    def make_folder(self, path, owner):
        """A folder with its parents, which are root's."""
        path = norm(path)
        while path not in self.folders:
            self.folders[path], owner = owner, 0
            path = norm(path + "/..")

    def own(self, home, old, new):
        """usermod -u: what lies in the home and was the old id's becomes the new id's, where the home itself is."""
        home = norm(home)
        if self.folders.get(home) not in (old, new):
            return
        below = home.rstrip("/") + "/"
        for path, owner in list(self.folders.items()):
            if owner == old and (path == home or path.startswith(below)):
                self.folders[path] = new
        for path, (owner, text) in list(self.files.items()):
            if owner == old and path.startswith(below):
                self.files[path] = (new, text)

    def key_file(self, name):
        return norm(self.accounts[name].home + "/.ssh/authorized_keys")

    def lines(self, name):
        """The lines of an account's authorized_keys that are no comments."""
        _, text = self.files.get(self.key_file(name), (0, ""))
        return [line for line in text.split("\n") if line.strip(" \t") and not line.lstrip(" \t").startswith("#")]
