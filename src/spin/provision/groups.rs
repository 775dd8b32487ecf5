//! Which groups exist on a new server when Spin creates its users.

use super::outcome::RuleCode;
use super::system;

/// The first group in a name, or in names joined by commas, that does not exist on a new server. A number is an id.
pub(crate) fn missing(names: &str) -> Option<&str> {
    let mut names = names.split(',').filter(|name| !name.is_empty()).map(str::trim);
    names.find(|name| !system::has_group(name))
}

/// The rule for a missing group.
pub(crate) fn rule_of(group: &str) -> RuleCode {
    if group == "docker" { "SK212" } else { "SK213" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_and_trimmed_as_ansible_does() {
        assert_eq!(missing("sudo, adm"), None);
        assert_eq!(missing(" sudo "), None);
        assert_eq!(missing("27"), None);
        assert_eq!(missing("99999"), Some("99999"));
        assert_eq!(missing(""), None);
        assert_eq!(missing("sudo,SUDO"), Some("SUDO"));
    }
}
