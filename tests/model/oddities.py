"""What is odd in a field: values for each, as YAML where their spelling counts. `K1` and `K2` stand for keys, `OTHER` for
somebody else's name.
"""
from writer import Raw

HASH = "$6$mysecretsalt$" + "qJbapG68nyRab3gxvKWPUcs2g3t0oMHSHMnSKecYNpSi3CuZm.GbBqXO8BE6EI6P1JUefhA0qvD7b5LSh./PU1"
VAULT = Raw("!vault \"$ANSIBLE_VAULT;1.1;AES256\\n3132\"")
ABSENT = Raw("(absent)")

USER = {
    "groups": [
        ["adm,sudo"], [" sudo"], ["sudo "], [27], ["27"], Raw("[033]"), Raw("[027]"), Raw("{sudo: }"), Raw("{adm: 1, sudo: 2}"),
        Raw("!!set {sudo}"), "sudo", "", None, ABSENT, [], [""], [",sudo"], ["docker"], ["deploy"], ["nosuch"], ["users"],
        ["staff"], ["OTHER"], ["sudo", "sudo"], ["adm, sudo"], ["sudo", None], [["sudo"]], "{{ admin_groups }}",
        ["{{ 'su' ~ 'do' }}"], ["{{ omit }}"], True, 27, ["root"], ["disk"], ["www-data"], ["Sudo"], ["docker", "sudo"], [4],
        ["sudo,nosuch"], {}, "{{ nosuch }}", "x"],
    "state": ["present", "absent", "absent", "Absent", None, True, "", " absent", "{{ 'absent' }}", "{{ st }}", "latest",
              "{{ st | default('present') }}", Raw("!unsafe absent"), "{{ omit }}"],
    "shell": ["/bin/sh", "/usr/bin/bash", "/bin/zsh", "zsh", "/usr/sbin/nologin", "/bin/false", "", None, "/bin/bash ", True,
              "/bin/bash -l", "/bin/bash:x", "/bin/dash", "/usr/bin/fish", "/bin/bash"],
    "homedir": ["/home/team", "/srv/own", "/root", "~", "", "relative", "/home/bo:b", "/home/deploy", "/home/OTHER",
                "/home/OTHER/sub", "/home/own/", None, "/", "/opt", "/nosuch/dir/own", "/home//OTHER", "/tmp", "~OTHER"],
    "password": [HASH, HASH, "!", "*", "plain", "", None, 5, True, [], "a:b", "a\nb", "!" + HASH, VAULT, "$6$abc$x"],
    "uid": [1500, 1000, 1001, 1002, "1005", Raw("01750"), Raw("0x3e9"), Raw("16:40"), 9999, 0, 33, -1, True, "", None,
            Raw("1e3"), "{{ 1000 + 5 }}", Raw("1005.5"), Raw("1005.0"), "01005", 65534, Raw("1_005")],
    "update_password": ["always", "always", "on_create", "Always", None, "", "never"],
    "name": ["Alice Smith", "a:b", "a\nb", None, 5, {"a": "b"}, "Bob Ö", "{{ admin }}", VAULT, True, "a,b", ["x"]],
    "username": [True, "bob ", "", None, 1001, "../root", "x/../OTHER", "bo/b", "root", "sudo", "staff", "www-data", "nobody",
                 "deploy", "deploy", ["bob"], "Bob", "bob.smith", "-bob", "+bob", "OTHER", "OTHER", ABSENT, Raw("12:30"), 0,
                 "bo,b", "{{ users[0].username }}", "b ob", Raw("0x1F"), Raw(".5"), "bo$b", "böb", "docker", "adm", "{{ omit }}"],
    "authorized_keys": [
        ABSENT, None, [], {}, "K1", ["K1"], [None], [{}], {"public_key": "K1"}, Raw("!!set {}"), "{{ key_items }}",
        "{{ users[0].authorized_keys }}", "{{ omit }}", [{"public_key": "K1"}, None], [[{"public_key": "K1"}]], "",
        [{"Public_key": "K1"}], [{"state": "absent"}], "{{ nosuch }}", VAULT, [{"public_key": "{{ users[0].authorized_keys[0].public_key }}"}]],
    "skipped": [True, False],
    "authorized_ssh_keys": [["K1"], "K1"],
    "exclusive": [True],
}
KEY = {
    "state": ["absent", "absent", "absent", "absent", "present", "Absent", None, True, "", "{{ 'absent' }}", "{{ st }}", "{{ omit }}"],
    "public_key": [
        "K1\nK2", "K1\nK2\n", "# K1", "#K1", "  # K1", "K1\n# K2", "", None, ["K1"], {"a": "K1"}, 5, True, "https://github.com/nobody.keys",
        "file:///root/.ssh/authorized_keys", "file:///home/OTHER/.ssh/authorized_keys", "file:///nosuch", "{{ admin_key }}",
        "{{ admin_key }} x", "{{ nosuch }}", VAULT, "expiry-time=\"20200101\" K1", "expiry-time=\"20991231\" K1",
        "cert-authority K1", "principals=\"x\" K1", "restrict,command=\"echo hi\" K1", "from=\"10.0.0.1\" K1", "bogus K1",
        "command=\"a\",command=\"b\" K1", "K1ssh-ed25519 x", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI short", "ssh-ed25519",
        "\tK1", "K1\\nK2", "K1\x0bK2", "K1\xa0x", "K1\0K2", "ssh-ed25519 K1", "permitopen=\"x:1\",permitopen=\"y:2\" K1",
        "no-pty,no-port-forwarding K1", "{{ [admin_key, 'K1'] | join('\\n') }}", "{{ [admin_key, 'K1'] | join('\n') }}", Raw("!unsafe \"BLOB1 {{ nosuch }}\""),
        "BLOB1 other comment", "BLOB1", "file:relative", "K1 {# x #}", "FILE:///x", ABSENT, "environment=\"A=b c\" K1"],
    "path": ["/etc/ssh/x"],
    "key_options": ["no-pty"],
}
DOCKER = {
    "username": ["OTHER", "OTHER", "root", "www-data", True, "", None, "{{ 'deploy' }}", "{{ users[0].username }}", "runner", ABSENT, 1001, "sudo",
                 "de ploy"],
    "uid": [1000, 1001, "9998", 9998, 0, 33, -1, True, None, "", Raw("9_998"), "{{ 9000 + 1 }}", 5000],
    "gid": [1000, 27, 33, None, "", True, 9998, Raw("023416"), "9999", 100],
    "group": ["sudo", "root", "docker", "users", 0, "", None, "OTHER", "deploy ", "staff", ["deploy"], "runner"],
    "secondary_groups": ["sudo", "docker,sudo", ["docker", "sudo"], [], None, "", "deploy", "root", "nosuch", True, {"sudo": 1}, [27],
                         ["docker,sudo"], "docker,", "{{ ['docker'] }}", "{{ omit }}", "docker, sudo", "adm", [None]],
    "home": ["/home/OTHER", "/root", "~", "", "relative", "/opt/deploy", "/data/x/y", None, "/home/deploy/", "/home/de:ploy", "/"],
    "authorized_ssh_keys": ["K1", "K1\nK2", [["K1", "K2"]], [[]], [[["K1"]]], None, {}, [None], [{"public_key": "K1"}], True, 0, [], "",
                            "{{ ci_keys }}", ["{{ admin_key }}"], ["{{ ci_keys }}"], ["K1", "# K2"], ["K1", ""], ["K1", 5], VAULT,
                            ["file:///root/.ssh/authorized_keys"], ["https://github.com/nobody.keys"], ABSENT],
    "password": ["x"],
    "authorized_keys": [[{"public_key": "K1"}]],
}
TOP = {
    "docker_user": [None, "deploy", [], {}, "{{ dep }}", {"username": "deploy"}, ABSENT, Raw("!!omap [username: deploy]"), "{{ omit }}", "{{ nosuch }}"],
    "deploy_public_key": ["K1", "K1", "K1", "", None, ["K1"], 5, "# K1", "K1\nK2", "{{ admin_key }}"],
    "use_passwordless_sudo": [False, "no", "false", "", None, 0, "{{ false }}", ABSENT, ABSENT, True, 2, Raw("n")],
    "ssh_port": [22, 2222, "2222", Raw("02222"), None, "abc", 0, ABSENT, "70000"],
    "ssh_permit_root_login": ["yes", "no", True, False, None, "prohibit-password", "without-password", "maybe"],
    "ssh_password_authentication": ["yes", "no", True, False, None],
    "ssh_allow_tcp_forwarding": ["yes", "no", True, False, None, "local"],
    "ssh_gateway_ports": ["yes", "no", True, False, "clientspecified"],
    "server_contact": ["changeme@example.com", None, "{{ nosuch }}", ABSENT, "{{ admin }}", 5, "{{ lookup('pipe', 'id') }}"],
    "users": [None, [], {}, "x", False, "{{ team }}", "{{ omit }}", ABSENT],
    "additional_users": [None, [], {}, "x", ["dave"], [None], [{}], 0, "{{ team }}", "{{ omit }}", "{{ nosuch }}", Raw("!!set {}"),
                         Raw("[[{username: erin, groups: [], authorized_keys: [{public_key: K1}]}]]")],
    "Users": [[]],
    "flattend_users": [[]],
}
# What the templates above name.
NAMES = {
    "admin_groups": ["sudo"], "st": "absent", "admin": "erin", "admin_key": "K2", "ci_keys": ["K1", "K2"],
    "key_items": [{"public_key": "K1"}, {"public_key": "K2"}], "dep": {"username": "deploy", "authorized_ssh_keys": ["K1"]},
    "team": [{"username": "erin", "groups": ["sudo"], "authorized_keys": [{"public_key": "K1"}]}],
}
