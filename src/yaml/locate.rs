//! From a path to the node it leads to.
//!
//! Refuses anchors and aliases on the path, for what they share would change elsewhere too.

use super::document::Document;
use super::edit::{Step, Target};
use super::error::Refusal;
use super::node::{Data, Kind, NodeId};
use super::tag::{Core, Tag};

pub(crate) struct Found {
    pub(crate) target: Target,
    /// The nodes on the path, from the root to the target.
    pub(crate) nodes: Vec<NodeId>,
    /// The collection that holds the target, and the target's number in it.
    pub(crate) holder: Option<(Target, usize)>,
}

impl Found {
    /// Whether what comes here comes into a line: into the target, if that holds something, else into its holder.
    pub(crate) fn is_on_line(&self, document: &Document<'_>) -> bool {
        let holds = |id: &NodeId| !document.items(*id).is_empty() || !document.entries(*id).is_empty();
        let own = Some(self.target.node).filter(holds);
        own.or(self.holder.map(|(holder, _)| holder.node)).is_some_and(|id| is_on_line(document, id))
    }
}

/// Whether something in brackets is on one line.
pub(crate) fn is_on_line(document: &Document<'_>, id: NodeId) -> bool {
    let node = document.node(id);
    let is_flow = matches!(node.kind, Kind::Sequence { flow: true, .. } | Kind::Mapping { flow: true, .. });
    is_flow && !document.text[node.start..node.end].contains('\n')
}

/// Follows `path`.
///
/// # Errors
/// An anchor or alias on the path, or no such place.
pub(crate) fn find(document: &Document<'_>, path: &[Step]) -> Result<Found, Refusal> {
    let missing = || document.refuse(0, "the place to be edited is not in the file", "this is a bug: please report it");
    let mut target = Target { node: document.root().ok_or_else(missing)?, key: None, in_flow: false };
    let mut found = Found { target, nodes: vec![target.node], holder: None };
    check_step(document, target.node)?;
    for step in path {
        refuse_tagged_around(document, target.node)?;
        if let Kind::Sequence { flow: true, .. } | Kind::Mapping { flow: true, .. } = document.node(target.node).kind {
            target.in_flow = true;
        }
        refuse_repeated(document, target.node, step)?;
        let (key, node, index) = match step {
            Step::Key(key) => {
                let entries = document.entries(target.node);
                let at = entries.iter().rposition(|(name, _)| document.name(*name) == Some(key));
                at.map(|at| (Some(entries[at].0), entries[at].1, at))
            }
            Step::Index(index) => document.items(target.node).get(*index).map(|item| (None, *item, *index)),
        }
        .ok_or_else(missing)?;
        found.holder = Some((found.target, index));
        target = Target { node, key, in_flow: target.in_flow };
        found.target = target;
        found.nodes.push(node);
        check_step(document, node)?;
    }
    Ok(found)
}

pub(crate) fn check_step(document: &Document<'_>, id: NodeId) -> Result<(), Refusal> {
    let node = document.node(id);
    if matches!(node.kind, Kind::Alias) {
        return Err(document.refuse(
            node.start,
            "the place to be edited is an alias (`*name`): the change would be made at its anchor",
            "write the value out here instead of the alias, then run this again",
        ));
    }
    if node.anchored && document.is_referred_to(id) {
        return Err(document.refuse(
            node.start,
            "the place to be edited, or what is around it, has an anchor (`&name`): a change would apply wherever it is used",
            "remove the anchor, or write the value out where it is used, then run this again",
        ));
    }
    Ok(())
}

/// Refuses a mapping on the path that has a key twice: at the top, if it is the one that the path goes through.
fn refuse_repeated(document: &Document<'_>, id: NodeId, step: &Step) -> Result<(), Refusal> {
    let is_here = |name: Option<&str>| match step {
        Step::Key(key) if document.root() == Some(id) => name == Some(key),
        _ => true,
    };
    let repeated =
        document.duplicates().iter().find(|lost| lost.mapping == id && is_here(document.name(lost.lost_key)));
    match repeated {
        None => Ok(()),
        Some(lost) => Err(document.refuse_node(
            lost.kept_key,
            format!(
                "duplicate key `{}` in a mapping: Ansible reads only the last one",
                super::text::quote(document.scalar(lost.lost_key).unwrap_or_default())
            ),
            "merge the two, or remove one of them",
        )),
    }
}

/// Refuses a tag on what holds the target: Ansible may make something else of all that is in it.
pub(crate) fn refuse_tagged_around(document: &Document<'_>, id: NodeId) -> Result<(), Refusal> {
    match document.node(id).tag {
        Tag::Core(Core::Map | Core::Seq) => Ok(()),
        _ => refuse_tagged(document, id),
    }
}

pub(crate) fn refuse_tagged(document: &Document<'_>, id: NodeId) -> Result<(), Refusal> {
    let node = document.node(id);
    match &node.tag {
        Tag::None => Ok(()),
        tag => Err(document.refuse(
            node.start,
            match tag {
                Tag::Other => "what is to be edited has a tag that Ansible does not know".to_owned(),
                tag => format!("what is to be edited has the tag `{}`", tag.shown()),
            },
            "remove the tag, then run this again",
        )),
    }
}

/// The tags that are refused in what is to be taken away or moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    Any,
    /// Not `!vault`, which is about its own text alone and goes with it.
    ButVault,
    None,
}

/// Refuses anchors, aliases and these tags in what is to be taken away or moved.
pub(crate) fn refuse_bound(document: &Document<'_>, id: NodeId, tags: Tagged) -> Result<(), Refusal> {
    check_step(document, id)?;
    if document.node(id).anchored {
        return Err(document.refuse_node(
            id,
            "what is to be changed has an anchor (`&name`), which would go with it",
            "remove the anchor, then run this again",
        ));
    }
    let is_vault = document.node(id).tag == Tag::Vault;
    if tags == Tagged::Any || (tags == Tagged::ButVault && !is_vault) {
        refuse_tagged(document, id)?;
    }
    let entries = document.entries(id).iter().flat_map(|(key, value)| [key, value]);
    document.items(id).iter().chain(entries).try_for_each(|below| refuse_bound(document, *below, tags))
}

/// Refuses a mapping that takes keys from elsewhere, in which `what` could change more than it says.
pub(crate) fn refuse_merge(document: &Document<'_>, id: NodeId, what: &str) -> Result<(), Refusal> {
    match document.entries(id).iter().find(|(key, _)| document.node(*key).data == Data::Merge) {
        None => Ok(()),
        Some((merge, _)) => Err(document.refuse(
            document.node(*merge).start,
            format!("this mapping merges keys from elsewhere (`<<`): {what}"),
            "write the merged keys out here, then run this again",
        )),
    }
}
