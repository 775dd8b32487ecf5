//! `--format`.

use clap::ValueEnum as _;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// The formats of `add-user` and `add-deploy`.
pub const EDITS: &[Format] = &[Format::Text, Format::Json, Format::Markdown];
/// The formats of `list`.
pub const LIST: &[Format] = &[Format::Text, Format::Json, Format::AuthorizedKeys];
/// The formats of `check`.
pub const CHECK: &[Format] = &[Format::Text, Format::Json, Format::Github];
/// The formats of `review`.
pub const REVIEW: &[Format] = &[Format::Text, Format::Markdown, Format::Json, Format::Github];

/// `--format`: each command accepts some of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for people
    Text,
    /// One JSON object, described in docs/schema
    Json,
    /// A comment for a pull request, on GitHub or GitLab
    Markdown,
    /// Annotations for a GitHub workflow
    Github,
    /// The lines with which the account of --for can log in after `spin provision` on a new server
    #[value(name = "authorized_keys")]
    AuthorizedKeys,
}

impl Format {
    #[must_use]
    pub fn is_text(self) -> bool {
        self == Self::Text
    }

    #[must_use]
    pub fn is_json(self) -> bool {
        self == Self::Json
    }

    /// Whether the format describes a proposed change, not one that is made.
    #[must_use]
    pub fn is_proposal(self) -> bool {
        self == Self::Markdown
    }

    /// Whether the format prints the lines of one account.
    #[must_use]
    pub fn is_of_account(self) -> bool {
        self == Self::AuthorizedKeys
    }
}

/// A parser of `--format` for a command that accepts these.
pub fn parser(taken: &'static [Format]) -> impl TypedValueParser<Value = Format> {
    let values: Vec<PossibleValue> = taken.iter().filter_map(Format::to_possible_value).collect();
    PossibleValuesParser::new(values).map(move |name: String| {
        let is_it = |format: &&Format| format.to_possible_value().is_some_and(|value| value.matches(&name, false));
        taken.iter().find(is_it).copied().unwrap_or(taken[0])
    })
}
