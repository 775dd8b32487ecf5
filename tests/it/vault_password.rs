//! Vault passwords as a whole process finds them: the real environment, programs that print one, pipes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use spin_keys::error::Error;
use spin_keys::input::password::{self, FILE_NAME, Named, Origin, Password, Search, VARIABLE};
use tempfile::TempDir;

/// The password that fits, without asking.
pub(crate) fn find(
    option: Option<&Path>,
    folders: &[PathBuf],
    label: Option<&str>,
    fits: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Password, Error> {
    let search = Search { named: Named { option, may_run: true }, folders, ask_for: None };
    password::find(&search, label, fits)
}

struct Folder {
    dir: TempDir,
}

impl Folder {
    fn new() -> Self {
        assert!(std::env::var_os(VARIABLE).is_none(), "unset {VARIABLE} to run this test");
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>, mode: u32) -> PathBuf {
        let path = self.dir.path().join(name);
        // Also of a text file: it may be one that the system is to run.
        crate::support::executable(&path, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn named(&self, path: &Path) -> Result<Password, Error> {
        find(Some(path), &[self.dir.path().to_owned()], None, &mut |_| true)
    }

    /// What comes out of a shell script with this body.
    fn script(&self, body: &str) -> Result<Vec<u8>, Error> {
        let path = self.file("program", format!("#!/bin/sh\n{body}\n"), 0o700);
        self.named(&path).map(|password| password.bytes().to_vec())
    }

    #[track_caller]
    fn refused(&self, body: &str, words: &str) -> String {
        let error = self.script(body).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.message.contains(words), "{error}");
        names_the_ways(&error);
        error.to_string()
    }
}

#[track_caller]
fn names_the_ways(error: &Error) {
    let ways = ["--vault-password-file", VARIABLE, FILE_NAME];
    assert!(error.hints.iter().any(|hint| ways.iter().all(|way| hint.contains(way))), "{error}");
}

#[test]
fn a_named_program_is_run_and_its_output_taken() {
    let folder = Folder::new();
    assert_eq!(folder.script("echo 'pass word'").unwrap(), b"pass word");
    assert_eq!(folder.script("printf '\\r\\n pass \\r\\n\\n'").unwrap(), b" pass ");
    assert_eq!(folder.script("printf '%s' \"$#\"").unwrap(), b"0");
    assert_eq!(folder.script("cat; echo no input").unwrap(), b"no input");
    assert_eq!(folder.script("echo a warning >&2; echo pass").unwrap(), b"pass");
    assert_eq!(folder.script("head -c 1000000 /dev/zero >&2; echo pass").unwrap(), b"pass");
    assert_eq!(folder.script("head -c 1048576 /dev/zero | tr '\\0' x").unwrap().len(), 1 << 20);
}

#[test]
fn an_elf_program_and_one_without_a_slash_in_its_name_are_run() {
    let folder = Folder::new();
    let echo = fs::read("/bin/echo").unwrap();
    let path = folder.file("echo", echo, 0o700);
    // Without arguments it prints an empty line, so it ran.
    assert!(folder.named(&path).unwrap_err().message.ends_with(" is empty"));

    // In a process of its own, in that folder, with a name that PATH has too.
    folder.file("true", "#!/bin/sh\necho here", 0o700);
    let output = again("runs_by_name").current_dir(folder.dir.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_failing_program_is_refused_with_what_it_said() {
    let folder = Folder::new();
    let text =
        folder.refused("echo pass; echo 'no \u{1b}[31magent' >&2; echo second >&2; exit 3", "failed with exit code 3");
    assert!(text.contains("its standard error:\n    no \\x1b[31magent\n    second"), "{text}");
    assert!(!text.contains("pass;") && !text.contains("\u{1b}"), "{text}");
    folder.refused("kill -9 $$", "was killed by signal 9");
    let text = folder.refused("head -c 1000000 /dev/zero >&2; exit 1", "failed with exit code 1");
    assert!(text.len() < 40_000, "{}", text.len());
    folder.refused("exit 0", " is empty");
    folder.refused("printf '\\n\\n'", " is empty");
    folder.refused("printf '$ANSIBLE_VAULT;1.1;AES256\\n00'", "is itself encrypted");
    folder.refused("head -c 1048577 /dev/zero", "printed more than 1 MiB");
    let start = Instant::now();
    folder.refused("exec cat /dev/zero", "printed more than 1 MiB");
    folder.refused("sleep 12 >/dev/null & exit 4", "failed with exit code 4");
    assert_eq!(folder.script("sleep 12 >/dev/null & echo pass").unwrap(), b"pass");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn what_cannot_be_started_is_refused() {
    let folder = Folder::new();
    let path = folder.file("password", "hunter2\n", 0o755);
    let error = folder.named(&path).unwrap_err();
    assert!(error.message.ends_with("neither a program nor a script that starts with #!"), "{error}");
    assert!(error.hints[0].contains("chmod -x") && !error.to_string().contains("hunter2"), "{error}");
    let path = folder.file("program", "#!/nowhere/at/all\n", 0o755);
    let error = folder.named(&path).unwrap_err();
    assert!(error.message.contains("cannot run") && error.hints[0].contains("#!"), "{error}");
    names_the_ways(&error);
}

#[test]
fn an_executable_file_that_lies_there_is_not_run() {
    let folder = Folder::new();
    let proof = folder.dir.path().join("it-ran");
    let script = format!("#!/bin/sh\ntouch {}\necho pass\n", proof.display());
    folder.file(FILE_NAME, script, 0o755);
    let error = find(None, &[folder.dir.path().to_owned()], None, &mut |_| true).unwrap_err();
    assert!(error.message.contains("is not used: it is executable, and only a file that was named is run"), "{error}");
    names_the_ways(&error);
    assert!(!proof.exists());
    // Named by the option, the same file is run.
    let path = folder.dir.path().join(FILE_NAME);
    assert_eq!(folder.named(&path).unwrap().bytes(), b"pass");
    assert!(proof.exists());
}

#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let folder = Folder::new();
    let path = folder.dir.path().join(FILE_NAME);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    for option in [None, Some(path.as_path())] {
        let error = find(option, &[folder.dir.path().to_owned()], None, &mut |_| true).unwrap_err();
        assert!(error.message.ends_with("it is a pipe"), "{error}");
        names_the_ways(&error);
    }
}

#[test]
fn without_any_password_the_ways_to_give_one_are_named() {
    let folder = Folder::new();
    let error = find(None, &[folder.dir.path().to_owned()], None, &mut |_| true).unwrap_err();
    assert_eq!((error.message.as_str(), error.exit_code()), ("no vault password was found", 2));
    names_the_ways(&error);
}

#[test]
fn the_environment_of_the_process_counts() {
    let folder = Folder::new();
    folder.file("secret", "from the home folder\n", 0o600);
    folder.file("program", "#!/bin/sh\necho from a program\n", 0o700);
    for (value, expected) in [("~/secret", "from the home folder"), ("program", "from a program"), ("", "")] {
        let mut child = again("environment");
        child
            .current_dir(folder.dir.path())
            .env(VARIABLE, value)
            .env("HOME", folder.dir.path())
            .env("EXPECTED", expected);
        let output = child.output().unwrap();
        assert!(output.status.success(), "{value}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn a_file_of_somebody_else_is_refused() {
    if !rustix::process::geteuid().is_root() {
        let folder = Folder::new();
        let error = folder.named(&folder.file("secret", "pass", 0o000)).unwrap_err();
        assert!(error.message.contains("Permission denied"), "{error}");
        names_the_ways(&error);
        return;
    }
    // As root, who may read everything: in a process of nobody.
    let folder = Folder::new();
    fs::set_permissions(folder.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder.file("secret", "pass", 0o600);
    let executable = folder.dir.path().join("test");
    // Not by this process, see `support::executable`.
    assert!(Command::new("cp").arg(std::env::current_exe().unwrap()).arg(&executable).status().unwrap().success());
    let nobody = || {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command
    };
    if !nobody().arg("true").output().is_ok_and(|output| output.status.success()) {
        return crate::support::session::skipped("root cannot run this test as somebody else here (setpriv)");
    }
    let mut child = nobody();
    child
        .arg(executable)
        .args(crate::support::again_args(module_path!(), CHILD))
        .env("DOES", "unreadable")
        .current_dir(folder.dir.path());
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

const CHILD: &str = "in_a_process_of_its_own";

/// This test program once more, to do something else.
fn again(does: &str) -> Command {
    let mut command = crate::support::again(module_path!(), CHILD);
    command.env("DOES", does).env_remove(VARIABLE);
    command
}

#[test]
#[ignore = "run by the tests above"]
fn in_a_process_of_its_own() {
    let here = Path::new(".");
    match std::env::var("DOES").as_deref() {
        Ok("runs_by_name") => {
            let password = find(Some(Path::new("true")), &[here.to_owned()], None, &mut |_| true).unwrap();
            assert_eq!(password.bytes(), b"here");
        }
        Ok("environment") => {
            let expected = std::env::var("EXPECTED").unwrap();
            match find(None, &[here.to_owned()], None, &mut |password| password == expected.as_bytes()) {
                Ok(password) => assert!(matches!(password.origin(), Origin::Environment(_))),
                Err(error) => assert!(expected.is_empty() && error.message == "no vault password was found", "{error}"),
            }
        }
        Ok("unreadable") => {
            let error = find(Some(Path::new("secret")), &[here.to_owned()], None, &mut |_| true).unwrap_err();
            assert!(error.message.ends_with("secret: Permission denied"), "{error}");
            names_the_ways(&error);
        }
        _ => {}
    }
}
