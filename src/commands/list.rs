//! `list`: who stands in the file, and who really gets in.

mod json;
mod table;

use super::check::now;
use super::file::{Opening, SpinFile, spin_file};
use crate::cli::{self, ListFormat};
use crate::error::Error;
use crate::files::Target;
use crate::key::Login;
use crate::spin::{self, Account, Outcome, Principal};
use crate::ui::Ui;
use crate::yaml::LineIndex;
use std::path::Path;

/// `list`
pub(super) fn list(args: &cli::List, ui: &Ui) -> anyhow::Result<u8> {
    match (args.format, &args.account) {
        (ListFormat::AuthorizedKeys, None) => {
            let error = Error::new("--format authorized_keys prints the lines of one account");
            return Err(error.hint("name it: --for NAME").into());
        }
        (ListFormat::Text | ListFormat::Json, Some(_)) => {
            let error = Error::new("--for goes with --format authorized_keys only");
            return Err(error.hint("leave it away, or add --format authorized_keys").into());
        }
        _ => {}
    }
    let path = spin_file(args.file.file.as_deref())?;
    let target = Target::open(&path)?;
    let folder = target.real_path().parent().unwrap_or(Path::new("/")).to_owned();
    let (file, plain) = SpinFile::open(path, &target, &Opening::to_look(&args.file), &folder, ui)?;
    let source = file.look(&plain, Some(ui))?;
    let view = View {
        file: &file,
        lines: LineIndex::of(source.text),
        principals: spin::principals(&source.document),
        access: spin::provision::predict(&source.document, now()),
    };
    match (args.format, &args.account) {
        (ListFormat::AuthorizedKeys, Some(name)) => {
            let is_named = spin::is_named(&source.document, name);
            view.authorized_keys(name, is_named, ui)?;
        }
        (ListFormat::Json, _) => ui.data(&json::text(&view)?)?,
        _ => table::print(&view, ui)?,
    }
    Ok(0)
}

/// What is shown.
struct View<'v> {
    file: &'v SpinFile<'v>,
    lines: LineIndex<'v>,
    principals: Vec<Principal>,
    access: Outcome,
}

impl View<'_> {
    /// `file:line` of a byte.
    fn place(&self, at: usize) -> String {
        format!("{}:{}", self.file.shown.display(), self.lines.place(at).0)
    }

    /// The same for a table, in which a long path leaves no room for anything else.
    fn short_place(&self, at: usize) -> String {
        const LONG: usize = 24;
        let shown = &self.file.shown;
        let name = shown.file_name().map(Path::new).filter(|_| shown.as_os_str().len() > LONG).unwrap_or(shown);
        format!("{}:{}", name.display(), self.lines.place(at).0)
    }

    /// `--format authorized_keys`: the lines that let in on standard output, the others on standard error.
    fn authorized_keys(&self, name: &str, is_named: bool, ui: &Ui) -> anyhow::Result<()> {
        if let Some(end) = &self.access.end {
            ui.warn(&format!("{}: `spin provision` fails on a new server: {}", self.place(end.at), end.reason));
        }
        if let Some(at) = self.access.unresolved.first() {
            ui.warn(&format!(
                "{}: a template: only Ansible can tell what it gives, and if it cannot be resolved, nothing is done",
                self.place(*at)
            ));
        }
        let Some(account) = self.access.account(name) else {
            if !is_named {
                let error = Error::new(format!(
                    "there is no account `{}` in {}",
                    crate::yaml::quote(name),
                    self.file.shown.display()
                ));
                return Err(error.hint("see who is: spin-keys list").into());
            }
            ui.note(&format!("{name} has no account after `spin provision`: nothing is installed"));
            return Ok(());
        };
        for at in &account.unknown {
            ui.warn(&format!("{}: only Ansible can tell what this gives to {name}", self.place(*at)));
        }
        for key in account.keys.iter().filter(|key| !key.lets_in()) {
            ui.warn(&format!(
                "{}: sshd passes over this line ({}): {}",
                self.place(key.at),
                why_not(&key.login),
                key.line
            ));
        }
        if account.keys.iter().all(|key| !key.lets_in()) && account.unknown.is_empty() {
            ui.note(&format!("no key lets anybody in as {name}"));
        }
        ui.data(&lines_of(account))?;
        Ok(())
    }
}

fn lines_of(account: &Account) -> String {
    account.keys.iter().filter(|key| key.lets_in()).map(|key| format!("{}\n", key.line)).collect()
}

/// Why a line lets nobody in.
fn why_not(login: &Login) -> String {
    match login {
        Login::Yes => String::new(),
        Login::Expired => "its expiry-time has passed".to_owned(),
        Login::Ignored(error) => error.to_string(),
    }
}
