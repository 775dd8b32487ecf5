//! `revoke` and `rotate` of keys in unusual forms and places: two texts of one key, encrypted values, keys that two have.

use super::revoke_words::team;
use super::rotate::{ASIDE, CI, SSH, begin, material, stage, with_pair};
use super::vault;
use crate::session::{Session, key, with_alice};
use base64ct::{Base64, Encoding};
use std::fs;

/// The same RSA key with a needless zero in front of its modulus: another text, which sshd takes.
fn with_zero(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let blob = Base64::decode_vec(words[1]).unwrap();
    let length = |at: usize| u32::from_be_bytes(blob[at..at + 4].try_into().unwrap());
    let exponent = 4 + length(0) as usize;
    let modulus = exponent + 4 + length(exponent) as usize;
    let (head, number) = (&blob[..modulus], &blob[modulus + 4..]);
    let longer = [head, &(length(modulus) + 1).to_be_bytes(), &[0], number].concat();
    format!("{} {} zero@laptop", words[0], Base64::encode_string(&longer))
}

#[test]
fn each_text_of_one_key_is_taken_from_deploy() {
    let (rsa, zero) = (key("rsa"), with_zero(&key("rsa")));
    assert_eq!(spin_keys::key::materials(&rsa), spin_keys::key::materials(&zero));
    let user = format!("  - username: dave\n    groups: [sudo]\n    authorized_keys:\n      - public_key: \"{rsa}\"\n");
    let deploy = format!("docker_user:\n  username: deploy\n  authorized_ssh_keys:\n    - \"{zero}\"\n");
    let session = Session::new(format!("{}{deploy}", team().replace("users:\n", &format!("users:\n{user}"))));
    session.run(&["revoke", "dave", "--yes"]).expect(0, &["wrote"]);
    let file = session.file();
    let entry = file.split("username: deploy\n    groups: []").nth(1).unwrap();
    for text in [&rsa, &zero] {
        let base64 = text.split(' ').nth(1).unwrap();
        assert!(entry.contains(&format!("{base64} ")), "{file}");
    }
    session.run(&["revoke", "dave", "--yes"]).expect(0, &["already revoked"]);
    let finish = ["revoke", "--finish", "--yes"];
    session.run(&finish).expect(0, &["wrote"]);
    assert!(!session.file().contains("deploy\n    groups: []"), "{}", session.file());
}

#[test]
fn an_encrypted_key_is_revoked_and_deleted() {
    let alice = key("alice");
    let sealed: String = vault::encrypted(&alice).lines().map(|line| format!("          {line}\n")).collect();
    let team =
        team().replace(&format!("public_key: \"{alice}\""), &format!("public_key: !vault |\n{}", sealed.trim_end()));
    assert!(team.contains("!vault"), "{team}");
    let session = Session::new(team);
    session.write("project/.vault-password", vault::PASSWORD);
    session.run(&["revoke", "alice", "--yes"]).expect(0, &["is encrypted (`!vault`)", "in clear text"]);
    session.run(&["revoke", "--finish", "--yes"]).expect(0, &["wrote"]);
    assert!(!session.file().contains("!vault") && !session.file().contains("alice"), "{}", session.file());
}

#[test]
fn finish_keeps_an_account_that_may_own_files() {
    let mine = "    shell: /bin/sh\n    uid: 4000\n";
    let session = Session::new(team().replace("  - username: carol\n", &format!("  - username: carol\n{mine}")));
    session.run(&["revoke", "carol", "--yes"]).expect(0, &["wrote"]);
    session.run(&["revoke", "--finish", "--yes"]).expect(0, &["wrote"]);
    assert!(session.file().contains(&format!("{mine}    groups: []\n    authorized_keys: []\n")), "{}", session.file());
}

#[test]
fn a_text_of_several_keys_is_refused_where_one_stays() {
    let [alice, bob] = ["alice", "bob"].map(key);
    let deploy = format!("docker_user:\n  username: deploy\n  authorized_ssh_keys: |\n    {alice}\n    {bob}\n");
    let session = Session::new(team() + &deploy);
    let words = ["holds several keys, of which some stay", "write each key as an item of its own"];
    session.run(&["revoke", "bob@laptop", "--lock-out", "--yes"]).expect_refusal(&words);
}

#[test]
fn a_public_key_on_the_command_line_gets_advice_that_fits() {
    let session = Session::new(team());
    session.run(&["revoke", &key("carol"), "--yes"]).expect(2, &["by its fingerprint or its comment", "ends in .pub"]);
}

/// alice without sudo, and with her key in `docker_user` as well.
fn with_deploy() -> Session {
    let session = with_pair();
    let line = String::from_utf8(session.read(&format!("{SSH}.pub"))).unwrap();
    let deploy = format!("docker_user:\n  username: deploy\n  authorized_ssh_keys:\n    - \"{}\"\n", line.trim());
    let at = session.file().find("username: alice").unwrap();
    let (head, tail) = (session.file()[..at].to_owned(), session.file()[at..].replacen("['sudo']", "['adm']", 1));
    session.write("project/.spin.yml", head + &tail + &deploy);
    session
}

#[test]
fn who_deploys_with_the_old_key_deploys_with_the_new_one() {
    let session = with_deploy();
    session
        .run(&["rotate", "alice", "--no-passphrase", "--yes"])
        .expect(0, &["stands in `docker_user` as well", "add-deploy --key"]);
    let finish = ["rotate", "alice", "--finish", "--yes"];
    session.run(&finish).expect_refusal(&["stands in `docker_user`, and the new one does not", "add-deploy --key"]);
    session
        .run(&["add-deploy", "--key", &format!("{}.new.pub", session.path(SSH).display()), "--yes"])
        .expect(0, &["wrote"]);
    session.run(&finish).expect(0, &["wrote"]);
    let (_, deploy) =
        session.file().split_once("docker_user:").map(|(head, tail)| (head.to_owned(), tail.to_owned())).unwrap();
    assert!(deploy.contains(&material(&session, SSH)), "{deploy}");
}

#[test]
fn who_has_the_key_of_ci_is_named() {
    let session = with_pair();
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    let public = format!("{}.pub", session.path(CI).display());
    session.run(&["add-user", "bob", "--key", &public, "--yes"]).expect(0, &["wrote"]);
    session.run(&["rotate", "--deploy", "--yes"]).expect(0, &["is one of bob as well", "spin-keys add-user bob --key"]);
}

#[test]
fn a_key_of_ci_that_left_the_file_is_taken_from_the_servers_all_the_same() {
    let session = with_pair();
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    let first = material(&session, CI);
    session.run(&["rotate", "--deploy", "--yes"]).expect(0, &["wrote"]);
    let lines = session.file();
    let kept: Vec<&str> = lines.lines().filter(|line| !line.contains(&first)).collect();
    session.write("project/.spin.yml", kept.join("\n") + "\n");
    let ran = session.run(&["rotate", "--deploy", "--finish", "--yes"]).expect(0, &["wrote", "is the new pair now"]);
    assert!(
        session.file().contains("username: deploy\n    groups: []") && session.file().contains(&first),
        "{}",
        session.file()
    );
    assert!(session.path(ASIDE).exists() && ran.err.contains("spin configure gha"), "{}", ran.err);
}

#[test]
fn a_rotation_ends_when_nothing_is_left_of_the_old_key() {
    let session = with_pair();
    begin(&session);
    session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &["wrote"]);
    let ran = session.run(&["rotate", "alice", "--status"]).expect(0, &[]);
    let command = ran.out.lines().find(|line| line.contains("revoke --finish SHA256:")).unwrap().trim().to_owned();
    let mut words: Vec<&str> = command.split(' ').skip(1).collect();
    words.push("--yes");
    session.run(&words).expect(0, &["wrote"]);
    let ran = session.run(&["rotate", "alice", "--status"]).expect(0, &[]);
    assert!(ran.out.contains("done: the new key is in its place") && !ran.out.contains("next:"), "{}", ran.out);
    assert_eq!(stage(&session, &["alice"]), "finished");
}

#[test]
fn an_old_key_that_left_the_file_is_said() {
    let session = with_pair();
    begin(&session);
    let first = material(&session, SSH);
    let lines = session.file();
    let kept: Vec<&str> = lines.lines().filter(|line| !line.contains(&first)).collect();
    session.write("project/.spin.yml", kept.join("\n") + "\n");
    session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &["nothing takes it from servers that have it"]);
}

#[test]
fn unusual_words_for_a_rotation() {
    let session = with_pair();
    session.run(&["rotate", "alice", "--old", ""]).expect(2, &["--old is empty"]);
    session.run(&["rotate", "deploy", "--yes"]).expect(2, &["spin-keys rotate --deploy"]);
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    let other = session.path(CI).with_file_name("OTHER").display().to_string();
    session
        .run(&["rotate", "--deploy", "--generate", &other, "--no-passphrase", "--yes"])
        .expect(0, &["becomes a secret of that name"]);
}

/// An item that stays is named by each of its keys, and by none where the file does not say which it is.
#[test]
fn an_item_of_several_keys_or_of_a_template_is_named_when_it_stays() {
    let prints = ["bob", "carol"].map(|name| spin_keys::key::describe(&key(name)).unwrap().fingerprint.unwrap());
    let both = format!("{}\\n{}", key("bob"), key("carol"));
    let template = "{{ lookup('file', 'keys/x.pub') }}";
    for (first, text, json) in [
        (both.as_str(), format!("{}, {} of alice: it is the first", prints[0], prints[1]), prints.join(", ")),
        (template, "a key of alice: it is the first".to_owned(), String::new()),
    ] {
        let first = format!("      - public_key: \"{first}\"\n        state: absent\n");
        let session = Session::new(with_alice().replace("      - public", &format!("{first}      - public")));
        let line = format!("stays `absent` on line 5: {text}");
        session.run(&["revoke", "--finish", "--yes"]).expect(0, &[&line]);
        let markdown = session.run(&["revoke", "--finish", "--dry-run", "--format", "markdown"]).expect(0, &[]).out;
        let separate = markdown.contains("a key of <code>alice") || markdown.contains("</code>, <code>SHA256");
        assert!(separate, "{markdown}");
        let ran = session.run(&["revoke", "--finish", "--dry-run", "--format", "json"]).expect(0, &[]);
        let object: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(object["files"][0]["kept"][0]["fingerprint"], json, "{}", ran.out);
    }
}
