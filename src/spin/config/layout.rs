//! The names of a `.spin.yml` as the roles of `serversideup.spin` v2.3.4 read them: sections, fields, defaults.

/// The two fields that can hold a list of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Field {
    /// Items with `public_key: "..."`, which Spin reads for users
    AuthorizedKeys,
    /// Strings, which Spin reads for docker_user
    AuthorizedSshKeys,
}

impl Field {
    /// The key in the file.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::AuthorizedKeys => "authorized_keys",
            Self::AuthorizedSshKeys => "authorized_ssh_keys",
        }
    }
}

/// The two top-level keys that hold people. (SPIN.md: the accounts of both are created alike, but only `users` gives
/// keys to the deploy account.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `users`
    Users,
    /// `additional_users`
    Additional,
}

impl Section {
    /// Both, in search order.
    pub const ALL: [Self; 2] = [Self::Users, Self::Additional];

    /// The key in the file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Additional => "additional_users",
        }
    }
}

/// The file that says who may log in.
pub(crate) const SPIN_FILE: &str = ".spin.yml";

/// The deploy account (roles/docker_user).
pub(crate) const DOCKER_USER: &str = "docker_user";

/// The role's default name of the deploy account (roles/docker_user/defaults/main.yml).
pub(crate) const DEFAULT_ACCOUNT: &str = "deploy";

/// A variable with a key for the deploy account, which `spin configure gha` passes.
pub(crate) const DEPLOY_PUBLIC_KEY: &str = "deploy_public_key";

/// The group whose members can become root with sudo, and whose first keys can log in to the deploy account.
pub(crate) const SUDO: &str = "sudo";

/// The fields of a user that the roles read (roles/linux_common/tasks/users.yml), and `authorized_ssh_keys`, which has
/// a rule of its own.
pub(crate) const USER_FIELDS: [&str; 11] = [
    "username",
    "name",
    "groups",
    "authorized_keys",
    "authorized_ssh_keys",
    "state",
    "password",
    "shell",
    "homedir",
    "uid",
    "update_password",
];

/// The fields of `docker_user` that the role reads (roles/docker_user/tasks/main.yml), and `authorized_keys`, which has
/// a rule of its own.
pub(crate) const DOCKER_USER_FIELDS: [&str; 8] =
    ["username", "authorized_ssh_keys", "authorized_keys", "home", "group", "secondary_groups", "uid", "gid"];

/// Fields of users and of `docker_user` that decide who has access.
pub(crate) const ACCESS_FIELDS: [&str; 5] = ["username", "groups", "state", "authorized_keys", "authorized_ssh_keys"];

/// The private key that `spin configure gha` uploads.
pub(crate) const DEPLOY_KEY_FILE: &str = "SSH_DEPLOY_PRIVATE_KEY";
