//! From the bytes of a file to one checked change of its text: the pure middle of every command that edits.

use crate::check::{self, Warning};
use crate::diff::{Masked, unified};
use crate::error::Error;
use crate::spin::{self, Change, Plan, Request};
use crate::yaml::{self, Document, Edit, NodeId, ProofError, Refusal, Visible};
use std::collections::HashSet;
use std::path::Path;
use zeroize::Zeroizing;

/// What of the file may be seen in a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// All.
    Shown,
    /// All but passwords, tokens and `!vault` values: a plain file, and a log that is for ever.
    Logged,
    /// Nothing but who gets in, with which key: the file is encrypted.
    Sealed,
}

/// A change that was planned, cut and proved, or nothing to do.
#[derive(Debug)]
pub(super) struct Proved {
    /// The whole new file, before it is encrypted.
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Unified diff; empty where there is nothing to do.
    pub(super) diff: String,
    /// Some of its lines are masked.
    pub(super) is_masked: bool,
    pub(super) edits: Vec<Edit>,
    pub(super) changes: Vec<Change>,
    pub(super) notes: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

impl Proved {
    /// No change of this text.
    pub(super) fn nothing(text: &str) -> Self {
        Self {
            bytes: Zeroizing::new(text.as_bytes().to_vec()),
            diff: String::new(),
            is_masked: false,
            edits: Vec::new(),
            changes: Vec::new(),
            notes: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// A file as it was read: one YAML document.
#[derive(Debug)]
pub(super) struct Source<'b> {
    bom: bool,
    /// Without the byte order mark.
    pub(super) text: &'b str,
    /// Its tree.
    pub(super) document: Document<'b>,
}

impl<'b> Source<'b> {
    /// Reads the text of a `.spin.yml`.
    ///
    /// # Errors
    /// Bytes that are not UTF-8, line breaks on which parsers differ, what is not one document.
    pub(super) fn read(path: &Path, bytes: &'b [u8]) -> Result<Self, Error> {
        let (bom, text) = decode(path, bytes)?;
        let document = Document::parse(text).map_err(|refusal| refused(path, &refusal))?;
        Ok(Self { bom, text, document })
    }

    /// Reads it for those who only look: aliases, merged mappings and duplicate keys are read as Ansible does.
    ///
    /// # Errors
    /// Those of [`Source::read`] but for what is named above, and text that Ansible's own parser cannot read.
    pub(super) fn look(path: &Path, bytes: &'b [u8]) -> Result<Self, Error> {
        let (bom, text) = decode(path, bytes)?;
        let document = Document::read(text).map_err(|refusal| refused(path, &refusal))?;
        if document.second_document().is_none() {
            yaml::libyaml_reads(text).map_err(|error| unproved(path, &error))?;
        }
        Ok(Self { bom, text, document })
    }

    /// Has each key that is an inline `!vault` value read as what `unseal` gives for it; tells the lines of those for
    /// which it gives nothing.
    pub(super) fn unseal_keys(&mut self, unseal: impl Fn(&str) -> Option<Zeroizing<Vec<u8>>>) -> Vec<usize> {
        let mut unread = Vec::new();
        for node in spin::sealed_keys(&self.document) {
            let plain = self.document.scalar(node).and_then(&unseal);
            match plain.as_ref().and_then(|plain| std::str::from_utf8(plain).ok()) {
                Some(text) => self.document.read_as(node, Zeroizing::new(text.to_owned())),
                None => unread.push(self.document.place(node).0),
            }
        }
        unread
    }
}

fn decode<'b>(path: &Path, bytes: &'b [u8]) -> Result<(bool, &'b str), Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let (line, column) = yaml::line_column(valid, valid.len());
        Error::new("the file is not UTF-8 text")
            .hint("save it as UTF-8, or name the right file with --file")
            .at(path, line, column)
    })?;
    let (bom, text) = yaml::split_bom(text);
    yaml::check_breaks(text).map_err(|refusal| refused(path, &refusal))?;
    Ok((bom, text))
}

/// Plans `request` for the file, cuts the splices and lets the second parser confirm them.
///
/// # Errors
/// What cannot be planned or proved.
pub(super) fn prove(
    path: &Path,
    diff_name: &str,
    source: Source<'_>,
    request: &Request<'_>,
    secrecy: Secrecy,
) -> Result<Proved, Error> {
    let plan = spin::plan(&source.document, request).map_err(|refusal| refused(path, &refusal))?;
    prove_plan(path, diff_name, source, plan, secrecy)
}

/// [`prove`] for what was planned already.
///
/// # Errors
/// What cannot be cut or proved.
pub(super) fn prove_plan(
    path: &Path,
    diff_name: &str,
    source: Source<'_>,
    plan: Plan,
    secrecy: Secrecy,
) -> Result<Proved, Error> {
    let Source { bom, text: before, document } = source;
    let Plan { edits, changes, notes } = plan;
    let splices = yaml::splices(&document, &edits).map_err(|refusal| refused(path, &refusal))?;
    let masked_before = if edits.is_empty() { None } else { masked(&document, secrecy) };
    // Large files: the tree goes before the proof builds its own two.
    drop(document);
    let after = Zeroizing::new(yaml::apply(before, &splices));
    yaml::prove(before, &after, &splices, &edits).map_err(|error| unproved(path, &error))?;
    let result = Document::parse(&after).map_err(|refusal| refused(path, &refusal))?;
    let warnings = check::warnings(&result);
    let masked_after = masked_before.as_ref().and_then(|_| masked(&result, secrecy));
    drop(result);

    let open = Zeroizing::new(if bom {
        with_mark(diff_name, before, &splices)
    } else {
        unified(diff_name, before, &splices, None)
    });
    let diff = match (&masked_before, &masked_after) {
        (Some(before_masked), Some(after_masked)) => {
            unified(diff_name, before, &splices, Some(Masked { before: before_masked, after: after_masked }))
        }
        _ => String::clone(&open),
    };
    let mark = if bom { "\u{feff}" } else { "" };
    let bytes = Zeroizing::new([mark, &after].concat().into_bytes());
    Ok(Proved { bytes, is_masked: diff != *open, diff, edits, changes, notes, warnings })
}

/// The text as it may be seen; none where all of it may be.
pub(super) fn masked(document: &Document<'_>, secrecy: Secrecy) -> Option<String> {
    let no_mark = |_: &str| String::new();
    match secrecy {
        Secrecy::Shown => None,
        Secrecy::Sealed => Some(yaml::mask(document, &Visible::Only(&spin::visible(document)), &no_mark)),
        Secrecy::Logged => {
            let is_vault = |id: &NodeId| document.node(*id).tag.as_deref() == Some("!vault");
            let sealed = (0..document.nodes().count()).filter(is_vault);
            let hidden: HashSet<_> = spin::secrets(document).into_iter().chain(sealed).collect();
            if hidden.is_empty() { None } else { Some(yaml::mask(document, &Visible::AllBut(&hidden), &no_mark)) }
        }
    }
}

/// The diff of a file with a byte order mark, whose first line has it.
fn with_mark(diff_name: &str, before: &str, splices: &[yaml::Splice]) -> String {
    let width = '\u{feff}'.len_utf8();
    let moved: Vec<_> = splices.iter().map(|splice| yaml::Splice { at: splice.at + width, ..splice.clone() }).collect();
    unified(diff_name, &Zeroizing::new(format!("\u{feff}{before}")), &moved, None)
}

/// A refusal of the pure modules as a message.
pub(super) fn refused(path: &Path, refusal: &Refusal) -> Error {
    let error = Error::new(&refusal.message).hint(&refusal.hint);
    if refusal.line == 0 { error } else { error.at(path, refusal.line, refusal.column) }
}

fn unproved(path: &Path, error: &ProofError) -> Error {
    match error {
        ProofError::Before { message, place } => {
            let hint = if message.contains("repetition limit") {
                "the file refers to itself too often (`*name`): write the values out"
            } else {
                "mend this first: Ansible could not read the file either"
            };
            let (line, column) = place.unwrap_or((1, 1));
            Error::new(error.to_string()).hint(hint).at(path, line, column)
        }
        ProofError::After(_) => Error::new(format!("{}: {error}", path.display()))
            .hint("put the key in by hand: the line is in the public key file")
            .hint("please report this with the lines around the place, secrets taken out"),
    }
}
