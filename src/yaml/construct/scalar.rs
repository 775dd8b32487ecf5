//! Scalars, and mappings that `=` makes scalars.

use super::number::{Int, float, int, printed_float};
use super::resolve::Resolved;
use super::time::time;
use super::{Data, Kind, Node, NodeId, Refusal, Run};
use std::borrow::Cow;

/// A number or date as Python prints it; none where only Python knows.
pub(crate) fn printed<'n>(node: &'n Node<'_>) -> Option<Cow<'n, str>> {
    let text = node.text();
    let printed = match node.data {
        Data::Int => match int(text)? {
            Int::Known(value) => value.to_string(),
            Int::Unknown => return None,
        },
        Data::Float => printed_float(float(text)?),
        Data::Time => time(text)?.printed(),
        _ => return None,
    };
    Some(if printed == text { Cow::Borrowed(text) } else { Cow::Owned(printed) })
}

impl Run<'_, '_> {
    pub(super) fn scalar(&mut self, id: NodeId, by: Resolved) -> Result<Data, Refusal> {
        let source = self.scalar_node(id)?;
        let text = self.node(source).text();
        let wrong = |what: &str| Err(self.refuse(id, &format!("this is not {what}")));
        let data = match by {
            Resolved::Null => Data::Null,
            Resolved::Bool => match text.to_lowercase().as_str() {
                "yes" | "true" | "on" => Data::Bool(true),
                "no" | "false" | "off" => Data::Bool(false),
                _ => return wrong("true or false"),
            },
            Resolved::Int if int(text).is_some() => Data::Int,
            Resolved::Int => return wrong("a whole number"),
            Resolved::Float if float(text).is_some() => Data::Float,
            Resolved::Float => return wrong("a number"),
            Resolved::Time if source == id && time(text).is_some() => Data::Time,
            Resolved::Time => return wrong("a date of the calendar"),
            Resolved::Binary if is_base64(text) => Data::Bytes,
            Resolved::Binary => return wrong("base64"),
            _ => Data::Text,
        };
        if let (true, Kind::Scalar { style, .. }) = (source != id, &self.node(source).kind) {
            let value = Cow::Owned(text.to_owned());
            self.out.changed.insert(id, Kind::Scalar { value, style: *style });
        }
        Ok(data)
    }

    /// `construct_scalar`: the scalar itself, or the value of `=` in a mapping.
    fn scalar_node(&self, id: NodeId) -> Result<NodeId, Refusal> {
        let mut at = id;
        // A mapping that holds itself there has no end.
        for _ in 0..256 {
            let entries = match &self.node(at).kind {
                Kind::Scalar { .. } => return Ok(at),
                Kind::Mapping { entries, .. } => self.listed(Self::original(at)).unwrap_or(entries),
                _ => break,
            };
            let value = entries.iter().find(|(key, _)| self.by[self.target(*key)] == Resolved::Value);
            match value {
                Some((_, value)) => at = self.target(*value),
                None => break,
            }
        }
        Err(self.refuse(id, "a single value is expected here"))
    }
}

/// Whether `base64.decodebytes` takes the text: it skips what is not of the alphabet, and wants whole groups.
fn is_base64(text: &str) -> bool {
    let (mut quad, mut pads) = (0, 0);
    for byte in text.bytes() {
        match byte {
            b'=' if quad >= 2 => {
                pads += 1;
                if quad + pads >= 4 {
                    return text.is_ascii();
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                pads = 0;
                quad = (quad + 1) % 4;
            }
            _ => {}
        }
    }
    quad == 0 && text.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::is_base64;

    #[test]
    fn base64_is_what_python_decodes() {
        for good in ["", "aGk=", "aG k=\n", "aGkx", "aGk=junk", "a-Gk=", "====", "aA=="] {
            assert!(is_base64(good), "{good}");
        }
        for bad in ["a", "aGk", "aG=", "é", "aGk=é"] {
            assert!(!is_base64(bad), "{bad}");
        }
    }
}
