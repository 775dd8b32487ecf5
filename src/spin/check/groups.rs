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

/// The first of the groups in a name, or in names joined by commas, that a new server does not have. A number is an id,
/// which may be there.
pub(in crate::spin) fn missing(names: &str) -> Option<&str> {
    let mut names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.find(|name| !THERE.contains(name) && !name.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_and_trimmed_as_ansible_does() {
        assert_eq!(missing("sudo, adm"), None);
        assert_eq!(missing(" sudo "), None);
        assert_eq!(missing("27"), None);
        assert_eq!(missing(""), None);
        assert_eq!(missing("sudo,SUDO"), Some("SUDO"));
    }
}
