//! SK2: the fields of people that decide whether Spin can make the account, and whether anybody can log in to it.
//!
//! The judgement is the predicted run: `provision` names the rule and the place.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::layout::Section;
use crate::spin::provision::outcome::{Account, Failure};
use crate::yaml::quote;

rules! { ACCOUNTS:
    BAD_UID = "SK225" "bad-uid" Error, {
        title: "the `uid` is not a number, or another account has it",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "omit `uid`, or choose a number between 1000 and 60000 that nobody else has; 9999 is the deploy account's",
        source: "useradd(8), roles/linux_common/tasks/users.yml:21",
        why: "useradd gives 1000, 1001 and so on to users without a `uid`, in the order of the file, so a later entry \
            cannot have one of these. YAML 1.1 reads `01750` and `16:40` as 1000. A `uid` of 9999 lets the user in, \
            but then the deploy account cannot be created.",
    }
    BAD_HOMEDIR = "SK226" "bad-homedir" Error, {
        title: "the `homedir` is not an absolute path",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "omit `homedir`, or write a path that starts with `/` and has no colon",
        source: "useradd(8), roles/linux_common/tasks/users.yml:17",
        why: "useradd refuses an empty or relative home, and one with `:`, which separates the fields of /etc/passwd.",
    }
    HOME_NOT_OWN = "SK227" "home-not-own" Error, {
        title: "the home belongs to another account",
        effect: "Spin installs the keys, but sshd refuses them: nobody can log in to this account",
        help: "give each account a home of its own: omit `homedir` and `docker_user.home`",
        source: "sshd_config(5) StrictModes; ansible.posix authorized_key (keyfile)",
        why: "sshd reads `authorized_keys` only where the home, `.ssh` and the file belong to the account or to root, \
            and nobody else can write to them. The home belongs to the account for which it was created; `.ssh` goes to \
            the account whose keys are installed last, so both may be locked out. `~` is /root: keys written there \
            shut out the key of the provider.",
    }
    BAD_SHELL = "SK228" "bad-shell" Error, {
        title: "the `shell` is not an absolute path",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "omit `shell` (the role sets /bin/bash), or write the whole path",
        source: "useradd(8), roles/linux_common/tasks/users.yml:19",
        why: "useradd takes `/bin/bash`, not `bash`, and nothing with a colon or a line break.",
    }
    NO_LOGIN_SHELL = "SK229" "no-login-shell" Error, {
        title: "the `shell` is not a login shell that a new server has",
        effect: "Spin installs the keys, but nobody can log in to this account",
        help: "omit `shell` (the role sets /bin/bash), or add the shell's package to `common_additional_packages`",
        source: "OpenSSH auth.c (allowed_user), roles/linux_common/tasks/users.yml:19",
        why: "sshd refuses an account whose shell does not exist or cannot be executed; `/usr/sbin/nologin` and \
            `/bin/false` end the session at once. The first key of a user in sudo still opens the deploy account.",
    }
    BAD_FULL_NAME = "SK230" "bad-full-name" Error, {
        title: "the `name` has a colon or a line break",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "write the full name without `:`, in quotes",
        source: "useradd(8), roles/linux_common/tasks/users.yml:15",
        why: "The name becomes a field of /etc/passwd, in which colons separate the fields. A mapping or list is \
            printed as Python does it, with colons.",
    }
    BAD_UPDATE_PASSWORD = "SK231" "bad-update-password" Error, {
        title: "`update_password` is neither `always` nor `on_create`",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "write `always` or `on_create`, or omit it",
        source: "ansible.builtin.user, roles/linux_common/tasks/users.yml:22",
        why: "The module takes these two words, in lower case. The default of the role is `on_create`.",
    }
    PASSWORD_LOCKS = "SK232" "password-locks" Error, {
        title: "the `password` is no hash that somebody could know",
        effect: "Spin installs the keys, but nobody can log in to this account: the first login asks for this password",
        help: "write a hash from `spin mkpasswd`, or omit `password` if sudo is passwordless",
        source: "roles/linux_common/tasks/users.yml:26 (chage -d 0)",
        why: "The role expires each password that it sets. The first login, by key too, asks for the old password and \
            a new one. `!`, `*` and plain text have no old password that would fit, so the account stays closed for \
            good. The first key of a user in sudo still opens the deploy account.",
    }
    ROOT_IS_CLOSED = "SK233" "root-is-closed" Error, {
        title: "root cannot log in to a Spin server",
        effect: "Spin installs the keys for root, and sshd refuses them",
        help: "give the person an account of their own in sudo",
        source: "roles/linux_common/defaults/main.yml (ssh_permit_root_login), sshd_config(5)",
        why: "The role writes `PermitRootLogin no` unless `ssh_permit_root_login` says otherwise.",
    }
    UNUSABLE_NAME = "SK235" "unusable-name" Error, {
        title: "nobody can log in with this account name",
        effect: "Spin creates the account and installs its keys, but no login with this name is possible",
        help: "use letters, digits, `_`, `-` and `.`",
        source: "OpenSSH ssh.c (valid_ruser), useradd(8)",
        why: "useradd takes names with `/` and with signs of the shell; ssh and sshd do not. A name such as `../root` \
            is worse: its home is somebody else's, so its keys are written there, and the owner is locked out.",
    }
    NO_HOME = "SK236" "no-home" Error, {
        title: "the account is one of the system's and has no home",
        effect: "the run fails when it installs this key",
        help: "use an account of your own",
        source: "/etc/passwd of base-passwd (nobody), ansible.posix authorized_key (keyfile)",
        why: "The home of accounts such as `nobody` is /nonexistent, and the module cannot create a folder in it.",
    }
    NO_ADMIN = "SK238" "no-admin-can-log-in" Error, {
        title: "no user in sudo can log in",
        effect: "Spin locks root out, and nobody who could administer the server can log in",
        help: "add a key that works to a user in sudo: spin-keys add-user NAME",
        source: "roles/linux_common/tasks/validate-inputs.yml:26, roles/linux_common/tasks/security.yml",
        why: "The role only checks that a user in sudo is listed, not that one of their keys lets them in. A key that \
            is expired, revoked or refused by sshd, a shell without login, and a deploy account that takes a user's \
            groups all leave a server that nobody can provision again.",
    }
}

impl Checker<'_, '_, '_> {
    /// SK2 and SK3: what the run cannot do, and accounts that nobody can log in to.
    pub(crate) fn outcome(&mut self) {
        let outcome = self.outcome;
        for account in outcome.intended() {
            if let Some(closed) = account.closed.as_ref().filter(|_| !account.keys.is_empty()) {
                self.closed(account, closed);
            }
        }
        self.admin();
    }

    fn closed(&mut self, account: &Account, closed: &Failure) {
        // Settings that close all accounts have rules of their own.
        let Some(rule) = ACCOUNTS.iter().find(|rule| rule.code == closed.rule) else { return };
        self.account = Some(account.name.clone());
        self.add_at(rule, closed.at..closed.at, format!("{}: {}", quote(&account.name), rule.title));
        self.account = None;
    }

    /// Somebody in sudo can log in. Failures of the run and settings that stop sshd are reported by other rules.
    fn admin(&mut self) {
        let outcome = self.outcome;
        let is_known = outcome.unresolved.is_empty() && outcome.unresolved_deploy.is_empty();
        let is_open = |account: &Account| {
            let is_sudo = account.groups.iter().any(|group| group == "sudo");
            let may_log_in = !account.unknown_keys().is_empty()
                || account.keys.iter().any(|key| account.opens(key, self.context.now));
            is_sudo && may_log_in
        };
        let stops_sshd =
            outcome.accounts.iter().flat_map(|account| &account.closed).any(|it| it.rule.starts_with("SK7"));
        if outcome.failure.is_some()
            || stops_sshd
            || !is_known
            || outcome.accounts.iter().any(|account| is_open(account))
        {
            return;
        }
        let entry = self.document.root().and_then(|root| self.document.entry(root, Section::Users.key()));
        if let Some((key, _)) = entry {
            self.add(&NO_ADMIN, key, "no user in sudo can log in");
        }
    }
}
