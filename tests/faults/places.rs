//! Places where nothing can be written, or only some of it: each through the binary, as a person meets them.

use crate::session::{Ran, Session, fixtures, is_root, key, needs, skipped, with_alice};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::process::Command;

const FILE: &str = "project/.spin.yml";
const SOMEBODY: u32 = 1234;

fn args(session: &Session) -> Vec<String> {
    // Others may not be able to look where the fixtures are.
    let bob = session.write("home/bob.pub", key("bob")).display().to_string();
    ["add-user", "bob", "--key", &bob].map(str::to_owned).to_vec()
}

/// Refused with these words, nothing changed; the twins that only look still work.
#[track_caller]
fn refused(session: &Session, run: impl Fn(&[&str]) -> Command, words: &[&str]) {
    let args = args(session);
    let with = |more| args.iter().map(String::as_str).chain([more]).collect::<Vec<_>>();
    let before = session.state();
    Ran::of(run(&with("--yes")).output().unwrap()).expect_refusal(words);
    assert_eq!(session.state(), before);
    let ran = Ran::of(run(&with("--dry-run")).output().unwrap()).expect(0, &[]);
    assert!(ran.out.contains(&format!("+      - public_key: \"{}\"", key("bob"))), "{}", ran.out);
    Ran::of(run(&with("--check")).output().unwrap()).expect(1, &[]);
    assert_eq!(session.state(), before);
}

/// Gives an attribute (`+i`, `+a`) and takes it back when dropped, or the folder could not be removed.
struct Attribute(std::path::PathBuf, &'static str);

impl Attribute {
    fn give(session: &Session, name: &str, attribute: &'static str) -> Option<Self> {
        if !is_root() {
            skipped("only root can make a file immutable");
            return None;
        }
        if !needs("chattr") {
            return None;
        }
        let path = session.path(name);
        let output = Command::new("chattr").arg(format!("+{attribute}")).arg(&path).output().unwrap();
        if !output.status.success() {
            skipped(&format!("this file system has no attribute {attribute} (chattr)"));
            return None;
        }
        Some(Self(path, attribute))
    }
}

impl Drop for Attribute {
    fn drop(&mut self) {
        Command::new("chattr").arg(format!("-{}", self.1)).arg(&self.0).status().unwrap();
    }
}

#[test]
fn a_file_or_a_folder_that_is_immutable() {
    for (name, attribute) in [(FILE, "i"), (FILE, "a"), ("project", "i")] {
        let session = Session::new(with_alice());
        args(&session);
        let Some(given) = Attribute::give(&session, name, attribute) else { return };
        refused(&session, |args| session.command(args), &["Operation not permitted", "lsattr"]);
        drop(given);
    }
}

#[test]
fn a_folder_without_write_permission() {
    let session = Session::new(with_alice());
    args(&session);
    session.give_to(SOMEBODY);
    fs::set_permissions(session.path("project"), fs::Permissions::from_mode(0o555)).unwrap();
    let run = |args: &[&str]| session.unprivileged_as_is(SOMEBODY, args);
    // The copy of the binary is made first.
    run(&["--version"]).output().unwrap();
    refused(&session, run, &["write in the folder", "Permission denied", "its folder has to be writable"]);
    fs::set_permissions(session.path("project"), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Nothing of somebody else's file is changed: not even a look at what would change, as it would not be written.
#[test]
fn a_file_of_another_user() {
    if !is_root() {
        return skipped("only root can give files to others");
    }
    let session = Session::new(with_alice());
    let words = args(&session);
    session.give_to(SOMEBODY);
    chown(session.path(FILE), Some(SOMEBODY + 1), Some(SOMEBODY + 1)).unwrap();
    fs::set_permissions(session.path(FILE), fs::Permissions::from_mode(0o666)).unwrap();
    let run = |args: &[&str]| Ran::of(session.unprivileged_as_is(SOMEBODY, args).output().unwrap());
    run(&["--version"]);
    let before = session.state();
    for way in ["--yes", "--dry-run", "--check"] {
        let args: Vec<&str> = words.iter().map(String::as_str).chain([way]).collect();
        run(&args).expect_refusal(&["belongs to user 1235", "run this as that user"]);
        assert_eq!(session.state(), before);
    }
}

#[test]
fn a_link_stays_and_a_hard_link_is_refused() {
    let session = Session::new("");
    fs::rename(session.path(FILE), session.path("home/real.yml")).unwrap();
    session.write("home/real.yml", with_alice());
    symlink("../home/real.yml", session.path(FILE)).unwrap();
    let words = args(&session);
    let words: Vec<&str> = words.iter().map(String::as_str).chain(["--yes"]).collect();
    session.run(&words).expect(0, &["wrote .spin.yml"]);
    assert_eq!(fs::read_link(session.path(FILE)).unwrap().to_str(), Some("../home/real.yml"));
    assert!(session.file().contains(&key("bob")) && !session.exists("home/real.yml.spin-keys-new"));

    let session = Session::new(with_alice());
    let words = args(&session);
    fs::hard_link(session.path(FILE), session.path("home/other")).unwrap();
    for way in ["--yes", "--dry-run", "--check"] {
        let words: Vec<&str> = words.iter().map(String::as_str).chain([way]).collect();
        session.refuses(&words, &["has 2 hard links", "make it a file of its own first"]);
    }
}

/// As Limitations says: mode, owner and group stay, these do not.
#[test]
fn access_control_lists_are_not_kept() {
    if !needs("setfacl") || !needs("getfacl") {
        return;
    }
    let session = Session::new(with_alice());
    fs::set_permissions(session.path(FILE), fs::Permissions::from_mode(0o640)).unwrap();
    let given = session.tool("setfacl").args(["-m", "u:1234:r", ".spin.yml"]).output().unwrap();
    if !given.status.success() {
        return skipped("this file system has no access control lists (setfacl)");
    }
    let list = || Ran::of(session.tool("getfacl").args(["-cn", ".spin.yml"]).output().unwrap()).expect(0, &[]).out;
    assert!(list().contains("user:1234:r--"), "{}", list());
    let mode = session.mode(FILE);
    let words = args(&session);
    session.run(&words.iter().map(String::as_str).chain(["--yes"]).collect::<Vec<_>>()).expect(0, &["wrote"]);
    assert!(!list().contains("1234") && session.mode(FILE) == mode, "{}", list());
}

/// A script in a mount namespace of its own, with `$BINARY`, `$KEY` and an empty `$PLACE`.
fn in_own_mounts(script: &str) -> Option<Ran> {
    if !needs("unshare") {
        return None;
    }
    let session = Session::new("");
    let mut command = session.tool("setsid");
    command.args([
        "--wait",
        "unshare",
        "-rm",
        "bash",
        "-euc",
        &format!("mount -t tmpfs -o size=1m tmpfs \"$PLACE\" || exit 99\n{script}"),
    ]);
    command.env("PLACE", session.path("project")).env("BINARY", &*crate::session::BINARY).env("OLD", with_alice());
    command.env("KEY", fixtures().join("keys/bob.pub"));
    let ran = Ran::of(command.output().unwrap());
    if ran.code == Some(99) {
        skipped("no file system can be mounted here (unshare -rm, mount)");
        return None;
    }
    Some(ran)
}

#[test]
fn a_read_only_mount() {
    let script = r#"
        cd "$PLACE"; printf %s "$OLD" > .spin.yml
        mount -o remount,ro "$PLACE"; cd "$PLACE"
        code=0; "$BINARY" add-user bob --key "$KEY" --yes >/dev/null || code=$?
        echo "yes $code"
        code=0; "$BINARY" add-user bob --key "$KEY" --dry-run >/dev/null || code=$?
        echo "dry $code"
        code=0; "$BINARY" add-user bob --key "$KEY" --check >/dev/null || code=$?
        echo "check $code"
        [ "$(cat .spin.yml; echo x)" = "${OLD}x" ] && ls -A"#;
    let Some(ran) = in_own_mounts(script) else { return };
    let ran = ran.expect(0, &["Read-only file system", "the file system is mounted read-only", "nothing was written"]);
    assert_eq!(ran.out, "yes 2\ndry 0\ncheck 1\n.spin.yml\n");
}

/// From full to the last byte to room for all, in steps of one page: it runs full at another step of the write each time.
/// Nothing stays of what did not fit, and with the room back the same command works.
#[test]
fn a_disk_that_runs_full_at_each_step() {
    // The message is kept in a variable: a file would need room too.
    let script = r#"
        cd "$PLACE"
        for free in 0 1 2 3 4 5 6 7 8; do
            rm -rf ./* .spin*; mkdir home; printf %s "$OLD" > .spin.yml
            dd if=/dev/zero of=fill bs=4096 status=none 2>/dev/null || true
            truncate -s "-$((free * 4096))" fill
            [ "$(cat .spin.yml; echo x)" = "${OLD}x" ] || { echo "not set up"; exit 1; }
            code=0
            said="$("$BINARY" add-user bob --generate home/key --no-passphrase --yes 2>&1 >/dev/null)" || code=$?
            says; judge
        done"#;
    let functions = r#"
        says() { case "$code:$said" in
            0:*) ;;
            2:*"No space left"*"free some space"*) ;;
            *) echo "free $free: exit $code: $said"; exit 1;;
        esac; }
        judge() {
            left="$(find . -mindepth 1 ! -name fill | sort | tr '\n' ' ')"
            old=no; [ "$(cat .spin.yml; echo x)" = "${OLD}x" ] && old=yes
            case "$code:$old:$left" in
                "0:no:./.spin.yml ./home ./home/key ./home/key.pub ") echo new;;
                "2:yes:./.spin.yml ./home ") case "$said" in *"nothing was written"*) echo none;; *) exit 1;; esac;;
                "2:yes:./.spin.yml ./home ./home/key ./home/key.pub ") case "$said" in *"to finish: "*) echo pair;; *) exit 1;; esac;;
                *) echo "free $free: $code:$old:$left: $said"; exit 1;;
            esac
            [ "$code" = 0 ] && return
            rm fill; key=--generate; [ -e home/key ] && key=--key
            "$BINARY" add-user bob "$key" home/key $([ $key = --generate ] && echo --no-passphrase) --yes >/dev/null 2>&1
        }"#;
    let Some(ran) = in_own_mounts(&format!("{functions}{script}")) else { return };
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    for step in ["none\n", "pair\n", "new\n"] {
        assert!(ran.out.contains(step), "never {step}: {ran:#?}");
    }
    assert_eq!(ran.out.lines().count(), 9, "{ran:#?}");
}

/// What root owns in a folder of somebody else's keeps its owner when root writes.
#[test]
fn a_file_of_another_user_keeps_its_owner_when_root_writes() {
    if !is_root() {
        return skipped("only root can give files to others");
    }
    let session = Session::new(with_alice());
    chown(session.path(FILE), Some(SOMEBODY), Some(SOMEBODY + 1)).unwrap();
    let words = args(&session);
    session.run(&words.iter().map(String::as_str).chain(["--yes"]).collect::<Vec<_>>()).expect(0, &["wrote"]);
    let meta = fs::metadata(session.path(FILE)).unwrap();
    assert_eq!((meta.uid(), meta.gid()), (SOMEBODY, SOMEBODY + 1));
}
