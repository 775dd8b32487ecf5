//! The text with all that is not to be seen taken out, line by line: the masked text has the lines of the original.
//!
//! What is shown is chosen, not what is hidden: structure (indentation, dashes, colons, brackets, keys) and the scalars
//! that the caller names. Whatever else is in the text, parsed or not, becomes [`MASK`].

use super::document::Document;
use super::node::{Kind, Node, NodeId};
use super::text::indent_of;
use granit_parser::ScalarStyle;
use std::collections::HashSet;

/// Replaces a hidden value or comment.
pub const MASK: &str = "********";

/// Which scalars are seen.
pub enum Visible<'s> {
    /// These and the keys of mappings, and no comment: for text that was encrypted.
    Only(&'s HashSet<NodeId>),
    /// All but these, and the comments: for plain text that goes to a log.
    AllBut(&'s HashSet<NodeId>),
}

/// The masked text of a document. `mark` gives what is put after the mask of a value, from the value: nothing, or
/// digits by which a change of it shows.
#[must_use]
pub fn mask(document: &Document<'_>, seen: &Visible<'_>, mark: &dyn Fn(&str) -> String) -> String {
    let mut keys = vec![false; document.nodes().count()];
    if matches!(seen, Visible::Only(_)) {
        // An alias as a key shows the name of an anchor, and a tag says that the text is not what it seems to be.
        document.nodes().flat_map(key_ids).for_each(|id| keys[id] = is_plain_key(document.node(id)));
    }
    let shows = |id: NodeId| match seen {
        Visible::Only(shown) => keys[id] || shown.contains(&id),
        Visible::AllBut(hidden) => !hidden.contains(&id),
    };
    let text = document.text;
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut leaves: Vec<(NodeId, &Node<'_>)> =
        document.nodes().enumerate().filter(|(_, node)| is_written_leaf(node)).collect();
    leaves.sort_by_key(|(_, node)| node.start);
    for (id, node) in leaves {
        let (Some(between), Some(own)) = (text.get(done..node.start), text.get(node.start..node.end)) else { continue };
        structure(&mut out, between, matches!(seen, Visible::Only(_)));
        match &node.kind {
            _ if shows(id) => out.push_str(own),
            Kind::Scalar { value, style } => hide(&mut out, own, *style, &mark(value)),
            _ => out.push_str(MASK),
        }
        done = node.end;
    }
    structure(&mut out, text.get(done..).unwrap_or_default(), matches!(seen, Visible::Only(_)));
    out
}

fn key_ids<'n>(node: &'n Node<'_>) -> impl Iterator<Item = NodeId> + 'n {
    let entries = match &node.kind {
        Kind::Mapping { entries, .. } => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|(key, _)| *key)
}

fn is_plain_key(node: &Node<'_>) -> bool {
    matches!(node.kind, Kind::Scalar { .. }) && node.tag.is_none()
}

fn is_written_leaf(node: &Node<'_>) -> bool {
    matches!(node.kind, Kind::Scalar { .. } | Kind::Alias) && node.start < node.end
}

/// A hidden scalar: its first line becomes the mask and the mark, each further one with text the mask alone.
fn hide(out: &mut String, own: &str, style: ScalarStyle, mark: &str) {
    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    for (index, line) in own.split_inclusive('\n').enumerate() {
        let body = line.trim_end_matches(['\r', '\n']);
        // The span of a block scalar runs into the indentation of what follows.
        let is_blank = body.trim().is_empty();
        match index {
            0 if is_blank && is_block => out.push_str(body),
            0 => out.extend([MASK, mark]),
            _ if is_blank => out.push_str(body),
            _ => out.extend([&body[..indent_of(body)], MASK]),
        }
        out.push_str(&line[body.len()..]);
    }
}

/// What is between scalars: indicators stay, comments, anchors and everything unexpected is hidden.
fn structure(out: &mut String, text: &str, hide_comments: bool) {
    if !hide_comments {
        return out.push_str(text);
    }
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let width = match first {
            ' ' | '\t' | '\r' | '\n' | '-' | ':' | ',' | '[' | ']' | '{' | '}' | '?' => {
                out.push(first);
                1
            }
            '#' => {
                let comment = &rest[..rest.find(['\r', '\n']).unwrap_or(rest.len())];
                let is_rule = comment.chars().all(|c| matches!(c, '#' | ' '));
                out.push_str(if is_rule { comment } else { "# ********" });
                comment.len()
            }
            '.' if rest.starts_with("...") => {
                out.push_str("...");
                3
            }
            _ => {
                let flow_end = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}');
                let word = &rest[..rest.find(flow_end).unwrap_or(rest.len()).max(first.len_utf8())];
                out.push_str(if is_harmless(word) { word } else { MASK });
                word.len()
            }
        };
        rest = &rest[width..];
    }
}

/// Headers of block scalars and the tags that Ansible knows.
fn is_harmless(word: &str) -> bool {
    let is_header = |word: &str| {
        word.strip_prefix(['|', '>']).is_some_and(|rest| rest.chars().all(|c| matches!(c, '+' | '-' | '1'..='9')))
    };
    is_header(word) || matches!(word, "!vault" | "!unsafe" | "!!str" | "!!map" | "!!seq")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str, shown: &[&str]) -> String {
        let document = Document::parse(text).unwrap();
        let ids = document.nodes().enumerate().filter(|(_, node)| match &node.kind {
            Kind::Scalar { value, .. } => shown.contains(&&**value),
            _ => false,
        });
        mask(&document, &Visible::Only(&ids.map(|(id, _)| id).collect()), &|_| String::new())
    }

    #[test]
    fn only_structure_and_what_is_named_stays() {
        let text = "%YAML 1.1\n---\n# secret note\n#####\nusers:  # who\n  - username: alice\n    password: \"s3cret\" # x\n    note: |+2\n        two\n      lines\n\n    multi: plain\n      text\nanchor: &secret {a: 's3', b: [x, *secret2]}\nx: &secret2 !vault |\n  $ANSIBLE\n  3132\nempty:\n";
        let text = text.replace("*secret2", "y");
        let masked = only(&text, &["alice"]);
        assert_eq!(
            masked,
            "******** ********\n---\n# ********\n#####\nusers:  # ********\n  - username: alice\n    password: ******** # ********\n    note: |+2\n      ********\n      ********\n\n    multi: ********\n      ********\nanchor: ******** {a: ********, b: [********, ********]}\nx: ******** !vault |\n  ********\n  ********\nempty:\n"
        );
        assert_eq!(masked.lines().count(), text.lines().count());
        assert!(!masked.contains("s3") && !masked.contains("secret"));
    }

    #[test]
    fn keys_that_are_aliases_or_tagged_are_hidden() {
        let masked = only("a: &secret b\n*secret : c\n!!str secret: d\n", &[]);
        assert_eq!(masked, "a: ******** ********\n******** : ********\n!!str ********: ********\n");
    }

    #[test]
    fn line_breaks_stay_as_they_are() {
        let text = "a: x\r\nb: >\r\n  one\r\n  two\r\n\r\nc: [\r\n  'q'\r\n]";
        assert_eq!(only(text, &[]), "a: ********\r\nb: >\r\n  ********\r\n  ********\r\n\r\nc: [\r\n  ********\r\n]");
    }

    #[test]
    fn some_can_be_hidden_and_the_rest_stay() {
        let document = Document::parse("a: x # c\npassword: 's3' # d\n").unwrap();
        let hidden = document
            .nodes()
            .enumerate()
            .filter(|(_, node)| matches!(&node.kind, Kind::Scalar { value, .. } if value == "s3"));
        let hidden = hidden.map(|(id, _)| id).collect();
        assert_eq!(
            mask(&document, &Visible::AllBut(&hidden), &|text| format!(" {}", text.len())),
            "a: x # c\npassword: ******** 2 # d\n"
        );
    }
}
