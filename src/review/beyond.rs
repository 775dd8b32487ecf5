//! What the prediction of accounts does not follow: the account root, homes and shells in odd places, and what Spin's
//! inventory script reads otherwise than Ansible.

use super::differences::{Difference, by_name, is_section, person};
use super::why_unknown::WhyUnknown;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::layout::DOCKER_USER;
use crate::yaml::{Document, NodeId, Step};
use std::cell::LazyCell;

/// Folders in which a home belongs to nobody but its account. Elsewhere it can be a folder of settings, such as
/// `/etc/systemd/system/ssh.service.d`, which `useradd` makes and gives to the account.
const HOMES: [&str; 4] = ["/home/", "/opt/", "/srv/", "/var/www/"];
/// Folders whose programs are root's.
const PROGRAMS: [&str; 5] = ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/"];

/// A value whose effect is not known: its path below the difference, and the reason.
type Found = (Vec<Step>, NodeId, WhyUnknown);

/// What is not known of a difference among the people, or in `docker_user`.
pub(super) fn of_account(difference: &Difference, new: &Document<'_>) -> Vec<Found> {
    let Some(after) = difference.after else { return Vec::new() };
    match difference.path.as_slice() {
        [Step::Key(top)] if is_section(top) => {
            let of_item = |(name, entry): &((Option<&str>, usize), NodeId)| {
                let below = |(path, value, why): Found| ([vec![person(name)], path].concat(), value, why);
                of_entry(new, *entry).into_iter().map(below).collect::<Vec<_>>()
            };
            by_name(new, after).iter().flat_map(of_item).collect()
        }
        [Step::Key(top), Step::Key(name), _, ..] if is_section(top) && name.split(" (").next() == Some("root") => {
            vec![(Vec::new(), after, WhyUnknown::Root)]
        }
        [Step::Key(top), _] if is_section(top) => of_entry(new, after),
        [Step::Key(top)] if top == DOCKER_USER => of_entry(new, after),
        [Step::Key(top), _, Step::Key(field)] if is_section(top) => of_field(new, field, after).into_iter().collect(),
        [Step::Key(top), Step::Key(field)] if top == DOCKER_USER => of_field(new, field, after).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn of_entry(new: &Document<'_>, entry: NodeId) -> Vec<Found> {
    if Value::at(new, entry, "username") == Some(Value::Text("root")) {
        return vec![(Vec::new(), entry, WhyUnknown::Root)];
    }
    let fields = new.entries(entry).iter().filter_map(|(key, value)| Some((new.scalar(*key)?, *value)));
    let below = |(name, value)| {
        let (_, value, why) = of_field(new, name, value)?;
        Some((vec![Step::Key(name.to_owned())], value, why))
    };
    fields.filter_map(below).collect()
}

fn of_field(new: &Document<'_>, field: &str, value: NodeId) -> Option<Found> {
    let (folders, why) = match field {
        "home" | "homedir" => (&HOMES[..], WhyUnknown::Home),
        "shell" => (&PROGRAMS[..], WhyUnknown::Shell),
        _ => return None,
    };
    let Value::Text(path) = Value::of(new, value) else { return None };
    let is_plain = folders.iter().any(|folder| path.starts_with(folder)) && !path.split('/').any(|name| name == "..");
    (!is_plain && !path.is_empty()).then_some((Vec::new(), value, why))
}

/// The variables that Spin's inventory script reads, with yq.
const INVENTORY: [&str; 4] = ["environments", "hardware_profiles", "providers", "servers"];

/// The keys of variables in which yq may read other values than Ansible, where their text has changed: by a merge key, a tag
/// or a duplicate.
pub(super) fn ambiguous(old: Option<&Document<'_>>, new: &Document<'_>) -> Vec<NodeId> {
    if old.is_some_and(|old| old.text == new.text) {
        return Vec::new();
    }
    let Some(root) = new.root() else { return Vec::new() };
    // At the top a merge can bring any of them, and where it ends is not known.
    let is_merged = LazyCell::new(|| new.text.lines().any(|line| line.starts_with("<<") || line.starts_with('!')));
    let text = |document: &Document<'_>, name: &str| {
        let value = document.get(document.root()?, name)?;
        let node = document.node(value);
        Some(document.text[node.start..node.end].to_owned())
    };
    let mut found = Vec::new();
    for name in INVENTORY {
        let Some((key, value)) = new.entry(root, name) else { continue };
        let (node, written) = (new.node(value), text(new, name).unwrap_or_default());
        let is_twice =
            || new.duplicates().iter().any(|it| (node.start..node.end).contains(&new.node(it.lost_key).start));
        let is_odd = written.contains("<<") || has_tag(&written) || is_twice();
        if *is_merged || (is_odd && old.and_then(|old| text(old, name)) != Some(written)) {
            found.push(key);
        }
    }
    found
}

/// Whether a text of YAML has what may be a tag.
fn has_tag(text: &str) -> bool {
    let before = |at: usize| text[..at].chars().next_back();
    text.match_indices('!').any(|(at, _)| before(at).is_none_or(|c| c.is_whitespace() || matches!(c, '[' | '{' | ',')))
}
