//! `review --format markdown`: a comment for a pull request, as GitHub and GitLab render it.
//!
//! Promises: text from the file or from a key becomes no link, image, HTML, mention, table cell or anything but text: it
//! stands in `<code>`, with every mark of ASCII as a numeric entity. The comment stays under the 65,536 characters that
//! GitHub takes.

use super::Report;
use super::row::{self, Mark, Row};
use crate::ui::escape;

/// What GitHub takes, less room for what comes last.
const MOST: usize = 60_000;
/// Longest untrusted text, in characters.
const LONGEST: usize = 80;

/// The comment.
pub(super) fn comment(report: &Report) -> String {
    let mut out = format!("### spin-keys review: {}\n\n", report.verdict());
    let file = code(&report.file.display().to_string());
    out.push_str(&format!("{file}: {} → {}\n", code(&report.base), code(&report.head)));
    let delta = match &report.delta {
        Ok(delta) => delta,
        Err(reason) => {
            out.push_str(&format!("\n{}\n", code(reason)));
            return out;
        }
    };
    if let Some((reason, line)) = &delta.ends {
        out.push_str(&format!("\n❌ `spin provision` fails (line {line}): {}\n", code(reason)));
    } else if let Some(reason) = &delta.ended {
        out.push_str(&format!("\n✅ `spin provision` no longer fails: {}\n", code(reason)));
    }
    let rows: Vec<String> = report.rows().iter().map(table_row).collect();
    section(&mut out, "", "\n| | account | what | key |\n|---|---|---|---|\n", rows, "", MOST / 2);
    let untold =
        delta.untold.iter().map(|line| format!("- ⚠️ line {line}: only Ansible can tell who gains access by this\n"));
    section(&mut out, "\n", "", untold.collect(), "", MOST * 5 / 8);
    let findings = delta.findings.iter().map(|finding| {
        let rule = finding.rule;
        format!("- {} `{}` line {}: {}\n", rule.severity.word(), rule.code, finding.line, code(&finding.message))
    });
    let head = format!(
        "\n<details open><summary>New findings of <code>spin-keys check</code>: {}</summary>\n\n",
        delta.findings.len()
    );
    section(&mut out, &head, "", findings.collect(), "\n</details>\n", MOST * 3 / 4);
    let others = delta.others.iter().map(|other| format!("- {} {}\n", code(&other.path), other.change.word()));
    let head = format!("\n<details><summary>Other values that changed: {}</summary>\n\n", delta.others.len());
    section(&mut out, &head, "", others.collect(), "\n</details>\n", MOST);
    out
}

/// Lines as far as there is room, and how many more there are.
fn section(out: &mut String, head: &str, table: &str, lines: Vec<String>, tail: &str, most: usize) {
    if lines.is_empty() {
        return;
    }
    out.push_str(head);
    out.push_str(table);
    let all = lines.len();
    for (index, line) in lines.into_iter().enumerate() {
        if out.len() + line.len() > most {
            out.push_str(&format!("\nand {} more: `spin-keys review` shows them all\n", all - index));
            break;
        }
        out.push_str(&line);
    }
    out.push_str(tail);
}

fn table_row(row: &Row<'_>) -> String {
    let sign = match row.mark {
        Mark::Gain => "➕",
        Mark::Loss => "➖",
        Mark::Risk => "⚠️",
        Mark::Other => "✏️",
    };
    let deploy = if row.account.is_deploy { " (deploy)" } else { "" };
    let name = row.name.map(|name| format!(" {}", code(name))).unwrap_or_default();
    let (what, key) = match row.key {
        None => (format!("{}{name}", row.what), String::new()),
        Some(key) => {
            let print = code(key.key.fingerprint.as_deref().unwrap_or("?"));
            let mut text = format!("{print} {}", code(&row::kind(&key.key)));
            if !key.key.comment.is_empty() {
                text.push_str(&format!(" {}", code(&key.key.comment)));
            }
            if let Some(options) = &key.key.options {
                text.push_str(&format!(" with {}", code(options)));
            }
            if let Some((way, of)) = row::way(&key.way) {
                text.push_str(&format!(", {way}{}", of.map(|of| format!(" {}", code(of))).unwrap_or_default()));
            }
            let before = row.name.map(|from| format!(" (before: {})", code(from))).unwrap_or_default();
            (row.what.trim_end_matches(':').to_owned(), text + &before)
        }
    };
    format!("| {sign} | {}{deploy} | {what} | {key} |\n", code(&row.account.name))
}

/// Untrusted text that stays text.
fn code(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    let inside: String = escape(&shown)
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => c.to_string(),
            c if c.is_ascii() => format!("&#{};", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
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
        assert!(inside.chars().all(|c| c.is_ascii_alphanumeric() || " &#;".contains(c)), "{inside}");
        assert!(!inside.contains("&amp;"));
        assert_eq!(code(&"x".repeat(200)).len(), "<code></code>".len() + LONGEST + '…'.len_utf8());
    }
}
