//! The judge of the histories is shown to work: it finds nothing in the ways that were measured on real servers
//! (fixtures/histories/recipes), and reports each way that only looks right.

use super::{Answer, Partner, converse, wrong};
use crate::outcomes::random::Counts;
use crate::support::outcomes::cases;
use crate::support::session::{Session, fixtures};
use serde_json::{Value, json};
use std::fs;

/// One request and the file that somebody made of it, after everybody was provisioned.
struct Planted {
    name: &'static str,
    text: String,
    step: Value,
    /// The file, and what the same hand makes of `finish`, if anything.
    files: Vec<String>,
    /// What the judge says among other things; nothing at all where this is empty.
    says: &'static str,
}

fn recipe(name: &str) -> String {
    fs::read_to_string(fixtures().join(format!("histories/recipes/{name}.yml"))).unwrap()
}

fn before() -> String {
    recipe("P0-before")
}

/// The text with `from` replaced, which is there.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in\n{text}");
    text.replacen(from, to, 1)
}

/// The public key of this name.
fn line(name: &str) -> String {
    cases()[0].names.iter().find(|(known, _)| known == name).unwrap().1.clone()
}

/// The line of a key's item, as it is in these files.
fn item(name: &str) -> String {
    let text = before();
    let line = text.lines().find(|line| line.ends_with(&format!("{name}@laptop\""))).unwrap();
    format!("{line}\n")
}

fn absent(text: &str, name: &str) -> String {
    with(text, &item(name), &format!("{}        state: absent\n", item(name)))
}

/// A revocation entry for deploy, with these words at `groups`.
fn entry(text: &str, name: &str, groups: &str) -> String {
    let key = format!(
        "      - public_key: {}",
        item(name).trim().trim_start_matches("- ").trim_start_matches("public_key: ")
    );
    let entry = format!("  - username: deploy\n{groups}    authorized_keys:\n{key}\n        state: absent\n");
    with(text, "docker_user:\n", &format!("{entry}docker_user:\n"))
}

fn planted(name: &'static str, what: &str, files: Vec<String>, says: &'static str) -> Planted {
    Planted {
        name,
        text: before(),
        step: json!({ "do": "revoke", "what": [what], "deploy": [], "lock_out": false }),
        files,
        says,
    }
}

/// Runs them through the judge: each with what it says.
fn judged(planted: &[Planted]) -> Option<Vec<(&'static str, Vec<String>)>> {
    let lines: Vec<String> = cases()[0].names.iter().map(|(_, line)| line.clone()).collect();
    let fixed = planted.iter().map(|one| {
        let steps = json!([{ "do": "provision", "on": [0, 1] }, one.step]);
        json!({ "name": one.name, "text": one.text, "lines": lines, "steps": steps })
    });
    let session = Session::empty();
    let path = session.write("fixed.json", Value::from(fixed.collect::<Vec<_>>()).to_string());
    let mut hand = Hand { files: planted.iter().map(|one| one.files.clone()).collect(), ..Hand::default() };
    converse(&["--fixed".into(), path.into()], &mut hand)?;
    assert_eq!(hand.found.len(), planted.len());
    Some(planted.iter().zip(hand.found).map(|(one, found)| (one.says, found)).collect())
}

/// Who makes the files that are planted, one history after the other.
#[derive(Default)]
struct Hand {
    files: Vec<Vec<String>>,
    counts: Counts,
    found: Vec<Vec<String>>,
}

impl Partner for Hand {
    fn answer(&mut self, _: &Value) -> Answer {
        let files = &mut self.files[self.found.len()];
        if files.is_empty() { Err("nothing is planted".to_owned()) } else { Ok(files.remove(0)) }
    }

    fn end(&mut self, end: Value) {
        self.found.push(wrong(&end, &mut self.counts));
    }
}

#[test]
fn the_measured_ways_are_right() {
    let tidy = with(&recipe("2d-sudo-key-item-0"), &format!("{}        state: absent\n", item("alice")), "");
    let tidy = without_entry(&tidy);
    let ways = [
        planted("1b", "alice2@laptop", vec![recipe("1b-user-key-not-item-0")], ""),
        planted("2d", "alice@laptop", vec![recipe("2d-sudo-key-item-0")], ""),
        planted("2d, tidied up", "alice@laptop", vec![recipe("2d-sudo-key-item-0"), tidy], ""),
        planted("2h", "alice@laptop", vec![recipe("2h-sudo-key-item-0-by-additional_users")], ""),
        planted("3g", "bob", vec![recipe("3g-whole-user-keeps-account")], ""),
        planted("5c", "extra@laptop", vec![recipe("5c-docker_user-key")], ""),
        Planted {
            text: with(
                &before(),
                &item("alice"),
                &format!("{}{}", item("alice").replace(&line("alice"), &line("alice3")), item("alice")),
            ),
            ..planted("6b", "alice@laptop", vec![recipe("6b-rotate-step-2")], "")
        },
        Planted {
            step: json!({ "do": "revoke", "what": [], "deploy": [line("ci")], "lock_out": false }),
            ..planted(
                "5k",
                "",
                vec![with(&recipe("5k-ci-key-after-configure-gha"), &format!("    - \"{}\"\n", line("ci2")), "")],
                "",
            )
        },
    ];
    let Some(judged) = judged(&ways) else { return };
    for (way, (_, found)) in ways.iter().zip(judged) {
        assert_eq!(found, Vec::<String>::new(), "{}", way.name);
    }
}

#[test]
fn what_only_looks_right_is_reported() {
    let (p0, first) = (before(), recipe("2d-sudo-key-item-0"));
    let person = recipe("3g-whole-user-keeps-account");
    let bob_in_sudo = "  - username: bob\n    groups: ['sudo']\n";
    let ways = [
        planted("item 0 absent in place", "alice@laptop", vec![absent(&p0, "alice")], "alice@laptop opens deploy"),
        planted(
            "the line is deleted",
            "alice2@laptop",
            vec![with(&p0, &item("alice2"), "")],
            "alice2@laptop opens alice",
        ),
        planted("item 0 is deleted", "alice@laptop", vec![with(&p0, &item("alice"), "")], "alice@laptop opens deploy"),
        planted("no revocation entry", "alice@laptop", vec![without_entry(&first)], "alice@laptop opens deploy"),
        planted(
            "still in docker_user",
            "extra@laptop",
            vec![entry(&p0, "extra", "    groups: []\n")],
            "extra@laptop opens deploy",
        ),
        planted(
            "only out of docker_user",
            "extra@laptop",
            vec![with(&p0, &item("extra"), "")],
            "extra@laptop opens deploy",
        ),
        planted(
            "the entry is in sudo",
            "alice@laptop",
            vec![with(
                &first,
                "  - username: deploy\n    groups: []\n",
                "  - username: deploy\n    groups: ['sudo']\n",
            )],
            "alice@laptop opens deploy",
        ),
        planted(
            "the entry is absent",
            "alice@laptop",
            vec![with(&first, "  - username: deploy\n", "  - username: deploy\n    state: absent\n")],
            "alice@laptop opens deploy",
        ),
        planted(
            "the entry has no groups",
            "alice@laptop",
            vec![with(&first, "deploy\n    groups: []\n", "deploy\n")],
            "AUTHORIZED_KEYS cannot be made",
        ),
        planted(
            "only out of sudo",
            "bob",
            vec![with(&p0, bob_in_sudo, "  - username: bob\n    groups: []\n")],
            "bob@laptop opens bob",
        ),
        planted(
            "the user is absent",
            "bob",
            vec![with(&p0, bob_in_sudo, &format!("{bob_in_sudo}    state: absent\n"))],
            "bob@laptop opens deploy",
        ),
        planted(
            "sudo is kept",
            "bob",
            vec![with(&person, "bob\n    groups: []\n", "bob\n    groups: ['sudo']\n")],
            "bob is in ['sudo'], not in []",
        ),
        planted("a colleague goes, too", "bob", vec![absent(&person, "carol")], "carol@laptop is shut out of carol"),
        planted("a colleague leaves sudo", "carol", vec![colleague_out_of_sudo(&p0)], "bob is in [], not in ['sudo']"),
        planted("nobody is left", "bob", vec![absent(&absent(&person, "alice"), "alice2")], "no usable sudo user"),
        planted("the run fails", "bob", vec![with(&person, "  username: deploy\n", "")], "the run fails"),
        Planted {
            step: json!({ "do": "revoke", "what": ["carol@laptop", "carol2@laptop"], "deploy": [], "lock_out": false }),
            ..planted(
                "a last key goes",
                "",
                vec![absent(&absent(&p0, "carol"), "carol2")],
                "somebody who stays loses the last key",
            )
        },
        planted("nothing is done", "bob", vec![p0.clone()], "bob@laptop opens bob"),
        planted("not tidied up", "alice@laptop", vec![first.clone(), first.clone()], "alice@laptop opens the tunnel"),
        planted(
            "too tidy",
            "alice@laptop",
            vec![first.clone(), with(&first, &item("bob2"), "")],
            "bob2@laptop is shut out of the tunnel",
        ),
    ];
    let Some(judged) = judged(&ways) else { return };
    for (way, (says, found)) in ways.iter().zip(judged) {
        assert!(
            found.iter().any(|one| one.ends_with(says) || one.contains(&format!(": {says}"))),
            "{}: {found:#?}",
            way.name
        );
    }
}

fn without_entry(text: &str) -> String {
    let (start, end) = (text.find("  - username: deploy").unwrap(), text.find("docker_user:").unwrap());
    format!("{}{}", &text[..start], &text[end..])
}

fn colleague_out_of_sudo(p0: &str) -> String {
    let carol = absent(&absent(p0, "carol"), "carol2");
    with(&carol, "  - username: bob\n    groups: ['sudo']\n", "  - username: bob\n    groups: []\n")
}
