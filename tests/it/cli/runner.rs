//! An imitation of GitHub's runner, as far as `docs/workflow.yml` needs one. What it does not know fails the test.

use super::review::git_in;
use super::workflow::address;
use crate::session::{BINARY, Ran, Session, fixtures};
use serde_yaml::Value;
use std::collections::BTreeMap;
use std::fs;

/// Who opened the pull request.
pub(super) const AUTHOR: &str = "mallory";
const CHECKOUT: &str = "actions/checkout@";

/// What started the workflow, on the branch `work` of the project, which is to be merged into `main`.
#[derive(Clone, Copy)]
pub(super) struct Event<'e> {
    pub(super) action: &'e str,
    pub(super) label: &'e str,
    pub(super) sender: &'e str,
    /// The secret; a fork has none.
    pub(super) password: &'e str,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) is_green: bool,
    pub(super) log: String,
    pub(super) summary: String,
}

pub(super) fn page(name: &str) -> String {
    fs::read_to_string(fixtures().join("../docs").join(name)).unwrap()
}

/// Stands for cargo: gives the program under test, or `STAND_IN`; refuses to build where a folder above could steer it, and where the password is at hand already.
pub(super) fn cargo(session: &Session) {
    let script = format!(
        "#!/bin/sh\n[ \"$*\" = 'install --locked --path .' ] && grep -q spin-keys Cargo.toml || exit 64\n\
         here=$PWD\nwhile [ -n \"$here\" ]; do\n  [ ! -e \"$here/.cargo/config.toml\" ] || exit 65\n  here=${{here%/*}}\ndone\n\
         [ -z \"$VAULT_PASSWORD\" ] && [ ! -e \"$RUNNER_TEMP/vault-password\" ] || exit 66\n\
         ln -s \"${{STAND_IN:-{}}}\" \"$HOME/.cargo/bin/spin-keys\"\n",
        *BINARY
    );
    session.executable("home/.cargo/bin/cargo", script);
}

impl Event<'_> {
    /// The value of an entry of `env`: text, or one `${{ name }}`.
    fn value(&self, text: &str) -> String {
        let Some(name) = text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) else {
            assert!(!text.contains("${{"), "{text}");
            return text.to_owned();
        };
        match name {
            "github.event.action" => self.action,
            "github.event.label.name" => self.label,
            "github.event.sender.login" => self.sender,
            "github.event.pull_request.user.login" => AUTHOR,
            "secrets.SPIN_VAULT_PASSWORD" => self.password,
            other => panic!("the runner of the tests does not know {other}"),
        }
        .to_owned()
    }
}

/// The keys of a mapping, all of which the imitation has to know.
#[track_caller]
fn only(mapping: &Value, known: &[&str]) {
    for key in mapping.as_mapping().unwrap().keys() {
        assert!(known.contains(&key.as_str().unwrap()), "the runner of the tests does not know {key:?}");
    }
}

/// Runs the workflow from its first step to the first that fails.
pub(super) fn run(session: &Session, event: &Event<'_>) -> Job {
    let workflow: Value = serde_yaml::from_str(&page("workflow.yml")).unwrap();
    only(&workflow, &["name", "on", "permissions", "concurrency", "jobs"]);
    let starts = &workflow["on"]["pull_request"];
    only(starts, &["branches", "types"]);
    let has = |list: &str, name: &str| starts[list].as_sequence().unwrap().iter().any(|entry| entry == name);
    assert!(has("branches", "main") && has("types", event.action), "{} starts nothing", event.action);
    let job = &workflow["jobs"]["access"];
    only(job, &["name", "runs-on", "timeout-minutes", "permissions", "steps"]);

    for folder in ["work", "temp", "home/.cargo"] {
        fs::remove_dir_all(session.path(folder)).ok();
    }
    for (name, text) in [("work/.keep", ""), ("temp/env", ""), ("temp/summary", "")] {
        session.write(name, text);
    }
    cargo(session);
    let mut log = String::new();
    let mut is_green = true;
    for step in job["steps"].as_sequence().unwrap() {
        only(step, &["name", "uses", "with", "run", "env", "working-directory"]);
        if let Some(action) = step["uses"].as_str() {
            checkout(session, action, &step["with"]);
            continue;
        }
        let ran = script(session, event, step);
        log.push_str(&format!("{}{}", ran.out, ran.err));
        if ran.code != Some(0) {
            is_green = false;
            break;
        }
    }
    Job { is_green, log, summary: String::from_utf8(session.read("temp/summary")).unwrap() }
}

/// The project's own repository is a folder with its name in it; the other is the pull request, detached, with origin's
/// branches.
fn checkout(session: &Session, action: &str, with: &Value) {
    assert!(action.strip_prefix(CHECKOUT).is_some_and(|hash| hash.len() == 40), "{action}");
    only(with, &["repository", "ref", "path", "fetch-depth", "persist-credentials"]);
    assert_eq!(with["persist-credentials"], false, "the branch would find the token");
    let path = format!("work/{}", with["path"].as_str().unwrap());
    if with["repository"].is_string() {
        assert!(with["repository"] == address().as_str() && with["ref"] == "COMMIT", "{with:?}");
        session.write(&format!("{path}/Cargo.toml"), "[package]\nname = \"spin-keys\"\n");
        return;
    }
    assert!(with["ref"].is_null() && with["fetch-depth"] == 0, "{with:?}");
    let url = format!("file://{}", session.path("project").display());
    git_in(session, ".", &["clone", "-q", "--no-checkout", &url, &path]);
    git_in(session, &path, &["checkout", "-q", "--detach", "origin/work"]);
}

fn script(session: &Session, event: &Event<'_>, step: &Value) -> Ran {
    let script = step["run"].as_str().unwrap();
    assert!(!script.contains("${{"), "what an event brings would become a part of the script: {script}");
    let folder = step["working-directory"].as_str().unwrap_or(".");
    let mut env: BTreeMap<String, String> = BTreeMap::new();
    for line in String::from_utf8(session.read("temp/env")).unwrap().lines() {
        let (name, value) = line.split_once('=').unwrap();
        env.insert(name.to_owned(), value.to_owned());
    }
    if let Some(own) = step["env"].as_mapping() {
        for (name, value) in own {
            env.insert(name.as_str().unwrap().to_owned(), event.value(value.as_str().unwrap()));
        }
    }
    let file = session.write("temp/step.sh", script);
    let path = format!("{}:{}", session.path("home/.cargo/bin").display(), std::env::var("PATH").unwrap());
    // A runner has no terminal.
    let mut command = session.tool("setsid");
    command.args(["--wait", "bash", "-e"]).arg(file).current_dir(session.path("work").join(folder));
    command.envs(env).env("PATH", path).env("CI", "true").env("GITHUB_ACTIONS", "true");
    command.env("GITHUB_BASE_REF", "main").env("RUNNER_TEMP", session.path("temp"));
    command.env("GITHUB_ENV", session.path("temp/env")).env("GITHUB_STEP_SUMMARY", session.path("temp/summary"));
    Ran::of(command.output().unwrap())
}
