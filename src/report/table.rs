//! The tables of `list`: two lines per key. Lines are cut at the width of a terminal only: elsewhere nobody would see the
//! options that decide.

use super::page::{Page, Tone};
use super::room::{Room, and_more};
use super::values::Access;
use super::words;
use crate::check;
use crate::escape::escape;
use crate::key::{self, Described};
use crate::spin::config::layout::DOCKER_USER;
use crate::spin::config::principals::{Listed, Principal};
use crate::spin::provision::outcome::{Account, Installed, NotInstalled, Reason, Via};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The usual width of a terminal, at which sentences are wrapped.
const WIDTH: usize = 80;

/// The principals in the file, then who really gets in.
pub(super) fn page(access: &Access<'_, '_, '_>) -> Page {
    let mut table = Table { access, page: Page::default(), room: Room::of(0) };
    table.section("IN THE FILE");
    if access.principals.is_empty() {
        table.line(Tone::Plain, "nobody");
    }
    for principal in &access.principals {
        if table.room.is_open() {
            table.principal(principal);
        } else {
            table.room.missing += principal.keys.len();
        }
    }
    table.outcome();
    table.end_section();
    table.page
}

pub(super) struct Table<'t> {
    pub(super) access: &'t Access<'t, 't, 't>,
    page: Page,
    /// Of this section.
    pub(super) room: Room,
}

impl Table<'_> {
    fn outcome(&mut self) {
        let analysis = self.access.analysis;
        let outcome = &analysis.outcome;
        self.section("\nWHO REALLY GETS IN, AFTER `spin provision` ON A NEW SERVER");
        if let Some(failure) = &analysis.findings.failure {
            let place = self.access.file.short_place(analysis, failure.span.start);
            self.wrapped(
                Tone::Removed,
                &format!("the run fails ({place}): {} [{}]", failure.message, failure.rule.code),
            );
        }
        if outcome.accounts.is_empty() {
            self.line(Tone::Plain, "nobody");
        }
        for account in &outcome.accounts {
            self.account(account);
        }
        if !outcome.unresolved.is_empty() {
            self.wrapped(Tone::Warned, &unresolved(self.access));
        }
        self.provisioned();
        self.tunnel();
        let is_meant = |not: &&NotInstalled| matches!(not.reason, Reason::KeyAbsent | Reason::UserAbsent);
        let (meant, never): (Vec<_>, Vec<_>) = outcome.not_installed.iter().partition(is_meant);
        self.all_not_installed("\nIN THE FILE BUT NEVER INSTALLED", &never);
        self.all_not_installed("\nTAKEN AWAY FROM SERVERS (`state: absent`)", &meant);
    }

    fn all_not_installed(&mut self, title: &str, keys: &[&NotInstalled]) {
        if !keys.is_empty() {
            self.section(title);
        }
        for not in keys {
            if self.room.is_open() {
                self.not_installed(not);
            }
        }
    }

    fn principal(&mut self, principal: &Principal) {
        let name = principal.account.as_deref().unwrap_or("(unknown)");
        let groups = match (&principal.groups, principal.section) {
            (_, DOCKER_USER) => "deploy account".to_owned(),
            (None, _) => "groups unknown or missing".to_owned(),
            _ if principal.is_revocation => "revocation entry: takes these keys from the deploy account".to_owned(),
            (Some(groups), _) if groups.is_empty() => "no groups".to_owned(),
            (Some(groups), _) => format!("groups {}", groups.join(", ")),
        };
        let state = if principal.state == "present" { String::new() } else { format!("  {}", principal.state) };
        let text =
            format!("{}{state}  {}  {}  {groups}", escape(name), self.place(principal.at), escape(&principal.path));
        self.line(Tone::Heading, &text);
        if principal.keys.is_empty() {
            self.line(Tone::Plain, "  no keys");
        }
        for key in &principal.keys {
            if self.room.is_open() {
                self.listed(key);
            }
        }
    }

    fn listed(&mut self, listed: &Listed) {
        let tone = match (listed.state, &listed.problem) {
            ("present", None) => Tone::Plain,
            ("present", Some(_)) => Tone::Removed,
            _ => Tone::Warned,
        };
        self.key(tone, listed.key.as_ref(), listed.state);
        self.beside(listed.at, "", listed.key.as_ref());
        if let Some(problem) = &listed.problem {
            self.wrapped(Tone::Removed, problem);
        }
    }

    pub(super) fn account(&mut self, account: &Account) {
        if !self.room.is_open() {
            self.room.missing += account.keys.len();
            return;
        }
        let deploy = if account.is_deploy { "  (the deploy account)" } else { "" };
        self.line(Tone::Heading, &format!("{}{deploy}", escape(&account.name)));
        if let Some(closed) = account.closed.as_ref().filter(|_| !account.keys.is_empty()) {
            let title = check::find(closed.rule).map_or("", |rule| rule.title);
            let place = self.place(closed.at);
            self.wrapped(Tone::Removed, &format!("nobody can log in ({place}): {title} [{}]", closed.rule));
        } else if account.keys.is_empty() && account.unknown.is_empty() {
            self.line(Tone::Plain, "  nobody can log in with a key");
        }
        for key in &account.keys {
            if self.room.is_open() {
                self.installed(key, account);
            }
        }
        self.unknown(&account.unknown);
    }

    pub(super) fn unknown(&mut self, places: &[usize]) {
        for at in places {
            if self.room.is_open() {
                let place = self.place(*at);
                self.line(Tone::Warned, &format!("  unknown: known only to Ansible  {place}"));
            }
        }
    }

    fn installed(&mut self, key: &Installed, made: &Account) {
        let account = &made.name;
        let described = key::describe(&key.line);
        let login = key.login(self.access.analysis.now);
        let why_not = words::why_not(&login);
        let is_open = why_not.is_none() && made.closed.is_none();
        let (tone, state) = if is_open { (Tone::Added, "") } else { (Tone::Removed, "no login") };
        self.key(tone, described.as_ref(), state);
        let via = match &key.via {
            Via::Own => String::new(),
            Via::DockerUser => format!("{account} <- docker_user  "),
            Via::FirstKey { of } => format!("{account} <- {of} (sudo, item 0)  "),
            Via::DeployPublicKey => format!("{account} <- deploy_public_key  "),
        };
        self.beside(key.at, &via, described.as_ref());
        if let Some(why) = why_not {
            let how = if login.lets_in() { "" } else { "sshd ignores it: " };
            self.wrapped(Tone::Removed, &format!("{how}{why}"));
        }
    }

    fn not_installed(&mut self, not: &NotInstalled) {
        let line = not.text.as_deref().and_then(|text| key::key_lines(text).next());
        let described = line.and_then(|(_, line)| key::describe(line));
        self.key(Tone::Plain, described.as_ref(), "");
        self.beside(not.at, &format!("{}  ", not.who), described.as_ref());
        let reason = words::not_installed(&not.reason, self.access.analysis.findings.failure.as_ref());
        self.wrapped(Tone::Warned, &reason);
    }

    /// Type, bits, fingerprint, state.
    pub(super) fn key(&mut self, tone: Tone, key: Option<&Described>, state: &str) {
        let (kind, bits, print) = match key {
            None => ("?", String::new(), "no key can be read here"),
            Some(key) => (
                key.kind.as_str(),
                key.bits.map(|bits| bits.to_string()).unwrap_or_default(),
                key.fingerprint.as_deref().unwrap_or("key data cannot be decoded"),
            ),
        };
        self.line(tone, format!("  {kind:<10} {bits:>5}  {print:<50}  {state}").trim_end());
    }

    /// The second line of a key: why the account has it, its place, its comment.
    pub(super) fn beside(&mut self, at: usize, via: &str, key: Option<&Described>) {
        let comment = key.map(|key| key.comment.as_str()).unwrap_or_default();
        let options =
            key.and_then(|key| key.options.as_deref()).map(|options| format!("  [{options}]")).unwrap_or_default();
        let text = format!("    {via}{}  {comment}{options}", self.place(at));
        self.line(Tone::Plain, text.trim_end());
    }

    pub(super) fn place(&self, at: usize) -> String {
        self.access.file.short_place(self.access.analysis, at)
    }

    pub(super) fn section(&mut self, title: &str) {
        self.end_section();
        self.room = Room::of_list(self.access.analysis.document.text, 16);
        self.page.line(Tone::Heading, title);
    }

    /// What has no room in a section: accounts, keys and places.
    fn end_section(&mut self) {
        if self.room.missing > 0 {
            self.page.line(Tone::Warned, &and_more(self.room.missing));
        }
    }

    /// A line of untrusted text, truncated to the width of the terminal.
    pub(super) fn line(&mut self, tone: Tone, text: &str) {
        self.cut_line(tone, &escape(&text.replace('\t', " ")));
    }

    fn cut_line(&mut self, tone: Tone, text: &str) {
        self.room.spend(text.len() + 1);
        match self.access.width {
            Some(width) => self.page.line(tone, &cut(text, width)),
            None => self.page.line(tone, text),
        }
    }

    /// A sentence of untrusted text, wrapped.
    pub(super) fn wrapped(&mut self, tone: Tone, text: &str) {
        let width = self.access.width.map_or(WIDTH, |width| width.min(WIDTH));
        let options = textwrap::Options::new(width)
            .initial_indent("    ")
            .subsequent_indent("    ")
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
        let text = escape(text).replace('\t', " ");
        for line in textwrap::wrap(&text, options) {
            self.cut_line(tone, &line);
        }
    }
}

/// What the templates among the users mean for the prediction.
fn unresolved(access: &Access<'_, '_, '_>) -> String {
    const SHOWN: usize = 5;
    let places = &access.analysis.outcome.unresolved;
    let mut lines: Vec<usize> = places.iter().map(|at| access.analysis.line(*at)).collect();
    lines.dedup();
    let more = if lines.len() > SHOWN { format!(" and {} more", lines.len() - SHOWN) } else { String::new() };
    let lines: Vec<String> = lines.iter().take(SHOWN).map(usize::to_string).collect();
    format!(
        "unknown: what is on line {}{more} decides who gets in, and is known only to Ansible; if Ansible cannot \
            resolve a template, the run changes nothing",
        lines.join(", ")
    )
}

/// The text truncated to `width` columns, with an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(c);
    }
    out + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_by_columns() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 6), "日本語");
    }
}
