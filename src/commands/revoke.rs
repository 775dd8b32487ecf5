//! `revoke`: takes people and keys away; `revoke --finish` deletes what has done its work.

use super::args::refuse_secrets_in_a_pipe;
use super::edit_args::EditArgs;
use super::now;
use super::revoked::Said;
use crate::change::finish::Finish;
use crate::change::revoke::{Asked, Revoke, Word};
use crate::change::run::{Run, Until};
use crate::check::Context;
use crate::error::Error;
use crate::input::discover::{ci_folder, home};
use crate::key;
use crate::key_source::{KeyOwner, deploy_pair, key_in, own_keys};
use crate::shell;
use crate::signals;
use crate::ui::Ui;
use clap::Args;
use std::path::Path;

/// `revoke`
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// A person with all their keys, or one key
    ///
    /// A person by name; or one key by its fingerprint (SHA256:...), its comment or its file. The beginning of a fingerprint or comment is
    /// enough if only one key has it.
    #[arg(value_name = "NAME|KEY", required_unless_present_any = ["deploy", "finish"])]
    pub what: Vec<String>,
    /// Take a key from the deploy account only
    ///
    /// Also one that is not in the file any more: then name its .pub.
    #[arg(long, value_name = "KEY")]
    pub deploy: Vec<String>,
    /// After provisioning: delete what is `absent` from the file
    ///
    /// All of it, or that of NAME or KEY.
    #[arg(long)]
    pub finish: bool,
    /// Write even if somebody who stays, or you, is locked out
    #[arg(long, conflicts_with = "finish")]
    pub lock_out: bool,
    #[command(flatten)]
    pub edit: EditArgs,
}

pub(crate) fn revoke(args: &RevokeArgs, ui: &Ui) -> anyhow::Result<u8> {
    let (edit, until) = (&args.edit, args.edit.until());
    refuse_secrets_in_a_pipe(edit.show_secrets, ui)?;
    if until != Until::Shown {
        signals::install()?;
    }
    let mut file = edit.opener(ui).open_target(edit.file.as_deref())?;
    file.show(edit.show_secrets, edit.is_seen(ui));
    let ci_folder = file.folder().and_then(ci_folder);
    let owner = KeyOwner { user: None, ci_folder, home: home(), dry: true };
    let asked =
        Asked { words: words(&args.what, &owner)?, deploy: words(&args.deploy, &owner)?, lock_out: args.lock_out };
    let context = Context::at(now());
    let run =
        Run { file: &file, ui, until, diff_on_stdout: edit.format.is_text(), says_warnings: true, now: context.now };
    let unseal = |text: &str| file.unseal(text);
    let said = Said { file: &file, edit, ui };
    if args.finish {
        let mut finish = Finish::new(&asked, file.shown(), &context, &unseal);
        let done = run.carry_out(&mut finish)?;
        return said.finished(&done, &finish);
    }
    let own = own_keys(owner.home.as_deref());
    let mut revoke = Revoke::new(&asked, &own, file.shown(), &context, &unseal);
    let done = run.carry_out(&mut revoke)?;
    let vault = file.is_encrypted().then(|| file.shown().display().to_string());
    let left = revoke.left(deploy_pair(&owner).as_deref(), finishing(&asked, edit), vault);
    said.revoked(&done, &revoke, &left)
}

/// Words that are files stand for the keys in them.
fn words(words: &[String], owner: &KeyOwner<'_>) -> Result<Vec<Word>, Error> {
    let word = |word: &String| {
        let path = Path::new(word);
        let is_path =
            word == "-" || ((word.contains('/') || word.ends_with(".pub")) && path.symlink_metadata().is_ok());
        if !is_path {
            return Ok(Word::Name(word.clone()));
        }
        let (material, line) = key_in(path, owner)?;
        Ok(Word::Key { material, line, from: word.clone() })
    };
    words.iter().map(word).collect()
}

/// The command that finishes a revocation. What a file holds by then may be another key, so fingerprints stand for files.
fn finishing(asked: &Asked, edit: &EditArgs) -> String {
    let word = |word: &Word| match word {
        Word::Name(name) => name.clone(),
        Word::Key { material, .. } => key::fingerprint(material),
    };
    let mut words: Vec<String> = ["spin-keys", "revoke", "--finish"].map(str::to_owned).into();
    words.extend(asked.words.iter().map(word));
    words.extend(asked.deploy.iter().flat_map(|key| ["--deploy".to_owned(), word(key)]));
    words.extend(edit.words());
    words.iter().map(|word| shell::word(word)).collect::<Vec<_>>().join(" ")
}
