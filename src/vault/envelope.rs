//! The armour of a vault text: header, hex in hex, three parts.
//!
//! Promises: line ends of every kind and blank lines below the header are taken as Ansible takes them, upper-case hex
//! too. Refuses each kind of damage that shows without a password, with its place.

use super::error::{Part, VaultError};
use super::header::{Header, detect};
use super::{BLOCK_BYTES, HMAC_BYTES};

/// A vault text, taken apart. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault<'b> {
    header: Header<'b>,
    pub(super) salt: Vec<u8>,
    pub(super) hmac: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
}

impl<'b> Vault<'b> {
    /// Takes a vault text apart: a whole file, or the value of a `!vault` scalar.
    ///
    /// # Errors
    ///
    /// All but [`VaultError::DoesNotFit`] and [`VaultError::Padding`].
    pub fn parse(bytes: &'b [u8]) -> Result<Self, VaultError> {
        if !detect(bytes)? {
            return Err(VaultError::NotEncrypted);
        }
        let below = bytes.iter().position(|&byte| is_line_end(byte)).unwrap_or(bytes.len());
        let header = Header::parse(&bytes[..below])?;
        let body = Body { text: bytes, below };
        let inner = body.decode()?;
        let parts: Vec<&[u8]> = inner.splitn(3, |&byte| byte == b'\n').collect();
        let &[salt, hmac, ciphertext] = parts.as_slice() else {
            return Err(VaultError::MissingParts { count: parts.len() });
        };
        let starts = [0, salt.len() + 1, salt.len() + hmac.len() + 2];
        let vault = Self {
            header,
            salt: body.decode_part(Part::Salt, salt, starts[0])?,
            hmac: body.decode_part(Part::Hmac, hmac, starts[1])?,
            ciphertext: body.decode_part(Part::Ciphertext, ciphertext, starts[2])?,
        };
        vault.check_lengths()?;
        Ok(vault)
    }

    /// Format and label, for [`seal`](super::seal) to keep them.
    #[must_use]
    pub fn header(&self) -> Header<'b> {
        self.header
    }

    #[must_use]
    pub fn version(&self) -> super::Version {
        self.header.version()
    }

    /// The label (vault ID) of format 1.2.
    #[must_use]
    pub fn label(&self) -> Option<&'b str> {
        self.header.label()
    }

    fn check_lengths(&self) -> Result<(), VaultError> {
        let wrong = |part, bytes: &[u8], expected| Err(VaultError::PartLength { part, bytes: bytes.len(), expected });
        if self.salt.is_empty() {
            return wrong(Part::Salt, &self.salt, "at least 1");
        }
        if self.hmac.len() != HMAC_BYTES {
            return wrong(Part::Hmac, &self.hmac, "32");
        }
        if self.ciphertext.is_empty() || !self.ciphertext.len().is_multiple_of(BLOCK_BYTES) {
            return wrong(Part::Ciphertext, &self.ciphertext, "16 or a multiple of it");
        }
        Ok(())
    }
}

/// The text below the header.
struct Body<'b> {
    /// The whole text, for the places of faults.
    text: &'b [u8],
    /// Where the header ends.
    below: usize,
}

impl Body<'_> {
    /// The bytes that the hex digits stand for.
    fn decode(&self) -> Result<Vec<u8>, VaultError> {
        let mut bytes = Vec::with_capacity((self.text.len() - self.below) / 2);
        let mut high = None;
        for (at, &char) in self.text.iter().enumerate().skip(self.below) {
            match (digit(char), high) {
                (Some(digit), None) => high = Some(digit),
                (Some(digit), Some(first)) => {
                    bytes.push(first << 4 | digit);
                    high = None;
                }
                (None, _) if is_line_end(char) => {}
                (None, _) => {
                    let (line, column) = self.place(at);
                    return Err(VaultError::NotHex { shown: shown(&self.text[at..]), line, column });
                }
            }
        }
        match (high, bytes.is_empty()) {
            (Some(_), _) => Err(VaultError::OddDigits { digits: 2 * bytes.len() + 1 }),
            (None, true) => Err(VaultError::NoBody),
            (None, false) => Ok(bytes),
        }
    }

    /// The bytes of a part, whose hex starts as byte `start` of what [`decode`](Self::decode) gave.
    fn decode_part(&self, part: Part, hex: &[u8], start: usize) -> Result<Vec<u8>, VaultError> {
        if let Some(wrong) = hex.iter().position(|&char| digit(char).is_none()) {
            let (line, column) = self.place_of_digit(2 * (start + wrong));
            return Err(VaultError::PartNotHex { part, line, column });
        }
        let digits: Vec<u8> = hex.iter().copied().filter_map(digit).collect();
        let (pairs, rest) = digits.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(VaultError::PartOdd { part });
        }
        Ok(pairs.iter().map(|&[high, low]| high << 4 | low).collect())
    }

    /// The place of the hex digit with this index, from 0.
    fn place_of_digit(&self, index: usize) -> (usize, usize) {
        let digits = self.text.iter().enumerate().skip(self.below).filter(|&(_, &char)| !is_line_end(char));
        self.place(digits.map(|(at, _)| at).nth(index).unwrap_or(self.text.len()))
    }

    /// Line and column of the character at byte `at`; all before it is ASCII.
    fn place(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..at];
        let feeds = before.iter().filter(|&&byte| byte == b'\n').count();
        let bare = before.iter().zip(&self.text[1..]).filter(|&(&byte, &next)| byte == b'\r' && next != b'\n').count();
        let start = before.iter().rposition(|&byte| is_line_end(byte)).map_or(0, |end| end + 1);
        (feeds + bare + 1, at - start + 1)
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn digit(char: u8) -> Option<u8> {
    match char {
        b'0'..=b'9' => Some(char - b'0'),
        b'a'..=b'f' => Some(char - b'a' + 10),
        b'A'..=b'F' => Some(char - b'A' + 10),
        _ => None,
    }
}

/// The first character, escaped.
fn shown(text: &[u8]) -> String {
    let head = String::from_utf8_lossy(&text[..text.len().min(4)]);
    head.chars().take(1).flat_map(char::escape_default).collect()
}
