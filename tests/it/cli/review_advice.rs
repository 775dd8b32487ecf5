//! `review`: what it advises works as it says.

use super::review::{changed, spin};
use crate::session::{Session, fixtures, key};

/// A key there is a text: `state: absent` beside it fails the next run.
#[test]
fn a_key_that_left_docker_user_is_revoked_as_review_says() {
    let docker = |keys: &[&str]| {
        let keys: String = keys.iter().map(|key| format!("    - \"{key}\"\n")).collect();
        spin(&format!("docker_user:\n  username: deploy\n  authorized_ssh_keys:\n{keys}"))
    };
    let passed = |line: &str| spin(&format!("{line}docker_user:\n  username: deploy\n"));
    let carol = fixtures().join("keys/carol.pub").display().to_string();
    for (before, after) in [
        (docker(&[&key("bob"), &key("carol")]), docker(&[&key("bob")])),
        (passed(&format!("deploy_public_key: \"{}\"\n", key("carol"))), passed("")),
    ] {
        let session: Session = changed(&before, &after);
        let ran = session.run(&["review"]).expect(0, &[]);
        let advice = "still on the servers (run `spin-keys revoke --deploy KEY`): SHA256:LFec9j6f";
        assert!(ran.out.contains(advice) && !ran.out.contains("state: absent"), "{}", ran.out);
        session.run(&["revoke", "--deploy", &carol, "--yes"]).expect(0, &["wrote"]);
        let ran = session.run(&["review"]).expect(0, &[]);
        assert!(!ran.out.contains("still on the servers"), "{}", ran.out);
        session.run(&["check"]).expect(0, &[]);
    }
}
