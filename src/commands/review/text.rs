//! `review --format text`.

use super::Report;
use super::row::{self, Mark, Row};
use crate::check::Severity;
use crate::ui::{self, Ui, escape};
use std::io;

/// Prints the report.
///
/// # Errors
/// Those of standard output.
pub(super) fn print(report: &Report, ui: &Ui) -> io::Result<()> {
    let file = report.file.display().to_string();
    ui.data_styled(ui::HEADING, &format!("{}: {} -> {}\n", escape(&file), escape(&report.base), escape(&report.head)))?;
    ui.data_styled(ui::HEADING, &format!("{}\n", report.verdict()))?;
    let delta = match &report.delta {
        Ok(delta) => delta,
        Err(reason) => return ui.data(&format!("  {}\n", escape(reason))),
    };
    for row in report.rows() {
        let style = match row.mark {
            Mark::Gain => ui::ADDED,
            Mark::Loss => ui::REMOVED,
            Mark::Risk => ui::WARNED,
            Mark::Other => ui::PLAIN,
        };
        ui.data_styled(style, &format!("{} {}\n", row.mark.sign(), sentence(&row)))?;
    }
    match (&delta.ends, &delta.ended) {
        (Some((reason, line)), before) => {
            let still = if before.is_some() { "still fails" } else { "fails after this change" };
            ui.data_styled(ui::REMOVED, &format!("! `spin provision` {still} (line {line}): {}\n", escape(reason)))?;
        }
        (None, Some(reason)) => ui.data(&format!("~ `spin provision` no longer fails: {}\n", escape(reason)))?,
        (None, None) => {}
    }
    for line in &delta.untold {
        ui.data_styled(ui::WARNED, &format!("? line {line}: only Ansible can tell who gains access by this\n"))?;
    }
    for finding in &delta.findings {
        let style = if finding.rule.severity == Severity::Error { ui::REMOVED } else { ui::WARNED };
        let rule = finding.rule;
        let message = escape(&finding.message).replace('\n', " ");
        ui.data_styled(
            style,
            &format!("! {}[{}] line {}: {message}\n", rule.severity.word(), rule.code, finding.line),
        )?;
    }
    for other in &delta.others {
        ui.data(&format!("~ {} {}\n", escape(&other.path), other.change.word()))?;
    }
    Ok(())
}

/// A row in words.
fn sentence(row: &Row<'_>) -> String {
    let deploy = if row.account.is_deploy { " (the deploy account)" } else { "" };
    let mut text = format!("{}{deploy} {}", escape(&row.account.name), row.what);
    let Some(key) = row.key else {
        return row.name.map_or_else(|| text.clone(), |name| format!("{text} {}", escape(name)));
    };
    let print = key.key.fingerprint.as_deref().unwrap_or("a key");
    text.push_str(&format!(" {print} ({}", row::kind(&key.key)));
    if !key.key.comment.is_empty() {
        text.push_str(&format!(", {}", escape(&key.key.comment)));
    }
    text.push(')');
    if let Some(options) = &key.key.options {
        text.push_str(&format!(" with {}", escape(options)));
    }
    if let Some((way, of)) = row::way(&key.way) {
        text.push_str(&format!(", {way}{}", of.map(|of| format!(" {}", escape(of))).unwrap_or_default()));
    }
    if let Some(from) = row.name {
        text.push_str(&format!("; before: {}", escape(from)));
    }
    text
}
