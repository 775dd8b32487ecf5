//! What stands on a command line that is being typed and says which candidates there are.

use crate::input::discover::home;
use std::ffi::OsString;
use std::path::PathBuf;

pub(super) struct Typed {
    /// `--file`
    pub(super) file: Option<PathBuf>,
    /// The word at the cursor.
    word: String,
}

impl Typed {
    pub(super) fn of(words: &[OsString]) -> Self {
        let text: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        let (word, before) = text.split_last().map_or(("", &[][..]), |(word, before)| (&**word, before));
        let mut file = None;
        for (at, option) in before.iter().enumerate() {
            let next = || before.get(at + 1).map(|value| &**value);
            let value = match &**option {
                "-f" | "--file" => next(),
                option => option.strip_prefix("--file=").or_else(|| option.strip_prefix("-f")),
            };
            file = value.map(expanded).or(file);
        }
        Self { file, word: word.to_owned() }
    }

    /// The values of a list before the last comma of the word.
    pub(super) fn listed(&self) -> Vec<&str> {
        let list = self.word.rsplit_once(',').map_or("", |(list, _)| list);
        let values =
            list.strip_prefix("--").and_then(|option| option.split_once('=')).map_or(list, |(_, values)| values);
        values.split(',').collect()
    }
}

/// A shell would have put the home folder in the place of `~`.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), home()) {
        (Some(below), Some(home)) => home.join(below),
        _ => PathBuf::from(path),
    }
}
