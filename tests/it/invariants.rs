//! What two commands print of one file is one opinion. Each of these is a loop over the fixtures, and each judge is tried on
//! a made-up pair that breaks it. Where a value stands in the JSON is said once, in the functions right below.

use crate::cli::fixtures::{args, cases, name, with};
use crate::formats::{files, ran};
use crate::session::Session;
use serde_json::{Value, json};

/// The only file of an answer.
fn file(answer: &Value) -> &Value {
    &answer["files"][0]
}

/// The findings of `check`, or those that are new by a review.
fn findings(answer: &Value) -> Vec<&Value> {
    let file = file(answer);
    let list = if file["review"].is_object() { &file["review"]["findings"] } else { &file["findings"] };
    list.as_array().into_iter().flatten().collect()
}

/// Why the run fails, by what `list` says: the code of a rule, and the line.
fn failure(list: &Value) -> Option<(&str, u64)> {
    let failure = &file(list)["failure"];
    failure.is_object().then(|| (text(&failure["code"]), line(failure)))
}

/// What a change does: rows, failures, findings, all of it. By which name the file was given is no matter of the change.
fn review_of(answer: &Value) -> Value {
    let mut review = file(answer)["review"].clone();
    without_paths(&mut review);
    review
}

/// Takes the path out of every place.
fn without_paths(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("line") && fields.contains_key("column") {
                fields.remove("path");
            }
            fields.values_mut().for_each(without_paths);
        }
        Value::Array(items) => items.iter_mut().for_each(without_paths),
        _ => {}
    }
}

/// The verdict and the rows of a text: what says what a change does to access.
fn rows(text: &str) -> Vec<&str> {
    let verdict = ["gained", "lost", "fails", "FAILS", "nobody gains", "without effect", "STAY", "finding"];
    let is_verdict = |line: &str| {
        !line.contains(" line ") && !line.starts_with("to explain ") && verdict.iter().any(|word| line.contains(word))
    };
    let is_row = |line: &str| ["+ ", "- ", "! ", "~ ", "? "].iter().any(|sign| line.starts_with(sign));
    text.lines().filter(|line| is_row(line) || is_verdict(line)).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn line(finding: &Value) -> u64 {
    finding["place"]["line"].as_u64().unwrap_or_default()
}

/// Whether a finding says that the run fails.
fn says_that_it_fails(finding: &Value) -> bool {
    text(&finding["severity"]) == "error" && text(&finding["effect"]).contains("run fails")
}

/// The JSON of a run; nothing where the file cannot be read, which the exit code and `error` say.
fn asked(session: &Session, args: &[&str]) -> Option<Value> {
    let ran = ran(session, &[args, &["--format", "json"]].concat());
    let answer: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{args:?}: {error}\n{ran:#?}"));
    assert_eq!(answer["version"], 1, "{args:?}");
    assert_eq!(ran.code == Some(2), answer["error"].is_object(), "{args:?}\n{answer:#}");
    answer["error"].is_null().then_some(answer)
}

/// (1) The run fails for `list` exactly where an error of the same rule, on the same line, says so in `check`.
fn differ_on_the_run(list: &Value, check: &Value) -> Option<String> {
    let said: Vec<_> = findings(check).into_iter().filter(|finding| says_that_it_fails(finding)).collect();
    match failure(list) {
        Some((code, at)) => {
            let same = findings(check).into_iter().any(|finding| {
                text(&finding["severity"]) == "error" && text(&finding["code"]) == code && line(finding) == at
            });
            (!same).then(|| format!("list: fails by {code} on line {at}; check: {said:#?}"))
        }
        None => said.first().map(|finding| format!("list: the run does not fail; check: {finding:#}")),
    }
}

#[test]
fn the_run_fails_where_a_finding_says_so() {
    let session = Session::empty();
    let (mut failing, mut wrong) = (0, Vec::new());
    for path in files() {
        let path = path.to_str().unwrap();
        // A comment there silences a finding, and not the roles.
        if std::fs::read_to_string(path).is_ok_and(|text| text.contains("spin-keys: ignore")) {
            continue;
        }
        let of = |command: &str| asked(&session, &[command, "-f", path]);
        if let (Some(list), Some(check)) = (of("list"), of("check")) {
            wrong.extend(differ_on_the_run(&list, &check).map(|what| format!("{path}: {what}")));
            failing += usize::from(failure(&list).is_some());
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(failing > 10, "{failing} files on which the run fails");
}

/// (2) What an edit says of access is what a review of the file before and after says.
fn differ_on_access(edit: &Value, review: &Value) -> Option<String> {
    let (edit, review) = (review_of(edit), review_of(review));
    let same = edit["changes"].is_array() && edit == review;
    (!same).then(|| format!("the edit: {edit:#}\nthe review: {review:#}"))
}

/// The same of what is printed for people.
fn differ_in_words(edit: &str, review: &str) -> Option<String> {
    let same = rows(edit) == rows(review) && !rows(review).is_empty();
    (!same).then(|| format!("the edit:\n{edit}\nthe review:\n{review}"))
}

#[test]
fn an_edit_says_what_a_review_says() {
    let mut wrong = Vec::new();
    for case in cases("edit") {
        let session = Session::new(std::fs::read(case.join("in.yml")).unwrap());
        let [before, after] = ["in.yml", "out.yml"].map(|name| case.join(name).display().to_string());
        let args = args(&case);
        let edit = asked(&session, &with(&args, &["--dry-run"])).unwrap();
        let review = asked(&session, &["review", &before, &after]).unwrap();
        wrong.extend(differ_on_access(&edit, &review).map(|what| format!("{}: {what}", name(&case))));
    }
    for case in cases("check").into_iter().filter(|case| case.join("fixed.yml").exists()) {
        let session = Session::new(std::fs::read(case.join("in.yml")).unwrap());
        let [before, after] = ["in.yml", "fixed.yml"].map(|name| case.join(name).display().to_string());
        let mut fixed = asked(&session, &["check", "--fix", "--dry-run"]).unwrap();
        let fixed = answer(&json!({ "review": fixed["files"][0]["fix"]["review"].take() }));
        let reviewed = asked(&session, &["review", &before, &after]).unwrap();
        wrong.extend(differ_on_access(&fixed, &reviewed).map(|what| format!("{}: {what}", name(&case))));
        let fix = ran(&session, &["check", "--fix", "--dry-run", "--color", "never"]);
        let review = ran(&session, &["review", &before, &after, "--color", "never"]);
        wrong.extend(differ_in_words(&fix.err, &review.out).map(|what| format!("{}: {what}", name(&case))));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// (3) What `check` finds is what a review of the file against an empty one finds new.
fn differ_on_findings(check: &Value, review: &Value) -> Option<String> {
    let listed = |answer: &Value| {
        let mut findings: Vec<Value> = findings(answer).into_iter().cloned().collect();
        for finding in &mut findings {
            // By which name the file was given is no matter of the finding.
            without_paths(finding);
        }
        let mut findings: Vec<String> = findings.iter().map(Value::to_string).collect();
        findings.sort();
        findings
    };
    let (check, review) = (listed(check), listed(review));
    (check != review).then(|| format!("check: {check:#?}\nreview: {review:#?}"))
}

/// The answer of `check` without one finding for each of these that says the same.
fn without(check: &Value, old: Vec<&Value>) -> Value {
    let mut check = check.clone();
    let list = check["files"][0]["findings"].as_array_mut().unwrap();
    for finding in old {
        let same = |other: &Value| ["code", "account", "message"].iter().all(|name| other[name] == finding[name]);
        if let Some(at) = list.iter().position(same) {
            list.remove(at);
        }
    }
    check
}

#[test]
fn all_findings_are_new_against_an_empty_file() {
    let session = Session::empty();
    let empty = session.write("empty.yml", "").display().to_string();
    // An empty file has findings of its own, which are not new.
    let of_empty = asked(&session, &["check", "-f", &empty]).unwrap();
    let (mut compared, mut wrong) = (0, Vec::new());
    for path in files() {
        // A copy in no repository: what is around the file is found by `check` alone.
        let copy = session.write("head.yml", std::fs::read(&path).unwrap()).display().to_string();
        let path = path.display();
        let check = asked(&session, &["check", "-f", &copy]);
        let review = asked(&session, &["review", &empty, &copy]);
        if let (Some(check), Some(review)) = (check, review) {
            let without = without(&check, findings(&of_empty));
            wrong.extend(differ_on_findings(&without, &review).map(|what| format!("{path}: {what}")));
            compared += usize::from(!findings(&check).is_empty());
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 100, "{compared} files with findings");
}

/// An answer with these in its only file.
fn answer(inside: &Value) -> Value {
    json!({ "version": 1, "files": [inside] })
}

fn finding(code: &str, severity: &str, effect: &str, line: u64) -> Value {
    json!({
        "code": code, "severity": severity, "effect": effect, "message": "m",
        "place": { "path": "a.yml", "line": line, "column": 1 },
    })
}

#[test]
fn the_judge_of_runs_sees_each_difference() {
    let fails = answer(&json!({ "failure": { "code": "SK208", "place": { "line": 4 } } }));
    let goes_well = answer(&json!({ "failure": null }));
    let with = |findings: &[Value]| answer(&json!({ "findings": findings }));
    let told = finding("SK208", "error", "the run fails on a new server", 4);
    let others = [
        finding("SK209", "error", "the run fails on a new server", 4),
        finding("SK208", "error", "the run fails on a new server", 5),
        finding("SK208", "warning", "the run fails on a new server", 4),
    ];
    assert_eq!(differ_on_the_run(&fails, &with(std::slice::from_ref(&told))), None);
    assert_eq!(differ_on_the_run(&goes_well, &with(&[finding("SK405", "error", "sshd ignores the line", 4)])), None);
    assert_eq!(differ_on_the_run(&goes_well, &with(&[])), None);
    assert!(differ_on_the_run(&goes_well, &with(&[told])).is_some());
    assert!(differ_on_the_run(&fails, &with(&[])).is_some());
    for other in others {
        assert!(differ_on_the_run(&fails, &with(&[other])).is_some());
    }
}

#[test]
fn the_judge_of_access_sees_each_difference() {
    let with = |rows: Value| answer(&json!({ "review": { "changes": rows, "failure": null } }));
    let gained = || with(json!([{ "kind": "gained", "account": "alice", "key": { "fingerprint": "SHA256:a" } }]));
    assert_eq!(differ_on_access(&gained(), &gained()), None);
    assert_eq!(differ_on_access(&with(json!([])), &with(json!([]))), None);
    assert!(differ_on_access(&gained(), &with(json!([]))).is_some());
    assert!(differ_on_access(&gained(), &with(json!([{ "kind": "gained", "account": "bob" }]))).is_some());
    // Of which neither says anything is no agreement.
    assert!(differ_on_access(&answer(&json!({})), &answer(&json!({}))).is_some());
    let mut fails = with(json!([]));
    fails["files"][0]["review"]["failure"] = json!({ "code": "SK208" });
    assert!(differ_on_access(&fails, &with(json!([]))).is_some());
    let at = |path: &str| with(json!([{ "place": { "path": path, "line": 1, "column": 2 } }]));
    assert_eq!(differ_on_access(&at("a.yml"), &at("b.yml")), None);

    let words = "x -> y\naccess gained by 1 key\n+ bob can log in with SHA256:a\n";
    assert_eq!(differ_in_words("would fix SK1\naccess gained by 1 key\n+ bob can log in with SHA256:a\n", words), None);
    for other in ["access gained by 1 key\n", "access gained by 2 keys\n+ bob can log in with SHA256:a\n", ""] {
        assert!(differ_in_words(other, words).is_some(), "{other}");
    }
    assert!(differ_in_words("", "x -> y\n").is_some());
}

#[test]
fn the_judge_of_findings_sees_each_difference() {
    let one = || finding("SK405", "error", "e", 4);
    let with = |findings: &[Value]| answer(&json!({ "findings": findings }));
    let mut elsewhere = one();
    elsewhere["place"]["path"] = json!("b.yml");
    assert_eq!(differ_on_findings(&with(&[one()]), &with(&[elsewhere])), None);
    assert_eq!(differ_on_findings(&with(&[one(), one()]), &with(&[one(), one()])), None);
    for other in
        [vec![], vec![one(), one()], vec![finding("SK405", "error", "e", 5)], vec![finding("SK405", "note", "e", 4)]]
    {
        assert!(differ_on_findings(&with(&[one()]), &with(&other)).is_some());
    }
}
