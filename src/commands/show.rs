//! `show`: the plain text with everything masked but who gets in; what `git diff` shows of an encrypted file.
//!
//! As a textconv of git it must not fail for what is in the file: a failing one ends `git diff` and `git log -p`. So what
//! cannot be opened is printed as it is, with a note on standard error.

use super::file::spin_file;
use super::sealed::{self, Seal, Search};
use crate::cli::Show;
use crate::error::{Error, ErrorKind};
use crate::files::{self, MAX_BYTES};
use crate::password::FILE_NAME;
use crate::spin;
use crate::ui::Ui;
use crate::vault::{self, Marker, Vault};
use crate::yaml::{self, Document, MASK, Visible};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// `show`
pub(super) fn show(args: &Show, ui: &Ui) -> anyhow::Result<u8> {
    if args.show_secrets && !ui.out_is_terminal() {
        return Err(Error::new("--show-secrets is for a terminal, and standard output is none")
            .hint("leave it away: a log or a file keeps what it gets")
            .into());
    }
    let path = spin_file(args.path.as_deref())?;
    let bytes = files::read_limited(&path, "file", MAX_BYTES)?;
    match unsealed(args, &path, &bytes, ui) {
        Ok((plain, _)) if args.show_secrets => {
            ui.data(&Zeroizing::new(String::from_utf8_lossy(&plain).into_owned()))?;
        }
        Ok((plain, marker)) => ui.data(&masked(&plain, marker.as_ref()))?,
        Err(error) if error.kind == ErrorKind::Interrupted => return Err(error.into()),
        Err(error) => {
            let shown = encrypted_lines(&bytes);
            let how = if shown.as_bytes() == &bytes[..] { "" } else { ", what is not encrypted masked" };
            ui.note(&format!("{}: shown as it is{how}: {}", path.display(), error.message));
            for hint in &error.hints {
                ui.detail(&format!("  help: {hint}"));
            }
            ui.data(&shown)?;
        }
    }
    Ok(0)
}

/// The text of a damaged or closed vault: its header and lines of hex stay, and every other line is masked. It may be
/// plain text that somebody put below a header.
fn encrypted_lines(bytes: &[u8]) -> String {
    let is_header = |line: &[u8]| vault::is_encrypted(line) && !line.contains(&b'\r');
    let is_sealed = |line: &[u8]| is_header(line) || line.iter().all(u8::is_ascii_hexdigit);
    let line = |line: &[u8]| {
        let text = line.trim_ascii();
        if is_sealed(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)) {
            return String::from_utf8_lossy(line).into_owned();
        }
        let end = if line.ends_with(b"\n") { "\n" } else { "" };
        format!("{MASK}{end}")
    };
    bytes.split_inclusive(|byte| *byte == b'\n').map(line).collect()
}

/// The plain text, and marks where a password is at hand.
fn unsealed(args: &Show, path: &Path, bytes: &[u8], ui: &Ui) -> Result<(Zeroizing<Vec<u8>>, Option<Marker>), Error> {
    let option = args.vault_password_file.as_deref();
    if !vault::detect(bytes).map_err(|error| sealed::refused(path, &error))? {
        return Ok((Zeroizing::new(bytes.to_vec()), None));
    }
    let vault = Vault::parse(bytes).map_err(|error| sealed::refused(path, &error))?;
    let mut folders = password_folders(path);
    let last = folders.pop().unwrap_or_default();
    for folder in &folders {
        let search = Search { option, folder, may_prompt: false };
        if let Ok((seal, plain)) = Seal::open(path, &vault, &search, ui) {
            return Ok((Zeroizing::new(plain.to_vec()), Some(seal.marker())));
        }
    }
    let search = Search { option, folder: &last, may_prompt: ui.out_is_terminal() };
    let (seal, plain) = Seal::open(path, &vault, &search, ui)?;
    Ok((Zeroizing::new(plain.to_vec()), Some(seal.marker())))
}

/// Where a password file may lie: beside the file, then from the working folder upwards to the root of the repository.
/// Git gives a textconv a copy of the file in a folder of its own. The last one is there even if it has none.
fn password_folders(path: &Path) -> Vec<PathBuf> {
    let beside = path.canonicalize().ok().and_then(|real| real.parent().map(Path::to_owned)).unwrap_or_default();
    let mut folders = vec![beside];
    if let Ok(here) = std::env::current_dir() {
        let root = files::git_root(&here);
        let above = here.ancestors().take_while(|folder| root.as_deref().is_none_or(|root| folder.starts_with(root)));
        folders.extend(above.map(Path::to_owned));
    }
    let with_file = folders.iter().filter(|folder| folder.join(FILE_NAME).symlink_metadata().is_ok());
    let mut found: Vec<PathBuf> = with_file.cloned().collect();
    if found.is_empty() {
        found.extend(folders.into_iter().next());
    }
    found.dedup();
    found
}

/// The text as a reviewer may see it; text that is not YAML is masked whole.
fn masked(plain: &[u8], marker: Option<&Marker>) -> String {
    let mark = |value: &str| marker.map(|marker| format!(" {}", marker.mark(value))).unwrap_or_default();
    let text = Zeroizing::new(String::from_utf8_lossy(plain).into_owned());
    let (_, text) = yaml::split_bom(&text);
    match Document::parse(text) {
        Ok(document) => yaml::mask(&document, &Visible::Only(&spin::visible(&document)), &mark),
        Err(_) => {
            let lines = text
                .lines()
                .map(|line| if line.trim().is_empty() { "\n".to_owned() } else { format!("{MASK}{}\n", mark(line)) });
            format!("# what is in the file cannot be read as YAML: every line is masked\n{}", lines.collect::<String>())
        }
    }
}
