//! `rotate`: a new key in place of an old one, in two steps.

use super::added::Said;
use super::args::refuse_secrets_in_a_pipe;
use super::now;
use super::rotate_args::RotateArgs;
use super::rotation::Rotating;
use crate::change::add_key::{AddKey, Wanted};
use crate::change::rotate::BeginRotation;
use crate::change::run::{Done, Run, Until};
use crate::error::Error;
use crate::input::discover::{ci_folder, home};
use crate::key_source::{KeyOwner, KeySource, choose};
use crate::report::rotation;
use crate::signals;
use crate::spin::Who;
use crate::spin::plan::rotate::{Pairs, Stage};
use crate::ui::Ui;

pub(crate) fn rotate(args: &RotateArgs, ui: &Ui) -> anyhow::Result<u8> {
    let (edit, until) = (&args.edit, args.edit.until());
    if args.status && edit.format.is_proposal() {
        return Err(Error::new("--format markdown is for a change, and --status makes none").into());
    }
    match args.finish || args.status {
        true => refuse_secrets_in_a_pipe(edit.show_secrets, ui)?,
        false => edit.check(ui)?,
    }
    let options = args.key.options(now())?;
    if until != Until::Shown && !args.status {
        signals::install()?;
    }
    let mut file = edit.opener(ui).open_target(edit.file.as_deref())?;
    file.show(edit.show_secrets, edit.is_seen(ui));
    let dry = until == Until::Shown || args.status || args.finish;
    let ci_folder = file.folder().and_then(ci_folder);
    let owner = KeyOwner { user: args.name.as_deref(), ci_folder, home: home(), dry };
    let rotating = Rotating::of(args, &file, &owner, ui)?;
    if args.status {
        return rotating.status();
    }
    if args.finish {
        return rotating.finish();
    }
    begin(&rotating, &options)
}

fn begin(rotating: &Rotating<'_>, options: &crate::key_source::NewKeyOptions) -> anyhow::Result<u8> {
    let Rotating { args, file, owner, ui, rotated, .. } = rotating;
    let (edit, until, now) = (&args.edit, args.edit.until(), now());
    if rotated.pairs == Pairs::Halfway {
        return Err(Error::new("the pairs of a rotation are renamed in part")
            .hint(format!("to go on with it: {}", rotating.command(&["--finish"])))
            .into());
    }
    let source = match rotated.pairs {
        Pairs::Apart => args.key.source(),
        Pairs::Renamed => KeySource::Default,
        _ => KeySource::Next(rotated.paths.clone()),
    };
    let key = choose(&source, options, owner, ui)?;
    key.caution(owner, ui);
    if edit.format.is_proposal() {
        key.require("there is nothing to review")?;
    }
    let again = [rotating.words(), edit.words(), args.key.words(options.expires)].concat();
    let who = match owner.user {
        Some(name) => Who::User { name, full_name: None, groups: None, create: false },
        None => Who::Deploy,
    };
    let wanted = Wanted { who, field: args.key.field, key: &key, expires: options.expires };
    let add = AddKey::new(wanted, file.shown(), again, ui, now);
    let mut change = BeginRotation::new(add, rotating.account(), &rotating.old, key.listed());
    let run = Run { file, ui, until, diff_on_stdout: edit.format.is_text(), says_warnings: true, now };
    let done = run.carry_out(&mut change)?;
    let said = Said { file, key: &key, user: owner.user, edit, ui };
    let code = match &done {
        Done::Shown(patch) => {
            said.report(patch, false)?;
            return Ok(u8::from(edit.check));
        }
        Done::Written(patch) => said.written(patch)?,
        Done::Nothing(patch) | Done::ByOthers(patch) => {
            run.notes_and_warnings(patch);
            if rotated.pairs == Pairs::Apart && matches!(source, KeySource::Default) {
                ui.note(&format!(
                    "the new key is that of {}, which is in the file already; for another one: --generate PATH or --key PATH",
                    rotating.private()
                ));
            }
            said.nothing(patch)?
        }
    };
    ui.aside(&rotation::steps(&rotating.next(Stage::Begun, None)));
    Ok(code)
}
