//! Rotation of a key: where both keys stand in the file, how far that is, and how the new one comes to the front.

use crate::key::{self, Described};
use crate::spin::config::Config;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::layout::{DOCKER_USER, Field};
use crate::spin::config::state::State;
use crate::spin::config::user::{Person, docker_user, users};
use crate::spin::config::written_keys::items;
use crate::spin::plan::moved::{field_path, item_path};
use crate::spin::provision::sshd_settings::PORT;
use crate::yaml::{Along, Document, Edit, NodeId, Path, Step};

/// A key in a list of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKey {
    pub material: Vec<u8>,
    pub key: Described,
    /// Its item says so.
    pub is_absent: bool,
    path: Path,
    /// In its list, from 0.
    index: usize,
}

/// What this machine has of the pairs of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairs {
    /// Only the pair in use, or none.
    One,
    /// The pair in use, and the new one beside it.
    Two,
    /// A run that renames them was interrupted.
    Halfway,
    /// Only the pair in use, and an old one beside it.
    Renamed,
    /// The new key was named: no pair is renamed.
    Apart,
}

/// How far a rotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// There is no new key yet.
    NotBegun,
    /// The new pair is there, and its key is not in the file.
    PairMade,
    /// The file has both keys.
    Begun,
    /// The old key is revoked in the file, and the pairs still have their names.
    Revoked,
    /// The pairs are renamed in part.
    Halfway,
    Finished,
}

/// How far a rotation is, by whether the two keys are in the file and present, and by the pairs.
#[must_use]
pub fn stage(has_old: bool, has_new: bool, pairs: Pairs) -> Stage {
    match (pairs, has_new, has_old) {
        (Pairs::Halfway, ..) => Stage::Halfway,
        (Pairs::Renamed | Pairs::Apart, true, false) => Stage::Finished,
        (Pairs::One, ..) | (Pairs::Renamed | Pairs::Apart, false, _) => Stage::NotBegun,
        (Pairs::Two, false, _) => Stage::PairMade,
        // Renamed at the end of the same rotation in another file.
        (Pairs::Two | Pairs::Renamed | Pairs::Apart, true, true) => Stage::Begun,
        (Pairs::Two, true, false) => Stage::Revoked,
    }
}

/// The keys of an account (`None` for deploy), in the order of the file; `None` if it is not in the file.
#[must_use]
pub fn keys_of(document: &Document<'_>, account: Option<&str>) -> Option<Vec<HeldKey>> {
    let (holder, node) = holder(document, account)?;
    let mut found = Vec::new();
    for field in [Field::AuthorizedKeys, Field::AuthorizedSshKeys] {
        let Some(list) = document.get(node, field.key()) else { continue };
        let is_text = document.scalar(document.follow_alias(list)).is_some();
        for (index, item) in items(document, list) {
            let path = if is_text { field_path(&holder, field) } else { item_path(&holder, field, index) };
            let is_absent = item.state.is_some_and(|(_, state)| state == "absent");
            for (_, line) in key::key_lines(item.text) {
                let (Some(key), Some(material)) = (key::describe(line), key::materials(line).pop()) else { continue };
                found.push(HeldKey { material, key, is_absent, path: path.clone(), index });
            }
        }
    }
    Some(found)
}

fn holder(document: &Document<'_>, account: Option<&str>) -> Option<(Path, NodeId)> {
    match account {
        Some(name) => {
            let user = users(document).into_iter().find(|user| user.name.as_deref() == Some(name))?;
            Some((user.path, user.node))
        }
        None => Some((vec![Step::Key(DOCKER_USER.to_owned())], docker_user(document)?)),
    }
}

/// The key with this material: its last item, which decides.
#[must_use]
pub fn held<'k>(keys: &'k [HeldKey], material: &[u8]) -> Option<&'k HeldKey> {
    keys.iter().rev().find(|key| key.material == material)
}

/// The new key of a rotation, from the file alone: the first one, where no other is present but perhaps the old one.
#[must_use]
pub fn begun_with<'k>(keys: &'k [HeldKey], old: &[u8]) -> Option<&'k HeldKey> {
    let mut present = keys.iter().filter(|key| !held(keys, &key.material).is_some_and(|last| last.is_absent));
    let first = present.next().filter(|first| first.material != old)?;
    present.all(|key| key.material == old || key.material == first.material).then_some(first)
}

/// Whether the file takes the key from the deploy account, by an entry of its own.
#[must_use]
pub fn is_taken_from_deploy(document: &Document<'_>, material: &[u8]) -> bool {
    let config = Config::of(document);
    let own = config.people.iter().filter(|person| person.account == config.deploy_account);
    own.filter_map(|person| person.keys.as_ref()).flat_map(|list| &list.entries).any(|entry| match entry.text {
        KeyText::Text(text) => entry.state == State::Absent && key::materials(text).iter().any(|it| it == material),
        _ => false,
    })
}

/// The keys that a word may mean: with this fingerprint or comment, else those that begin with it; each once.
#[must_use]
pub fn named<'k>(keys: &'k [HeldKey], word: &str) -> Vec<&'k HeldKey> {
    let texts = |key: &'k HeldKey| [key.key.fingerprint.as_deref().unwrap_or_default(), key.key.comment.as_str()];
    let of = |is_it: &dyn Fn(&str) -> bool| {
        let mut found: Vec<&HeldKey> = Vec::new();
        for key in keys.iter().filter(|key| texts(key).into_iter().any(is_it)) {
            if !found.iter().any(|known| known.material == key.material) {
                found.push(key);
            }
        }
        found
    };
    let exact = of(&|text| text == word);
    if exact.is_empty() { of(&|text| text.starts_with(word)) } else { exact }
}

/// The edit that makes a key the first of its list, if it is not. A new one has no comments of its own to take along.
#[must_use]
pub fn to_front(document: &Document<'_>, account: Option<&str>, material: &[u8], is_new: bool) -> Option<Edit> {
    let keys = keys_of(document, account)?;
    let held = held(&keys, material)?;
    (held.index > 0)
        .then(|| Edit::MoveFirst { path: held.path.clone(), comments: if is_new { Along::Inside } else { Along::All } })
}

/// Where else a key stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// In `docker_user`, and its owner opens the deploy account by nothing else.
    pub in_docker_user: bool,
    /// Other people who have it.
    pub people: Vec<String>,
}

/// Where a key of an account (`None` for deploy) stands besides.
#[must_use]
pub fn elsewhere(document: &Document<'_>, account: Option<&str>, material: &[u8]) -> Elsewhere {
    let config = Config::of(document);
    let has = |entry: &Entry<'_>| match entry.text {
        KeyText::Text(text) => entry.state != State::Absent && key::materials(text).iter().any(|it| it == material),
        _ => false,
    };
    let holds = |list: &Option<KeyList<'_>>| list.iter().flat_map(|list| &list.entries).any(has);
    let (own, others): (Vec<_>, Vec<_>) = config.people.iter().partition(|it| it.account.as_deref() == account);
    let is_person = |it: &&&Person<'_>| it.account != config.deploy_account;
    Elsewhere {
        in_docker_user: account.is_some()
            && config.deploy.as_ref().is_some_and(|deploy| holds(&deploy.keys))
            && !own.iter().any(|person| person.feeds_deploy()),
        people: others.iter().filter(is_person).filter(|it| holds(&it.keys)).map(|it| it.called()).collect(),
    }
}

/// Where to log in: the addresses of the servers that are in the file, and the port of sshd, if it is not 22.
#[must_use]
pub fn servers(document: &Document<'_>) -> (Vec<String>, Option<String>) {
    let Some(root) = document.root() else { return (Vec::new(), None) };
    let plain = |node: NodeId| document.reading(node).filter(|text| is_word(text)).map(str::to_owned);
    let list = document.get(root, "servers").map_or(&[][..], |list| document.items(list));
    let addresses = list.iter().filter_map(|server| plain(document.get(*server, "address")?)).collect();
    (addresses, document.get(root, PORT).and_then(plain).filter(|port| port != "22"))
}

/// Whether the text can stand in a command as it is.
fn is_word(text: &str) -> bool {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || ".:-_".contains(c);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(is_safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL alice@laptop";
    const B: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA9q+jbzFToknGE8vAubG67p396g2lyuxTXQEEUyvqkZ alice@desk";

    #[test]
    fn the_stage_follows_from_the_file_and_the_pairs() {
        for (pairs, has_new, has_old, stage_is) in [
            (Pairs::One, false, true, Stage::NotBegun),
            (Pairs::Two, false, true, Stage::PairMade),
            (Pairs::Two, true, true, Stage::Begun),
            (Pairs::Two, true, false, Stage::Revoked),
            (Pairs::Halfway, true, false, Stage::Halfway),
            (Pairs::Renamed, true, false, Stage::Finished),
            // Another file with the same keys.
            (Pairs::Renamed, false, true, Stage::NotBegun),
            (Pairs::Renamed, true, true, Stage::Begun),
            (Pairs::Renamed, false, false, Stage::NotBegun),
            (Pairs::Apart, false, true, Stage::NotBegun),
            (Pairs::Apart, true, true, Stage::Begun),
            (Pairs::Apart, true, false, Stage::Finished),
        ] {
            assert_eq!(stage(has_old, has_new, pairs), stage_is, "{pairs:?} {has_new} {has_old}");
        }
    }

    #[test]
    fn keys_are_found_by_fingerprint_and_comment_and_come_to_the_front() {
        let text = format!(
            "users:\n- username: alice\n  authorized_keys:\n  - public_key: {A}\n  - {{public_key: {B}, state: absent}}\n  - public_key: {B}\n"
        );
        let document = Document::parse(&text).unwrap();
        let keys = keys_of(&document, Some("alice")).unwrap();
        assert_eq!(keys.iter().map(|key| key.is_absent).collect::<Vec<_>>(), [false, true, false]);
        let print = keys[1].key.fingerprint.clone().unwrap();
        for (word, found) in
            [("alice@desk", 1), ("alice@", 2), (&print, 1), (&print[..12], 1), ("SHA256:", 2), ("bob", 0)]
        {
            assert_eq!(named(&keys, word).len(), found, "{word}");
        }
        assert!(!held(&keys, &keys[1].material).unwrap().is_absent, "the last item decides");
        let Some(Edit::MoveFirst { path, .. }) = to_front(&document, Some("alice"), &keys[1].material, false) else {
            panic!()
        };
        assert_eq!(path.last(), Some(&Step::Index(2)));
        assert!(to_front(&document, Some("alice"), &keys[0].material, false).is_none());
        assert!(keys_of(&document, Some("bob")).is_none() && keys_of(&document, None).is_none());
    }

    #[test]
    fn servers_are_named_where_they_can_stand_in_a_command() {
        let text = "servers:\n- {server_name: a, address: 203.0.113.7}\n- {server_name: b}\n- {address: 'x; rm'}\n- {address: '{{ a }}'}\n- {address: -oX}\n- {address: 2001:db8::1}\nssh_port: \"2222\"\n";
        let (addresses, port) = servers(&Document::parse(text).unwrap());
        assert_eq!(
            (addresses, port.as_deref()),
            (vec!["203.0.113.7".to_owned(), "2001:db8::1".to_owned()], Some("2222"))
        );
        assert_eq!(servers(&Document::parse("ssh_port: '22'").unwrap()), (Vec::new(), None));
    }
}
