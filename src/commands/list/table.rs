//! The tables of `list`: two lines a key, at most 80 columns.

use super::{View, why_not};
use crate::key::{self, Described};
use crate::spin::{Account, Installed, Listed, NotInstalled, Principal, Via};
use crate::ui::{self, Ui, escape};
use anstyle::Style;
use std::io;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns of a terminal that nobody has to widen.
const WIDTH: usize = 80;

/// Prints the file's own table, then who really gets in.
///
/// # Errors
/// Those of standard output.
pub(super) fn print(view: &View<'_>, ui: &Ui) -> io::Result<()> {
    let table = Table { view, ui };
    table.heading("IN THE FILE")?;
    if view.principals.is_empty() {
        table.line(ui::PLAIN, "nobody")?;
    }
    for principal in &view.principals {
        table.principal(principal)?;
    }
    table.heading("\nWHO REALLY GETS IN, AFTER `spin provision` ON A NEW SERVER")?;
    if let Some(end) = &view.access.end {
        let text = format!("the run fails ({}): {}", view.short_place(end.at), end.reason);
        table.wrapped(ui::REMOVED, &text)?;
    }
    if view.access.accounts.is_empty() {
        table.line(ui::PLAIN, "nobody")?;
    }
    for account in &view.access.accounts {
        table.account(account)?;
    }
    if !view.access.unresolved.is_empty() {
        table.wrapped(ui::WARNED, &unresolved(view))?;
    }
    if !view.access.never.is_empty() {
        table.heading("\nWRITTEN DOWN AND NEVER INSTALLED")?;
        for never in &view.access.never {
            table.never(never)?;
        }
    }
    Ok(())
}

/// What the templates among the users mean for all of this.
fn unresolved(view: &View<'_>) -> String {
    const SHOWN: usize = 5;
    let places = &view.access.unresolved;
    let mut lines: Vec<usize> = places.iter().map(|at| view.lines.place(*at).0).collect();
    lines.dedup();
    let more = if lines.len() > SHOWN { format!(" and {} more", lines.len() - SHOWN) } else { String::new() };
    let lines: Vec<String> = lines.iter().take(SHOWN).map(usize::to_string).collect();
    format!(
        "unknown: only Ansible can tell what the templates on line {}{more} give; if one of them cannot be resolved, nothing is done",
        lines.join(", ")
    )
}

struct Table<'t> {
    view: &'t View<'t>,
    ui: &'t Ui,
}

impl Table<'_> {
    fn principal(&self, principal: &Principal) -> io::Result<()> {
        let name = principal.account.as_deref().unwrap_or("(unknown)");
        let groups = match (&principal.groups, principal.section) {
            (_, "docker_user") => "deploy account".to_owned(),
            (None, _) => "groups unknown or missing".to_owned(),
            (Some(groups), _) if groups.is_empty() => "no groups".to_owned(),
            (Some(groups), _) => format!("groups {}", groups.join(", ")),
        };
        let state = if principal.state == "present" { String::new() } else { format!("  {}", principal.state) };
        let text = format!(
            "{}{state}  {}  {}  {groups}",
            escape(name),
            self.view.short_place(principal.at),
            escape(&principal.path)
        );
        self.line(ui::HEADING, &text)?;
        if principal.keys.is_empty() {
            self.line(ui::PLAIN, "  no keys")?;
        }
        principal.keys.iter().try_for_each(|key| self.listed(key))
    }

    fn listed(&self, listed: &Listed) -> io::Result<()> {
        let style = match (listed.state, &listed.problem) {
            ("present", None) => ui::PLAIN,
            ("present", Some(_)) => ui::REMOVED,
            _ => ui::WARNED,
        };
        self.key(style, listed.key.as_ref(), listed.state)?;
        self.beside(listed.at, "", listed.key.as_ref())?;
        listed.problem.iter().try_for_each(|problem| self.wrapped(ui::REMOVED, problem))
    }

    fn account(&self, account: &Account) -> io::Result<()> {
        let deploy = if account.is_deploy { "  (the deploy account)" } else { "" };
        self.line(ui::HEADING, &format!("{}{deploy}", escape(&account.name)))?;
        if account.keys.is_empty() && account.unknown.is_empty() {
            self.line(ui::PLAIN, "  nobody, by key")?;
        }
        for key in &account.keys {
            self.installed(key, &account.name)?;
        }
        for at in &account.unknown {
            self.line(ui::WARNED, &format!("  unknown: only Ansible can tell  {}", self.view.short_place(*at)))?;
        }
        Ok(())
    }

    fn installed(&self, key: &Installed, account: &str) -> io::Result<()> {
        let described = key::describe(&key.line);
        let style = if key.lets_in() { ui::ADDED } else { ui::REMOVED };
        self.key(style, described.as_ref(), if key.lets_in() { "" } else { "no login" })?;
        let way = match &key.way {
            Via::Own => String::new(),
            Via::DockerUser => format!("{account} <- docker_user  "),
            Via::FirstKey { of } => format!("{account} <- {of} (sudo, item 0)  "),
            Via::DeployPublicKey => format!("{account} <- deploy_public_key  "),
        };
        self.beside(key.at, &way, described.as_ref())?;
        if key.lets_in() {
            Ok(())
        } else {
            self.wrapped(ui::REMOVED, &format!("sshd passes over it: {}", why_not(&key.login)))
        }
    }

    fn never(&self, never: &NotInstalled) -> io::Result<()> {
        let lines: Vec<&str> =
            never.text.as_deref().map(|text| key::key_lines(text).map(|(_, line)| line).collect()).unwrap_or_default();
        let described = lines.first().and_then(|line| key::describe(line));
        self.key(ui::PLAIN, described.as_ref(), "")?;
        self.beside(never.at, &format!("{}  ", never.who), described.as_ref())?;
        self.wrapped(ui::WARNED, &never.reason)
    }

    /// Type, bits, fingerprint, state.
    fn key(&self, style: Style, key: Option<&Described>, state: &str) -> io::Result<()> {
        let (kind, bits, print) = match key {
            None => ("?", String::new(), "no key can be read here"),
            Some(key) => (
                key.kind.as_str(),
                key.bits.map(|bits| bits.to_string()).unwrap_or_default(),
                key.fingerprint.as_deref().unwrap_or("its data cannot be decoded"),
            ),
        };
        self.line(style, format!("  {kind:<10} {bits:>5}  {print:<50}  {state}").trim_end())
    }

    /// The second line of a key: the way it came, where it stands, its comment.
    fn beside(&self, at: usize, way: &str, key: Option<&Described>) -> io::Result<()> {
        let comment = key.map(|key| key.comment.as_str()).unwrap_or_default();
        let options =
            key.and_then(|key| key.options.as_deref()).map(|options| format!("  [{options}]")).unwrap_or_default();
        let text = format!("    {way}{}  {comment}{options}", self.view.short_place(at));
        self.line(ui::PLAIN, text.trim_end())
    }

    fn heading(&self, text: &str) -> io::Result<()> {
        self.ui.data_styled(ui::HEADING, &format!("{text}\n"))
    }

    /// A line of untrusted text, cut to the width.
    fn line(&self, style: Style, text: &str) -> io::Result<()> {
        self.ui.data_styled(style, &format!("{}\n", cut(&escape(&text.replace('\t', " ")), WIDTH)))
    }

    /// A sentence of untrusted text, over as many lines as it takes.
    fn wrapped(&self, style: Style, text: &str) -> io::Result<()> {
        let mut line = String::from("   ");
        for word in escape(text).split_whitespace() {
            if line.width() + 1 + word.width() > WIDTH && line.trim() != "" {
                self.line(style, &line)?;
                line = String::from("   ");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(style, &line)
    }
}

/// The text with at most `width` columns, an ellipsis where it was longer.
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
