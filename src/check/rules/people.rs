//! SK2: people, under `users` and `additional_users`.

use super::{Rule, Severity};

rules! { PEOPLE:
    NO_USERS = "SK201" "no-users" Error, {
        title: "`users` is missing or holds nothing",
        effect: "the run fails before anything is done on a server",
        help: "add somebody who is in sudo: spin-keys add-user NAME",
        source: "roles/linux_common/tasks/validate-inputs.yml:3 and :7",
        why: "The shipped file has `users:` with nothing but comments below it, which is null. The role adds `users` and \
              `additional_users` up as lists, and null cannot be added to a list. `users: []` is a list, but then \
              somebody in `additional_users` has to be in sudo.",
    }
    USERS_NOT_A_LIST = "SK202" "users-not-a-list" Error, {
        title: "`users` or `additional_users` is no list",
        effect: "the run fails at once, and nobody gets in",
        help: "write it as a list: `- username: NAME`, with the rest of the entry below",
        source: "roles/linux_common/tasks/validate-inputs.yml:7 and users.yml:9",
        why: "The roles add the two up as lists and walk over the result. A mapping by name (`alice: {...}`), as other \
              tools have it, a string, or `additional_users:` with nothing below it cannot be added to a list.",
    }
    USER_NOT_A_MAPPING = "SK203" "user-not-a-mapping" Error, {
        title: "an entry of `users` or `additional_users` is no mapping",
        effect: "the run fails: there is no `username` in it",
        help: "write it as `- username: NAME`, with `groups` and `authorized_keys` below",
        source: "roles/linux_common/tasks/users.yml:14",
        why: "Each entry has to be a mapping with a `username`. A lone name (`- alice`) or a dash with nothing behind \
              it is none.",
    }
    NO_USERNAME = "SK204" "no-username" Error, {
        title: "an entry has no `username`",
        effect: "the run fails when it creates the users, and nobody's keys are installed",
        help: "write `username: NAME`, with the name of the account",
        source: "roles/linux_common/tasks/users.yml:14",
        why: "The account is created under `item.username`. `name` is only the full name, a comment in /etc/passwd. \
              Keys are installed after all accounts were created, so one bad entry keeps everybody out of a new server, \
              on which root's login is already closed by then.",
    }
    USERNAME_READ_AS_OTHER = "SK205" "username-is-not-text" Warning + fix, {
        title: "YAML reads this name as something else than the text that stands there",
        effect: "the account gets another name: `yes` becomes `True`, `0123` becomes `83`",
        help: "put the name in double quotes",
        source: "PyYAML `resolver.py` (YAML 1.1), roles/linux_common/tasks/users.yml:14",
        why: "Without quotes YAML 1.1 takes `yes`, `no`, `on`, `off`, `true`, `false` for booleans, and `0123`, `1_000`, \
              `0x1f`, `1:30`, `2001-01-01` for numbers and dates. Ansible prints what came out of it, so that nobody \
              with the name in the file exists.",
    }
    USERNAME_IS_NUMBER = "SK206" "username-is-a-number" Note, {
        title: "the name of this account is a number",
        effect: "the account is created, and tools such as chown and usermod may take its name for a user id",
        help: "prefer a name that opens with a letter",
        source: "useradd(8), roles/linux_common/tasks/users.yml:14",
        why: "All digits work for Spin and for logging in. `chown 1001 file`, though, means the user with that id \
              before the user with that name.",
    }
    BAD_USERNAME = "SK207" "bad-username" Error, {
        title: "Linux takes no account of this name",
        effect: "the run fails when it creates the users, and nobody's keys are installed",
        help: "use letters, digits, `_`, `-` and `.`, at most 32, opening with a letter or `_`",
        source: "useradd(8), roles/linux_common/tasks/users.yml:14",
        why: "useradd of Debian and Ubuntu refuses blanks, `:` and `,`, a leading `-`, `+` or `~`, and more than \
              32 characters. Upper case, digits, dots, `@` and `/` work, though other tools may stumble over them.",
    }
    DUPLICATE_USER = "SK208" "duplicate-user" Warning, {
        title: "the same account is listed twice",
        effect: "Spin handles both entries in turn: the groups of the last one win, the keys of both are installed",
        help: "put both into one entry",
        source: "roles/linux_common/tasks/users.yml:12 and :34",
        why: "`ansible.builtin.user` sets the groups of the account to those of the entry at hand. A second entry \
              without `sudo` takes sudo away again, while the first entry's first key still opens the deploy account.",
    }
    NO_GROUPS = "SK210" "no-groups" Error + fix, {
        title: "a user has no `groups`",
        effect: "the run fails: where it is null before anything is done, where it is missing at the deploy account, and with \
                 ansible-core 2.18 before any key is installed",
        help: "write `groups: []`, or `groups: ['sudo']`",
        source: "roles/linux_common/tasks/users.yml:16, roles/docker_user/tasks/main.yml:40",
        why: "The roles join the groups before they look whether there are any, and ask `'sudo' in item.groups` of every \
              entry of `users`. An empty list is right for somebody without groups. --fix writes that one: it gives \
              nobody more than they have.",
    }
    GROUPS_NOT_A_LIST = "SK211" "groups-not-a-list" Error + fix, {
        title: "`groups` is no list of names",
        effect: "a string is joined letter by letter (`Group d does not exist`), null becomes `None`, and the run fails",
        help: "write a list: `groups: ['sudo']`",
        source: "roles/linux_common/tasks/users.yml:16",
        why: "`item.groups | join(\",\")` makes `s,u,d,o` of `sudo`. --fix makes a list of the words of the string.",
    }
    NO_SUCH_GROUP = "SK212" "group-of-a-later-role" Error, {
        title: "the group `docker` does not exist on a new server when the users are created",
        effect: "on a new server the run fails when it creates this user, and nobody's keys are installed",
        help: "take `docker` out: people in sudo can use Docker through it, the deploy account is in the group by itself",
        source: "roles/linux_common/tasks/users.yml:16; the group comes with the later roles/docker",
        why: "The users are created before Docker is installed, and useradd refuses unknown groups. By then root's login \
              is closed, and no key is installed yet: a new server lets nobody in. On a server that has Docker it works, \
              until the next server is made.",
    }
    UNKNOWN_GROUP = "SK213" "unknown-group" Warning, {
        title: "a new server does not have this group",
        effect: "where the group does not exist, the run fails when it creates this user, and nobody's keys are installed",
        help: "make the group on the servers first, or take it out",
        source: "roles/linux_common/tasks/users.yml:16",
        why: "Spin creates no groups for people. The groups of a fresh Debian or Ubuntu are known (`sudo`, `adm`, \
              `www-data` and so on); any other has to be there before `spin provision` runs.",
    }
    NO_SUDO = "SK214" "nobody-in-sudo" Error, {
        title: "nobody is in `sudo`",
        effect: "the run fails before anything is done on a server: it wants at least one",
        help: "write `groups: ['sudo']` for one user, or add one: spin-keys add-user NAME",
        source: "roles/linux_common/tasks/validate-inputs.yml:26",
        why: "Root cannot log in on a server of Spin, so somebody else has to be able to administer it. Spin counts the \
              entries of `users` and `additional_users` whose `groups` hold `sudo`.",
    }
    SUDO_WITHOUT_KEY = "SK215" "sudo-without-key" Error, {
        title: "a user in `sudo` has no key that Spin reads",
        effect: "the run fails when it gives the first key of each sudo user to the deploy account",
        help: "give them a key: spin-keys add-user NAME",
        source: "roles/docker_user/tasks/main.yml:38",
        why: "`item.authorized_keys.0.public_key` is read for every entry of `users` in sudo, and without an item 0 the \
              run ends there. The users can log in by then; the deploy account lacks the keys of whoever comes later.",
    }
    KEYS_NOT_A_LIST = "SK216" "keys-not-a-list" Error, {
        title: "`authorized_keys` is no list",
        effect: "the run fails when it installs the users' keys, and nobody's keys are installed",
        help: "write a list: `- public_key: \"ssh-...\"`; leave the field away where there is no key",
        source: "roles/linux_common/tasks/users.yml:39 (with_subelements)",
        why: "The role walks over `authorized_keys` of all users at once. Where it is null, a string or a mapping the \
              whole walk ends before the first key. `[]` and a missing field are fine for people outside sudo.",
    }
    KEY_NOT_A_MAPPING = "SK217" "key-not-a-mapping" Error + fix, {
        title: "a key stands in `authorized_keys` without `public_key:`",
        effect: "the run fails at this key: the item has no `public_key`",
        help: "write the item as `- public_key: \"ssh-...\"`",
        source: "roles/linux_common/tasks/users.yml:37",
        why: "Items of `authorized_keys` are mappings with `public_key` and, to take a key away, `state`. Plain strings \
              are the form of `docker_user.authorized_ssh_keys` alone.",
    }
    FIELD_NEVER_READ = "SK218" "field-never-read" Error + fix, {
        title: "`authorized_ssh_keys` of a user is never read by Spin",
        effect: "no key under it gets in; for a user in sudo without `authorized_keys` the run fails",
        help: "rename it to `authorized_keys`, with items `- public_key: \"ssh-...\"`",
        source: "roles/linux_common/tasks/users.yml:41, roles/docker_user/tasks/main.yml:38",
        why: "Spin's own documentation names this field for users, but no role reads it there. It is the field of \
              `docker_user`. Without sudo nothing is said: the account simply has no key.",
    }
    UNKNOWN_FIELD = "SK219" "unknown-field" Warning, {
        title: "a user has a field that Spin never reads",
        effect: "what stands under it is silently passed over",
        help: "fields of a user are username, name, groups, authorized_keys, state, password, shell, homedir, uid and \
               update_password",
        source: "roles/linux_common/tasks/users.yml:13",
        why: "The usual cause is a slip (`authorized_key`, `group`, `home`), or a field of another tool.",
    }
    BAD_USER_STATE = "SK220" "bad-user-state" Error, {
        title: "`state` of a user is neither `present` nor `absent`",
        effect: "the run fails when it creates the users, and nobody's keys are installed",
        help: "write `state: present` or `state: absent`, or leave it away",
        source: "roles/linux_common/tasks/users.yml:20",
        why: "The value is handed to `ansible.builtin.user`, which takes these two, in lower case.",
    }
    NO_PASSWORD = "SK221" "sudo-without-password" Error, {
        title: "a user in sudo has no `password`, and `use_passwordless_sudo` is false",
        effect: "the run fails before anything is done on a server",
        help: "add `password:` with a hash from `spin mkpasswd`, or set `use_passwordless_sudo: true`",
        source: "roles/linux_common/tasks/validate-inputs.yml:12",
        why: "Without passwordless sudo an account without a password could never use sudo. The role refuses that.",
    }
    PASSWORD_SET = "SK222" "password-is-asked-to-be-changed" Note, {
        title: "a user has a `password`",
        effect: "their first login demands a new password, which no script can give; the key itself is accepted",
        help: "leave `password` away where sudo is passwordless, above all for accounts of scripts",
        source: "roles/linux_common/tasks/users.yml:26 (chage -d 0)",
        why: "After a password is set the role expires it, so that whoever logs in first has to choose another one.",
    }
    NO_KEY_AT_ALL = "SK223" "user-without-key" Note, {
        title: "a user has no key",
        effect: "the account is created, and nobody can log in to it by key",
        help: "give them a key: spin-keys add-user NAME; or leave it so for an account that only owns files",
        source: "roles/linux_common/tasks/users.yml:42 (skip_missing)",
        why: "Spin servers take no passwords over SSH. An account without a key is reached only through sudo.",
    }
    BAD_PASSWORD = "SK224" "bad-password" Error, {
        title: "the `password` of a user is null or a number",
        effect: "the run fails after it created the users, and nobody's keys are installed",
        help: "write a hash from `spin mkpasswd` in quotes, or leave the field away",
        source: "roles/linux_common/tasks/users.yml:31 (length of None)",
        why: "The role asks for the length of the password, which null and numbers do not have. An empty string is fine: \
              it is no password.",
    }
}
