//! What a fix may change in who gets in: no more than its finding says. One table for all rules. Pure.

use super::access::{Access, Door, Key, Member, keys};
use super::difference::{Difference, differences};
use crate::check::finding::Finding;
use crate::key;
use crate::spin::config::Config;
use crate::spin::config::key_list::{KeyList, KeyText};
use crate::spin::config::layout::{DOCKER_USER, Section};
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::yaml::{Edit, New, Path, Step};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What the findings that are fixed say that their fixes change.
#[derive(Debug, Default, Clone)]
pub struct Allowed {
    differences: BTreeSet<Difference>,
    /// Accounts that get another name.
    names: Vec<(String, String)>,
    /// Accounts whose groups may become these.
    groups: Vec<(String, BTreeSet<String>)>,
}

/// The entry that a fix edits.
struct Holder<'c, 'd> {
    /// `None` for `docker_user`.
    person: Option<&'c Person<'d>>,
    account: Option<&'c str>,
    unread: Option<&'c KeyList<'d>>,
    /// Who gets in by the file before the fix.
    access: &'c Access,
}

impl Allowed {
    /// What the fix of a finding may change, by the file in which it is found.
    #[must_use]
    pub fn by(finding: &Finding, config: &Config<'_>, access: &Access) -> Self {
        let mut allowed = Self::default();
        for edit in &finding.fix {
            if let Some(holder) = Holder::of(config, access, edit.path()) {
                allowed.add(finding.rule.code, edit, &holder);
            }
        }
        allowed
    }

    fn add(&mut self, code: &str, edit: &Edit, holder: &Holder<'_, '_>) {
        match (code, edit) {
            ("SK205", Edit::Replace { with: New::Text { value, .. }, .. }) => {
                self.names.extend(holder.account.map(|from| (from.to_owned(), value.clone())));
            }
            ("SK210", _) => self.groups.extend(holder.account.map(|account| (account.to_owned(), BTreeSet::new()))),
            ("SK211", Edit::Replace { with, .. }) => {
                self.groups.extend(holder.account.map(|account| (account.to_owned(), words(with))));
            }
            // One item becomes one that Spin can read.
            ("SK217" | "SK304" | "SK420", Edit::Replace { path, with }) => {
                let is_first = path.last() == Some(&Step::Index(0));
                self.opened(holder, keys(text(with)), is_first);
            }
            ("SK218" | "SK303", Edit::Rename { .. }) => self.list(holder),
            ("SK502", Edit::MoveFirst { path, .. }) => self.moved(holder, path),
            // A key that is listed twice, a text in quotes, a name that Spin has as its default: nobody gets in or out.
            _ => {}
        }
    }

    /// Keys get into the account of the entry, and with it into what it opens.
    fn opened(&mut self, holder: &Holder<'_, '_>, keys: impl Iterator<Item = Key>, is_first: bool) {
        for key in keys {
            let Some(account) = holder.account else { continue };
            // What the file removes from the account elsewhere opens nothing.
            if holder.access.removed.contains(&(account.to_owned(), key.material.clone())) {
                continue;
            }
            let deploy = holder.access.deploy.as_deref().filter(|_| is_first && holder.opens_deploy());
            let doors = [Some(account), deploy].into_iter().flatten().map(|name| Door::Account(name.to_owned()));
            let tunnel = holder.opens_tunnel().then_some(Door::Tunnel);
            self.differences.extend(doors.chain(tunnel).map(|door| Difference::LetsIn(door, key.clone())));
        }
    }

    /// A whole list becomes one that Spin reads. What is absent in it is removed, and opens the tunnel all the same.
    fn list(&mut self, holder: &Holder<'_, '_>) {
        let entries = holder.unread.map_or(&[][..], |list| &list.entries);
        let mut last: HashMap<Vec<u8>, &State> = HashMap::new();
        for entry in entries {
            let KeyText::Text(text) = entry.text else { continue };
            last.extend(key::materials(text).into_iter().map(|material| (material, &entry.state)));
        }
        let is_present = |key: &Key| last.get(&key.material) == Some(&&State::Present);
        let first = entries.iter().position(|entry| entry.state == State::Present);
        for (at, entry) in entries.iter().enumerate() {
            let KeyText::Text(text) = entry.text else { continue };
            if entry.state == State::Present {
                self.opened(holder, keys(text).filter(is_present), first == Some(at));
                continue;
            }
            let tunnel = holder.opens_tunnel().then(|| keys(text)).into_iter().flatten();
            self.differences.extend(tunnel.map(|key| Difference::LetsIn(Door::Tunnel, key)));
            let Some(account) = holder.account else { continue };
            let materials = key::materials(text).into_iter();
            self.differences.extend(materials.map(|material| Difference::Removes(account.to_owned(), material)));
        }
    }

    /// The deploy account gets the keys of another item instead of those of the first, which is absent.
    fn moved(&mut self, holder: &Holder<'_, '_>, path: &Path) {
        let list = holder.person.and_then(|person| person.keys.as_ref());
        let (Some(Step::Index(index)), Some(list), Some(deploy)) = (path.last(), list, &holder.access.deploy) else {
            return;
        };
        let door = Door::Account(deploy.clone());
        for entry in list.entries.iter().filter(|entry| entry.index == 0 || entry.index == *index) {
            let KeyText::Text(text) = entry.text else { continue };
            // What the file removes from the account elsewhere opens nothing.
            let is_removed = |key: &Key| {
                let account = holder.account.unwrap_or_default().to_owned();
                entry.index != 0 && holder.access.removed.contains(&(account, key.material.clone()))
            };
            // An entry that removes the first one from the deploy account has its effect now.
            if entry.index == 0 {
                let removed = key::materials(text).into_iter();
                self.differences.extend(removed.map(|material| Difference::Removes(deploy.clone(), material)));
            }
            self.differences.extend(keys(text).filter(|key| !is_removed(key)).map(|key| match entry.index {
                0 => Difference::ShutsOut(door.clone(), key),
                _ => Difference::LetsIn(door.clone(), key),
            }));
        }
    }

    pub fn extend(&mut self, other: Self) {
        self.differences.extend(other.differences);
        self.names.extend(other.names);
        self.groups.extend(other.groups);
    }

    /// Every difference that goes beyond what is allowed.
    #[must_use]
    pub fn beyond(&self, before: &Access, after: &Access) -> Vec<Difference> {
        let mut before = before.clone();
        let mut renamed: Vec<&(String, String)> = Vec::new();
        let mut found = BTreeSet::new();
        for names in self.names.iter().filter(|(from, to)| from != to) {
            let (from, to) = names;
            if renamed.contains(&names) {
                continue;
            }
            // Two accounts must not become one, nor one two.
            if before.accounts.contains_key(to) || after.accounts.contains_key(from) {
                found.insert(Difference::Account(from.clone()));
                continue;
            }
            before = before.renamed(from, to);
            renamed.push(names);
        }
        let name = |name: &str| {
            let to = renamed.iter().find(|(from, _)| from == name).map(|(_, to)| to.as_str());
            to.unwrap_or(name).to_owned()
        };
        let allowed: BTreeSet<Difference> = self.differences.iter().map(|it| it.under(&name)).collect();
        let may_be = |account: &str, groups: &BTreeSet<String>| {
            let had = before.accounts.get(account);
            let had_none = matches!(had, Some(Member::Of(had)) if had.as_ref().is_none_or(BTreeSet::is_empty));
            had_none && after.accounts.get(account) == Some(&Member::Of(Some(groups.clone())))
        };
        let is_allowed = |found: &Difference| match found {
            // A key that the file removes from an account does not come back.
            Difference::LetsIn(Door::Account(account), key)
                if before.removed.contains(&(account.clone(), key.material.clone())) =>
            {
                false
            }
            Difference::Account(account) => {
                self.groups.iter().any(|(of, groups)| name(of) == *account && may_be(account, groups))
            }
            found => allowed.contains(found),
        };
        found.extend(differences(&before, after).into_iter().filter(|found| !is_allowed(found)));
        found.into_iter().collect()
    }
}

impl<'c, 'd> Holder<'c, 'd> {
    fn of(config: &'c Config<'d>, access: &'c Access, path: &[Step]) -> Option<Self> {
        if path.first() == Some(&Step::Key(DOCKER_USER.to_owned())) {
            let unread = config.deploy.as_ref().and_then(|deploy| deploy.unread.as_ref());
            return Some(Self { person: None, account: access.deploy.as_deref(), unread, access });
        }
        let person = config.people.iter().find(|person| path.starts_with(&person.user.path))?;
        let account = person.account.as_deref();
        Some(Self { person: Some(person), account, unread: person.unread.as_ref(), access })
    }

    fn materials(&self) -> impl Iterator<Item = Vec<u8>> {
        let lists = [self.person.and_then(|person| person.keys.as_ref()), self.unread];
        let texts = lists.into_iter().flatten().flat_map(|list| &list.entries).filter_map(|entry| match entry.text {
            KeyText::Text(text) => Some(text),
            _ => None,
        });
        texts.flat_map(key::materials)
    }

    fn opens_deploy(&self) -> bool {
        self.person.is_some_and(|person| person.in_sudo() && person.user.section == Section::Users)
    }

    fn opens_tunnel(&self) -> bool {
        self.person.is_some_and(Person::feeds_deploy)
    }
}

/// The accounts and keys of which differences tell.
pub struct Concerned<'d> {
    accounts: HashSet<&'d str>,
    keys: HashSet<&'d [u8]>,
}

impl<'d> Concerned<'d> {
    #[must_use]
    pub fn of(differences: &'d [Difference]) -> Self {
        let parts = || differences.iter().map(Difference::parts);
        Self { accounts: parts().filter_map(|it| it.0).collect(), keys: parts().filter_map(|it| it.1).collect() }
    }

    /// Whether the fix of a finding may be what makes the differences: it is in the entry of such an account or key.
    #[must_use]
    pub fn holds(&self, finding: &Finding, config: &Config<'_>, access: &Access) -> bool {
        let mut holders = finding.fix.iter().filter_map(|edit| Holder::of(config, access, edit.path())).peekable();
        let is_here = |holder: &Holder<'_, '_>| {
            holder.account.is_some_and(|account| self.accounts.contains(account))
                || holder.materials().any(|material| self.keys.contains(material.as_slice()))
        };
        holders.peek().is_none() || holders.any(|holder| is_here(&holder))
    }
}

/// The key in a new item.
fn text(with: &New) -> &str {
    match with {
        New::Text { value, .. } => value,
        New::Map(entries) => entries.first().map_or("", |(_, value)| text(value)),
        New::List { .. } => "",
    }
}

/// The names in a new list of groups.
fn words(with: &New) -> BTreeSet<String> {
    match with {
        New::List { items, .. } => items.iter().map(|item| text(item).to_owned()).collect(),
        _ => BTreeSet::new(),
    }
}
