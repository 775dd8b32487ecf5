//! What arguments take, by the names of their values, and the candidates for each.

use super::typed::Typed;
use crate::check;
use crate::escape::escape;
use crate::input::known::{Known, KnownKey};
use clap::builder::PossibleValue;
use clap::{Arg, Command};
use clap_complete::ArgValueCompleter;
use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter as _, complete_possible_values};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

/// What an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// The name of a person.
    Name,
    /// A person or the deploy account.
    Account,
    /// A key by its fingerprint, its comment or its file.
    Key,
    NameOrKey,
    /// Groups, separated by commas.
    Groups,
    Code,
    Path,
    Folder,
    Date,
}

/// By the name of the value; `None` for text of its own and for the values that clap itself knows.
fn takes(arg: &Arg) -> Option<Takes> {
    let name = arg.get_value_names().and_then(|names| names.first()).map(|name| name.as_str());
    Some(match name? {
        "NAME" if arg.get_long() == Some("for") => Takes::Account,
        "NAME" => Takes::Name,
        "KEY" => Takes::Key,
        "NAME|KEY" => Takes::NameOrKey,
        "A,B" => Takes::Groups,
        "CODE" => Takes::Code,
        "PATH" | "OLD" => Takes::Path,
        "DIR" => Takes::Folder,
        "DATE" => Takes::Date,
        _ => return None,
    })
}

/// The command with candidates for its arguments and those of the commands below it.
pub(super) fn with_candidates(command: Command, typed: &Arc<Typed>) -> Command {
    let command = command.mut_args(|arg| {
        let (takes, typed) = (takes(&arg), Arc::clone(typed));
        // What clap knows of a list comes again behind each comma.
        let known: Vec<PossibleValue> =
            arg.get_value_delimiter().map(|_| arg.get_possible_values()).unwrap_or_default();
        if takes.is_none() && known.is_empty() {
            return arg;
        }
        arg.add(ArgValueCompleter::new(move |begun: &OsStr| {
            let mut found = match takes {
                Some(takes) => candidates(takes, begun, typed.file.as_deref()),
                None => complete_possible_values(begun, known.clone()),
            };
            let listed = typed.listed();
            found.retain(|found| {
                found.get_value().to_str().is_some_and(|value| is_harmless(value) && !listed.contains(&value))
            });
            found
        }))
    });
    command.mut_subcommands(|command| with_candidates(command, typed))
}

fn candidates(takes: Takes, begun: &OsStr, file: Option<&Path>) -> Vec<CompletionCandidate> {
    let Some(begun) = begun.to_str() else { return Vec::new() };
    let is_path = begun.contains('/') || begun.starts_with(['~', '.']);
    let known = || Known::of(file);
    let found = match takes {
        Takes::Path => return paths(&PathCompleter::any(), begun),
        Takes::Folder => return paths(&PathCompleter::dir(), begun),
        Takes::Key | Takes::NameOrKey if is_path => return paths(&PathCompleter::any(), begun),
        Takes::Name => names(known().people),
        Takes::Account => {
            let known = known();
            names(known.people.into_iter().chain(known.deploy).collect())
        }
        Takes::Key => keys(&[], &known().keys, begun),
        Takes::NameOrKey => {
            let known = known();
            keys(&known.people, &known.keys, begun)
        }
        Takes::Groups => return groups(known().groups, begun),
        Takes::Code => check::all().map(|rule| candidate(rule.code, rule.title)).collect(),
        Takes::Date => [("90d", "90 days from today"), ("365d", "a year from today")]
            .map(|(date, help)| candidate(date, help))
            .into(),
    };
    // What begins like an option would be taken for one.
    let fits = |value: &OsStr| value.to_str().is_some_and(|value| value.starts_with(begun) && !value.starts_with('-'));
    found.into_iter().filter(|found| fits(found.get_value())).collect()
}

fn candidate(value: &str, help: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(escape(help).into_owned().into()))
}

fn names(names: Vec<String>) -> Vec<CompletionCandidate> {
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// Names and fingerprints; comments where nothing else begins like that, or each key would come twice.
fn keys(people: &[String], keys: &[KnownKey], begun: &str) -> Vec<CompletionCandidate> {
    let about = |key: &KnownKey| format!("{}: {}", key.of, key.comment);
    let named = people.iter().map(|name| candidate(name, "with all their keys"));
    let shown = named.chain(keys.iter().map(|key| candidate(&key.fingerprint, &about(key))));
    let shown: Vec<_> = shown.filter(|found| found.get_value().to_string_lossy().starts_with(begun)).collect();
    if !shown.is_empty() || begun.is_empty() {
        return shown;
    }
    let with_comment = keys.iter().filter(|key| !key.comment.is_empty());
    with_comment.map(|key| candidate(&key.comment, &format!("{}: {}", key.of, key.fingerprint))).collect()
}

/// Groups behind the last comma, without those before it.
fn groups(groups: Vec<String>, begun: &str) -> Vec<CompletionCandidate> {
    let (before, last) = begun.rsplit_once(',').map_or(("", begun), |(before, last)| (before, last));
    let prefix = &begun[..begun.len() - last.len()];
    let is_new = |group: &String| group.starts_with(last) && !before.split(',').any(|taken| taken == group.as_str());
    groups.into_iter().filter(is_new).map(|group| CompletionCandidate::new(format!("{prefix}{group}"))).collect()
}

/// The name of a file or user may hold what steers a terminal, or a line break.
fn is_harmless(value: &str) -> bool {
    escape(value) == value
}

/// Files and folders, but for the folder itself.
fn paths(completer: &PathCompleter, begun: &str) -> Vec<CompletionCandidate> {
    let found = completer.complete(OsStr::new(begun));
    found.into_iter().filter(|found| found.get_value() != ".").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    fn walk(command: &Command, look: &mut dyn FnMut(&Command, &Arg)) {
        command.get_arguments().for_each(|arg| look(command, arg));
        command.get_subcommands().for_each(|command| walk(command, look));
    }

    /// A new argument cannot be forgotten.
    #[test]
    fn each_argument_has_candidates_or_is_known_to_have_none() {
        let mut command = Cli::command();
        command.build();
        let mut without = Vec::new();
        walk(&command, &mut |command, arg| {
            let has_values = !arg.get_possible_values().is_empty() || !arg.get_action().takes_values();
            if takes(arg).is_none() && !has_values {
                without.push(format!("{} {}", command.get_name(), arg.get_id()));
            }
        });
        without.retain(|name| !name.starts_with("help "));
        without.sort();
        without.dedup();
        let texts = [
            "add-deploy comment",
            "add-deploy rounds",
            "add-user comment",
            "add-user full_name",
            "add-user rounds",
            "check warn_days",
            "review base",
            "review head",
            "rotate comment",
            "rotate rounds",
        ];
        assert_eq!(without, texts);
    }

    #[test]
    fn groups_are_offered_behind_a_comma_and_once() {
        let offered = |begun: &str| -> Vec<String> {
            let all = ["sudo", "docker", "www-data"].map(str::to_owned);
            let found = groups(all.into(), begun);
            found.iter().map(|found| found.get_value().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(offered(""), ["sudo", "docker", "www-data"]);
        assert_eq!(offered("sudo,"), ["sudo,docker", "sudo,www-data"]);
        assert_eq!(offered("sudo,w"), ["sudo,www-data"]);
        assert_eq!(offered("x"), [""; 0]);
    }

    #[test]
    fn comments_are_offered_where_nothing_else_begins_like_that() {
        let key = |fingerprint: &str, comment: &str| KnownKey {
            fingerprint: fingerprint.to_owned(),
            comment: comment.to_owned(),
            of: "alice".to_owned(),
        };
        let all = [key("SHA256:a", "alice@laptop"), key("SHA256:b", "")];
        let offered = |begun: &str| -> Vec<String> {
            let found = keys(&["alice".to_owned()], &all, begun);
            found.iter().map(|found| found.get_value().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(offered(""), ["alice", "SHA256:a", "SHA256:b"]);
        assert_eq!(offered("al"), ["alice"]);
        assert_eq!(offered("SHA"), ["SHA256:a", "SHA256:b"]);
        assert_eq!(offered("alice@"), ["alice@laptop"]);
    }
}
