//! Every command of the README: those with their output must give it, the others must succeed.

use crate::session::{Session, fixtures};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The code blocks of a page in one language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let readme = fs::read_to_string(fixtures().join("..").join(page)).unwrap();
    let open = format!("```{language}\n");
    let parts = readme.split(open.as_str()).skip(1);
    parts.map(|part| part.split_once("\n```").unwrap().0.to_owned() + "\n").collect()
}

/// The project of the README: the example file, and public keys beside it.
fn project(file: &str) -> Session {
    let session = Session::new(fs::read(fixtures().join("session").join(file)).unwrap());
    for entry in fs::read_dir(fixtures().join("keys")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("project/keys/{}", path.file_name().unwrap().to_str().unwrap());
        session.write(&name, fs::read(&path).unwrap());
    }
    session
}

/// Runs a line as a shell does, with both streams in one, `y` as the answer, and no terminal.
pub(super) fn shell(session: &Session, line: &str) -> (bool, String) {
    let script = format!("{{ {line}\n}} 2>&1");
    let mut command = Command::new("setsid");
    command.args(["--wait", "sh", "-c", &script]).current_dir(session.path("project")).env_clear();
    let binaries = Path::new(&*crate::session::BINARY).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    command.env("PATH", path).env("HOME", session.path("home"));
    let answer = session.write("answer", "y\n");
    let output = command.stdin(fs::File::open(answer).unwrap()).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn sessions_give_what_they_show() {
    let commands = runs_as_shown("README.md", &project(".spin.yml"));
    assert!(commands >= 3, "{commands}");
}

/// The number of commands of a page that give what it shows.
fn runs_as_shown(page: &str, session: &Session) -> usize {
    let mut commands = 0;
    for block in blocks(page, "console") {
        for step in block.split("$ ").skip(1) {
            let (line, expected) = step.split_once('\n').unwrap();
            // On a terminal the person types the answer, here it comes from a file.
            let (_, shown) = shell(session, line);
            assert_eq!(shown.replace("[y/N] \n", "[y/N] y\n"), expected, "$ {line}");
            commands += 1;
        }
    }
    commands
}

#[test]
fn commands_of_the_readme_run() {
    let root = fixtures().join("..").canonicalize().unwrap();
    let mut ran = Vec::new();
    for line in blocks("README.md", "sh").iter().flat_map(|block| block.lines()) {
        let session = project(".spin.yml");
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            // The one runs this test, the other would build it anew: .ci/run does both as they are written.
            ["cargo", "test" | "install", ..] => continue,
            ["cargo", "run", "--release", "--", ref args @ ..] => {
                let here: Vec<String> = args
                    .iter()
                    .map(|arg| {
                        if arg.starts_with("fixtures/") {
                            root.join(arg).display().to_string()
                        } else {
                            (*arg).to_owned()
                        }
                    })
                    .collect();
                let args: Vec<&str> = here.iter().map(String::as_str).collect();
                session.run(&args).expect(0, &["alice is a new account", "alice can log in with SHA256:"]);
            }
            ["spin-keys", "git", "install"] => {
                let init = Command::new("git").args(["init", "-q"]).current_dir(session.path("project")).status();
                assert!(init.unwrap().success());
                let (done, shown) = shell(&session, line);
                assert!(done && shown.contains("diff.spin-keys.textconv"), "{shown}");
            }
            ["spin-keys", "show"] => {
                let (done, shown) = shell(&session, line);
                assert!(done && shown.contains("username: bob") && !shown.contains("production"), "{shown}");
            }
            ["spin-keys", "review"] => {
                let git = |args: &[&str]| {
                    let who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
                    let mut command = Command::new("git");
                    assert!(
                        command.args(who).args(args).current_dir(session.path("project")).status().unwrap().success()
                    );
                };
                git(&["init", "-q", "-b", "main"]);
                git(&["add", ".spin.yml"]);
                git(&["commit", "-q", "-m", "one"]);
                let (done, shown) = shell(&session, line);
                assert!(done && shown.contains("the file did not change"), "{shown}");
            }
            ["spin-keys", "list"] => {
                let (done, shown) = shell(&session, line);
                assert!(done && shown.contains("deploy <- bob (sudo, item 0)"), "{shown}");
            }
            ["spin-keys", "check"] => {
                let (done, shown) = shell(&session, line);
                assert!(done && shown.contains(".spin.yml: nothing found"), "{shown}");
            }
            ["spin-keys", "revoke", ..] => {
                let team = project("team.yml");
                let (done, shown) = shell(&team, line);
                assert!(done && shown.contains("bob loses the group sudo") && shown.contains("left to do:"), "{shown}");
            }
            ["spin-keys", "rotate", ..] => {
                let (done, _) = shell(&session, "spin-keys add-user alice --no-passphrase --yes");
                let (rotated, shown) = shell(&session, &format!("{line} --no-passphrase"));
                assert!(
                    done && rotated && shown.contains("next:") && session.exists("home/.ssh/id_ed25519.new"),
                    "{shown}"
                );
            }
            ["spin-keys", "man", folder] => {
                assert!(shell(&session, line).0, "{line}");
                let folder = folder.replace('~', "home");
                assert!(session.exists(&format!("{folder}/spin-keys.1")), "{line}");
                assert!(session.exists(&format!("{folder}/spin-keys-add-user.1")), "{line}");
            }
            ["mkdir", "-p", _, "&&", "spin-keys", "completions", shell_name, ">", path] => {
                assert!(shell(&session, line).0, "{line}");
                let script = String::from_utf8(session.read(&path.replace('~', "home"))).unwrap();
                assert_eq!(script, session.run(&["completions", shell_name]).out);
            }
            ["spin-keys", "add-user", "carol", "--key", ..] => {
                let (done, shown) = shell(&session, line);
                assert!(done && shown.contains("carol is a new account"), "{shown}");
            }
            // Both create a key: there is no terminal here for its passphrase.
            ["spin-keys", "add-user", ..] => {
                let (done, shown) = shell(&session, &format!("{line} --no-passphrase"));
                assert!(
                    done && shown.contains("\nwrote .spin.yml") && session.exists("home/.ssh/id_ed25519.pub"),
                    "{shown}"
                );
            }
            ["spin-keys", "add-deploy", ..] => {
                fs::create_dir(session.path("project/.infrastructure")).unwrap();
                let (done, shown) = shell(&session, line);
                let pair = "project/.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY";
                assert!(done && shown.contains("\nwrote .spin.yml") && session.mode(pair) == 0o600, "{shown}");
            }
            _ => panic!("what is `{line}`?"),
        }
        ran.push(line.to_owned());
    }
    assert!(ran.len() >= 5, "{ran:?}");
}
