//! The pair of CI/CD: where `spin configure gha` looks, or where a person finds it.

use crate::session::{Session, key, with_alice};
use std::fs;

const CI: &str = "project/.infrastructure/conf/ci";
const NAME: &str = "SSH_DEPLOY_PRIVATE_KEY";

fn with_infrastructure() -> Session {
    let session = Session::new(with_alice());
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    session
}

fn names(session: &Session, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(session.path(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_ci_folder_is_made_as_spin_makes_it() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = with_infrastructure();
    session
        .run(&["add-deploy", "--dry-run"])
        .expect(0, &["does not exist yet, so this diff cannot be applied as a patch"]);
    assert!(!session.exists("project/.infrastructure/conf"));
    let ran = session
        .run(&["add-deploy", "--yes"])
        .expect(0, &["deploy (the deploy account) can log in with SHA256:", "wrote"]);
    assert!(ran.err.contains("`spin configure gha` uploads") && ran.err.contains(NAME), "{}", ran.err);
    assert_eq!(names(&session, CI), [".gitignore", NAME, "SSH_DEPLOY_PRIVATE_KEY.pub"]);
    assert_eq!(session.read(&format!("{CI}/.gitignore")), b"*\n!.gitignore\n");
    assert_eq!(session.mode(&format!("{CI}/{NAME}")), 0o600);
    assert_eq!(session.mode(&format!("{CI}/{NAME}.pub")), 0o644);
    let path = session.path(&format!("{CI}/{NAME}")).display().to_string();
    let public = session.keygen(&["-y", "-P", "", "-f", &path]);
    assert!(public.trim().ends_with(" deploy") && session.file().contains(public.trim()), "{public}");
    let state = session.state();
    session.run(&["add-deploy"]).expect(0, &["nothing to do"]);
    assert_eq!(session.state(), state);
}

#[test]
fn the_folder_of_the_environment_counts_first() {
    let session = with_infrastructure().env("SPIN_CI_FOLDER", "secrets/ci");
    session.write("project/secrets/ci/.gitignore", "mine\n");
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    assert!(session.exists("project/secrets/ci/SSH_DEPLOY_PRIVATE_KEY") && !session.exists(CI));
    assert_eq!(session.read("project/secrets/ci/.gitignore"), b"mine\n", "what is there stays");
}

/// `.infrastructure` lies beside the file, wherever the run starts.
#[test]
fn the_folder_is_beside_the_file() {
    let session = with_infrastructure();
    fs::create_dir_all(session.path("project/src/deep")).unwrap();
    let mut command = session.command(&["add-deploy", "--yes"]);
    crate::session::Ran::of(command.current_dir(session.path("project/src/deep")).output().unwrap()).expect(0, &[]);
    assert!(session.exists(&format!("{CI}/{NAME}")));
    assert_eq!(names(&session, "project/src/deep"), Vec::<String>::new());
}

#[test]
fn without_infrastructure_it_lies_where_a_person_finds_it() {
    let session = Session::new(with_alice());
    fs::create_dir(session.path("home/Desktop")).unwrap();
    let ran = session.run(&["add-deploy", "--no-passphrase", "--yes"]).expect(0, &["Desktop/id_ed25519_deploy"]);
    assert!(ran.err.contains("to your CI as the secret SSH_DEPLOY_PRIVATE_KEY"), "{}", ran.err);
    assert_eq!(names(&session, "home/Desktop"), ["id_ed25519_deploy", "id_ed25519_deploy.pub"]);
    assert!(!session.exists("home/.ssh"));

    let session = Session::new(with_alice());
    session.refuses(&["add-deploy", "--yes"], &["no terminal to ask for its passphrase"]);
    session.run(&["add-deploy", "--no-passphrase", "--yes"]).expect(0, &[".ssh/id_ed25519_deploy"]);
    assert_eq!(names(&session, "home/.ssh"), ["id_ed25519_deploy", "id_ed25519_deploy.pub"]);
}

/// Wherever a deploy pair is: CI has nobody who could type a passphrase.
#[test]
fn a_deploy_pair_with_a_passphrase_is_warned_about() {
    let warning = "CI cannot enter a passphrase: leave that of ci_key empty, or pass --no-passphrase";
    let session = Session::new(with_alice());
    let mut terminal = session.on_terminal(&["add-deploy", "--generate", "ci_key"]);
    terminal.answer("Write this to .spin.yml? [y/N] ", "y\r");
    terminal.answer("Passphrase for the new key ci_key (empty for none): ", "\r");
    terminal.answer("The same passphrase again: ", "\r");
    terminal.end().expect(0, &[warning, "wrote .spin.yml"]);

    let session = Session::new(with_alice());
    let ran = session.run(&["add-deploy", "--generate", "ci_key", "--no-passphrase", "--dry-run"]).expect(0, &[]);
    assert!(!ran.err.contains(warning), "{}", ran.err);
    let session = session.env("SPIN_KEYS_PASSPHRASE", "secret");
    session.run(&["add-deploy", "--generate", "ci_key", "--yes", "--rounds", "16"]).expect(0, &[warning]);
}

#[test]
fn what_ci_could_not_use_is_refused() {
    let session = with_infrastructure();
    session.write("project/passphrase", "secret\n");
    session.refuses(&["add-deploy", "--yes", "--comment", "bob's"], &["' or \\", "--comment"]);
    session.refuses(&["add-deploy", "--yes", "--comment", "a\\b"], &["' or \\"]);
    let with_file = ["add-deploy", "--yes", "--passphrase-file", "passphrase"];
    session.refuses(&with_file, &["a key for CI cannot have a passphrase", "omit --passphrase-file"]);
    let session = session.env("SPIN_KEYS_PASSPHRASE", "secret");
    session.refuses(&["add-deploy", "--yes"], &["SPIN_KEYS_PASSPHRASE sets one", "--no-passphrase"]);
    session.run(&["add-deploy", "--yes", "--no-passphrase"]).expect(0, &["wrote"]);
}

#[test]
fn a_pair_in_the_ci_folder_that_cannot_serve_is_refused() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = with_infrastructure();
    fs::create_dir_all(session.path(CI)).unwrap();
    let path = session.path(&format!("{CI}/{NAME}")).display().to_string();
    session.keygen(&["-q", "-t", "ed25519", "-a", "16", "-N", "secret", "-C", "ci", "-f", &path]);
    for last in ["--yes", "--dry-run"] {
        session.refuses(&["add-deploy", last], &["has a passphrase, which CI cannot enter", "ssh-keygen -p -N ''"]);
    }
    fs::remove_file(&path).unwrap();
    session.refuses(&["add-deploy", "--yes"], &["SSH_DEPLOY_PRIVATE_KEY.pub exists without its private key"]);

    // A whole one is taken, and the missing .pub of one is written.
    fs::remove_file(format!("{path}.pub")).unwrap();
    session.keygen(&["-q", "-t", "ed25519", "-N", "", "-C", "bob's", "-f", &path]);
    fs::remove_file(format!("{path}.pub")).unwrap();
    let ran = session.run(&["add-deploy", "--yes"]);
    ran.expect(0, &["warning: the comment of ", "`spin configure gha` fails", "wrote the missing "]);
    assert!(session.exists(&format!("{CI}/{NAME}.pub")));
}

#[test]
fn a_persons_key_is_not_taken_for_the_deploy_user() {
    let session = with_infrastructure();
    session.write("project/alice.pub", key("alice"));
    let ran = session.run(&["add-deploy", "--key", "alice.pub", "--yes"]);
    ran.expect(0, &["warning[SK506] line 10: docker_user has the same key as alice on line 5", "wrote"]);
}

#[test]
fn a_pair_whose_file_was_not_written_is_picked_up_by_the_next_run() {
    let session = with_infrastructure();
    let block = session.path("project/.spin.yml.spin-keys-new");
    fs::create_dir(&block).unwrap();
    let ran = session
        .run(&["add-deploy", "--yes"])
        .expect(2, &["the new key pair was written to ", "spin-keys add-deploy --key "]);
    assert!(!ran.err.contains("nothing was written"), "{}", ran.err);
    assert_eq!(names(&session, CI), [".gitignore", NAME, "SSH_DEPLOY_PRIVATE_KEY.pub"]);
    let private = session.read(&format!("{CI}/{NAME}"));
    fs::remove_dir(block).unwrap();
    let ran = session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    assert!(!ran.err.contains("new key"), "{}", ran.err);
    assert_eq!(session.read(&format!("{CI}/{NAME}")), private);
}
