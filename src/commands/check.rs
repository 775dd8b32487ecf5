//! `check`: what is wrong with the file; with `--fix`, fixes what has only one right fix.

use super::args::{FileArgs, rule};
use super::now;
use crate::change::fix::FixFindings;
use crate::change::run::{Done, Run, Until, after_writing};
use crate::check::Context;
use crate::check::analysis::Analysis;
use crate::check::fail_on::FailOn;
use crate::check::rule::{Rule, Severity};
use crate::error::Error;
use crate::input::SpinFile;
use crate::input::project::{ProjectChecks, findings};
use crate::input::shape::without_foreign_lines;
use crate::input::text::Mode;
use crate::report::format;
use crate::report::{Check, Fix, Format, Report, check_summary, render};
use crate::signals;
use crate::spin::redact::redacted;
use crate::ui::Ui;
use clap::Args;

/// `check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Choose the output format
    #[arg(long, default_value = "text", value_parser = format::parser(format::CHECK))]
    pub format: Format,
    /// Omit findings below this severity
    #[arg(long, value_enum, default_value_t = Severity::Note, value_name = "LEVEL")]
    pub severity: Severity,
    /// Omit findings with these codes, separated by commas
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = rule)]
    pub ignore: Vec<&'static Rule>,
    /// Exit with 1 if a finding has at least this severity
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "LEVEL")]
    pub fail_on: FailOn,
    /// Warn about keys that expire within this many days
    #[arg(long, value_name = "N", hide_short_help = true, default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub warn_days: u32,
    /// Fix what has only one right fix, after a question
    #[arg(long)]
    pub fix: bool,
    /// With --fix: write without asking
    #[arg(short, long, requires = "fix", conflicts_with = "dry_run")]
    pub yes: bool,
    /// With --fix: show the diff and write nothing
    #[arg(short = 'n', long, requires = "fix")]
    pub dry_run: bool,
    #[command(flatten)]
    pub file: FileArgs,
}

pub(crate) fn check(args: &CheckArgs, ui: &Ui) -> anyhow::Result<u8> {
    let context =
        Context { warn_days: args.warn_days, ignore: &args.ignore, severity: args.severity, ..Context::at(now()) };
    let opener = args.file.opener(ui);
    let report = if args.fix {
        if !args.dry_run {
            signals::install()?;
        }
        let mut file = opener.open_target(args.file.file.as_deref())?;
        file.show(false, ui.out_is_terminal() && ui.err_is_terminal());
        fixed(args, &file, &context, ui)?
    } else {
        let file = opener.open_named(args.file.file.as_deref())?;
        judge(&file, file.bytes(), &context, Some(ui))?
    };
    let is_written = report.fix.as_ref().is_some_and(|fix| fix.is_written);
    let page = render(&Report::Check(&report), args.format);
    match ui.page(&page) {
        Err(error) if is_written && !crate::ui::is_broken_pipe(&error) => {
            return Err(after_writing(Error::io("report on", std::path::Path::new("standard output"), &error)).into());
        }
        Err(error) if !is_written => return Err(error.into()),
        _ => {}
    }
    ui.aside(&check_summary(&report));
    Ok(u8::from(report.counts.fail(args.fail_on)))
}

/// The findings of a text of the file and of the project around it.
fn judge(file: &SpinFile, plain: &[u8], context: &Context<'_>, ui: Option<&Ui>) -> Result<Check, Error> {
    let text = file.decode(plain)?;
    let document = file.document(text, Mode::Ansible, ui)?;
    let analysis = Analysis::of(&document, context);
    let of_project = findings(file, &document, ProjectChecks::All).into_iter().filter(|finding| context.wants(finding));
    let masked = redacted(&document, file.report_redaction());
    Ok(without_foreign_lines(text.text, Check::of(file.name(), &analysis, masked.as_deref(), of_project)))
}

/// Fixes what can be fixed, and reports what is left.
fn fixed(args: &CheckArgs, file: &SpinFile, context: &Context<'_>, ui: &Ui) -> Result<Check, Error> {
    let before = judge(file, file.bytes(), context, Some(ui))?;
    if let Err(mut error) = file.document(file.decode(file.bytes())?, Mode::Strict, None) {
        // A file that cannot be edited still has findings to report.
        error.message.insert_str(0, "--fix cannot change this file: ");
        ui.warn_of(&error);
        return Ok(Check { fix: Some(Fix::default()), ..before });
    }
    let until = match (args.dry_run, args.yes) {
        (true, _) => Until::Shown,
        (false, true) => Until::Written,
        (false, false) => Until::Agreed,
    };
    let mut change = FixFindings::new(context, args.dry_run);
    let run = Run { file, ui, until, diff_on_stdout: args.format.is_text(), says_warnings: false, now: context.now };
    let done = run.carry_out(&mut change)?;
    change.conclude(&done, file.shown(), ui);
    let patch = done.patch();
    let is_written = matches!(done, Done::Written(_));
    let after = judge(file, &patch.bytes, context, None);
    let after = after.map_err(|error| if is_written { after_writing(error) } else { error })?;
    let (diff, review) = (patch.diff.clone(), patch.review.clone());
    let fix = Fix { fixed: change.fixed, refused: change.refused, diff, review, is_written };
    let check = Check { fix: Some(fix), ..after };
    check.unfixed().iter().for_each(|error| ui.warn_of(error));
    Ok(check)
}
