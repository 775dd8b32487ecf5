//! `docs/review.md`: its workflow runs, and its examples are what `review` says.

use super::review::{changed, committed, git, git_in, spin, user};
use super::vault;
use crate::session::{Ran, fixtures, key};
use std::fs;
use std::process::Command;

/// The commands of the workflow in `docs/review.md`, in their order, and whether each needs the password.
fn workflow() -> Vec<(String, bool)> {
    let page = fs::read_to_string(fixtures().join("../docs/review.md")).unwrap();
    let job = page.split("```yaml\n").nth(1).unwrap().split("\n```").next().unwrap();
    let lines: Vec<&str> = job.lines().map(str::trim_start).collect();
    let mut runs = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if let Some(run) = line.strip_prefix("- run: ").filter(|run| run.starts_with("spin-keys ")) {
            let needs =
                lines.get(index + 1).is_some_and(|next| next.starts_with("if: env.ANSIBLE_VAULT_PASSWORD_FILE"));
            runs.push((run.to_owned(), needs));
        }
    }
    assert!(runs.len() == 2 && runs[1].1 && job.contains("fetch-depth: 0") && job.contains("secrets."), "{job}");
    runs
}

#[test]
fn the_documented_workflow_runs_with_and_without_the_password() {
    let session = committed(&vault::encrypted(spin("")));
    session.write("project/.spin.yml", vault::encrypted(spin(&user("bob", "'sudo'", &[&key("bob")]))));
    git(&session, &["commit", "-q", "-a", "-m", "let bob in"]);
    // As actions/checkout leaves it: the merge of the pull request, detached, with origin's branches.
    let url = format!("file://{}", session.path("project").display());
    git_in(&session, ".", &["clone", "-q", "--no-checkout", &url, "runner"]);
    git_in(&session, "runner", &["checkout", "-q", "--detach", "origin/work"]);
    let binaries = std::path::Path::new(&*crate::session::BINARY).parent().unwrap().display().to_string();
    for (password, code) in [(Some(vault::PASSWORD), Some(1)), (None, Some(0))] {
        let summary = session.write("summary.md", "");
        let mut last = None;
        for (run, needs) in workflow() {
            if needs && password.is_none() {
                continue;
            }
            let mut command: Command = session.tool("sh");
            command.args(["-e", "-c", &run]).current_dir(session.path("runner"));
            command.env("PATH", format!("{binaries}:{}", std::env::var("PATH").unwrap()));
            command.env("GITHUB_STEP_SUMMARY", &summary).env("GITHUB_BASE_REF", "main");
            // The job writes the secret to a file only where there is one.
            if let Some(password) = password {
                command.env("ANSIBLE_VAULT_PASSWORD_FILE", session.write("vault-password", password));
            }
            let ran = Ran::of(command.output().unwrap());
            assert!(!ran.out.contains("never") && ran.code.is_some(), "{ran:#?}");
            last = ran.code;
        }
        let summary = fs::read_to_string(&summary).unwrap();
        match password {
            Some(_) => assert!(summary.contains("SUDO GAINED by 1 account"), "{summary}"),
            None => assert!(
                summary.contains("what the change does to access is unknown") && summary.contains("encrypted"),
                "{summary}"
            ),
        }
        assert_eq!(last, code);
    }
}

/// The page with its examples made anew.
fn with_examples(page: &str) -> String {
    let session = changed(&spin(""), &spin(&user("bob", "'sudo'", &[&key("bob")])));
    let mut page = page.to_owned();
    for (format, fence) in
        [("text", "```text"), ("github", "```text"), ("json", "```json"), ("markdown", "````markdown")]
    {
        let out = session.run(&["review", "--format", format]).expect(0, &[]).out;
        let open = format!("<!-- {format} -->\n{fence}\n");
        let close = fence.trim_end_matches(char::is_alphabetic);
        let (before, rest) = page.split_once(&open).unwrap();
        let after = rest.split_once(&format!("{close}\n")).map(|(_, after)| after).unwrap();
        page = format!("{before}{open}{out}{close}\n{after}");
    }
    page
}

#[test]
fn the_page_shows_real_runs() {
    let path = fixtures().join("../docs/review.md");
    let page = fs::read_to_string(&path).unwrap();
    if std::env::var_os("SPIN_KEYS_WRITE_REVIEWS").is_some() {
        fs::write(&path, with_examples(&page)).unwrap();
    }
    assert!(with_examples(&page) == fs::read_to_string(&path).unwrap(), "{}", with_examples(&page));
}
