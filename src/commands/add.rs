//! `add-user` and `add-deploy`.

use super::add_key::{self, Wish};
use super::edit_args::EditArgs;
use super::key_args::KeyArgs;
use crate::error::Error;
use crate::spin::{self, Who};
use crate::ui::Ui;
use clap::Args;

/// `add-user`
#[derive(Debug, Args)]
pub struct AddUserArgs {
    /// Name of the account on the servers
    pub name: String,
    /// Set the groups of a new user [default: sudo]
    ///
    /// '' stands for no groups.
    #[arg(long, value_name = "A,B")]
    pub groups: Option<String>,
    /// Set the full name of a new user
    #[arg(long, value_name = "TEXT")]
    pub full_name: Option<String>,
    /// Add the user even if the name is similar to an existing one
    #[arg(long, hide_short_help = true)]
    pub create: bool,
    #[command(flatten)]
    pub key: KeyArgs,
    #[command(flatten)]
    pub edit: EditArgs,
}

/// `add-deploy`
#[derive(Debug, Args)]
pub struct AddDeployArgs {
    #[command(flatten)]
    pub key: KeyArgs,
    #[command(flatten)]
    pub edit: EditArgs,
}

pub(crate) fn user(args: &AddUserArgs, ui: &Ui) -> anyhow::Result<u8> {
    let groups = args.groups.as_deref().map(split_groups);
    checked("use a name as in /etc/passwd: letters, digits, `_`, `-`, `.`", spin::check_name(&args.name))?;
    for group in groups.iter().flatten() {
        checked("separate groups by commas: --groups sudo,www-data", spin::check_group(group))?;
    }
    if let Some(name) = &args.full_name {
        checked("use plain text for the name", spin::check_label("full name", name))?;
    }
    let (name, full_name, create) = (args.name.as_str(), args.full_name.as_deref(), args.create);
    let who = Who::User { name, full_name, groups: groups.as_deref(), create };
    add_key::run(Wish { who, again: args.words(), key: &args.key, edit: &args.edit }, ui)
}

pub(crate) fn deploy(args: &AddDeployArgs, ui: &Ui) -> anyhow::Result<u8> {
    let again = vec!["add-deploy".to_owned()];
    add_key::run(Wish { who: Who::Deploy, again, key: &args.key, edit: &args.edit }, ui)
}

impl AddUserArgs {
    /// The arguments on the command line, without those for the key and the file.
    fn words(&self) -> Vec<String> {
        let mut words = vec!["add-user".to_owned(), self.name.clone()];
        let valued = [("--groups", &self.groups), ("--full-name", &self.full_name)];
        for (option, value) in valued.into_iter().filter_map(|(option, value)| Some((option, value.as_ref()?))) {
            words.extend([option.to_owned(), value.clone()]);
        }
        words.extend(self.create.then(|| "--create".to_owned()));
        words
    }
}

fn split_groups(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|group| !group.is_empty()).map(str::to_owned).collect()
}

fn checked(hint: &str, result: Result<(), String>) -> Result<(), Error> {
    result.map_err(|message| Error::new(message).hint(hint))
}
