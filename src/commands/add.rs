//! `add-user` and `add-deploy`: read, plan, prove, show, ask, write.

use super::file::{Opening, SpinFile, spin_file};
use super::key::{self, Key};
use super::owner::Owner;
use super::report;
use super::review;
use super::text::{self, Proved, Source};
use super::write::{after_writing, write_missing_public};
use crate::cli::{AddDeploy, AddUser, EditOptions, Format, KeyOptions};
use crate::error::{Error, ErrorKind};
use crate::files::Target;
use crate::key::KeyLine;
use crate::spin::{self, NewKey, Request, Who};
use crate::ui::{self, Ui};
use crate::yaml::Document;
use crate::{git, prompt, signals};
use std::path::Path;

/// `add-user`
pub(super) fn user(args: &AddUser, ui: &Ui) -> anyhow::Result<u8> {
    let groups = args.groups.as_deref().map(split_groups);
    checked("a name as in /etc/passwd: letters, digits, `_`, `-`, `.`", spin::check_name(&args.name))?;
    for group in groups.iter().flatten() {
        checked("separate groups by commas: --groups sudo,www-data", spin::check_group(group))?;
    }
    if let Some(name) = &args.full_name {
        checked("pass the name as people say it", spin::check_label("full name", name))?;
    }
    let who = Who::User {
        name: &args.name,
        full_name: args.full_name.as_deref(),
        groups: groups.as_deref(),
        create: args.create,
    };
    Add { who, key: &args.key, edit: &args.edit, ui }.run(Some(&args.name))
}

/// `add-deploy`
pub(super) fn deploy(args: &AddDeploy, ui: &Ui) -> anyhow::Result<u8> {
    Add { who: Who::Deploy, key: &args.key, edit: &args.edit, ui }.run(None)
}

fn split_groups(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|group| !group.is_empty()).map(str::to_owned).collect()
}

fn checked(hint: &str, result: Result<(), String>) -> Result<(), Error> {
    result.map_err(|message| Error::new(message).hint(hint))
}

/// One run.
pub(super) struct Add<'a> {
    pub(super) who: Who<'a>,
    key: &'a KeyOptions,
    pub(super) edit: &'a EditOptions,
    pub(super) ui: &'a Ui,
}

impl Add<'_> {
    fn run(&self, user: Option<&str>) -> anyhow::Result<u8> {
        let path = spin_file(self.edit.file.as_deref())?;
        let dry = self.edit.dry_run || self.edit.check;
        if !dry && self.edit.format == Format::Markdown {
            let error = Error::new("--format markdown tells of a change that is not made");
            return Err(error.hint("add --dry-run, or leave it away").into());
        }
        if !dry {
            signals::install()?;
        }
        let target = Target::open(&path)?;
        let folder = target.real_path().parent().unwrap_or(Path::new("/")).to_owned();
        let (file, plain) = SpinFile::open(path, &target, &Opening::to_edit(self.edit, self.ui), &folder, self.ui)?;
        let source = file.source(&plain, Some(self.ui))?;
        let has_secrets = !file.is_sealed() && !spin::secrets(&source.document).is_empty();
        for advice in git::advice(target.real_path(), file.is_sealed(), has_secrets) {
            self.ui.warn(&advice);
        }
        let owner = Owner { user, project: &folder, dry };
        let key = key::choose(self.key, &owner, self.ui)?;
        self.check_key(&source.document, &key, &owner)?;
        let proved = self.prove(&file, source, &key)?;
        if dry {
            return self.preview(&file, &plain, &proved, &key);
        }
        if proved.edits.is_empty() {
            return self.nothing_to_do(&file.shown, &proved, &key);
        }
        target.check_writable()?;
        self.show(&proved, &key)?;
        if let Key::New(new) = &key {
            self.ui.note(&format!("a new key pair is made at {}", new.path.display()));
        }
        self.ask(&file.shown, &proved)?;
        let private = match &key {
            Key::New(new) => Some(new.private_file(self.ui)?),
            Key::Loaded { .. } => None,
        };
        let Some(written) = self.write(&file, &target, proved, &key, private)? else {
            let target = Target::open(&file.shown)?;
            let plain = file.reopen(target.snapshot().bytes())?;
            let now = self.prove(&file, file.source(&plain, None)?, &key)?;
            return self.nothing_to_do(&file.shown, &now, &key);
        };
        self.say_next_steps(&file.shown, &key, user);
        if self.edit.format == Format::Json {
            report::json(self.ui, &file.shown, &written, &key, true).or_else(|error| after_writing(&error))?;
        }
        Ok(0)
    }

    /// What a key is when it is nobody's yet, and when it is somebody's.
    fn check_key(&self, document: &Document<'_>, key: &Key, owner: &Owner<'_>) -> Result<(), Error> {
        let Some(line) = key.known() else { return Ok(()) };
        for note in line.notes() {
            self.ui.warn(&note);
        }
        if let (None, Key::Loaded { from, .. }, true) = (owner.user, key, line.comment().contains(['\'', '\\'])) {
            self.ui.warn(&format!("the comment of {from} holds ' or \\, on which `spin configure gha` fails"));
        }
        self.check_holders(document, key)
    }

    /// Whether the key stands under somebody else.
    pub(super) fn check_holders(&self, document: &Document<'_>, key: &Key) -> Result<(), Error> {
        let user = match self.who {
            Who::User { name, .. } => Some(name),
            Who::Deploy => None,
        };
        key::check_holders(key, user, document, self.ui)
    }

    pub(super) fn prove(&self, file: &SpinFile<'_>, source: Source<'_>, key: &Key) -> Result<Proved, Error> {
        let line = key.line();
        let new = NewKey { line: &line, material: key.known().map(KeyLine::material) };
        let request = Request { who: self.who, key: new, field: self.edit.field.map(Into::into) };
        text::prove(&file.shown, &file.diff_name, source, &request, file.secrecy)
    }

    /// `--dry-run` and `--check`.
    fn preview(&self, file: &SpinFile<'_>, before: &[u8], proved: &Proved, key: &Key) -> anyhow::Result<u8> {
        if self.edit.format == Format::Markdown {
            return self.proposal(file, before, proved, key);
        }
        if proved.edits.is_empty() {
            return self.nothing_to_do(&file.shown, proved, key);
        }
        report::change(self.ui, self.edit.format, proved, key)?;
        if self.edit.format == Format::Json {
            report::json(self.ui, &file.shown, proved, key, false)?;
        }
        if let Key::New(new) = key {
            self.ui.note(&format!("the key {} does not exist yet: this diff is no patch", new.path.display()));
        } else if file.is_sealed() {
            self.ui.note("the file is encrypted: this diff is of its plain text, and no patch");
        } else if proved.is_masked {
            self.ui.note("secrets are masked: this diff is no patch");
        }
        Ok(u8::from(self.edit.check))
    }

    /// What `review` would say of the change.
    fn proposal(&self, file: &SpinFile<'_>, before: &[u8], proved: &Proved, key: &Key) -> anyhow::Result<u8> {
        if let Key::New(new) = key {
            let error =
                Error::new(format!("the key {} does not exist yet: there is nothing to review", new.path.display()));
            return Err(error.hint("name one that is there: --key PATH").into());
        }
        report::notes_and_warnings(self.ui, proved);
        self.ui.data(&review::proposal(&file.diff_name, before, &proved.bytes, file.is_sealed())?)?;
        Ok(u8::from(self.edit.check && !proved.edits.is_empty()))
    }

    fn nothing_to_do(&self, path: &Path, proved: &Proved, key: &Key) -> anyhow::Result<u8> {
        report::notes_and_warnings(self.ui, proved);
        if self.edit.format == Format::Json {
            report::json(self.ui, path, proved, key, false)?;
        }
        if !(self.edit.dry_run || self.edit.check) {
            write_missing_public(key, self.ui)?;
        }
        self.ui.summary(&format!("nothing to do: the key is in {} already", path.display()));
        Ok(0)
    }

    /// Shows what is about to be written. Whoever passed --yes need not have read it to the end.
    pub(super) fn show(&self, proved: &Proved, key: &Key) -> Result<(), Error> {
        match report::change(self.ui, self.edit.format, proved, key) {
            Err(error) if ui::is_broken_pipe(&error) && self.edit.yes => Ok(()),
            Err(error) if ui::is_broken_pipe(&error) => {
                Err(Error::new("standard output was closed before the whole diff was shown")
                    .hint("to look only: --dry-run; to write without being asked: --yes"))
            }
            Err(error) => Err(Error::io("show the diff on", Path::new("standard output"), &error)),
            Ok(()) => Ok(()),
        }
    }

    pub(super) fn ask(&self, path: &Path, proved: &Proved) -> Result<(), Error> {
        if self.edit.yes {
            return Ok(());
        }
        if self.edit.format == Format::Json {
            self.ui.context(&proved.diff);
        }
        if prompt::confirm(&format!("Write this to {}?", path.display()))? {
            return Ok(());
        }
        Err(Error::new("nothing was written").with_kind(ErrorKind::Declined))
    }

    fn say_next_steps(&self, path: &Path, key: &Key, user: Option<&str>) {
        if let Err(error) = write_missing_public(key, self.ui) {
            self.ui.warn_of(&error);
        }
        self.ui.note(&format!("wrote {}; `spin provision` brings it to the servers", path.display()));
        if let Key::New(new) = key {
            self.ui.note(&new.next_step(user));
        }
    }
}
