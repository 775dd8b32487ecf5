//! A key that was found or will be created.

use super::generate::NewPair;
use super::owner::KeyOwner;
use crate::error::Error;
use crate::key::{self, Described, KeyLine};
use crate::shell;
use crate::spin::config::layout::DEPLOY_KEY_FILE;
use crate::ui::Ui;
use std::path::{Path, PathBuf};

/// The key to add.
pub enum Key {
    /// An existing key.
    Loaded(Box<Loaded>),
    /// A key that will be created.
    New(Box<NewPair>),
}

pub struct Loaded {
    /// As in its file.
    pub line: KeyLine,
    /// As for the `.spin.yml`, with the options that were asked for.
    pub listed: KeyLine,
    /// Where it was read from, for messages.
    pub from: String,
    /// It was not named, but is the default pair.
    pub is_default: bool,
    /// The private key, if its `.pub` is missing.
    pub lacks_public: Option<PathBuf>,
    /// It was read from a private key that has a passphrase.
    pub is_locked: bool,
}

/// Whether a new private key would lie in the CI folder under another name than that of the deploy key.
fn is_uploaded_too(path: &Path, owner: &KeyOwner<'_>) -> bool {
    let real = |folder: &Path| folder.canonicalize().ok();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_there = path.parent().and_then(real) == owner.ci_folder.as_deref().and_then(real);
    owner.ci_folder.is_some() && is_there && !name.contains('.') && name != DEPLOY_KEY_FILE
}

/// The command that takes the passphrase from a private key.
pub(super) fn without_passphrase(path: &str) -> String {
    format!("ssh-keygen -p -N '' -f {}", shell::word(path))
}

impl Key {
    /// The `authorized_keys` line for the file.
    #[must_use]
    pub fn line(&self) -> String {
        self.listed().to_line()
    }

    /// The key; `None` if it is a preview of one that does not exist yet.
    #[must_use]
    pub fn known(&self) -> Option<&KeyLine> {
        match self {
            Self::Loaded(loaded) => Some(&loaded.listed),
            Self::New(new) => Some(new.listed()).filter(|_| !new.is_preview()),
        }
    }

    /// The key as for the file, even if it does not exist yet.
    #[must_use]
    pub fn listed(&self) -> &KeyLine {
        match self {
            Self::Loaded(loaded) => &loaded.listed,
            Self::New(new) => new.listed(),
        }
    }

    /// The key described, without its fingerprint while it does not exist yet.
    #[must_use]
    pub fn described(&self) -> Option<Described> {
        let described = key::describe(&self.line())?;
        let fingerprint = described.fingerprint.clone().filter(|_| self.known().is_some());
        Some(Described { fingerprint, ..described })
    }

    /// Where the key comes from, or where it will be created.
    #[must_use]
    pub fn source(&self) -> String {
        match self {
            Self::Loaded(loaded) => loaded.from.clone(),
            Self::New(new) => new.path.display().to_string(),
        }
    }

    /// Refuses a key that is yet to be created, for the given reason.
    ///
    /// # Errors
    /// The key does not exist yet.
    pub fn require(&self, reason: &str) -> Result<(), Error> {
        match self {
            Self::Loaded(_) => Ok(()),
            Self::New(new) => Err(Error::new(format!("the key {} does not exist yet: {reason}", new.path.display()))
                .hint("name an existing key: --key PATH")),
        }
    }

    /// Warns about what CI cannot use: a passphrase, and a comment on which `spin configure gha` fails.
    pub fn caution(&self, owner: &KeyOwner<'_>, ui: &Ui) {
        if owner.user.is_some() {
            return;
        }
        let loaded = match self {
            Self::Loaded(loaded) => loaded,
            Self::New(new) if is_uploaded_too(&new.path, owner) => {
                return ui.warn(&format!(
                    "`spin configure gha` uploads every file without a dot in its folder, so {} becomes a secret of that name",
                    new.path.display()
                ));
            }
            Self::New(new) if new.may_get_passphrase() => {
                return ui.warn(&format!(
                    "CI cannot enter a passphrase: leave that of {} empty, or pass --no-passphrase",
                    new.path.display()
                ));
            }
            Self::New(_) => return,
        };
        let Loaded { line, from, is_locked, .. } = &**loaded;
        if line.comment().contains(['\'', '\\']) {
            ui.warn(&format!("the comment of {from} contains ' or \\, on which `spin configure gha` fails"));
        }
        if *is_locked {
            ui.warn(&format!(
                "the private key in {from} has a passphrase, which CI cannot enter; to remove it: {}",
                without_passphrase(from)
            ));
        }
    }
}
