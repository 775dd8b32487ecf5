//! What else a change opens: on a server that was provisioned with the old file, and where a run ends early.
//!
//! The other rows compare what the two files intend. A run can also end before it closes something, leave an account
//! in the groups of an earlier entry, or find the keys of another account in a home.

use super::differences::{Difference, is_section};
use super::row::{Row, RowKey, RowKind};
use super::side::Side;
use crate::check::analysis::Analysis;
use crate::key;
use crate::spin::config::layout::DOCKER_USER;
use crate::spin::provision::outcome::{Account, Installed};
use crate::spin::provision::{predict_second, system};
use crate::yaml::{Document, Step};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The rows that are not among those that are known, `told`.
pub(super) fn rows(
    old: &Side<'_, '_, '_>,
    after: Option<&Analysis<'_, '_>>,
    differences: &[Difference],
    told: &[Row],
) -> Vec<Row> {
    let (Some(before), Some(after)) = (old.analysis, after) else { return Vec::new() };
    let fails = before.outcome.failure.is_some() || after.outcome.failure.is_some();
    if !fails && !differences.iter().any(|difference| moves(difference, after.document)) {
        return Vec::new();
    }
    let [was, will] = predict_second(
        (before.document, &before.config, &before.first),
        (after.document, &after.config, &after.first),
        &before.outcome.accounts,
    );
    let is_written = |name: &str| old.groups(name).iter().any(|group| system::is_as_good_as_root(group));
    let (intended, told) = (before.outcome.intended(), told.iter().filter_map(identity).collect());
    let lines = OnceCell::new();
    let mut opened = Opened { intended, is_written: &is_written, after, lines, told, rows: Vec::new() };
    opened.compare(&was, &will);
    if fails {
        opened.compare(&before.outcome.accounts, &after.outcome.accounts);
    }
    opened.rows
}

/// What makes a gain the same, however it came about: the account, and the key or the group. A new name of an account
/// stands for all of its own.
fn identity(row: &Row) -> Option<(String, String)> {
    let what = match (&row.kind, &row.key) {
        (RowKind::AccountRenamed { .. }, _) => String::new(),
        (RowKind::GroupGained { group }, _) => group.clone(),
        (_, Some(key)) => key.key.fingerprint.clone()?,
        _ => return None,
    };
    Some((row.account.clone(), what))
}

/// Whether a run can find more on a server than the two files say: other fields than keys, groups and full names.
fn moves(difference: &Difference, new: &Document<'_>) -> bool {
    const PLAIN: [&str; 6] = ["username", "name", "groups", "authorized_keys", "authorized_ssh_keys", "password"];
    match (difference.path.as_slice(), difference.after) {
        ([Step::Key(top)], _) => is_section(top) || top == DOCKER_USER,
        ([Step::Key(top), _], Some(entry)) if is_section(top) => {
            new.entries(entry).iter().any(|(key, _)| !new.scalar(*key).is_some_and(|field| PLAIN.contains(&field)))
        }
        ([Step::Key(top), _], None) if is_section(top) => false,
        ([Step::Key(top), _, Step::Key(field), ..], _) if is_section(top) => {
            field == "username" || !PLAIN.contains(&field.as_str())
        }
        ([Step::Key(top), Step::Key(field), ..], _) if top == DOCKER_USER => field != "authorized_ssh_keys",
        _ => false,
    }
}

struct Opened<'a, 'd, 't> {
    /// What the old file intends.
    intended: &'a [Rc<Account>],
    /// Whether the old file writes that an account is in a group that is as good as root.
    is_written: &'a dyn Fn(&str) -> bool,
    after: &'a Analysis<'d, 't>,
    /// The lines that the new file intends, with the places of their texts, once they are asked for.
    lines: OnceCell<HashSet<(usize, &'a str)>>,
    told: HashSet<(String, String)>,
    rows: Vec<Row>,
}

impl Opened<'_, '_, '_> {
    fn compare(&mut self, was: &[Rc<Account>], will: &[Rc<Account>]) {
        // Most accounts in most changes are as they were.
        let is_other = |(index, account): &(usize, &Rc<Account>)| was.get(*index) != Some(account);
        let others: Vec<&Rc<Account>> = will.iter().enumerate().filter(is_other).map(|(_, account)| account).collect();
        let mut known: HashMap<&str, Vec<&Rc<Account>>> =
            others.iter().map(|account| (account.name.as_str(), Vec::new())).collect();
        // What the old file intends, and a run did not reach, was a gain when it came into the file.
        for account in was.iter().chain(self.intended).filter(|_| !others.is_empty()) {
            if let Some(known) = known.get_mut(account.name.as_str()) {
                known.push(account);
            }
        }
        for account in others {
            let before = known.get(account.name.as_str()).map_or(&[][..], Vec::as_slice);
            if before.contains(&account) {
                continue;
            }
            let is_renamed = self.told.contains(&(account.name.clone(), String::new()));
            let opening: Vec<&Installed> = account.keys.iter().filter(|key| self.opens(account, key)).collect();
            if opening.is_empty() || is_renamed {
                continue;
            }
            for group in account.groups.iter().filter(|group| system::is_as_good_as_root(group)) {
                let had = before.iter().any(|before| before.is_as_good_as_root()) || (self.is_written)(&account.name);
                let is_of_deploy = account.is_deploy && group == "docker";
                if !(had || is_of_deploy) {
                    self.add(account, group.clone(), RowKind::GroupGained { group: group.clone() }, None);
                }
            }
            let known: HashSet<Vec<u8>> = before
                .iter()
                .flat_map(|before| before.keys.iter().filter(|key| self.opens(before, key)))
                .flat_map(|key| key::materials(&key.line))
                .collect();
            for key in opening {
                if !key::materials(&key.line).iter().all(|material| known.contains(material)) {
                    self.key(account, key);
                }
            }
        }
    }

    fn opens(&self, account: &Account, key: &Installed) -> bool {
        account.opens(key, self.after.now)
    }

    fn key(&mut self, account: &Account, installed: &Installed) {
        let Some(key) = key::describe(&installed.line) else { return };
        let Some(fingerprint) = key.fingerprint.clone() else { return };
        // A line that the new file does not have comes from the old one.
        let lines = self.lines.get_or_init(|| {
            let keys = self.after.outcome.intended().iter().flat_map(|account| &account.keys);
            keys.map(|key| (key.at, &*key.line)).collect()
        });
        let is_new = lines.contains(&(installed.at, &*installed.line));
        let place = is_new.then(|| self.after.lines.place(installed.at));
        let key = RowKey { key, via: installed.via.clone(), place };
        self.add(account, fingerprint, RowKind::KeyGained, Some(key));
    }

    fn add(&mut self, account: &Account, what: String, kind: RowKind, key: Option<RowKey>) {
        if self.told.insert((account.name.clone(), what)) {
            self.rows.push(Row { account: account.name.clone(), is_deploy: account.is_deploy, kind, key });
        }
    }
}
