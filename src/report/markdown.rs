//! `review --format markdown`: a comment for a pull request, as GitHub and GitLab render it.
//!
//! Promises: text from the file or from a key never becomes a link, image, HTML, mention or table cell: it is in
//! `<code>`, with all ASCII punctuation as numeric entities, and no address in one piece. The comment stays below 65,536 characters, which is
//! GitHub's limit.

use super::cut::{cut, rank};
use super::left::{kept_keys, why_kept};
use super::room::{self, fitting};
use super::text::about;
use super::values::{Comparison, Revoked};
use super::words::{self, Sign};
use super::words_unknown;
use crate::check::finding::Finding;
use crate::escape::escape;
use crate::review::row::{Row, RowKey};

/// GitHub's limit, less room for the end of the comment.
const MOST: usize = 60_000;
/// The longest untrusted text, in characters.
const LONGEST: usize = 80;

/// The comment.
pub(super) fn comment(comparison: &Comparison) -> String {
    let mut out = format!("### spin-keys review: {}\n\n", comparison.verdict());
    let file = code(&comparison.file.display().to_string());
    out.push_str(&format!("{file}: {} → {}\n", code(&comparison.base), code(&comparison.head)));
    for finding in &comparison.repository {
        out.push_str(&format!("\n❌ {} `{}`\n", whole(&about(finding)), finding.rule.code));
    }
    let review = match &comparison.review {
        Ok(review) => review,
        Err(reason) => {
            out.push_str(&format!("\n{}\n", whole(reason)));
            return out;
        }
    };
    if let Some(failure) = &review.failure {
        let (line, rule) = (failure.line, failure.rule.code);
        out.push_str(&format!("\n❌ `spin provision` fails (line {line}): {} `{rule}`\n", whole(&failure.message)));
    } else if let Some(before) = &review.failure_before {
        out.push_str(&format!("\n✅ `spin provision` no longer fails (before: {})\n", whole(&before.message)));
    }
    match &review.provisioned {
        Some(None) => out.push_str("\nOn a server that was provisioned before, the run does not fail.\n"),
        Some(Some(failure)) => {
            let (line, rule) = (failure.line, failure.rule.code);
            let message = whole(&failure.message);
            out.push_str(&format!(
                "\n❌ On a server that was provisioned before, the run fails (line {line}): {message} `{rule}`\n"
            ));
        }
        None => {}
    }
    let (review, left_out) = &cut(review);
    let rows: Vec<_> = review.rows.iter().map(|row| (rank(row), table_row(row, review.failure.as_ref()))).collect();
    let table = "\n| | account | what | key |\n|---|---|---|---|\n";
    section(&mut out, "", table, &rows, left_out.rows, "", MOST / 2);
    let unknown = review
        .unknown
        .iter()
        .map(|it| format!("- ⚠️ not known: {}: {}\n", words_unknown::what(it, whole), words_unknown::why(it.why)));
    let unknown: Vec<_> = unknown.map(|line| (0, line)).collect();
    section(&mut out, "\n", "", &unknown, left_out.unknown, "", MOST * 5 / 8);
    let is_other = |finding: &&Finding| Some(*finding) != review.failure.as_ref();
    let findings: Vec<(u8, String)> =
        review.findings.iter().filter(is_other).map(|finding| (room::rank(finding), finding_line(finding))).collect();
    let head = format!(
        "\n<details open><summary>New findings of <code>spin-keys check</code>: {}</summary>\n\n",
        findings.len() + left_out.findings
    );
    section(&mut out, &head, "", &findings, left_out.findings, "\n</details>\n", MOST * 3 / 4);
    let others = review.others.iter();
    let others: Vec<_> =
        others.map(|other| (0, format!("- {} {}\n", code(&other.path), words::other(other.change)))).collect();
    let count = review.others.len() + left_out.others;
    let head = format!("\n<details><summary>Other values that changed: {count}</summary>\n\n");
    section(&mut out, &head, "", &others, left_out.others, "\n</details>\n", MOST);
    out
}

/// The comment, and what is left to do as a list to tick off.
pub(super) fn checklist(revoked: &Revoked<'_>) -> String {
    let mut out = comment(&revoked.compared());
    if !revoked.left.is_empty() {
        out.push_str("\n### Left to do\n\n");
    }
    for step in revoked.left {
        out.push_str(&format!("- [ ] {}\n", step.words()));
        step.commands().iter().for_each(|command| out.push_str(&format!("  - {}\n", whole(command))));
    }
    for kept in revoked.kept {
        let (who, keys) = (whole(&kept.who), kept_keys(kept, whole));
        out.push_str(&format!("\n⚠️ {keys} of {who} stays `absent` in the file: {}\n", why_kept(kept.why)));
    }
    out
}

fn finding_line(finding: &Finding) -> String {
    let (severity, rule) = (finding.severity.word(), finding.rule.code);
    format!("- {severity} `{rule}` line {}: {}\n", finding.line, whole(&finding.message))
}

/// As many lines as there is room for, those of the lowest rank first, then how many more there are, with those that were
/// left out before.
fn section(
    out: &mut String,
    head: &str,
    table: &str,
    lines: &[(u8, String)],
    left_out: usize,
    tail: &str,
    most: usize,
) {
    if lines.is_empty() && left_out == 0 {
        return;
    }
    out.push_str(head);
    out.push_str(table);
    let most = most.saturating_sub(out.len());
    // One row may be longer than a comment: it is missing, not the others.
    let rank = |line: &(u8, String)| if line.1.len() > most { u8::MAX } else { line.0 };
    let mut fits = fitting(lines, rank, |line| line.1.len(), most);
    fits.iter_mut().zip(lines).for_each(|(fits, line)| *fits &= line.1.len() <= most);
    room::only(lines, &fits).for_each(|(_, line)| out.push_str(line));
    let missing = left_out + fits.iter().filter(|fits| !**fits).count();
    if missing > 0 {
        out.push_str(&format!("\n{}: run `spin-keys review` to see them\n", room::and_more(missing)));
    }
    out.push_str(tail);
}

fn table_row(row: &Row, failure: Option<&Finding>) -> String {
    let sign = match words::sign(row) {
        Sign::Gain => "➕",
        Sign::Loss => "➖",
        Sign::Risk => "⚠️",
        Sign::Other => "✏️",
    };
    let deploy = if row.is_deploy { " (deploy)" } else { "" };
    let name = words::name(row);
    let (what, key) = match &row.key {
        None => (
            format!("{}{}", words::what(row), name.map(|name| format!(" {}", whole(name))).unwrap_or_default()),
            String::new(),
        ),
        Some(key) => {
            let before = name.map(|from| format!(" (before: {})", whole(from))).unwrap_or_default();
            let why = words::without_effect(row, failure).map(|why| format!(": {}", whole(&why))).unwrap_or_default();
            (words::what(row).trim_end_matches(':').to_owned(), key_cell(key) + &before + &why)
        }
    };
    format!("| {sign} | {}{deploy} | {what} | {key} |\n", whole(&row.account))
}

fn key_cell(key: &RowKey) -> String {
    let print = code(key.key.fingerprint.as_deref().unwrap_or("?"));
    let mut text = format!("{print} {}", code(&words::kind(&key.key)));
    if !key.key.comment.is_empty() {
        text.push_str(&format!(" {}", code(&key.key.comment)));
    }
    if let Some(options) = &key.key.options {
        text.push_str(&format!(" with {}", whole(options)));
    }
    if let Some((via, of)) = words::via(&key.via) {
        text.push_str(&format!(", {via}{}", of.map(|of| format!(" {}", whole(of))).unwrap_or_default()));
    }
    text
}

/// Untrusted text, escaped, and cut if it is long.
fn code(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    whole(&shown)
}

/// Untrusted text that a verdict depends on: escaped, and never cut.
fn whole(text: &str) -> String {
    let text = escape(text);
    let mut inside = String::with_capacity(text.len() * 2);
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => inside.push(c),
            // Renderers look for addresses after they have read the entities, within one piece of text: `a@b`, `://`, `www.`
            _ if c == '@' || (c == ':' && after.starts_with('/')) || (c == '.' && before.ends_with(['w', 'W'])) => {
                inside.push_str(&format!("<!---->&#{};", u32::from(c)));
            }
            c if c.is_ascii() => inside.push_str(&format!("&#{};", u32::from(c))),
            c => inside.push(c),
        }
    }
    format!("<code>{inside}</code>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_holds_no_mark_of_markdown() {
        let hostile = "`a|b` <img src=x> [x](http://y) @all :tada: **b** \\| &amp; \u{1b}[0m";
        let shown = code(hostile);
        let inside = shown.strip_prefix("<code>").and_then(|rest| rest.strip_suffix("</code>")).unwrap();
        let inside = inside.replace("<!---->", "");
        assert!(inside.chars().all(|c| c.is_ascii_alphanumeric() || " &#;".contains(c)), "{inside}");
        assert!(!inside.contains("&amp;"));
        assert_eq!(code(&"x".repeat(200)).len(), "<code></code>".len() + LONGEST + '…'.len_utf8());
    }
}
