//! `add-user` and `add-deploy`: read, plan, prove, show, ask, write.

use super::key::{self, Key};
use super::owner::Owner;
use super::report;
use super::text::{self, Proved, Source};
use crate::cli::{AddDeploy, AddUser, EditOptions, Format, KeyOptions};
use crate::error::{Error, ErrorKind};
use crate::files::{self, LockState, ReplaceError, Snapshot, Target};
use crate::key::KeyLine;
use crate::spin::{self, NewKey, Request, Who};
use crate::ui::Ui;
use crate::yaml::Document;
use crate::{prompt, signals};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

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
struct Add<'a> {
    who: Who<'a>,
    key: &'a KeyOptions,
    edit: &'a EditOptions,
    ui: &'a Ui,
}

/// The file as people name it.
struct Names {
    /// For messages: as given, or relative to the working folder.
    shown: PathBuf,
    /// For the diff: relative to the git root, else the bare file name.
    diff: String,
}

impl Add<'_> {
    fn run(&self, user: Option<&str>) -> anyhow::Result<u8> {
        let path = spin_file(self.edit.file.as_deref())?;
        let dry = self.edit.dry_run || self.edit.check;
        if !dry {
            signals::install()?;
        }
        let target = Target::open(&path)?;
        let names = Names { diff: diff_name(target.real_path()), shown: path };
        let project = target.real_path().parent().unwrap_or(Path::new("/")).to_owned();
        let owner = Owner { user, project: &project, dry };
        let source = Source::read(&names.shown, target.snapshot().bytes())?;
        let key = key::choose(self.key, &owner, self.ui)?;
        self.check_key(&source.document, &key, &owner)?;
        let proved = self.prove(&names, source, &key)?;
        if dry {
            return self.preview(&names, &proved, &key);
        }
        if proved.edits.is_empty() {
            return self.nothing_to_do(&names, &proved, &key);
        }
        target.check_writable()?;
        report::change(self.ui, self.edit.format, &proved, &key)?;
        if let Key::New(new) = &key {
            self.ui.note(&format!("a new key pair is made at {}", new.path.display()));
        }
        self.ask(&names.shown, &proved)?;
        let private = match &key {
            Key::New(new) => Some(new.private_file(self.ui)?),
            Key::Loaded { .. } => None,
        };
        let written = self.write(&names, &target, proved, &key, private)?;
        if self.edit.format == Format::Json {
            report::json(self.ui, &names.shown, &written, &key, true)?;
        }
        self.say_next_steps(&names.shown, &key, user);
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
        key::check_holders(key, line, owner, document, self.ui)
    }

    fn prove(&self, names: &Names, source: Source<'_>, key: &Key) -> Result<Proved, Error> {
        let line = key.line();
        let new = NewKey { line: &line, material: key.known().map(KeyLine::material) };
        let request = Request { who: self.who, key: new, field: self.edit.field.map(Into::into) };
        text::prove(&names.shown, &names.diff, source, &request)
    }

    /// `--dry-run` and `--check`.
    fn preview(&self, names: &Names, proved: &Proved, key: &Key) -> anyhow::Result<u8> {
        if proved.edits.is_empty() {
            return self.nothing_to_do(names, proved, key);
        }
        report::change(self.ui, self.edit.format, proved, key)?;
        if self.edit.format == Format::Json {
            report::json(self.ui, &names.shown, proved, key, false)?;
        }
        if let Key::New(new) = key {
            self.ui.note(&format!("the key {} does not exist yet: this diff is no patch", new.path.display()));
        }
        Ok(u8::from(self.edit.check))
    }

    fn nothing_to_do(&self, names: &Names, proved: &Proved, key: &Key) -> anyhow::Result<u8> {
        report::notes_and_warnings(self.ui, proved);
        if self.edit.format == Format::Json {
            report::json(self.ui, &names.shown, proved, key, false)?;
        }
        if !(self.edit.dry_run || self.edit.check) {
            write_missing_public(key, self.ui)?;
        }
        self.ui.summary(&format!("nothing to do: the key is in {} already", names.shown.display()));
        Ok(0)
    }

    fn ask(&self, path: &Path, proved: &Proved) -> Result<(), Error> {
        if self.edit.yes {
            return Ok(());
        }
        if self.edit.format == Format::Json {
            self.ui.note(&proved.diff);
        }
        if prompt::confirm(&format!("Write this to {}?", path.display()))? {
            return Ok(());
        }
        Err(Error::new("nothing was written").with_kind(ErrorKind::Declined))
    }

    /// Locks, reads again, writes the pair and then the file. The same change to a file that was changed meanwhile is
    /// written; another one is shown and asked again.
    fn write(
        &self,
        names: &Names,
        target: &Target,
        mut proved: Proved,
        key: &Key,
        mut private: Option<Zeroizing<String>>,
    ) -> anyhow::Result<Proved> {
        let pair_was_due = private.is_some();
        let mut seen = None;
        loop {
            let locked = self.lock(target)?;
            let now = locked.reread()?;
            if !now.same_bytes(seen.as_ref().unwrap_or(target.snapshot())) {
                let again = self.prove(names, Source::read(&names.shown, now.bytes())?, key)?;
                if again.edits.is_empty() {
                    self.ui.summary("somebody else put the same key in meanwhile");
                    return Ok(again);
                }
                let same = again.edits == proved.edits && again.changes == proved.changes;
                (proved, seen) = (again, Some(now));
                if !same && !self.edit.yes {
                    drop(locked);
                    self.ui.note("the file was changed meanwhile; the change is now:");
                    report::change(self.ui, self.edit.format, &proved, key)?;
                    self.ask(&names.shown, &proved)?;
                    continue;
                }
            }
            let expected = seen.as_ref().unwrap_or(target.snapshot());
            match self.put(&locked, expected, &proved, key, &mut private) {
                Ok(true) => return Ok(proved),
                Ok(false) => {}
                Err(error) => return Err(after_pair(error, key, pair_was_due && private.is_none(), self.who).into()),
            }
        }
    }

    fn lock<'t>(&self, target: &'t Target) -> Result<files::Locked<'t>, Error> {
        let locked = target.lock(&mut || self.ui.note("waiting for another spin-keys to finish in this folder"))?;
        if locked.state() == LockState::Unsupported {
            self.ui.note("this file system cannot lock a folder: going on with the check before the write alone");
        }
        Ok(locked)
    }

    /// Writes the pair, once, and the file; false where the file was changed in between.
    fn put(
        &self,
        locked: &files::Locked<'_>,
        expected: &Snapshot,
        proved: &Proved,
        key: &Key,
        private: &mut Option<Zeroizing<String>>,
    ) -> Result<bool, Error> {
        if let (Key::New(new), Some(text)) = (key, private.as_ref()) {
            new.write(text, self.ui)?;
            *private = None;
        }
        match locked.replace(&proved.bytes, expected) {
            Ok(()) => Ok(true),
            Err(ReplaceError::Changed) => Ok(false),
            Err(ReplaceError::Failed(error)) => Err(error),
        }
    }

    fn say_next_steps(&self, path: &Path, key: &Key, user: Option<&str>) {
        if let Err(error) = write_missing_public(key, self.ui) {
            self.ui.warn(&error.to_string());
        }
        self.ui.note(&format!("wrote {}; `spin provision` brings it to the servers", path.display()));
        if let Key::New(new) = key {
            self.ui.note(&new.next_step(user));
        }
    }
}

/// A pair without its `.pub` gets it.
fn write_missing_public(key: &Key, ui: &Ui) -> Result<(), Error> {
    if let Key::Loaded { line, lacks_public: Some(path), .. } = key {
        files::write_public(path, &line.to_line())?;
        ui.note(&format!("wrote the missing {}", files::public_path(path).display()));
    }
    Ok(())
}

/// The pair is there and the file is not: says how to finish.
fn after_pair(error: Error, key: &Key, pair_is_there: bool, who: Who<'_>) -> Error {
    let (Key::New(new), true) = (key, pair_is_there) else { return error };
    let kind = if error.kind == ErrorKind::Failed { ErrorKind::PartlyDone } else { error.kind };
    let path = new.path.display();
    let command = match who {
        Who::User { name, .. } => format!("spin-keys add-user {name} --key {path}"),
        Who::Deploy => format!("spin-keys add-deploy --key {path}"),
    };
    error.with_kind(kind).hint(format!("the new key pair stays at {path}; to finish: {command}"))
}

/// The file that is meant: as named, else the nearest one, relative to the working folder where it lies below it.
fn spin_file(named: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let here = std::env::current_dir().map_err(|error| Error::io("find", Path::new("the working folder"), &error))?;
    let found = files::find_spin_file(&here, key::home().as_deref())?;
    Ok(found.strip_prefix(&here).map(Path::to_owned).unwrap_or(found))
}

fn diff_name(real: &Path) -> String {
    let root = real.parent().and_then(files::git_root).and_then(|root| root.canonicalize().ok());
    let relative = root.as_deref().and_then(|root| real.strip_prefix(root).ok());
    let name = relative.or_else(|| real.file_name().map(Path::new)).unwrap_or(real);
    name.display().to_string()
}
