//! Shared by `add-user` and `add-deploy`: the key and the change.

use super::added::Said;
use super::edit_args::EditArgs;
use super::key_args::KeyArgs;
use super::now;
use crate::change::add_key::{AddKey, Wanted};
use crate::change::run::{Done, Run, Until};
use crate::input::discover::{ci_folder, home};
use crate::key_source::{KeyOwner, choose};
use crate::signals;
use crate::spin::Who;
use crate::ui::Ui;

pub(super) struct Wish<'w> {
    pub(super) who: Who<'w>,
    /// The arguments on the command line, without those for the key and the file.
    pub(super) again: Vec<String>,
    pub(super) key: &'w KeyArgs,
    pub(super) edit: &'w EditArgs,
}

pub(super) fn run(wish: Wish<'_>, ui: &Ui) -> anyhow::Result<u8> {
    let (edit, until) = (wish.edit, wish.edit.until());
    edit.check(ui)?;
    let now = now();
    let options = wish.key.options(now)?;
    if until != Until::Shown {
        signals::install()?;
    }
    let mut file = edit.opener(ui).open_target(edit.file.as_deref())?;
    file.show(edit.show_secrets, edit.is_seen(ui));
    let owner = KeyOwner {
        user: wish.who.user(),
        ci_folder: file.folder().and_then(ci_folder),
        home: home(),
        dry: until == Until::Shown,
    };
    let key = choose(&wish.key.source(), &options, &owner, ui)?;
    key.caution(&owner, ui);
    if edit.format.is_proposal() {
        key.require("there is nothing to review")?;
    }
    let again = [wish.again, edit.words(), wish.key.words(options.expires)].concat();
    let wanted = Wanted { who: wish.who, field: wish.key.field, key: &key, expires: options.expires };
    let keeper = if wish.key.is_default() { owner.keeper() } else { None };
    let mut change = AddKey::new(wanted, file.shown(), again, ui, now).kept_by(keeper);
    let diff_on_stdout = edit.format.is_text();
    let run = Run { file: &file, ui, until, diff_on_stdout, says_warnings: true, now };
    let done = run.carry_out(&mut change)?;
    let said = Said { file: &file, key: &key, user: wish.who.user(), edit, ui };
    match done {
        Done::Shown(patch) => {
            said.report(&patch, false)?;
            Ok(u8::from(edit.check))
        }
        Done::Written(patch) => said.written(&patch),
        Done::Nothing(patch) | Done::ByOthers(patch) => {
            run.notes_and_warnings(&patch);
            said.nothing(&patch)
        }
    }
}
