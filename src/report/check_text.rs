//! `check --format text`: each finding with its line of the file.

use super::page::{Page, Tone};
use super::values::Check;
use crate::check::finding::Finding;
use crate::check::rule::Severity;
use crate::error::further_in;
use crate::escape::one_line;

pub(super) fn page(check: &Check) -> Page {
    let mut page = Page::default();
    for (finding, snippet) in &check.findings {
        add(&mut page, check, finding, snippet);
    }
    let more = check.counts.more();
    if !more.is_empty() {
        page.line(Tone::Warned, &more);
    }
    page
}

fn add(page: &mut Page, check: &Check, finding: &Finding, snippet: &str) {
    let path = finding.path.as_ref().unwrap_or(&check.file.shown).display();
    let place = match finding.line {
        0 => path.to_string(),
        line => format!("{path}:{line}:{}", finding.column),
    };
    let tone = match finding.severity {
        Severity::Error => Tone::Removed,
        Severity::Warning => Tone::Warned,
        Severity::Note => Tone::Hunk,
    };
    let fixable = if finding.is_fixable() { " [--fix]" } else { "" };
    page.push(Tone::Heading, one_line(&format!("{place}: {}", finding.severity.word())));
    page.push(tone, format!("[{}]", finding.rule.code));
    page.push(Tone::Plain, format!(": {}{fixable}\n", one_line(&finding.message)));
    for line in snippet.lines() {
        page.push(Tone::Plain, format!("  {line}\n"));
    }
    let (effect, help) = (finding.rule.effect, one_line(finding.help()));
    page.push(Tone::Plain, format!("  effect: {effect}\n  help: {help}\n\n"));
}

/// The counts, and what to do next.
pub(super) fn summary(check: &Check) -> Page {
    let mut page = Page::default();
    let name = check.file.shown.display();
    let suppressed = match check.suppressed {
        0 => String::new(),
        count => format!(" ({count} suppressed by a comment in the file)"),
    };
    let words = check.counts.words();
    if words.is_empty() {
        page.line(Tone::Heading, &further_in(&format!("{name}: nothing found{suppressed}")));
        return page;
    }
    page.line(Tone::Heading, &further_in(&format!("{name}: {words}{suppressed}")));
    if check.file.is_encrypted && check.counts.has_lines {
        page.line(Tone::Plain, "the file is encrypted: line numbers are those of its plain text");
    }
    let fixable = check.counts.fixable;
    if fixable > 0 && check.fix.is_none() {
        page.line(Tone::Plain, &format!("{fixable} of them can be fixed: spin-keys check --fix"));
    }
    page.line(Tone::Plain, "to explain a finding: spin-keys explain CODE");
    page
}
