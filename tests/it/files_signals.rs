//! Signals, questions and passphrases: this binary runs itself again, some times on a terminal of its own.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::session::skipped;
use crate::support::{again, again_args};
use rustix::process::{Pid, Signal, kill_process};
use spin_keys::error::ErrorKind;
use spin_keys::files::{ReplaceError, Target, create_pair};
use spin_keys::{prompt, signals};

/// What the run of this binary does that the tests start.
#[test]
#[ignore = "run by the tests below"]
fn child() {
    let Ok(does) = env::var("SPIN_KEYS_TEST_DOES") else { return };
    println!("pid={};", std::process::id());
    match does.as_str() {
        "wait" => {
            signals::install().unwrap();
            ready();
            sleep(Duration::from_secs(30));
        }
        "replace" => replace_interrupted(),
        "pair, then replace" => pair_then_replace(),
        "passphrase" => match prompt::passphrase_twice("the key") {
            Ok(passphrase) => println!("length={};", passphrase.len()),
            Err(error) => {
                println!("kind={:?}; {error}", error.kind);
                // As `main` does: the thread that handles the signal may be slower than the answer.
                std::process::exit(signals::exit_code().unwrap_or_else(|| error.exit_code()).into());
            }
        },
        "confirm" => println!("answer={:?};", prompt::confirm("Write it?").map_err(|error| error.kind)),
        "confirm twice" => {
            println!("first={:?};", prompt::confirm("Write it?").map_err(|error| error.kind));
            println!("second={:?};", prompt::confirm("And this?").map_err(|error| error.kind));
        }
        "stdin, then confirm" => {
            println!("length={};", prompt::read_stdin(100).unwrap().len());
            let error = prompt::confirm("Write it?").unwrap_err();
            println!("kind={:?}; {error}", error.kind);
            assert!(prompt::read_stdin(100).is_err());
        }
        "choose" => {
            let items = ["one".to_owned(), "two \u{1b}[31m".to_owned()];
            println!("choice={:?};", prompt::choose("Which?", &items).map_err(|error| error.to_string()));
        }
        other => panic!("{other}?"),
    }
}

fn ready() {
    println!("ready;");
}

fn wait_for_signal() {
    ready();
    let start = Instant::now();
    while !signals::interrupted() {
        assert!(start.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(5));
    }
    sleep(Duration::from_millis(50));
}

fn file() -> PathBuf {
    env::var_os("SPIN_KEYS_TEST_FILE").unwrap().into()
}

/// The signal comes while a file is being written: it is taken back, then the process ends.
fn replace_interrupted() {
    signals::install().unwrap();
    let target = Target::open(&file()).unwrap();
    let locked = target.lock(&mut |_| {}).unwrap();
    let section = signals::critical();
    wait_for_signal();
    let error = locked.replace(b"new", target.snapshot()).unwrap_err();
    assert!(matches!(error, ReplaceError::Failed(error) if error.kind == ErrorKind::Interrupted));
    assert_eq!(fs::read_dir(file().parent().unwrap()).unwrap().count(), 1);
    println!("taken back;");
    drop(section);
    sleep(Duration::from_secs(30));
}

/// The signal comes between the two commit points: the process lives on to say so.
fn pair_then_replace() {
    signals::install().unwrap();
    let target = Target::open(&file()).unwrap();
    let locked = target.lock(&mut |_| {}).unwrap();
    create_pair(&file().with_file_name("key"), "private", "public").unwrap();
    wait_for_signal();
    let error = locked.replace(b"new", target.snapshot()).unwrap_err();
    assert!(matches!(error, ReplaceError::Failed(error) if error.kind == ErrorKind::Interrupted));
    println!("said; code={:?};", signals::exit_code());
}

/// A run of [`child`] that is being watched.
struct Run {
    process: Child,
    seen: String,
}

impl Run {
    fn start(mut command: Command, does: &str) -> Self {
        command.env("SPIN_KEYS_TEST_DOES", does).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self { process: command.spawn().unwrap(), seen: String::new() }
    }

    fn plain(does: &str) -> Self {
        Self::start(again(module_path!(), "child"), does)
    }

    /// On a new terminal; then says the exit code and how the terminal is set.
    fn on_terminal(does: &str) -> Option<Self> {
        if !cfg!(target_os = "linux") || Command::new("script").arg("--version").output().is_err() {
            skipped("there is no script(1) of util-linux to make a terminal");
            return None;
        }
        let exe = env::current_exe().unwrap();
        let args = again_args(module_path!(), "child").join(" ");
        // Ctrl-C is for everybody on the terminal: dash would end of it before it says how the child ended.
        let line = format!("trap : INT; {} {args}; echo code=$?';' ; stty -a", exe.display());
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]);
        Some(Self::start(command, does))
    }

    /// In a session without a terminal.
    fn without_terminal(does: &str) -> Option<Self> {
        if Command::new("setsid").arg("--version").output().is_err() {
            skipped("there is no setsid(1) to leave the terminal");
            return None;
        }
        let mut command = Command::new("setsid");
        command.arg("-w").arg(env::current_exe().unwrap());
        command.args(again_args(module_path!(), "child"));
        Some(Self::start(command, does))
    }

    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        let mut byte = [0];
        while !self.seen.ends_with(text) {
            let count = self.process.stdout.as_mut().unwrap().read(&mut byte).unwrap();
            assert!(count > 0, "{text:?} did not come: {}", self.seen);
            self.seen.push(byte[0].into());
        }
    }

    fn kill(&mut self, signal: Signal) {
        let after = self.seen.split("pid=").nth(1).unwrap();
        let pid = after.split(';').next().unwrap().parse().unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    fn say(&mut self, text: &str) {
        self.process.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// All that was written, and the exit code.
    fn end(mut self) -> (String, Option<i32>) {
        drop(self.process.stdin.take());
        let mut rest = Vec::new();
        self.process.stdout.as_mut().unwrap().read_to_end(&mut rest).unwrap();
        let code = self.process.wait().unwrap().code();
        (self.seen + &String::from_utf8_lossy(&rest), code)
    }
}

#[test]
fn a_signal_ends_the_process_with_its_code() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut run = Run::plain("wait");
        run.wait_for("ready;");
        run.kill(signal);
        assert_eq!(run.end().1, Some(code));
    }
}

fn run_on_file(does: &str) -> (tempfile::TempDir, Run) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("f"), "old").unwrap();
    let mut command = again(module_path!(), "child");
    command.env("SPIN_KEYS_TEST_FILE", dir.path().join("f"));
    let mut run = Run::start(command, does);
    run.wait_for("ready;");
    (dir, run)
}

#[test]
fn what_is_being_written_is_taken_back_before_the_process_ends() {
    let (dir, mut run) = run_on_file("replace");
    run.kill(Signal::TERM);
    let (seen, code) = run.end();
    assert!(seen.contains("taken back;") && code == Some(143), "{code:?} {seen}");
    assert_eq!(fs::read(dir.path().join("f")).unwrap(), b"old");
}

#[test]
fn after_the_key_pair_a_signal_stops_the_rest_and_is_told() {
    let (dir, mut run) = run_on_file("pair, then replace");
    run.kill(Signal::TERM);
    let (seen, code) = run.end();
    assert!(seen.contains("said; code=Some(143);") && code == Some(0), "{code:?} {seen}");
    assert_eq!(fs::read(dir.path().join("f")).unwrap(), b"old");
    assert_eq!(fs::read(dir.path().join("key")).unwrap(), b"private");
}

/// What `stty -a` says at the end.
fn is_set(seen: &str, mode: &str) -> bool {
    seen.split_whitespace().any(|word| word == mode)
}

#[test]
fn a_passphrase_is_asked_twice_and_never_shown() {
    let Some(mut run) = Run::on_terminal("passphrase") else { return };
    for answers in [["tréasure", "typo"], ["tréasure", "tréasure"]] {
        for (question, answer) in ["(empty for none): ", "again: "].into_iter().zip(answers) {
            run.wait_for(question);
            // The echo goes off right after the question.
            sleep(Duration::from_millis(200));
            run.say(&format!("{answer}\r"));
        }
    }
    run.wait_for("code=0;");
    let (seen, _) = run.end();
    assert!(seen.contains("They differ") && seen.contains("length=9;"), "{seen}");
    assert!(!seen.contains("tr\u{e9}") && !seen.contains("typo") && is_set(&seen, "echo"), "{seen}");
}

#[test]
fn the_echo_is_back_after_a_signal() {
    for (signal, code) in [(None, "code=130;"), (Some(Signal::TERM), "code=143;"), (Some(Signal::HUP), "code=129;")] {
        let Some(mut run) = Run::on_terminal("passphrase") else { return };
        run.wait_for("(empty for none): ");
        sleep(Duration::from_millis(200));
        match signal {
            None => run.say("\u{3}"),
            Some(signal) => run.kill(signal),
        }
        run.wait_for(code);
        let (seen, _) = run.end();
        assert!(is_set(&seen, "echo") && is_set(&seen, "icanon") && is_set(&seen, "isig"), "{seen}");
    }
}

#[test]
fn a_question_on_the_terminal() {
    for (typed, answer) in [("y\r", "true"), ("YES\r", "true"), ("\r", "false"), ("j\r", "false"), ("\u{4}", "false")] {
        let Some(mut run) = Run::on_terminal("confirm") else { return };
        run.wait_for("Write it? [y/N] ");
        run.say(typed);
        run.wait_for(&format!("answer=Ok({answer});"));
        run.end();
    }
    let Some(mut run) = Run::on_terminal("choose") else { return };
    run.wait_for("2) two \\x1b[31m\r\n1-2: ");
    run.say("3\r");
    run.wait_for("1-2: 3\r\n1-2: ");
    run.say("2\r");
    run.wait_for("choice=Ok(1);");
    run.end();
}

#[test]
fn without_a_terminal_one_line_of_standard_input_is_the_answer() {
    for (input, output) in [("y\n", "answer=Ok(true);"), ("no\n", "answer=Ok(false);"), ("", "answer=Err(Declined);")] {
        let Some(mut run) = Run::without_terminal("confirm") else { return };
        run.say(input);
        let (seen, _) = run.end();
        assert!(seen.contains(output), "{seen}");
    }
    let Some(mut run) = Run::without_terminal("confirm twice") else { return };
    run.say("y\nn\n");
    let (seen, _) = run.end();
    assert!(seen.contains("first=Ok(true);") && seen.contains("second=Ok(false);"), "{seen}");
}

#[test]
fn without_a_terminal_nothing_is_guessed() {
    let Some(mut run) = Run::without_terminal("stdin, then confirm") else { return };
    run.say("y\ny\n");
    let (seen, code) = run.end();
    assert!(seen.contains("length=4;") && seen.contains("kind=Declined;") && seen.contains("pass --yes"), "{seen}");
    assert_eq!(code, Some(0));
    for (does, words) in [("passphrase", "--passphrase-file"), ("choose", "2) two")] {
        let Some(run) = Run::without_terminal(does) else { return };
        let (seen, _) = run.end();
        assert!(seen.contains(words), "{seen}");
    }
}
