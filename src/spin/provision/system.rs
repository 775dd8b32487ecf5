//! A fresh Debian or Ubuntu: its groups, accounts and folders when Spin creates its users.

/// Groups with the ids of base-passwd, then those of systemd, the cloud images, and the packages that the role installs
/// before it creates users (roles/linux_common/defaults/main.yml, `common_installed_packages`), whose ids differ from
/// server to server. Sorted.
const GROUPS: [(&str, Option<u32>); 70] = [
    ("_apt", None),
    ("_chrony", None),
    ("_ssh", None),
    ("adm", Some(4)),
    ("admin", None),
    ("audio", Some(29)),
    ("backup", Some(34)),
    ("bin", Some(2)),
    ("cdrom", Some(24)),
    ("crontab", None),
    ("daemon", Some(1)),
    ("dialout", Some(20)),
    ("dip", Some(30)),
    ("disk", Some(6)),
    ("fax", Some(21)),
    ("floppy", Some(25)),
    ("fwupd-refresh", None),
    ("games", Some(60)),
    ("gnats", Some(41)),
    ("input", None),
    ("irc", Some(39)),
    ("kmem", Some(15)),
    ("kvm", None),
    ("landscape", None),
    ("list", Some(38)),
    ("lp", Some(7)),
    ("lxd", None),
    ("mail", Some(8)),
    ("man", Some(12)),
    ("messagebus", None),
    ("netdev", None),
    ("news", Some(9)),
    ("nogroup", Some(65534)),
    ("ntp", None),
    ("ntpsec", None),
    ("operator", Some(37)),
    ("plugdev", Some(46)),
    ("polkitd", None),
    ("pollinate", None),
    ("postdrop", None),
    ("postfix", None),
    ("proxy", Some(13)),
    ("render", None),
    ("root", Some(0)),
    ("sasl", Some(45)),
    ("sgx", None),
    ("shadow", Some(42)),
    ("src", Some(40)),
    ("ssh", None),
    ("ssl-cert", None),
    ("staff", Some(50)),
    ("sudo", Some(27)),
    ("sys", Some(3)),
    ("syslog", None),
    ("systemd-journal", None),
    ("systemd-network", None),
    ("systemd-resolve", None),
    ("systemd-timesync", None),
    ("tape", Some(26)),
    ("tcpdump", None),
    ("tss", None),
    ("tty", Some(5)),
    ("ubuntu", None),
    ("users", Some(100)),
    ("utmp", Some(43)),
    ("uucp", Some(10)),
    ("uuidd", None),
    ("video", Some(44)),
    ("voice", Some(22)),
    ("www-data", Some(33)),
];

/// Accounts of base-passwd: name, user id, home. Each has the group of its name, but for `sync` and `nobody`. Sorted.
const ACCOUNTS: [(&str, u32, &str); 19] = [
    ("_apt", 42, "/nonexistent"),
    ("backup", 34, "/var/backups"),
    ("bin", 2, "/bin"),
    ("daemon", 1, "/usr/sbin"),
    ("games", 5, "/usr/games"),
    ("gnats", 41, "/var/lib/gnats"),
    ("irc", 39, "/run/ircd"),
    ("list", 38, "/var/list"),
    ("lp", 7, "/var/spool/lpd"),
    ("mail", 8, "/var/mail"),
    ("man", 6, "/var/cache/man"),
    ("news", 9, "/var/spool/news"),
    ("nobody", 65534, "/nonexistent"),
    ("proxy", 13, "/bin"),
    ("root", 0, "/root"),
    ("sync", 4, "/bin"),
    ("sys", 3, "/dev"),
    ("uucp", 10, "/var/spool/uucp"),
    ("www-data", 33, "/var/www"),
];

/// Shells that a fresh server has (/etc/shells, base-files and dash).
const SHELLS: [&str; 8] = [
    "/bin/bash",
    "/bin/dash",
    "/bin/rbash",
    "/bin/sh",
    "/usr/bin/bash",
    "/usr/bin/dash",
    "/usr/bin/rbash",
    "/usr/bin/sh",
];

/// Folders that exist and belong to root.
const FOLDERS: [&str; 17] = [
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/run",
    "/sbin",
    "/srv",
    "/usr",
    "/usr/games",
    "/usr/local",
    "/usr/sbin",
    "/var",
];

/// Folders that a group or everybody may write to: sshd reads no keys in them (StrictModes).
const WRITABLE_FOLDERS: [&str; 5] = ["/run/lock", "/tmp", "/var/local", "/var/mail", "/var/tmp"];

/// Groups whose members can become root: they may use sudo, start a container with the whole disk, read or write the
/// disk, or read the passwords of all accounts.
const AS_GOOD_AS_ROOT: [&str; 15] = [
    "admin",
    "disk",
    "docker",
    "google-sudoers",
    "incus",
    "incus-admin",
    "kmem",
    "libvirt",
    "lxd",
    "microk8s",
    "root",
    "shadow",
    "staff",
    "sudo",
    "wheel",
];

/// The groups with their ids.
pub(super) fn groups() -> impl Iterator<Item = (&'static str, Option<u32>)> {
    GROUPS.into_iter()
}

/// Whether a group is there: by its id, or its name.
pub(crate) fn has_group(word: &str) -> bool {
    let gid = word.parse::<u32>().ok();
    gid.is_some_and(|gid| GROUPS.iter().any(|group| group.1 == Some(gid)))
        || GROUPS.binary_search_by_key(&word, |group| group.0).is_ok()
}

/// The name of a group that is given by its id or name.
pub(crate) fn group_name(word: &str) -> &str {
    let by_id = word.parse::<u32>().ok().and_then(|gid| GROUPS.iter().find(|group| group.1 == Some(gid)));
    by_id.map_or(word, |group| group.0)
}

/// The accounts with their user ids and homes.
pub(super) fn accounts() -> impl Iterator<Item = (&'static str, u32, &'static str)> {
    ACCOUNTS.into_iter()
}

/// The names that groups and accounts have.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.into_iter().map(|group| group.0).chain(ACCOUNTS.into_iter().map(|account| account.0))
}

/// Whether a login shell is there.
pub(crate) fn has_shell(path: &str) -> bool {
    SHELLS.contains(&path)
}

/// How sshd sees a folder that exists before Spin creates accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folder {
    /// It belongs to root, and everybody can read it.
    OfRoot,
    /// Root alone can enter it.
    Private,
    /// Others may write to it.
    Writable,
}

/// The folder with this path.
pub(super) fn folder(path: &str) -> Option<Folder> {
    match path {
        "/root" => Some(Folder::Private),
        _ if FOLDERS.contains(&path) => Some(Folder::OfRoot),
        _ if WRITABLE_FOLDERS.contains(&path) => Some(Folder::Writable),
        _ => None,
    }
}

/// Whether members of a group can become root.
pub(crate) fn is_as_good_as_root(group: &str) -> bool {
    AS_GOOD_AS_ROOT.contains(&group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(GROUPS.is_sorted() && ACCOUNTS.is_sorted());
    }
}
