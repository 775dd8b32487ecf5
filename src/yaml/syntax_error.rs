//! What one or both of the readers refuse, in words.

use super::error::Refusal;
use super::libyaml::Seen;
use super::text::{line_at, line_start};
use granit_parser::{ErrorKind, Event, ScanError, StructureStyle};

/// Both refuse the text: the words are those of granit-parser.
pub(crate) fn syntax_error(text: &str, error: &ScanError) -> Refusal {
    let offset = error.marker().byte_offset().unwrap_or(0);
    // Of a character that may be nowhere, granit-parser names the start of what it stands in.
    let odd = matches!(error.kind(), ErrorKind::UnexpectedCharacter { .. }).then(|| odd_character(text)).flatten();
    let offset = odd.unwrap_or(offset);
    let line = line_at(text, line_start(text, offset.min(text.len())));
    let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let (message, hint) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            ("the file nests deeper than 255 levels".to_owned(), "is this the right file?")
        }
        _ if indentation.contains('\t') => {
            ("this line is indented with a tab: YAML allows only spaces".to_owned(), "replace the tab with spaces")
        }
        ErrorKind::UnknownAnchor => (
            "this alias (`*name`) refers to an anchor that the file does not define".to_owned(),
            "define the anchor (`&name`) above, or quote the text if it is meant literally",
        ),
        _ if line.matches(": ").count() + usize::from(line.trim_end().ends_with(':')) > 1 => (
            format!("not valid YAML: {}", error.info()),
            "text that holds `: `, or ends with `:`, needs quotes: put what follows the first `: ` of this line in double \
             quotes",
        ),
        _ => (format!("not valid YAML: {}", error.info()), "fix this line, then run this again"),
    };
    Refusal::at(text, offset, message, hint)
}

/// The first control character that YAML allows nowhere.
pub(crate) fn odd_character(text: &str) -> Option<usize> {
    text.find(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))
}

const SIMPLER: &str =
    "write this place in a simpler way (values in double quotes, one thing a line), then run this again";

/// YAML to libyaml alone: granit-parser says why.
pub(crate) fn only_libyaml_reads(text: &str, error: &ScanError) -> Refusal {
    let offset = error.marker().byte_offset().unwrap_or(0);
    let message = format!(
        "two readers of YAML disagree here, so nothing can be said of this file: Ansible's takes it, the other does not ({})",
        error.info()
    );
    Refusal::at(text, offset, message, SIMPLER)
}

/// YAML to granit-parser alone.
pub(crate) fn libyaml_refuses(text: &str, problem: &str, at: usize) -> Refusal {
    if text[at.min(text.len())..].starts_with('\t') {
        let message = "there is a tab here, where libyaml, which Ansible uses, allows only spaces";
        return Refusal::at(text, at, message, "replace the tab with spaces");
    }
    let message = format!("libyaml, which Ansible uses, cannot read this file: {problem}");
    Refusal::at(text, at.min(text.len()), message, "fix the file first: Ansible cannot read it either")
}

/// YAML to both, but not the same.
pub(crate) fn differs(text: &str, at: usize, libyaml: &str, granit: &str) -> Refusal {
    let message = format!(
        "two readers of YAML disagree here, so nothing can be said of this file: Ansible's reads {libyaml}, the other {granit}"
    );
    Refusal::at(text, at.min(text.len()), message, SIMPLER)
}

/// An event of granit-parser, for messages.
pub(crate) fn word(event: &Event<'_>) -> &'static str {
    match event {
        Event::Scalar(..) => "a value",
        Event::Alias(_) => "an alias",
        Event::SequenceStart(StructureStyle::Flow, ..) => "a list in brackets",
        Event::SequenceStart(..) => "a list",
        Event::MappingStart(StructureStyle::Flow, ..) => "a mapping in braces",
        Event::MappingStart(..) => "a mapping",
        Event::SequenceEnd => "the end of a list",
        Event::MappingEnd => "the end of a mapping",
        Event::DocumentStart(..) => "the start of a document",
        _ => "the end of the document",
    }
}

impl Seen {
    /// An event of libyaml, for messages.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Scalar { .. } => "a value",
            Self::Alias(_) => "an alias",
            Self::Start { is_mapping: false, flow: true, .. } => "a list in brackets",
            Self::Start { is_mapping: false, .. } => "a list",
            Self::Start { is_mapping: true, flow: true, .. } => "a mapping in braces",
            Self::Start { .. } => "a mapping",
            Self::SequenceEnd => "the end of a list",
            Self::MappingEnd => "the end of a mapping",
            Self::DocumentStart => "the start of a document",
            Self::DocumentEnd | Self::End => "the end of the document",
        }
    }
}
