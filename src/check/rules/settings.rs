//! SK7: settings of the file that decide who gets in: those of sshd, and of sudo.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::ansible_value::Value;
use crate::spin::provision::sshd_settings::{self, PORT};
use crate::spin::provision::validate_inputs::has_password;
use crate::yaml::{Kind, NodeId, ScalarStyle, quote};

rules! { SETTINGS:
    SSHD_SETTING = "SK701" "sshd-setting-unusable" Error, {
        title: "sshd does not accept the value of this setting",
        effect: "Spin writes it into sshd's configuration, sshd does not start again, and nobody can log in",
        help: "write the word in quotes: \"yes\" or \"no\"; or omit the setting",
        source: "roles/linux_common/templates/etc/ssh/sshd_config.d, sshd_config(5)",
        why: "YAML 1.1 reads `yes` and `no` without quotes as booleans, and the template writes them as `True` and \
            `False`, which sshd refuses; null becomes nothing. The run itself succeeds.",
    }
    SSH_PORT = "SK702" "ssh-port-unusable" Error, {
        title: "`ssh_port` is not a port",
        effect: "Spin writes it into sshd's configuration, sshd does not start again, and nobody can log in",
        help: "write a number from 1 to 65535, in quotes",
        source: "roles/linux_common/templates/etc/ssh/sshd_config.d/01-spin-secure-ssh.conf.j2, sshd_config(5)",
        why: "The template writes the value behind `Port`; null leaves that line without a number.",
    }
    NO_PASSWORDLESS = "SK703" "passwordless-sudo-not-set" Warning, {
        title: "`use_passwordless_sudo` is missing, and users in sudo have no `password`",
        effect: "nobody can use sudo without a password, and users without a password cannot use it at all",
        help: "write `use_passwordless_sudo: true`, or give the users in sudo a `password`",
        source: "roles/linux_common/tasks/validate-inputs.yml:14 (default true), security.yml:20 (default false)",
        why: "The check takes a missing variable for true, the task that writes /etc/sudoers for false. The run \
            succeeds and locks root out; after that no user without a password can administer the server.",
    }
    QUOTED_BOOLEAN = "SK704" "passwordless-sudo-is-text" Warning, {
        title: "`use_passwordless_sudo` is a text, and every text but an empty one counts as true",
        effect: "sudo asks nobody for a password",
        help: "write `true` or `false` without quotes",
        source: "roles/linux_common/tasks/security.yml:20",
        why: "In a condition of Jinja, \"no\" and \"false\" in quotes are texts that are not empty: true.",
    }
    ROOT_LOGIN = "SK705" "root-login-permitted" Warning, {
        title: "root can log in with a key",
        effect: "everyone whose key the provider put on the server logs in as root, whatever the file says of users",
        help: "omit `ssh_permit_root_login`; the default is \"no\"",
        source: "roles/linux_common/templates/etc/ssh/sshd_config.d/01-spin-secure-ssh.conf.j2",
        why: "When servers are created, the keys of all users in sudo and of the provider's account are root's. Spin \
            closes root; this setting opens it again.",
    }
    PORT_READ_AS_OTHER = "SK706" "ssh-port-read-as-other" Warning, {
        title: "YAML does not read this port as it is written",
        effect: "sshd listens on another port",
        help: "write the number without a leading zero, in quotes",
        source: "PyYAML `resolver.py` (YAML 1.1)",
        why: "YAML 1.1 reads a number with a leading zero as octal: `02222` is 1170. `2_222` is 2222.",
    }
}

impl Checker<'_, '_, '_> {
    pub(crate) fn settings(&mut self) {
        let document = self.document;
        let Some(root) = document.root().filter(|root| Value::of(document, *root) == Value::Map) else { return };
        for broken in sshd_settings::broken(document) {
            let rule = if broken.rule == SSH_PORT.code { &SSH_PORT } else { &SSHD_SETTING };
            let key = document.entries(root).iter().find(|(_, value)| document.node(*value).start == broken.at);
            let name = key.and_then(|(key, _)| document.scalar(*key)).unwrap_or_default();
            self.add_at(
                rule,
                broken.at..broken.at,
                format!("sshd does not start with this value of `{}`", quote(name)),
            );
        }
        if let Some((_, node)) = document.entry(root, PORT) {
            self.port(node);
        }
        if let Some((_, node)) = document.entry(root, "ssh_permit_root_login")
            && let Value::Text(text) = Value::of(document, node)
            && ["yes", "prohibit-password", "without-password"].contains(&&*text.trim().to_ascii_lowercase())
        {
            self.add(&ROOT_LOGIN, node, "`ssh_permit_root_login` lets root log in with a key");
        }
        self.passwordless(root);
    }

    fn port(&mut self, node: NodeId) {
        let document = self.document;
        let is_plain = matches!(document.node(node).kind, Kind::Scalar { style: ScalarStyle::Plain, .. });
        let written = document.scalar(node).unwrap_or_default();
        if let Value::Number(Some(text)) = Value::of(document, node)
            && is_plain
            && text != written
        {
            self.add(&PORT_READ_AS_OTHER, node, format!("YAML reads `{}` as {text}", quote(written)));
        }
    }

    fn passwordless(&mut self, root: NodeId) {
        let document = self.document;
        let people = &self.config.people;
        let lacks = people.iter().find(|person| person.in_sudo() && !has_password(document, person));
        match document.entry(root, "use_passwordless_sudo") {
            // A file that has people alone gets its settings from elsewhere.
            None if ["servers", "providers", "server_contact"].iter().any(|key| document.get(root, key).is_some()) => {
                if let Some(person) = lacks {
                    let message = format!(
                        "{} is in sudo without a `password`, and `use_passwordless_sudo` is missing",
                        person.called()
                    );
                    let at = document.entry(root, person.user.section.key()).map_or(root, |entry| entry.0);
                    self.add(&NO_PASSWORDLESS, at, message);
                }
            }
            Some((_, node)) if matches!(Value::of(document, node), Value::Text(text) if !text.is_empty()) => {
                let text = document.scalar(node).unwrap_or_default();
                self.add(&QUOTED_BOOLEAN, node, format!("\"{}\" is a text, which counts as true", quote(text)));
            }
            _ => {}
        }
    }
}
