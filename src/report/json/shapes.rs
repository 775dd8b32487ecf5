//! The objects that all commands share: a key, a place, a finding.

use crate::check::finding::Finding;
use crate::escape::escape_json;
use crate::key::{self, Described};
use crate::report::room::Room;
use serde::Serialize;
use std::path::Path;

/// The version of all objects. Within a version fields may be added, but not removed or changed in meaning.
pub(super) const VERSION: u32 = 1;

/// An SSH key; all fields are null if no key can be read.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Key {
    /// `ed25519`, `rsa`, `ecdsa`, `ed25519-sk`, `ecdsa-sk`, `dsa`, or the algorithm's own name.
    r#type: Option<String>,
    bits: Option<u32>,
    /// `SHA256:...`
    fingerprint: Option<String>,
    comment: Option<String>,
    /// The options before the key, as in authorized_keys.
    options: Option<String>,
}

impl Key {
    pub(super) fn of(key: Option<&Described>) -> Self {
        let Some(key) = key else { return Self::default() };
        Self {
            r#type: Some(key.kind.clone()),
            bits: key.bits,
            fingerprint: key.fingerprint.clone(),
            comment: Some(key.comment.clone()),
            options: key.options.clone(),
        }
    }
}

/// A line with a key. Other text under `public_key` may be a private key or a password.
pub(super) fn shown_line(line: &str) -> Option<String> {
    (!key::materials(line).is_empty()).then(|| line.to_owned())
}

/// A place in a file.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Place {
    path: String,
    /// From 1, in the plain text if the file is encrypted; null for the whole file.
    line: Option<usize>,
    /// In characters, from 1; null for the whole line or file.
    column: Option<usize>,
}

impl Place {
    pub(super) fn new(path: &Path, line: usize, column: usize) -> Self {
        let known = |number: usize| Some(number).filter(|number| *number > 0);
        Self { path: path.display().to_string(), line: known(line), column: known(column) }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct JsonFinding {
    /// `SK` and three digits.
    code: &'static str,
    name: &'static str,
    severity: crate::check::rule::Severity,
    place: Place,
    /// The account whose entry it is in.
    account: Option<String>,
    key: Option<Key>,
    message: String,
    /// What Spin will do.
    effect: &'static str,
    /// What to do.
    help: String,
    /// `check --fix` can fix it.
    fixable: bool,
}

impl JsonFinding {
    /// A finding in the file of the report, unless it names another file.
    pub(super) fn of(finding: &Finding, file: &Path) -> Self {
        let path = finding.path.as_deref().unwrap_or(file);
        Self {
            code: finding.rule.code,
            name: finding.rule.name,
            severity: finding.severity,
            place: Place::new(path, finding.line, finding.column),
            account: finding.account.clone(),
            key: finding.key.as_ref().map(|key| Key::of(Some(key))),
            message: finding.message.clone(),
            effect: finding.rule.effect,
            help: finding.help().to_owned(),
            fixable: finding.is_fixable(),
        }
    }
}

/// `{"version": 1, "files": [...]}`
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Files<T> {
    version: u32,
    files: Vec<T>,
}

/// The one JSON object of a run, with a line break.
pub(super) fn text<T: Serialize>(file: T) -> String {
    pretty(&Files { version: VERSION, files: vec![file] })
}

/// Indented, with a line break. It cannot fail, because all keys are strings.
pub(super) fn pretty(value: &impl Serialize) -> String {
    escape_json(serde_json::to_string_pretty(value).unwrap_or_default()) + "\n"
}

/// What indentation adds to an object.
const INDENTED: usize = 300;

/// Items as long as there is room; those without are only counted.
pub(super) fn listed<T, J: Serialize>(room: &mut Room, items: &[T], make: impl Fn(&T) -> J) -> Vec<J> {
    let mut out = Vec::new();
    for item in items {
        if room.is_open() {
            let made = make(item);
            let mut counter = Counter(0);
            // A counter takes everything.
            let _ = serde_json::to_writer(&mut counter, &made);
            room.spend(counter.0 + INDENTED);
            out.push(made);
        }
    }
    out
}

struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
