//! From the bytes of a file to one checked change of its text: the pure middle of every command that edits.

use crate::error::Error;
use crate::spin::{self, Change, Plan, Request, Warning};
use crate::yaml::{self, Document, Edit, ProofError, Refusal};
use std::path::Path;

/// First bytes of a file that Ansible Vault encrypted.
const VAULT_HEADER: &[u8] = b"$ANSIBLE_VAULT";

/// A change that was planned, cut and proved, or nothing to do.
#[derive(Debug)]
pub(super) struct Proved {
    /// The whole new file.
    pub(super) bytes: Vec<u8>,
    /// Unified diff; empty where there is nothing to do.
    pub(super) diff: String,
    pub(super) edits: Vec<Edit>,
    pub(super) changes: Vec<Change>,
    pub(super) notes: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

/// A file as it was read: one YAML document.
#[derive(Debug)]
pub(super) struct Source<'b> {
    bom: bool,
    text: &'b str,
    /// Its tree.
    pub(super) document: Document<'b>,
}

impl<'b> Source<'b> {
    /// Reads the text of a `.spin.yml`.
    ///
    /// # Errors
    /// An encrypted file, bytes that are not UTF-8, line breaks on which parsers differ, what is not one document.
    pub(super) fn read(path: &Path, bytes: &'b [u8]) -> Result<Self, Error> {
        let (bom, text) = decode(path, bytes)?;
        let document = Document::parse(text).map_err(|refusal| refused(path, &refusal))?;
        Ok(Self { bom, text, document })
    }
}

fn decode<'b>(path: &Path, bytes: &'b [u8]) -> Result<(bool, &'b str), Error> {
    if bytes.starts_with(VAULT_HEADER) {
        return Err(Error::new(format!(
            "{} is encrypted with Ansible Vault, which this version cannot edit",
            path.display()
        ))
        .hint("spin vault decrypt .spin.yml, run this again, then spin vault encrypt .spin.yml"));
    }
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
pub(super) fn prove(path: &Path, diff_name: &str, source: Source<'_>, request: &Request<'_>) -> Result<Proved, Error> {
    let Source { bom, text: before, document } = source;
    let Plan { edits, changes, notes } = spin::plan(&document, request).map_err(|refusal| refused(path, &refusal))?;
    let splices = yaml::splices(&document, &edits).map_err(|refusal| refused(path, &refusal))?;
    // Large files: the tree goes before the proof builds its own two.
    drop(document);
    let after = yaml::apply(before, &splices);
    yaml::prove(before, &after, &splices, &edits).map_err(|error| unproved(path, &error))?;
    let warnings =
        Document::parse(&after).map(|document| spin::warnings(&document)).map_err(|refusal| refused(path, &refusal))?;
    let mark = if bom { "\u{feff}" } else { "" };
    let diff =
        if bom { with_mark(diff_name, before, &splices) } else { crate::diff::unified(diff_name, before, &splices, None) };
    Ok(Proved { bytes: [mark, &after].concat().into_bytes(), diff, edits, changes, notes, warnings })
}

/// The diff of a file with a byte order mark, whose first line has it.
fn with_mark(diff_name: &str, before: &str, splices: &[yaml::Splice]) -> String {
    let width = '\u{feff}'.len_utf8();
    let moved: Vec<_> = splices.iter().map(|splice| yaml::Splice { at: splice.at + width, ..splice.clone() }).collect();
    crate::diff::unified(diff_name, &format!("\u{feff}{before}"), &moved, None)
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
