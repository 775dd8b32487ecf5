//! The two names under which keys stand in a `.spin.yml`.

use serde::Serialize;

/// The two names under which a list of keys can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `authorized_keys`, items `public_key: "..."`: what Spin reads for users.
    AuthorizedKeys,
    /// `authorized_ssh_keys`, strings: what Spin reads for `docker_user`, and only there.
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
