//! Completions in a shell: a script asks the program itself, by the environment variable `COMPLETE`.
//!
//! Promises: a run without that variable pays for one look at it. What is offered comes from the command line and from the nearest plain
//! file, which is never decrypted; nothing that steers a terminal is offered, and nothing is ever said on standard error.

mod line;
mod shells;
mod typed;
mod values;

use crate::ui::Ui;
use clap::Command;
use clap_complete::Shell;
use clap_complete::engine::{self, CompletionCandidate};
use clap_complete::env::Shells;
use line::Line;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use typed::Typed;

/// The one that `clap_complete` uses too.
const VARIABLE: &str = "COMPLETE";
const PROGRAM: &str = "spin-keys";

/// `completions`: the script of a shell.
pub fn script(shell: Shell, command: impl Fn() -> Command, ui: &Ui) -> anyhow::Result<u8> {
    ui.data(&registration(shell, &command))?;
    Ok(0)
}

fn registration(shell: Shell, command: &impl Fn() -> Command) -> String {
    match shell {
        Shell::Bash => shells::BASH.to_owned(),
        Shell::Zsh => shells::ZSH.to_owned(),
        Shell::Fish => shells::FISH.to_owned(),
        other => {
            let mut script = Vec::new();
            if let Some(shell) = Shells::builtins().completer(&other.to_string()) {
                let name = command().get_name().to_owned();
                shell.write_registration(VARIABLE, &name, PROGRAM, PROGRAM, &mut script).ok();
            }
            String::from_utf8_lossy(&script).into_owned()
        }
    }
}

/// Answers a shell, by the arguments of the process. `None` in a run that is none of a shell's questions.
#[must_use]
pub fn answer(args: &[OsString], command: impl Fn() -> Command) -> Option<String> {
    let shell = std::env::var_os(VARIABLE)?;
    let shell: Shell = Path::new(&shell).file_name()?.to_str()?.parse().ok()?;
    match args {
        // As in `source <(COMPLETE=bash spin-keys)`.
        [] | [_] => Some(registration(shell, &command)),
        [_, dashes, words @ ..] if dashes == "--" => Some(answered(shell, words, command()).unwrap_or_default()),
        _ => None,
    }
}

fn answered(shell: Shell, words: &[OsString], command: Command) -> Option<String> {
    Some(match (shell, words) {
        (_, []) => return None,
        (Shell::Bash, [typed, replaced]) => {
            let line = Line::of(typed.to_str()?)?;
            let words = line.words.iter().map(OsString::from).collect();
            shells::for_bash(&candidates(words, command), &line, replaced.to_str()?)
        }
        (Shell::Bash, _) => return None,
        (Shell::Fish, [before @ .., word]) => {
            let line = Line::of(word.to_str()?)?;
            let words = before.iter().cloned().chain(line.words.last().map(OsString::from)).collect();
            shells::for_fish(&candidates(words, command))
        }
        (Shell::Zsh, words) => shells::for_zsh(&candidates(words.to_vec(), command)),
        (other, words) => {
            let (mut command, mut text) = (ready(command, words), Vec::new());
            let (shells, here) = (Shells::builtins(), std::env::current_dir().ok());
            let shell = shells.completer(&other.to_string())?;
            shell.write_complete(&mut command, words.to_vec(), here.as_deref(), &mut text).ok()?;
            String::from_utf8(text).ok()?
        }
    })
}

/// The candidates for the last word.
fn candidates(words: Vec<OsString>, command: Command) -> Vec<CompletionCandidate> {
    let is_begun = words.last().is_some_and(|word| !word.is_empty());
    let last = words.len().saturating_sub(1);
    let mut command = ready(command, &words);
    let here = std::env::current_dir().ok();
    let mut found = engine::complete(&mut command, words, last, here.as_deref()).unwrap_or_default();
    // Who has typed nothing yet wants a name before an option.
    let is_option = |found: &CompletionCandidate| found.get_value().to_string_lossy().starts_with('-');
    if !is_begun && found.iter().any(|found| !is_option(found)) {
        found.retain(|found| !is_option(found));
    }
    found
}

/// The command with candidates for its arguments.
fn ready(mut command: Command, words: &[OsString]) -> Command {
    command.build();
    values::with_candidates(command, &Arc::new(Typed::of(words)))
}
