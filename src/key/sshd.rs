//! What sshd makes of a line of `authorized_keys`. It checks far less than [`KeyLine`] does. The clock comes in as an
//! argument.

use super::error::KeyError;
use super::fields::{self, Fields};
use super::line::{KeyLine, key_data};
use super::options;
use super::policy::{self, Algorithm};
use super::text::SPACE_OR_TAB;
use std::borrow::Cow;

/// Fewest bits of an RSA key that sshd takes (`RequiredRSASize`, OpenSSH 9.1).
const SSHD_RSA_BITS: u32 = 1024;

/// What sshd makes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// It lets in anyone who holds the private half.
    Yes,
    /// It did, until its `expiry-time`.
    Expired,
    /// The key itself does not, but certificates that it signed do (`cert-authority`).
    Signs,
    /// sshd ignores the line.
    Ignored(KeyError),
}

impl Login {
    /// Whether somebody gets in by the line, by the key or by a certificate.
    #[must_use]
    pub fn lets_in(&self) -> bool {
        matches!(self, Self::Yes | Self::Signs)
    }
}

/// What sshd makes of one line of `authorized_keys` at the time `now`, in seconds since 1970.
///
/// The source is OpenSSH's `auth2-pubkeyfile.c`. A key that is well-formed and weak lets in like any other.
#[must_use]
pub fn login(line: &str, now: u64) -> Login {
    // A line of C ends at a NUL.
    let line = line.split('\0').next().unwrap_or_default().trim_matches(SPACE_OR_TAB);
    let judged = fields::split(line).and_then(|fields| {
        let algorithm = Algorithm::of(fields.algorithm)?;
        // `b64_pton` skips the white space of C; spaces and tabs have ended the word already.
        let is_skipped = |c| matches!(c, '\r' | '\x0b' | '\x0c');
        let base64 = match fields.base64 {
            plain if !plain.contains(is_skipped) => Cow::Borrowed(plain),
            odd => Cow::Owned(odd.replace(is_skipped, "")),
        };
        match key_data(algorithm, &Fields { base64: &base64, ..fields }, line) {
            Err(KeyError::WeakPoint | KeyError::OtherPoint | KeyError::WeakExponent { .. }) => Ok(fields.options),
            Err(KeyError::RsaTooShort { bits }) if bits >= SSHD_RSA_BITS => Ok(fields.options),
            judged => judged.map(|_| fields.options),
        }
    });
    let options = match judged {
        Err(error) => return Login::Ignored(error),
        Ok(options) => options,
    };
    match options.and_then(options::expiry) {
        Some(time) if time < now => Login::Expired,
        _ if options.is_some_and(options::has_cert_authority) => Login::Signs,
        _ => Login::Yes,
    }
}

impl KeyLine {
    /// When sshd stops to take this key, in seconds since 1970: the earliest of its options `expiry-time`.
    #[must_use]
    pub(crate) fn expires(&self) -> Option<u64> {
        self.options().and_then(options::expiry)
    }

    /// Whether its options make it one that signs certificates, instead of one that logs in.
    #[must_use]
    pub(crate) fn signs_certificates(&self) -> bool {
        self.options().is_some_and(options::has_cert_authority)
    }

    /// The bits of an RSA key; none of other keys.
    #[must_use]
    pub(crate) fn rsa_bits(&self) -> Option<u32> {
        match self.kind {
            policy::Kind::Rsa { bits } => Some(bits),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "sshd_tests.rs"]
mod tests;
