//! `fixtures/revoke`: what `revoke` makes of a file, byte for byte, plain and encrypted, and that it closes the doors.

use super::fixtures::{args, cases, name, with};
use super::vault;
use crate::session::Session;
use spin_keys::key::{describe, materials};
use spin_keys::spin::provision::outcome::OnServer;
use spin_keys::spin::provision::predict_history;
use spin_keys::yaml::Document;
use std::fs;
use std::path::Path;

fn texts(case: &Path) -> [String; 2] {
    ["in.yml", "out.yml"].map(|file| fs::read_to_string(case.join(file)).unwrap())
}

fn is_finish(args: &[String]) -> bool {
    args.iter().any(|arg| arg == "--finish")
}

#[test]
fn revocations_give_these_bytes_and_are_done_once() {
    let cases = cases("revoke");
    assert!(cases.len() >= 80, "{} cases", cases.len());
    for case in &cases {
        let ([before, after], args) = (texts(case), args(case));
        assert_ne!(before, after, "{}", name(case));
        let session = Session::new(&before);
        session.run(&with(&args, &["--check"])).expect(1, &[]);
        let shown = session.run(&with(&args, &["--dry-run"])).expect(0, &[]);
        assert!(session.file() == before, "{}: a preview wrote", name(case));

        let written = session.run(&with(&args, &["--yes"])).expect(0, &["wrote .spin.yml"]);
        assert!(session.file() == after, "{}:\n{}", name(case), session.file());
        assert_eq!(written.out, shown.out, "{}", name(case));
        assert!(is_finish(&args) || written.err.contains("left to do:"), "{}: {}", name(case), written.err);

        if !is_finish(&args) {
            session.run(&with(&args, &["--yes"])).expect(0, &["nothing to do: ", "is already revoked", "left to do:"]);
            session.run(&with(&args, &["--check"])).expect(0, &[]);
        }
        assert!(session.file() == after, "{}: done twice", name(case));

        let sealed = vault::sealed(&before);
        sealed.run(&with(&args, &["--yes"])).expect(0, &["wrote .spin.yml"]);
        assert_eq!(String::from_utf8(vault::plain_text(&sealed)).unwrap(), after, "{}", name(case));
    }
}

/// On a server that was provisioned with the file before, and on a new one.
fn on_servers(before: &str, after: &str) -> [OnServer; 2] {
    let [before, after] = [before, after].map(|text| Document::read(text.trim_start_matches('\u{feff}')).unwrap());
    [predict_history(&[(&before, None), (&after, None)], false), predict_history(&[(&after, None)], false)]
}

#[test]
fn what_is_revoked_opens_nothing_and_nobody_else_is_let_in() {
    let mut compared = 0;
    for case in cases("revoke") {
        let ([before, after], args) = (texts(&case), args(&case));
        let session = Session::new(&before);
        let ran = session.run(&with(&args, &["--dry-run", "--format", "json"])).expect(0, &[]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let keys = report["files"][0]["keys"].as_array().unwrap();
        let prints: Vec<&str> = keys.iter().map(|key| key["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(prints.is_empty(), is_finish(&args), "{}", name(&case));
        let is_deploy_only = args.iter().any(|arg| arg == "--deploy");
        for server in on_servers(&before, &after) {
            assert_eq!(server.failure, None, "{}", name(&case));
            for account in server.accounts.iter().filter(|account| account.is_deploy || !is_deploy_only) {
                let has = |line: &str| describe(line).and_then(|key| key.fingerprint).unwrap();
                let left = account.keys.iter().find(|key| prints.contains(&has(&key.line).as_str()));
                assert!(left.is_none(), "{}: {} keeps {left:?}", name(&case), account.name);
            }
        }
        let [again, _] = on_servers(&before, &before);
        if again.failure.is_some() {
            continue;
        }
        compared += 1;
        let [now, _] = on_servers(&before, &after);
        for account in now.accounts.iter().filter(|account| !account.is_deploy) {
            let was = again.accounts.iter().find(|other| other.name == account.name).unwrap();
            let had = |line: &str| was.keys.iter().any(|key| materials(&key.line) == materials(line));
            assert!(account.keys.iter().all(|key| had(&key.line)), "{}: {}", name(&case), account.name);
        }
    }
    assert!(compared >= 100, "{compared}");
}
