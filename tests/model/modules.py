"""The modules `user` and `group` of ansible-core 2.21 on Linux, `chage`, and the checks of useradd, usermod, groupadd
(shadow 4.1x with Debian's patch for names). Names of functions are those of `ansible/modules/user.py`.
"""
from server import Account, Failed, Unknown, norm, parent

PLACEHOLDERS = ("/nonexistent", "/dev/null", "/var/empty")


def is_name(name):
    """Debian's `is_valid_name`: no blank, colon, comma; 1 to 32 bytes; no `-`, `+`, `~` first. Control characters fail later."""
    is_short = 0 < len(name.encode()) <= 32
    return is_short and name[0] not in "-+~" and not any(char in ":," or char.isspace() or char < " " for char in name)


def number(value):
    """`check_type_int`: by `decimal.Decimal`."""
    if value is None or isinstance(value, int):
        return value
    try:
        if isinstance(value, str) and value.strip().lower().lstrip("+-").replace("_", "").isdecimal():
            return int(value)
        if not isinstance(value, (str, float)) or (isinstance(value, str) and not value.isascii()):
            raise ValueError
        made = float(value)
        if made != int(made):
            raise ValueError
        return int(made)
    except (ValueError, OverflowError) as error:
        raise Failed("cannot be converted to an int") from error


def is_id(value):
    """What `-u` and `-g` take: True is printed as `True`."""
    return not isinstance(value, bool) and 0 <= value < 4294967295


def path(server, value):
    """`check_type_path`: `~` and `~name`, as root; `$NAME` from an environment that nobody knows."""
    if value is None:
        return None
    if any(one == "$" and (after.isalnum() or after in "_{") for one, after in zip(value, value[1:])):
        raise Unknown("a variable of the environment")
    if not value.startswith("~"):
        return value
    name, slash, rest = value[1:].partition("/")
    account = server.accounts.get(name or "root")
    return account.home.rstrip("/") + slash + rest if account else value


def is_field(value):
    """`VALID`: no colon, no line break."""
    return not any(char in value for char in ":\n")


def get_groups_set(server, groups):
    """The words of the list: numbers are ids, blanks around a word are cut, an empty word is skipped but a blank one is not."""
    found = []
    for word in [word.strip() for word in groups.split(",") if word]:
        name = server.group(word)
        if name is None:
            raise Failed(f"Group {word} does not exist")
        found.append(name)
    return found


def set_groups(server, name, groups):
    for group, (_, members) in server.groups.items():
        if (group in groups) != (name in members):
            members.append(name) if group in groups else members.remove(name)


def create_homedir(server, home, owner):
    """`create_homedir`: parents are made too, and are root's."""
    if not home:
        raise Failed("[Errno 2] No such file or directory: ''")
    server.make_folder(home, owner)


def has_folder(server, home):
    """`os.path.exists`: each part of the path is there, also one that `..` leaves again."""
    at = "/"
    for part in home.split("/"):
        at = norm(at + "/" + part)
        if at not in server.folders:
            return False
    return bool(home)


def is_home(home):
    """useradd: absolute, no colon, no line break."""
    return home.startswith("/") and is_field(home)


def create_user_useradd(server, name, asked):
    home, uid = asked["home"], asked["uid"]
    if asked["group"] is not None and server.group(asked["group"]) is None:
        raise Failed("Group does not exist")
    groups = get_groups_set(server, asked["groups"]) if asked["groups"] else []
    needs_parents = home is not None and not has_folder(server, parent(home))
    if needs_parents:
        # Left behind, as root's, where useradd fails after it; a relative one lies in a folder of no interest.
        create_homedir(server, home if home[:1] in ("/", "") else "/root/" + home, 0)
    if uid is not None and (not is_id(uid) or any(one.uid == uid for one in server.accounts.values())):
        raise Failed(f"useradd: UID {uid} is not unique, or invalid")
    shell, comment, password = asked["shell"], asked["comment"], asked["password"]
    if shell and (shell[0] not in "/*" or not is_field(shell)):
        raise Failed("useradd: invalid shell")
    if home is not None and not is_home(home):
        raise Failed("useradd: invalid home directory")
    if not is_field(comment or "") or not is_field(password or ""):
        raise Failed("useradd: invalid comment or field")
    if not is_name(name):
        raise Failed("useradd: invalid user name")
    uid = server.next_uid() if uid is None else uid
    if asked["group"] is not None:
        gid = server.groups[server.group(asked["group"])][0]
    elif server.group(name) is None and server.user_groups:
        gid = server.next_gid(uid)
        server.groups[name] = [gid, []]
    else:
        # `-N`, or USERGROUPS_ENAB no: useradd's default, 100.
        gid = 100
    home = "/home/" + name if home is None else home
    # Without `-s`: SHELL of /etc/default/useradd.
    account = Account(uid, gid, home, "/bin/sh" if shell is None else shell, comment or "", "!" if password is None else password)
    server.accounts[name] = account
    set_groups(server, name, groups)
    if needs_parents:
        server.folders[norm(home)] = uid
    elif not has_folder(server, home):
        create_home(server, home, uid)


def create_home(server, home, uid):
    """useradd's own: makes each part that is missing, and gives the last one to the user, even where that was there."""
    at = "/"
    for part in home.split("/"):
        at = norm(at + "/" + part)
        server.make_folder(at, 0)
    server.folders[at] = uid


def modify_user_usermod(server, name, asked):
    """One usermod with all that differs; nothing is changed where a part of it is refused. Returns whether it ran."""
    account, changes = server.accounts[name], {}
    if asked["uid"] is not None and account.uid != int(asked["uid"]):
        changes["uid"] = asked["uid"]
    if asked["group"] is not None:
        group = server.group(asked["group"])
        if group is None:
            raise Failed("Group does not exist")
        if server.groups[group][0] != account.gid:
            changes["gid"] = server.groups[group][0]
    if asked["groups"] is not None:
        current = {group for group, (_, members) in server.groups.items() if name in members}
        wanted = set(get_groups_set(server, asked["groups"])) if asked["groups"] else set()
        if current != wanted:
            changes["groups"] = wanted
    for field in ("comment", "home", "shell"):
        if asked[field] is not None and getattr(account, field) != asked[field]:
            changes[field] = asked[field]
    if asked["update_password"] == "always" and asked["password"] is not None:
        if account.password.lstrip("!") != asked["password"].lstrip("!"):
            changes["password"] = asked["password"]
    if not changes:
        return False
    check_usermod(server, name, changes)
    for field, value in changes.items():
        if field == "groups":
            set_groups(server, name, value)
        else:
            old = account.uid
            # usermod cuts one slash off the end of a home; useradd does not.
            setattr(account, field, value[:-1] if field == "home" and value != "/" and value.endswith("/") else value)
            if field == "uid":
                server.own(changes.get("home", account.home), old, value)
    return True


def check_usermod(server, name, changes):
    uid = changes.get("uid", 1)
    if not is_id(uid) or ("uid" in changes and any(one.uid == uid for one in server.accounts.values())):
        raise Failed(f"usermod: UID {uid} already exists, or invalid")
    if name == "root" and ("uid" in changes or "home" in changes):
        raise Failed("usermod: user root is currently used by process 1")
    if "home" in changes and not is_home(changes["home"]):
        raise Failed("usermod: homedir must be an absolute path")
    shell = changes.get("shell")
    if shell and (shell[0] not in "/*" or not is_field(shell)):
        raise Failed("usermod: invalid shell")
    if not is_field(changes.get("comment", "")):
        raise Failed("usermod: invalid comment")
    if not is_field(changes.get("password", "")):
        raise Failed("usermod: failure while writing changes to /etc/shadow")


def remove_user_userdel(server, name):
    """userdel without `-r`: home and keys stay; with USERGROUPS_ENAB, so does no group of the user's own."""
    if name == "root":
        raise Failed("userdel: user root is currently used by process 1")
    gid = server.accounts.pop(name).gid
    set_groups(server, name, ())
    own = server.groups.get(name)
    if server.user_groups and own and own[0] == gid and not own[1]:
        if all(one.gid != gid for one in server.accounts.values()):
            del server.groups[name]


def user(server, name, state="present", **asked):
    """`main`: returns `changed`."""
    if state not in ("absent", "present") or asked["update_password"] not in ("always", "on_create"):
        raise Failed("value of state or update_password must be one of")
    asked["home"], asked["shell"] = path(server, asked["home"]), path(server, asked["shell"])
    if "\0" in name + "".join(value for value in asked.values() if isinstance(value, str)):
        raise Failed("embedded null character")
    asked["uid"] = number(asked["uid"])
    if state == "absent":
        if name not in server.accounts:
            return False
        remove_user_userdel(server, name)
        return True
    if name in server.accounts:
        is_changed = modify_user_usermod(server, name, asked)
    else:
        create_user_useradd(server, name, asked)
        is_changed = True
        server.made.add(name)
    account = server.accounts[name]
    # "handle missing homedirs"
    home = account.home if asked["home"] is None else asked["home"]
    if not has_folder(server, home) and home not in PLACEHOLDERS:
        create_homedir(server, home, account.uid)
        is_changed = True
    return is_changed


def group(server, name, gid):
    """ansible/modules/group.py: `group_add`, `group_mod`."""
    gid = number(gid)
    if name in server.groups and (gid is None or server.groups[name][0] == int(gid)):
        return
    if gid is not None and (not is_id(gid) or any(own == gid for own, _ in server.groups.values())):
        raise Failed(f"groupadd: GID {gid} already exists, or invalid")
    if name not in server.groups:
        if not is_name(name):
            raise Failed("groupadd: not a valid group name")
        server.groups[name] = [server.next_gid() if gid is None else gid, []]
        return
    # groupmod takes the accounts along whose primary group it is.
    old, server.groups[name][0] = server.groups[name][0], gid
    for account in server.accounts.values():
        account.gid = gid if account.gid == old else account.gid


def chage(server, name):
    """`chage -d 0 NAME`, by words as a shell splits them."""
    if any(char in name for char in "'\"\\"):
        raise Unknown("quotes in a command")
    if name not in server.accounts:
        raise Failed("chage: user does not exist")
    server.accounts[name].must_change = True
