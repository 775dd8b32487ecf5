//! `explain`: a rule in full, or the list of all rules.

use super::args::rule;
use crate::check::all;
use crate::check::rule::Rule;
use crate::report::explain::{list, page};
use crate::ui::Ui;
use clap::Args;

/// `explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Code of a finding, such as SK210 [default: list all codes]
    #[arg(value_parser = rule, value_name = "CODE")]
    pub rule: Option<&'static Rule>,
}

pub(crate) fn explain(args: &ExplainArgs, ui: &Ui) -> anyhow::Result<u8> {
    ui.page(&args.rule.map_or_else(|| list(all()), page))?;
    Ok(0)
}
