//! `review --format github`: annotations on the lines of the changed file.

use super::Report;
use super::row::{self, Mark};
use crate::commands::check::github::annotation;

/// A line for each change that lets somebody in or keeps somebody, and for each new finding.
pub(super) fn annotations(report: &Report) -> String {
    let file = report.file.display().to_string();
    let Ok(delta) = &report.delta else {
        return annotation("notice", &file, None, "review", &report.verdict());
    };
    // An encrypted file has other lines than its text.
    let line = |line: Option<usize>| Some(line.filter(|_| !report.encrypted.1).unwrap_or(1));
    let mut out = String::new();
    for row in report.rows() {
        let level = match row.mark {
            Mark::Gain | Mark::Risk => "warning",
            Mark::Loss | Mark::Other => "notice",
        };
        let name = row.name.map(|name| format!(" {name}")).unwrap_or_default();
        let message = match row.key {
            None => format!("{} {}{name}", row.account.name, row.what),
            Some(key) => {
                let print = key.key.fingerprint.as_deref().unwrap_or("a key");
                let way = row::way(&key.way)
                    .map(|(way, of)| format!(", {way} {}", of.unwrap_or_default()))
                    .unwrap_or_default();
                format!("{} {} {print} ({}, {}){way}", row.account.name, row.what, row::kind(&key.key), key.key.comment)
            }
        };
        out.push_str(&annotation(level, &file, line(row.key.and_then(|key| key.line)), "review", message.trim_end()));
    }
    if let Some((reason, at)) = &delta.ends {
        let message = format!("`spin provision` fails: {reason}");
        out.push_str(&annotation("error", &file, line(Some(*at)), "review", &message));
    }
    for at in &delta.untold {
        let message = "only Ansible can tell who gains access by this";
        out.push_str(&annotation("warning", &file, line(Some(*at)), "review", message));
    }
    for finding in &delta.findings {
        let level = crate::commands::check::github::level(finding.rule.severity);
        let message = format!("{}\n{}", finding.message, finding.rule.effect);
        out.push_str(&annotation(level, &file, line(Some(finding.line)), finding.rule.code, &message));
    }
    out
}
