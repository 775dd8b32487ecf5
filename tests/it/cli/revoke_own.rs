//! The keys of the person at the keyboard: those in `~/.ssh` of which the private half is there, and those of the agent. And keys
//! that are no list.

use super::revoke_words::team;
use crate::session::{Session, key};

/// What is enough of a private key to be somebody's own, with its public half beside it.
fn private(session: &Session, file: &str, of: &str) {
    session.write(&format!("home/.ssh/{file}"), "-----BEGIN RSA PRIVATE KEY-----\n");
    session.write(&format!("home/.ssh/{file}.pub"), key(of));
}

#[test]
fn ones_own_key_is_not_revoked_by_the_way() {
    let session = Session::new(team());
    private(&session, "id_ed25519", "alice");
    let before = session.file();
    let own = ["is your own", "id_ed25519", "dies half-way"];
    session.run(&["revoke", "alice@laptop", "--yes"]).expect_refusal(&own);
    session.run(&["revoke", "alice", "--yes"]).expect_refusal(&own);
    assert_eq!(session.file(), before);
    // The public key of a colleague is not one's own.
    session.write("home/.ssh/bob.pub", key("bob"));
    session.run(&["revoke", "bob", "--yes"]).expect(0, &["bob loses the group sudo"]);
    session.write("project/.spin.yml", &before);
    session.run(&["revoke", "alice@laptop", "--yes", "--lock-out"]).expect(0, &["wrote"]);
    // Another key of the account is theirs, too.
    session.write("project/.spin.yml", &before);
    private(&session, "desktop", "deploy");
    session.run(&["revoke", "alice@laptop", "--yes"]).expect(0, &["wrote"]);
}

/// An agent that does not answer holds nothing up for long, and knows no key.
#[test]
fn the_keys_of_the_agent_are_ones_own() {
    let path = |session: &Session| format!("{}:{}", session.path("bin").display(), std::env::var("PATH").unwrap());
    let answers = format!("#!/bin/sh\n[ \"$*\" = -L ] && echo '{}'\n", key("alice"));
    for (script, code) in [(answers.as_str(), 2), ("#!/bin/sh\nexec sleep 600\n", 0), ("#!/bin/sh\nexit 1\n", 0)] {
        let session = Session::new(team());
        session.executable("bin/ssh-add", script);
        let path = path(&session);
        let session = session.env("PATH", &path).env("SSH_AUTH_SOCK", "/nowhere");
        let before = session.file();
        let ran = session.run(&["revoke", "alice@laptop", "--yes"]);
        assert_eq!((ran.code, session.file() == before), (Some(code), code == 2), "{script}: {ran:?}");
        assert_eq!(ran.err.contains("is your own (from the agent)"), code == 2, "{}", ran.err);
    }
}

/// An empty folder in PATH is the one of the project.
#[test]
fn ssh_add_is_not_taken_from_the_folder_of_a_project() {
    let session = Session::new(team());
    session.executable("project/ssh-add", "#!/bin/sh\necho ran > ran\n");
    for start in ["", "."] {
        let path = format!("{start}:{}", std::env::var("PATH").unwrap());
        let mut command = session.tool(&*crate::session::BINARY);
        command.args(["revoke", "bob", "--dry-run"]).env("PATH", path).env("SSH_AUTH_SOCK", "/nowhere");
        let ran = crate::session::Ran::of(command.output().unwrap()).expect(0, &[]);
        assert!(!session.path("project/ran").exists(), "{start:?}: {ran:?}");
    }
}

/// No item can be marked where there is no list; a field that Spin does not read goes as a whole.
#[test]
fn a_list_that_is_one_text() {
    let file = |field: &str| {
        let (alice, bob) = (key("alice"), key("bob"));
        format!(
            "users:\n  - username: alice\n    groups: ['sudo']\n    authorized_keys:\n      - public_key: \"{alice}\"\n  \
             - username: bob\n    groups: []\n    {field}: \"{bob}\"\n"
        )
    };
    let session = Session::new(file("authorized_keys"));
    let before = session.file();
    for whom in ["bob", "bob@laptop"] {
        let words =
            [".spin.yml:8:22: `authorized_keys` is a single value here", "write it as a list", "nothing was written"];
        session.run(&["revoke", whom, "--yes"]).expect_refusal(&words);
    }
    assert_eq!(session.file(), before);
    let session = Session::new(file("authorized_ssh_keys"));
    session.run(&["revoke", "bob", "--yes"]).expect(0, &["wrote"]);
    assert!(!session.file().contains("authorized_ssh_keys"), "{}", session.file());
}
