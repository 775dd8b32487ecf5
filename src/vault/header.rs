//! The first line of a vault text.
//!
//! Promises: takes the spaces that Ansible takes, and no header that says two things at once. Refuses what Ansible
//! does not call encrypted (anything before the header, anything but ASCII in it).

use super::error::VaultError;

/// What every vault text starts with.
const MAGIC: &str = "$ANSIBLE_VAULT";
const CIPHER: &str = "AES256";
/// Longest quotation of a header's field in a message, in characters.
const MAX_QUOTED: usize = 40;

/// The format of a vault text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `1.1`: without a label. The one that `ansible-vault encrypt` writes.
    V1_1,
    /// `1.2`: with a label (vault ID), which says which of several passwords is meant.
    V1_2,
}

impl Version {
    /// As written in the header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
        }
    }
}

/// A header: format and label. Only one that can be written exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'b> {
    version: Version,
    label: Option<&'b str>,
}

impl<'b> Header<'b> {
    /// `$ANSIBLE_VAULT;1.1;AES256`, what `ansible-vault encrypt` writes.
    pub const V1_1: Header<'static> = Header { version: Version::V1_1, label: None };

    /// `$ANSIBLE_VAULT;1.2;AES256;LABEL`
    ///
    /// # Errors
    ///
    /// [`VaultError::Label`]
    pub fn labelled(label: &'b str) -> Result<Self, VaultError> {
        let fits = |byte: u8| matches!(byte, b' '..=b'~') && byte != b';';
        if label.is_empty() || label.trim() != label || !label.bytes().all(fits) {
            return Err(VaultError::Label);
        }
        Ok(Self { version: Version::V1_2, label: Some(label) })
    }

    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The label (vault ID); nothing vouches for it: it lies outside what the HMAC covers.
    #[must_use]
    pub fn label(&self) -> Option<&'b str> {
        self.label
    }

    /// Reads the first line, without its end.
    pub(super) fn parse(line: &'b [u8]) -> Result<Self, VaultError> {
        let line = str::from_utf8(line).map_err(|_| VaultError::HeaderCharacters)?;
        let space = |c: char| matches!(c, ' ' | '\t' | '\x0b' | '\x0c');
        let fields: Vec<&str> = line.split(';').map(|field| field.trim_matches(space)).collect();
        if fields.iter().any(|field| !field.bytes().all(|byte| matches!(byte, b' '..=b'~'))) {
            return Err(VaultError::HeaderCharacters);
        }
        let wrong_count = |expected| VaultError::HeaderFields { count: fields.len(), expected };
        let &[magic, version, cipher, ref labels @ ..] = fields.as_slice() else {
            return Err(wrong_count("3 or 4"));
        };
        let version = match version {
            _ if magic != MAGIC => return Err(VaultError::UnknownVersion { found: quoted(magic) }),
            "1.1" => Version::V1_1,
            "1.2" => Version::V1_2,
            _ => return Err(VaultError::UnknownVersion { found: quoted(version) }),
        };
        if cipher != CIPHER {
            return Err(VaultError::UnknownCipher { found: quoted(cipher) });
        }
        match (version, labels) {
            (Version::V1_1, []) => Ok(Self::V1_1),
            (Version::V1_2, [] | [""]) => Ok(Self { version, label: None }),
            (Version::V1_2, [label]) => Self::labelled(label),
            (Version::V1_1, _) => Err(wrong_count("3 as format 1.1 has")),
            (Version::V1_2, _) => Err(wrong_count("3 or 4 as format 1.2 has")),
        }
    }

    /// The line as Ansible writes it, without its end.
    pub(super) fn line(&self) -> String {
        let line = format!("{MAGIC};{};{CIPHER}", self.version.as_str());
        self.label.map_or_else(|| line.clone(), |label| format!("{line};{label}"))
    }
}

fn quoted(text: &str) -> String {
    text.chars().take(MAX_QUOTED).collect()
}

/// Whether the text is encrypted, judged by its first bytes as Ansible does.
#[must_use]
pub fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC.as_bytes())
}

/// [`is_encrypted`] for a text that would be taken for a plain one else: a vault that something was put before is
/// neither.
///
/// # Errors
///
/// [`VaultError::BeforeHeader`], [`VaultError::Utf16`]
pub fn detect(bytes: &[u8]) -> Result<bool, VaultError> {
    if is_encrypted(bytes) {
        return Ok(true);
    }
    if is_utf16(bytes) {
        return Err(VaultError::Utf16);
    }
    let (text, mark) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(text) => (text, Some("a byte order mark")),
        None => (bytes, None),
    };
    let header = text.trim_ascii_start();
    if !is_encrypted(header) {
        let start = header.strip_prefix(b"---").filter(|rest| rest.first().is_some_and(u8::is_ascii_whitespace));
        return match start.is_some_and(|rest| is_encrypted(rest.trim_ascii_start())) {
            true => Err(VaultError::BeforeHeader { what: "---" }),
            false => Ok(false),
        };
    }
    let before = &text[..text.len() - header.len()];
    let what =
        mark.unwrap_or(if before.contains(&b'\n') || before.contains(&b'\r') { "a blank line" } else { "white space" });
    Err(VaultError::BeforeHeader { what })
}

/// UTF-16 of either order, with or without a byte order mark.
fn is_utf16(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xff\xfe").or_else(|| bytes.strip_prefix(b"\xfe\xff")).unwrap_or(bytes);
    let Some(units) = text.get(..2 * MAGIC.len()) else { return false };
    [[0, 1], [1, 0]].iter().any(|&[char, nul]| {
        units.chunks_exact(2).zip(MAGIC.bytes()).all(|(unit, byte)| unit[char] == byte && unit[nul] == 0)
    })
}
