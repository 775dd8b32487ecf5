//! SK6: the project around the file: its vault header, what git tracks, the deploy pair.
//!
//! Pure: takes bytes and names, returns findings about files. No byte of a private key goes into a message.

use super::ci_pair::Pair;
use super::found::Found;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity, rules};
use std::path::{Path, PathBuf};

rules! { PROJECT:
    VAULT_LABEL = "SK601" "vault-label" Warning, {
        title: "the vault has a label (format 1.2)",
        effect: "Ansible can read it, but the spin command treats the file as plain text and does not pass the \
            password",
        help: "encrypt it again without a label: ansible-vault rekey .spin.yml",
        source: "the spin command: it compares the first line with `$ANSIBLE_VAULT;1.1;AES256`",
        why: "`ansible-vault --vault-id NAME@...` writes a header with a label. The spin command recognizes only the \
            header without a label, so `spin provision` runs without a password and fails.",
    }
    NOT_ENCRYPTED = "SK618" "no-longer-encrypted" Error, {
        title: "the file was encrypted, and is not any more",
        effect: "anyone with the repository reads all of it, now and in its history",
        help: "encrypt it again: spin vault encrypt .spin.yml; then change every secret that it contains",
        source: "`spin vault decrypt` without `spin vault encrypt` afterwards",
        why: "Reported by `review` alone, which knows the file before the change. `git diff` shows it too, in the \
            first line of what `spin-keys show` prints.",
    }
    PASSWORD_TRACKED = "SK602" "vault-password-tracked" Error, {
        title: "git tracks the vault password",
        effect: "anyone with the repository can decrypt the vaults, now and in its history",
        help: "run git rm --cached .vault-password, add it to .gitignore, and change the password and every secret it \
            protected",
        source: "`spin init` adds .vault-password to .gitignore",
        why: "An encrypted file next to its password is as good as plain text. Removing the password file from git is \
            not enough: the history keeps it.",
    }
    SECRETS_TRACKED = "SK603" "plain-secrets-tracked" Warning, {
        title: "git tracks this file, which contains secrets in plain text",
        effect: "anyone with the repository has the secrets, now and in its history",
        help: "encrypt it: spin vault encrypt .spin.yml",
        source: "`spin init` adds .spin.yml to .gitignore; `spin vault encrypt` is Ansible Vault",
        why: "The file can contain API tokens of providers, passwords of mail relays and hashes of users' passwords. \
            Change every secret that was committed.",
    }
}

/// The project around a `.spin.yml`. No `Debug`: it contains a private key.
pub struct Project<'p> {
    pub spin_file: &'p Path,
    /// It was encrypted, and is: `Some(true)` plain text, `Some(false)` something else.
    pub was_encrypted: Option<bool>,
    /// The label in its vault header (format 1.2).
    pub label: Option<&'p str>,
    /// It contains secrets in plain text, and git tracks it.
    pub secrets_tracked: bool,
    /// The vault password file, if git tracks it.
    pub password_tracked: Option<PathBuf>,
    pub pair: Option<Pair>,
}

#[must_use]
pub fn project(project: &Project<'_>) -> Vec<Finding> {
    let mut found = Found::default();
    if let Some(is_plain) = project.was_encrypted {
        let what = if is_plain { "is PLAIN TEXT now" } else { "is no vault any more" };
        found.add(&NOT_ENCRYPTED, project.spin_file, format!("the file was encrypted, and {what}"));
    }
    if let Some(label) = project.label {
        let message = format!("the vault has the label {}", crate::yaml::quote(label));
        found.add(&VAULT_LABEL, project.spin_file, message);
    }
    if let Some(path) = &project.password_tracked {
        found.add(&PASSWORD_TRACKED, path, "GIT TRACKS the vault password");
    }
    if project.secrets_tracked {
        let message = "git tracks this file, and it contains secrets in plain text";
        found.add(&SECRETS_TRACKED, project.spin_file, message);
    }
    if let Some(pair) = &project.pair {
        pair.judge(&mut found);
    }
    found.0
}
