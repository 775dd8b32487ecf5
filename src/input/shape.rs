//! Whether a text looks like a `.spin.yml`. In CI no line of another file is shown: a branch can make the name a link to a
//! password or a token.

use crate::error::Error;
use crate::report::Check;
use crate::spin::config::layout::{DEPLOY_PUBLIC_KEY, DOCKER_USER, Section};
use crate::ui::in_ci;
use std::path::Path;

/// The findings of a text, without its lines where they may not be shown.
#[must_use]
pub fn without_foreign_lines(text: &str, mut check: Check) -> Check {
    if in_ci() && !has_shape(text) {
        check.findings.iter_mut().for_each(|(_, line)| line.clear());
    }
    check
}

/// Refuses the diff of a file whose lines may not be shown.
///
/// # Errors
/// This is CI, and the text does not look like a `.spin.yml`.
pub fn refuse_foreign_diff(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let has_shape = || {
        let text = String::from_utf8_lossy(bytes);
        text.trim().is_empty() || has_shape(&text)
    };
    if !in_ci() || has_shape() {
        return Ok(());
    }
    Err(Error::new(format!("{} has none of the names that Spin reads, such as users", path.display()))
        .hint("in CI no line of such a file is shown, because it may be another file: name the .spin.yml with --file"))
}

/// One of the names that Spin reads is a key at the start of a line, or a quoted key of a file that is JSON.
fn has_shape(text: &str) -> bool {
    let keys = [Section::Users.key(), Section::Additional.key(), DOCKER_USER, DEPLOY_PUBLIC_KEY];
    let names = [&keys[..], &["providers", "servers", "server_timezone", "server_contact"]].concat();
    let is_key = |rest: &str| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':');
    let at_start = |line: &str| {
        let line = line.trim_start_matches(['\u{feff}', '"', '\'']);
        names.iter().any(|name| line.strip_prefix(name).is_some_and(is_key))
    };
    let in_json = || {
        let quoted = |name: &str| text.split(&format!("\"{name}\"")).skip(1).any(is_key);
        text.trim_start_matches('\u{feff}').trim_start().starts_with('{') && names.iter().any(|name| quoted(name))
    };
    text.lines().any(at_start) || in_json()
}

#[cfg(test)]
mod tests {
    use super::has_shape;

    #[test]
    fn a_file_of_spin_is_known_by_its_names() {
        for text in
            ["x: 1\nusers:\n", "\u{feff}users: []", "\"docker_user\" : {}", "{\"a\": 1, \"servers\": []}", "users: ["]
        {
            assert!(has_shape(text), "{text:?}");
        }
        for text in ["", "hunter2\n", "machine x login users: y", "https://users:pw@host", "{\"users\"}", "usersx: 1"] {
            assert!(!has_shape(text), "{text:?}");
        }
    }
}
