"""The role docker_user: the tasks that make the deploy account, each a method that raises Failed where the task fails."""
import modules
from common import Common
from jinja import OMIT, UNDEFINED, Undefined, contains
from load import Vault
from server import Failed, Unknown
from tasks import each, field, needed, one_level, optional, text


class Deploy(Common):
    def deploy(self, name):
        return self.names.attribute(self.names.get("docker_user"), name)

    def deploy_group(self):  # roles/docker_user/tasks/main.yml:1
        group, gid = self.deploy("group"), self.deploy("gid")
        modules.group(self.server, "deploy" if isinstance(group, Undefined) else text(self.names.deep(group)),
                      "9999" if isinstance(gid, Undefined) else self.whole(gid))

    def whole(self, value):
        """An argument of a module: what is omitted is not given."""
        value = None if value is OMIT else self.names.deep(value)
        if isinstance(value, Vault):
            raise Unknown("a vaulted number")
        return value

    def deploy_user(self):  # roles/docker_user/tasks/main.yml:7
        group, groups, uid = self.deploy("group"), self.deploy("secondary_groups"), self.deploy("uid")
        groups = "docker" if isinstance(groups, Undefined) else self.whole(groups)
        if isinstance(groups, dict):
            raise Failed("cannot be converted to a list")
        if isinstance(groups, list):
            groups = ",".join(map(text, groups))
        home = self.deploy("home")
        modules.user(
            self.server, text(self.names.deep(needed(self.deploy("username")))), comment=None, password=None,
            group="deploy" if isinstance(group, Undefined) else text(self.names.deep(group)), groups=optional(groups),
            home=None if isinstance(home, Undefined) else optional(self.whole(home)), shell="/bin/bash",
            uid="9999" if isinstance(uid, Undefined) else self.whole(uid), update_password="always")

    def deploy_keys(self):  # roles/docker_user/tasks/main.yml:19
        keys = self.deploy("authorized_ssh_keys")
        if not isinstance(keys, Undefined) and keys is not OMIT:
            name = text(self.names.deep(self.deploy("username")))
            each(one_level(self.names.deep(keys)), lambda key: self.install(name, key))

    def deploy_public_key(self):  # roles/docker_user/tasks/main.yml:27
        key = self.names.get("deploy_public_key")
        if key is OMIT:
            raise Unknown("an omitted key")
        if not isinstance(key, Undefined):
            self.install(text(self.names.deep(self.deploy("username"))), self.names.deep(key))

    def deploy_sudo(self):  # roles/docker_user/tasks/main.yml:34: item 0 of each sudo user of `users`, whatever its state
        def add(item):
            if contains(self.names, needed(field(item, "groups")), "sudo"):
                keys = field(item, "authorized_keys")
                first = keys[0] if isinstance(keys, list) and keys else UNDEFINED
                self.install(text(self.names.deep(self.deploy("username"))), needed(field(first, "public_key")))
        each(self.names.deep("{{ users }}"), add)
