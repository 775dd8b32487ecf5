//! Turns a plan into one proved change of a text, with its effect on access. Pure.

use crate::check::finding::Finding;
use crate::diff::{Masked, unified};
use crate::key::KeyLine;
use crate::review::Review;
use crate::review::edit::Seen;
use crate::review::row::Row;
use crate::spin::NEW_KEY;
use crate::spin::config::written_keys::unseal_keys;
use crate::spin::plan::request::Plan;
use crate::spin::redact::{Redaction, redacted};
use crate::yaml::{self, Document, Edit, ProofError, Refusal, Splice};
use std::path::Path;
use zeroize::Zeroizing;

/// A text to be changed.
pub struct Source<'b> {
    /// The file's name in the diff.
    pub name: &'b str,
    pub has_bom: bool,
    /// Without the byte order mark.
    pub text: &'b str,
    /// The tree, read in the strict mode.
    pub document: Document<'b>,
}

/// The edits to make: of the text, then of what they leave, and so on.
#[derive(Debug, Default)]
pub struct Steps {
    pub rounds: Vec<Vec<Edit>>,
    /// Notes for the user.
    pub notes: Vec<String>,
}

impl From<Plan> for Steps {
    fn from(plan: Plan) -> Self {
        let rounds = if plan.edits.is_empty() { Vec::new() } else { vec![plan.edits] };
        Self { rounds, notes: plan.notes }
    }
}

/// The options for making a patch.
pub struct How<'h> {
    pub redaction: Redaction,
    /// The time, in seconds since 1970.
    pub now: u64,
    /// Decrypts an inline `!vault` value, if there is a password for it.
    pub unseal: &'h dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>,
    /// The requested key, and its account (`None` for deploy).
    pub asked: Option<(Option<&'h str>, &'h KeyLine)>,
    /// The key does not exist yet: its fingerprint is not shown.
    pub not_yet_there: Option<&'h KeyLine>,
}

/// A planned, spliced and proved change, or nothing to do.
#[derive(Debug)]
pub struct Patch {
    /// The whole new file, before encryption.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Unified diff; empty if there is nothing to do.
    pub diff: String,
    /// Some of its lines are masked.
    pub is_masked: bool,
    pub rounds: Vec<Vec<Edit>>,
    pub notes: Vec<String>,
    /// What the change does to access.
    pub review: Review,
    /// Errors that lock somebody out and were in the file before: the first of each rule.
    pub warnings: Vec<Finding>,
    /// If there is nothing to do: why the requested key, which is in the file, does not work.
    pub without_effect: Vec<Row>,
    /// If there is nothing to do: the options that the requested key has in the file.
    pub options: Option<String>,
}

/// A change that cannot be spliced (`Refused`), or that the proof does not confirm (`Unproved`).
pub enum Unpatched {
    Refused(Refusal),
    Unproved(ProofError),
}

impl From<Refusal> for Unpatched {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ProofError> for Unpatched {
    fn from(error: ProofError) -> Self {
        Self::Unproved(error)
    }
}

impl Patch {
    /// Makes the splices of a plan, proves them, and compares access before and after.
    ///
    /// # Errors
    /// The plan cannot be spliced or proved.
    pub fn of(source: Source<'_>, steps: Steps, how: &How<'_>) -> Result<Self, Unpatched> {
        let Source { name, has_bom, text: before, document } = source;
        let Steps { rounds, notes } = steps;
        let (first, later) =
            rounds.split_first().map_or((&[][..], &[][..]), |(first, later)| (first.as_slice(), later));
        let mut splices = yaml::splices(&document, first)?;
        let mut after = Zeroizing::new(yaml::apply(before, &splices));
        if !later.is_empty() {
            (after, splices) = in_a_row(&document, &rounds)?;
        }
        let mut result = match later {
            [] => yaml::prove(&document, &after, &splices, first)?,
            _ => yaml::prove_all(&document, &after, &splices)?,
        };
        unseal_keys(&mut result, how.unseal);
        let masks = if rounds.is_empty() {
            None
        } else {
            redacted(&document, how.redaction).zip(redacted(&result, how.redaction))
        };
        // A tree with aliases, merge keys or duplicate keys is taken as Ansible reads it.
        let (read_before, read_after) = (resolved(&document, how), resolved(&result, how));
        let (was, is) = (read_before.as_ref().unwrap_or(&document), read_after.as_ref().unwrap_or(&result));
        let seen = match rounds.is_empty() {
            true => Seen::unchanged(is, how.asked, how.now),
            false => Seen::of_change(was, is, how.now),
        };
        drop((read_before, read_after, document, result));
        let open = Zeroizing::new(if has_bom {
            with_mark(name, before, &splices)
        } else {
            unified(name, before, &splices, None)
        });
        let diff = match &masks {
            Some((before_masked, after_masked)) => {
                unified(name, before, &splices, Some(Masked { before: before_masked, after: after_masked }))
            }
            None => String::clone(&open),
        };
        let bytes = Zeroizing::new(match has_bom {
            true => ["\u{feff}", &after].concat().into_bytes(),
            false => std::mem::take(&mut *after).into_bytes(),
        });
        let Seen { mut review, warnings, without_effect, options } = seen;
        let is_masked = diff != *open;
        let diff = match how.not_yet_there {
            Some(key) => preview(&diff, key),
            None => diff,
        };
        if let Some(key) = how.not_yet_there {
            review.forget_fingerprint(&key.fingerprint());
        }
        Ok(Self { bytes, is_masked, diff, rounds, notes, review, warnings, without_effect, options })
    }

    /// Why there is nothing to change. `asks_options`: the requested key has options.
    #[must_use]
    pub fn nothing(&self, path: &Path, asks_options: bool) -> String {
        let path = path.display();
        if !self.without_effect.is_empty() {
            let why = "on a new server nobody can log in with it, and no edit of keys helps";
            return format!("{path}: the key is already in the file, but {why}");
        }
        let options = self.options.as_deref().filter(|_| !asks_options);
        let with = options.map(|options| format!(", with options that stay: {options}")).unwrap_or_default();
        format!("nothing to do: the key is already in {path}{with}")
    }

    #[must_use]
    pub fn is_change(&self) -> bool {
        !self.rounds.is_empty()
    }
}

/// The text after rounds of edits, each proved on the text of the one before, and the splices of all.
fn in_a_row(document: &Document<'_>, rounds: &[Vec<Edit>]) -> Result<(Zeroizing<String>, Vec<Splice>), Unpatched> {
    let Some((edits, later)) = rounds.split_first() else {
        return Ok((Zeroizing::new(document.text.to_owned()), Vec::new()));
    };
    let splices = yaml::splices(document, edits)?;
    let text = Zeroizing::new(yaml::apply(document.text, &splices));
    let (after, more) = in_a_row(&yaml::prove(document, &text, &splices, edits)?, later)?;
    Ok((after, yaml::compose(document.text, &splices, &more)))
}

fn resolved<'t>(document: &Document<'t>, how: &How<'_>) -> Option<Document<'t>> {
    if !document.differs_as_read() {
        return None;
    }
    let mut read = document.as_read();
    unseal_keys(&mut read, how.unseal);
    Some(read)
}

/// The diff with a placeholder for a key that does not exist yet.
fn preview(diff: &str, key: &KeyLine) -> String {
    let line = key.to_line();
    let data: Vec<&str> = line.split(' ').take(2).collect();
    let Some(start) = diff.find(&data.join(" ")) else { return diff.to_owned() };
    // After options, the last of which ends with a quote: as it is written in double quotes, or in single ones.
    let quote = match &diff[..start] {
        before if before.ends_with("\\\" ") => '"',
        before if before.ends_with("\" ") => '\'',
        before => before.chars().next_back().unwrap_or('"'),
    };
    let mut end = start;
    let mut is_escaped = false;
    for (at, c) in diff[start..].char_indices() {
        end = start + at;
        match c {
            '\n' => break,
            c if c == quote && !is_escaped => break,
            c => is_escaped = quote == '"' && c == '\\' && !is_escaped,
        }
    }
    format!("{}{NEW_KEY}{}", &diff[..start], &diff[end..])
}

/// The diff of a file with a byte order mark, which is in its first line.
fn with_mark(name: &str, before: &str, splices: &[Splice]) -> String {
    let width = '\u{feff}'.len_utf8();
    let moved: Vec<_> = splices.iter().map(|splice| Splice { at: splice.at + width, ..splice.clone() }).collect();
    unified(name, &Zeroizing::new(format!("\u{feff}{before}")), &moved, None)
}
