//! SK8: variables with which the file steers more than the roles ask of it, and templates that reach out of it.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::ansible_value::Value;
use crate::spin::config::template::{
    Evaluated, all_evaluated, evaluated, has_lookup, is_shipped, may_evaluate, may_run,
};
use crate::spin::config::variables::{Foreign, foreign};
use crate::yaml::{Kind, NodeId, quote};
use std::collections::HashSet;

rules! { STEERING:
    OF_ANSIBLE = "SK801" "variable-of-ansible" Warning, {
        title: "a variable steers Ansible itself",
        effect: "it decides how Ansible connects, what it runs on the machine that provisions, and on which servers",
        help: "remove it; connections are set up in ~/.ssh/config and by Spin's options",
        source: "ansible-core, `--extra-vars` (beats every other variable); special variables",
        why: "The file is given as extra variables, which beat all others. `ansible_ssh_common_args: -oProxyCommand=...` \
            runs a program on the machine of whoever provisions. In `servers` and `hardware_profiles` the inventory of \
            Spin makes variables of all fields.",
    }
    OF_THE_ROLES = "SK802" "variable-of-the-roles" Error, {
        title: "a variable replaces one that the roles set themselves",
        effect: "the roles handle what it holds instead of the users of the file",
        help: "remove it, and write people under `users` and `additional_users`",
        source: "ansible-core, `--extra-vars` (beats set_fact, register and loop variables)",
        why: "Extra variables beat what tasks set: with `flattend_users` in the file, the roles create those users \
            instead, and `users` no longer says who gets in. What spin-keys says of the file is then wrong.",
    }
    PASSWORDS = "SK803" "passwords-accepted" Warning, {
        title: "sshd lets people in by password",
        effect: "whoever knows or guesses the password of a user logs in without a key",
        help: "omit `ssh_password_authentication`; the default is \"no\"",
        source: "roles/linux_common/templates/etc/ssh/sshd_config.d/01-spin-secure-ssh.conf.j2",
        why: "The findings, `list` and `review` are about keys. The hash in `password` is for sudo.",
    }
    ANY_TEMPLATE = "SK804" "template-elsewhere" Note, {
        title: "a setting contains a Jinja template",
        effect: "Ansible evaluates it on the machine that provisions, with every variable of the file",
        help: "write the value itself",
        source: "ansible-core: every string of extra variables is a template",
        why: "A template can use any other value of the file, so that a change of a value far away changes what it \
            does. `review` reports such a change as not known.",
    }
    LOOKUP = "SK805" "template-reads-outside" Warning, {
        title: "a template reads what is outside of the file",
        effect: "Ansible runs a lookup plugin on the machine that provisions: it reads files and addresses there",
        help: "write the value itself",
        source: "ansible-core, lookup plugins",
        why: "`lookup('file', ...)` and `lookup('url', ...)` put something into the run that no review of this file \
            shows. `{{ lookup('env', 'NAME') }}` alone is not reported here.",
    }
    RUNS = "SK806" "template-runs-a-program" Error, {
        title: "a template may run a program",
        effect: "the program runs on the machine of whoever provisions, with their rights",
        help: "remove it, and find out who wrote it",
        source: "ansible-core, lookup plugins `pipe`, `lines` and `template`",
        why: "`{{ lookup('pipe', 'COMMAND') }}` runs COMMAND in a shell as soon as Ansible reads the value. A plugin \
            whose name is put together from parts is reported as well.",
    }
}

/// The lists of whose fields Spin's inventory makes variables.
const INVENTORY: [&str; 2] = ["hardware_profiles", "servers"];

impl Checker<'_, '_, '_> {
    pub(crate) fn steering(&mut self) {
        let document = self.document;
        let Some(root) = document.root().filter(|root| Value::of(document, *root) == Value::Map) else { return };
        let may_evaluate = may_evaluate(document);
        let told: HashSet<usize> = self.findings.iter().map(|finding| finding.span.start).collect();
        for (key, value) in document.entries(root) {
            let Some(name) = document.scalar(*key) else { continue };
            match foreign(name) {
                Foreign::Ansible => self.of_ansible(*key),
                Foreign::OfTheRoles => {
                    let message = format!("`{}` replaces a variable that the roles set themselves", quote(name));
                    self.add(&OF_THE_ROLES, *key, message);
                }
                Foreign::Sshd if name == "ssh_password_authentication" => self.passwords(*value),
                _ if INVENTORY.contains(&name) => self.inventory(*value),
                _ => {}
            }
            if may_evaluate {
                self.templates(name, *value, &told);
            }
        }
    }

    fn of_ansible(&mut self, key: NodeId) {
        let name = self.document.scalar(key).unwrap_or_default();
        self.add(&OF_ANSIBLE, key, format!("`{}` steers Ansible itself", quote(name)));
    }

    fn passwords(&mut self, value: NodeId) {
        let is_yes =
            matches!(Value::of(self.document, value), Value::Text(text) if text.trim().eq_ignore_ascii_case("yes"));
        if is_yes {
            self.add(&PASSWORDS, value, "`ssh_password_authentication` lets people in by password");
        }
    }

    fn inventory(&mut self, list: NodeId) {
        let (document, mut waiting, mut seen) = (self.document, vec![list], HashSet::new());
        while let Some(node) = waiting.pop() {
            match &document.node(node).kind {
                Kind::Sequence { items, .. } if seen.insert(node) => waiting.extend(items.iter().rev()),
                Kind::Mapping { entries, .. } if seen.insert(node) => {
                    for (key, value) in entries {
                        if document.scalar(*key).is_some_and(|name| name.starts_with("ansible_")) {
                            self.of_ansible(*key);
                        }
                        waiting.push(*value);
                    }
                }
                _ => {}
            }
        }
    }

    /// Templates in the value of a variable: by what they can do, and those that no other finding is about.
    fn templates(&mut self, variable: &str, value: NodeId, told: &HashSet<usize>) {
        let document = self.document;
        for node in all_evaluated(document, value) {
            let text = document.reading(node).unwrap_or_default();
            if evaluated(document, node) != Some(Evaluated::Template) || is_shipped(variable, text) {
                continue;
            }
            if may_run(text) {
                self.add(&RUNS, node, "a lookup in this template may run a program").unseen();
            } else if has_lookup(text) {
                self.add(&LOOKUP, node, "a lookup in this template reads what is outside of the file").unseen();
            } else if !told.contains(&document.node(node).start) {
                self.add(&ANY_TEMPLATE, node, "Ansible evaluates this template").unseen();
            }
        }
    }
}
