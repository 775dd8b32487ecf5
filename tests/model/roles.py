"""The model of serversideup.spin v2.3.4 with ansible-core 2.21: what `spin provision` does to a server, and the file that
`spin configure gha` and `spin deploy` make for the tunnel.

Each branch below cites its task (file:line in the collection), or the function of a module, or the behaviour of useradd,
usermod and sshd. Nothing is guessed: what only Ansible or a server can tell raises Unknown. It imports nothing but yaml.
"""
import sshd
from deploy import Deploy
from filters import attributes, flatten, join
from jinja import OMIT, Undefined, Vars, contains
from load import Unreadable, Vault, Written, load
from server import Failed, Unknown
from tasks import needed, text

COMMON, DEPLOY = "serversideup.spin.linux_common : ", "serversideup.spin.docker_user : "
# roles/linux_common/defaults/main.yml, roles/docker_user/defaults/main.yml: a file's docker_user replaces it whole.
DEFAULTS = {
    "server_timezone": "Etc/UTC", "server_contact": "changeme@example.com", "ssh_port": "22", "ssh_permit_root_login": "no",
    "ssh_password_authentication": "no", "ssh_allow_tcp_forwarding": "yes", "ssh_gateway_ports": "yes",
    "docker_user": {"username": "deploy", "uid": 9999, "group": "deploy", "secondary_groups": "docker", "gid": 9999},
}
# Names of the roles' own: in the file they beat what the tasks set.
OURS = ("flattend_users", "created_users", "item", "server_contact_check", "omit")


def common_tasks(run):
    """roles/linux_common/tasks/main.yml, in its order."""
    yield "Show error if no users are set.", run.no_users
    yield "Show error if user is missing a password and passwordless sudo is disabled.", run.passwords
    yield "Show error if no users belong to the sudo group.", run.no_sudo
    yield "Show warning if server_contact is unchanged.", run.contact
    if run.server.ran == "all":
        yield "Ensure SSH configurations are up to date.", run.sshd_files
    if run.server.ran != "none":
        yield "Configure sudo access for sudo group", run.sudoers
        yield "Disable USERGROUPS_ENAB in /etc/login.defs", run.login_defs
    are_more = not isinstance(run.names.get("additional_users"), Undefined)
    yield f"Set users variable when there {'ARE' if are_more else 'are NOT any'} additional users.", run.flattened
    yield "Configure users.", run.users
    yield "Force password change on next login.", run.force
    yield "Configure authorized keys.", run.keys


def deploy_tasks(run):
    """roles/docker_user/tasks/main.yml, in its order."""
    yield "Ensure the Docker user's group exists with the correct GID.", run.deploy_group
    yield "Ensure the Docker user is created.", run.deploy_user
    yield "Set the authorized SSH keys for the Docker user from the variable file.", run.deploy_keys
    yield 'Set the authorized SSH keys for the Docker user from the "spin configure" command.', run.deploy_public_key
    yield "Add public keys of admin or sudo users to Docker user", run.deploy_sudo


def first_failure(role, tasks):
    for name, task in tasks:
        try:
            task()
        except Failed:
            return role + name
    return None


def variables(source, extra, defaults):
    own = {**load(source), **(extra or {})}
    if any(name in OURS or name.startswith("ansible_") for name in own):
        raise Unknown("a name of the roles or of Ansible")
    return Vars(own, defaults)


def provision(source, server):
    """`spin provision` (playbooks/provision.yml): changes the server; returns the task that failed, or None."""
    try:
        run = Deploy(variables(source, None, DEFAULTS), server)
    except Unreadable:
        return "load"
    failed = first_failure(COMMON, common_tasks(run))
    if failed:
        return failed
    # The role docker installs the package, whose script makes the group.
    server.groups.setdefault("docker", [990, []])
    failed = first_failure(DEPLOY, deploy_tasks(run))
    if not failed and run.restarts:
        # roles/linux_common/handlers/main.yml, `Restart ssh`: at the end of a run that does not fail, if the template changed.
        server.sshd = sshd.settings(run.written)
    return failed


def configure_gha(source, server, key):
    """The second play of playbooks/prepare_ci_environment.yml: the role docker_user with the public key of the CI folder."""
    try:
        run = Deploy(variables(source, {"deploy_public_key": key}, DEFAULTS), server)
    except Unreadable:
        return "load"
    return first_failure(DEPLOY, deploy_tasks(run))


def tunnel(source):
    """playbooks/prepare_ci_environment.yml:54, the lines of AUTHORIZED_KEYS, or None where that playbook ends: `users |
    selectattr('groups', 'contains', 'sudo') | map(attribute='authorized_keys') | flatten | map(attribute='public_key') |
    join('\\n')`. The roles' defaults are not there.
    """
    try:
        names = variables(source, None, {})
        users = needed(names.get("users"))
        if isinstance(users, Vault):
            raise Unknown("vaulted users")
        if users is OMIT or (users and not isinstance(users, (list, str, dict, set))):
            raise Failed("not iterable")
        chosen = []
        for user in map(names.resolve, users or []):
            if contains(names, needed(names.attribute(user, "groups")), "sudo"):
                chosen.append(user)
        keys = attributes(names, flatten(names, attributes(names, chosen, "authorized_keys")), "public_key")
        return needed(join(names, keys, "\n")).split("\n")
    except (Failed, Unreadable):
        return None


def asked_port(source):
    """The port by which people connect: as the file spells it."""
    port = variables(source, None, DEFAULTS).get("ssh_port")
    return port.text if isinstance(port, Written) else text(port)


def sudo(server):
    """The accounts with sudo (`%sudo` in /etc/sudoers, a name and no number), and of them those that need no password."""
    who = [name for name in server.accounts if "sudo" in server.groups_of(name)]
    return who, who if server.nopasswd else []
