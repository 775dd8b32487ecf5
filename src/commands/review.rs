//! `review`: what a change of the file does to access, from two revisions or two files.

mod github;
mod json;
mod markdown;
mod row;
mod side;
mod text;

use super::check::now;
use super::file::spin_file;
use crate::cli::{self, ReviewFailOn, ReviewFormat};
use crate::error::Error;
use crate::review::{self, AccountDelta, Delta};
use crate::ui::Ui;
use crate::yaml::{self, Document, Refusal};
use row::Row;
use side::{Content, Side};
use std::path::PathBuf;

/// What is reported.
pub(super) struct Report {
    /// The file, from the root of its repository.
    file: PathBuf,
    /// What the sides are, in words.
    base: String,
    head: String,
    /// Both sides are encrypted, or one.
    encrypted: (bool, bool),
    /// The text differs, or what stands for it where it cannot be told.
    is_changed: bool,
    /// The text is the same, and the bytes are not.
    is_sealed_anew: bool,
    /// What the change does; in words why that cannot be told.
    delta: Result<Delta, String>,
    /// What else is to be known.
    notes: Vec<String>,
}

/// `review`
pub(super) fn review(args: &cli::Review, ui: &Ui) -> anyhow::Result<u8> {
    let (file, base, head) = side::sides(args, || spin_file(args.file.file.as_deref()), ui)?;
    let report = Report::of(file, &base, &head)?;
    for note in &report.notes {
        ui.note(note);
    }
    match args.format {
        ReviewFormat::Text => text::print(&report, ui)?,
        ReviewFormat::Markdown => ui.data(&markdown::comment(&report))?,
        ReviewFormat::Json => ui.data(&json::text(&report)?)?,
        ReviewFormat::Github => ui.data(&github::annotations(&report))?,
    }
    match &report.delta {
        Ok(delta) => Ok(u8::from(args.fail_on.iter().any(|what| meets(delta, *what)))),
        Err(_) if args.fail_on.is_empty() || !report.is_changed => Ok(0),
        Err(reason) => Err(Error::new(format!("--fail-on cannot be told: {reason}"))
            .hint("pass the vault password, or leave --fail-on away where there is none")
            .into()),
    }
}

/// The comment for a change that is proposed and not made.
///
/// # Errors
/// The file is not UTF-8 text.
pub(super) fn proposal(file: &str, before: &[u8], after: &[u8], is_encrypted: bool) -> Result<String, Error> {
    let (base, head) = (Side::proposed("now", before, is_encrypted), Side::proposed("proposed", after, is_encrypted));
    Ok(markdown::comment(&Report::of(PathBuf::from(file), &base, &head)?))
}

impl Report {
    fn of(file: PathBuf, base: &Side, head: &Side) -> Result<Self, Error> {
        let mut notes = head.notes.clone();
        let delta = match (&base.content, &head.content) {
            (Content::Closed(reason), _) => Err(format!("{}: {reason}; {}", base.name, seen(base, head))),
            (_, Content::Closed(reason)) => Err(format!("{}: {reason}; {}", head.name, seen(base, head))),
            (Content::Missing, Content::Missing) => {
                return Err(Error::new(format!("{} is neither in {} nor in {}", file.display(), base.name, head.name))
                    .hint("name the file with --file, or two revisions that have it"));
            }
            (before, after) => compared(before, after),
        };
        if let Content::Missing = base.content {
            notes.push(format!("{} does not have the file yet", base.name));
        }
        if let Content::Missing = head.content {
            notes.push(format!("{} does not have the file any more", head.name));
        }
        Ok(Self {
            file,
            base: base.name.clone(),
            head: head.name.clone(),
            encrypted: (base.is_encrypted, head.is_encrypted),
            is_changed: base.digest != head.digest,
            is_sealed_anew: base.digest == head.digest && base.raw != head.raw,
            delta,
            notes,
        })
    }

    /// What changes, a row each.
    fn rows(&self) -> Vec<Row<'_>> {
        self.delta.as_ref().map(row::rows).unwrap_or_default()
    }

    /// One line that says it all.
    fn verdict(&self) -> String {
        match &self.delta {
            Err(_) if self.is_changed => {
                "the file changed, and what that does to access cannot be told here".to_owned()
            }
            Err(_) => "the file did not change".to_owned(),
            Ok(_) if self.is_sealed_anew => {
                "the text did not change: it was only encrypted anew, or decrypted".to_owned()
            }
            Ok(delta) => row::verdict(delta, self.is_changed),
        }
    }
}

/// What can be seen of a change without its text.
fn seen(base: &Side, head: &Side) -> String {
    let how = |side: &Side| if side.is_encrypted { "encrypted" } else { "plain text" };
    format!("seen without it: {}, {} bytes before; {}, {} bytes after", how(base), base.size, how(head), head.size)
}

/// The change between two texts.
fn compared(before: &Content, after: &Content) -> Result<Delta, String> {
    let (before, after) = (before.text(), after.text());
    let before = read(before).map_err(|why| format!("the file before the change cannot be read: {why}"))?;
    let after = read(after).map_err(|why| format!("the file after the change cannot be read: {why}"))?;
    Ok(review::delta(before.as_ref(), after.as_ref(), now()))
}

/// The text as YAML, by the same measure as in `list` and `check`.
fn read(text: Option<&str>) -> Result<Option<Document<'_>>, String> {
    let Some((_, text)) = text.map(yaml::split_bom) else { return Ok(None) };
    let refused = |refusal: Refusal| format!("{}:{}: {}", refusal.line, refusal.column, refusal.message);
    yaml::check_breaks(text).map_err(refused)?;
    let document = Document::read(text).map_err(refused)?;
    if document.second_document().is_none() {
        yaml::libyaml_reads(text).map_err(|error| error.to_string())?;
    }
    Ok(Some(document))
}

fn meets(delta: &Delta, what: ReviewFailOn) -> bool {
    let mut accounts = delta.accounts.iter();
    // A template or an address may let in anybody: what cannot be told is not taken for harmless.
    let may_be = !delta.untold.is_empty();
    match what {
        ReviewFailOn::Gained => may_be || accounts.any(AccountDelta::gains),
        ReviewFailOn::GainedSudo => may_be || accounts.any(AccountDelta::gains_sudo),
        ReviewFailOn::Deploy => may_be || accounts.any(|account| account.is_deploy && account.gains()),
        ReviewFailOn::Lost => accounts.any(AccountDelta::loses),
        ReviewFailOn::Findings => !delta.findings.is_empty(),
    }
}
