//! A key pair that will be created: where, with which passphrase, and what to do with it afterwards.

use super::ci_folder;
use super::owner::{KeyOwner, refused, refused_at};
use crate::error::{Error, ErrorKind};
use crate::files::{self, Scaffold};
use crate::key::{KeyLine, LastDay, NewKey, check_passphrase};
use crate::prompt;
use crate::shell::{self, PASSPHRASE_VARIABLE};
use crate::signals;
use crate::threads;
use crate::ui::Ui;
use ssh_key::rand_core::OsRng;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Options for the key, most of them for a new pair.
pub struct NewKeyOptions {
    /// `--comment`, which also applies to an existing key.
    pub comment: Option<String>,
    /// `--expires`, which also applies to an existing key.
    pub expires: Option<LastDay>,
    /// Rounds of the passphrase's key derivation (bcrypt).
    pub rounds: u32,
    pub passphrase_file: Option<PathBuf>,
    pub no_passphrase: bool,
}

impl NewKeyOptions {
    /// A key with the options that it gets in the `.spin.yml`.
    pub(super) fn listed(&self, line: KeyLine, from: &str) -> Result<KeyLine, Error> {
        match self.expires {
            Some(day) => line.until(day).map_err(|error| refused(from, None, &error)),
            None => Ok(line),
        }
    }
}

/// The passphrase of the private key.
enum Passphrase {
    /// None, by option or because CI needs it so.
    None,
    /// From a file or the environment.
    Given(Zeroizing<String>),
    /// To be typed on the terminal, after the question whether to write.
    Ask,
}

/// Where a new pair belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// Where the command line says.
    Named,
    /// In `~/.ssh`, or where else keys are that are not uploaded.
    Own,
    /// Beside that, until a rotation is finished.
    OwnNext,
    /// In the folder from which `spin configure gha` uploads.
    Ci,
    /// Beside that, until its turn comes.
    BesideCi,
}

impl Home {
    fn is_for_ci(self) -> bool {
        matches!(self, Self::Ci | Self::BesideCi)
    }
}

pub struct NewPair {
    /// Created in memory; in a dry run only to preview the effect.
    pair: NewKey,
    listed: KeyLine,
    is_preview: bool,
    passphrase: Passphrase,
    rounds: u32,
    /// The path of the private key.
    pub path: PathBuf,
    home: Home,
}

impl NewPair {
    /// Checks everything that can be checked before the first question, and creates the pair in memory.
    ///
    /// # Errors
    /// The path exists or has no folder, the comment is invalid, or there is no source for a passphrase.
    pub(super) fn prepare(
        path: &Path,
        home: Home,
        options: &NewKeyOptions,
        owner: &KeyOwner<'_>,
    ) -> Result<Self, Error> {
        let in_ci = home.is_for_ci();
        if home == Home::Named {
            check_free(path)?;
        }
        let passphrase = if owner.dry { Passphrase::None } else { passphrase(options, in_ci, path)? };
        let comment = options.comment.clone().unwrap_or_else(|| owner.default_comment());
        if in_ci && comment.contains(['\'', '\\']) {
            return Err(Error::new(
                "the comment of the deploy key contains ' or \\, on which `spin configure gha` fails",
            )
            .hint("pass another --comment"));
        }
        let pair = NewKey::ed25519(&mut OsRng, &comment).map_err(|error| refused("--comment", None, &error))?;
        let listed = options.listed(pair.public().clone(), "the new key")?;
        let (rounds, is_preview) = (options.rounds, owner.dry);
        Ok(Self { pair, listed, is_preview, passphrase, rounds, path: path.to_owned(), home })
    }

    pub fn public(&self) -> &KeyLine {
        self.pair.public()
    }

    /// The public key as for the `.spin.yml`.
    pub fn listed(&self) -> &KeyLine {
        &self.listed
    }

    /// Whether the private key gets a passphrase, or one is asked for.
    pub fn may_get_passphrase(&self) -> bool {
        !matches!(self.passphrase, Passphrase::None)
    }

    /// Whether the pair is a preview that is never written.
    pub fn is_preview(&self) -> bool {
        self.is_preview
    }

    /// Asks for the passphrase if needed, and derives the key from it.
    ///
    /// # Errors
    /// The question cannot be asked, or there was no answer; Ctrl-C.
    pub fn private_file(&self, ui: &Ui) -> Result<Zeroizing<String>, Error> {
        let typed;
        let passphrase = match &self.passphrase {
            Passphrase::None => None,
            Passphrase::Given(passphrase) => Some(passphrase.as_str()),
            Passphrase::Ask => {
                typed = prompt::passphrase_twice(&format!("the new key {}", self.path.display()))?;
                check_passphrase(&typed).map_err(|error| refused("the passphrase", None, &error))?;
                if typed.is_empty() {
                    ui.warn("the private key has no passphrase: anyone who gets the file can use it");
                }
                Some(typed.as_str()).filter(|typed| !typed.is_empty())
            }
        };
        if passphrase.is_some() {
            threads::start()?;
        }
        let _progress =
            passphrase.map(|_| ui.progress(&format!("deriving the key from the passphrase ({} rounds)", self.rounds)));
        self.pair.private_file(&mut OsRng, passphrase, self.rounds).map_err(|error| refused_at(&self.path, &error))
    }

    /// Writes the pair without overwriting anything, and prints where it is.
    ///
    /// # Errors
    /// The `files` module refuses to write.
    pub fn write(&self, private: &str, ui: &Ui) -> Result<(), Error> {
        if self.is_preview {
            return Err(Error::new("a dry run writes no key"));
        }
        self.create(private, &self.public().to_line())?;
        let public = files::public_path(&self.path);
        ui.note(&format!(
            "new key {}\nprivate: {}\npublic:  {}",
            self.public().fingerprint(),
            self.path.display(),
            public.display()
        ));
        Ok(())
    }

    /// Creates the pair and its folders, or none of them: no signal ends the program in between.
    fn create(&self, private: &str, public: &str) -> Result<(), Error> {
        let _critical = signals::critical();
        let mut scaffold = Scaffold::default();
        if let (true, Some(folder)) = (self.home != Home::Named, self.path.parent()) {
            scaffold.dir(folder, if self.home == Home::Ci { 0o755 } else { 0o700 })?;
            if self.home.is_for_ci() {
                scaffold.ci_gitignore(folder)?;
                ci_folder::refuse_unignored(&self.path)?;
            }
        }
        let result = files::create_pair(&self.path, private, public).and_then(|()| {
            // Now that the files are there, git has the last word.
            let ignored = if self.home.is_for_ci() { ci_folder::refuse_unignored(&self.path) } else { Ok(()) };
            ignored.map_err(|error| error.with_kind(ErrorKind::PartlyDone).note("the pair was written"))
        });
        if result.as_ref().map_or_else(|error| error.kind == ErrorKind::PartlyDone, |()| true) {
            scaffold.keep();
        }
        result
    }

    /// Prints what to do with the pair after the file is written.
    pub fn next_step(&self, user: Option<&str>) -> String {
        let path = self.path.display();
        match user {
            Some(name) => {
                format!("{path} is for {name} only: do not share it or copy it to a server; share only the .pub")
            }
            None if matches!(self.home, Home::BesideCi | Home::OwnNext) => {
                format!("{path} is for CI, once `rotate --deploy --finish` has put it in its place")
            }
            None if self.home == Home::Ci => {
                format!("`spin configure gha` uploads {path} as the CI secret SSH_DEPLOY_PRIVATE_KEY")
            }
            None => format!("add the text of {path} to your CI as the secret SSH_DEPLOY_PRIVATE_KEY"),
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
        return Err(Error::new(format!("{taken} already exists, and is never overwritten"))
            .hint(format!("pass --key {} to use it, or --generate with a different path", shell::word(&taken))));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !files::may_be_dir(folder) {
        return Err(Error::new(format!("the folder {} for the new key does not exist", folder.display()))
            .hint(format!("create it first: mkdir -m 700 {}", shell::word(&folder.display().to_string()))));
    }
    Ok(())
}

fn passphrase(options: &NewKeyOptions, in_ci: bool, path: &Path) -> Result<Passphrase, Error> {
    let from_environment = || std::env::var_os(PASSPHRASE_VARIABLE).filter(|value| !value.is_empty());
    if in_ci {
        let asked_for = if options.passphrase_file.is_some() {
            Some("--passphrase-file")
        } else {
            from_environment().map(|_| PASSPHRASE_VARIABLE)
        };
        return match asked_for.filter(|_| !options.no_passphrase) {
            Some(what) => Err(Error::new(format!("a key for CI cannot have a passphrase, but {what} sets one"))
                .hint(format!("omit {what}, or pass --no-passphrase"))),
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
                .hint("pass --no-passphrase to create the key without one"))
        }
        Some((passphrase, from)) => {
            check_passphrase(&passphrase).map_err(|error| refused(&from, None, &error))?;
            Ok(Passphrase::Given(passphrase))
        }
        None if prompt::Terminal::open().is_some() => Ok(Passphrase::Ask),
        None => Err(Error::new(format!(
            "a new key is needed ({}), but there is no terminal to ask for its passphrase",
            path.display()
        ))
        .hint("pass --passphrase-file PATH, set SPIN_KEYS_PASSPHRASE, or pass --no-passphrase")
        .hint("to use an existing key: --key PATH")),
    }
}
