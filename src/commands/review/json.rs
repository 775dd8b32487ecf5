//! `review --format json`. Its fields are documented in docs/review.md and stay.

use super::Report;
use super::row::Row;
use crate::spin::Via;
use serde::Serialize;

#[derive(Serialize)]
struct Json<'r> {
    file: String,
    base: &'r str,
    head: &'r str,
    encrypted: Encrypted,
    changed: bool,
    verdict: String,
    unreadable: Option<&'r str>,
    changes: Vec<JsonChange<'r>>,
    run_ended: Option<&'r str>,
    run_ends: Option<JsonEnd<'r>>,
    findings: Vec<JsonFinding<'r>>,
    findings_gone: usize,
    untold: &'r [usize],
    untold_gone: usize,
    others: Vec<JsonOther<'r>>,
    notes: &'r [String],
}

#[derive(Serialize)]
struct Encrypted {
    base: bool,
    head: bool,
}

#[derive(Serialize)]
struct JsonChange<'r> {
    kind: &'static str,
    account: &'r str,
    deploy: bool,
    name: Option<&'r str>,
    key: Option<JsonKey<'r>>,
    way: Option<&'r Via>,
    line: Option<usize>,
}

#[derive(Serialize)]
struct JsonKey<'r> {
    r#type: &'r str,
    bits: Option<u32>,
    fingerprint: Option<&'r str>,
    comment: &'r str,
    options: Option<&'r str>,
}

#[derive(Serialize)]
struct JsonEnd<'r> {
    line: usize,
    reason: &'r str,
}

#[derive(Serialize)]
struct JsonFinding<'r> {
    code: &'static str,
    severity: &'static str,
    line: usize,
    column: usize,
    message: &'r str,
}

#[derive(Serialize)]
struct JsonOther<'r> {
    path: &'r str,
    change: &'static str,
}

/// The one JSON object of a review.
///
/// # Errors
/// None that can happen: serde's own.
pub(super) fn text(report: &Report) -> serde_json::Result<String> {
    let delta = report.delta.as_ref().ok();
    let findings = delta.iter().flat_map(|delta| &delta.findings).map(|it| JsonFinding {
        code: it.rule.code,
        severity: it.rule.severity.word(),
        line: it.line,
        column: it.column,
        message: &it.message,
    });
    let others = delta.iter().flat_map(|delta| &delta.others);
    let json = Json {
        file: report.file.display().to_string(),
        base: &report.base,
        head: &report.head,
        encrypted: Encrypted { base: report.encrypted.0, head: report.encrypted.1 },
        changed: report.is_changed,
        verdict: report.verdict(),
        unreadable: report.delta.as_ref().err().map(String::as_str),
        changes: report.rows().iter().map(change).collect(),
        run_ended: delta.and_then(|delta| delta.ended.as_deref()),
        run_ends: delta.and_then(|delta| delta.ends.as_ref()).map(|(reason, line)| JsonEnd { line: *line, reason }),
        findings: findings.collect(),
        findings_gone: delta.map_or(0, |delta| delta.findings_gone),
        untold: delta.map_or(&[], |delta| &delta.untold),
        untold_gone: delta.map_or(0, |delta| delta.untold_gone),
        others: others.map(|it| JsonOther { path: &it.path, change: it.change.word() }).collect(),
        notes: &report.notes,
    };
    Ok(serde_json::to_string_pretty(&json)? + "\n")
}

fn change<'r>(row: &Row<'r>) -> JsonChange<'r> {
    let key = row.key.map(|it| JsonKey {
        r#type: &it.key.kind,
        bits: it.key.bits,
        fingerprint: it.key.fingerprint.as_deref(),
        comment: &it.key.comment,
        options: it.key.options.as_deref(),
    });
    JsonChange {
        kind: row.kind,
        account: &row.account.name,
        deploy: row.account.is_deploy,
        name: row.name,
        key,
        way: row.key.map(|it| &it.way),
        line: row.key.and_then(|it| it.line),
    }
}
