//! Keys that are looked for instead of added: those of the person at the keyboard, and the one in a file.

use super::owner::KeyOwner;
use super::path::candidates;
use crate::children;
use crate::error::Error;
use crate::files::{self, MAX_KEY_BYTES};
use crate::key::{self, KeyLine};
use crate::shell::PASSPHRASE_VARIABLE;
use crate::spin::config::layout::DEPLOY_KEY_FILE;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How the file of a private key begins.
const PRIVATE: &[u8] = b"-----BEGIN ";
/// An agent that takes longer is gone, or asks somebody.
const AGENT: Duration = Duration::from_secs(2);

/// The keys in `~/.ssh` of which the private half is there, and those that the agent offers, by their decoded blobs, each with where it is.
///
/// What cannot be read is left out.
#[must_use]
pub fn own_keys(home: Option<&Path>) -> BTreeMap<Vec<u8>, String> {
    let mut found = BTreeMap::new();
    let mut add = |text: &str, from: &str| {
        found.extend(key::materials(text).into_iter().map(|material| (material, from.to_owned())));
    };
    if let Some(text) = offered() {
        add(&text, "from the agent");
    }
    let entries = home.and_then(|home| home.join(".ssh").read_dir().ok()).into_iter().flatten();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let Ok(bytes) = files::read_limited(&path, "key file", MAX_KEY_BYTES) else { continue };
        // A public key alone may be a colleague's.
        if !bytes.starts_with(PRIVATE) {
            continue;
        }
        let shown = path.display().to_string();
        match key::public_half(&bytes) {
            Ok(info) => add(&info.key.to_line(), &shown),
            Err(_) => {
                let public = files::read_limited(&files::public_path(&path), "public key", MAX_KEY_BYTES);
                add(&String::from_utf8_lossy(&public.unwrap_or_default()), &shown);
            }
        }
    }
    found
}

/// What `ssh-add -L` prints.
fn offered() -> Option<String> {
    std::env::var_os("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty())?;
    let mut command = Command::new(children::program("ssh-add")?);
    command.env_remove(PASSPHRASE_VARIABLE);
    let command = command.arg("-L").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = children::start(command).ok()?;
    let out = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::Builder::new().spawn(move || {
        let mut text = String::new();
        out.take(MAX_KEY_BYTES).read_to_string(&mut text).ok();
        sender.send(text).ok();
    });
    let text = reader.ok().and_then(|_| receiver.recv_timeout(AGENT).ok());
    // It has ended, or it is not waited for.
    child.kill().ok();
    child.wait().ok();
    text
}

/// The one key in a file, or on standard input (`-`): its decoded blob and its line. Also one that could not be added.
///
/// # Errors
/// The file cannot be read, or does not hold one key.
pub fn key_in(path: &Path, owner: &KeyOwner<'_>) -> Result<(Vec<u8>, String), Error> {
    let from_stdin = path == Path::new("-");
    // What is not UTF-8 may be a private key, of which no copy is made.
    if !from_stdin
        && let Ok(bytes) = files::read_limited(path, "key file", MAX_KEY_BYTES)
        && let Ok(text) = std::str::from_utf8(&bytes)
    {
        let mut lines = key::key_lines(text).map(|(_, line)| line).filter(|line| !key::materials(line).is_empty());
        if let (Some(line), None) = (lines.next(), lines.next()) {
            return Ok((key::materials(line).remove(0), line.trim().to_owned()));
        }
    }
    let found = candidates(path, true, owner)?;
    let key: KeyLine = super::pick(&found.from, found.keys)?;
    Ok((key.material().to_vec(), key.to_line()))
}

/// The decoded blob of the key that `spin configure gha` uploads, if there is one.
#[must_use]
pub fn deploy_pair(owner: &KeyOwner<'_>) -> Option<Vec<u8>> {
    let private = owner.ci_folder.as_ref()?.join(DEPLOY_KEY_FILE);
    key_in(&files::public_path(&private), owner).ok().map(|(material, _)| material)
}
