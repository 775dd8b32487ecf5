//! `git install`: lets `git diff` and `git log -p` show an encrypted `.spin.yml` as `spin-keys show` does.
//!
//! Two settings of one repository, neither of them committed: how to show a file, and for which file. What is there
//! already stays; a setting that contradicts is refused before anything is written.

use super::shell;
use crate::error::{Error, ErrorKind};
use crate::files::{self, LockState, SPIN_FILE, Target};
use crate::ui::Ui;
use crate::{git, signals};
use std::path::Path;

const KEY: &str = "diff.spin-keys.textconv";
const TEXTCONV: &str = "spin-keys show";
const DRIVER: &str = "spin-keys";
/// A pattern without a slash: the file in any folder of the repository.
const LINE: &str = ".spin.yml diff=spin-keys";

/// `git install`
pub(super) fn install(ui: &Ui) -> anyhow::Result<u8> {
    signals::install()?;
    let attributes = git::attributes_file()?;
    let lacks_config = lacks_config()?;
    let lacks_attribute = lacks_attribute(&attributes)?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder.join("spin-keys").is_file()) {
        ui.warn("`spin-keys` is not on PATH: until it is, git diff of a .spin.yml ends with a fatal error");
    }
    if !lacks_config && !lacks_attribute {
        ui.summary(&format!("nothing to do: git shows {SPIN_FILE} through `{TEXTCONV}` already"));
        return Ok(0);
    }
    let mut done = Vec::new();
    let mut undo = Vec::new();
    if lacks_attribute {
        add_line(&attributes, ui)?;
        let path = attributes.display().to_string();
        done.push(format!("added the line `{LINE}` to {path}"));
        // With a suffix, so that it is the same for GNU and BSD.
        let backup = format!("{path}.bak");
        let (path, backup) = (shell::word(&path), shell::word(&backup));
        undo.push(format!("sed -i.bak '/^\\.spin\\.yml diff=spin-keys$/d' {path} && rm {backup}"));
    }
    if lacks_config {
        git::set_config(KEY, TEXTCONV).map_err(|error| match done.first() {
            Some(done) => error.with_kind(ErrorKind::PartlyDone).note(format!("{done}, which alone changes nothing")),
            None => error,
        })?;
        done.push(format!("set {KEY} = {TEXTCONV} (git config --local)"));
        undo.push(format!("git config --local --unset {KEY}"));
    }
    ui.summary(&format!("git diff and git log -p here now show {SPIN_FILE} decrypted, its secrets masked"));
    done.iter().for_each(|done| ui.note(done));
    ui.note(&format!("to undo it, in this folder:\n{}", undo.join("\n")));
    Ok(0)
}

/// Whether nobody has said yet how to show such a file.
fn lacks_config() -> Result<bool, Error> {
    match git::config(KEY)?.as_deref() {
        None => Ok(true),
        Some(TEXTCONV) => Ok(false),
        Some(other) => Err(Error::new(format!("{KEY} is `{other}` in git's configuration, not `{TEXTCONV}`"))
            .hint(format!("to see where that is set: git config --show-origin --get-all {KEY}"))
            .hint(format!("if it may go: git config --local --unset-all {KEY}, then run this again"))),
    }
}

/// Whether git shows the file in the plain way yet: the one here and the one at the top, for which a `.gitattributes`
/// can say different things.
fn lacks_attribute(attributes: &Path) -> Result<bool, Error> {
    let top = git::way_to_top()?;
    let mut lacks = false;
    for path in [SPIN_FILE.to_owned(), top + SPIN_FILE] {
        match git::diff_attribute(&path)?.as_str() {
            "unspecified" => lacks = true,
            DRIVER => {}
            other => {
                let message = format!("the git attribute `diff` of {path} is `{other}`, not `{DRIVER}`");
                let places = format!("{} and the .gitattributes files", attributes.display());
                return Err(Error::new(message)
                    .hint(format!("to see where that is set: look for {SPIN_FILE} and * in {places}"))
                    .hint("if it may go: remove `diff` (or `binary`) there, then run this again"));
            }
        }
    }
    Ok(lacks)
}

/// Adds the line below what is there.
fn add_line(attributes: &Path, ui: &Ui) -> Result<(), Error> {
    if attributes.symlink_metadata().is_err() {
        files::ensure_dir(attributes.parent().unwrap_or(Path::new("")), 0o755)?;
        return files::create_public(attributes, format!("{LINE}\n").as_bytes());
    }
    let target = Target::open(attributes)?;
    target.check_writable()?;
    let locked = target.lock(&mut || ui.note("waiting for another spin-keys to finish in this folder"))?;
    if locked.state() == LockState::Unsupported {
        ui.note("this file system cannot lock a folder: going on with the check before the write alone");
    }
    let before = locked.reread()?;
    let mut after = before.bytes().to_vec();
    if !matches!(after.last(), None | Some(b'\n')) {
        after.push(b'\n');
    }
    after.extend_from_slice(LINE.as_bytes());
    after.push(b'\n');
    Ok(locked.replace(&after, &before)?)
}
