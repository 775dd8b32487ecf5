//! What can be wrong with a key, a kind each, so that every refusal has words and a remedy of its own.
//!
//! Promises: `Display` is one line without a final full stop; quoted text is escaped and short. No field ever holds
//! text that could be part of a private key.

use super::private_kind::PrivateKind;
use thiserror::Error;

/// Why a key, or a text that should be one, was not taken.
///
/// Character positions count characters of the line from 1; sizes are in the unit that the variant names.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Nothing, or only spaces and comment lines.
    #[error("there is no key in it: it is empty, or holds only comments")]
    Empty,
    /// The line is longer than [`MAX_LINE_BYTES`](super::limits::MAX_LINE_BYTES).
    #[error("the line has {bytes} bytes, at most {} are allowed", super::limits::MAX_LINE_BYTES)]
    TooLong {
        /// Length of the line in bytes.
        bytes: usize,
    },
    /// UTF-16, as PowerShell's `>` writes it.
    #[error("the text is UTF-16, sshd reads ASCII and UTF-8 only")]
    Utf16,
    /// A NUL byte, so no text at all.
    #[error("this is binary data, not the text of a key")]
    Binary,
    /// Text in another encoding.
    #[error("the text is not UTF-8 (byte {at})")]
    NotUtf8 {
        /// Position of the first wrong byte, from 1.
        at: usize,
    },
    /// A private key where a public key line was expected.
    #[error("this is a PRIVATE key; servers are given the public half only")]
    PrivateKeyText,
    /// A private key in a file that is named, and so handed out, as a public one.
    #[error("this .pub holds a PRIVATE key: treat it as leaked")]
    PrivateInPublic,
    /// A private key in a format whose public half is not read here.
    #[error("this is a private key in {} format, whose public half cannot be read from it here", .kind.name())]
    PrivateFormat { kind: PrivateKind },
    /// A private key file of OpenSSH's format that breaks the format.
    #[error("the private key file is damaged: {what}")]
    PrivateDamaged {
        /// What breaks the format, in words of our own.
        what: &'static str,
    },
    /// A whole private key in a layout from which OpenSSH does not load it.
    #[error("OpenSSH cannot load this private key: {what}")]
    PrivateLayout {
        kind: PrivateKind,
        /// What is wrong with its lines, in words of our own.
        what: &'static str,
    },
    /// More than one private key in one armour (PROTOCOL.key allows it, OpenSSH reads none of them).
    #[error("the file holds {count} private keys, one is expected")]
    SeveralPrivateKeys { count: u32 },
    /// RFC 4716, `---- BEGIN SSH2 PUBLIC KEY ----`.
    #[error("this is a public key in RFC 4716 form (BEGIN SSH2 PUBLIC KEY), sshd reads one-line keys only")]
    Rfc4716,
    /// `BEGIN PUBLIC KEY` or `BEGIN RSA PUBLIC KEY`.
    #[error("this is a public key in PEM form, sshd reads one-line keys only")]
    PemPublicKey,
    /// Any other PEM text: a certificate, a signature, a PGP key.
    #[error("this is PEM text, but not an SSH key ({label})")]
    PemOther {
        /// The word after `BEGIN`, escaped and short.
        label: String,
    },
    /// The address of a key instead of the key.
    #[error("this is a web address, not a key")]
    Url,
    /// A web page instead of a key.
    #[error("this is a web page (HTML), not a key")]
    Html,
    /// Ansible would evaluate it: every string that it reads is a template.
    #[error("the line holds {marker:?}, which Ansible would run as a Jinja template")]
    Jinja {
        /// `{{`, `{%` or `{#`.
        marker: &'static str,
    },
    /// A control character, or one that nobody sees.
    #[error("the line holds an invisible or control character, U+{code:04X}, as character {at}")]
    Hidden {
        code: u32,
        /// Its position in the line, in characters from 1.
        at: usize,
    },
    /// One of the keys that documentation and example files show.
    #[error("this is a placeholder key from documentation ({name}): nobody can log in with it")]
    Placeholder {
        /// The comment under which it is shown.
        name: &'static str,
    },
    /// What examples have where a key belongs: `<your key>`.
    #[error("this is a placeholder where a key belongs")]
    Unfilled,
    /// More than one key where one is expected.
    #[error("there are {count} keys in it, one is expected")]
    SeveralKeys { count: usize },
    /// Two keys without a line break between them: sshd takes the second for a comment.
    #[error("two keys are on one line: sshd would read only the first")]
    GluedKeys,
    /// One key, broken in two by a line break or a space.
    #[error("the key is broken over several lines")]
    Wrapped,
    /// No algorithm word, so no key line at all.
    #[error("this is not a public key: there is no algorithm such as ssh-ed25519 before the key data")]
    NoAlgorithm,
    /// The line with quotes around it, as written in YAML or JSON.
    #[error("there are quotes around the key")]
    Quoted,
    /// The item of a YAML list or mapping around the key.
    #[error("this is YAML with a key in it, not the line of a key")]
    YamlItem {
        /// Whether nothing but dashes, one name and a pair of quotes is around it.
        is_plain: bool,
    },
    /// A line of known_hosts: names of hosts, or `@cert-authority`, before the key.
    #[error("this looks like a line of known_hosts: the key of a server, with its name before it")]
    KnownHosts,
    /// An algorithm word and nothing after it.
    #[error("there is no key data after {algorithm}")]
    NoKeyData {
        /// The algorithm word, escaped and short.
        algorithm: String,
    },
    /// An algorithm that is not taken.
    #[error("unknown key algorithm \"{name}\"")]
    UnknownAlgorithm {
        /// The word, escaped and short.
        name: String,
    },
    /// `…-cert-v01@openssh.com`: sshd does not take a certificate as an authorized key.
    #[error("this is a certificate ({name}), not a key")]
    Certificate {
        /// The algorithm word, escaped and short.
        name: String,
    },
    /// `ssh-dss`, removed from OpenSSH.
    #[error("this is a DSA key, which OpenSSH no longer accepts")]
    Dsa,
    /// The algorithm word says one thing, the key data another.
    #[error("the line says {word}, but its key data is of {inner}")]
    AlgorithmMismatch {
        /// The algorithm word of the line.
        word: &'static str,
        /// The algorithm inside the key data, escaped and short; or words that say that it is none.
        inner: String,
    },
    /// A character that base64 does not have.
    #[error(
        "{} \"{shown}\" as character {at} of the line, which base64 does not have",
        if *.is_unfilled { "this is a placeholder or a shortened key: its data holds" } else { "the key data holds" }
    )]
    NotBase64 {
        /// The character, escaped.
        shown: String,
        /// Its position in the line, in characters from 1.
        at: usize,
        /// It is what examples have in the place of key data.
        is_unfilled: bool,
    },
    /// Base64 that does not come out even, or key data that ends before its end.
    #[error("the key is cut off: its data ends too early")]
    Cut,
    /// Key data that goes on after its end.
    #[error("there are {bytes} extra bytes after the key")]
    Trailing { bytes: usize },
    /// A field of the key data that breaks the format (RFC 4253, RFC 5656, RFC 8709).
    #[error("the key data is damaged: {what}")]
    Malformed {
        /// What breaks the format, in words of our own.
        what: &'static str,
    },
    /// Ed25519 bytes that are not a point on the curve.
    #[error("the key data is not a valid ed25519 key (not a point on the curve)")]
    InvalidPoint,
    /// An ed25519 point of small order: anybody can sign for it.
    #[error("this ed25519 key is weak (a point of small order): anybody could log in with it")]
    WeakPoint,
    /// An ed25519 point written in a second way (RFC 8032, 5.1.3). sshd takes it; no program makes one.
    #[error("this ed25519 key is written in a way that no program uses (its point is not reduced)")]
    OtherPoint,
    /// An ECDSA point that is not on its curve.
    #[error("the key data is not a valid ECDSA key (not a point on its curve)")]
    OffCurve,
    /// An RSA exponent of 1, or an even one: signatures can be made without a private key, or with one for which the
    /// key was built.
    #[error("this RSA key of {bits} bits is weak (its exponent is 1 or even): anybody could log in with it")]
    WeakExponent {
        /// Length of the modulus in bits.
        bits: u32,
    },
    /// RSA under the minimum.
    #[error("this RSA key has {bits} bits, at least {} are needed", super::limits::MIN_RSA_BITS)]
    RsaTooShort {
        /// Length of the modulus in bits.
        bits: u32,
    },
    /// RSA over the maximum.
    #[error("this RSA key has {bits} bits, sshd accepts at most {}", super::limits::MAX_RSA_BITS)]
    RsaTooLong {
        /// Length of the modulus in bits.
        bits: u32,
    },
    /// A quote in the options that is not closed.
    #[error("a quote in the options before the key is not closed")]
    UnterminatedQuote,
    /// An option that sshd(8) does not know: it would skip the whole line.
    #[error("sshd does not know option {number} before the key, and would ignore the whole line")]
    UnknownOption {
        /// Which one, from 1.
        number: usize,
    },
    /// An option without the quoted value it needs, or with one it does not take.
    #[error("option {number} before the key has no quoted value, or has one that it does not take")]
    OptionValue {
        /// Which one, from 1.
        number: usize,
    },
    /// A `from` that matches no address at all.
    #[error(
        "option {number} before the key, `from`, never matches: it has an empty or a wrong entry, or only exceptions"
    )]
    FromNothing {
        /// Which one, from 1.
        number: usize,
    },
    /// `principals` without `cert-authority`: sshd takes neither the key nor a certificate.
    #[error("option {number} before the key, `principals`, is only for `cert-authority`: sshd refuses the key")]
    LonePrincipals {
        /// Which one, from 1.
        number: usize,
    },
    /// `command`, `from` or `principals` a second time.
    #[error("option {number} before the key is repeated, and sshd would ignore the whole line")]
    RepeatedOption {
        /// Which one, from 1: the second.
        number: usize,
    },
    /// A key that cannot be taken in a text of several lines.
    #[error("line {line}: {error}")]
    AtLine {
        /// The line, from 1.
        line: usize,
        error: Box<KeyError>,
    },
    /// KDF rounds outside [`MIN_ROUNDS`](super::limits::MIN_ROUNDS) to [`MAX_ROUNDS`](super::limits::MAX_ROUNDS).
    #[error("{rounds} KDF rounds are outside {} to {}", super::limits::MIN_ROUNDS, super::limits::MAX_ROUNDS)]
    Rounds { rounds: u32 },
    /// An empty passphrase, which would encrypt nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// A passphrase that OpenSSH cannot read: it takes one line of at most 1,023 bytes.
    #[error("OpenSSH cannot take this passphrase: {what}")]
    Passphrase {
        /// What is wrong with it, in words of our own.
        what: &'static str,
    },
    /// The key library could not make or write the pair.
    #[error("the key pair could not be written in OpenSSH's format")]
    Generate,
}

impl KeyError {
    /// Whether the key merely ended too early, as the first half of a broken one does.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self, Self::Cut | Self::NoKeyData { .. })
    }
}
