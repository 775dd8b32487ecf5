//! The formats of private keys.

/// The formats of private key files that are distinguished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivateKind {
    /// `BEGIN OPENSSH PRIVATE KEY`, OpenSSH's PROTOCOL.key.
    OpenSsh,
    /// `BEGIN PRIVATE KEY`, RFC 5958.
    Pkcs8,
    /// `BEGIN ENCRYPTED PRIVATE KEY`, RFC 5958.
    EncryptedPkcs8,
    /// `BEGIN RSA PRIVATE KEY`, RFC 8017.
    Pkcs1,
    /// `BEGIN EC PRIVATE KEY`, RFC 5915.
    Sec1,
    /// `BEGIN DSA PRIVATE KEY`, OpenSSL's own.
    Dsa,
    /// `PuTTY-User-Key-File-…`, PuTTY's own.
    Putty,
    /// Any other `BEGIN … PRIVATE KEY`.
    Other,
}

impl PrivateKind {
    /// What stands in its marks, if the key is one of OpenSSL's that OpenSSH loads.
    pub(super) fn label(self) -> Option<&'static str> {
        match self {
            Self::Pkcs8 => Some("PRIVATE KEY"),
            Self::EncryptedPkcs8 => Some("ENCRYPTED PRIVATE KEY"),
            Self::Pkcs1 => Some("RSA PRIVATE KEY"),
            Self::Sec1 => Some("EC PRIVATE KEY"),
            Self::OpenSsh | Self::Dsa | Self::Putty | Self::Other => None,
        }
    }

    /// The name a person finds when searching for the format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenSsh => "OpenSSH",
            Self::Pkcs8 => "PKCS#8",
            Self::EncryptedPkcs8 => "encrypted PKCS#8",
            Self::Pkcs1 => "PKCS#1 (RSA)",
            Self::Sec1 => "SEC1 (EC)",
            Self::Dsa => "OpenSSL DSA",
            Self::Putty => "PuTTY",
            Self::Other => "unknown PEM",
        }
    }
}
