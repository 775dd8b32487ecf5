//! How much text a file comes to with its aliases and merges written out: they can multiply without end, and whoever reads
//! the file goes through all of it.

use super::error::Refusal;
use super::node::{Kind, Node, NodeId};
use super::parse::Built;

/// This many times what is written, and some more for small files: about 2,000 keys, wherever they are referred to.
const MOST_TIMES: usize = 2;
const MOST_BESIDES: usize = 200_000;

/// Stands for the indicators around a value, in bytes.
const NODE: usize = 4;

/// Refuses aliases that multiply what they stand for.
///
/// # Errors
/// They come to more than a person could mean.
pub(crate) fn refuse_expansion(text: &str, built: &Built<'_>) -> Result<(), Refusal> {
    let (Some(root), false) = (built.root, built.aliases.is_empty()) else { return Ok(()) };
    let mut sizes = vec![0; built.nodes.len()];
    let written: usize = built.nodes.iter().map(own_size).sum();
    let most = written * MOST_TIMES + MOST_BESIDES;
    match measure(built, root, &mut sizes) {
        size if size <= most => Ok(()),
        _ => {
            // The first node that is too much: what it holds comes before it is complete.
            let at = sizes.iter().rposition(|size| *size > most).unwrap_or(root);
            Err(Refusal::at(
                text,
                built.nodes[at].start,
                format!("the references (`*name`) of this file stand for more than {most} bytes of text"),
                "write the values in full, and remove what nothing needs",
            ))
        }
    }
}

fn own_size(node: &Node<'_>) -> usize {
    NODE + if matches!(node.kind, Kind::Scalar { .. }) { node.text().len() } else { 0 }
}

fn is_merge(built: &Built<'_>, key: NodeId) -> bool {
    matches!(built.nodes[key].kind, Kind::Scalar { .. }) && built.nodes[key].text() == "<<"
}

/// Fills in the sizes of a node and all below it. Deep as the text is, which is at most 255 levels.
fn measure(built: &Built<'_>, id: NodeId, sizes: &mut [usize]) -> usize {
    let own = own_size(&built.nodes[id]);
    let size = match &built.nodes[id].kind {
        Kind::Scalar { .. } => own,
        // The size of a node that is not complete, which holds itself here, is nothing yet.
        Kind::Alias => built.aliases.get(&id).map_or(own, |target| sizes[*target].max(own)),
        Kind::Sequence { items, .. } => {
            items.iter().fold(own, |sum, item| sum.saturating_add(measure(built, *item, sizes)))
        }
        Kind::Mapping { entries, .. } => entries.iter().fold(own, |sum, (key, value)| {
            let value = measure(built, *value, sizes);
            if is_merge(built, *key) {
                // The entries alone: the mapping that they are in is not made again.
                return sum.saturating_add(value - NODE);
            }
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
        let merges = |levels: u32| {
            let level = |n| format!("a{}: &a{} {{<<: *a{n}, k{n}: 1}}\n", n + 1, n + 1);
            format!("a0: &a0 {{x: 1}}\n{}", (0..levels).map(level).collect::<String>())
        };
        assert!(Document::read(&merges(100)).is_ok());
        assert!(Document::read(&merges(1000)).unwrap_err().message.contains("stand for more than"));
    }
}
