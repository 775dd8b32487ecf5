//! After provisioning: `absent` items and revocation entries that have done their work go.

use super::named;
use super::revocation::{Keys, Revocation, texts};
use crate::key;
use crate::spin::config::Config;
use crate::spin::config::key_list::Entry;
use crate::spin::config::layout::Field;
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::spin::plan::moved::item_path;
use crate::yaml::{Along, Document, Edit};
use std::collections::BTreeSet;

/// What a revocation entry has.
const REVOCATION_FIELDS: [&str; 4] = ["username", "groups", "authorized_keys", "state"];
/// What an entry has that is only about a person who logs in.
const PERSON_FIELDS: [&str; 7] = ["username", "name", "password", "shell", "groups", "authorized_keys", "state"];

/// What `revoke --finish` does.
#[derive(Debug, Default)]
pub struct Finished {
    pub edits: Vec<Edit>,
    /// The absent items that stay.
    pub kept: Vec<Kept>,
    /// The people whose entries go.
    pub people: Vec<String>,
    /// Fingerprints of keys of sudo users that go although no entry takes them from the deploy account, each with whose it is.
    pub not_taken: Vec<(String, String)>,
}

/// An absent item that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose it is.
    pub who: String,
    /// The fingerprints of its keys; none where no key is known, as of a template.
    pub fingerprints: Vec<String>,
    /// Line of the key, from 1.
    pub line: usize,
    pub why: WhyKept,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyKept {
    /// It is the first item of a sudo user: Spin gives it to the deploy account at each run.
    FirstOfSudo,
    /// The account has the same key in another item, which lets it in without this one.
    ListedToo,
}

/// Plans the removal of all absent items, or of those of a revocation.
#[must_use]
pub fn finish(document: &Document<'_>, of: Option<&Revocation>) -> Finished {
    let config = Config::of(document);
    let mut finished = Finished::default();
    for person in config.people.iter().filter(|person| !person.user.by_name && person.state == State::Present) {
        finished.person(document, &config, person, of);
    }
    finished
}

impl Finished {
    fn person(&mut self, document: &Document<'_>, config: &Config<'_>, person: &Person<'_>, of: Option<&Revocation>) {
        let Some(list) = &person.keys else { return };
        let is_deploy = person.account.is_some() && person.account == config.deploy_account;
        let is_meant = |entry: &Entry<'_>| {
            let is_key = |revocation: &Revocation| {
                revocation.holds_all(entry) || texts(entry).any(|text| covers(&revocation.deploy, text) && is_deploy)
            };
            entry.state == State::Absent && of.is_none_or(is_key)
        };
        let mut going: Vec<usize> = Vec::new();
        for entry in list.entries.iter().filter(|entry| is_meant(entry)) {
            match why_kept(config, person, entry) {
                None => {
                    going.push(entry.index);
                    if person.feeds_deploy() {
                        let taken = taken_from_deploy(config);
                        let left = texts(entry).flat_map(key::materials).filter(|it| !taken.contains(it));
                        self.not_taken.extend(left.map(|it| (person.called(), key::fingerprint(&it))));
                    }
                }
                Some(why) => self.kept.push(Kept {
                    who: person.called(),
                    fingerprints: texts(entry).flat_map(key::materials).map(|it| key::fingerprint(&it)).collect(),
                    line: document.place(entry.text_node).0,
                    why,
                }),
            }
        }
        let has_no_groups = matches!(&person.groups, Groups::List(groups) if groups.is_empty());
        let is_all = !going.is_empty() && going.len() == list.entries.len();
        if is_all && has_no_groups && person.unread.is_none() && is_of_no_use(document, person, is_deploy) {
            // A revocation entry was appended below whatever comment stood there.
            let comments = if is_deploy { Along::Inside } else { Along::All };
            self.edits.push(Edit::Remove { path: person.user.path.clone(), comments });
            self.people.extend((!is_deploy).then(|| person.called()));
            return;
        }
        let path = |index| item_path(&person.user.path, Field::AuthorizedKeys, index);
        self.edits.extend(going.into_iter().map(|index| Edit::Remove { path: path(index), comments: Along::All }));
    }
}

/// Whether an entry without keys and groups does nothing more: with an id or a home of its own, the account may own files.
fn is_of_no_use(document: &Document<'_>, person: &Person<'_>, is_deploy: bool) -> bool {
    let fields = if is_deploy { &REVOCATION_FIELDS[..] } else { &PERSON_FIELDS[..] };
    let names = document.entries(person.user.node).iter().map(|(key, _)| document.name(*key));
    names.into_iter().all(|name| name.is_some_and(|name| fields.contains(&name)))
}

fn covers(keys: &Keys, text: &str) -> bool {
    let materials = key::materials(text);
    !materials.is_empty() && materials.iter().all(|material| keys.contains_key(material))
}

fn why_kept(config: &Config<'_>, person: &Person<'_>, entry: &Entry<'_>) -> Option<WhyKept> {
    if person.feeds_deploy() && entry.index == 0 {
        return Some(WhyKept::FirstOfSudo);
    }
    let materials: BTreeSet<Vec<u8>> = texts(entry).flat_map(key::materials).collect();
    let same = config.people.iter().filter(|other| other.account == person.account);
    let others = same.filter_map(|other| other.keys.as_ref()).flat_map(|list| &list.entries);
    let present = others.filter(|other| other.state != State::Absent);
    let is_same = |other: &Entry<'_>| texts(other).flat_map(key::materials).any(|it| materials.contains(&it));
    let in_docker_user = |line: &str| key::materials(line).iter().any(|it| materials.contains(it));
    let is_deploy = person.account == config.deploy_account;
    let deploy = config.deploy.iter().filter(|_| is_deploy).filter_map(|deploy| deploy.keys.as_ref());
    let is_given =
        deploy.flat_map(named::lines).any(in_docker_user) || (is_deploy && first_of_sudo(config, &materials));
    (is_given || present.into_iter().any(is_same)).then_some(WhyKept::ListedToo)
}

/// The keys that the deploy account loses by the file.
fn taken_from_deploy(config: &Config<'_>) -> BTreeSet<Vec<u8>> {
    let entries = config.people.iter().filter(|it| it.account.is_some() && it.account == config.deploy_account);
    let items = entries.filter_map(|person| person.keys.as_ref()).flat_map(|list| &list.entries);
    items.filter(|entry| entry.state == State::Absent).flat_map(texts).flat_map(key::materials).collect()
}

/// Whether Spin gives one of the keys to the deploy account, as somebody's first.
fn first_of_sudo(config: &Config<'_>, materials: &BTreeSet<Vec<u8>>) -> bool {
    let lists = config.people.iter().filter(|person| person.feeds_deploy()).filter_map(|person| person.keys.as_ref());
    let firsts = lists.filter_map(|list| list.entries.first());
    firsts.flat_map(texts).flat_map(key::materials).any(|material| materials.contains(&material))
}
