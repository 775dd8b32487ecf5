//! The lock that keeps two runs from writing in one folder at a time.
//!
//! It is an advisory `flock` on the open folder: it outlives the rename of a file in it, leaves nothing behind, and
//! ends with the process. Taken twice by one thread it is one lock. Keeps out other runs of spin-keys, not editors:
//! against those there is the re-check before the rename.

use std::cell::RefCell;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::folder::Folder;
use super::read::{MAX_KEY_BYTES, read_limited};
use crate::error::Error;
use crate::shell;
use crate::signals;

/// How long to wait for a folder that somebody else holds.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    /// Say so after this time.
    pub say_after: Duration,
    /// Give up after this time.
    pub give_up_after: Duration,
}

impl Default for Wait {
    fn default() -> Self {
        Self { say_after: Duration::from_secs(1), give_up_after: Duration::from_secs(60) }
    }
}

/// Whether the folder is really held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockState {
    /// No other run writes in the folder until the lock is dropped.
    Held,
    /// The file system cannot lock a folder: only the check before the rename is left.
    Unsupported,
}

thread_local! {
    /// The folders this thread holds. A key may be made beside the `.spin.yml` that is being edited: a second
    /// `flock` through another open folder would wait for the first for ever.
    static HELD: RefCell<Vec<(u64, u64)>> = const { RefCell::new(Vec::new()) };
}

/// The lock on a folder; dropping it lets go.
pub(super) struct FolderLock<'a> {
    folder: &'a Folder,
    state: LockState,
    /// What to strike off `HELD`, where this is the outer lock.
    id: Option<(u64, u64)>,
    /// `HELD` is the thread's own, so the lock has to stay with it.
    _not_send: std::marker::PhantomData<*const ()>,
}

impl<'a> FolderLock<'a> {
    /// Waits for the folder; `on_wait` is called once, with who holds it, when the wait has become long.
    pub(super) fn take(folder: &'a Folder, wait: Wait, on_wait: &mut dyn FnMut(&str)) -> Result<Self, Error> {
        let id = folder.id().map_err(|error| super::failed("look at the folder", folder.path(), &error))?;
        let lock = |state, id| Self { folder, state, id, _not_send: std::marker::PhantomData };
        if HELD.with_borrow(|held| held.contains(&id)) {
            return Ok(lock(LockState::Held, None));
        }
        match wait_for(folder, wait, on_wait)? {
            LockState::Held => {
                HELD.with_borrow_mut(|held| held.push(id));
                Ok(lock(LockState::Held, Some(id)))
            }
            LockState::Unsupported => Ok(lock(LockState::Unsupported, None)),
        }
    }

    pub(super) fn state(&self) -> LockState {
        self.state
    }
}

impl Drop for FolderLock<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            HELD.with_borrow_mut(|held| held.retain(|other| *other != id));
            // At the latest the folder is unlocked when it is closed.
            flock(self.folder.file(), FlockOperation::Unlock).ok();
        }
    }
}

fn wait_for(folder: &Folder, wait: Wait, on_wait: &mut dyn FnMut(&str)) -> Result<LockState, Error> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(5);
    let mut said = false;
    loop {
        match flock(folder.file(), FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(LockState::Held),
            Err(Errno::WOULDBLOCK) => {}
            Err(Errno::INTR) => continue,
            Err(errno) if cannot_lock(errno) => return Ok(LockState::Unsupported),
            Err(errno) => return Err(super::failed("lock the folder", folder.path(), &io::Error::from(errno))),
        }
        if signals::interrupted() {
            return Err(Error::interrupted());
        }
        let waited = start.elapsed();
        if waited >= wait.give_up_after {
            return Err(busy(folder, waited));
        }
        if waited >= wait.say_after && !said {
            on_wait(&holder(folder).unwrap_or_else(|| "another spin-keys".to_owned()));
            said = true;
        }
        sleep(pause.min(wait.give_up_after.saturating_sub(waited)));
        pause = (2 * pause).min(Duration::from_millis(100));
    }
}

/// File systems without locks say so in many ways; NFS wants the folder open for writing, which cannot be.
fn cannot_lock(errno: Errno) -> bool {
    [Errno::OPNOTSUPP, Errno::NOTSUP, Errno::NOLCK, Errno::INVAL, Errno::BADF, Errno::NOSYS, Errno::ISDIR]
        .contains(&errno)
}

/// Who holds the lock, where the system tells, as Linux does.
fn holder(folder: &Folder) -> Option<String> {
    let (device, inode) = folder.id().ok()?;
    let place = format!("{:02x}:{:02x}:{inode}", rustix::fs::major(device), rustix::fs::minor(device));
    // `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF`
    let locks = read_limited(Path::new("/proc/locks"), "list of locks", MAX_KEY_BYTES).ok()?;
    let locks = std::str::from_utf8(&locks).ok()?;
    let mut lines = locks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let line = lines.find(|words| words.get(1) == Some(&"FLOCK") && words.get(5) == Some(&place.as_str()))?;
    let process = line.get(4)?;
    let user = Path::new("/proc").join(process).metadata().ok()?.uid();
    Some(format!("process {process} of user {user}"))
}

fn busy(folder: &Folder, waited: Duration) -> Error {
    let path = folder.path().display().to_string();
    let who = holder(folder).unwrap_or_else(|| "somebody else".to_owned());
    Error::new(format!("{who} has held the folder {path} locked for {} seconds", waited.as_secs()))
        .hint("wait for the other spin-keys to end, or end it, then run this again")
        .hint(format!("to see who holds it: fuser -v {}", shell::word(&path)))
}
