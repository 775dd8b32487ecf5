//! The order of the sources, and how each file is treated. Programs are in `tests/it/vault_password.rs`.
#![expect(clippy::disallowed_methods, reason = "a test makes its own files")]

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;

/// A project, a home folder and the questions asked.
struct World {
    dir: TempDir,
    sources: Sources,
    answers: RefCell<Vec<&'static str>>,
    questions: RefCell<Vec<String>>,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (folder, home) = (dir.path().join("project"), dir.path().join("home"));
        fs::create_dir(&folder).unwrap();
        fs::create_dir(&home).unwrap();
        let sources = Sources {
            option: None,
            environment: None,
            folders: vec![folder],
            label: None,
            home: Some(home.into()),
            may_run: true,
        };
        Self { dir, sources, answers: RefCell::default(), questions: RefCell::default() }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs the search with a terminal that gives these answers, from the last to the first.
    fn asked(&mut self, answers: &[&'static str], right: &str) -> Result<Password, Error> {
        self.answers = RefCell::new(answers.iter().rev().copied().collect());
        let ask = |question: &str| {
            self.questions.borrow_mut().push(question.to_owned());
            let answer = self.answers.borrow_mut().pop();
            answer.map(|answer| Zeroizing::new(answer.to_owned())).ok_or_else(Error::interrupted)
        };
        self.sources.find(Some(&ask), &mut |password| password == right.as_bytes())
    }

    fn found(&self, right: &str) -> Result<Password, Error> {
        self.sources.find(None, &mut |password| password == right.as_bytes())
    }

    /// The password read from a `.vault-password` with this text.
    fn read(&self, text: impl AsRef<[u8]>) -> Result<Vec<u8>, Error> {
        self.file("project/.vault-password", text);
        self.sources.find(None, &mut |_| true).map(|password| password.bytes().to_vec())
    }
}

#[test]
fn the_order_is_option_environment_beside_terminal() {
    let mut world = World::new();
    assert_eq!(world.asked(&["asked"], "asked").unwrap().origin(), &Origin::Terminal);
    let beside = world.file("project/.vault-password", "beside\n");
    assert_eq!(world.asked(&[], "beside").unwrap().origin(), &Origin::Beside(beside));
    let environment = world.file("environment", "environment\n");
    world.sources.environment = Some(environment.clone());
    assert_eq!(world.asked(&[], "environment").unwrap().origin(), &Origin::Environment(environment));
    let option = world.file("option", "option\n");
    world.sources.option = Some(option.clone());
    let password = world.asked(&[], "option").unwrap();
    assert_eq!((password.bytes(), password.origin()), (&b"option"[..], &Origin::Option(option)));
    assert_eq!((password.rejected.as_slice(), password.note()), (&[][..], None));
}

#[test]
fn after_an_environment_that_does_not_fit_the_next_is_tried_and_said() {
    let mut world = World::new();
    let environment = world.file("environment", "wrong");
    world.sources.environment = Some(environment.clone());
    let rejected = [Origin::Environment(environment)];

    let password = world.asked(&["right"], "right").unwrap();
    assert_eq!((password.origin(), password.rejected.as_slice()), (&Origin::Terminal, &rejected[..]));
    let beside = world.file("project/.vault-password", "right");
    let password = world.found("right").unwrap();
    assert_eq!((password.origin(), password.rejected.as_slice()), (&Origin::Beside(beside.clone()), &rejected[..]));
    let note = password.note().unwrap();
    assert!(note.contains("environment (ANSIBLE_VAULT_PASSWORD_FILE) does not fit, the one from "), "{note}");
    assert!(note.ends_with(".vault-password does"), "{note}");

    let error = world.asked(&["right"], "third").unwrap_err();
    assert!(error.message.contains(&format!(" and from {} do not fit, or the file", beside.display())), "{error}");
    assert!(world.questions.borrow().len() == 1, "after .vault-password nobody is asked");
}

#[test]
fn an_option_that_does_not_fit_ends_the_search() {
    let mut world = World::new();
    world.file("project/.vault-password", "right");
    world.sources.option = Some(world.file("option", "another"));
    let error = world.asked(&["right"], "right").unwrap_err();
    assert_eq!((error.kind, error.exit_code()), (ErrorKind::Failed, 2));
    assert!(error.message.ends_with("option does not fit, or the file is damaged"), "{error}");
    assert!(!error.to_string().contains("another"), "{error}");
}

#[test]
fn the_terminal_is_asked_three_times_and_an_empty_answer_is_no() {
    let mut world = World::new();
    assert_eq!(world.asked(&["a", " right\r"], "right").unwrap().bytes(), b"right");
    assert!(world.questions.borrow()[1].starts_with("That does not fit"));
    let error = world.asked(&["a", "b", "c", "right"], "right").unwrap_err();
    assert_eq!(error.message, "the vault password from the terminal does not fit, or the file is damaged");
    assert_eq!(world.asked(&["a", " "], "right").unwrap_err().kind, ErrorKind::Declined);
    assert_eq!(world.asked(&[], "right").unwrap_err().kind, ErrorKind::Interrupted);
    let error = world.found("right").unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Failed, "no vault password was found"));
}

#[test]
fn white_space_around_a_password_is_taken_off_as_ansible_does() {
    let world = World::new();
    for (text, password) in [
        (&b"pass"[..], &b"pass"[..]),
        (b"pass\n", b"pass"),
        (b"\r\n \t\x0b\x0cpass word\x0c\x0b\t \r\n\n", b"pass word"),
        (b"two\nlines\n", b"two\nlines"),
        ("\u{a0}pässword\u{a0}\n".as_bytes(), "\u{a0}pässword\u{a0}".as_bytes()),
        (b"\xff\0\xfe", b"\xff\0\xfe"),
        (b"\x1cpass\x85", b"\x1cpass\x85"),
    ] {
        assert_eq!(world.read(text).unwrap(), password, "{text:?}");
    }
}

#[test]
fn files_that_hold_no_password_are_refused_each_in_its_words() {
    let mut world = World::new();
    let path = world.sources.folders[0].join(FILE_NAME);
    let beside = |text: &str| world.read(text).unwrap_err().message;
    let empty = format!("the vault password file {} is empty", path.display());
    ["", "\n", " \r\n\t"].iter().for_each(|text| assert_eq!(beside(text), empty));
    assert!(beside("\n$ANSIBLE_VAULT;1.1;AES256\n00\n").ends_with("is itself encrypted"));
    assert!(beside(&"x".repeat((1 << 20) + 1)).ends_with("it is larger than 1 MiB"));

    fs::set_permissions(&path, fs::Permissions::from_mode(0o610)).unwrap();
    let error = world.found("x").unwrap_err();
    assert!(error.message.contains("it is executable, and only a file that was named is run"), "{error}");
    assert!(error.hints[0].contains("(chmod -x)") && error.hints[0].contains("--vault-password-file"), "{error}");

    fs::remove_file(&path).unwrap();
    symlink("nowhere", &path).unwrap();
    assert!(world.found("x").unwrap_err().message.ends_with("it is a link to nowhere, which is not there"));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(world.found("x").unwrap_err().message.ends_with("it is a folder"));
    fs::remove_dir(&path).unwrap();
    assert_eq!(world.found("x").unwrap_err().message, "no vault password was found");

    world.sources.option = Some(world.dir.path().join("missing"));
    assert!(world.found("x").unwrap_err().message.ends_with("missing: No such file or directory"));
    world.sources.option = Some("/dev/null".into());
    assert!(world.found("x").unwrap_err().message.ends_with("it is a device"));
    (world.sources.option, world.sources.environment) = (None, Some(world.dir.path().join("missing")));
    let error = world.found("x").unwrap_err();
    assert!(error.hints.iter().any(|hint| hint.contains("ANSIBLE_VAULT_PASSWORD_FILE names")), "{error}");
}

#[test]
fn a_program_that_is_not_executable_is_told_as_that() {
    let mut world = World::new();
    let text = "#!/bin/sh\necho hunter2\n";
    let beside = world.file("project/.vault-password", text);
    let error = world.found("right").unwrap_err();
    assert!(error.hints[0].contains(&format!("{} starts as a program does", beside.display())), "{error}");
    assert!(error.hints[0].ends_with(".vault-password, and name it with --vault-password-file"), "{error}");
    let option = world.file("it's a program", text);
    world.sources.option = Some(option.clone());
    let error = world.found("right").unwrap_err();
    assert!(error.hints[0].contains("is not executable") && error.hints[0].ends_with("'\\''s a program'"), "{error}");
    assert!(error.message.contains("does not fit") && !error.to_string().contains("hunter2"), "{error}");
    // It may be the password.
    assert_eq!(world.found(text.trim()).unwrap().origin(), &Origin::Option(option));
    for (size, words) in [(2000, "does not fit"), ((1 << 20) + 1, "larger than 1 MiB")] {
        let elf = [b"\x7fELF".to_vec(), vec![0; size]].concat();
        let elf = world.file("elf", elf);
        world.sources.option = Some(elf.clone());
        let error = world.found("right").unwrap_err();
        assert!(
            error.message.contains(words)
                && error.hints.iter().any(|hint| hint.ends_with(&format!("chmod +x {}", elf.display()))),
            "{error}"
        );
    }
    world.sources.option = Some(world.file("text", "no program"));
    assert!(!world.found("right").unwrap_err().to_string().contains("chmod"));
}

#[test]
fn a_tilde_is_the_home_folder() {
    let mut world = World::new();
    world.file("home/secret", "right");
    for path in ["~/secret", "~//secret"] {
        world.sources.environment = Some(path.into());
        assert_eq!(world.found("right").unwrap().bytes(), b"right");
    }
    (world.sources.environment, world.sources.option) = (None, Some("~/secret".into()));
    assert_eq!(world.found("right").unwrap().bytes(), b"right");
    world.sources.option = Some("~alice/secret".into());
    assert!(world.found("right").unwrap_err().message.contains("only ~/ is supported"));
    (world.sources.option, world.sources.home) = (Some("~/secret".into()), None);
    assert!(world.found("right").unwrap_err().message.ends_with("HOME is not set"));
}

#[test]
fn nothing_shows_the_password() {
    let mut world = World::new();
    world.sources.option = Some(world.file("option", "hunter2"));
    let shown = format!("{:?}", world.found("hunter2").unwrap());
    assert!(shown.contains("option") && !shown.contains("hunter2"), "{shown}");
}
