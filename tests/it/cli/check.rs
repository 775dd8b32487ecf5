//! `fixtures/check`: each finding with its place, the nearest file that just does not have it, and what `--fix` makes of it.
//!
//! `in.yml` has the findings of `findings` (`CODE LINE:COLUMN`, and the severity where it is not that of the rule), `twin.yml` has none, `fixed.yml` is `in.yml` after
//! `--fix`; `row` quotes what it is for from `SPIN.md` there, or names the issue or the role.

use super::fixtures::{cases, name};
use super::vault;
use crate::session::{Ran, Session, fixtures};
use serde_json::Value;
use spin_keys::check::all;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The fixtures that have findings.
fn faulty() -> Vec<PathBuf> {
    let faulty: Vec<PathBuf> = cases("check").into_iter().filter(|case| name(case).starts_with("SK")).collect();
    assert!(faulty.len() >= 80, "{} cases", faulty.len());
    faulty
}

fn code(case: &Path) -> &str {
    name(case).split('-').next().unwrap()
}

/// The day (`YYYYMMDD`, UTC) that many days from now.
fn day(from_now: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (mut left, mut year) = (now / 86_400 + from_now, 1970);
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while left >= 365 + u64::from(is_leap(year)) {
        left -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year:04}{month:02}{:02}", left + 1)
}

/// A file of a case, with the dates that count from today.
fn text(case: &Path, file: &str) -> String {
    let text = fs::read_to_string(case.join(file)).unwrap();
    if !text.contains("_DAYS") {
        return text;
    }
    text.replace("IN_5_DAYS", &day(5)).replace("IN_50_DAYS", &day(50))
}

/// What the JSON of a run says of its only file.
#[track_caller]
pub(crate) fn json(ran: &Ran) -> Value {
    let mut answer: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:#?}"));
    assert_eq!(answer["version"], 1, "{answer:#}");
    let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(names, ["files", "version"]);
    assert_eq!(answer["files"].as_array().unwrap().len(), 1, "{answer:#}");
    answer["files"][0].take()
}

/// What the JSON of a run that failed says of its error.
#[track_caller]
pub(crate) fn error(ran: &Ran) -> Value {
    let mut answer: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:#?}"));
    assert_eq!(answer["version"], 1, "{answer:#}");
    let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(names, ["error", "version"]);
    answer["error"].take()
}

/// `CODE LINE:COLUMN` of each finding.
fn places(told: &Value) -> Vec<String> {
    let findings = told["findings"].as_array().unwrap().iter();
    findings
        .map(|it| format!("{} {}:{}", it["code"].as_str().unwrap(), it["place"]["line"], it["place"]["column"]))
        .collect()
}

fn expected(case: &Path) -> Vec<String> {
    severities(case).into_iter().map(|(place, _)| place).collect()
}

/// `CODE LINE:COLUMN` of each finding, with its severity: that of its rule, or an error where the run fails by it.
fn severities(case: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(case.join("findings")).unwrap();
    let severity = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let of_rule = || all().find(|rule| rule.code == words[0]).unwrap().severity.word();
        (words[..2].join(" "), words.get(2).copied().unwrap_or_else(of_rule).to_owned())
    };
    text.lines().map(severity).collect()
}

/// The codes of findings that a case of another code cannot be without.
fn besides(case: &Path) -> Vec<String> {
    let text = fs::read_to_string(case.join("besides")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn check(session: &Session, args: &[&str]) -> Ran {
    session.run(&[&["check"], args].concat())
}

#[test]
fn each_fixture_has_these_findings_and_its_twin_has_none() {
    for case in faulty() {
        let session = Session::new(text(&case, "in.yml"));
        let ran = check(&session, &["--format", "json"]);
        let told = json(&ran);
        assert_eq!(places(&told), expected(&case), "{}", name(&case));
        let told = told["findings"].as_array().unwrap().iter();
        let told: Vec<&str> = told.map(|it| it["severity"].as_str().unwrap()).collect();
        let severities: Vec<String> = severities(&case).into_iter().map(|(_, severity)| severity).collect();
        assert_eq!(told, severities, "{}", name(&case));
        let has_error = severities.iter().any(|severity| severity == "error");
        assert_eq!(ran.code, Some(i32::from(has_error)), "{}", name(&case));
        let besides = besides(&case);
        let is_expected = |place: &String| place.starts_with(code(&case)) || besides.contains(&place[..5].to_owned());
        assert!(expected(&case).iter().all(is_expected), "{}", name(&case));

        let twin = Session::new(text(&case, "twin.yml"));
        let ran = check(&twin, &[]).expect(0, &[".spin.yml: nothing found"]);
        assert_eq!(ran.out, "", "{}", name(&case));
    }
}

#[test]
fn clean_files_have_no_findings() {
    let clean: Vec<PathBuf> = cases("check").into_iter().filter(|case| name(case).starts_with("clean-")).collect();
    assert!(clean.len() >= 8, "{}", clean.len());
    for case in clean {
        let ran = check(&Session::new(text(&case, "in.yml")), &[]).expect(0, &[".spin.yml: nothing found"]);
        assert_eq!(ran.out, "", "{}", name(&case));
    }
}

#[test]
fn the_text_has_place_line_caret_effect_and_help() {
    for case in faulty() {
        let session = Session::new(text(&case, "in.yml"));
        let ran = check(&session, &[]);
        let blocks: Vec<&str> = ran.out.split("\n\n").filter(|block| !block.is_empty()).collect();
        assert_eq!(blocks.len(), expected(&case).len(), "{}\n{}", name(&case), ran.out);
        for (block, (place, severity)) in blocks.iter().zip(severities(&case)) {
            let (code, at) = place.split_once(' ').unwrap();
            let rule = all().find(|rule| rule.code == code).unwrap();
            let head = format!(".spin.yml:{at}: {severity}[{code}]: ");
            let lines: Vec<&str> = block.lines().collect();
            assert!(lines[0].starts_with(&head), "{}: {}", name(&case), lines[0]);
            let number = at.split(':').next().unwrap();
            assert!(lines[1].starts_with(&format!("  {number} | ")), "{block}");
            assert!(lines[2].trim_start().starts_with("| ") && lines[2].ends_with('^'), "{block}");
            assert!(lines[1..3].iter().all(|line| line.chars().count() <= 80), "{block}");
            assert_eq!(lines[3], format!("  effect: {}", rule.effect));
            assert!(lines[4].starts_with("  help: ") && lines.len() == 5, "{block}");
        }
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'));
    }
}

#[test]
fn an_encrypted_file_has_the_same_findings() {
    for case in faulty() {
        let session = vault::sealed(text(&case, "in.yml"));
        let told = json(&check(&session, &["--format", "json"]));
        assert_eq!(places(&told), expected(&case), "{}", name(&case));
        assert_eq!(told["encrypted"], true);
    }
}

#[test]
fn a_finding_is_silenced_by_its_code_and_by_a_comment_on_its_line() {
    for case in faulty() {
        let session = Session::new(text(&case, "in.yml"));
        let codes = [vec![code(&case).to_owned()], besides(&case)].concat();
        check(&session, &["--ignore", &codes.join(",")]).expect(0, &["nothing found"]);
        // A comment behind the header of a block or within quotes over several lines is none.
        let (before, mut silenced) = (text(&case, "in.yml"), String::new());
        let lines: BTreeSet<usize> =
            expected(&case).iter().map(|it| it.split([' ', ':']).nth(1).unwrap().parse().unwrap()).collect();
        for (index, line) in before.lines().enumerate() {
            let comment = if lines.contains(&(index + 1)) {
                format!(" # spin-keys: ignore {}", codes.join(" "))
            } else {
                String::new()
            };
            silenced.push_str(&format!("{line}{comment}\n"));
        }
        if ["SK401-private-key", "SK412-rfc4716", "SK414-block", "SK414-folded", "SK421-two-keys"]
            .contains(&name(&case))
        {
            continue;
        }
        let session = Session::new(&silenced);
        check(&session, &[]).expect(0, &[&format!("nothing found ({} suppressed", expected(&case).len())]);
    }
}

#[test]
fn what_can_be_mended_is_mended_and_nothing_else() {
    let mut mended = 0;
    for case in faulty() {
        let before = text(&case, "in.yml");
        let session = Session::new(&before);
        let told = json(&check(&session, &["--format", "json"]));
        let fixable = told["findings"].as_array().unwrap().iter().any(|it| it["fixable"] == true);
        let rule = all().find(|rule| rule.code == code(&case)).unwrap();
        assert!(rule.fixable || !fixable, "{}", name(&case));
        if !fixable {
            let ran = check(&session, &["--fix", "--yes"]);
            // What edits refuse is checked all the same, and why nothing is fixed is said.
            let is_refused = ran.err.contains("--fix cannot change this file: ");
            assert!(is_refused != ran.err.contains("nothing to fix"), "{}: {}", name(&case), ran.err);
            assert_eq!(session.file(), before, "{}", name(&case));
            continue;
        }
        mended += 1;
        // What is not fixed may be worth a warning.
        let left = if besides(&case).is_empty() { "nothing found" } else { "1 warning" };
        let preview = check(&session, &["--fix", "--dry-run"]).expect(0, &["would fix", left]);
        assert!(preview.out.starts_with("--- a/.spin.yml\n+++ b/.spin.yml\n@@ "), "{}", preview.out);
        assert_eq!(session.file(), before, "{}: a preview wrote", name(&case));
        check(&session, &["--fix"]).expect(1, &["--yes"]);
        session.run_with(&["check", "--fix"], "n\n").expect(1, &["nothing was written"]);
        assert_eq!(session.file(), before, "{}: wrote without consent", name(&case));

        session.run_with(&["check", "--fix"], "y\n").expect(0, &["fixes", "wrote .spin.yml", left]);
        assert_eq!(session.file(), text(&case, "fixed.yml"), "{}", name(&case));
        check(&session, &["--fix", "--yes"]).expect(0, &["nothing to fix", left]);
        assert_eq!(session.file(), text(&case, "fixed.yml"), "{}", name(&case));

        let sealed = vault::sealed(&before);
        check(&sealed, &["--fix", "--yes"]).expect(0, &["wrote .spin.yml"]);
        assert_eq!(String::from_utf8(vault::plain_text(&sealed)).unwrap(), text(&case, "fixed.yml"), "{}", name(&case));
    }
    assert!(mended >= 17, "{mended}");
}

#[test]
fn every_code_has_a_fixture_and_every_row_of_spin_md_too() {
    let covered: BTreeSet<String> = faulty().iter().map(|case| code(case).to_owned()).collect();
    // What lies around the file: tests of their own in check_project.rs.
    let codes: BTreeSet<String> =
        all().map(|rule| rule.code.to_owned()).filter(|code| !code.starts_with("SK6")).collect();
    assert_eq!(covered, codes);

    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let page = fs::read_to_string(fixtures().join("check/SPIN.md")).unwrap();
    let mut rows = BTreeSet::new();
    for case in cases("check") {
        let row = fs::read_to_string(case.join("row")).unwrap();
        if !row.starts_with("issue: ") && !row.starts_with("roles: ") {
            assert!(words(&page).contains(&words(&row)), "{}: {row}", name(&case));
            rows.insert(words(&row));
        }
    }
    // A row of the table is a line, a bullet goes on until the next one.
    let blocks = page.replace("\n- ", "\n\n- ").replace("\n| ", "\n\n| ").replace("\n## ", "\n\n## ");
    let mut seen = 0;
    for block in blocks
        .split("\n\n")
        .filter(|block| block.starts_with("| `") || block.starts_with("| ") || block.starts_with("- "))
    {
        let block = words(block);
        if block.starts_with("| Layout |") || NOT_IN_THE_FILE.iter().any(|start| block.starts_with(start)) {
            continue;
        }
        assert!(rows.iter().any(|row| block.contains(row.as_str())), "no fixture names: {block}");
        seen += 1;
    }
    assert!(seen >= 28, "{seen}");
}

/// Rows that no file alone can show, or that are shown by tests of their own.
const NOT_IN_THE_FILE: [&str; 10] = [
    "- Deleting a key, a user or all of `docker_user`",
    "- Nothing ends a session that is open",
    "- The person who provisions must connect with a key that stays",
    "- A run that **fails** does not restart sshd",
    // tests/key_oracle
    "- What sshd takes though it looks wrong",
    // check_project.rs
    "- Private keys: OpenSSH 9 reads CRLF",
    // check_project.rs
    "- An apostrophe or a backslash",
    "- It looks in `.infrastructure/conf/ci`",
    "- A private key without `.pub` fails",
    "- **Every file there without a dot",
];
