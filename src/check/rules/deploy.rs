//! SK3: the deploy account, `docker_user`.

use super::{Rule, Severity};

rules! { DEPLOY:
    DEPLOY_WITHOUT_USERNAME = "SK301" "docker-user-without-username" Error + fix, {
        title: "`docker_user` has no `username`",
        effect: "the run fails before the deploy account is made; the users get in",
        help: "add `username: deploy`",
        source: "roles/docker_user/tasks/main.yml:9, roles/docker_user/defaults/main.yml:1",
        why: "The file is passed as extra variables, and an extra variable replaces the role's default of that name \
              whole: with `docker_user` in the file, the default's `username: deploy` is gone.",
    }
    DEPLOY_NOT_A_MAPPING = "SK302" "docker-user-not-a-mapping" Error, {
        title: "`docker_user` is no mapping",
        effect: "the run fails before the deploy account is made; the users get in",
        help: "remove it to have the role's default, or write `username: deploy` below it",
        source: "roles/docker_user/tasks/main.yml:3 and :9",
        why: "The file is passed as extra variables, which replace the role's defaults whole: `docker_user:` with \
              nothing below it is null, and null has no `username`.",
    }
    DEPLOY_FIELD_NEVER_READ = "SK303" "docker-user-field-never-read" Error + fix, {
        title: "`docker_user.authorized_keys` is never read by Spin",
        effect: "no key under it gets in, and nothing is said",
        help: "rename it to `authorized_ssh_keys`, with each key as a string",
        source: "roles/docker_user/tasks/main.yml:24",
        why: "The two fields have opposite homes: `authorized_keys` with mappings is for users, `authorized_ssh_keys` \
              with strings is for `docker_user`.",
    }
    DEPLOY_KEY_NOT_A_STRING = "SK304" "docker-user-key-not-a-string" Error + fix, {
        title: "a key in `docker_user.authorized_ssh_keys` is no string",
        effect: "the run fails at this key: `invalid key specified`",
        help: "write the item as a string: `- \"ssh-...\"`",
        source: "roles/docker_user/tasks/main.yml:23",
        why: "Each item is handed to `ansible.posix.authorized_key` as it is. A mapping with `public_key` is the form of \
              users' `authorized_keys` alone.",
    }
    DEPLOY_KEYS_NOT_A_LIST = "SK305" "docker-user-keys-not-a-list" Error, {
        title: "`docker_user.authorized_ssh_keys` is a mapping or a number",
        effect: "the run fails when it installs the keys of the deploy account",
        help: "write a list of strings, `[]` for none, or leave the field away",
        source: "roles/docker_user/tasks/main.yml:24",
        why: "A list is expected; a lone string works like a list of one, and null like an empty one.",
    }
    DEPLOY_UNKNOWN_FIELD = "SK306" "docker-user-unknown-field" Warning, {
        title: "`docker_user` has a field that Spin never reads",
        effect: "what stands under it is silently passed over",
        help: "fields of docker_user are username, authorized_ssh_keys, home, group, secondary_groups, uid and gid",
        source: "roles/docker_user/tasks/main.yml",
        why: "The usual cause is a slip (`authorized_ssh_key`), or a field of users (`groups`, `state`).",
    }
    DEPLOY_IS_USER = "SK307" "docker-user-is-a-user" Warning, {
        title: "the deploy account is also a user with groups",
        effect: "Spin sets the groups of the account to `docker` alone: it loses sudo and the others; the keys of both count",
        help: "give `docker_user` a name of its own",
        source: "roles/docker_user/tasks/main.yml:12 (after roles/linux_common)",
        why: "The account is created as a user first, then changed into the deploy account. An entry with `groups: []`, which \
              takes keys away from the deploy account, is fine.",
    }
    DEPLOY_VARIABLE = "SK308" "deploy-public-key-in-file" Warning, {
        title: "the variable `deploy_public_key` stands in the file",
        effect: "Spin gives the key in it to the deploy account on each run, which no list of keys shows",
        help: "move the key to `docker_user.authorized_ssh_keys`",
        source: "roles/docker_user/tasks/main.yml:27",
        why: "`spin configure gha` passes this variable on its command line. In the file it opens the deploy account from a \
              place where nobody looks for keys.",
    }
}
