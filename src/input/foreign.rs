//! Names a file that is something else than a `.spin.yml`: what other tools make of one, or put in its place.
//!
//! Pure. Ansible reads most of these as a text without users, so without a name they would look like a file in which
//! nobody has access. A file of sops is readable YAML, but edits would break its seal.

use crate::error::Error;
use crate::yaml::{self, Document};
use std::path::Path;

/// What a text starts with, what it is then, and what to do.
struct Kind {
    starts: &'static [u8],
    what: &'static str,
    help: &'static str,
}

const KINDS: [Kind; 11] = [
    Kind {
        starts: b"version https://git-lfs.github.com/spec/",
        what: "a Git LFS pointer, not the content itself",
        help: "fetch the content: git lfs pull",
    },
    Kind { starts: b"-----BEGIN AGE ENCRYPTED FILE-----", what: "encrypted with age", help: AGE },
    Kind { starts: b"age-encryption.org/v1", what: "encrypted with age", help: AGE },
    Kind {
        starts: b"\0GITCRYPT\0",
        what: "encrypted with git-crypt",
        help: "decrypt the files of the repository: git-crypt unlock",
    },
    Kind { starts: b"-----BEGIN PGP MESSAGE-----", what: "a PGP message", help: "decrypt it: gpg --decrypt FILE" },
    Kind { starts: b"\x1f\x8b", what: "compressed with gzip", help: "unpack it: gunzip < FILE > .spin.yml" },
    Kind { starts: b"PK\x03\x04", what: "a ZIP archive", help: "unpack it: unzip FILE" },
    // Before UTF-16, whose mark begins one of these.
    Kind { starts: b"\xff\xfe\0\0", what: UTF_32, help: "save it as UTF-8: iconv -f UTF-32 -t UTF-8 FILE > NEW" },
    Kind { starts: b"\0\0\xfe\xff", what: UTF_32, help: "save it as UTF-8: iconv -f UTF-32 -t UTF-8 FILE > NEW" },
    Kind { starts: b"\xff\xfe", what: UTF_16, help: "save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE > NEW" },
    Kind { starts: b"\xfe\xff", what: UTF_16, help: "save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE > NEW" },
];
const AGE: &str = "decrypt it: age --decrypt --identity KEY FILE; Spin reads plain files and Ansible Vault";
const UTF_32: &str = "UTF-32 text, not UTF-8";
const UTF_16: &str = "UTF-16 text, not UTF-8";
/// How much of the start shows that a text without a byte order mark is UTF-16, in bytes.
const UTF_16_SAMPLE: usize = 64;
/// How every value starts that sops encrypted, and the MAC in every file of sops.
const SOPS_VALUE: &str = "ENC[AES256_GCM,data:";
const VAULT: &str = "$ANSIBLE_VAULT;";

/// Where a text was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    AsIs,
    /// In a vault, which was decrypted.
    InVault,
}

/// Refuses a text that is something else.
///
/// # Errors
/// What it is, its place, and how to get the right file.
pub(super) fn refuse(path: &Path, bytes: &[u8], stored: Stored) -> Result<(), Error> {
    if let Some((what, help)) = by_its_start(bytes) {
        return Err(Error::new(format!("the file is {what}")).hint(help).at(path, 1, 1));
    }
    // What is not UTF-8 is refused as that.
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    let (_, text) = yaml::split_bom(text);
    if let Some(conflict) = Conflict::of(text) {
        return Err(conflict.error(text, stored).at(path, conflict.ours, 1));
    }
    match sops(text) {
        Some((line, column)) => Err(Error::new("the file is encrypted with sops")
            .hint("decrypt it: sops decrypt --in-place FILE; Spin reads plain files and Ansible Vault")
            .hint("to keep it as it is, edit it with: sops edit FILE (any other edit breaks its MAC)")
            .at(path, line, column)),
        None => Ok(()),
    }
}

/// What the first bytes say it is, and what to do.
fn by_its_start(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if let Some(kind) = KINDS.iter().find(|kind| text.starts_with(kind.starts)) {
        return Some((kind.what, kind.help));
    }
    let page = past_comments(text);
    let starts = |tag: &[u8]| page.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    if starts(b"<!doctype html") || starts(b"<html") {
        return Some(("an HTML page", "download the file itself, not the page that shows it or asks to log in"));
    }
    let units = bytes[..bytes.len().min(UTF_16_SAMPLE)].as_chunks::<2>().0;
    let mostly = |fits: fn(&[u8; 2]) -> bool| {
        units.len() > 1 && 4 * units.iter().filter(|unit| fits(unit)).count() >= 3 * units.len()
    };
    if mostly(|unit| unit[0] != 0 && unit[1] == 0) {
        return Some((UTF_16, "save it as UTF-8: iconv -f UTF-16LE -t UTF-8 FILE > NEW"));
    }
    mostly(|unit| unit[0] == 0 && unit[1] != 0)
        .then_some((UTF_16, "save it as UTF-8: iconv -f UTF-16BE -t UTF-8 FILE > NEW"))
}

/// The text after the comments and the XML declaration that may stand before HTML.
fn past_comments(mut text: &[u8]) -> &[u8] {
    let past = |text: &[u8], end: &[u8]| {
        let at = text.windows(end.len()).position(|window| window == end)?;
        Some(at + end.len())
    };
    loop {
        let end = match text {
            [b'<', b'!', b'-', b'-', ..] => past(text, b"-->"),
            [b'<', b'?', ..] => past(text, b"?>"),
            _ => None,
        };
        let Some(rest) = end.and_then(|end| text.get(end..)) else { return text };
        text = rest.trim_ascii_start();
    }
}

/// The lines of the markers of a merge that git could not do.
#[derive(Debug, PartialEq, Eq)]
struct Conflict {
    ours: usize,
    middle: usize,
    theirs: usize,
}

impl Conflict {
    /// The first conflict: three markers in their order, each at the start of a line. In YAML, text of a user is
    /// indented or behind a `#`.
    fn of(text: &str) -> Option<Self> {
        // Only this is paid for by files without a conflict.
        if !text.starts_with("<<<<<<<") && !text.contains("\n<<<<<<<") {
            return None;
        }
        let (mut ours, mut middle) = (None, None);
        for (index, line) in text.lines().enumerate() {
            let is = |marker| line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
            if is("<<<<<<<") {
                (ours, middle) = (Some(index + 1), None);
            } else if is("=======") {
                middle = ours.map(|_| index + 1);
            } else if is(">>>>>>>")
                && let (Some(ours), Some(middle)) = (ours, middle)
            {
                return Some(Self { ours, middle, theirs: index + 1 });
            }
        }
        None
    }

    fn error(&self, text: &str, stored: Stored) -> Error {
        let Self { middle, theirs, .. } = self;
        let is_vault = text.starts_with(VAULT) || text.contains(&format!("\n{VAULT}"));
        let (of, hint) = match stored {
            Stored::InVault => (
                "the decrypted text",
                "keep one side or combine both, and remove the lines with markers: ansible-vault edit FILE",
            ),
            Stored::AsIs if is_vault => (
                "the encrypted file",
                "an encrypted text cannot be merged line by line: take one side (git checkout --ours FILE, or --theirs), \
                    then make the change of the other side again",
            ),
            Stored::AsIs => (
                "the file",
                "keep one side or combine both, and remove the lines with markers: git mergetool, or an editor",
            ),
        };
        let places = format!("<<<<<<< here, ======= in line {middle}, >>>>>>> in line {theirs}");
        Error::new(format!("{of} has an unresolved merge conflict of git: {places}")).hint(hint)
    }
}

/// Line and column of what shows that the text is a file of sops: the metadata, else an encrypted value.
fn sops(text: &str) -> Option<(usize, usize)> {
    // Only this is paid for by other files.
    if !text.contains(SOPS_VALUE) && !text.contains("\nsops:") && !text.starts_with("sops:") {
        return None;
    }
    // What is not YAML is refused as that.
    let document = Document::read(text).ok()?;
    let metadata = document.root().and_then(|root| document.entry(root, "sops"));
    if let Some((key, _)) = metadata.filter(|(_, value)| document.get(*value, "mac").is_some()) {
        return Some(document.place(key));
    }
    let is_value = |node: &&yaml::Node<'_>| matches!(&node.kind, yaml::Kind::Scalar { value, .. } if value.starts_with(SOPS_VALUE) && value.ends_with(']'));
    document.nodes().find(is_value).map(|node| yaml::line_column(text, node.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_of(bytes: impl AsRef<[u8]>) -> Option<String> {
        refuse(Path::new("f"), bytes.as_ref(), Stored::AsIs).err().map(|error| error.to_string())
    }

    #[track_caller]
    fn says(bytes: impl AsRef<[u8]>, words: &str) {
        let bytes = bytes.as_ref();
        let told = told_of(bytes).unwrap_or_default();
        assert!(told.contains(words) && told.contains("\n  help: "), "{:?}: {told}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn files_are_named_by_their_start() {
        says(
            "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n",
            "f:1:1: the file is a Git LFS pointer",
        );
        says("\u{feff}\n-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "encrypted with age");
        says("age-encryption.org/v1\n-> X25519 x\n", "age --decrypt");
        says(b"\0GITCRYPT\0abc\xff", "git-crypt unlock");
        says("-----BEGIN PGP MESSAGE-----\n\nhQ", "gpg --decrypt");
        says(b"\x1f\x8b\x08\0", "gunzip");
        says(b"PK\x03\x04\x14\0", "unzip");
        says("\n<!DOCTYPE html>\n<html>", "an HTML page");
        says("<HTML lang=en>", "an HTML page");
        says("<!-- a > b --> <!DOCTYPE html>", "an HTML page");
        says("<?xml version=\"1.0\"?>\n<!-- --><html>", "an HTML page");
        says(b"\xff\xfe\0\0a\0\0\0", "UTF-32 text, not UTF-8");
        says(b"\0\0\xfe\xff\0\0\0a", "iconv -f UTF-32 ");
        for text in ["users:\n", "# für alle\nusers: []\n"] {
            let units: Vec<u16> = text.encode_utf16().collect();
            let [le, be] = [u16::to_le_bytes, u16::to_be_bytes]
                .map(|to| units.iter().flat_map(|unit| to(*unit)).collect::<Vec<u8>>());
            says(&le, "iconv -f UTF-16LE");
            says(&be, "iconv -f UTF-16BE");
            says([&b"\xff\xfe"[..], &le].concat(), "iconv -f UTF-16 ");
            says([&b"\xfe\xff"[..], &be].concat(), "iconv -f UTF-16 ");
        }
        for ours in
            ["", "users: []\n", "a\0b", "version: 1\n", "- <html>\n", "# age-encryption.org/v1\n", "\u{feff}users:\n"]
        {
            assert_eq!(told_of(ours), None, "{ours:?}");
        }
    }

    #[test]
    fn a_conflict_is_three_markers_at_the_start_of_lines_in_their_order() {
        let places = |text: &str| Conflict::of(text).map(|it| (it.ours, it.middle, it.theirs));
        assert_eq!(places("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n"), Some((1, 3, 5)));
        assert_eq!(places("b: 1\r\n<<<<<<< a\r\n||||||| base\r\n=======\r\n>>>>>>> x\r\n"), Some((2, 4, 5)));
        assert_eq!(places("<<<<<<<\n=======\n>>>>>>>"), Some((1, 2, 3)));
        // The first was left half merged.
        assert_eq!(places("<<<<<<< a\n=======\n<<<<<<< b\n=======\n>>>>>>> x\n"), Some((3, 4, 5)));
        for text in [
            "# <<<<<<< HEAD\n# =======\n# >>>>>>> x\n",
            "motd: |\n  <<<<<<< HEAD\n  =======\n  >>>>>>> x\n",
            "<<<<<<< HEAD\n=======\n",
            "<<<<<<< HEAD\n>>>>>>> x\n",
            ">>>>>>> x\n=======\n<<<<<<< HEAD\n",
            "<<<<<<<HEAD\n=======\n>>>>>>> x\n",
            "<<<<<<< HEAD\n========\n>>>>>>> x\n",
            "<<: *base\n",
        ] {
            assert_eq!(places(text), None, "{text:?}");
        }
    }

    #[test]
    fn advice_on_a_conflict_fits_where_the_text_is() {
        let plain = "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n";
        let vault = plain.replace("a: ", "$ANSIBLE_VAULT;1.1;AES256\n");
        says(
            plain,
            "f:1:1: the file has an unresolved merge conflict of git: <<<<<<< here, ======= in line 3, >>>>>>> in line 5",
        );
        says(plain, "git mergetool");
        says(vault, "git checkout --ours");
        let error = refuse(Path::new("f"), plain.as_bytes(), Stored::InVault).unwrap_err();
        assert!(error.message.starts_with("the decrypted text has") && error.hints[0].contains("ansible-vault edit"));
    }

    #[test]
    fn sops_is_known_by_its_metadata_or_its_values() {
        let value = "ENC[AES256_GCM,data:3rQ=,iv:ab=,tag:cd=,type:str]";
        let named = [
            format!("a: {value}\nsops:\n    mac: {value}\n"),
            "a: 1\nsops:\n    age: []\n    mac: x\n".to_owned(),
            format!("users:\n  - username: {value}\n"),
            format!("{{\n\t\"a\": \"{value}\",\n\t\"sops\": {{\n\t\t\"mac\": \"{value}\"\n\t}}\n}}"),
            format!("{{\"a\": 1, \"sops\": {{\"mac\": \"{value}\"}}}}"),
        ];
        let places = ["f:2:1", "f:2:1", "f:2:15", "f:3:2", "f:1:10"];
        for (text, place) in named.iter().zip(places) {
            says(text, &format!("{place}: the file is encrypted with sops"));
        }
        for ours in [
            format!("# a: {value}\na: 1\n"),
            format!("a: |\n  b: {value}\n  sops:\n    mac: {value}\n"),
            "sops:\n  age: x\n".to_owned(),
            "sops: 1\n".to_owned(),
            format!("a: [\n# {value}"),
        ] {
            assert_eq!(told_of(&ours), None, "{ours}");
        }
    }
}
