//! Redacts a whole file for a reviewer.

use super::visible;
use crate::escape::escape_lines;
use crate::vault;
use crate::yaml::{self, Document, MASK, Visible};
use zeroize::Zeroizing;

/// The text as a reviewer may see it; text that is not YAML is masked completely. `mark` returns what follows the mask
/// of a value.
#[must_use]
pub fn masked(plain: &[u8], mark: &dyn Fn(&str) -> String) -> String {
    let text = Zeroizing::new(String::from_utf8_lossy(plain).into_owned());
    let (_, text) = yaml::split_bom(&text);
    match Document::parse(text) {
        Ok(document) => yaml::mask(&document, &Visible::Only(&visible(&document)), mark),
        Err(_) => {
            let line = |line: &str| {
                if line.trim().is_empty() { "\n".to_owned() } else { format!("{MASK}{}\n", mark(line)) }
            };
            let lines: String = text.lines().map(line).collect();
            format!("# the content of the file is not valid YAML: every line is masked\n{lines}")
        }
    }
}

/// The text of a damaged or locked vault: its header and hex lines stay, and every other line is masked, because it may
/// be plain text that somebody put below a header.
#[must_use]
pub fn encrypted_lines(bytes: &[u8]) -> String {
    let is_header = |line: &[u8]| vault::is_encrypted(line) && !line.contains(&b'\r');
    let is_sealed = |line: &[u8]| is_header(line) || line.iter().all(u8::is_ascii_hexdigit);
    let line = |line: &[u8]| {
        let text = line.trim_ascii();
        if is_sealed(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)) {
            // A header may have a label, which is any text.
            let line = String::from_utf8_lossy(line);
            let (mark, rest) = line.split_at(line.len() - line.trim_start_matches('\u{feff}').len());
            return format!("{mark}{}", escape_lines(rest));
        }
        let end = if line.ends_with(b"\n") { "\n" } else { "" };
        format!("{MASK}{end}")
    };
    bytes.split_inclusive(|byte| *byte == b'\n').map(line).collect()
}
