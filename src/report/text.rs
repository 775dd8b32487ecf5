//! `review` as text for a terminal. Edits describe their effect in the same words.

use super::cut::cut;
use super::page::{Page, Tone};
use super::values::Comparison;
use super::words::{self, Sign};
use super::words_unknown;
use crate::check::finding::Finding;
use crate::check::rule::Severity;
use crate::escape::{escape, one_line};
use crate::review::Review;
use crate::review::row::{Row, RowKind};

pub(super) fn comparison(comparison: &Comparison) -> Page {
    let mut page = Page::default();
    let (file, base, head) = (comparison.file.display().to_string(), &comparison.base, &comparison.head);
    page.line(Tone::Heading, &format!("{}: {} -> {}", escape(&file), escape(base), escape(head)));
    page.line(Tone::Heading, &comparison.verdict());
    for finding in &comparison.repository {
        let (severity, code) = (finding.severity.word(), finding.rule.code);
        page.line(Tone::Failed, &format!("! {severity}[{code}] {}", escape(&one_line(&about(finding)))));
    }
    match &comparison.review {
        Err(reason) => page.line(Tone::Failed, &format!("! {}", escape(reason))),
        Ok(found) => page.append(body(found)),
    }
    page
}

impl Comparison {
    /// The verdict if the texts are not compared.
    fn verdict_unknown(&self) -> &'static str {
        match (&self.review, self.is_changed) {
            (Ok(_), _) if self.encrypted == (true, true) => "the text did not change: the file was only re-encrypted",
            (Ok(_), _) if self.encrypted.1 => "the text did not change: the file was only encrypted",
            (Ok(_), _) => "the text did not change",
            (Err(_), true) => "NOT REVIEWED: the file changed; what the change does to access is unknown",
            (Err(_), false) => "the file did not change",
        }
    }

    /// The summary in one line.
    pub(super) fn verdict(&self) -> String {
        let of_texts = match &self.review {
            Ok(review) if !self.is_reencrypted => words::verdict(review, self.is_changed),
            _ => self.verdict_unknown().to_owned(),
        };
        let is_opened = self.repository.iter().any(|finding| finding.rule.code == "SK618");
        let others = self.repository.len() - usize::from(is_opened);
        let opened = is_opened.then(|| "THE FILE IS NO LONGER ENCRYPTED".to_owned());
        let others = (others > 0).then(|| format!("{} about the repository", words::plural(others, "new finding")));
        opened.into_iter().chain(others).chain([of_texts]).collect::<Vec<_>>().join("; ")
    }
}

/// What a finding of the repository says, with the file that it is about.
pub(super) fn about(finding: &Finding) -> String {
    let path = finding.path.as_ref().map(|path| format!("{}: ", path.display())).unwrap_or_default();
    format!("{path}{}", finding.message)
}

/// The verdict, then one line per change.
pub(super) fn review(review: &Review, is_changed: bool) -> Page {
    let mut page = Page::default();
    page.line(Tone::Heading, &words::verdict(review, is_changed));
    page.append(body(review));
    page
}

fn body(review: &Review) -> Page {
    let mut page = Page::default();
    let (review, left_out) = &cut(review);
    for row in &review.rows {
        let (sign, tone) = match words::sign(row) {
            Sign::Gain => ('+', Tone::Added),
            Sign::Loss => ('-', Tone::Removed),
            Sign::Risk if matches!(row.kind, RowKind::KeyWithoutEffect { .. }) => ('!', Tone::Failed),
            Sign::Risk => ('!', Tone::Warned),
            Sign::Other => ('~', Tone::Plain),
        };
        page.line(tone, &format!("{sign} {}", sentence(row, review.failure.as_ref())));
    }
    if let Some(line) = provisioned(review) {
        page.line(Tone::Failed, &format!("! {line}"));
    }
    match (&review.failure, &review.failure_before) {
        (Some(failure), before) => {
            let still = if before.is_some() { "still fails" } else { "fails after this change" };
            page.line(Tone::Failed, &format!("! `spin provision` {still} {}", because(failure)));
        }
        (None, Some(before)) => {
            page.line(Tone::Plain, &format!("~ `spin provision` no longer fails (before: {})", said(before)))
        }
        (None, None) => {}
    }
    for unknown in &review.unknown {
        let what = words_unknown::what(unknown, |path| escape(path).into_owned());
        page.line(Tone::Warned, &format!("? not known: {what}: {}", words_unknown::why(unknown.why)));
    }
    let failing = |finding: &&Finding| review.failure.as_ref().is_some_and(|failure| failure == *finding);
    for finding in review.findings.iter().filter(|finding| !failing(finding)) {
        let tone = if finding.severity == Severity::Error { Tone::Failed } else { Tone::Warned };
        let (severity, code) = (finding.severity.word(), finding.rule.code);
        page.line(tone, &format!("! {severity}[{code}] line {}: {}", finding.line, said(finding)));
    }
    for other in &review.others {
        page.line(Tone::Plain, &format!("~ {} {}", escape(&other.path), words::other(other.change)));
    }
    for more in left_out.words() {
        page.line(Tone::Warned, &more);
    }
    page
}

/// How the run ends on a server that was provisioned before, if it ends otherwise than on a new one.
pub(super) fn provisioned(review: &Review) -> Option<String> {
    review.provisioned.as_ref().map(|failure| match failure {
        None => "the run fails on a new server; on one that was provisioned before it does not".to_owned(),
        Some(failure) => format!("the run fails on a server that was provisioned before {}", because(failure)),
    })
}

fn said(finding: &Finding) -> String {
    escape(&one_line(&finding.message)).into_owned()
}

/// `(line 4): alice has ... [SK211]`
fn because(failure: &Finding) -> String {
    format!("(line {}): {} [{}]", failure.line, said(failure), failure.rule.code)
}

/// A row in words.
pub(super) fn sentence(row: &Row, failure: Option<&Finding>) -> String {
    let deploy = if row.is_deploy { " (the deploy account)" } else { "" };
    let colon = if matches!(row.kind, RowKind::KeyStays) { ":" } else { "" };
    let mut text = format!("{}{deploy}{colon} {}", escape(&row.account), words::what(row));
    let Some(key) = &row.key else {
        return words::name(row).map_or_else(|| text.clone(), |name| format!("{text} {}", escape(name)));
    };
    text.push_str(&format!(" {}", key_in_words(&key.key)));
    if let Some((via, of)) = words::via(&key.via) {
        text.push_str(&format!(", {via}{}", of.map(|of| format!(" {}", escape(of))).unwrap_or_default()));
    }
    if let Some(from) = words::name(row) {
        text.push_str(&format!("; before: {}", escape(from)));
    }
    if let Some(why) = words::without_effect(row, failure) {
        text.push_str(&format!(": {}", escape(&one_line(&why))));
    }
    text
}

/// `SHA256:... (ed25519, alice@laptop) with OPTIONS`
fn key_in_words(key: &crate::key::Described) -> String {
    let print = key.fingerprint.as_deref().unwrap_or("a key");
    let mut text = format!("{print} ({}", escape(&words::kind(key)));
    if !key.comment.is_empty() {
        text.push_str(&format!(", {}", escape(&key.comment)));
    }
    text.push(')');
    if let Some(options) = &key.options {
        text.push_str(&format!(" with {}", escape(options)));
    }
    text
}
