//! Where the key comes from: the default pair, a named file, standard input, a new pair.

use crate::session::{Session, key, with_alice};
use std::fs;

/// `algorithm data` of a public line.
pub(crate) fn material(line: &str) -> String {
    line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

fn default_pair(session: &Session) -> String {
    fs::create_dir_all(session.path("home/.ssh")).unwrap();
    let path = session.path("home/.ssh/id_ed25519").display().to_string();
    session.keygen(&["-q", "-t", "ed25519", "-N", "", "-C", "bob@home", "-f", &path]);
    String::from_utf8(session.read("home/.ssh/id_ed25519.pub")).unwrap().trim().to_owned()
}

#[test]
fn the_default_pair_is_loaded() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    let public = default_pair(&session);
    let before = session.state();
    let ran = session.run(&["add-user", "bob", "--yes", "-v"]).expect(0, &["using the key ", "id_ed25519", "wrote"]);
    assert!(!ran.err.contains("new key"), "{}", ran.err);
    assert!(session.file().contains(&format!("\"{public}\"")), "{}", session.file());
    let mut after = session.state();
    after.insert(session.path("project/.spin.yml"), before[&session.path("project/.spin.yml")].clone());
    assert_eq!(after, before, "only .spin.yml changes");
}

#[test]
fn a_private_half_alone_gets_its_public_one_in_a_real_run_only() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    let public = default_pair(&session);
    fs::remove_file(session.path("home/.ssh/id_ed25519.pub")).unwrap();
    let before = session.state();
    assert!(session.run(&["add-user", "bob", "--dry-run"]).expect(0, &[]).out.contains(&public));
    session.run(&["add-user", "bob", "--check"]).expect(1, &[]);
    assert_eq!(session.state(), before);
    session.run(&["add-user", "bob", "--yes"]).expect(0, &["wrote the missing ", "id_ed25519.pub"]);
    assert_eq!(String::from_utf8(session.read("home/.ssh/id_ed25519.pub")).unwrap(), format!("{public}\n"));
    assert_eq!(session.mode("home/.ssh/id_ed25519.pub"), 0o644);
    // So does a run with nothing else to do.
    fs::remove_file(session.path("home/.ssh/id_ed25519.pub")).unwrap();
    session.run(&["add-user", "bob", "--dry-run"]).expect(0, &["nothing to do"]);
    assert!(!session.exists("home/.ssh/id_ed25519.pub"));
    session.run(&["add-user", "bob"]).expect(0, &["wrote the missing ", "nothing to do"]);
    assert!(session.exists("home/.ssh/id_ed25519.pub"));
}

#[test]
fn a_public_half_alone_is_enough_for_a_person() {
    let session = Session::new(with_alice());
    session.write("home/.ssh/id_ed25519.pub", key("bob"));
    session.run(&["add-user", "bob", "--yes"]).expect(0, &["wrote"]);
    assert!(session.file().contains(&key("bob")) && !session.exists("home/.ssh/id_ed25519"));
}

#[test]
fn halves_that_do_not_match_are_refused() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    default_pair(&session);
    session.write("home/.ssh/id_ed25519.pub", key("bob"));
    let before = session.state();
    let ran = session.run(&["add-user", "bob", "--yes"]);
    ran.expect_refusal(&["id_ed25519.pub does not belong to ", "ssh-keygen -y -f "]);
    session.write("home/.ssh/id_ed25519.pub", format!("{}\n{}\n", key("bob"), key("carol")));
    session.run(&["add-user", "bob", "--yes"]).expect_refusal(&["contains 2 keys", "--key"]);
    session.write("home/.ssh/id_ed25519.pub", key("bob"));
    session.write("home/.ssh/id_ed25519", key("bob"));
    session.run(&["add-user", "bob", "--yes"]).expect_refusal(&["contains a public key instead of a private key"]);
    assert_eq!(session.file(), with_alice());
    assert_eq!(session.state().len(), before.len());
}

#[test]
fn a_default_pair_of_somebody_else_is_not_taken_in_silence() {
    let session = Session::new(with_alice());
    session.write("home/.ssh/id_ed25519.pub", key("alice"));
    let before = session.state();
    for last in ["--yes", "--dry-run", "--check"] {
        let ran = session.run(&["add-user", "bob", last]);
        ran.expect_refusal(&["is already listed under alice (line 5)", "name bob's key with --key", "--generate PATH"]);
    }
    assert_eq!(session.state(), before);
    // Whoever names it means it.
    let path = session.path("home/.ssh/id_ed25519.pub").display().to_string();
    let ran = session.run(&["add-user", "bob", "--key", &path, "--yes"]);
    ran.expect(0, &["warning[SK506] line 9: bob has the same key as alice on line 5", "wrote"]);
    assert_eq!(session.file().matches(&key("alice")).count(), 2);
}

#[test]
fn private_keys_of_ssh_keygen_give_their_public_half() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    for (index, (kind, bits, passphrase)) in [
        ("ed25519", "256", ""),
        ("ed25519", "256", "secret"),
        ("rsa", "3072", ""),
        ("ecdsa", "256", "secret"),
        ("ecdsa", "384", ""),
        ("ecdsa", "521", ""),
        ("ecdsa", "521", "secret"),
    ]
    .into_iter()
    .enumerate()
    {
        let (file, user) =
            (format!("key{index}"), format!("user-{}", ["a", "b", "c", "d", "e", "f", "g"][index].repeat(9)));
        session.keygen(&["-q", "-t", kind, "-b", bits, "-a", "16", "-N", passphrase, "-C", "hers@home", "-f", &file]);
        let public = String::from_utf8(session.read(&format!("project/{file}.pub"))).unwrap().trim().to_owned();
        // Beside its .pub the line is taken from there, without it from the private file and standard input.
        assert!(session.run(&["add-user", &user, "--key", &file, "-n"]).expect(0, &[]).out.contains(&public));
        fs::remove_file(session.path(&format!("project/{file}.pub"))).unwrap();
        let text = String::from_utf8(session.read(&format!("project/{file}"))).unwrap();
        let args = ["add-user", &user, "--key", "-", "--yes"];
        let ran = session.run_with(&args, &text).expect(0, &["wrote"]);
        assert!(!ran.out.contains("PRIVATE") && session.file().contains(&material(&public)), "{}", ran.out);
        // The comment inside an encrypted file cannot be read.
        let comment = if passphrase.is_empty() { "hers@home".to_owned() } else { format!("{user}@") };
        assert!(session.file().contains(&format!("{} {comment}", material(&public))), "{}", session.file());
        session.run(&["add-user", &user, "--key", &file]).expect(0, &["nothing to do"]);
    }
}

#[test]
fn standard_input_holds_the_key_and_then_cannot_answer() {
    let session = Session::new(with_alice());
    let before = session.state();
    let ran = session.run_with(&["add-user", "bob", "--key", "-"], &format!("{}\ny\n", key("bob")));
    // The answer is no key: it is not taken for one, nor for an answer.
    ran.expect_refusal(&["standard input", "line 2"]);
    let ran = session.run_with(&["add-user", "bob", "--key", "-"], &key("bob"));
    ran.expect(1, &["there is no terminal to ask on, and nothing was written", "pass --yes to write"]);
    assert_eq!(session.state(), before);
    session.run_with(&["add-user", "bob", "--key", "-", "--yes"], &key("bob")).expect(0, &["wrote"]);
    // With the key in a file, standard input is the answer.
    let session = Session::new(with_alice());
    session.write("project/bob.pub", key("bob"));
    let args = ["add-user", "bob", "--key", "bob.pub"];
    session.run_with(&args, "n\n").expect(1, &["[y/N]", "nothing was written"]);
    session.run_with(&args, "").expect(1, &["pass --yes to write"]);
    // Who wants to hear little is told too why nothing was written, unless it was a no.
    session.run_with(&[&args[..], &["-q"]].concat(), "").expect(1, &["pass --yes to write"]);
    assert!(!session.run_with(&[&args[..], &["-q"]].concat(), "n\n").expect(1, &[]).err.contains("nothing was"));
    session.run_with(&args, "y\n").expect(0, &["wrote .spin.yml"]);
}

#[test]
fn the_comment_is_as_asked_for() {
    let session = Session::new(with_alice());
    session.write("project/bob.pub", key("bob"));
    session.run(&["add-user", "bob", "--key", "bob.pub", "--comment", "bob: 2026 #1", "--yes"]).expect(0, &[]);
    assert!(session.file().contains(&format!("\"{} bob: 2026 #1\"", material(&key("bob")))), "{}", session.file());
    // The same key by its material, whatever its comment.
    session.run(&["add-user", "bob", "--key", "bob.pub", "--yes"]).expect(0, &["nothing to do"]);
}
