//! `list`: who has access, and who really gets in.

use super::args::FileArgs;
use super::now;
use crate::check::Context;
use crate::check::analysis::Analysis;
use crate::error::Error;
use crate::input::text::Mode;
use crate::prompt;
use crate::report::authorized_keys::asides;
use crate::report::format;
use crate::report::{Access, Format, Report, render};
use crate::spin::principals;
use crate::ui::Ui;
use clap::Args;

/// `list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Choose the output format
    #[arg(long, default_value = "text", value_parser = format::parser(format::LIST))]
    pub format: Format,
    /// Choose the account for --format authorized_keys
    #[arg(long = "for", value_name = "NAME")]
    pub account: Option<String>,
    #[command(flatten)]
    pub file: FileArgs,
}

pub(crate) fn list(args: &ListArgs, ui: &Ui) -> anyhow::Result<u8> {
    args.check()?;
    let file = args.file.opener(ui).open_named(args.file.file.as_deref())?;
    let text = file.decode(file.bytes())?;
    let document = file.document(text, Mode::Ansible, Some(ui))?;
    let analysis = Analysis::of(&document, &Context::at(now()));
    let (principals, account) = (principals(&document, &analysis.config), args.account.as_deref());
    let width = ui.out_is_terminal().then(prompt::columns);
    let access = Access { file: file.name(), analysis: &analysis, principals, account, width };
    let asides = asides(&access)?;
    asides.warnings.iter().for_each(|warning| ui.warn(warning));
    asides.notes.iter().for_each(|note| ui.note(note));
    ui.page(&render(&Report::Access(&access), args.format))?;
    Ok(0)
}

impl ListArgs {
    fn check(&self) -> Result<(), Error> {
        let prints_lines = self.format.is_of_account();
        if prints_lines && self.account.is_none() {
            let error = Error::new("--format authorized_keys needs the name of an account");
            return Err(error.hint("name it: --for NAME"));
        }
        if !prints_lines && self.account.is_some() {
            let error = Error::new("--for works only with --format authorized_keys");
            return Err(error.hint("omit it, or add --format authorized_keys"));
        }
        Ok(())
    }
}
