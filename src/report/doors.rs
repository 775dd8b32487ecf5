//! `list`: what is otherwise on a server that was provisioned before, and who gets into the tunnel.

use super::page::Tone;
use super::table::Table;
use super::words;
use crate::check;
use crate::escape::escape;
use crate::key;
use crate::spin::provision::outcome::{Account, TunnelKey};
use std::collections::HashSet;
use std::rc::Rc;

impl Table<'_> {
    /// What is otherwise on a server that was provisioned before.
    pub(super) fn provisioned(&mut self) {
        let analysis = self.access.analysis;
        let outcome = &analysis.outcome;
        let Some(provisioned) = &outcome.provisioned else { return };
        self.section("\nON A SERVER THAT WAS PROVISIONED BEFORE");
        match &analysis.findings.provisioned {
            Some(None) => self.line(Tone::Plain, "the run does not fail"),
            Some(Some(failure)) => {
                let place = self.access.file.short_place(analysis, failure.span.start);
                let text = format!("the run fails ({place}): {} [{}]", failure.message, failure.rule.code);
                self.wrapped(Tone::Removed, &text);
            }
            None => {}
        }
        let new: HashSet<&Rc<Account>> = outcome.accounts.iter().collect();
        for account in provisioned.accounts.iter().filter(|account| !new.contains(account)) {
            self.account(account);
        }
    }

    /// The third door, by person.
    pub(super) fn tunnel(&mut self) {
        let analysis = self.access.analysis;
        let tunnel = &analysis.outcome.tunnel;
        if tunnel.keys.is_empty() && tunnel.failure.is_none() && tunnel.unknown.is_empty() {
            return;
        }
        self.section("\nWHO GETS INTO THE TUNNEL (AUTHORIZED_KEYS), AFTER `spin deploy`");
        if let Some(failure) = &tunnel.failure {
            let rule = check::find(failure.rule).map_or("", |rule| rule.title);
            let place = self.access.file.short_place(analysis, failure.at);
            let text = format!("nobody: the playbook fails ({place}): {rule} [{}]", failure.rule);
            self.wrapped(Tone::Removed, &text);
        }
        let mut of = None;
        for key in &tunnel.keys {
            if of != Some(&key.of) && self.room.missing == 0 {
                self.line(Tone::Heading, &escape(&key.of));
                of = Some(&key.of);
            }
            if self.room.is_open() {
                self.handed(key);
            }
        }
        self.unknown(&tunnel.unknown);
    }

    fn handed(&mut self, key: &TunnelKey) {
        let described = key::describe(&key.line);
        let why_not = words::why_not(&key::login(&key.line, self.access.analysis.now));
        let tone = if why_not.is_none() { Tone::Added } else { Tone::Removed };
        self.key(tone, described.as_ref(), if why_not.is_none() { "" } else { "no login" });
        self.beside(key.at, "", described.as_ref());
    }
}
