//! Which rule describes what is wrong with the text of a key.

use super::outcome::RuleCode;
use crate::key::{self, KeyError, KeyLine, ModuleResult};

/// The rule for a refusal of [`KeyLine::parse`].
pub(crate) fn rule_of(error: &KeyError) -> RuleCode {
    match error {
        KeyError::PrivateKeyText | KeyError::PrivateInPublic | KeyError::PrivateFormat { .. } => "SK401",
        KeyError::Empty | KeyError::NoKeyData { .. } => "SK402",
        KeyError::Placeholder { .. } => "SK403",
        KeyError::NotBase64 { .. }
        | KeyError::Cut
        | KeyError::Trailing { .. }
        | KeyError::Malformed { .. }
        | KeyError::InvalidPoint
        | KeyError::OffCurve
        | KeyError::RsaTooLong { .. } => "SK404",
        KeyError::AlgorithmMismatch { .. } => "SK405",
        KeyError::Dsa => "SK406",
        KeyError::WeakPoint | KeyError::OtherPoint | KeyError::WeakExponent { .. } => "SK407",
        KeyError::RsaTooShort { .. } => "SK408",
        KeyError::UnknownAlgorithm { .. } | KeyError::Certificate { .. } => "SK411",
        KeyError::Rfc4716 | KeyError::PemPublicKey | KeyError::PemOther { .. } => "SK412",
        KeyError::Wrapped => "SK414",
        KeyError::Hidden { .. } => "SK415",
        KeyError::UnterminatedQuote
        | KeyError::UnknownOption { .. }
        | KeyError::OptionValue { .. }
        | KeyError::FromNothing { .. }
        | KeyError::LonePrincipals { .. }
        | KeyError::RepeatedOption { .. } => "SK416",
        KeyError::GluedKeys => "SK422",
        KeyError::Jinja { .. } => "SK423",
        KeyError::TooLong { .. } => "SK426",
        _ => "SK410",
    }
}

/// What is wrong with a text as a whole, before its lines are checked: it is not a key, it is empty, or it is one
/// broken key.
pub(crate) fn error_of_text(text: &str) -> Option<KeyError> {
    if let Err(
        error @ (KeyError::PrivateKeyText
        | KeyError::Url
        | KeyError::Html
        | KeyError::Rfc4716
        | KeyError::PemPublicKey
        | KeyError::PemOther { .. }),
    ) = key::refuse_foreign(text)
    {
        return Some(error);
    }
    let lines: Vec<&str> = key::key_lines(text).map(|(_, line)| line).collect();
    match lines.as_slice() {
        [] => Some(KeyError::Empty),
        [first, next, ..] if key::is_broken_between(first, next) => Some(KeyError::Wrapped),
        _ => None,
    }
}

/// The rule for an invalid line. It depends on Ansible's module: a line that the module accepts does not end the run,
/// whatever is wrong with the options.
pub(crate) fn rule_of_line(line: &str, error: &KeyError) -> RuleCode {
    match rule_of(error) {
        "SK410" if matches!(key::ansible_writes(line), ModuleResult::Lines(lines) if !lines.is_empty()) => "SK416",
        rule => rule,
    }
}

/// The rule for a text that Ansible's module refuses at this line (from 1).
pub(super) fn refusal(text: &str, line: usize) -> RuleCode {
    if let Some(error) = error_of_text(text) {
        return rule_of(&error);
    }
    let refused = text.lines().nth(line - 1).unwrap_or(text);
    KeyLine::parse(refused).err().map_or("SK410", |error| rule_of(&error))
}
