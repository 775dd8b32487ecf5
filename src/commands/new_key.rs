//! A key pair that is to be made: where, with which passphrase, and what the person does with it afterwards.

use super::owner::{Owner, refused, refused_at};
use super::{shell, threads};
use crate::cli::KeyOptions;
use crate::error::{Error, ErrorKind};
use crate::files::{self, Around};
use crate::key::{KeyLine, NewKey};
use crate::prompt::{self, PASSPHRASE_VARIABLE};
use crate::signals;
use crate::ui::Ui;
use ssh_key::rand_core::OsRng;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What guards the private key.
enum Passphrase {
    /// Nothing, as was asked for or as CI needs it.
    None,
    /// This, from a file or the environment.
    Given(Zeroizing<String>),
    /// What is typed on the terminal, after the question whether to write.
    Ask,
}

/// A pair that is to be made.
pub(super) struct NewPair {
    /// Made in memory; none in a dry run.
    pair: Option<NewKey>,
    passphrase: Passphrase,
    rounds: u32,
    /// Where the private half will be.
    pub(super) path: PathBuf,
    in_ci: bool,
    is_default: bool,
}

impl NewPair {
    /// Checks all that can be checked before anything is asked, and makes the pair in memory.
    ///
    /// # Errors
    /// A path that is taken or has no folder, a comment that cannot be, no way to a passphrase.
    pub(super) fn prepare(path: &Path, in_ci: bool, options: &KeyOptions, owner: &Owner<'_>) -> Result<Self, Error> {
        let is_default = options.generate.is_none();
        if !is_default {
            check_free(path)?;
        }
        let passphrase = if owner.dry { Passphrase::None } else { passphrase(options, in_ci, path)? };
        let comment = options.comment.clone().unwrap_or_else(|| owner.default_comment());
        if in_ci && comment.contains(['\'', '\\']) {
            return Err(Error::new("the comment of the deploy key holds ' or \\, on which `spin configure gha` fails")
                .hint("pass another --comment"));
        }
        let pair = NewKey::ed25519(&mut OsRng, &comment).map_err(|error| refused("--comment", None, &error))?;
        let pair = (!owner.dry).then_some(pair);
        Ok(Self { pair, passphrase, rounds: options.rounds, path: path.to_owned(), in_ci, is_default })
    }

    /// The public half; none in a dry run.
    pub(super) fn public(&self) -> Option<&KeyLine> {
        self.pair.as_ref().map(NewKey::public)
    }

    /// Asks for the passphrase where that is to be asked, and derives the key from it.
    ///
    /// # Errors
    /// The question cannot be asked or was not answered; Ctrl-C.
    pub(super) fn private_file(&self, ui: &Ui) -> Result<Zeroizing<String>, Error> {
        let Some(pair) = &self.pair else { return Err(Error::new("a dry run makes no key")) };
        let typed;
        let passphrase = match &self.passphrase {
            Passphrase::None => None,
            Passphrase::Given(passphrase) => Some(passphrase.as_str()),
            Passphrase::Ask => {
                typed = prompt::passphrase_twice(&format!("the new key {}", self.path.display()))?;
                if typed.is_empty() {
                    ui.warn("the private key has no passphrase: whoever gets the file can use it");
                }
                Some(typed.as_str()).filter(|typed| !typed.is_empty())
            }
        };
        if passphrase.is_some() {
            threads::start()?;
        }
        let _spinner =
            passphrase.map(|_| ui.spinner(&format!("deriving the key from the passphrase ({} rounds)", self.rounds)));
        pair.private_file(&mut OsRng, passphrase, self.rounds).map_err(|error| refused_at(&self.path, &error))
    }

    /// Writes the pair, never over anything, and says where it is.
    ///
    /// # Errors
    /// What the files module refuses.
    pub(super) fn write(&self, private: &str, ui: &Ui) -> Result<(), Error> {
        let Some(pair) = &self.pair else { return Err(Error::new("a dry run writes no key")) };
        self.create(private, &pair.public().to_line())?;
        let public = files::public_path(&self.path);
        ui.note(&format!(
            "new key {}\nprivate: {}\npublic:  {}",
            pair.public().fingerprint(),
            self.path.display(),
            public.display()
        ));
        Ok(())
    }

    /// The pair and what it needs around it, or none of that: no signal ends the program in between.
    fn create(&self, private: &str, public: &str) -> Result<(), Error> {
        let _critical = signals::critical();
        let mut around = Around::default();
        if let (true, Some(folder)) = (self.is_default, self.path.parent()) {
            around.dir(folder, if self.in_ci { 0o755 } else { 0o700 })?;
            if self.in_ci {
                around.ci_gitignore(folder)?;
            }
        }
        let result = files::create_pair(&self.path, private, public);
        if result.as_ref().map_or_else(|error| error.kind == ErrorKind::PartlyDone, |()| true) {
            around.keep();
        }
        result
    }

    /// What to do with the pair, once the file is written.
    pub(super) fn next_step(&self, user: Option<&str>) -> String {
        let path = self.path.display();
        match user {
            Some(name) => {
                format!("{path} is for {name} alone: give it to nobody, nor to a server; only its .pub is handed out")
            }
            None if self.in_ci => {
                format!("`spin configure gha` uploads {path} as the CI secret SSH_DEPLOY_PRIVATE_KEY")
            }
            None => format!("make the text of {path} the secret SSH_DEPLOY_PRIVATE_KEY of your CI"),
        }
    }
}

fn check_free(path: &Path) -> Result<(), Error> {
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.file_name().is_none() {
        return Err(Error::new(format!("{} is a folder, not the name of a new key", path.display()))
            .hint(format!("name a file in it: --generate {}", shell::word(&path.join("NAME").display().to_string()))));
    }
    let public = files::public_path(path);
    if let Some(taken) = [path, &public].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        let taken = taken.display().to_string();
        return Err(Error::new(format!("{taken} is there already and is never overwritten"))
            .hint(format!("pass --key {} to use it, or --generate with another path", shell::word(&taken))));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !files::may_be_dir(folder) {
        return Err(Error::new(format!("the folder {} for the new key is not there", folder.display()))
            .hint(format!("make it first: mkdir -m 700 {}", shell::word(&folder.display().to_string()))));
    }
    Ok(())
}

fn passphrase(options: &KeyOptions, in_ci: bool, path: &Path) -> Result<Passphrase, Error> {
    let from_environment = || std::env::var_os(PASSPHRASE_VARIABLE).filter(|value| !value.is_empty());
    if in_ci {
        let asked_for = if options.passphrase_file.is_some() {
            Some("--passphrase-file")
        } else {
            from_environment().map(|_| PASSPHRASE_VARIABLE)
        };
        return match asked_for.filter(|_| !options.no_passphrase) {
            Some(what) => Err(Error::new(format!("a key for CI cannot have a passphrase, and {what} gives one"))
                .hint(format!("leave {what} away, or pass --no-passphrase"))),
            None => Ok(Passphrase::None),
        };
    }
    if options.no_passphrase {
        return Ok(Passphrase::None);
    }
    let given = match (&options.passphrase_file, from_environment()) {
        (Some(file), _) => Some((prompt::passphrase_from_file(file)?, file.display().to_string())),
        (None, Some(value)) => {
            let value = value.into_string().map_err(|_| Error::new(format!("{} is not UTF-8", PASSPHRASE_VARIABLE)))?;
            Some((Zeroizing::new(value), PASSPHRASE_VARIABLE.to_owned()))
        }
        (None, None) => None,
    };
    match given {
        Some((passphrase, from)) if passphrase.is_empty() => {
            Err(Error::new(format!("the passphrase in {from} is empty"))
                .hint("pass --no-passphrase if there shall be none"))
        }
        Some((passphrase, _)) => Ok(Passphrase::Given(passphrase)),
        None if prompt::Terminal::open().is_some() => Ok(Passphrase::Ask),
        None => Err(Error::new(format!(
            "a new key is needed ({}), and there is no terminal to ask for its passphrase",
            path.display()
        ))
        .hint("pass --passphrase-file PATH, set SPIN_KEYS_PASSPHRASE, or pass --no-passphrase")
        .hint("to use a key that is there: --key PATH")),
    }
}
