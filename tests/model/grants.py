"""Ways to let somebody in by a change of a file: each takes a team (teams.py) and changes it, or says by None that it cannot.

A way that ends in True opens something that the model does not follow: it is a grant by its kind. The others are judged by
the model (hunt.py).
"""
from writer import Raw


def people(team):
    return [one for one in team.people() if isinstance(one.get("authorized_keys"), list)]


def person(team):
    found = people(team)
    return team.luck.choice(found) if found else None


def entry(team, groups, line):
    return {"username": team.luck.choice(["mallory", "eve", "ops"]), "groups": groups, "authorized_keys": [{"public_key": line}]}


def key_last(team):
    person(team)["authorized_keys"].append({"public_key": team.new_line()})


def key_first(team):
    person(team)["authorized_keys"].insert(0, {"public_key": team.new_line()})


def key_replaced(team):
    team.luck.choice(person(team)["authorized_keys"])["public_key"] = team.new_line()


def user(team):
    team.add(entry(team, team.luck.choice([[], ["adm"], ["sudo"], ["disk"]]), team.new_line()))


def second_line(team):
    key = person(team)["authorized_keys"][0]
    key["public_key"] = str(key["public_key"]) + team.luck.choice(["\n", "\r\n", "\n# x\n", "\n\n"]) + team.new_line()


def docker_key(team):
    docker = team.top.setdefault("docker_user", {"username": "deploy"})
    docker["authorized_ssh_keys"] = [*docker.get("authorized_ssh_keys", []), team.new_line()]


def docker_one_text(team):
    docker = team.top.setdefault("docker_user", {"username": "deploy"})
    docker["authorized_ssh_keys"] = team.luck.choice([team.new_line(), [[team.new_line()]], Raw(f'"{team.new_line()}"')])


def docker_is_somebody(team):
    team.top.setdefault("docker_user", {})["username"] = team.luck.choice(["alice", "bob", "www-data", "root", "mallory"])


def docker_in_sudo(team):
    docker = team.top.setdefault("docker_user", {"username": "deploy"})
    docker[team.luck.choice(["secondary_groups", "group"])] = team.luck.choice(["sudo", "docker,sudo"])


def deploy_public_key(team):
    team.top["deploy_public_key"] = team.new_line()


def order(team):
    keys = person(team)["authorized_keys"]
    keys.reverse()


def sudo(team):
    person(team)["groups"] = team.luck.choice(
        [["sudo"], ["adm,sudo"], [" sudo"], [27], ["27"], Raw("[033]"), Raw("!!set {sudo}"), Raw("[!!str sudo]"), Raw('["s\\x75do"]'), Raw("{sudo: }")]
    )


def good_as_root(team):
    person(team)["groups"] = team.luck.choice([["disk"], ["adm", "shadow"], ["adm", "lxd"], ["docker"], ["root"]])


def state_back(team):
    """Somebody who was absent is not any more."""
    one = team.luck.choice(person(team)["authorized_keys"] + [person(team)])
    one["state"] = team.luck.choice(["present", None, "{{ omit }}", Raw("!unsafe present")])


def made_absent(team):
    team.luck.choice(person(team)["authorized_keys"] + [person(team)])["state"] = "absent"


def closed_shell(team):
    person(team)["shell"] = "/usr/sbin/nologin"


def open_shell(team):
    person(team)["shell"] = "/bin/bash"


def home(team):
    person(team)["homedir"] = "/home/" + team.luck.choice(["deploy", "alice", "bob", "carol", "deploy/x", "../root"])


def name_of_another(team):
    person(team)["username"] = team.luck.choice(["../root", "x/../alice", "x/../bob", "root", "deploy", "www-data", "postgres"])


def renamed(team):
    person(team)["username"] = team.luck.choice(["robert", "zoe", "ubuntu", "admin"])


def uid(team):
    person(team)["uid"] = team.luck.choice([0, 1000, 1001, 9999, Raw("01750")])


def second_list(team):
    team.twice.append((team.luck.choice(["users", "additional_users"]), [entry(team, ["sudo"], team.new_line())]))


def tagged_list(team):
    name = Raw(team.luck.choice(["! additional_users", "!!str additional_users", "!<tag:yaml.org,2002:str> additional_users", "!unsafe additional_users"]))
    team.top[name] = [entry(team, ["sudo"], team.new_line())]


def merge(team):
    """What is merged counts where the entry has none of its own."""
    for one in people(team):
        one[Raw("<<")] = {name: one.pop(name) for name in ("groups", "authorized_keys")}


def merged(team):
    one = team.luck.choice([one for one in team.people() if Raw("<<") in one])[Raw("<<")]
    one.update(team.luck.choice([{"authorized_keys": [{"public_key": team.new_line()}]}, {"groups": ["sudo"]}]))


def passwordless(team):
    team.top["use_passwordless_sudo"] = team.luck.choice([True, "no", 1, ["x"]])


def asks_passwords(team):
    for one in team.people():
        one["password"] = "$6$mysecretsalt$" + "qJbapG68nyRab3gxvKWPUcs2g3t0oMHSHMnSKecYNpSi3CuZm.GbBqXO8BE6EI6P1JUefhA0qvD7b5LSh./PU1"
    team.top["use_passwordless_sudo"] = False


def admin_key(team):
    """A key by a template: the value behind it."""
    team.top["admin_key"] = team.new_line()
    person(team)["authorized_keys"][0]["public_key"] = "{{ admin_key }}"


def admin_key_swapped(team):
    team.top["admin_key"] = team.new_line()


def aliased(team):
    team.top = {"team_keys": Raw(f'&k ["{team.new_line()}"]'), **team.top}
    team.top["docker_user"] = {"username": "deploy", "authorized_ssh_keys": Raw("*k")}


def alias_swapped(team):
    team.top["team_keys"] = Raw(f'&k ["{team.new_line()}", "{team.new_line()}"]')


def restricted(team):
    key = next(key for key in person(team)["authorized_keys"] if key.get("state", "present") == "present")
    key["public_key"] = 'restrict,command="/usr/bin/backup",from="192.0.2.1" ' + str(key["public_key"])


def unrestricted(team):
    for key in (key for one in people(team) for key in one["authorized_keys"]):
        if str(key.get("public_key")).startswith("restrict,"):
            whole = str(key["public_key"]).replace('restrict,command="/usr/bin/backup",from="192.0.2.1" ', "")
            key["public_key"] = team.luck.choice([whole, "restrict,pty " + whole, 'from="0.0.0.0/0,192.0.2.1" ' + whole])
            return True
    return None


def signer(team):
    key = person(team)["authorized_keys"][0]
    key["public_key"] = "cert-authority " + str(key["public_key"])


def address(team):
    key = {"public_key": team.luck.choice(["https://github.com/mallory.keys", "file:///srv/keys", "{{ lookup('file', '/srv/key') }}"])}
    one = person(team)
    one["authorized_keys"].append(key)
    return one.get("state", "present") == "present"


def of_the_roles(team):
    name = team.luck.choice(["flattend_users", "created_users", "item", "sudo_users", "spin_remote_user"])
    team.top[name] = team.luck.choice([[entry(team, ["sudo"], team.new_line())], entry(team, ["sudo"], team.new_line()), "mallory"])
    return True


def of_ansible(team):
    name = team.luck.choice(["ansible_ssh_common_args", "ansible_user", "ansible_host", "ansible_connection", "ansible_become_exe", "ansible_python_interpreter", "hostvars", "groups"])
    team.top[name] = team.luck.choice(["-oProxyCommand=id", "mallory", "192.0.2.66", "local", "/tmp/x"])
    return True


def of_sshd(team):
    team.top[team.luck.choice(["ssh_permit_root_login", "ssh_password_authentication", "ssh_port"])] = "yes\nPermitRootLogin yes"
    return True


def passwords(team):
    team.top["ssh_password_authentication"] = "yes"
    return True


def program(team):
    text = team.luck.choice(["{{ lookup('pipe', 'id') }}", "{{ query('lines', 'id') }}", "{{ lookup('pi' ~ 'pe', 'id') }}", "x{% set a = lookup('pipe', 'id') %}"])
    inside = team.luck.choice(["server_contact", "server_timezone", "postfix_hostname", "postfix_relayhost", "ssh_port", "anything", "providers", "environments"])
    team.top[inside] = [{"name": text}] if inside in ("providers", "environments") else text
    return True


def in_aliases(team):
    team.top["server_contact"] = team.luck.choice(["|/bin/sh -c id", "a@b.c\nroot: |id", ":include:/tmp/x", "/etc/cron.d/x", 'a@b.c"; APT::Update::Pre-Invoke {"id"};'])
    return True


def in_inventory(team):
    team.top["servers"] = [{"server_name": "web", "environment": "production", team.luck.choice(["ansible_user", "ansible_ssh_common_args", "docker_user", "users"]): "mallory"}]
    return True


def in_profiles(team):
    profile = {"name": "small", "provider": "hetzner", "profile_config": {"location": "ash"}}
    where, name = team.luck.choice([(profile, "provider"), (profile["profile_config"], "ansible_connection"), (profile["profile_config"], "flattend_users"), (profile, "vars")])
    where[name] = "../../../tmp/x"
    team.top["hardware_profiles"] = [profile]
    return True


def any_edit(team):
    team.edit()


def any_oddity(team):
    team.odd()


# Each: its way, and what stands there before.
KINDS = {
    "a key, last": (key_last, None), "a key, first": (key_first, None), "a key in another's place": (key_replaced, None), "a user": (user, None),
    "a second line in a key": (second_line, None), "a key of docker_user": (docker_key, None), "docker_user's keys in another form": (docker_one_text, None),
    "docker_user is somebody": (docker_is_somebody, None), "docker_user in sudo": (docker_in_sudo, None), "deploy_public_key": (deploy_public_key, None),
    "another order of keys": (order, None), "sudo": (sudo, None), "a group as good as sudo": (good_as_root, None), "absent no more": (state_back, made_absent),
    "a shell again": (open_shell, closed_shell), "the home of another": (home, None), "the name of another": (name_of_another, None), "a new name": (renamed, None),
    "a uid": (uid, None), "a second list": (second_list, None), "a list with a tag": (tagged_list, None), "what is merged": (merged, merge),
    "sudo without a password": (passwordless, asks_passwords), "the value behind a template": (admin_key_swapped, admin_key),
    "the value behind an alias": (alias_swapped, aliased), "options fewer": (unrestricted, restricted), "a key that signs": (signer, None),
    "an address or a file": (address, None), "a variable of the roles": (of_the_roles, None), "a variable of Ansible": (of_ansible, None),
    "sshd's settings": (of_sshd, None), "passwords": (passwords, asks_passwords), "a program in a template": (program, None), "the aliases of mail": (in_aliases, None),
    "a field in the inventory": (in_inventory, None), "a field of a profile": (in_profiles, None), "any edit": (any_edit, None), "any oddity": (any_oddity, None),
}
