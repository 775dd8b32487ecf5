//! Replaces the file that is being edited, as a whole or not at all.
//!
//! Promises: the file is still what was read, byte for byte, right before the rename, else nothing is written; mode,
//! owner and group stay; the new contents are on the disk before they get the name, the name before this returns. An
//! error or a signal leaves the old file and nothing else.

use std::fmt;
use std::io;
use std::os::unix::fs::{MetadataExt, fchown};

use super::retried;
use super::target::{Locked, Meta, Snapshot};
use super::temp::{self, Temp};
use crate::error::{Error, ErrorKind};
use crate::signals;

/// Why a file was not replaced.
#[derive(Debug)]
pub enum ReplaceError {
    /// It is no longer what was read: plan again.
    Changed,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for ReplaceError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl fmt::Display for ReplaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("the file was changed by somebody else in the meantime"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReplaceError {}

/// For callers that do not plan again.
impl From<ReplaceError> for Error {
    fn from(error: ReplaceError) -> Self {
        match error {
            ReplaceError::Changed => {
                Self::new(ReplaceError::Changed.to_string()).hint("nothing was written: run this again")
            }
            ReplaceError::Failed(error) => error,
        }
    }
}

impl Locked<'_> {
    /// Puts `new` in the place of the file, if that is still `expected`.
    ///
    /// # Errors
    ///
    /// [`ReplaceError::Changed`] if it is not; else what the system refused. Of kind
    /// [`PartlyDone`](ErrorKind::PartlyDone) where the new file is there but may not outlast a power cut.
    pub fn replace(&self, new: &[u8], expected: &Snapshot) -> Result<(), ReplaceError> {
        let target = self.target;
        let failed = |doing: &str, error: &io::Error| super::failed(doing, target.path(), error);
        let critical = signals::critical();

        let current = self.reread()?;
        if !current.same_bytes(expected) {
            return Err(ReplaceError::Changed);
        }
        let mut temp = Temp::create(target.folder(), temp::name_for(target.name()), &self.lock)?;
        self.keep_owner(&temp, current.meta)?;
        temp.fill(new, current.meta.mode).map_err(|error| failed("write", &error))?;

        if !self.is_still(&current) {
            return Err(ReplaceError::Changed);
        }
        if critical.interrupted() {
            return Err(Error::interrupted().into());
        }
        temp.rename_over(target.name()).map_err(|error| failed("replace", &error))?;
        critical.committed();
        target.folder().sync().map_err(|error| {
            let error = failed("flush", &error).with_kind(ErrorKind::PartlyDone);
            error.hint("the file was replaced, but may be the old one again after a power cut").into()
        })
    }

    fn keep_owner(&self, temp: &Temp<'_>, old: Meta) -> Result<(), Error> {
        let path = self.target.path();
        let new = temp.metadata().map_err(|error| super::failed("look at the new", path, &error))?;
        let (uid, gid) = ((new.uid() != old.uid).then_some(old.uid), (new.gid() != old.gid).then_some(old.gid));
        if uid.is_none() && gid.is_none() {
            return Ok(());
        }
        retried(|| fchown(temp.file(), uid, gid)).map_err(|error| {
            let doing = format!("keep the owner {}:{} of", old.uid, old.gid);
            Error::io(&doing, path, &error).hint("let that user, or somebody in that group, do it")
        })
    }
}
