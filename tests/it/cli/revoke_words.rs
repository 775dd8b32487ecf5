//! What `revoke` takes for a name or a key, what it refuses, and what it says.

use super::vault;
use crate::session::{Session, fixtures, key};

const SETTINGS: &str = "use_passwordless_sudo: true\nserver_contact: ops@example.com\n";

fn user(name: &str, groups: &str, keys: &[String]) -> String {
    let items: String = keys.iter().map(|key| format!("      - public_key: \"{key}\"\n")).collect();
    format!("  - username: {name}\n    groups: [{groups}]\n    authorized_keys:\n{items}")
}

/// alice and bob in sudo, carol without.
pub(super) fn team() -> String {
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(key);
    let other = key("deploy").replace(" deploy", " alice@desktop");
    let people = user("alice", "sudo", &[alice, other]) + &user("bob", "sudo", &[bob]) + &user("carol", "", &[carol]);
    format!("users:\n{people}{SETTINGS}")
}

#[track_caller]
fn refuses(text: &str, args: &[&str], words: &[&str]) {
    let session = Session::new(text);
    let before = session.state();
    let args = [&["revoke"], args].concat();
    for more in ["--yes", "--dry-run"] {
        let ran = session.run(&[&args[..], &[more]].concat()).expect_refusal(words);
        ran.expect_untouched(&session, &before);
    }
}

#[test]
fn a_word_is_a_name_a_fingerprint_a_comment_or_a_beginning() {
    let print = spin_keys::key::describe(&key("carol")).unwrap().fingerprint.unwrap();
    let file = fixtures().join("keys/carol.pub").display().to_string();
    for word in ["carol", "carol@laptop", "carol@l", &print, &print[..12], &file] {
        let session = Session::new(team());
        let args = ["revoke", word, "--yes", "--lock-out"];
        session.run(&args).expect(0, &["carol can no longer log in with SHA256:"]);
        assert!(session.file().contains("carol@laptop\"\n        state: absent\n"), "{word}: {}", session.file());
        session.run(&args).expect(0, &["nothing to do: ", "already revoked"]);
    }
    let session = Session::new(team());
    let ran = session.run_with(&["revoke", "-", "--yes", "--lock-out"], &(key("carol") + "\n"));
    ran.expect(0, &["carol can no longer log in"]);
}

#[test]
fn words_that_mean_nothing_or_several_are_refused() {
    let nobody = ["nobody in .spin.yml is named", "no key has that fingerprint or comment"];
    for word in ["nobody", "SHA256:", "", "SHA256:AAAAAAAA"] {
        refuses(&team(), &[word], &nobody);
    }
    for word in ["keys/carol.pub", "carol2.pub", "./carol"] {
        refuses(&team(), &[word], &["no file has that name: check the path"]);
    }
    for word in ["Alice", "alic", "car"] {
        refuses(&team(), &[word], &["did you mean "]);
    }
    refuses(&team(), &["alice@"], &["is the beginning of several keys:", "alice@laptop", "alice@desktop", "of alice"]);
    for word in ["deploy", "docker_user"] {
        refuses(&team(), &[word], &["is the account of deployments", "revoke --deploy SHA256"]);
    }
    refuses(&team(), &["--deploy", "alice"], &["alice is a person, and --deploy needs a key"]);
    let file = fixtures().join("keys/rsa.pub").display().to_string();
    refuses(&team(), &[&file], &["is not in .spin.yml", "stays on the servers", "revoke --deploy"]);
    Session::new(team()).run(&["revoke", "--yes"]).expect(2, &["<NAME|KEY>"]);
}

#[test]
fn nobody_who_stays_is_locked_out() {
    refuses(&team(), &["alice", "bob"], &["nobody in sudo would be left who can log in"]);
    refuses(&team(), &["bob@laptop"], &["bob would keep no key that works", "spin-keys revoke bob"]);
    refuses(&team(), &["carol@laptop"], &["carol would keep no key", "--lock-out"]);
    let last = ["alice would keep no key that works"];
    let absent = team().replace("alice@desktop", "alice@desktop\"\n        state: \"absent");
    refuses(&absent, &["alice@laptop"], &last);
    let desktop = key("deploy").replace(" deploy", " alice@desktop");
    let expired = team().replace(&desktop, &format!("expiry-time=\\\"20200101\\\" {desktop}"));
    assert_ne!(expired, team());
    refuses(&expired, &["alice@laptop"], &last);
}

#[test]
fn a_form_that_would_have_no_effect_is_refused() {
    let by_name = format!(
        "users:\n  alice:\n    groups: [sudo]\n    authorized_keys:\n      - public_key: \"{}\"\n{SETTINGS}",
        key("alice")
    );
    refuses(&by_name, &["alice"], &["is a mapping by name", "write it as a list", ".spin.yml:2:3"]);
    let absent = team().replace("  - username: carol\n", "  - username: carol\n    state: absent\n");
    refuses(&absent, &["carol"], &["carol has `state: absent`", "delete that line"]);
    let two = format!("{}\\n{}", key("carol"), key("rsa"));
    let several = team().replace(&key("carol"), &two);
    for more in [&[][..], &["--lock-out"]] {
        refuses(&several, &[&["carol@laptop"], more].concat(), &["holds several keys, of which some stay"]);
        let first = team().replace(&key("bob"), &format!("{}\\n{}", key("bob"), key("rsa")));
        refuses(&first, &[&["bob@laptop"], more].concat(), &["holds several keys, of which some stay"]);
    }
    let unread = team().replace("groups: []\n    authorized_keys:", "groups: []\n    authorized_ssh_keys:");
    let more = unread.replace(
        &format!("- public_key: \"{}\"", key("carol")),
        &format!("- \"{}\"\n      - \"{}\"", key("carol"), key("rsa")),
    );
    refuses(&more, &["carol@laptop"], &["Spin never reads `authorized_ssh_keys` of carol", "check --fix"]);
    // What an alias or a merge key gives is not called revoked.
    for more in ["authorized_keys: *k", "authorized_keys: [*i]", "authorized_keys: [{public_key: *t}]", "<<: *m"] {
        let [carol, bob] = ["carol", "bob"].map(key);
        let head = format!(
            "t: &t \"{bob}\"\ni: &i {{public_key: \"{bob}\"}}\nk: &k [{{public_key: \"{bob}\"}}]\nm: &m {{authorized_keys: [{{public_key: \"{bob}\"}}]}}\n"
        );
        for groups in ["[]", "[sudo]"] {
            let given =
                format!("{head}additional_users:\n  - username: carol\n    groups: {groups}\n    {more}\n{}", team());
            refuses(&given, &["carol"], &["help: "]);
            let alone = given.replace(&user("carol", "", std::slice::from_ref(&carol)), "");
            refuses(&alone, &["carol"], &["carol would keep", "in full, without `*` and `<<`"]);
        }
    }
    let section = format!("additional_users: \"{{{{ people }}}}\"\n{}", team());
    refuses(&section, &["alice"], &["`additional_users` is known only to Ansible"]);
    refuses(&format!("flattend_users: []\n{}", team()), &["alice"], &["replaces variables of Spin's roles"]);
    let forced = team().replace(&key("bob"), &format!("command=\\\"true\\\" {}", key("bob")));
    refuses(&forced, &["alice"], &["nobody in sudo would be left"]);
    let sudo = team().replace("groups: [sudo]", "groups: [\"{{ 'sudo' }}\"]");
    refuses(&sudo, &["alice@laptop"], &["the groups of alice are known only to Ansible"]);
    let failing = team().replace("groups: []", "groups: [nosuchgroup]");
    refuses(&failing, &["alice@laptop"], &["`spin provision` fails with this file", "SK213"]);
    for keys in ["https://example.com/carol.keys", "{{ keys_of_carol }}"] {
        let unknown = team().replace(&key("carol"), keys);
        refuses(&unknown, &["carol"], &[":14:", "known only to Ansible", "write the keys here in full"]);
        let ran = Session::new(&unknown).run(&["revoke", "alice@laptop", "--yes"]);
        ran.expect(0, &["the keys on line 15 are known only to Ansible"]);
    }
    let group = team().replace("groups: []", "groups: \"{{ groups }}\"");
    refuses(&group, &["carol"], &["known only to Ansible"]);
    let alias = team().replace("users:\n", "keys: &k []\nusers:\n").replace("groups: []", "groups: *k");
    refuses(&alias, &["carol"], &["known only to Ansible"]);
}

#[test]
fn deploy_gets_no_key_that_is_taken_from_it() {
    // The first key of alice leaves deploy only, so another one comes first.
    let session = Session::new(team());
    let args = ["revoke", "--deploy", "alice@laptop", "--yes"];
    session.run(&args).expect(0, &["deploy (the deploy account) can no longer log in"]);
    let text = session.file();
    assert!(text.find("alice@desktop") < text.find("alice@laptop"), "{text}");
    assert_eq!(text.matches("state: absent").count(), 1, "{text}");
    session.run(&args).expect(0, &["nothing to do"]);
    refuses(&text, &["alice@desktop"], &["the other keys of alice are revoked from the deploy account"]);
    refuses(&team(), &["--deploy", "bob@laptop"], &["this is the only key of bob that works"]);
    // A third one may.
    let three = text.replace("alice@laptop\"\n", &format!("alice@laptop\"\n      - public_key: \"{}\"\n", key("rsa")));
    let session = Session::new(three.replacen(
        &format!("      - public_key: \"{}\"\n        state", key("rsa")),
        "        state",
        1,
    ));
    session
        .run(&["revoke", "alice@desktop", "--yes"])
        .expect(0, &["deploy (the deploy account) can log in with SHA256:"]);
    let text = session.file();
    assert!(text.find("ssh-rsa") < text.find("alice@desktop"), "{text}");
}

#[test]
fn a_key_that_is_absent_too_does_not_come_first() {
    let desktop = key("deploy").replace(" deploy", " alice@desktop");
    let item = format!("      - public_key: \"{desktop}\"\n");
    let twice = team().replace(&item, &format!("{item}        state: absent\n{item}"));
    refuses(&twice, &["alice@laptop"], &["the other keys of alice are in the list twice, present and absent"]);
}

#[test]
fn what_is_left_to_do_is_what_applies() {
    let left = |session: &Session, args: &[&str]| {
        let ran = session.run(&[&["revoke"], args, &["--dry-run"]].concat()).expect(0, &["left to do:"]);
        ran.err[ran.err.find("left to do:").unwrap()..].to_owned()
    };
    let session = Session::new(team());
    let carol = left(&session, &["carol"]);
    assert!(carol.contains("1. Provision every server") && carol.contains("sudo pkill -KILL -u carol"), "{carol}");
    assert!(carol.contains("spin-keys revoke --finish carol\n"), "{carol}");
    assert!(!carol.contains("configure gha") && !carol.contains("rekey") && !carol.contains("-u deploy"), "{carol}");
    let alice = left(&session, &["alice"]);
    let order = ["spin provision", "-u alice", "-u deploy", "--finish alice", "spin configure gha ENVIRONMENT"];
    let places = order.map(|step| alice.find(step).unwrap_or_else(|| panic!("{step}: {alice}")));
    assert!(places.is_sorted(), "{alice}");
    let sealed = vault::sealed(team());
    assert!(left(&sealed, &["alice"]).contains("ansible-vault rekey .spin.yml"));
    assert!(!left(&sealed, &["alice@laptop"]).contains("rekey"));

    session.write("project/.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY.pub", key("rsa"));
    let file = fixtures().join("keys/rsa.pub").display().to_string();
    let pair = left(&session, &["--deploy", &file]);
    assert!(
        pair.contains("1. The pair in the CI folder is the revoked one") && pair.contains("configure gha"),
        "{pair}"
    );
}

#[test]
fn reports_are_data_or_a_checklist() {
    let session = Session::new(team());
    let ran = session.run(&["revoke", "alice", "--yes", "--format", "json"]).expect(0, &[]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let file = &json["files"][0];
    assert_eq!((&file["written"], &file["people"][0]), (&true.into(), &"alice".into()));
    let steps: Vec<&str> =
        file["left_to_do"].as_array().unwrap().iter().map(|it| it["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["provision", "end_sessions", "finish", "tunnel"]);
    assert_eq!(file["keys"].as_array().unwrap().len(), 2);

    let session = Session::new(team());
    let ran = session.run(&["revoke", "alice", "--dry-run", "--format", "markdown"]).expect(0, &[]);
    assert!(ran.out.starts_with("### spin-keys review: sudo lost by 1 account"), "{}", ran.out);
    assert!(ran.out.contains("### Left to do\n\n- [ ] Provision every server"), "{}", ran.out);
    assert!(ran.out.contains("  - <code>sudo pkill &#45;KILL &#45;u alice</code>\n"), "{}", ran.out);
}

#[test]
fn finishing_says_what_stays_and_deletes_nothing_that_lets_anybody_in() {
    let absent = |text: &str, comment: &str| {
        text.replace(&format!("{comment}\"\n"), &format!("{comment}\"\n        state: absent\n"))
    };
    let first = absent(&team(), "alice@laptop");
    let session = Session::new(&first);
    let second = absent(&team(), "alice@desktop");
    let never = Session::new(&second);
    never
        .run(&["revoke", "--finish", "--yes"])
        .expect(0, &["nothing in the file takes SHA256:", "from the deploy account"]);
    assert!(!never.file().contains("absent"));
    session.run(&["revoke", "--finish", "--yes"]).expect(0, &["stays `absent` on line 5", "first item of a sudo user"]);
    assert_eq!(session.file(), first);
    let both = team()
        .replace(&user("carol", "", &[key("carol")]), &user("carol", "", &[key("carol"), key("carol"), key("rsa")]));
    let both = absent(&both, "carol@laptop").replacen("        state: absent\n", "", 1);
    let session = Session::new(&both);
    session.run(&["revoke", "--finish", "--yes"]).expect(0, &["stays `absent`", "gets the same key elsewhere"]);
    assert_eq!(session.file(), both);
    let session = Session::new(team());
    session.run(&["revoke", "--finish", "--yes"]).expect(0, &["nothing to do"]);
    session.run(&["revoke", "--finish", "carol", "--check"]).expect(0, &["nothing to do"]);
}

#[test]
fn on_a_terminal_it_asks() {
    for (typed, code) in [("y\r", 0), ("n\r", 1), (crate::pty::CTRL_C, 130)] {
        let session = Session::new(team());
        let before = session.state();
        let mut terminal = session.on_terminal(&["revoke", "carol"]);
        terminal
            .wait_for("Spin gives deploy no first key of carol by this file")
            .answer("Write this to .spin.yml? [y/N] ", typed);
        let left = terminal.end().expect(code, &["carol can no longer log in"]).expect_sane();
        assert_eq!(left.screen.contains("left to do:"), code == 0, "{}", left.screen);
        assert_eq!(session.state() == before, code != 0, "{typed:?}");
    }
}

#[test]
fn somebody_who_comes_back_is_told_that_the_groups_do_not() {
    let session = Session::new(team());
    session.run(&["revoke", "bob", "--yes"]).expect(0, &["wrote"]);
    let add = |file: &str| session.run(&["add-user", "bob", "--key", &fixture(file), "--dry-run"]).expect(0, &[]).err;
    for file in ["bob", "rsa"] {
        let said = add(file);
        assert!(said.contains("bob has only absent keys and no groups, as `revoke` leaves it: this brings back a key, but no groups (line "), "{said}");
        assert!(said.contains("run `spin-keys revoke --finish bob` first"), "{said}");
    }
    // As it says.
    let advised = Session::new(session.file());
    advised.run(&["revoke", "--finish", "bob", "--yes"]).expect(0, &["wrote"]);
    advised.run(&["add-user", "bob", "--key", &fixture("rsa"), "--yes"]).expect(0, &["bob GAINS SUDO"]);
    advised.run(&["check"]).expect(0, &[]);
    session.run(&["add-user", "bob", "--key", &fixture("rsa"), "--yes"]).expect(0, &["wrote"]);
    assert!(!add("ecdsa").contains("only absent keys"));
}

#[test]
fn commands_that_people_try_name_this_one() {
    let session = Session::new(team());
    for command in ["remove", "rm", "delete", "remove-user", "offboard"] {
        session.run(&[command, "alice"]).expect(2, &["did you mean `spin-keys revoke`?"]);
    }
    session.run(&["explain", "SK504"]).expect(0, &[]);
    for code in ["SK502", "SK503", "SK504", "SK505", "SK506", "SK507", "SK508"] {
        let text = session.run(&["explain", code]).out;
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains("spin-keys revoke"), "{code}: {text}");
    }
}

fn fixture(name: &str) -> String {
    crate::session::fixtures().join(format!("keys/{name}.pub")).display().to_string()
}
