//! How many values a text comes to with its aliases written out: they can multiply without end, and Ansible goes through
//! all of them.

use super::error::Refusal;
use super::node::{Kind, NodeId};
use super::parse::Built;

/// As libyaml's users in Rust limit it: this many for each node that is written, and some more for small files.
const MOST_FOR_EACH: usize = 100;
const MOST_BESIDES: usize = 10_000;

/// Refuses aliases that multiply what they stand for.
///
/// # Errors
/// They come to more than a person could mean.
pub(crate) fn refuse_expansion(text: &str, built: &Built<'_>) -> Result<(), Refusal> {
    let (Some(root), false) = (built.root, built.aliases.is_empty()) else { return Ok(()) };
    let mut sizes = vec![0; built.nodes.len()];
    let most = built.nodes.len() * MOST_FOR_EACH + MOST_BESIDES;
    match measure(built, root, &mut sizes) {
        size if size <= most => Ok(()),
        _ => {
            // The first node that is too much: what it holds comes before it is complete.
            let at = sizes.iter().rposition(|size| *size > most).unwrap_or(root);
            Err(Refusal::at(
                text,
                built.nodes[at].start,
                format!("the references (`*name`) of this file stand for more than {most} values"),
                "write the values in full",
            ))
        }
    }
}

/// Fills in the sizes of a node and all below it. Deep as the text is, which is at most 255 levels.
fn measure(built: &Built<'_>, id: NodeId, sizes: &mut [usize]) -> usize {
    let size = match &built.nodes[id].kind {
        Kind::Scalar { .. } => 1,
        // The size of a node that is not complete, which holds itself here, is nothing yet.
        Kind::Alias => built.aliases.get(&id).map_or(1, |target| sizes[*target].max(1)),
        Kind::Sequence { items, .. } => {
            items.iter().fold(1_usize, |sum, item| sum.saturating_add(measure(built, *item, sizes)))
        }
        Kind::Mapping { entries, .. } => entries.iter().fold(1_usize, |sum, (key, value)| {
            // What is merged is counted where it is merged.
            let is_merge = built.nodes[*key].text() == "<<" && matches!(built.nodes[*value].kind, Kind::Alias);
            let value = if is_merge { 1 } else { measure(built, *value, sizes) };
            sum.saturating_add(measure(built, *key, sizes)).saturating_add(value)
        }),
    };
    sizes[id] = size;
    size
}

#[cfg(test)]
mod tests {
    use crate::yaml::Document;

    #[test]
    fn references_multiply_up_to_a_point() {
        let bomb = |levels: u32| {
            let mut text = "a0: &a0 [x]\n".to_owned();
            for level in 1..=levels {
                let alias = format!("*a{}", level - 1);
                text.push_str(&format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 9].join(", ")));
            }
            text
        };
        assert!(Document::read(&bomb(3)).is_ok());
        let refusal = Document::read(&bomb(40)).unwrap_err();
        assert!(refusal.message.contains("stand for more than"), "{refusal:?}");
        assert!(Document::read(&format!("a: &a {{x: 1}}\nb: [{}]\n", vec!["*a"; 20_000].join(", "))).is_ok());
        assert!(Document::read("&a [*a, *a]").is_ok());
    }
}
