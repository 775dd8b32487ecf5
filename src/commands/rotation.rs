//! What the steps of `rotate` have in common: whose keys, and which ones.

use super::edit_args::EditArgs;
use super::rotate_args::RotateArgs;
use crate::change::rotate::{Account, OldKey};
use crate::error::Error;
use crate::files;
use crate::input::SpinFile;
use crate::input::text::Mode;
use crate::key::{self, KeyLine};
use crate::key_source::{KeyOwner, KeySource, RotatedPairs, key_in};
use crate::shell;
use crate::spin::plan::rotate::{Pairs, held, keys_of, servers};
use crate::spin::{self, check_name};
use crate::ui::Ui;
use std::path::Path;

pub(super) struct Rotating<'r> {
    pub(super) args: &'r RotateArgs,
    pub(super) file: &'r SpinFile,
    pub(super) owner: &'r KeyOwner<'r>,
    pub(super) ui: &'r Ui,
    /// Where the new key is, or will be.
    pub(super) source: KeySource,
    pub(super) rotated: RotatedPairs,
    pub(super) old: OldKey,
    /// The servers of the file, and the port of sshd, if it is not 22.
    pub(super) servers: (Vec<String>, Option<String>),
    /// The name of the account.
    pub(super) name: String,
}

impl<'r> Rotating<'r> {
    pub(super) fn of(
        args: &'r RotateArgs,
        file: &'r SpinFile,
        owner: &'r KeyOwner<'r>,
        ui: &'r Ui,
    ) -> Result<Self, Error> {
        if let Some(name) = owner.user {
            let hint = "use a name as in /etc/passwd: letters, digits, `_`, `-`, `.`";
            check_name(name).map_err(|message| Error::new(message).hint(hint))?;
        }
        let source = args.key.source();
        let rotated = RotatedPairs::of(&source, args.old.is_none(), owner, ui)?;
        let document = file.document(file.decode(file.bytes())?, Mode::Ansible, None)?;
        Account { name: owner.user, path: file.shown() }.refuse_deploy(&document)?;
        let keys = keys_of(&document, owner.user).unwrap_or_default();
        let has_old =
            rotated.old.as_ref().and_then(|old| held(&keys, old.material())).is_some_and(|old| !old.is_absent);
        // Where the file has the old key, the pairs were renamed for another file with the same keys.
        let is_next = rotated.pairs == Pairs::Renamed && !has_old && !args.finish && !args.status;
        let rotated = if is_next { rotated.next() } else { rotated };
        let old = match (&args.old, &rotated.old) {
            (Some(word), _) => named(word, owner)?,
            (None, Some(key)) => OldKey::Line { key: key.clone(), from: rotated.paths.current.display().to_string() },
            (None, None) => OldKey::Missing { path: rotated.paths.current.display().to_string() },
        };
        let name = owner.user.map_or_else(|| spin::deploy_account(&document), str::to_owned);
        let servers = if file.is_encrypted() { (Vec::new(), None) } else { servers(&document) };
        Ok(Self { args, file, owner, ui, source, rotated, old, servers, name })
    }

    /// The file of the new key.
    pub(super) fn private(&self) -> String {
        self.rotated.private(&self.source)
    }

    pub(super) fn account(&self) -> Account<'_> {
        Account { name: self.owner.user, path: self.file.shown() }
    }

    /// The arguments on the command line, without those for the key and the file.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = vec!["rotate".to_owned()];
        words.push(self.args.name.clone().unwrap_or_else(|| "--deploy".to_owned()));
        words.extend(self.args.old.iter().flat_map(|old| ["--old".to_owned(), old.clone()]));
        words
    }

    /// The command with these options.
    pub(super) fn command(&self, more: &[&str]) -> String {
        let edit: &EditArgs = &self.args.edit;
        let key = match &self.source {
            KeySource::Path(path) | KeySource::Generate(path) if self.rotated.pairs == Pairs::Apart => {
                vec!["--key".to_owned(), path.display().to_string()]
            }
            _ => Vec::new(),
        };
        let more = more.iter().map(|word| (*word).to_owned()).collect();
        let words = [vec!["spin-keys".to_owned()], self.words(), key, edit.words(), more].concat();
        words.iter().map(|word| shell::word(word)).collect::<Vec<_>>().join(" ")
    }

    /// The command that deletes what is left of the old key.
    pub(super) fn deletion(&self, old: &[u8]) -> String {
        let words = ["spin-keys", "revoke", "--finish"].map(str::to_owned).into_iter();
        let words = words.chain([key::fingerprint(old)]).chain(self.args.edit.words());
        words.map(|word| shell::word(&word).into_owned()).collect::<Vec<_>>().join(" ")
    }
}

/// `--old`
fn named(word: &str, owner: &KeyOwner<'_>) -> Result<OldKey, Error> {
    if word.is_empty() {
        return Err(Error::new("--old is empty").hint("give a fingerprint, a comment, or the path of a .pub file"));
    }
    let path = Path::new(word);
    if !(word.contains('/') || word.ends_with(".pub")) || path.symlink_metadata().is_err() {
        return Ok(OldKey::Named(word.to_owned()));
    }
    files::refuse_pipe(path, "key file", "name the old key by its fingerprint or comment")?;
    let (_, line) = key_in(path, owner)?;
    let key = KeyLine::parse(&line).map_err(|error| Error::new(format!("{word}: {error}")))?;
    Ok(OldKey::Line { key, from: word.to_owned() })
}
