//! Reads the arguments of one command without building the others, which takes longer than all else that comes before its
//! work.

use super::{Cli, Command};
use clap::{Args, FromArgMatches as _};
use std::ffi::OsString;

/// What [`Cli`] reads, where the first argument is a command and clap has nothing to say. Errors and help are left to the
/// whole command line, which knows its neighbours.
#[must_use]
pub fn parse(args: &[OsString]) -> Option<Cli> {
    let args = args.get(1..)?;
    match args.first()?.to_str()? {
        "add-user" => only(args, Command::AddUser),
        "add-deploy" => only(args, Command::AddDeploy),
        "revoke" => only(args, Command::Revoke),
        "rotate" => only(args, Command::Rotate),
        "list" => only(args, Command::List),
        "check" => only(args, Command::Check),
        "review" => only(args, Command::Review),
        "show" => only(args, Command::Show),
        _ => None,
    }
}

/// The command as if it were a program: its name, its arguments, the options of all.
fn only<A: Args>(args: &[OsString], wrap: fn(A) -> Command) -> Option<Cli> {
    let command = super::Output::augment_args(A::augment_args(clap::Command::new("spin-keys")));
    let matches = command.try_get_matches_from(args).ok()?;
    let output = super::Output::from_arg_matches(&matches).ok()?;
    Some(Cli { command: wrap(A::from_arg_matches(&matches).ok()?), output })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[test]
    fn what_is_read_is_what_the_whole_command_line_reads() {
        let words = |line: &str| -> Vec<OsString> { line.split(' ').map(OsString::from).collect() };
        for line in [
            "spin-keys add-user alice --key a.pub --dry-run -f .spin.yml -q",
            "spin-keys add-user -- alice",
            "spin-keys add-user --expires 2027-01-31 alice --color=never",
            "spin-keys add-deploy --generate k --verbose",
            "spin-keys revoke alice --format json",
            "spin-keys rotate alice --status",
            "spin-keys list --format authorized_keys -f x",
            "spin-keys check --fail-on never",
            "spin-keys check --fix -y",
            "spin-keys review HEAD~1 --format markdown",
            "spin-keys show .spin.yml",
        ] {
            let whole = Cli::try_parse_from(words(line)).map(|cli| format!("{cli:?}"));
            assert_eq!(parse(&words(line)).map(|cli| format!("{cli:?}")), Some(whole.unwrap()), "{line}");
        }
        for line in [
            "spin-keys",
            "spin-keys -q list",
            "spin-keys lst",
            "spin-keys help list",
            "spin-keys list -h",
            "spin-keys list --help",
            "spin-keys list --version",
            "spin-keys list -q -v",
            "spin-keys add-user",
            "spin-keys check --no-such-option",
            "spin-keys man",
        ] {
            assert!(parse(&words(line)).is_none(), "{line}");
        }
    }

    /// 300,000 lines were tried when this was written.
    #[test]
    fn random_lines_are_read_alike_or_not_at_all() {
        const NAMES: &str = "add-user add-deploy revoke rotate list check review show";
        const WORDS: &str = "alice -f x.yml --key a.pub -y --dry-run --format json text -q -v --color never --color=always -- - \
            --finish --status --groups sudo,docker --fail-on HEAD~1 --fix --expires 2027-01-01 --rounds 100 --generate -h help -qv";
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % below
        };
        let (names, words): (Vec<_>, Vec<_>) = (NAMES.split(' ').collect(), WORDS.split_whitespace().collect());
        let mut read = 0;
        for _ in 0..2000 {
            let mut line: Vec<OsString> = vec!["spin-keys".into(), names[next(names.len())].into()];
            line.extend((0..next(6)).map(|_| OsString::from(words[next(words.len())])));
            let whole = Cli::try_parse_from(&line).ok().map(|cli| format!("{cli:?}"));
            assert_eq!(parse(&line).map(|cli| format!("{cli:?}")), whole, "{line:?}");
            read += usize::from(whole.is_some());
        }
        assert!(read > 200, "{read} of 2000 were read");
    }
}
