//! Another key comes first where Spin gives the first one to the deploy account, whatever its state.

use super::revocation::texts;
use super::revoking::Revoking;
use crate::key;
use crate::shell;
use crate::spin::config::key_list::Entry;
use crate::spin::config::layout::Field;
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::spin::plan::moved::item_path;
use crate::yaml::{Along, Edit, Refusal};
use std::collections::BTreeSet;

impl Revoking<'_, '_, '_> {
    pub(super) fn order(&self) -> Result<Vec<Edit>, Refusal> {
        let barred = self.barred();
        let mut edits = Vec::new();
        for person in self.config.people.iter().filter(|it| it.feeds_deploy() && it.state == State::Present) {
            let Some((list, first)) = person.keys.as_ref().and_then(|list| Some((list, list.entries.first()?))) else {
                continue;
            };
            let is_named = person.account.as_deref().is_some_and(|account| self.is_person(account));
            if is_named || !texts(first).any(|text| self.goes_from_deploy(text)) {
                continue;
            }
            self.refuse_others(first)?;
            let staying: Vec<&Entry<'_>> =
                self.revocation.staying(list, self.now).filter(|other| other.index != first.index).collect();
            // In front of an absent item of the same key it would no longer be the last word.
            let absent: BTreeSet<Vec<u8>> = materials(list.entries.iter().filter(|it| it.state == State::Absent));
            let has_none = |entry: &Entry<'_>, of: &BTreeSet<Vec<u8>>| {
                texts(entry).flat_map(key::materials).all(|material| !of.contains(&material))
            };
            match staying.iter().find(|entry| has_none(entry, &absent) && has_none(entry, &barred)) {
                Some(next) => {
                    let path = item_path(&person.user.path, Field::AuthorizedKeys, next.index);
                    edits.push(Edit::MoveFirst { path, comments: Along::All });
                }
                None => {
                    let why = match staying.as_slice() {
                        [] => WhyNone::Last,
                        others if others.iter().all(|other| !has_none(other, &absent)) => WhyNone::Twins,
                        _ => WhyNone::Barred,
                    };
                    return Err(self.no_first_key(person, first, why));
                }
            }
        }
        Ok(edits)
    }

    /// The keys that the deploy account must not get.
    fn barred(&self) -> BTreeSet<Vec<u8>> {
        let entries = self.config.deploy_account.iter().flat_map(|account| self.entries_of(account));
        let items = entries.filter_map(|person| person.keys.as_ref()).flat_map(|list| &list.entries);
        let mut barred = materials(items.filter(|entry| entry.state == State::Absent));
        barred.extend(self.revocation.deploy.keys().cloned());
        barred
    }

    fn no_first_key(&self, person: &Person<'_>, first: &Entry<'_>, why: WhyNone) -> Refusal {
        let name = person.called();
        let word = shell::word(&name);
        let add = format!("add another key first: spin-keys add-user {word} --key PATH");
        let (message, hint) = match why {
            WhyNone::Barred => (
                format!(
                    "the other keys of {name} are revoked from the deploy account, and Spin gives the first key of a sudo user to it"
                ),
                add,
            ),
            WhyNone::Twins => (
                format!("the other keys of {name} are in the list twice, present and absent, so none can come first"),
                "remove one of the two (spin-keys check names them), then run this again".to_owned(),
            ),
            WhyNone::Last if !self.revocation.holds(first) => (
                format!(
                    "this is the only key of {name} that works, and Spin gives the first key of a sudo user to the deploy account"
                ),
                add,
            ),
            WhyNone::Last => (
                format!("{name} would keep no key that works, and without one `spin provision` fails"),
                format!("{add}; if {name} is to go: spin-keys revoke {word} (or --lock-out, which is the same)"),
            ),
        };
        self.document.refuse_node(first.text_node, message, hint)
    }
}

/// Why no other key can come first.
#[derive(Clone, Copy)]
enum WhyNone {
    /// There is no other that works.
    Last,
    /// All others are revoked from the deploy account.
    Barred,
    /// All others are absent in another item of the list.
    Twins,
}

fn materials<'e, 'd: 'e>(entries: impl Iterator<Item = &'e Entry<'d>>) -> BTreeSet<Vec<u8>> {
    entries.flat_map(texts).flat_map(key::materials).collect()
}
