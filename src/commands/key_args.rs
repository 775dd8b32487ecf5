//! Arguments for a key to add: its source, and how it is written.

use crate::error::Error;
use crate::key::LastDay;
use crate::key_source::{KeySource, NewKeyOptions};
use crate::spin::Field;
use clap::{Args, ValueEnum as _};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "Key")]
pub struct KeyArgs {
    /// Use this public or private key file, or stdin (-)
    #[arg(long, value_name = "PATH", conflicts_with_all = ["generate", "rounds", "passphrase_file", "no_passphrase"])]
    pub key: Option<PathBuf>,
    /// Create an ed25519 pair at PATH; never overwrites a file
    #[arg(long, value_name = "PATH")]
    pub generate: Option<PathBuf>,
    /// Set the comment of the key
    /// [default: the key's own; for a new key, user and host, or deploy]
    #[arg(long, value_name = "TEXT", hide_short_help = true)]
    pub comment: Option<String>,
    /// Set the bcrypt rounds for the passphrase of a new key
    #[arg(long, value_name = "N", hide_short_help = true, default_value_t = crate::key::DEFAULT_ROUNDS,
        value_parser = clap::value_parser!(u32).range(i64::from(crate::key::MIN_ROUNDS)..=i64::from(crate::key::MAX_ROUNDS)))]
    pub rounds: u32,
    /// Read the passphrase of a new key from line 1 of PATH
    #[arg(long, value_name = "PATH", hide_short_help = true, conflicts_with = "no_passphrase")]
    pub passphrase_file: Option<PathBuf>,
    /// Create a new key without a passphrase
    #[arg(long)]
    pub no_passphrase: bool,
    /// Let the key log in until DATE: 2027-01-31, or 90d
    ///
    /// DATE is the last day on which the key can log in. sshd enforces it, in the time zone of the server.
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
    /// Choose the field for a first key
    /// [default: the one that Spin reads]
    #[arg(long, value_enum, value_name = "FIELD", hide_short_help = true)]
    pub field: Option<Field>,
}

impl KeyArgs {
    pub(super) fn source(&self) -> KeySource {
        match (&self.key, &self.generate) {
            (Some(path), _) => KeySource::Path(path.clone()),
            (None, Some(path)) => KeySource::Generate(path.clone()),
            (None, None) => KeySource::Default,
        }
    }

    /// No key is named.
    pub(super) fn is_default(&self) -> bool {
        self.key.is_none() && self.generate.is_none()
    }

    /// `now` in seconds since 1970.
    pub(super) fn options(&self, now: u64) -> Result<NewKeyOptions, Error> {
        let expires = self.expires.as_ref().map(|text| {
            let refused = |why| Error::new(format!("--expires {text}: {why}"));
            LastDay::parse(text, now).map_err(|why| {
                refused(why).hint("write the last day of the key as 2027-01-31, or as days from today: 90d")
            })
        });
        Ok(NewKeyOptions {
            comment: self.comment.clone(),
            expires: expires.transpose()?,
            rounds: self.rounds,
            passphrase_file: self.passphrase_file.clone(),
            no_passphrase: self.no_passphrase,
        })
    }

    /// The arguments on the command line that say how the key is written.
    pub(super) fn words(&self, expires: Option<LastDay>) -> Vec<String> {
        let field = self.field.and_then(|field| field.to_possible_value()).map(|field| field.get_name().to_owned());
        let valued = [("--field", field), ("--expires", expires.map(|day| day.to_string()))];
        valued.into_iter().filter_map(|(option, value)| Some([option.to_owned(), value?])).flatten().collect()
    }
}
