//! A server while `spin provision` runs: its accounts, groups, homes and keys.

use super::arguments::{Placed, usual_home};
use super::authorized_file::AuthorizedFile;
use super::sshd_settings::Sshd;
use super::system;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// The ids that useradd gives to people (`UID_MIN`, `UID_MAX` of /etc/login.defs).
const UIDS: std::ops::RangeInclusive<u32> = 1000..=60000;

/// The group that accounts get on Spin's servers (roles/linux_common/tasks/security.yml, `USERGROUPS_ENAB no`).
pub(super) const COMMON_GROUP: &str = "users";

/// An account in /etc/passwd.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) name: Rc<str>,
    pub(super) uid: u32,
    pub(super) primary: Rc<str>,
    /// Sorted, each once.
    pub(super) groups: Rc<[Rc<str>]>,
    pub(super) home: Rc<str>,
    pub(super) comment: Option<Rc<str>>,
    /// The login shell; `None` for useradd's default.
    pub(super) shell: Option<Placed>,
    /// Whether it has a password that somebody can know; `None` if that is known only to Ansible.
    pub(super) has_password: Option<bool>,
    /// Place of the password in the file that named the account last, if that is not empty.
    pub(super) password_at: Option<usize>,
    /// Place of the password that the role expired: the first login asks for the old one and a new one.
    pub(super) expired_at: Option<usize>,
    pub(super) is_deploy: bool,
    /// A file that was provisioned names it.
    pub(super) is_listed: bool,
    /// First byte of the name in the file that named it last.
    pub(super) at: usize,
    /// First byte of the home in that file, or of the name.
    pub(super) home_at: usize,
    /// Where the home is among those of the server.
    pub(super) folder: usize,
}

/// The home of an account.
#[derive(Debug, Clone)]
pub(super) struct Home {
    /// User id of its owner.
    pub(super) owner: u32,
    pub(super) file: AuthorizedFile,
}

#[derive(Debug, Clone)]
pub(super) struct Server {
    accounts: Vec<Option<Made>>,
    by_name: HashMap<Rc<str>, usize>,
    /// The groups with their ids, if these are known.
    groups: BTreeMap<Rc<str>, Option<u32>>,
    homes: Vec<Home>,
    by_path: HashMap<Rc<str>, usize>,
    /// The accounts by user id; `usize::MAX` for one that is left out.
    uids: BTreeMap<u32, usize>,
    /// No id of people below this one is free.
    lowest_free: u32,
    /// How many accounts there are of people who are left out of the document.
    left_out: usize,
    /// Something that was there before was changed: a second run may end otherwise.
    pub(super) is_touched: bool,
    pub(super) sshd: Sshd,
    /// Accounts get a group of their own (`USERGROUPS_ENAB yes`).
    has_private_groups: bool,
    common_group: Rc<str>,
}

impl Server {
    /// A fresh server for about so many people. `has_private_groups`: `USERGROUPS_ENAB yes`, as Debian has it before Spin
    /// turns it off.
    pub(super) fn fresh(people: usize, has_private_groups: bool) -> Self {
        Self {
            accounts: Vec::with_capacity(people),
            by_name: HashMap::with_capacity(people),
            groups: system::groups().map(|(name, gid)| (name.into(), gid)).collect(),
            homes: Vec::with_capacity(people),
            by_path: HashMap::with_capacity(people),
            uids: BTreeMap::new(),
            lowest_free: *UIDS.start(),
            left_out: 0,
            is_touched: false,
            sshd: Sshd::default(),
            has_private_groups,
            common_group: COMMON_GROUP.into(),
        }
    }

    /// Where the account with this name is, also one that a fresh server has.
    pub(super) fn index(&mut self, name: &str) -> Option<usize> {
        if let Some(index) = self.by_name.get(name) {
            return Some(*index);
        }
        let (name, uid, home) = system::accounts().find(|account| account.0 == name)?;
        let primary = match name {
            "nobody" | "sync" | "_apt" => "nogroup",
            _ => name,
        };
        Some(self.insert(&name.into(), uid, primary.into(), home.into()))
    }

    pub(super) fn account(&mut self, name: &str) -> Option<&mut Made> {
        self.index(name).and_then(|index| self.accounts[index].as_mut())
    }

    /// Whether there is still an account where this was returned for it: no place is used twice.
    pub(super) fn is_at(&self, index: usize) -> bool {
        self.accounts.get(index).is_some_and(Option::is_some)
    }

    pub(super) fn account_at(&mut self, index: usize) -> Option<&mut Made> {
        self.accounts.get_mut(index).and_then(Option::as_mut)
    }

    pub(super) fn find(&self, name: &str) -> Option<&Made> {
        self.by_name.get(name).and_then(|index| self.accounts[*index].as_ref())
    }

    /// Adds an account as `useradd -m` does, and returns where it is. The user id must be free.
    pub(super) fn create(
        &mut self,
        name: &Rc<str>,
        uid: Option<u32>,
        primary: Option<Rc<str>>,
        home: Rc<str>,
    ) -> usize {
        let uid = uid.unwrap_or_else(|| self.next_uid());
        let primary = primary.unwrap_or_else(|| self.default_group(name, uid));
        self.insert(name, uid, primary, home)
    }

    fn default_group(&mut self, name: &Rc<str>, uid: u32) -> Rc<str> {
        // The module passes `-N` where a group of that name exists.
        if !self.has_private_groups || self.groups.contains_key(name) {
            return Rc::clone(&self.common_group);
        }
        self.groups.insert(Rc::clone(name), Some(uid));
        Rc::clone(name)
    }

    fn insert(&mut self, name: &Rc<str>, uid: u32, primary: Rc<str>, home: Rc<str>) -> usize {
        let index = self.accounts.len();
        self.by_name.insert(Rc::clone(name), index);
        self.uids.insert(uid, index);
        let folder = self.make_home(&home, uid);
        self.accounts.push(Some(Made {
            name: Rc::clone(name),
            uid,
            primary,
            groups: Rc::new([]),
            home,
            comment: None,
            shell: None,
            has_password: Some(false),
            password_at: None,
            expired_at: None,
            is_deploy: false,
            is_listed: false,
            at: 0,
            home_at: 0,
            folder,
        }));
        index
    }

    /// Creates an account that a file names, unless it exists.
    pub(super) fn list(&mut self, name: &str, at: usize) {
        if self.account(name).is_none() {
            self.create(&name.into(), None, None, usual_home(name));
        }
        if let Some(made) = self.account(name) {
            (made.is_listed, made.at, made.home_at) = (true, at, at);
        }
    }

    /// Creates a home unless it exists, and returns where it is.
    pub(super) fn make_home(&mut self, path: &Rc<str>, uid: u32) -> usize {
        *self.by_path.entry(Rc::clone(path)).or_insert_with(|| {
            let owner = if system::folder(path).is_some() { 0 } else { uid };
            self.homes.push(Home { owner, file: AuthorizedFile::default() });
            self.homes.len() - 1
        })
    }

    /// The user id after the highest one in use, or the lowest free one.
    fn next_uid(&mut self) -> u32 {
        let next = self.uids.range(UIDS).next_back().map_or(*UIDS.start(), |(highest, _)| highest + 1);
        if UIDS.contains(&next) {
            return next;
        }
        while self.is_uid_taken(self.lowest_free) {
            self.lowest_free += 1;
        }
        self.lowest_free
    }

    /// Creates accounts of people who are left out of the document, up to so many: others notice only their user ids.
    pub(super) fn create_left_out(&mut self, count: usize) {
        while self.left_out < count {
            let uid = self.next_uid();
            self.uids.insert(uid, usize::MAX);
            self.left_out += 1;
        }
    }

    pub(super) fn is_uid_taken(&self, uid: u32) -> bool {
        self.uids.contains_key(&uid) || system::accounts().any(|account| account.1 == uid)
    }

    /// Gives an account another user id. Its home and what is in it changes hands, as usermod does it.
    pub(super) fn change_uid(&mut self, index: usize, uid: u32) {
        let Some(made) = self.accounts[index].as_mut() else { return };
        let old = std::mem::replace(&mut made.uid, uid);
        self.uids.remove(&old);
        self.uids.insert(uid, index);
        let home = &mut self.homes[made.folder];
        if home.owner == old {
            home.owner = uid;
            home.file.owner = home.file.owner.map(|owner| if owner == old { uid } else { owner });
        }
        self.lowest_free = *UIDS.start();
    }

    /// Removes an account; its home stays. Whether it was there.
    pub(super) fn remove(&mut self, name: &str) -> bool {
        if self.account(name).is_none() {
            return false;
        }
        self.is_touched = true;
        let Some(made) = self.by_name.remove(name).and_then(|index| self.accounts[index].take()) else {
            return false;
        };
        self.uids.remove(&made.uid);
        if *made.primary == *name && !self.accounts.iter().flatten().any(|other| *other.primary == *name) {
            self.groups.remove(name);
        }
        self.lowest_free = *UIDS.start();
        true
    }

    /// The keys of an account, with its user id.
    pub(super) fn keys_of(&mut self, index: usize) -> Option<(&mut AuthorizedFile, u32)> {
        let made = self.accounts[index].as_ref()?;
        Some((&mut self.homes[made.folder].file, made.uid))
    }

    pub(super) fn home_of(&self, made: &Made) -> &Home {
        &self.homes[made.folder]
    }

    /// The name of a group that is given by its id or name (module `user`, `group_exists`): the id is tried first.
    pub(super) fn group(&self, word: &str) -> Option<Rc<str>> {
        let by_id = word.trim().parse::<u32>().ok().and_then(|gid| self.group_with(gid));
        by_id.or_else(|| self.groups.get_key_value(word).map(|(name, _)| Rc::clone(name)))
    }

    fn group_with(&self, gid: u32) -> Option<Rc<str>> {
        self.groups.iter().find(|(_, known)| **known == Some(gid)).map(|(name, _)| Rc::clone(name))
    }

    /// Creates a group, or gives it another id. Whether the id was free.
    pub(super) fn set_group(&mut self, name: &str, gid: u32) -> bool {
        match self.group_with(gid) {
            Some(other) if *other != *name => return false,
            Some(_) => {}
            None => self.is_touched |= self.groups.contains_key(name),
        }
        self.groups.insert(name.into(), Some(gid));
        true
    }

    /// Creates a group whose id is not known.
    pub(super) fn add_group(&mut self, name: &str) {
        self.groups.entry(name.into()).or_insert(None);
    }

    /// A run starts.
    pub(super) fn start(&mut self) {
        self.is_touched = false;
    }

    /// Makes an account the deploy account.
    pub(super) fn set_deploy(&mut self, name: &str) {
        for made in self.accounts.iter_mut().flatten() {
            made.is_deploy = *made.name == *name;
            // roles/docker_user/tasks/main.yml:13, `shell: /bin/bash`
            made.shell = made.shell.take().filter(|_| !made.is_deploy);
        }
    }

    pub(super) fn made(&self) -> impl Iterator<Item = &Made> {
        self.accounts.iter().flatten().filter(|made| made.is_listed)
    }
}
