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
