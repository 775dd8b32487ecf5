//! `check --fix` on files with something that it cannot fix, or that is written in an unusual way: the rest is fixed.

use super::check::json;
use crate::session::{Session, key};
use serde_json::Value;

/// A user with two findings that can be fixed.
fn faulty(name: &str) -> String {
    format!("  - username: {name}\n    groups: sudo\n    authorized_keys:\n      - \"{}\"\n", key(name))
}

/// What `faulty` is afterwards.
fn fixed(name: &str) -> String {
    faulty(name).replace("groups: sudo", "groups: ['sudo']").replace("- \"", "- public_key: \"")
}

/// Fixes, and returns the file with what was said.
fn fix(before: &str) -> (String, String) {
    let session = Session::new(before);
    let ran = session.run(&["check", "--fix", "--yes"]);
    assert!(ran.err.contains("wrote .spin.yml"), "{ran:#?}");
    (session.file(), ran.err)
}

#[test]
fn what_cannot_be_fixed_keeps_nothing_else_from_being_fixed() {
    let odd = faulty("bob").replace("authorized_keys:\n", "authorized_keys: &k\n");
    let (after, said) = fix(&format!("users:\n{}{odd}x: *k\n", faulty("alice")));
    let kept = odd.replace("groups: sudo", "groups: ['sudo']");
    assert_eq!(after, format!("users:\n{}{kept}x: *k\n", fixed("alice")));
    assert!(said.contains("cannot fix SK217 on line 9: the place to be edited, or what is around it, has"), "{said}");

    let twice = faulty("bob").replace("groups: sudo\n", "groups: sudo\n    groups: sudo\n");
    let (after, said) = fix(&format!("users:\n{}{twice}", faulty("alice")));
    assert_eq!(after, format!("users:\n{}{twice}", fixed("alice")));
    assert!(said.contains("cannot fix SK211 on line 8: duplicate key `groups`"), "{said}");

    let tagged = faulty("bob").replace("- \"", "- !unsafe \"");
    let (after, said) = fix(&format!("users:\n{}{tagged}", faulty("alice")));
    assert!(after.contains("- !unsafe \"") && said.contains("has the tag `!unsafe`"), "{said}\n{after}");
}

#[test]
fn what_is_left_is_said_beside_json() {
    let odd = faulty("bob").replace("- \"", "- !unsafe \"");
    let session = Session::new(format!("users:\n{}{odd}", faulty("alice")));
    let ran = session.run(&["check", "--fix", "--yes", "--format", "json"]).expect(1, &["cannot fix SK217 on line 9"]);
    let told = json(&ran);
    let codes = |list: &Value| list.as_array().unwrap().iter().map(|it| it["code"].clone()).collect::<Vec<_>>();
    assert_eq!(codes(&told["fix"]["fixed"]), ["SK211", "SK217", "SK211"]);
    assert_eq!(codes(&told["findings"]), ["SK217"]);
}

#[test]
fn unusual_layout_is_fixed_as_it_stands() {
    let (before, after) = (format!("users:\n{}", faulty("alice")), format!("users:\n{}", fixed("alice")));
    let all = |text: &str| text.replace("users:\n  - user", "users: &all\n  - &one\n    user");
    assert_eq!(fix(&all(&before)).0, all(&after));

    let tight = before.replace("groups: sudo\n", "groups: \"sudo\"#for now\n");
    assert_eq!(fix(&tight).0, after.replace("['sudo']\n", "['sudo']#for now\n"));

    let marked = before.replace("groups: sudo", "groups: &g sudo").replace("- \"", "- &k \"");
    let line = key("alice");
    let kept = after.replace("['sudo']", "&g ['sudo']");
    let kept = kept.replace(&format!("public_key: \"{line}\""), &format!("&k {{public_key: \"{line}\"}}"));
    assert_eq!(fix(&marked).0, kept);

    let lone = before.replace("    groups: sudo\n", "") + "    ? comment\nx: 1\nx: 2\n";
    let there = lone.replace("    ? comment\n", "    ? comment\n    groups: []\n").replace("- \"", "- public_key: \"");
    assert_eq!(fix(&lone).0, there);

    let json =
        format!("{{\"users\":[{{\"username\":\"alice\",\"groups\":\"sudo\",\"authorized_keys\":[\"{line}\"]}}]}}");
    let there = json.replace("\"sudo\"", "[\"sudo\"]");
    let there = there.replace(&format!("\"{line}\""), &format!("{{\"public_key\":\"{line}\"}}"));
    assert_eq!(fix(&json).0, there);
}
