//! What a run may leave: each rule as an error that says what was found, so that a test can see that the rule is one.

use crate::case::{FILE, Known, belongs_to_pair, is_kept, names};
use crate::session::{Ran, Session};
use crate::strace::Ended;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// Which of the two files is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Old,
    New,
}

/// What lies there after a run.
pub(crate) struct Left {
    pub(crate) outcome: Outcome,
    /// The private key is there, whole.
    has_pair: bool,
    /// What was not there before and is no part of a pair.
    others: BTreeSet<PathBuf>,
    /// What was not there before and belongs to a pair.
    around: BTreeSet<PathBuf>,
}

/// A session about to be run, and what lay there before.
pub(crate) struct Scene<'k> {
    pub(crate) known: &'k Known,
    pub(crate) session: Session,
    before: BTreeSet<PathBuf>,
}

impl<'k> Scene<'k> {
    pub(crate) fn new(known: &'k Known) -> Self {
        Self::of(known, known.session())
    }

    /// With what else lies in the session already.
    pub(crate) fn of(known: &'k Known, session: Session) -> Self {
        let before = names(&session);
        Self { known, session, before }
    }

    /// The file is the old or the new one, whole, with its mode and owner; the private key is whole or absent.
    pub(crate) fn left(&self) -> Result<Left, String> {
        let public = self.private_key()?;
        let bytes = fs::read(self.session.path(FILE)).map_err(|error| format!("the file is gone: {error}"))?;
        let outcome = if self.known.is_old(&bytes) {
            Outcome::Old
        } else if self.known.is_new(&bytes, public.as_deref()) {
            Outcome::New
        } else {
            return Err(format!("neither the old nor the new file:\n{}", String::from_utf8_lossy(&bytes)));
        };
        if !is_kept(&self.session.path(FILE)) {
            return Err("the file has another owner or mode".to_owned());
        }
        let now = names(&self.session);
        if let Some(lost) = self.before.difference(&now).next() {
            return Err(format!("{} is gone", lost.display()));
        }
        let more = now.difference(&self.before).cloned();
        let (around, others) = more.partition(|name| belongs_to_pair(&self.known.case, name));
        Ok(Left { outcome, has_pair: public.is_some(), others, around })
    }

    /// The public half of the private key; none where there is none. An error where it is not whole.
    fn private_key(&self) -> Result<Option<String>, String> {
        let Some(private) = self.known.case.private() else { return Ok(None) };
        let public = format!("{private}.pub");
        if !self.session.exists(&private) {
            let alone = self.session.exists(&public);
            return if alone { Err("a public key without its private half".to_owned()) } else { Ok(None) };
        }
        let mode = fs::symlink_metadata(self.session.path(&private)).unwrap().mode();
        if mode != 0o100_600 {
            return Err(format!("the private key has mode {mode:o}"));
        }
        let mut keygen = self.session.tool("ssh-keygen");
        keygen.args(["-y", "-P", "", "-f"]).arg(self.session.path(&private));
        let ran = Ran::of(keygen.output().unwrap());
        if ran.code != Some(0) {
            return Err(format!("the private key is not whole: {}", ran.err));
        }
        let derived = ran.out.split_whitespace().take(2).chain(["new"]).collect::<Vec<_>>().join(" ");
        if self.session.exists(&public) && self.session.read(&public) != format!("{derived}\n").as_bytes() {
            return Err("the public key is not that of the private one".to_owned());
        }
        Ok(Some(derived))
    }

    /// After a failing system call.
    pub(crate) fn after_error(&self, ended: &Ended) -> Result<Outcome, String> {
        let left = self.left()?;
        self.check_clean(&left, ended)?;
        match ended.code {
            Some(0) => self.check_done(&left, ended),
            Some(2) => check_refusal(&left, ended),
            _ => Err("neither success nor an error".to_owned()),
        }?;
        Ok(left.outcome)
    }

    /// After a signal that can be caught, of this number.
    pub(crate) fn after_signal(&self, ended: &Ended, number: i32) -> Result<Outcome, String> {
        let left = self.left()?;
        self.check_clean(&left, ended)?;
        // Before the program has its handlers the system ends it, when nothing is there to be taken back.
        let by_signal = ended.code == Some(128 + number) || ended.signal == Some(number);
        match ended.code {
            Some(0) => self.check_done(&left, ended),
            _ if by_signal && left.outcome == Outcome::Old => check_pair_is_told(&left, ended),
            _ => Err("neither done nor ended by the signal with the old file".to_owned()),
        }?;
        Ok(left.outcome)
    }

    /// After a failing request for memory, at which any program may be aborted: as after SIGKILL then.
    pub(crate) fn after_memory(&self, ended: &Ended) -> Result<Outcome, String> {
        if matches!(ended.code, Some(0 | 2)) { self.after_error(ended) } else { self.after_kill() }
    }

    /// After SIGKILL: the next run is not in the way of what this one left, and takes it away.
    pub(crate) fn after_kill(&self) -> Result<Outcome, String> {
        let left = self.left()?;
        let args = self.known.case.args_again(&self.session);
        let again = self.session.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        if again.code != Some(0) {
            return Err(format!("the next run fails: {}", again.err));
        }
        let then = self.left().map_err(|error| format!("after the next run: {error}"))?;
        if then.outcome != Outcome::New || !then.others.is_empty() {
            return Err(format!("the next run leaves the {:?} file and {:?}", then.outcome, then.others));
        }
        self.check_whole_pair().map_err(|error| format!("after the next run: {error}"))?;
        Ok(left.outcome)
    }

    /// Nothing but what was there before and a whole pair; no panic.
    fn check_clean(&self, left: &Left, ended: &Ended) -> Result<(), String> {
        if ended.err.contains("panicked") {
            return Err("a panic".to_owned());
        }
        if !left.others.is_empty() {
            return Err(format!("these stay: {:?}", left.others));
        }
        if !left.has_pair && !left.around.is_empty() {
            return Err(format!("these stay without a pair: {:?}", left.around));
        }
        Ok(())
    }

    fn check_done(&self, left: &Left, ended: &Ended) -> Result<(), String> {
        if left.outcome == Outcome::Old || ended.err.contains("nothing was written") {
            return Err("success, and the file is the old one".to_owned());
        }
        self.check_whole_pair()
    }

    fn check_whole_pair(&self) -> Result<(), String> {
        let private = self.known.case.private();
        match private.filter(|private| !self.session.exists(private) || !self.session.exists(&format!("{private}.pub")))
        {
            Some(private) => Err(format!("success, and half of the pair {private} is missing")),
            None => Ok(()),
        }
    }
}

/// Exit 2: the message says what is true.
fn check_refusal(left: &Left, ended: &Ended) -> Result<(), String> {
    let says_nothing = ended.err.contains("nothing was written");
    if !ended.err.contains("error: ") {
        return Err("an error without a word".to_owned());
    }
    if says_nothing && (left.outcome == Outcome::New || left.has_pair) {
        return Err("\"nothing was written\" is not true".to_owned());
    }
    if !says_nothing && left.outcome == Outcome::Old && !left.has_pair {
        return Err("nothing was written, and nobody says so".to_owned());
    }
    if left.outcome == Outcome::New {
        let told = ended.err.contains("the file was replaced") || ended.err.contains("the file was written");
        return if told { Ok(()) } else { Err("the file is new, and nobody says so".to_owned()) };
    }
    check_pair_is_told(left, ended)
}

/// A pair without its file comes with the way to use it.
fn check_pair_is_told(left: &Left, ended: &Ended) -> Result<(), String> {
    let told = ended.err.contains("--key ") || ended.err.contains("to finish: ");
    if left.has_pair && !told { Err("a pair stays, and nobody says so".to_owned()) } else { Ok(()) }
}
