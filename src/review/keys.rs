//! The keys of one account before and after.

use super::pair::{Pair, Presence};
use super::row::{Row, RowKey, RowKind, WhyNot};
use super::side::Side;
use super::unchanged::unchanged;
use crate::check::analysis::Analysis;
use crate::key::{self, Described, KeyLine, Login};
use crate::spin::config::state::State;
use crate::spin::provision::authorized_key::rule_of_line;
use crate::spin::provision::outcome::{Account, Installed, Reason, RuleCode, Via};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// What changes in the keys of an account.
pub(super) fn changes(old: &Side<'_, '_, '_>, new: &Side<'_, '_, '_>, pair: &Pair<'_>) -> Vec<(RowKind, RowKey)> {
    let (had, has): (Vec<_>, Vec<_>) = (old.lines(pair.before).collect(), new.lines(pair.after).collect());
    let is_closed =
        |lines: &[(&Account, &Installed)]| lines.first().is_some_and(|(account, _)| account.closed.is_some());
    // Skip the keys that both sides have unchanged: in most changes that is most of a large file.
    let same: HashSet<&str> = {
        let known: HashSet<&str> = had.iter().map(|(_, key)| &*key.line).collect();
        let is_known = |line: &&str| known.contains(line) && is_closed(&had) == is_closed(&has);
        has.iter().map(|(_, key)| &*key.line).filter(is_known).collect()
    };
    // After a failing run, a key that is the same in both files can still be new on the servers.
    let all_open = had.iter().chain(&has).all(|(account, _)| account.closed.is_none());
    let alone = if old.fails() && all_open { unchanged(lines_of(&had), lines_of(&has)) } else { HashSet::new() };
    let is_new_there = |line: &str| new.installs(pair.after, line) && !old.leaves(pair.before, line);
    let differs = |(_, key): &&(&Account, &Installed)| match &*key.line {
        line if !same.contains(line) => true,
        line => old.fails() && (!alone.contains(line) || is_new_there(line)),
    };
    let had = letting_in(old, had.iter().filter(differs).copied());
    let has = letting_in(new, has.iter().filter(differs).copied());
    let mut found = gained(&had, &has, old, new, pair);
    found.extend(lost(&had, &has, new, pair));
    found.extend(come_without_effect(old, new, pair));
    found
}

fn lines_of<'s>(keys: &[(&'s Account, &'s Installed)]) -> impl Iterator<Item = &'s str> + Clone {
    keys.iter().map(|(_, key)| &*key.line)
}

/// A key that opens an account: it can log in, or the certificates that it signs can.
struct Opening<'s> {
    installed: &'s Installed,
    material: Vec<u8>,
    login: Login,
}

impl Opening<'_> {
    fn described(&self) -> Described {
        key::describe(&self.installed.line).unwrap_or_default()
    }
}

fn letting_in<'s>(
    side: &Side<'_, '_, '_>,
    keys: impl Iterator<Item = (&'s Account, &'s Installed)>,
) -> Vec<Opening<'s>> {
    let now = side.analysis.map_or(0, |analysis| analysis.now);
    let mut found: Vec<Opening<'_>> = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    for (_, installed) in keys.filter(|(account, _)| account.closed.is_none()) {
        let login = installed.login(now);
        if login.lets_in()
            && known.insert(&*installed.line)
            && let Some(material) = key::materials(&installed.line).into_iter().next()
        {
            found.push(Opening { installed, material, login });
        }
    }
    found
}

fn gained(
    had: &[Opening<'_>],
    has: &[Opening<'_>],
    old: &Side<'_, '_, '_>,
    new: &Side<'_, '_, '_>,
    pair: &Pair<'_>,
) -> Vec<(RowKind, RowKey)> {
    let had_by: HashMap<&[u8], &Opening<'_>> = had.iter().map(|key| (key.material.as_slice(), key)).collect();
    let mut found = Vec::new();
    for key in has {
        let described = OnceCell::new();
        let described = || described.get_or_init(|| key.described());
        let kind = match had_by.get(key.material.as_slice()) {
            was if (was.is_some() || old.lists_working(pair.before, &key.material))
                && old.ends_before(pair.before, &key.material)
                && new.installs(pair.after, &key.installed.line) =>
            {
                RowKind::KeyInstalledNow
            }
            // Spin fails on the old file, but the old file lists the key too: the key is not new.
            None if old.fails() && old.lists_working(pair.before, &key.material) => continue,
            None if !new.installs(pair.after, &key.installed.line) => {
                RowKind::KeyWithoutEffect { why: WhyNot::RunFails, rule: failing_rule(new) }
            }
            None if key.login == Login::Signs => RowKind::SignerGained,
            None => RowKind::KeyGained,
            Some(was) if was.installed.line == key.installed.line => continue,
            Some(was) => match (was.described(), described()) {
                (was, is) if was.options != is.options => RowKind::KeyOptions {
                    only_restrict: key::only_restrict(was.options.as_deref(), is.options.as_deref()),
                    from: was.options,
                },
                (was, is) if was.comment != is.comment => RowKind::KeyComment { from: was.comment },
                _ => continue,
            },
        };
        let place = new.analysis.map(|analysis| analysis.lines.place(key.installed.at));
        found.push((kind, RowKey { key: described().clone(), via: key.installed.via.clone(), place }));
    }
    found
}

fn lost(had: &[Opening<'_>], has: &[Opening<'_>], new: &Side<'_, '_, '_>, pair: &Pair<'_>) -> Vec<(RowKind, RowKey)> {
    let has_by: HashSet<&[u8]> = has.iter().map(|key| key.material.as_slice()).collect();
    let mut found = Vec::new();
    for key in had.iter().filter(|key| !has_by.contains(key.material.as_slice())) {
        // A run that fails installs nothing and removes nothing.
        if new.fails() && new.lists(pair.after, &key.material, &State::Present) {
            continue;
        }
        let is_closed = new.account(pair.after).is_some_and(|account| account.closed.is_some());
        let is_taken = !new.fails_again() && (is_closed || new.lists(pair.after, &key.material, &State::Absent));
        let kind = if is_taken || pair.presence == Presence::Removed { RowKind::KeyLost } else { RowKind::KeyStays };
        let key = RowKey { key: key.described(), via: key.installed.via.clone(), place: None };
        found.push((kind, key));
    }
    found
}

fn failing_rule(side: &Side<'_, '_, '_>) -> Option<RuleCode> {
    failing_rule_of(side.analysis?)
}

fn failing_rule_of(analysis: &Analysis<'_, '_>) -> Option<RuleCode> {
    analysis.outcome.failure.as_ref().map(|failure| failure.rule)
}

/// Keys that were added to the file as present, and cannot log in.
fn come_without_effect(old: &Side<'_, '_, '_>, new: &Side<'_, '_, '_>, pair: &Pair<'_>) -> Vec<(RowKind, RowKey)> {
    let Some(analysis) = new.analysis else { return Vec::new() };
    let known = old.listed(pair.before).filter(|(entry, _)| entry.state == State::Present);
    let known: HashSet<&str> = known.map(|(_, text)| text).collect();
    let come = new.listed(pair.after).filter(|(entry, text)| entry.state == State::Present && !known.contains(text));
    let given: HashSet<&str> = deploy_texts(old, pair.before).map(|(_, text)| text).collect();
    let of_deploy = deploy_texts(new, pair.after).filter(|(_, text)| !given.contains(text));
    let mut found = Vec::new();
    for (at, text, via) in come
        .map(|(entry, text)| (analysis.document.node(entry.text_node).start, text, Via::Own))
        .chain(of_deploy.map(|(at, text)| (at, text, Via::DockerUser)))
    {
        for (_, line) in key::key_lines(text) {
            // The same key in another place lets the account in.
            if new.will_let_in(pair.after, line) {
                continue;
            }
            let Some((why, rule)) = why_not(new, pair.after, at, line) else { continue };
            let place = Some(analysis.lines.place(at));
            let key = key::describe(line).unwrap_or_default();
            found.push((RowKind::KeyWithoutEffect { why, rule }, RowKey { key, via: via.clone(), place }));
        }
    }
    found
}

/// Why a key that is listed under an account (`None` for deploy) cannot log in there, or sign certificates that can, if
/// the key that was asked for is such a one; empty if it can.
#[must_use]
pub(super) fn without_effect(analysis: &Analysis<'_, '_>, account: Option<&str>, asked: &KeyLine) -> Vec<Row> {
    let (material, wants) = (asked.material(), key::login(&asked.to_line(), analysis.now));
    let works = |login: &Login| *login == Login::Yes || (*login == Login::Signs && wants == Login::Signs);
    let side = Side::of(Some(analysis));
    let Some(name) = account.or_else(|| side.deploy()) else { return Vec::new() };
    let gets_in = analysis.outcome.account(name).filter(|made| made.closed.is_none()).is_some_and(|made| {
        let mut keys = made.keys.iter().filter(|key| works(&key.login(analysis.now)));
        keys.any(|key| key::materials(&key.line).iter().any(|found| found == material))
    });
    if gets_in {
        return Vec::new();
    }
    let own = side.listed(name).map(|(entry, text)| (analysis.document.node(entry.text_node).start, text));
    let own = own.filter(|_| account.is_some());
    let (is_deploy, deploy) = (account.is_none(), deploy_texts(&side, name).filter(|_| account.is_none()));
    let mut found = Vec::new();
    for (at, text) in own.chain(deploy) {
        for (_, line) in key::key_lines(text).filter(|(_, line)| key::is_in_use(line, material)) {
            let refused = why_not(&side, name, at, line);
            let failing = || analysis.outcome.failure.as_ref().map(|failure| (WhyNot::RunFails, Some(failure.rule)));
            let signs = || {
                let is_signer = key::login(line, analysis.now) == Login::Signs;
                is_signer.then_some((WhyNot::Refused(Login::Signs), None))
            };
            let Some((why, rule)) = refused.or_else(signs).or_else(failing) else { continue };
            let via = if is_deploy { Via::DockerUser } else { Via::Own };
            let place = Some(analysis.lines.place(at));
            let key = Some(RowKey { key: key::describe(line).unwrap_or_default(), via, place });
            found.push(Row { account: name.to_owned(), is_deploy, kind: RowKind::KeyWithoutEffect { why, rule }, key });
        }
    }
    found
}

/// The options that a key has in an account (`None` for deploy).
#[must_use]
pub(super) fn options_of(analysis: &Analysis<'_, '_>, account: Option<&str>, asked: &KeyLine) -> Option<String> {
    let side = Side::of(Some(analysis));
    let made = side.account(account.or_else(|| side.deploy())?)?;
    let is_it = |key: &&Installed| key::materials(&key.line).iter().any(|found| found == asked.material());
    key::describe(&made.keys.iter().find(is_it)?.line)?.options
}

/// The texts of `docker_user` with their places, if this is the deploy account.
fn deploy_texts<'s>(side: &Side<'s, '_, '_>, name: &str) -> impl Iterator<Item = (usize, &'s str)> {
    let analysis = side.analysis.filter(|_| side.deploy() == Some(name));
    let deploy = analysis.and_then(|analysis| analysis.config.deploy.as_ref().map(|deploy| (analysis, deploy)));
    deploy.into_iter().flat_map(|(analysis, deploy)| {
        let lists = [&deploy.keys, &deploy.unread].into_iter().flatten();
        lists.flat_map(super::side::texts).map(|(entry, text)| (analysis.document.node(entry.text_node).start, text))
    })
}

/// Why the key on a line of the text at this place cannot log in to an account; `None` if it can, if it is reported as
/// gained, or if that is known only to Ansible.
fn why_not(side: &Side<'_, '_, '_>, account: &str, at: usize, line: &str) -> Option<(WhyNot, Option<RuleCode>)> {
    let analysis = side.analysis?;
    if let Some(not) = side.not_installed(at) {
        return match &not.reason {
            // Where Ansible's run goes on (`no_target_syslog`), sshd reads the line up to the NUL.
            Reason::FailsHere if line.contains('\0') => Some((WhyNot::RunFails, failing_rule_of(analysis))),
            Reason::Unknown | Reason::NoKey | Reason::KeyAbsent | Reason::UserAbsent => None,
            Reason::RunEnds if side.will_let_in(account, line) => None,
            reason => Some((WhyNot::NotInstalled(reason.clone()), rule_of_reason(analysis, reason))),
        };
    }
    if let Some(closed) = side.account(account).and_then(|made| made.closed.as_ref()) {
        return Some((WhyNot::Closed, Some(closed.rule)));
    }
    match side.intended_from(account, at)?.login(analysis.now) {
        Login::Yes | Login::Signs => None,
        Login::Expired => Some((WhyNot::Refused(Login::Expired), Some("SK417"))),
        Login::Ignored(error) => {
            // Use the words of the finding, which checks more than sshd does.
            let error = KeyLine::parse(line).err().unwrap_or(error);
            let rule = rule_of_line(line, &error);
            Some((WhyNot::Refused(Login::Ignored(error)), Some(rule)))
        }
    }
}

fn rule_of_reason(analysis: &Analysis<'_, '_>, reason: &Reason) -> Option<RuleCode> {
    match reason {
        Reason::FieldNeverRead("authorized_keys") => Some("SK303"),
        Reason::FieldNeverRead(_) => Some("SK218"),
        Reason::FailsHere | Reason::RunEnds => failing_rule_of(analysis),
        Reason::TakenAway => Some("SK508"),
        Reason::ListedAgain => Some("SK507"),
        Reason::Replaced { .. } => Some("SK103"),
        _ => None,
    }
}
