//! Another key comes first where Spin gives the first one to the deploy account, whatever its state.

use super::revocation::texts;
use super::revoking::Revoking;
use crate::key;
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
            let may_open = |entry: &&Entry<'_>| !texts(entry).flat_map(key::materials).any(|it| barred.contains(&it));
            let mut staying = self.revocation.staying(list, self.now).peekable();
            let has_others = staying.peek().is_some_and(|other| other.index != first.index);
            match staying.find(may_open) {
                Some(next) => {
                    let path = item_path(&person.user.path, Field::AuthorizedKeys, next.index);
                    edits.push(Edit::MoveFirst { path, comments: Along::All });
                }
                None => return Err(self.no_first_key(person, first, has_others)),
            }
        }
        Ok(edits)
    }

    /// The keys that the deploy account must not get.
    fn barred(&self) -> BTreeSet<Vec<u8>> {
        let entries = self.config.deploy_account.iter().flat_map(|account| self.entries_of(account));
        let items = entries.filter_map(|person| person.keys.as_ref()).flat_map(|list| &list.entries);
        let absent = items.filter(|entry| entry.state == State::Absent).flat_map(texts).flat_map(key::materials);
        absent.chain(self.revocation.deploy.keys().cloned()).collect()
    }

    fn no_first_key(&self, person: &Person<'_>, first: &Entry<'_>, has_others: bool) -> Refusal {
        let name = person.called();
        let add = format!("add another key first: spin-keys add-user {name} --key PATH");
        let refuse = |message, hint| self.document.refuse_node(first.text_node, message, hint);
        if has_others {
            let message = format!(
                "the other keys of {name} are revoked from the deploy account, and Spin gives the first key of a sudo user to it"
            );
            return refuse(message, add);
        }
        if !self.revocation.holds(first) {
            let message = format!(
                "this is the only key of {name} that works, and Spin gives the first key of a sudo user to the deploy account"
            );
            return refuse(message, add);
        }
        refuse(
            format!("{name} would keep no key that works, and without one `spin provision` fails"),
            format!("{add}; if {name} is to go: spin-keys revoke {name} (or --lock-out, which is the same)"),
        )
    }
}
