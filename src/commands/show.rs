//! `show`: the plain text with everything masked except who can log in; `git diff` uses it for an encrypted file.
//!
//! Its first line says whether the file is encrypted. As a textconv of git it must not fail because of the content of
//! the file: a failure ends `git diff` and `git log -p`. So a file that cannot be decrypted is printed unchanged, with a
//! note on standard error.

use super::args::refuse_secrets_in_a_pipe;
use super::salt;
use crate::error::{Error, ErrorKind};
use crate::escape::escape;
use crate::input::{Opener, RawFile, read_named};
use crate::spin::redact::show::{encrypted_lines, masked};
use crate::ui::Ui;
use clap::Args;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// `show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// File to show, or stdin (-) [default: the nearest .spin.yml]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Show the file at PATH; the same as the argument
    #[arg(short, long, value_name = "PATH", conflicts_with = "path")]
    pub file: Option<PathBuf>,
    /// Read the vault password from PATH, or run it if executable
    #[arg(long, value_name = "PATH")]
    pub vault_password_file: Option<PathBuf>,
    /// For git, as `git install` sets it up
    ///
    /// Runs no password program and asks nothing.
    #[arg(long, hide_short_help = true)]
    pub textconv: bool,
    /// Show all values; only on a terminal
    #[arg(long)]
    pub show_secrets: bool,
}

pub(crate) fn show(args: &ShowArgs, ui: &Ui) -> anyhow::Result<u8> {
    refuse_secrets_in_a_pipe(args.show_secrets, ui)?;
    let raw = read_named(args.path.as_deref().or(args.file.as_deref()))?;
    raw.note_link(ui);
    let option = args.vault_password_file.as_deref();
    let (may_prompt, may_run) = (ui.out_is_terminal() && !args.textconv, !args.textconv);
    let opener = Opener { option, may_prompt, may_run, ui };
    let (bytes, shown) = (Zeroizing::new(raw.bytes().to_vec()), raw.shown.display().to_string());
    let heading = heading(&raw);
    let opened = opener.unseal(raw);
    if let Ok(file) = &opened
        && let Err(error) = file.decode(file.bytes())
    {
        note(ui, &shown, "", &error);
    }
    match opened {
        Ok(file) if args.show_secrets => {
            ui.data(&Zeroizing::new(heading + &String::from_utf8_lossy(file.bytes())))?;
        }
        Ok(file) => {
            let marker = file.marker(|| {
                let salt = salt::of_repository();
                if salt.is_none() && args.textconv {
                    ui.note(
                        "the digits after masks hold for one run: to compare them, run `spin-keys git install` here",
                    );
                }
                salt.unwrap_or_else(salt::random).into_bytes()
            });
            let mark = |value: &str| marker.as_ref().map(|it| format!(" {}", it.mark(value))).unwrap_or_default();
            ui.data(&(heading + &masked(file.bytes(), &mark)))?;
        }
        Err(error) if error.kind == ErrorKind::Interrupted => return Err(error.into()),
        Err(error) => {
            let text = encrypted_lines(&bytes);
            let how = if text.as_bytes() == &bytes[..] { "" } else { ", with text that is not encrypted masked" };
            note(ui, &shown, &format!("shown unchanged{how}: "), &error);
            ui.data(&(heading + &text))?;
        }
    }
    Ok(0)
}

/// The first line: `git diff` shows by it that a file is no longer encrypted.
fn heading(raw: &RawFile) -> String {
    match raw.vault() {
        Some(vault) => {
            let label = vault.label().map(|label| format!(", label {}", escape(label))).unwrap_or_default();
            format!("# sealed: encrypted with Ansible Vault{label}\n")
        }
        None if raw.is_encrypted() => "# NOT SEALED: damaged, or text below the header of a vault\n".to_owned(),
        None => "# PLAIN: not encrypted\n".to_owned(),
    }
}

/// Says what is wrong, which must not end a textconv.
fn note(ui: &Ui, shown: &str, how: &str, error: &Error) {
    let place = error.place.as_ref().map_or_else(|| shown.to_owned(), ToString::to_string);
    ui.note(&format!("{place}: {how}{}", error.message));
    error.hints.iter().for_each(|hint| ui.detail(&format!("  help: {hint}")));
}
