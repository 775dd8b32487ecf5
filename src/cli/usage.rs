//! Usage errors, help texts, and keys on the command line.

use super::Cli;
use crate::error::Error;
use crate::escape::{escape, without_commands};
use crate::key::KeyLine;
use crate::report::json;
use crate::shell;
use crate::spin::is_secret_text;
use crate::ui::{Color, Ui, Verbosity, in_ci};
use base64ct::{Base64Unpadded, Encoding as _};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};
use std::ffi::{OsStr, OsString};

/// How much of a key in DER says what it is: a multiple of what base64 takes together.
const START: usize = 16;
/// Names of commands that people try, and what does it.
const OTHER_NAMES: [(&[&str], &str); 12] = [
    (
        &["remove", "rm", "delete", "del", "remove-user", "delete-user", "remove-key", "offboard", "unset"],
        "did you mean `spin-keys revoke`?",
    ),
    (&["ls", "users", "who", "keys", "access"], "did you mean `spin-keys list`?"),
    (
        &["cat", "view", "print", "decrypt"],
        "to read the file, its secrets masked: `spin-keys show`; all of it: `ansible-vault view .spin.yml`",
    ),
    (
        &["add", "user", "add-key", "invite", "onboard"],
        "a person: `spin-keys add-user NAME`; CI: `spin-keys add-deploy`",
    ),
    (&["deploy"], "did you mean `spin-keys add-deploy`?"),
    (
        &["generate", "keygen", "ssh-keygen", "new", "create"],
        "`spin-keys add-user NAME` creates a key pair if there is none; `--generate PATH` another one",
    ),
    (&["init"], "`spin init` creates the .spin.yml; then: `spin-keys add-user NAME`"),
    (&["encrypt"], "to encrypt the file: `ansible-vault encrypt .spin.yml`; spin-keys goes on working with it"),
    (&["edit"], "to edit the file: your editor; if it is encrypted: `ansible-vault edit .spin.yml`"),
    (
        &["whoami"],
        "your keys: `ssh-add -l` or `ssh-keygen -l -f ~/.ssh/id_ed25519.pub`; whose they are: `spin-keys list`",
    ),
    (&["lint", "validate", "verify", "fix"], "did you mean `spin-keys check`?"),
    (&["diff", "compare"], "did you mean `spin-keys review`?"),
];
/// Shorter base64 is no key.
const MIN_KEY: usize = 40;

/// Prints the message and returns the exit code. A closed pipe is not an error.
///
/// clap quotes arguments unescaped. They may be untrusted (from a script, or a name from a wildcard), so if they
/// contain terminal control characters, the message is made again from their escaped form.
#[must_use]
pub fn print(error: clap::Error, args: &[OsString]) -> u8 {
    let error = suggested(error);
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    let escaped = || args.iter().map(|arg| escape(&arg.to_string_lossy()).into_owned());
    let is_harmless = args.iter().all(|arg| is_harmless(arg));
    let again = if is_harmless { None } else { Cli::try_parse_from(escaped()).err().map(suggested) };
    if code == 2 && wants_json(args) {
        let error = in_parts(again.as_ref().unwrap_or(&error));
        // If standard output fails, the message below goes to standard error.
        Ui::new(Color::Never, Verbosity::Quiet).data(&json::error(&error)).ok();
    }
    match (again, is_harmless) {
        (Some(again), _) => print_one(&again),
        (None, true) => print_one(&error),
        // Escaped, they are valid (they were not UTF-8 before): print the first message in one line.
        (None, false) => eprint_escaped(&error),
    }
    code
}

/// Whether arguments that may be wrong ask for JSON.
#[must_use]
pub fn wants_json(args: &[OsString]) -> bool {
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let options = &args[..end];
    options.iter().any(|arg| arg == "--format=json")
        || options.windows(2).any(|two| two[0] == "--format" && two[1] == "json")
}

/// A message of clap without the usage, its tips as hints.
fn in_parts(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let message: Vec<&str> = message.lines().map(str::trim).collect();
    let tips = rest.lines().filter_map(|line| line.trim_start().strip_prefix("tip: "));
    let error = tips.fold(Error::new(message.join(" ")), Error::hint);
    error.hint("for more information, try '--help'")
}

/// Names the command that does what people look for under another name, and the option for a file that was named without it.
fn suggested(mut error: clap::Error) -> clap::Error {
    if let Some(tip) = option_for(&error) {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
        return error;
    }
    if let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand)
        && let Some((_, tip)) = OTHER_NAMES.iter().find(|(names, _)| names.contains(&name.as_str()))
    {
        let tip = ContextValue::StyledStrs(vec![(*tip).into()]);
        error.remove(ContextKind::SuggestedSubcommand);
        error.insert(ContextKind::Suggested, tip);
    }
    error
}

/// What to write in place of one argument too many: a path, where the command has `--file`, or a name after `list`.
fn option_for(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return None };
    if error.kind() != ErrorKind::UnknownArgument || word.starts_with('-') {
        return None;
    }
    let is_path = word.ends_with(".yml") || word.ends_with(".yaml") || word.contains('/');
    let usage = error.get(ContextKind::Usage)?.to_string();
    let command = usage.split(' ').skip_while(|word| *word != "spin-keys").nth(1)?;
    let command = Cli::command().find_subcommand(command)?.clone();
    let has_file = command.get_arguments().any(|arg| arg.get_long() == Some("file"));
    let quoted = shell::word(word);
    match is_path {
        true => has_file.then(|| format!("to name the file: --file {quoted}")),
        false => (command.get_name() == "list")
            .then(|| format!("the keys of one account: spin-keys list --format authorized_keys --for {quoted}")),
    }
}

/// Help goes to standard output, and holds nothing untrusted.
#[expect(clippy::print_stderr, reason = "there is no Ui yet, because its options could not be parsed")]
fn print_one(error: &clap::Error) {
    if error.use_stderr() && in_ci() {
        eprint!("{}", without_commands(&error.render().to_string(), false));
    } else {
        // A closed stream is not an error.
        drop(error.print());
    }
}

fn is_harmless(arg: &OsStr) -> bool {
    arg.to_str().is_some_and(|arg| escape(arg) == arg)
}

#[expect(clippy::print_stderr, reason = "there is no Ui yet, because its options could not be parsed")]
fn eprint_escaped(error: &clap::Error) {
    eprintln!("{}", without_commands(&escape(&error.render().to_string()), false));
}

/// Refuses a command line with a key on it, also one that a shell split at its spaces. Whatever came next would print it:
/// messages, diffs, questions.
///
/// # Errors
/// An argument is a private key, the hash of a password, or a public key.
pub fn refuse_keys(args: &[OsString]) -> Result<(), Error> {
    let args: Vec<_> = args.iter().skip(1).map(|arg| arg.to_string_lossy()).collect();
    if is_secret_text(&args.join(" ")) || args.iter().any(|arg| is_bare_private_key(value(arg))) {
        return Err(Error::new(
            "an argument is a private key or the hash of a password, where none belongs (it is not printed here)",
        )
        .hint("what was on a command line is known to other processes and in the history of the shell: replace it")
        .hint("name the file of a key instead: --key PATH"));
    }
    let is_public = |text: &str| KeyLine::parse(text).is_ok();
    let pairs = || args.windows(2).map(|two| format!("{} {}", value(&two[0]), two[1]));
    if args.iter().any(|arg| is_public(value(arg))) || pairs().any(|pair| is_public(&pair)) {
        let error = Error::new("an argument is a public key itself, where a name or the path of a file belongs");
        if args.iter().any(|arg| arg == "revoke") {
            return Err(error
                .hint("name it by its fingerprint or its comment (spin-keys list shows both)")
                .hint("or write it to a file that ends in .pub, and name that"));
        }
        return Err(error
            .hint("write the key to a file and name that: --key PATH")
            .hint("or pass it on standard input: --key -"));
    }
    Ok(())
}

/// Without the name of the option in front (`--key=...`, `-f...`).
fn value(arg: &str) -> &str {
    match (arg.strip_prefix("--"), arg.strip_prefix("-f")) {
        (Some(option), _) => option.split_once('=').map_or(arg, |(_, value)| value),
        (None, Some(value)) => value.strip_prefix('=').unwrap_or(value),
        (None, None) => arg,
    }
}

/// The text of a private key in PEM without its first line: base64 of a SEQUENCE whose first element is the INTEGER 0 or 1
/// (PKCS#1, PKCS#8, SEC1). Those of public keys and certificates are others.
fn is_bare_private_key(text: &str) -> bool {
    let mut start = [0; START / 4 * 3];
    let text = text.trim_start();
    let is_long = text.len() >= MIN_KEY && text.is_char_boundary(START);
    if !is_long || Base64Unpadded::decode(&text[..START], &mut start).is_err() {
        return false;
    }
    // The length takes one byte, or says itself how many follow.
    let (0x30, [length, first @ ..]) = (start[0], &start[1..]) else { return false };
    let first = first.get(usize::from(length & 0x7f) * usize::from(length >> 7)..).unwrap_or_default();
    first.starts_with(&[2, 1, 0]) || first.starts_with(&[2, 1, 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base64_of_private_keys_is_told_from_that_of_others() {
        let long = |start: &str| format!("{start}{}", "A".repeat(MIN_KEY));
        for start in
            ["MC4CAQAwBQYDK2VwBCIE", "MHcCAQEEIBkg", "MIGkAgEBBDBr", "MIGHAgEAMBMG", "MIIEpAIBAAKC", "MIIEvQIBADAN"]
        {
            assert!(is_bare_private_key(&long(start)), "{start}");
            assert!(!is_bare_private_key(start), "{start}");
        }
        for start in
            ["MIIBIjANBgkqhkiG", "MIIDazCCAlOgAwIB", "MIIBCgKCAQEA", "AAAAC3NzaC1lZDI1NTE5", "keys/ägyptenäääääää"]
        {
            assert!(!is_bare_private_key(&long(start)), "{start}");
        }
    }
}
