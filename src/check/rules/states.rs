//! SK5: taking keys away, and keys that stand in several places.

use super::{Rule, Severity};

rules! { STATES:
    BAD_KEY_STATE = "SK501" "bad-key-state" Error, {
        title: "`state` of a key is neither `present` nor `absent`",
        effect: "the run fails at this key",
        help: "write `state: absent` to take the key away; leave `state` away to install it",
        source: "roles/linux_common/tasks/users.yml:38",
        why: "The value is handed to `ansible.posix.authorized_key`, which takes these two, in lower case.",
    }
    ABSENT_KEY_FIRST = "SK502" "absent-key-first" Error + fix, {
        title: "the first key of a user in sudo is `absent`",
        effect: "Spin takes it from the user and gives it to the deploy account, which it opens",
        help: "put a key that is present first",
        source: "roles/docker_user/tasks/main.yml:38",
        why: "The deploy account gets `authorized_keys.0` of every entry of `users` in sudo, whatever its `state`. A key \
              that was revoked at item 0 lets its owner in as deploy, who runs every container. --fix puts the first \
              key that is present before it.",
    }
    ABSENT_USER_IN_SUDO = "SK503" "absent-user-in-sudo" Error, {
        title: "a user with `state: absent` is still in sudo",
        effect: "Spin removes the account and gives its first key to the deploy account, which it opens",
        help: "write `groups: []` for them",
        source: "roles/docker_user/tasks/main.yml:38",
        why: "The state of an entry is not looked at when the deploy account gets the first key of every entry in sudo. \
              Whoever left the team gets in as deploy, on every new server.",
    }
    LOCKED_OUT = "SK504" "no-present-key" Error, {
        title: "all keys of a user are `absent`",
        effect: "Spin takes every key away, and nobody can log in to the account",
        help: "add a key that is present, or write `state: absent` and `groups: []` for the user if they shall go",
        source: "roles/linux_common/tasks/users.yml:38",
        why: "A key is taken away by `state: absent` on its item. With the last one gone the account stays, and its owner \
              is locked out.",
    }
    REVOCATION_UNDONE = "SK505" "revocation-undone" Warning, {
        title: "a key is taken away from the deploy account and given to it again",
        effect: "Spin removes the key with the users' keys and installs it again when it sets up the deploy account",
        help: "take the key out of the place that installs it as well",
        source: "roles/linux_common/tasks/users.yml:34, then roles/docker_user/tasks/main.yml:19 and :34",
        why: "An entry in `users` for the deploy account, with the key `absent`, is the one way to take a key from \
              it. It runs before the keys of `docker_user` and the first keys of sudo users are installed, so a key \
              that stands there comes back.",
    }
    KEY_ON_SEVERAL = "SK506" "key-on-several-principals" Warning, {
        title: "the same key stands under several principals",
        effect: "whoever has the private half gets in as each of them, and a log tells none from the other",
        help: "give each person a key of their own",
        source: "roles/linux_common/tasks/users.yml:34, roles/docker_user/tasks/main.yml:19",
        why: "Often the same line was pasted twice. Where one person is meant to use several accounts, it works; taking \
              the key away has to be done in every place then.",
    }
    KEY_TWICE = "SK507" "key-twice" Warning + fix, {
        title: "the same key stands twice in one list",
        effect: "Spin installs it once: the options and comment of the last one win",
        help: "remove one of the two",
        source: "ansible.posix authorized_key (keys are told apart by their base64)",
        why: "A second copy is easily forgotten when the key is to be taken away. --fix removes the later one where the \
              two differ in nothing but the comment.",
    }
    CONFLICTING_STATES = "SK508" "present-and-absent" Warning, {
        title: "the same key is present and absent in one list",
        effect: "Spin follows the list: what stands later wins",
        help: "remove one of the two",
        source: "roles/linux_common/tasks/users.yml:34",
        why: "The items are worked through in turn. Which of the two is meant, only its owner can tell.",
    }
}
