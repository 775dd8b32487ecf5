//! What can be wrong with a vault text, a kind each.
//!
//! Promises: `Display` is one line without a final full stop; quoted text is escaped and short. No field ever holds
//! a password or plain text.

use thiserror::Error;

/// One of the three texts inside a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What makes the keys of this text differ from those of every other.
    Salt,
    /// What shows that password and ciphertext belong together.
    Hmac,
    Ciphertext,
}

impl Part {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Salt => "salt",
            Self::Hmac => "HMAC",
            Self::Ciphertext => "ciphertext",
        }
    }
}

/// Why a vault text was not taken. The place of a fault is not in the message: see [`VaultError::place`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VaultError {
    /// No vault header at all.
    #[error("the text is not encrypted with Ansible Vault: it does not start with $ANSIBLE_VAULT")]
    NotEncrypted,
    /// Something invisible is before the header.
    #[error("{what} comes before the vault header, so Ansible does not recognise the file as encrypted")]
    BeforeHeader { what: &'static str },
    /// UTF-16, as PowerShell's `>` writes it.
    #[error("the vault text is UTF-16, so Ansible does not recognise the file as encrypted")]
    Utf16,
    /// Other than ASCII, or a control character: Ansible calls such a text not encrypted.
    #[error("the vault header holds a character that is not printable ASCII")]
    HeaderCharacters,
    /// Too few fields, or more than its version has.
    #[error("the vault header has {count} fields, not {expected}")]
    HeaderFields {
        count: usize,
        /// How many there should be, in words.
        expected: &'static str,
    },
    /// A format other than 1.1 and 1.2, or a word other than `$ANSIBLE_VAULT` before it.
    #[error("unknown vault format \"{found}\", only 1.1 and 1.2 are read")]
    UnknownVersion {
        /// The format as written, short.
        found: String,
    },
    /// A cipher other than AES256.
    #[error("unknown vault cipher \"{found}\", only AES256 is read")]
    UnknownCipher {
        /// The cipher as written, short.
        found: String,
    },
    /// A label (vault ID) that a header cannot hold.
    #[error("a vault label is printable ASCII without \";\" and without spaces around it, and not empty")]
    Label,
    /// A header and nothing after it.
    #[error("the encrypted text is cut off: there is nothing below the vault header")]
    NoBody,
    /// A character that is not a hex digit.
    #[error("the encrypted text is damaged: \"{shown}\" is not a hex digit")]
    NotHex {
        /// The character, escaped.
        shown: String,
        /// Line, from 1: the header's.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// An odd number of hex digits.
    #[error("the encrypted text is cut off or a digit is missing: {digits} hex digits are an odd number")]
    OddDigits { digits: usize },
    /// Fewer than the three parts.
    #[error("the encrypted text is cut off or damaged: {count} of its 3 parts are there (salt, HMAC, ciphertext)")]
    MissingParts {
        /// How many parts there are, counting one that is cut off.
        count: usize,
    },
    /// A part whose inner hex is none.
    #[error("the encrypted text is damaged: its {} is not hex inside", .part.name())]
    PartNotHex {
        part: Part,
        /// Line of the first wrong digit, from 1: the header's.
        line: usize,
        /// Column of it in characters, from 1.
        column: usize,
    },
    /// A part with half a byte at its end.
    #[error("the encrypted text is cut off or damaged: its {} ends in the middle of a byte", .part.name())]
    PartOdd { part: Part },
    /// A part of a length that it never has.
    #[error("the encrypted text is cut off or damaged: its {} has {bytes} bytes, not {expected}", .part.name())]
    PartLength {
        part: Part,
        bytes: usize,
        /// The length it should have, in words.
        expected: &'static str,
    },
    /// The HMAC is another one. Nobody can tell which of the two it is.
    #[error("the password does not fit, or the file is damaged")]
    DoesNotFit,
    /// The HMAC is right, the padding is not: no program that keeps to the format wrote it.
    #[error("the password fits, but the encrypted text was not written by Ansible: its padding is wrong")]
    Padding,
}

const FETCH_AGAIN: &str =
    "take the file from git or a backup again: git log -p shows whether a merge or an editor changed it";

impl VaultError {
    /// Line and column (in characters) of the fault, from 1, where it has a place in the text.
    #[must_use]
    pub fn place(&self) -> Option<(usize, usize)> {
        match *self {
            Self::NotHex { line, column, .. } | Self::PartNotHex { line, column, .. } => Some((line, column)),
            Self::BeforeHeader { .. }
            | Self::Utf16
            | Self::HeaderCharacters
            | Self::HeaderFields { .. }
            | Self::UnknownVersion { .. }
            | Self::UnknownCipher { .. } => Some((1, 1)),
            _ => None,
        }
    }

    /// What the person can do next, one sentence without a final full stop.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotEncrypted => "encrypt it with `ansible-vault encrypt FILE`, or give the file that is encrypted",
            Self::BeforeHeader { .. } => "remove that, so that $ANSIBLE_VAULT is the very first thing in the file",
            Self::Utf16 => "save the file as UTF-8 without a byte order mark",
            Self::HeaderCharacters | Self::HeaderFields { .. } => {
                "the first line is $ANSIBLE_VAULT;1.1;AES256, or $ANSIBLE_VAULT;1.2;AES256;LABEL"
            }
            Self::UnknownVersion { .. } | Self::UnknownCipher { .. } => {
                "if Ansible reads it: `ansible-vault decrypt FILE`, then `ansible-vault encrypt FILE`"
            }
            Self::Label => "use letters, digits, - and _",
            Self::DoesNotFit => {
                "give the password the file was encrypted with; if it is that one, take the file from git again"
            }
            Self::Padding => "encrypt the text with `ansible-vault encrypt`",
            Self::NoBody
            | Self::NotHex { .. }
            | Self::OddDigits { .. }
            | Self::MissingParts { .. }
            | Self::PartNotHex { .. }
            | Self::PartOdd { .. }
            | Self::PartLength { .. } => FETCH_AGAIN,
        }
    }
}
