//! The events of two unrelated readers, held against each other one by one.
//!
//! granit-parser (YAML 1.2) gives the spans, libyaml ([`Libyaml`], of the family that Ansible uses) the tags. Where the
//! two differ in kind, value, style, tag or anchor, nothing can be said of the text. Of plain lines the reader for these
//! gives the spans; where that one and libyaml differ, the text is granit-parser's.

use super::error::Refusal;
use super::libyaml::{Libyaml, Refused, Seen, caught, with_blanks_after_tags, without_blanks};
use super::parse::{Builder, Built};
use super::plain_lines;
use super::syntax_error::{differs, libyaml_refuses, odd_character, only_libyaml_reads, syntax_error};
use super::tight_comments;
use granit_parser::{ErrorKind, Event, Options, Parser, ScanError, Span};
use std::borrow::Cow;
use std::cell::Cell;

/// Parses the first document of `text` into nodes.
///
/// # Errors
/// Text that is not YAML to both readers, or not the same YAML; that nests deeper than 255 levels; that defines an anchor
/// twice.
pub(crate) fn build(text: &str) -> Result<Built<'_>, Refusal> {
    match plain(text) {
        Some(built) => Ok(built),
        None => build_any(text),
    }
}

/// A text of plain lines, if libyaml reads the same. Mostly the first lines say whether it is one.
fn plain(text: &str) -> Option<Built<'_>> {
    let read = || {
        let (mut builder, mut libyaml) = (Builder::of(text), Libyaml::of(text));
        plain_lines::read(text, &mut |event, range| {
            let seen = libyaml.next().ok()?;
            builder.event(event, range, seen, |value| value).ok()
        })?;
        builder.built.nodes.shrink_to_fit();
        matches!(libyaml.next(), Ok(Seen::End)).then_some(builder.built)
    };
    caught(read)?
}

fn build_any(text: &str) -> Result<Built<'_>, Refusal> {
    refuse_handles(text)?;
    let mut comments = Vec::new();
    let mut for_libyaml = Cow::Borrowed(text);
    loop {
        let fault = if comments.is_empty() {
            match pass(text, text, &for_libyaml, |value| value) {
                Ok(built) => return Ok(built),
                Err(fault) => fault,
            }
        } else {
            let view = tight_comments::blanked(text, &comments);
            match pass(text, &view, &for_libyaml, |value| Cow::Owned(value.into_owned())) {
                Ok(built) => return Ok(Built { tight_comments: comments, ..built }),
                Err(fault) => fault,
            }
        };
        match fault {
            Fault::TightComment(refusal) if comments.is_empty() => {
                comments = tight_comments::find(text);
                if comments.is_empty() {
                    return Err(refusal);
                }
            }
            Fault::Panicked(at) if matches!(for_libyaml, Cow::Borrowed(_)) => {
                for_libyaml = with_blanks_after_tags(text);
                if matches!(for_libyaml, Cow::Borrowed(_)) {
                    return Err(libyaml_refuses(text, "it gives up on what stands here or on the next lines", at));
                }
            }
            Fault::Panicked(at) => {
                return Err(libyaml_refuses(text, "it gives up on what stands here or on the next lines", at));
            }
            Fault::TightComment(refusal) | Fault::Refused(refusal) => return Err(refusal),
        }
    }
}

/// How many handles of tags a text may define: libyaml holds each tag against all of them, and Ansible knows five tags.
const MOST_HANDLES: usize = 100;

fn refuse_handles(text: &str) -> Result<(), Refusal> {
    let head = text.lines().take_while(|line| line.is_empty() || line.starts_with(['%', '#', ' ']));
    if head.filter(|line| line.starts_with("%TAG")).count() <= MOST_HANDLES {
        return Ok(());
    }
    let message = format!("the file defines more than {MOST_HANDLES} handles of tags (`%TAG`)");
    Err(Refusal::at(text, 0, message, "remove these lines: Ansible knows only tags such as `!vault`"))
}

/// Why a pass over the text ended.
enum Fault {
    Refused(Refusal),
    /// granit-parser wants a blank before a comment; libyaml does not.
    TightComment(Refusal),
    /// libyaml gave up, at or after this byte.
    Panicked(usize),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Steps both readers through their texts. `keep` makes a value that granit read in `view` one of `text`.
fn pass<'v, 't>(
    text: &'t str,
    view: &'v str,
    for_libyaml: &str,
    keep: impl Fn(Cow<'v, str>) -> Cow<'t, str>,
) -> Result<Built<'t>, Fault> {
    let reached = Cell::new(0);
    caught(|| steps(text, view, for_libyaml, keep, &reached)).unwrap_or_else(|| Err(Fault::Panicked(reached.get())))
}

fn steps<'v, 't>(
    text: &'t str,
    view: &'v str,
    for_libyaml: &str,
    keep: impl Fn(Cow<'v, str>) -> Cow<'t, str>,
    reached: &Cell<usize>,
) -> Result<Built<'t>, Fault> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_anchor_events = true;
    options.block_scalar_eof_without_line_feed = true;
    let mut builder = Builder::of(text);
    let mut libyaml = Libyaml::of(for_libyaml);
    let mut granit = Parser::new_from_str_with_options(view, options);
    while let Some(event) = granit.next() {
        let (event, span) = event.map_err(|error| refused_by_granit(text, &mut libyaml, &error))?;
        let range = span.byte_range().unwrap_or(0..0);
        if builder.built.second.is_some() || matches!(event, Event::StreamStart | Event::StreamEnd) {
            continue;
        }
        if let Event::Anchor(id, name) = event {
            builder.anchor(id, &name, &range)?;
            continue;
        }
        if builder.closed && matches!(event, Event::DocumentStart(..)) {
            builder.built.second = Some(range.start);
            continue;
        }
        reached.set(range.start);
        let seen = libyaml.next().map_err(|refused| refused_by_libyaml(text, &mut granit, &refused, for_libyaml))?;
        builder.event(event, range, seen, &keep)?;
    }
    if builder.built.second.is_none() {
        match libyaml.next() {
            Ok(Seen::End) => {}
            Ok(_) => return Err(differs(text, text.len(), "something follows", "the end of the file").into()),
            Err(refused) => return Err(refused.told(text, for_libyaml).into()),
        }
    }
    builder.built.nodes.shrink_to_fit();
    Ok(builder.built)
}

/// What granit-parser refuses, libyaml may read.
fn refused_by_granit(text: &str, libyaml: &mut Libyaml<'_>, error: &ScanError) -> Fault {
    // libyaml is not asked about nesting, which it takes a square of time for.
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded | ErrorKind::UnknownAnchor) {
        return syntax_error(text, error).into();
    }
    let is_read = caught(|| {
        loop {
            match libyaml.next() {
                Ok(Seen::End) => break true,
                Ok(_) => {}
                Err(_) => break false,
            }
        }
    });
    let words = if is_read == Some(true) { only_libyaml_reads } else { syntax_error };
    match error.kind() {
        ErrorKind::CommentNotSeparated => Fault::TightComment(words(text, error)),
        _ => words(text, error).into(),
    }
}

impl Refused {
    fn told(&self, text: &str, for_libyaml: &str) -> Refusal {
        let at = self.at.map(|at| without_blanks(text, for_libyaml, at));
        libyaml_refuses(text, self.problem, at.or_else(|| odd_character(text)).unwrap_or(0))
    }
}

/// What libyaml refuses, granit-parser mostly refuses too, and in better words.
fn refused_by_libyaml<'v>(
    text: &str,
    granit: &mut impl Iterator<Item = Result<(Event<'v>, Span), ScanError>>,
    refused: &Refused,
    for_libyaml: &str,
) -> Fault {
    match granit.find_map(Result::err) {
        Some(error) => syntax_error(text, &error).into(),
        None => refused.told(text, for_libyaml).into(),
    }
}

#[cfg(test)]
#[path = "lockstep_tests.rs"]
mod tests;
