//! Which groups exist on a new server when Spin creates its users.

use super::outcome::RuleCode;

/// Groups of a fresh Debian or Ubuntu (base-passwd, systemd, cloud images), and of the packages that the role installs
/// before it creates users (roles/linux_common/defaults/main.yml, `common_installed_packages`), sorted.
const THERE: [&str; 70] = [
    "_apt",
    "_chrony",
    "_ssh",
    "adm",
    "admin",
    "audio",
    "backup",
    "bin",
    "cdrom",
    "crontab",
    "daemon",
    "dialout",
    "dip",
    "disk",
    "fax",
    "floppy",
    "fwupd-refresh",
    "games",
    "gnats",
    "input",
    "irc",
    "kmem",
    "kvm",
    "landscape",
    "list",
    "lp",
    "lxd",
    "mail",
    "man",
    "messagebus",
    "netdev",
    "news",
    "nogroup",
    "ntp",
    "ntpsec",
    "operator",
    "plugdev",
    "polkitd",
    "pollinate",
    "postdrop",
    "postfix",
    "proxy",
    "render",
    "root",
    "sasl",
    "sgx",
    "shadow",
    "src",
    "ssh",
    "ssl-cert",
    "staff",
    "sudo",
    "sys",
    "syslog",
    "systemd-journal",
    "systemd-network",
    "systemd-resolve",
    "systemd-timesync",
    "tape",
    "tcpdump",
    "tss",
    "tty",
    "ubuntu",
    "users",
    "utmp",
    "uucp",
    "uuidd",
    "video",
    "voice",
    "www-data",
];

/// Group ids on a new server: those of base-passwd below 100.
const LAST_ID: u32 = 100;

/// The first group in a name, or in names joined by commas, that does not exist on a new server. A number is an id.
pub(crate) fn missing(names: &str) -> Option<&str> {
    let mut names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.find(|name| THERE.binary_search(name).is_err() && !name.parse().is_ok_and(|id: u32| id <= LAST_ID))
}

/// [`missing`] for groups of the deploy account, which is created when the group `docker` exists.
pub(crate) fn missing_beside_docker(names: &str) -> Option<&str> {
    names.split(',').filter(|name| name.trim() != "docker").find_map(missing)
}

/// The rule for a missing group.
pub(crate) fn rule_of(group: &str) -> RuleCode {
    if group == "docker" { "SK212" } else { "SK213" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_for_the_search() {
        assert!(THERE.is_sorted());
    }

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
