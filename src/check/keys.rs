//! The texts of keys: what sshd and Ansible make of each line.

use super::rule::Rule;
use super::rules::keys as rule;
use super::{Checker, Scope};
use crate::key::{self, Given, KeyError, KeyLine, Login};
use crate::spin::config::ansible_value::{is_template, is_whole_template};
use crate::spin::config::{Entry, KeyText, State};
use crate::yaml::{Edit, Kind, New, NodeId, Path, Quote, ScalarStyle, Step};
use std::ops::Range;

/// Seconds of a day.
const DAY: u64 = 86_400;

impl Checker<'_, '_, '_> {
    /// SK4, for each item of a list that stands at `list`.
    pub(super) fn key_texts(&mut self, entries: &[Entry<'_>], list: &Path, who: &str) {
        if self.context.scope == Scope::Layout {
            return;
        }
        for entry in entries {
            let text = match entry.text {
                KeyText::Text(text) => text,
                KeyText::Unknown => {
                    let written = self.document.scalar(entry.text_node).unwrap_or_default();
                    if is_template(written) {
                        let written = written.to_owned();
                        self.template(entry.text_node, &written, &format!("a key of {who}"));
                    }
                    continue;
                }
                KeyText::Missing if entry.is_mapping && self.document.entry(entry.item, "public_key").is_some() => "",
                KeyText::Other if entry.is_mapping => {
                    self.add(&rule::NOT_A_KEY, entry.text_node, format!("{who}: a key is a text, and this is none"));
                    continue;
                }
                KeyText::Missing | KeyText::Other => continue,
            };
            self.key_lines(entry.text_node, text, who, entry.state == State::Absent);
            self.comment_cut(entry, list, who);
        }
    }

    /// The lines of a key text, wherever it stands.
    pub(super) fn key_lines(&mut self, node: NodeId, text: &str, who: &str, is_absent: bool) {
        let whole = self.span(node);
        if matches!(key::given(text), Given::Url | Given::File) {
            self.add_at(&rule::URL, whole, format!("{who}: this is an address, not a key"));
            return;
        }
        if let Err(
            error @ (KeyError::PrivateKeyText
            | KeyError::Url
            | KeyError::Html
            | KeyError::Rfc4716
            | KeyError::PemPublicKey
            | KeyError::PemOther { .. }),
        ) = KeyLine::parse(text)
        {
            return self.key_error(whole, &error, who);
        }
        let lines: Vec<(usize, &str)> = key::key_lines(text).collect();
        match lines.as_slice() {
            [] => return self.key_error(whole, &KeyError::Empty, who),
            [(_, first), (_, next), ..] if key::is_broken_between(first, next) => {
                return self.key_error(whole, &KeyError::Wrapped, who);
            }
            [_] => {}
            [..] => {
                let many = lines.len();
                self.add_at(&rule::SEVERAL_KEYS, whole.clone(), format!("{who}: one item holds {many} keys"));
            }
        }
        for (number, line) in lines {
            let at = self.line_span(node, number, whole.clone());
            match KeyLine::parse(line) {
                Err(error @ KeyError::Hidden { .. }) if is_installed(line) => {
                    self.add_at(&rule::HIDDEN_COMMENT, at, format!("{who}: {error}"));
                }
                Err(error) => self.key_error(at, &error, who),
                Ok(key) => self.sound_key(at, &key, is_absent, who),
            }
        }
    }

    fn key_error(&mut self, at: Range<usize>, error: &KeyError, who: &str) {
        let found = rule_of(error);
        let added = self.add_at(found, at, format!("{who}: {error}"));
        let added = if found.code == rule::PRIVATE_KEY.code { added.unseen() } else { added };
        // Whoever pasted a private key needs more than the right file.
        if let Some(hint) = error.hint().filter(|_| found.code != rule::PRIVATE_KEY.code) {
            added.help(hint);
        }
    }

    fn sound_key(&mut self, at: Range<usize>, key: &KeyLine, is_absent: bool, who: &str) {
        if let Some(bits) = key.rsa_bits().filter(|bits| *bits < key::ADVISED_RSA_BITS) {
            self.add_at(&rule::RSA_SMALL, at.clone(), format!("{who}: this RSA key has {bits} bits"));
        }
        if key.signs_certificates() {
            self.add_at(
                &rule::CERT_AUTHORITY,
                at.clone(),
                format!("{who}: this key signs certificates (cert-authority)"),
            );
        }
        let Some(end) = key.expires().filter(|_| !is_absent) else { return };
        let now = self.context.now;
        if end < now {
            self.add_at(
                &rule::EXPIRED,
                at,
                format!("{who}: the `expiry-time` of this key passed {} ago", days((now - end) / DAY)),
            );
        } else if end - now <= u64::from(self.context.warn_days) * DAY {
            self.add_at(
                &rule::EXPIRES,
                at,
                format!("{who}: the `expiry-time` of this key is {} away", days((end - now) / DAY)),
            );
        }
    }

    /// A template where a name or key should stand.
    pub(super) fn template(&mut self, node: NodeId, text: &str, what: &str) {
        let rule = if is_whole_template(text) { &rule::TEMPLATE } else { &rule::BROKEN_TEMPLATE };
        self.add(rule, node, format!("{what} holds a template of Jinja"));
    }

    /// What follows a key without quotes behind ` #`.
    fn comment_cut(&mut self, entry: &Entry<'_>, list: &Path, who: &str) {
        let document = self.document;
        let node = document.node(entry.text_node);
        let KeyText::Text(text) = entry.text else { return };
        let is_plain = matches!(node.kind, Kind::Scalar { style: ScalarStyle::Plain, .. });
        let rest = document.text[node.end..].split('\n').next().unwrap_or_default();
        let behind = rest.trim_start_matches([' ', '\t']);
        if !is_plain || !behind.starts_with('#') || super::suppress::is_suppression(behind) {
            return;
        }
        let at = node.end + (rest.len() - behind.len());
        let mut path = list.clone();
        path.push(Step::Index(entry.index));
        if entry.is_mapping {
            path.push(Step::Key("public_key".to_owned()));
        }
        let with = New::Text { value: text.to_owned(), quote: Quote::Double };
        self.add_at(&rule::COMMENT_CUT, at..at + 1, format!("{who}: ` #` cuts this key line, which has no quotes"))
            .fix(vec![Edit::Replace { path, with }]);
    }

    /// The line of a key that a colon made a mapping of.
    pub(super) fn key_read_as_mapping(&self, entry: &Entry<'_>) -> Option<String> {
        let document = self.document;
        let [(key, value)] = document.entries(entry.item) else { return None };
        let (key_node, value_node) = (document.node(*key), document.node(*value));
        document.scalar(*value)?;
        if key::materials(document.scalar(*key)?).is_empty()
            || !matches!(key_node.kind, Kind::Scalar { style: ScalarStyle::Plain, .. })
        {
            return None;
        }
        let end = if value_node.start < value_node.end {
            value_node.end
        } else {
            key_node.end + document.text[key_node.end..].find(':')? + 1
        };
        let line = document.text.get(key_node.start..end)?;
        (!line.contains('\n')).then(|| line.to_owned())
    }

    pub(super) fn colon(&mut self, entry: &Entry<'_>, fix: Vec<Edit>) {
        let Some((key, _)) = self.document.entries(entry.item).first().copied() else { return };
        self.add(&rule::COLON, key, "a colon makes YAML read this key as a mapping").fix(fix);
    }

    /// Where a line of a key text stands: its own line in a `|` block, else the whole text.
    fn line_span(&self, node: NodeId, number: usize, whole: Range<usize>) -> Range<usize> {
        let document = self.document;
        if !matches!(document.node(node).kind, Kind::Scalar { style: ScalarStyle::Literal, .. }) {
            return whole;
        }
        let (first, _) = self.lines.place(document.node(node).start);
        let range = self.lines.range(first + number - 1);
        let line = &document.text[range.clone()];
        range.start + (line.len() - line.trim_start().len())..range.end
    }
}

/// Whether the line gets to the server and lets somebody in, whatever else is wrong with it.
fn is_installed(line: &str) -> bool {
    let Given::Lines(lines) = key::given(line) else { return false };
    matches!(lines.as_slice(), [written] if key::login(&written.line, 0) == Login::Yes)
}

fn days(count: u64) -> String {
    match count {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        _ => format!("{count} days"),
    }
}

fn rule_of(error: &KeyError) -> &'static Rule {
    match error {
        KeyError::PrivateKeyText | KeyError::PrivateInPublic | KeyError::PrivateFormat { .. } => &rule::PRIVATE_KEY,
        KeyError::Empty | KeyError::NoKeyData { .. } => &rule::EMPTY_KEY,
        KeyError::TooLong { .. } => &rule::TOO_LONG,
        KeyError::Rfc4716 | KeyError::PemPublicKey | KeyError::PemOther { .. } => &rule::OTHER_FORM,
        KeyError::Url => &rule::URL,
        KeyError::Jinja { .. } => &rule::TEMPLATE,
        KeyError::Hidden { .. } => &rule::HIDDEN,
        KeyError::Placeholder { .. } => &rule::PLACEHOLDER,
        KeyError::GluedKeys => &rule::GLUED,
        KeyError::Wrapped => &rule::WRAPPED,
        KeyError::UnknownAlgorithm { .. } | KeyError::Certificate { .. } => &rule::UNKNOWN_ALGORITHM,
        KeyError::Dsa => &rule::DSA,
        KeyError::AlgorithmMismatch { .. } => &rule::MISMATCH,
        KeyError::NotBase64 { .. }
        | KeyError::Cut
        | KeyError::Trailing { .. }
        | KeyError::Malformed { .. }
        | KeyError::InvalidPoint
        | KeyError::RsaTooLong { .. } => &rule::BROKEN_KEY,
        KeyError::WeakPoint => &rule::WEAK_KEY,
        KeyError::RsaTooShort { .. } => &rule::RSA_SHORT,
        KeyError::UnterminatedQuote
        | KeyError::EmptyOption { .. }
        | KeyError::UnknownOption { .. }
        | KeyError::OptionValue { .. }
        | KeyError::RepeatedOption { .. } => &rule::BAD_OPTIONS,
        _ => &rule::NOT_A_KEY,
    }
}
