//! Reads a whole file, up to a limit.
//!
//! Promises: never waits (a pipe without a writer), never reads without end (a device), and leaves no copy of a
//! secret in memory. Refuses folders, pipes, devices, sockets, dangling links and whatever is over the limit.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use zeroize::Zeroizing;

use super::retried;
use crate::error::Error;

/// The largest file that is read.
pub const MAX_BYTES: u64 = 64 << 20;
/// The largest file that is read where a key, a password or a passphrase is expected.
pub const MAX_KEY_BYTES: u64 = 1 << 20;

const PIPE: &str = "it is a pipe";
pub(super) const READ_FLAGS: OFlags =
    OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC).union(OFlags::NOCTTY);

/// Refuses a pipe, as `<(pass show ci)` of a shell is one, with what to do in place of a file on the disk.
///
/// # Errors
///
/// It is a pipe.
pub(crate) fn refuse_pipe(path: &Path, what: &str, instead: &str) -> Result<(), Error> {
    let is_pipe = path.metadata().is_ok_and(|meta| meta.file_type().is_fifo());
    if is_pipe { Err(refused(path, what, PIPE).hint(instead)) } else { Ok(()) }
}

/// The bytes of the file at `path`, which messages call `what` ("key file").
///
/// # Errors
///
/// See the module: each refusal has its own message.
pub fn read_limited(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<Vec<u8>>, Error> {
    match retried(|| Ok(rustix::fs::open(path, READ_FLAGS, Mode::empty())?)) {
        Ok(fd) => read_open(File::from(fd), path, what, limit).map(|(bytes, _)| bytes),
        Err(error) => Err(cannot_open(path, what, &error)),
    }
}

/// Bytes and metadata of a file that is open; `path` is for messages.
pub(super) fn read_open(
    mut file: File,
    path: &Path,
    what: &str,
    limit: u64,
) -> Result<(Zeroizing<Vec<u8>>, Metadata), Error> {
    let doing = format!("read the {what}");
    let meta = retried(|| file.metadata()).map_err(|error| super::failed(&doing, path, &error))?;
    check_kind(&meta, path, what)?;
    if meta.len() > limit {
        return Err(too_large(path, what, limit));
    }
    let bytes = read_all(&mut file, meta.len(), limit).map_err(|error| super::failed(&doing, path, &error))?;
    bytes.map(|bytes| (bytes, meta)).ok_or_else(|| too_large(path, what, limit))
}

/// All there is to read, or nothing where that is over `limit`. The buffer is never grown in place: that would leave
/// the old one, secrets and all, in freed memory.
pub(crate) fn read_all(from: &mut impl Read, expected: u64, limit: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let size = |bytes: u64| usize::try_from(bytes).map_err(io::Error::other);
    // One byte more than expected, so that the end is seen without growing.
    let mut buffer = Zeroizing::new(vec![0; size(expected.min(limit) + 1)?]);
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            if filled > size(limit)? {
                return Ok(None);
            }
            let mut larger = Zeroizing::new(vec![0; (2 * filled + 4096).min(size(limit)? + 1)]);
            larger[..filled].copy_from_slice(&buffer);
            buffer = larger;
        }
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(filled);
    Ok(Some(buffer))
}

fn check_kind(meta: &Metadata, path: &Path, what: &str) -> Result<(), Error> {
    let kind = meta.file_type();
    let (why, hint) = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        ("it is a folder", "name a file in it")
    } else if kind.is_fifo() {
        (PIPE, "write what comes out of it to a file first")
    } else if kind.is_socket() {
        ("it is a socket", "name a regular file")
    } else {
        ("it is a device", "name a regular file")
    };
    Err(refused(path, what, why).hint(hint))
}

/// Why a file cannot be opened, in words for the person.
pub(super) fn cannot_open(path: &Path, what: &str, error: &io::Error) -> Error {
    if path.metadata().is_ok_and(|meta| meta.file_type().is_socket()) {
        return refused(path, what, "it is a socket").hint("name a regular file");
    }
    match (error.kind(), path.read_link()) {
        (io::ErrorKind::NotFound, Ok(leads_to)) => {
            refused(path, what, &format!("it is a link to {}, which is not there", leads_to.display()))
                .hint("point the link to a file that is there, or remove it")
        }
        (io::ErrorKind::NotFound, Err(_)) => {
            super::failed(&format!("read the {what}"), path, error).hint("check the spelling of the path")
        }
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            refused(path, what, "its links form a loop").hint("remove the link and name the file itself")
        }
        _ => super::failed(&format!("read the {what}"), path, error),
    }
}

fn too_large(path: &Path, what: &str, limit: u64) -> Error {
    refused(path, what, &format!("it is larger than {} MiB", limit >> 20)).hint("is that the file you mean?")
}

fn refused(path: &Path, what: &str, why: &str) -> Error {
    Error::new(format!("cannot read the {what} {}: {why}", path.display()))
}
