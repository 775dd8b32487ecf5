//! Which groups a new server has when Spin creates its users.

/// Groups of a fresh Debian or Ubuntu (base-passwd, systemd, cloud images), and of the packages that the role installs
/// before it creates users (roles/linux_common/defaults/main.yml, `common_installed_packages`).
const THERE: [&str; 70] = [
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
    "_apt",
];

/// Group ids that a new server has: those of base-passwd, below 100, as far as a file needs them.
const LAST_ID: u32 = 100;

/// The first of the groups in a name, or in names joined by commas, that a new server does not have. A number is an id.
pub(crate) fn missing(names: &str) -> Option<&str> {
    let mut names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.find(|name| !THERE.contains(name) && !name.parse().is_ok_and(|id: u32| id <= LAST_ID))
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
