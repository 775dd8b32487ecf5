//! What commands that only look make of a file: `check`, `list`, `review` and `show`, which take more than edits do.

use crate::NOW;
use spin_keys::check::Context;
use spin_keys::check::analysis::Analysis;
use spin_keys::check::finding::Finding;
use spin_keys::input::text::check_breaks;
use spin_keys::review;
use spin_keys::spin;
use spin_keys::spin::provision::outcome::Outcome;
use spin_keys::yaml::{self, Document, LineIndex, NodeId, Refusal, Visible};
use std::collections::HashSet;

/// What `check` is asked with.
pub(crate) fn context() -> Context<'static> {
    Context::at(NOW)
}

/// Reads a text in every way there is; nothing may panic, and what comes out must belong to the text.
pub(crate) fn look(text: &str) {
    if let Ok(document) = Document::parse(text) {
        masks(&document);
    }
    if let Err(refusal) = check_breaks(text) {
        return check_refusal(text, &refusal);
    }
    let document = match Document::read(text) {
        Ok(document) => document,
        Err(refusal) => return check_refusal(text, &refusal),
    };
    let analysis = Analysis::of(&document, &context());
    for finding in analysis.findings.list.iter().chain(&analysis.findings.failure) {
        check_finding(text, &analysis.lines, finding);
    }
    assert_eq!(analysis.outcome.failure.is_some(), analysis.findings.failure.is_some(), "a failure without a finding");
    let _ = spin::principals(&document, &analysis.config);
    check_access(text, &analysis.outcome);
    let same = review::compare(Some(&analysis), Some(&analysis));
    let is_nothing = same.rows.is_empty() && same.findings.is_empty() && same.others.is_empty();
    assert!(is_nothing && same.unknown.is_empty(), "a file differs from itself: {same:#?}");
    assert_eq!(same.failure, same.failure_before);
    let _ = review::compare(None, Some(&analysis));
    let _ = review::compare(Some(&analysis), None);
}

/// A refusal says what, and where in this text.
pub(crate) fn check_refusal(text: &str, refusal: &Refusal) {
    assert!(!refusal.message.trim().is_empty() && !refusal.hint.trim().is_empty(), "{refusal:?}");
    if refusal.line == 0 {
        return;
    }
    let line = text.split('\n').nth(refusal.line - 1);
    let columns = line.map(|line| line.chars().count() + 1);
    assert!(columns.is_some_and(|columns| refusal.column <= columns), "not in the file: {refusal:?}");
}

fn check_finding(text: &str, lines: &LineIndex<'_>, finding: &Finding) {
    assert!(text.get(finding.span.clone()).is_some(), "not in the file: {finding:?}");
    let (line, column) = lines.place(finding.span.start);
    assert!(line > 0 && column > 0 && !finding.message.is_empty(), "{finding:?}");
}

fn check_access(text: &str, access: &Outcome) {
    for key in access.accounts.iter().flat_map(|account| &account.keys) {
        assert!(key.at <= text.len(), "{key:?}");
        if key.login(NOW).lets_in() {
            assert!(!key.line.contains('\n'), "{key:?}");
        }
    }
}

/// Masking keeps the lines, and no hidden value is there as often as before.
fn masks(document: &Document<'_>) {
    let text = document.text;
    let masked = yaml::mask(document, &Visible::Only(&spin::visible(document)), &|_| String::new());
    assert_eq!(masked.matches('\n').count(), text.matches('\n').count(), "{masked}");
    let hidden: HashSet<NodeId> = spin::secrets(document).into_iter().collect();
    let masked = yaml::mask(document, &Visible::AllBut(&hidden), &|_| " mark".to_owned());
    assert_eq!(masked.matches('\n').count(), text.matches('\n').count(), "{masked}");
    for id in hidden {
        let node = document.node(id);
        let own = text[node.start..node.end].trim();
        if own.len() > 3 && !own.contains('*') {
            assert!(masked.matches(own).count() < text.matches(own).count(), "{own:?} is not hidden in\n{masked}");
        }
    }
}
