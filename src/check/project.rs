//! What lies around the file: its vault header, what git tracks, the deploy pair that `spin configure gha` uploads.
//!
//! Pure: the bytes and names come in, findings at files go out. No byte of a private key goes into a message.

use super::rule::Rule;
use super::rules::project as rule;
use crate::key::{self, KeyLine, PrivateInfo};
use std::path::{Path, PathBuf};

/// The private key of the deploy pair, by the name that `spin configure gha` looks for.
const PRIVATE: &str = "SSH_DEPLOY_PRIVATE_KEY";

/// Other files that Spin itself puts into the folder (playbooks/prepare_ci_environment.yml).
const OWN: [&str; 3] = [PRIVATE, "AUTHORIZED_KEYS", "SSH_REMOTE_KNOWN_HOSTS"];
const OWN_END: &str = "_SSH_REMOTE_HOSTNAME";

/// What is around a `.spin.yml`. No `Debug`: a private key is in it.
pub struct Project<'p> {
    /// The file itself.
    pub spin_file: &'p Path,
    /// The label in the header of its vault (format 1.2).
    pub label: Option<&'p str>,
    /// It holds secrets in plain text, and git tracks it.
    pub secrets_tracked: bool,
    /// The password file of the vault, where git tracks it.
    pub password_tracked: Option<PathBuf>,
    /// The folder with the deploy pair, where there is one.
    pub pair: Option<Pair>,
}

/// The folder with the deploy pair; each file none where it is not there, and in words why it cannot be read.
pub struct Pair {
    /// The folder.
    pub folder: PathBuf,
    /// The private key.
    pub private: Option<Result<zeroize::Zeroizing<Vec<u8>>, String>>,
    /// Its `.pub`.
    pub public: Option<Result<zeroize::Zeroizing<Vec<u8>>, String>>,
    /// The names of all files in the folder.
    pub names: Vec<String>,
}

/// One thing that is wrong with a file.
#[derive(Debug)]
pub struct Aside {
    /// What kind of thing.
    pub rule: &'static Rule,
    /// The file.
    pub path: PathBuf,
    /// What is wrong; no final full stop.
    pub message: String,
}

/// Everything that is wrong around a file.
#[must_use]
pub fn project(project: &Project<'_>) -> Vec<Aside> {
    let mut found = Vec::new();
    let mut add = |rule, path: &Path, message: String| found.push(Aside { rule, path: path.to_owned(), message });
    if let Some(label) = project.label {
        add(&rule::VAULT_LABEL, project.spin_file, format!("the vault has the label {}", crate::yaml::quote(label)));
    }
    if let Some(path) = &project.password_tracked {
        add(&rule::PASSWORD_TRACKED, path, "GIT TRACKS the vault password".to_owned());
    }
    if project.secrets_tracked {
        add(
            &rule::SECRETS_TRACKED,
            project.spin_file,
            "git tracks this file, and it holds secrets in plain text".to_owned(),
        );
    }
    if let Some(pair) = &project.pair {
        pair.judge(&mut add);
    }
    found
}

impl Pair {
    fn judge(&self, add: &mut impl FnMut(&'static Rule, &Path, String)) {
        let private_path = self.folder.join(PRIVATE);
        let public_path = self.folder.join(format!("{PRIVATE}.pub"));
        let mut strays: Vec<&String> = self.names.iter().filter(|name| is_stray(name)).collect();
        strays.sort();
        for name in strays {
            add(&rule::STRAY_SECRET, &self.folder.join(name), "this file would be uploaded as a secret".to_owned());
        }
        let Some(private) = &self.private else { return };
        let private = match private.as_ref().map(|bytes| key::public_half(bytes)) {
            Ok(Ok(info)) => Some(info),
            Ok(Err(error)) => {
                add(&rule::PAIR_UNREADABLE, &private_path, error.to_string());
                None
            }
            Err(error) => {
                add(&rule::PAIR_UNREADABLE, &private_path, error.clone());
                None
            }
        };
        if private.as_ref().is_some_and(|info| info.encrypted) {
            add(&rule::PAIR_PASSPHRASE, &private_path, "the deploy key has a passphrase".to_owned());
        }
        match &self.public {
            None => add(&rule::PAIR_WITHOUT_PUB, &private_path, format!("the deploy key lacks its {PRIVATE}.pub")),
            Some(Err(error)) => add(&rule::PAIR_UNREADABLE, &public_path, error.clone()),
            Some(Ok(bytes)) => judge_public(bytes, private.as_ref(), &public_path, add),
        }
    }
}

fn judge_public(
    bytes: &[u8],
    private: Option<&PrivateInfo>,
    path: &Path,
    add: &mut impl FnMut(&'static Rule, &Path, String),
) {
    let keys: Vec<KeyLine> = match key::read_public_only(bytes) {
        Ok(keys) => keys.into_iter().map(|candidate| candidate.key).collect(),
        Err(error) => return add(&rule::PAIR_UNREADABLE, path, error.to_string()),
    };
    let text = String::from_utf8_lossy(bytes);
    if text.contains(['\'', '\\']) {
        add(&rule::PAIR_COMMENT, path, "the comment of the deploy key holds ' or \\".to_owned());
    }
    if let ([public], Some(private)) = (keys.as_slice(), private)
        && public.material() != private.key.material()
    {
        let (public, private) = (public.fingerprint(), private.key.fingerprint());
        add(&rule::PAIR_MISMATCH, path, format!("this is {public}, and the private key beside it is of {private}"));
    }
    if keys.len() > 1 {
        add(&rule::PAIR_MISMATCH, path, format!("there are {} keys in it, one is expected", keys.len()));
    }
}

fn is_stray(name: &str) -> bool {
    !name.contains('.') && !OWN.contains(&name) && !name.ends_with(OWN_END)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_dot_are_strays_unless_spin_put_them_there() {
        for own in [
            "SSH_DEPLOY_PRIVATE_KEY",
            "SSH_DEPLOY_PRIVATE_KEY.pub",
            "AUTHORIZED_KEYS",
            ".gitignore",
            "PRODUCTION_SSH_REMOTE_HOSTNAME",
        ] {
            assert!(!is_stray(own), "{own}");
        }
        assert!(is_stray("backup") && is_stray("SSH_DEPLOY_PRIVATE_KEY_OLD") && is_stray("id_ed25519"));
    }
}
