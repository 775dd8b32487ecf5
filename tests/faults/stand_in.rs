//! That the judge can say no: what a program leaves that writes as programs usually do.

use crate::case::{Case, FILE, KeyOf, Known, MODE};
use crate::judge::Scene;
use crate::session::needs;
use crate::strace::{self, Ended};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const CASE: Case = Case { name: "stand-in", sealed: false, key: KeyOf::File, always: &[] };

/// The ending of a run that says that it went well.
fn fine() -> Ended {
    Ended { code: Some(0), signal: None, err: String::new(), trace: String::new() }
}

/// `cat new > file`, killed at each of its calls.
#[test]
fn a_file_written_in_place_is_found_out() {
    if !strace::available() {
        return;
    }
    let known = Known::of(CASE);
    let prepare = || {
        let scene = Scene::new(&known);
        let script = scene.session.write(
            "home/in-place",
            "#!/bin/sh\nset -e\nhead -c 100 \"$1\"/new > .spin.yml\ntail -c +101 \"$1\"/new >> .spin.yml\n",
        );
        let good = scene.session.run(&known.case.args(&scene.session).iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(good.code, Some(0));
        fs::rename(scene.session.path(FILE), scene.session.path("home/new")).unwrap();
        let fresh = known.session();
        fs::copy(scene.session.path("home/new"), fresh.path("home/new")).unwrap();
        fs::copy(&script, fresh.path("home/in-place")).unwrap();
        Scene::of(&known, fresh)
    };
    let whole = prepare();
    let args = |scene: &Scene<'_>| {
        ["home/in-place", "home"].map(|name| scene.session.path(name).display().to_string()).to_vec()
    };
    let shell = Path::new("/bin/sh");
    let ended = strace::run(&whole.session, &[], shell, &args(&whole));
    assert_eq!(whole.after_error(&ended), Ok(crate::judge::Outcome::New), "{ended:?}");

    let mut refused = 0;
    for call in strace::calls(&ended.trace) {
        let scene = prepare();
        call.inject(&scene.session, "signal=SIGKILL", shell, &args(&scene), &[]);
        refused += usize::from(scene.after_kill().is_err_and(|why| why.contains("neither the old nor the new")));
    }
    assert!(refused > 3, "{refused}");
}

#[test]
fn each_rule_of_the_judge_is_one() {
    if !strace::available() || !needs("ssh-keygen") {
        return;
    }
    let plain = Known::of(CASE);
    let pair = Known::of(Case { key: KeyOf::NewPair, ..CASE });
    type Break = fn(&Scene<'_>);
    let breaks: [(&Known, &str, Break); 9] = [
        (&plain, "the file is the old one", |_| ()),
        (&plain, "the file is gone", |scene| fs::remove_file(scene.session.path(FILE)).unwrap()),
        (&plain, "neither the old nor the new", |scene| {
            let old = scene.session.read(FILE);
            fs::write(scene.session.path(FILE), &old[..old.len() - 1]).unwrap();
        }),
        (&plain, "another owner or mode", |scene| {
            fs::set_permissions(scene.session.path(FILE), fs::Permissions::from_mode(MODE | 0o004)).unwrap();
        }),
        (&plain, "these stay", |scene| drop(scene.session.write("project/.spin.yml.spin-keys-new", ""))),
        (&pair, "not whole", |scene| {
            let key = scene.session.write("home/key", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
            fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
        }),
        (&pair, "has mode", |scene| {
            scene.session.keygen(&["-q", "-t", "ed25519", "-N", "", "-f", "../home/key"]);
            fs::set_permissions(scene.session.path("home/key"), fs::Permissions::from_mode(0o644)).unwrap();
        }),
        (&pair, "without its private half", |scene| drop(scene.session.write("home/key.pub", "ssh-ed25519"))),
        (&pair, "not that of the private one", |scene| {
            scene.session.keygen(&["-q", "-t", "ed25519", "-N", "", "-f", "../home/key"]);
            scene.session.write("home/key.pub", crate::session::key("alice"));
        }),
    ];
    for (known, words, change) in breaks {
        let scene = Scene::new(known);
        change(&scene);
        let found = scene.after_error(&fine()).unwrap_err();
        assert!(found.contains(words), "{words}: {found}");
    }
}

#[test]
fn what_a_run_says_is_judged_too() {
    if !strace::available() {
        return;
    }
    let plain = Known::of(CASE);
    let says = |code, err: &str| Ended { code: Some(code), err: err.to_owned(), ..fine() };
    let old = Scene::new(&plain);
    assert!(old.after_error(&says(2, "error: no\n  nothing was written\n")).is_ok());
    assert!(old.after_error(&says(2, "error: no\n")).unwrap_err().contains("nobody says so"));
    assert!(old.after_error(&says(2, "")).unwrap_err().contains("without a word"));
    assert!(old.after_error(&says(101, "thread 'main' panicked at")).unwrap_err().contains("a panic"));
    assert!(old.after_error(&says(1, "")).unwrap_err().contains("neither success nor an error"));
    assert!(old.after_signal(&says(143, ""), 15).is_ok() && old.after_signal(&says(2, ""), 15).is_err());

    let new = Scene::new(&plain);
    let args = plain.case.args(&new.session);
    assert_eq!(new.session.run(&args.iter().map(String::as_str).collect::<Vec<_>>()).code, Some(0));
    assert!(new.after_error(&fine()).is_ok());
    assert!(new.after_error(&says(2, "error: no\n  nothing was written\n")).unwrap_err().contains("is not true"));
    assert!(new.after_signal(&says(143, ""), 15).is_err());
}
