//! `git install`: lets `git diff` and `git log -p` show an encrypted `.spin.yml` as `spin-keys show` does.
//!
//! Changes three settings of one repository, none of them committed: how to show a file, which file, and the salt of the
//! marks. Existing settings stay; a contradicting setting in the same place is refused before anything is written.

use super::salt;
use crate::error::{Error, ErrorKind};
use crate::files::{self, Target};
use crate::git::Settings;
use crate::spin::config::layout::SPIN_FILE;
use crate::ui::Ui;
use crate::{shell, signals};
use std::path::{Path, PathBuf};

const KEY: &str = "diff.spin-keys.textconv";
const TEXTCONV: &str = "spin-keys show --textconv";
/// What earlier versions set, which may run a password program.
const FORMER: &str = "spin-keys show";
const DRIVER: &str = "spin-keys";
/// A pattern without a slash: the file in any folder of the repository.
const LINE: &str = ".spin.yml diff=spin-keys";

/// `git install`
pub(crate) fn install(ui: &Ui) -> anyhow::Result<u8> {
    signals::install()?;
    let settings = Settings::here()?;
    let attributes = settings.attributes.as_path();
    let lacks_config = lacks_config(&settings)?;
    let lacks_salt = salt::is_lacking(&settings)?;
    let lacks_attribute = lacks_attribute(&settings)?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder.join("spin-keys").is_file()) {
        ui.warn("`spin-keys` is not in PATH: until it is, git diff of a .spin.yml fails with a fatal error");
    }
    if !lacks_config && !lacks_attribute && !lacks_salt {
        ui.summary(&format!("nothing to do: git already shows {SPIN_FILE} with `{TEXTCONV}`"));
        return Ok(0);
    }
    let mut done = Vec::new();
    let mut undo = Vec::new();
    if lacks_attribute {
        add_line(attributes, ui)?;
        let path = attributes.display().to_string();
        done.push(format!("added the line `{LINE}` to {path}"));
        // The suffix makes it work with both GNU and BSD sed.
        let backup = format!("{path}.bak");
        let (path, backup) = (shell::word(&path), shell::word(&backup));
        undo.push(format!("sed -i.bak '/^\\.spin\\.yml diff=spin-keys$/d' {path} && rm {backup}"));
    }
    let salt = salt::random();
    let wanted = [(lacks_salt, salt::KEY, &*salt, "a random text"), (lacks_config, KEY, TEXTCONV, TEXTCONV)];
    for (_, key, value, shown) in wanted.into_iter().filter(|(lacks, ..)| *lacks) {
        settings.set(key, value).map_err(|error| match done.first() {
            Some(done) => {
                error.with_kind(ErrorKind::PartlyDone).note(format!("{done}, which has no effect on its own"))
            }
            None => error,
        })?;
        done.push(format!("set {key} = {shown} (git config --local)"));
        undo.push(format!("git config --local --unset {key}"));
    }
    ui.summary(&format!("git diff and git log -p here now show {SPIN_FILE} decrypted, its secrets masked"));
    done.iter().for_each(|done| ui.note(done));
    ui.note(&format!("to undo it, in this folder:\n{}", undo.join("\n")));
    Ok(0)
}

/// Whether the driver is not configured yet.
fn lacks_config(settings: &Settings) -> Result<bool, Error> {
    match settings.get(KEY)?.as_deref() {
        None | Some(FORMER) => Ok(true),
        Some(TEXTCONV) => Ok(false),
        Some(other) => Err(Error::new(format!("{KEY} is `{other}` in git's configuration, not `{TEXTCONV}`"))
            .hint(format!("to see where it is set: git config --show-origin --get-all {KEY}"))
            .hint(format!("to remove it: git config --local --unset-all {KEY}, then run this again"))),
    }
}

/// Whether git still shows the file as plain text. Checks the file here and the one at the top, because a
/// `.gitattributes` can treat them differently. What such a file says is outranked by the line that is added; only what
/// `.git/info/attributes` itself says is left alone.
fn lacks_attribute(settings: &Settings) -> Result<bool, Error> {
    let here = &settings.below_top;
    let up: PathBuf = here.components().map(|_| "..").collect();
    let mut lacks = false;
    for (path, from_top) in [(PathBuf::from(SPIN_FILE), here.join(SPIN_FILE)), (up.join(SPIN_FILE), SPIN_FILE.into())] {
        if settings.diff_attribute(&from_top)? == DRIVER {
            continue;
        }
        lacks = true;
        let own = settings.own_diff_attribute(&from_top)?;
        if own != "unspecified" {
            let message = format!("the git attribute `diff` of {} is `{own}`, not `{DRIVER}`", path.display());
            let place = settings.attributes.display();
            return Err(Error::new(message)
                .hint(format!("to see where it is set: look for {SPIN_FILE} and * in {place}"))
                .hint("to remove it: delete `diff` (or `binary`) there, then run this again"));
        }
    }
    Ok(lacks)
}

/// Appends the line.
fn add_line(attributes: &Path, ui: &Ui) -> Result<(), Error> {
    if attributes.symlink_metadata().is_err() {
        files::ensure_dir(attributes.parent().unwrap_or(Path::new("")), 0o755)?;
        return files::create_public(attributes, format!("{LINE}\n").as_bytes());
    }
    let target = Target::open(attributes)?;
    target.check_writable()?;
    let locked = target.lock(&mut |message| ui.note(message))?;
    let before = locked.reread()?;
    let mut after = before.bytes().to_vec();
    if !matches!(after.last(), None | Some(b'\n')) {
        after.push(b'\n');
    }
    after.extend_from_slice(LINE.as_bytes());
    after.push(b'\n');
    Ok(locked.replace(&after, &before)?)
}
