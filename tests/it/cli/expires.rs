//! `--expires`: the last day of a key. The bytes that it writes are in `fixtures/edit`.

use super::check::json;
use crate::session::{Session, fixtures, with_alice};
use std::fs;

fn path(name: &str) -> String {
    fixtures().join(format!("keys/{name}.pub")).display().to_string()
}

#[test]
fn what_is_no_day_to_come_is_refused_with_what_to_write() {
    let session = Session::new(with_alice());
    let before = session.state();
    for (day, why) in [
        ("2020-01-01", "that day is over"),
        ("1950-06-30", "that day is over"),
        ("2027-02-30", "there is no such day"),
        ("2027-13-01", "there is no such day"),
        ("0d", "no day is left"),
        ("40000d", "this is more than 100 years"),
        ("9999-12-31", "this is more than 100 years"),
        ("soon", "this is neither a date nor a number of days"),
        ("90", "this is neither a date nor a number of days"),
        ("31.1.2027", "this is neither a date nor a number of days"),
        ("20270131", "this is neither a date nor a number of days"),
        ("", "this is neither a date nor a number of days"),
    ] {
        for way in ["--yes", "--dry-run", "--check"] {
            let expires = format!("--expires={day}");
            let ran = session.run(&["add-user", "bob", "--key", &path("bob"), &expires, way]);
            let help = "write the last day of the key as 2027-01-31, or as days from today: 90d";
            ran.expect_refusal(&[&format!("--expires {day}: {why}"), help]);
        }
    }
    let ran = session.run(&["add-deploy", "--expires", "soon", "--dry-run", "--format", "json"]).expect(2, &[]);
    assert!(json(&ran)["error"]["message"].as_str().unwrap().starts_with("--expires soon: "), "{ran:#?}");
    assert_eq!(session.state(), before);
}

#[test]
fn the_last_day_is_said_and_shown() {
    let session = Session::new(with_alice());
    let said = "2099-12-31 is the last day on which the key can log in, in the time zone of each server; \
                sshd enforces that by itself, without another `spin provision`";
    let args = ["add-user", "bob", "--key", &path("bob"), "--expires", "2099-12-31"];
    let option = "expiry-time=\"20991231235959\"";
    session.run(&[&args[..], &["--dry-run"]].concat()).expect(0, &[said, &format!("bob@laptop) with {option}")]);
    let written = json(&session.run(&[&args[..], &["--yes", "--format", "json"]].concat()).expect(0, &[said]));
    assert_eq!(written["key"]["options"], option);
    session.run(&[&args[..], &["--yes"]].concat()).expect(0, &["nothing to do: the key is already in .spin.yml\n"]);
    let listed = session.run(&["list"]).expect(0, &[]).out;
    assert!(listed.matches(option).count() >= 4, "in the file, on the accounts, in the tunnel: {listed}");
    // Without the option the key is there, and what it has stays.
    let plain = session.run(&["add-user", "bob", "--key", &path("bob"), "--yes"]);
    plain.expect(0, &[&format!("with options that stay: {option}")]);
}

#[test]
fn days_count_from_today_and_check_warns() {
    let session = Session::new(with_alice());
    session.run(&["add-user", "bob", "--key", &path("bob"), "--expires", "29d", "--yes"]).expect(0, &["wrote"]);
    let found = session.run(&["check"]).expect(0, &[]);
    assert!(found.out.contains("this key expires in 29 days") && found.out.contains("SK418"), "{}", found.out);
    // Renewed, by the command that added it.
    let ran = session.run(&["add-user", "bob", "--key", &path("bob"), "--expires", "90d", "--yes"]);
    ran.expect(0, &["bob has different options on SHA256:", "before: expiry-time=", "wrote"]);
    assert_eq!(session.file().matches("expiry-time").count(), 1, "{}", session.file());
    assert!(!session.run(&["check"]).out.contains("SK418"));
}

#[test]
fn the_pub_of_a_new_pair_has_no_options_and_its_preview_hides_the_key() {
    for (user, args) in [("bob", &["--no-passphrase"][..]), ("alice", &["--no-passphrase", "--generate", "new"])] {
        let quotes = if user == "bob" { '"' } else { '\'' };
        let session = Session::new(with_alice().replace('"', &quotes.to_string()));
        let args = [&["add-user", user, "--expires", "2099-12-31"], args].concat();
        let shown = session.run(&[&args[..], &["--dry-run"]].concat()).expect(0, &["can log in with a key (ed25519"]).out;
        let escaped = if user == "bob" { r#""expiry-time=\"20991231235959\" <new ed25519 key>""# } else { r#"'expiry-time="20991231235959" <new ed25519 key>'"# };
        assert!(shown.contains(escaped) && !shown.contains("> AAAA"), "{shown}");
        session.run(&[&args[..], &["--yes"]].concat()).expect(0, &["wrote"]);
        let public = if user == "bob" { "home/.ssh/id_ed25519.pub" } else { "project/new.pub" };
        let public = String::from_utf8(session.read(public)).unwrap();
        assert!(public.starts_with("ssh-ed25519 ") && session.file().contains(public.trim()), "{public}");
    }
}

#[test]
fn the_command_that_finishes_names_the_day() {
    let session = Session::new(with_alice());
    // The way of the file is blocked.
    fs::create_dir(session.path("project/.spin.yml.spin-keys-new")).unwrap();
    let ran = session.run(&["add-user", "bob", "--expires", "90d", "--no-passphrase", "--yes"]);
    let ran = ran.expect(2, &["is in the way", "to finish: spin-keys add-user bob --key "]);
    let day = ran.err.split_once(" --expires ").unwrap().1.lines().next().unwrap();
    assert!(day.len() == 10 && day.starts_with("20"), "{day}");
}
