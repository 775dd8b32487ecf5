//! The accounts of a server, as an outcome has them.

use super::authorized_file::AuthorizedFile;
use super::outcome::{Account, Failure};
use super::server::{COMMON_GROUP, Made, Server};
use super::sshd;
use std::rc::Rc;

impl Server {
    /// The accounts that the files name, in the order of their creation, the deploy account last. One that is as it is at
    /// its place among those that are `known` is shared.
    pub(super) fn listed(&self, known: &[Rc<Account>]) -> Vec<Rc<Account>> {
        let account = |(index, made): (usize, &Made)| {
            let closed = sshd::closes(self.sshd.running(), self, made);
            match known.get(index).filter(|known| self.is_as(made, known) && known.closed == closed) {
                Some(known) => Rc::clone(known),
                None => Rc::new(self.as_listed(made, closed)),
            }
        };
        let mut accounts = Vec::with_capacity(self.made().count());
        accounts.extend(self.made().enumerate().map(account));
        if !accounts.is_sorted_by_key(|account| account.is_deploy) {
            accounts.sort_by_key(|account| account.is_deploy);
        }
        accounts
    }

    fn as_listed(&self, made: &Made, closed: Option<Failure>) -> Account {
        let file = &self.home_of(made).file;
        Account {
            name: made.name.to_string(),
            is_deploy: made.is_deploy,
            groups: made.all_groups().map(str::to_owned).collect(),
            keys: file.read(),
            unknown: made.unknown(file).collect(),
            has_unknown_password: made.unknown_password().is_some(),
            closed,
        }
    }

    /// Whether an account is as it was listed, but for why it is closed.
    fn is_as(&self, made: &Made, listed: &Account) -> bool {
        let file = &self.home_of(made).file;
        *listed.name == *made.name
            && listed.is_deploy == made.is_deploy
            && made.all_groups().eq(listed.groups.iter().map(String::as_str))
            && made.unknown_password().is_some() == listed.has_unknown_password
            && made.unknown(file).eq(listed.unknown.iter().copied())
            && file.reads_as(&listed.keys)
    }
}

impl Made {
    /// Places of keys, and of a password to be changed at the first login, that are known only to Ansible.
    fn unknown(&self, file: &AuthorizedFile) -> impl Iterator<Item = usize> {
        file.unknown.iter().copied().chain(self.unknown_password())
    }

    fn unknown_password(&self) -> Option<usize> {
        self.expired_at.filter(|_| self.has_password.is_none())
    }

    /// The groups besides those that every account has.
    fn all_groups(&self) -> impl Iterator<Item = &str> {
        let primary = Some(&*self.primary).filter(|group| *group != COMMON_GROUP && *group != &*self.name);
        primary.into_iter().chain(self.groups.iter().map(|group| &**group))
    }
}
