//! `list --format authorized_keys --for NAME`: the lines with which an account can log in, and warnings about them.

use super::values::Access;
use super::words;
use crate::check;
use crate::error::Error;

/// The lines whose keys can log in.
pub(super) fn lines(access: &Access<'_, '_, '_>) -> String {
    let account = access.account.and_then(|name| access.analysis.outcome.account(name));
    let keys = account.iter().flat_map(|account| account.keys.iter().map(move |key| (account, key)));
    let letting_in = keys.filter(|(account, key)| account.opens(key, access.analysis.now));
    letting_in.map(|(_, key)| format!("{}\n", key.line)).collect()
}

/// What goes to standard error beside the lines.
#[derive(Debug, Default)]
pub struct Asides {
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
}

/// The warnings and notes about the account of `--for`; empty without `--for`.
///
/// # Errors
/// There is no account of that name.
pub fn asides(access: &Access<'_, '_, '_>) -> Result<Asides, Error> {
    let mut asides = Asides::default();
    let Some(name) = access.account else { return Ok(asides) };
    let (analysis, file) = (access.analysis, &access.file);
    let place = |at: usize| file.place(analysis, at);
    if let Some(failure) = &analysis.findings.failure {
        let (at, rule) = (place(failure.span.start), failure.rule.code);
        let message = &failure.message;
        asides.warnings.push(format!("{at}: `spin provision` fails on a new server: {message} [{rule}]"));
    }
    if let Some(at) = analysis.outcome.unresolved.first() {
        asides.warnings.push(format!(
            "{}: the result of this template is known only to Ansible; if Ansible cannot resolve it, the run changes \
                nothing",
            place(*at)
        ));
    }
    let Some(account) = analysis.outcome.account(name) else {
        if !access.is_named(name) {
            let message = format!("there is no account `{}` in {}", crate::yaml::quote(name), file.shown.display());
            return Err(Error::new(message).hint("to list the accounts: spin-keys list"));
        }
        asides.notes.push(format!("{name} has no account after `spin provision`: no key is installed"));
        return Ok(asides);
    };
    for at in account.unknown_keys() {
        asides.warnings.push(format!("{}: the key that this gives to {name} is known only to Ansible", place(*at)));
    }
    if let Some(at) = account.unknown_password() {
        let password = format!("{}: the password of {name} is known only to Ansible", place(at));
        asides.warnings.push(format!("{password}; if it is locked, nobody can log in as {name}"));
    }
    if let Some(closed) = account.closed.as_ref().filter(|_| !account.keys.is_empty()) {
        let title = check::find(closed.rule).map_or("", |rule| rule.title);
        asides.warnings.push(format!("{}: nobody can log in as {name}: {title} [{}]", place(closed.at), closed.rule));
    }
    for key in &account.keys {
        let login = key.login(analysis.now);
        let Some(why) = words::why_not(&login) else { continue };
        let how = if login.lets_in() { "certificates only" } else { "sshd ignores this line" };
        asides.warnings.push(format!("{}: {how} ({why}): {}", place(key.at), key.line));
    }
    if lines(access).is_empty() && account.unknown_keys().is_empty() {
        asides.notes.push(format!("nobody can log in as {name} with a key"));
    }
    Ok(asides)
}

impl Access<'_, '_, '_> {
    /// Whether an entry with this name is in the file.
    fn is_named(&self, name: &str) -> bool {
        let config = &self.analysis.config;
        let mut people = config.people.iter();
        people.any(|person| person.account.as_deref() == Some(name)) || config.deploy_account.as_deref() == Some(name)
    }
}
