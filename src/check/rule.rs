//! The rules of `check`: codes, texts and sources.
//!
//! Codes are stable: the code of a removed rule is never reused. `docs/findings.md` is generated from the rules.

use serde::Serialize;

/// How bad a finding is. A note is worth knowing. A warning is a risk, or something that Spin silently ignores. An
/// error means that Spin fails, that somebody is locked out, or that the risk is too large. As a value of an option:
/// this severity and above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// All findings
    Note,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
}

impl Severity {
    /// The word in options and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `SK` and three digits.
    pub code: &'static str,
    /// Words joined by hyphens.
    pub name: &'static str,
    pub severity: Severity,
    /// Names the fault, without a place or a final full stop.
    pub title: &'static str,
    /// What Spin will do: one sentence without a final full stop.
    pub effect: &'static str,
    /// What to do: one sentence that starts with a verb, without a final full stop.
    pub help: &'static str,
    /// `check --fix` can fix it.
    pub fixable: bool,
    /// Where the behavior is defined: a file and line of the collection `serversideup.spin` v2.3.4, of OpenSSH or of
    /// Ansible.
    pub source: &'static str,
    /// Why it happens, and how to decide what to do.
    pub why: &'static str,
}

/// Defines the statics of a family and the list of them.
macro_rules! rules {
    ($list:ident: $($name:ident = $code:literal $word:literal $severity:ident $(+ $fix:ident)?, {
        title: $title:expr, effect: $effect:expr, help: $help:expr, source: $source:expr, why: $why:expr $(,)?
    })+) => {
        $(
            #[doc = $title]
            pub(crate) static $name: Rule = Rule {
                code: $code,
                name: $word,
                severity: Severity::$severity,
                title: $title,
                effect: $effect,
                help: $help,
                fixable: $crate::check::rule::rules!(@fix $($fix)?),
                source: $source,
                why: $why,
            };
        )+
        pub(crate) static $list: &[&Rule] = &[$(&$name),+];
    };
    (@fix) => { false };
    (@fix fix) => { true };
}

pub(crate) use rules;
