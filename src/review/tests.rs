use super::row::Row;
use super::*;
use crate::check::Context;
use crate::spin::config::variables::Foreign;
use crate::yaml::Document;

const ALICE: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL alice@laptop";
const BOB: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA9q+jbzFToknGE8vAubG67p396g2lyuxTXQEEUyvqkZ bob@laptop";

fn user(name: &str, groups: &str, keys: &[&str]) -> String {
    let keys: String = keys.iter().map(|key| format!("      - public_key: \"{key}\"\n")).collect();
    format!("  - username: {name}\n    groups: [{groups}]\n    authorized_keys:\n{keys}")
}

fn between(before: &str, after: &str) -> Review {
    let (before, after) = (Document::read(before).unwrap(), Document::read(after).unwrap());
    let context = Context::at(0);
    compare(Some(&Analysis::of(&before, &context)), Some(&Analysis::of(&after, &context)))
}

/// `ACCOUNT: CHANGE COMMENT` of each row.
fn said(review: &Review) -> Vec<String> {
    let of = |row: &Row| {
        let comment = row.key.as_ref().map(|key| format!(" {}", key.key.comment)).unwrap_or_default();
        format!("{}: {:?}{comment}", row.account, row.kind)
    };
    review.rows.iter().map(of).collect()
}

#[test]
fn a_new_user_in_sudo_gains_and_opens_deploy() {
    let before = format!("users:\n{}", user("alice", "sudo", &[ALICE]));
    let after = before.clone() + &user("bob", "sudo", &[BOB]);
    let review = between(&before, &after);
    let expected = [
        "bob: AccountAdded",
        "bob: GroupGained { group: \"sudo\" }",
        "bob: KeyGained bob@laptop",
        "deploy: KeyGained bob@laptop",
        "bob: TunnelGained bob@laptop",
    ];
    assert_eq!(said(&review), expected);
    assert!(review.rows[1].gains_group("sudo") && review.rows[3].is_deploy && review.others.is_empty());
}

#[test]
fn a_deleted_key_stays_and_an_absent_one_is_lost() {
    let with = |second: &str| format!("users:\n{}{second}", user("alice", "sudo", &[ALICE]));
    let second = format!("      - public_key: \"{BOB}\"\n");
    let delta = between(&with(&second), &with(""));
    assert_eq!(said(&delta), ["alice: KeyStays bob@laptop", "alice: TunnelLost bob@laptop"]);
    let delta = between(&with(&second), &with(&format!("{second}        state: absent\n")));
    assert_eq!(said(&delta), ["alice: KeyLost bob@laptop"]);
}

#[test]
fn renamed_removed_and_deleted_accounts_are_told_apart() {
    let before = format!("users:\n{}{}", user("alice", "sudo", &[ALICE]), user("bob", "", &[BOB]));
    let renamed = said(&between(&before, &before.replace("bob\n", "robert\n")));
    assert_eq!(renamed, ["robert: AccountRenamed { from: \"bob\" }"]);
    let gone = format!("users:\n{}", user("alice", "sudo", &[ALICE]));
    assert_eq!(said(&between(&before, &gone)), ["bob: AccountLeftFile", "bob: KeyStays bob@laptop"]);
    let absent = before.replace("username: bob\n", "username: bob\n    state: absent\n");
    assert_eq!(said(&between(&before, &absent)), ["bob: AccountRemoved", "bob: KeyLost bob@laptop"]);
}

#[test]
fn other_values_are_named_by_path_alone() {
    let before = format!(
        "a: 1\nproviders:\n- name: x\n  api_token: secret\nusers:\n{}    password: p\n",
        user("alice", "sudo", &[ALICE])
    );
    let after = before.replace("secret", "other").replace("a: 1\n", "b: 1\n").replace("password: p", "password: q");
    let delta = between(&before, &after);
    let said: Vec<String> = delta.others.iter().map(|it| format!("{} {:?}", it.path, it.change)).collect();
    assert_eq!(said, ["providers[0].api_token Changed", "users.alice.password Changed"]);
    let unknown: Vec<_> = delta.unknown.iter().map(|it| (it.path.as_deref(), it.place, it.why)).collect();
    let why = WhyUnknown::Variable(Foreign::Unknown);
    assert_eq!(unknown, [(Some("b"), Some((1, 1)), why), (Some("a"), None, why)]);
    assert!(delta.rows.is_empty(), "{delta:?}");
}

#[test]
fn keys_of_one_text_that_ansible_tells_apart_are_compared_each_with_itself() {
    let before = "yes: 1\n\"yes\": 2\n!foo x: 3\nx: 4\n";
    assert!(between(before, before).unknown.is_empty());
    let said = |after: &str| {
        let path = |it: &Unknown| (it.path.clone().unwrap_or_default(), it.place.is_some());
        between(before, after).unknown.iter().map(path).collect::<Vec<_>>()
    };
    assert_eq!(said(&before.replace('3', "5")), [("x".to_owned(), true)]);
    assert_eq!(said(&before.replace("\"yes\": 2\n", "")), [("yes".to_owned(), false)]);
}

#[test]
fn a_key_that_two_people_list_with_other_options_is_no_gain_of_the_tunnel() {
    let restricted = format!("restrict {ALICE}");
    let file = format!("users:\n{}{}", user("alice", "sudo", &[ALICE]), user("bob", "sudo", &[&restricted]));
    assert_eq!(said(&between(&file, &file)), [""; 0]);
    let open = file.replace("restrict ssh", "ssh");
    assert!(!said(&between(&file, &open)).iter().any(|row| row.contains("Tunnel")));
}

#[test]
fn a_collection_that_holds_itself_is_compared() {
    let file = format!("x: &k\n  authorized_keys: *k\n  y: 1\nusers:\n{}", user("alice", "sudo", &[ALICE]));
    assert!(between(&file, &file).unknown.is_empty());
    assert!(!between(&file, &file.replace("y: 1", "y: 2")).unknown.is_empty());
}

/// A group that only new servers lack: those that have the key take it away.
#[test]
fn a_run_that_fails_on_a_new_server_alone_takes_keys_from_the_others() {
    let file = |bob: &str| format!("users:\n{}{bob}", user("alice", "sudo, docker", &[ALICE]));
    let before = file(&user("bob", "adm", &[BOB]));
    let after = file(&format!("{}        state: absent\n", user("bob", "adm", &[BOB])));
    let delta = between(&before, &after);
    assert!(delta.failure.is_some() && delta.provisioned == Some(None));
    assert_eq!(said(&delta), ["bob: KeyLost bob@laptop"]);
    // Where the run fails there too, it takes nothing.
    let both = |text: &str| text.replace("[sudo, docker]", "[sudo, nosuch]");
    assert_eq!(said(&between(&both(&before), &both(&after))), ["bob: KeyStays bob@laptop"]);
}

#[test]
fn a_run_that_fails_loses_nobody_and_is_said() {
    let before = format!("users:\n{}", user("alice", "sudo", &[ALICE]));
    let delta = between(&before, &before.replace("[sudo]", "sudo"));
    assert!(delta.failure.is_some() && delta.failure_before.is_none());
    assert_eq!(delta.findings.iter().map(|it| it.rule.code).collect::<Vec<_>>(), ["SK211"]);
    assert!(delta.rows.iter().all(|row| row.key.is_none()), "{delta:?}");
}
