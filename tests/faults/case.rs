//! The writes that faults are put into: a plain and an encrypted file, with a key that is there and with a new pair.

use crate::session::{BINARY, Session, fixtures, is_root, with_alice};
use crate::strace::{self, Call};
use spin_keys::vault::{Header, SALT_BYTES, Vault, seal};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

pub(crate) const FILE: &str = "project/.spin.yml";
const PASSWORD: &str = "correct horse";
/// Unlike what a new file gets by itself.
pub(crate) const MODE: u32 = 0o640;
/// Somebody else, whom only root can keep.
const OWNER: (u32, u32) = (1234, 4321);
const CI: &str = "project/.infrastructure/conf/ci";

/// Which key a run puts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyOf {
    /// One that is there.
    File,
    /// A new pair, where `--generate` says.
    NewPair,
    /// A new pair for CI, with the folders it needs.
    NewCiPair,
}

/// A kind of write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) sealed: bool,
    pub(crate) key: KeyOf,
    /// Options of strace that are there in every run of the case.
    pub(crate) always: &'static [&'static str],
}

/// A case with what a good run does.
pub(crate) struct Known {
    pub(crate) case: Case,
    old: Vec<u8>,
    /// The new plain text, with [`Known::PUBLIC`] where the key stands.
    new: String,
    pub(crate) calls: Vec<Call>,
}

impl Case {
    /// The path of the private key that the run makes.
    pub(crate) fn private(&self) -> Option<String> {
        match self.key {
            KeyOf::File => None,
            KeyOf::NewPair => Some("home/key".to_owned()),
            KeyOf::NewCiPair => Some(format!("{CI}/SSH_DEPLOY_PRIVATE_KEY")),
        }
    }

    fn old(&self) -> Vec<u8> {
        if self.sealed {
            seal(with_alice().as_bytes(), PASSWORD.as_bytes(), &[7; SALT_BYTES], Header::V1_1).into_bytes()
        } else {
            with_alice().into_bytes()
        }
    }

    /// A session with `old` as its file.
    fn session(&self, old: &[u8]) -> Session {
        let session = Session::new(old);
        if self.sealed {
            session.write("project/.vault-password", PASSWORD);
        }
        if self.key == KeyOf::NewCiPair {
            fs::create_dir(session.path("project/.infrastructure")).unwrap();
        }
        let file = session.path(FILE);
        fs::set_permissions(&file, fs::Permissions::from_mode(MODE)).unwrap();
        if is_root() {
            chown(file, Some(OWNER.0), Some(OWNER.1)).unwrap();
        }
        session
    }

    /// The arguments of the run.
    pub(crate) fn args(&self, session: &Session) -> Vec<String> {
        let generate = session.path("home/key").display().to_string();
        let bob = fixtures().join("keys/bob.pub").display().to_string();
        let words: &[&str] = match self.key {
            KeyOf::File => &["add-user", "bob", "--key", &bob],
            // A passphrase is one more file to read, long before anything is written, and slow 400 times over.
            KeyOf::NewPair => &["add-user", "bob", "--generate", &generate, "--no-passphrase"],
            KeyOf::NewCiPair => &["add-deploy"],
        };
        words
            .iter()
            .chain(&["--yes", "--comment", "new"][..if self.key == KeyOf::File { 1 } else { 3 }])
            .map(|word| (*word).to_owned())
            .collect()
    }

    /// The arguments of the run that finishes what a killed one began.
    pub(crate) fn args_again(&self, session: &Session) -> Vec<String> {
        match self.private() {
            Some(private) if self.key == KeyOf::NewPair && session.exists(&private) => {
                let private = session.path(&private).display().to_string();
                ["add-user", "bob", "--key", &private, "--yes"].map(str::to_owned).to_vec()
            }
            _ => self.args(session),
        }
    }
}

impl Known {
    const PUBLIC: &'static str = "<PUBLIC>";

    /// Runs the case once, in peace.
    pub(crate) fn of(case: Case) -> Self {
        let old = case.old();
        let mut known = Self { case, old, new: String::new(), calls: Vec::new() };
        let session = known.session();
        let ended = strace::run(&session, case.always, Path::new(&*BINARY), &case.args(&session));
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        known.calls = strace::calls(&ended.trace);
        let bytes = session.read(FILE);
        let text = String::from_utf8(known.plain(&bytes).unwrap()).unwrap();
        known.new = match case.private() {
            Some(private) => {
                let public = String::from_utf8(session.read(&format!("{private}.pub"))).unwrap();
                text.replace(public.trim_end(), Self::PUBLIC)
            }
            None => text,
        };
        assert!(case.key == KeyOf::File || known.new.contains(Self::PUBLIC), "{}", known.new);
        known
    }

    /// A fresh session.
    pub(crate) fn session(&self) -> Session {
        self.case.session(&self.old)
    }

    pub(crate) fn is_old(&self, bytes: &[u8]) -> bool {
        bytes == self.old
    }

    /// Whether the bytes are the whole new file, with this public key.
    pub(crate) fn is_new(&self, bytes: &[u8], public: Option<&str>) -> bool {
        let new = public.map_or(self.new.clone(), |public| self.new.replace(Self::PUBLIC, public));
        self.plain(bytes).is_some_and(|plain| plain == new.as_bytes())
    }

    fn plain(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if !self.case.sealed {
            return Some(bytes.to_vec());
        }
        Some(Vault::parse(bytes).ok()?.open(PASSWORD.as_bytes()).ok()?.to_vec())
    }
}

/// Owner and mode of the file are what they were.
pub(crate) fn is_kept(file: &Path) -> bool {
    let meta = file.symlink_metadata().unwrap();
    let owner = if is_root() { (meta.uid(), meta.gid()) == OWNER } else { true };
    owner && meta.mode() & 0o7777 == MODE
}

/// All paths of a session, without the folder it is in.
pub(crate) fn names(session: &Session) -> BTreeSet<PathBuf> {
    let root = session.path("");
    session.state().into_keys().map(|path| path.strip_prefix(&root).unwrap().to_owned()).collect()
}

/// What belongs to a pair of the case: its two files, and the folders and `.gitignore` around them.
pub(crate) fn belongs_to_pair(case: &Case, name: &Path) -> bool {
    let Some(private) = case.private() else { return false };
    let name = name.to_str().unwrap();
    let around = case.key == KeyOf::NewCiPair && (CI.starts_with(name) || name == format!("{CI}/.gitignore"));
    around || name == private || name == format!("{private}.pub")
}
