"""The role linux_common: the tasks that decide who gets in, each a method that raises Failed where the task fails."""
import modules
from filters import length
from jinja import OMIT, Undefined, contains, truth
from keys import authorized_key
from load import Vault
from server import Failed, NotDefined, Unknown
from tasks import each, field, needed, one_level, optional, text


class Common:
    """`names`: the variables; `server`: what the tasks change."""

    def __init__(self, names, server):
        self.names, self.server = names, server
        self.flat, self.created = None, []
        # sshd's settings as the template writes them, and whether that changes its files.
        self.written, self.restarts = None, False

    def defaulted(self, name, other):
        value = self.names.get(name)
        return other if isinstance(value, Undefined) else value

    def everybody(self):
        """`(users | default([])) + (additional_users | default([]))`: a list and a list, or a text and a text."""
        users, more = self.defaulted("users", []), self.defaulted("additional_users", [])
        for kind in (list, str):
            if isinstance(users, kind) and isinstance(more, kind) and not isinstance(users, Vault):
                return users + more
        if isinstance(users, Vault) or isinstance(more, Vault):
            raise Unknown("vaulted users")
        if isinstance(users, (int, float)) and isinstance(more, (int, float)):
            raise Failed("has no len()")
        raise Failed("can only concatenate list to list")

    def no_users(self):  # roles/linux_common/tasks/validate-inputs.yml:3
        if len(self.everybody()) == 0:
            raise Failed("No users are set")

    def passwords(self):  # roles/linux_common/tasks/validate-inputs.yml:12
        is_without = truth(self.defaulted("use_passwordless_sudo", True))
        try:
            needed(self.names.get("users"))
            everybody = self.everybody()
            if isinstance(everybody, str):
                raise Failed("The `loop` value must resolve to a 'list'")
            everybody = self.names.deep(everybody)
        except NotDefined:
            # task_executor.py, `run`: what is undefined in a loop fails later, if the task is not skipped.
            if is_without:
                return
            raise
        # `when: not use_passwordless_sudo`, then each item's own conditions.
        each([] if is_without else everybody, self.password)

    def password(self, item):
        groups, password = field(item, "groups"), field(item, "password")
        if not isinstance(groups, Undefined) and contains(self.names, groups, "sudo"):
            if isinstance(password, Vault):
                return
            if isinstance(password, Undefined) or length(self.names, password) == 0:
                raise Failed("missing a password")

    def no_sudo(self):  # roles/linux_common/tasks/validate-inputs.yml:26
        found = 0
        for item in self.everybody():
            groups = self.names.attribute(self.names.resolve(item), "groups")
            if groups is OMIT:
                raise Unknown("omitted groups")
            if not isinstance(groups, Undefined):
                found += contains(self.names, groups, "sudo")
        if not found:
            raise Failed("No users are assigned to the sudo group")

    def contact(self):  # roles/linux_common/tasks/validate-inputs.yml:36, its success_msg
        if self.names.get("server_contact") is OMIT:
            raise Unknown("an omitted server_contact")
        self.names.deep("{{ server_contact }}")

    def sshd_files(self):  # roles/linux_common/tasks/security.yml:1
        names = ("ssh_port", "ssh_permit_root_login", "ssh_password_authentication", "ssh_allow_tcp_forwarding", "ssh_gateway_ports")
        values = [self.names.deep("{{ %s }}" % name) for name in names]
        if any(isinstance(value, Vault) for value in values):
            raise Unknown("a vaulted setting of sshd")
        written = [str(value) for value in values]
        self.restarts = written != self.server.sshd_written
        self.written = self.server.sshd_written = written

    def sudoers(self):  # roles/linux_common/tasks/security.yml:20: `default(false)`, where the validator says true
        self.server.nopasswd = truth(self.defaulted("use_passwordless_sudo", False))

    def login_defs(self):  # roles/linux_common/tasks/security.yml:43
        self.server.user_groups = False

    def flattened(self):  # roles/linux_common/tasks/users.yml:2 and :7
        users = self.names.deep("{{ users }}")
        more = self.names.get("additional_users")
        if isinstance(users, Vault):
            raise Unknown("vaulted users")
        self.flat = users if isinstance(more, Undefined) else users + self.names.deep(more)

    def users(self):  # roles/linux_common/tasks/users.yml:12
        each(one_level(self.flat), self.user)

    def user(self, item):
        groups, password = field(item, "groups"), field(item, "password")
        if isinstance(groups, (list, str, dict)):
            groups = ",".join(text(one) if one is not None else "None" for one in groups)
        elif not isinstance(groups, Undefined):
            raise Failed("groups | join")
        name = text(needed(field(item, "username")))
        comment = field(item, "name")
        state, when = field(item, "state"), field(item, "update_password")
        shell, uid = field(item, "shell"), field(item, "uid")
        if isinstance(uid, Vault):
            raise Unknown("a vaulted uid")
        is_changed = modules.user(
            self.server, name, state="present" if isinstance(state, Undefined) else text(state), group=None,
            comment="vaulted" if isinstance(comment, Vault) else optional(comment), groups=optional(groups),
            home=optional(field(item, "homedir")), uid=None if isinstance(uid, Undefined) else uid,
            password="$6$vaulted" if isinstance(password, Vault) else optional(password),
            shell="/bin/bash" if isinstance(shell, Undefined) else optional(shell),
            update_password="on_create" if isinstance(when, Undefined) else text(when))
        if isinstance(password, Vault) and is_changed and name in self.server.accounts:
            self.server.accounts[name].unknown = True
        self.created.append((item, is_changed))

    def force(self):  # roles/linux_common/tasks/users.yml:26
        def change(result):
            item, is_changed = result
            password = field(item, "password")
            if is_changed and not isinstance(password, Undefined):
                if isinstance(password, Vault) or length(self.names, password) > 0:
                    modules.chage(self.server, text(item["username"]))
        each(self.created, change)

    def keys(self):  # roles/linux_common/tasks/users.yml:34; plugins/lookup/subelements.py, which ends the task
        pairs = []
        for item in self.flat:
            if not isinstance(item, dict):
                raise Failed("subelements lookup expects a dictionary")
            if item.get("skipped", False) is not False or "authorized_keys" not in item:
                continue
            if isinstance(item["authorized_keys"], Vault):
                raise Unknown("vaulted keys")
            if not isinstance(item["authorized_keys"], list):
                raise Failed("the key authorized_keys should point to a list")
            pairs += [(item, key) for key in item["authorized_keys"]]
        each(pairs, self.key)

    def key(self, pair):
        item, key = pair
        if field(item, "state") == "absent":
            return
        state = field(key, "state")
        self.install(text(item["username"]), needed(field(key, "public_key")), "present" if isinstance(state, Undefined) else text(state))

    def install(self, name, key, state="present"):
        if isinstance(key, Vault):
            if name in self.server.accounts:
                self.server.accounts[name].unknown = True
            return
        authorized_key(self.server, name, text(key), state)
