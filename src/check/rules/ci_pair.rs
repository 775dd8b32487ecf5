//! SK6: the deploy pair that `spin configure gha` uploads, and what lies beside it.
//!
//! Pure: takes bytes and names. No byte of a private key goes into a message.

use super::found::Found;
use crate::check::rule::{Rule, Severity, rules};
use crate::key::{self, KeyError, KeyLine, PrivateInfo, PrivateKind};
use crate::shell;
use crate::spin::config::layout::DEPLOY_KEY_FILE;
use std::path::{Path, PathBuf};

rules! { CI_PAIR:
    PAIR_MISMATCH = "SK611" "deploy-pair-mismatch" Error, {
        title: "SSH_DEPLOY_PRIVATE_KEY and its .pub are not a pair",
        effect: "`spin configure gha` uploads both unchanged, and the deployment cannot log in",
        help: "write the matching .pub: ssh-keygen -y -f SSH_DEPLOY_PRIVATE_KEY > SSH_DEPLOY_PRIVATE_KEY.pub",
        source: "the spin command, `configure gha`",
        why: "The .pub is installed on the servers, and the private key becomes a GitHub Actions secret. Nothing \
            compares the two before the first deployment.",
    }
    PAIR_PASSPHRASE = "SK612" "deploy-key-with-passphrase" Error, {
        title: "SSH_DEPLOY_PRIVATE_KEY has a passphrase",
        effect: "`spin configure gha` uploads it unchanged, and the deployment cannot use it",
        help: "remove the passphrase: ssh-keygen -p -f SSH_DEPLOY_PRIVATE_KEY; or create a new pair: spin-keys \
            add-deploy",
        source: "the spin command, `configure gha`",
        why: "In a workflow nobody can type it. The folder's .gitignore keeps the key out of git, and a GitHub secret \
            is where it belongs.",
    }
    PAIR_WITHOUT_PUB = "SK613" "deploy-key-without-pub" Error, {
        title: "SSH_DEPLOY_PRIVATE_KEY has no .pub",
        effect: "`spin configure gha` fails",
        help: "write it: spin-keys add-deploy, or ssh-keygen -y -f SSH_DEPLOY_PRIVATE_KEY > SSH_DEPLOY_PRIVATE_KEY.pub",
        source: "the spin command, `configure gha`",
        why: "It creates a pair only if the private key is missing, and reads the .pub without checking that it \
            exists.",
    }
    PAIR_COMMENT = "SK614" "deploy-key-comment" Error, {
        title: "the comment of the deploy .pub contains an apostrophe or a backslash",
        effect: "`spin configure gha` breaks, because it puts the line in shell quotes",
        help: "change the comment: ssh-keygen -c -C deploy -f SSH_DEPLOY_PRIVATE_KEY, then write its .pub again",
        source: "the spin command, `configure gha` (-e deploy_public_key='...')",
        why: "The whole line of the .pub is passed to ansible-playbook in single quotes.",
    }
    PAIR_UNREADABLE = "SK615" "deploy-key-unreadable" Error, {
        title: "OpenSSH cannot load the deploy pair",
        effect: "`spin configure gha` uploads it unchanged, and the deployment cannot log in",
        help: "move both files away, then create a new pair: spin-keys add-deploy",
        source: "the spin command, `configure gha`; OpenSSH sshkey.c (sshkey_parse_private2)",
        why: "Nothing checks the files. A key that ssh-add cannot load fails in the workflow, where the cause is hard to \
            see. It loads a key only if the BEGIN line is the very first, and each line is still a line: indentation, a \
            blank line or a byte order mark before it, and line breaks that became spaces, break it. CRLF and a missing \
            last line break do no harm: Spin's action removes the one and adds the other.",
    }
    STRAY_SECRET = "SK616" "stray-file-becomes-a-secret" Warning, {
        title: "a file beside the deploy key would be uploaded as a secret",
        effect: "`spin configure gha` uploads every file there without a dot in its name as a GitHub secret",
        help: "move it elsewhere, or put a dot in its name",
        source: "the spin command, `configure gha`",
        why: "Backups, notes and other keys do not belong there. The files that Spin itself puts there are not \
            reported; for one that should be a secret, pass --ignore SK616.",
    }
    PAIR_NOT_IN_FILE = "SK617" "deploy-key-not-in-file" Warning, {
        title: "the public key of the deploy pair is nowhere in the file",
        effect: "`spin configure gha` installs it on the servers that exist then; on a server that is created later, the \
            deployment cannot log in",
        help: "add it to `docker_user`: spin-keys add-deploy",
        source: "playbooks/prepare_ci_environment.yml (deploy_public_key), roles/docker_user/tasks/main.yml:19 and :27",
        why: "`spin provision` knows only the keys in the file. The variable `deploy_public_key` is set by `spin \
            configure gha` alone.",
    }
}

/// What OpenSSL writes into a private key with a passphrase (RFC 1421 section 4.6.1.1).
const PEM_LOCKED: &[u8] = b"Proc-Type: 4,ENCRYPTED";

/// The private key of the deploy pair, by the name that `spin configure gha` looks for.
const PRIVATE: &str = DEPLOY_KEY_FILE;

/// Other files that Spin itself puts into the folder (playbooks/prepare_ci_environment.yml).
const OWN: [&str; 3] = [PRIVATE, "AUTHORIZED_KEYS", "SSH_REMOTE_KNOWN_HOSTS"];
const OWN_END: &str = "_SSH_REMOTE_HOSTNAME";

/// The folder with the deploy pair. A file is `None` if it does not exist, and an error in words if it cannot be read.
pub struct Pair {
    pub folder: PathBuf,
    pub private: Option<Result<zeroize::Zeroizing<Vec<u8>>, String>>,
    pub public: Option<Result<zeroize::Zeroizing<Vec<u8>>, String>>,
    /// The names of all files in the folder.
    pub names: Vec<String>,
    /// The keys in the `.spin.yml` (decoded blobs).
    pub in_file: Vec<Vec<u8>>,
}

impl Pair {
    pub(super) fn judge(&self, found: &mut Found) {
        let private_path = self.folder.join(PRIVATE);
        let public_path = self.folder.join(format!("{PRIVATE}.pub"));
        let mut strays: Vec<&String> = self.names.iter().filter(|name| is_stray(name)).collect();
        strays.sort();
        for name in strays {
            found.add(&STRAY_SECRET, &self.folder.join(name), "this file would be uploaded as a secret");
        }
        let Some(private) = &self.private else { return };
        let private = match private.as_ref().map(|bytes| (bytes, key::public_half(bytes))) {
            Ok((_, Ok(info))) => Some(info),
            Ok((bytes, Err(error))) => {
                refused(bytes, &error, &private_path, found);
                None
            }
            Err(error) => {
                found.add(&PAIR_UNREADABLE, &private_path, error);
                None
            }
        };
        if private.as_ref().is_some_and(|info| info.encrypted) {
            with_passphrase(&private_path, found);
        }
        match &self.public {
            None => {
                let help = format!("write it: spin-keys add-deploy, or {}", write_public(&private_path));
                let message = format!("the deploy key has no {PRIVATE}.pub");
                *found.add(&PAIR_WITHOUT_PUB, &private_path, message) = Some(help);
            }
            Some(Err(error)) => {
                found.add(&PAIR_UNREADABLE, &public_path, error);
            }
            Some(Ok(bytes)) => judge_public(bytes, private.as_ref(), &public_path, &self.in_file, found),
        }
    }
}

/// A private key whose public half was not read.
fn refused(bytes: &[u8], error: &KeyError, path: &Path, found: &mut Found) {
    let is_locked_pem = bytes.windows(PEM_LOCKED.len()).any(|window| window == PEM_LOCKED);
    match error {
        KeyError::PrivateFormat { .. } if is_locked_pem => with_passphrase(path, found),
        // OpenSSH loads these formats.
        KeyError::PrivateFormat { kind: PrivateKind::Pkcs1 | PrivateKind::Pkcs8 | PrivateKind::Sec1 } => {}
        KeyError::PrivateFormat { kind: PrivateKind::EncryptedPkcs8 } => with_passphrase(path, found),
        error => {
            let help = error.remedy().map(|remedy| remedy.render(Some(path), shell::word));
            let is_whole = matches!(error, KeyError::PrivateLayout { .. });
            *found.add(&PAIR_UNREADABLE, path, error.to_string()) = help.filter(|_| is_whole);
        }
    }
}

fn with_passphrase(path: &Path, found: &mut Found) {
    let file = path.display().to_string();
    let help = format!("remove the passphrase: ssh-keygen -p -N '' -f {}", shell::word(&file));
    *found.add(&PAIR_PASSPHRASE, path, "the deploy key has a passphrase") = Some(help);
}

/// The command that writes the .pub of a private key.
fn write_public(private: &Path) -> String {
    let private = private.display().to_string();
    format!("ssh-keygen -y -f {} > {}", shell::word(&private), shell::word(&format!("{private}.pub")))
}

fn judge_public(bytes: &[u8], private: Option<&PrivateInfo>, path: &Path, in_file: &[Vec<u8>], found: &mut Found) {
    let keys: Vec<KeyLine> = match key::read_public_only(bytes) {
        Ok(keys) => keys.into_iter().map(|candidate| candidate.key).collect(),
        Err(error) => {
            found.add(&PAIR_UNREADABLE, path, error.to_string());
            return;
        }
    };
    let private_path = path.with_extension("");
    if bytes.starts_with("\u{feff}".as_bytes()) {
        let help = format!("write it again: {}", write_public(&private_path));
        *found.add(&PAIR_UNREADABLE, path, "a byte order mark is before the key") = Some(help);
    }
    let matching = || Some(format!("write the matching .pub: {}", write_public(&private_path)));
    let text = String::from_utf8_lossy(bytes);
    if text.contains(['\'', '\\']) {
        let help = format!(
            "change the comment: ssh-keygen -c -C deploy -f {}, then write its .pub again: {}",
            shell::word(&private_path.display().to_string()),
            write_public(&private_path)
        );
        *found.add(&PAIR_COMMENT, path, "the comment of the deploy key contains ' or \\") = Some(help);
    }
    if let ([public], Some(private)) = (keys.as_slice(), private)
        && public.material() != private.key.material()
    {
        let (public, private) = (public.fingerprint(), private.key.fingerprint());
        let message = format!("this is {public}, but the private key beside it belongs to {private}");
        *found.add(&PAIR_MISMATCH, path, message) = matching();
    }
    if let [public] = keys.as_slice()
        && private.is_none_or(|private| private.key.material() == public.material())
        && !in_file.iter().any(|material| material == public.material())
    {
        let message = format!("the deploy key {} is nowhere in the file", public.fingerprint());
        found.add(&PAIR_NOT_IN_FILE, path, message);
    }
    if keys.len() > 1 {
        *found.add(&PAIR_MISMATCH, path, format!("it contains {} keys instead of one", keys.len())) = matching();
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
