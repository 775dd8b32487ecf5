//! The rooms of `src/`: who may use whom, which files touch no file, clock or terminal, and how long a file may be.
//!
//! What a file uses is read from its text: every path that starts with `crate`, `super`, `self` or one of its own modules,
//! lists of `use` included, outside of `#[cfg(test)]`. A name that a `use` in another module hands on counts as the file
//! that has it. Not seen: what comes by a glob (it counts as the file of the module itself), macros that make paths,
//! methods and fields, modules with `#[path]`. What a file hands on out of modules below it is no use of its own.

mod names;
mod tokens;
mod tree;
mod trials;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tree::{Sources, Tree, circles};

/// Each room may use those of the lines above, and of its own line but for [`STRANGERS`]; circles of files are refused anyway.
const LINE: [&[&str]; 14] = [
    &["error"],
    &["yaml", "vault", "key", "files", "signals", "shell", "git", "escape", "threads", "children"],
    &["spin", "diff"],
    &["check"],
    &["review"],
    &["change::access"],
    &["change::patch", "change::admit", "report"],
    &["ui", "prompt"],
    &["input", "key_source"],
    &["change"],
    &["commands"],
    &["cli"],
    &["lib"],
    &["main"],
];
/// They know nothing of each other.
const STRANGERS: [&str; 4] = ["yaml", "vault", "key", "files"];
/// They take values and give values.
const PURE: [&str; 11] = [
    "yaml",
    "vault",
    "key",
    "spin",
    "check",
    "review",
    "report",
    "change::access",
    "change::patch",
    "change::admit",
    "diff",
];
/// What no pure room names.
const IMPURE: [&[&str]; 6] =
    [&["std", "fs"], &["std", "env"], &["SystemTime"], &["rustix"], &["io", "stdout"], &["std", "process"]];
const MOST_LINES: usize = 300;
const MOST_LINES_OF_A_COMMAND: usize = 120;

/// What is so until the rebuild is done. It can only get shorter: an entry that is no break any more fails.
const KNOWN_BREAKS: &[&str] = &[];

fn room(path: &str) -> &str {
    match path {
        "change/patch.rs" => "change::patch",
        "change/admit.rs" | "change/originals.rs" => "change::admit",
        "change/access.rs" | "change/allowed.rs" | "change/difference.rs" => "change::access",
        _ => path.split(['/', '.']).next().unwrap_or_default(),
    }
}

fn may_use(room: &str, used: &str) -> bool {
    let place = |room| LINE.iter().position(|rooms| rooms.contains(&room));
    match (place(room), place(used)) {
        (Some(here), Some(there)) if here == there => !(STRANGERS.contains(&room) && STRANGERS.contains(&used)),
        (Some(here), Some(there)) => there < here,
        _ => false,
    }
}

/// All that is not as it should be.
fn breaks(sources: &Sources) -> BTreeSet<String> {
    let tree = Tree::of(sources);
    let uses = tree.uses();
    let mut breaks: BTreeSet<String> = circles(&uses).into_iter().collect();
    breaks.extend(long_files(sources));
    for (path, file) in &tree.files {
        let room_here = room(path);
        if !LINE.concat().contains(&room_here) {
            breaks.insert(format!("{room_here} is not a room"));
        }
        // The root of the crate declares everything.
        for used in uses[path.as_str()].iter().map(|used| room(used)).filter(|_| room_here != "lib") {
            if used != room_here && !may_use(room_here, used) {
                breaks.insert(format!("{path} uses {used}"));
            }
        }
        if PURE.contains(&room_here) {
            for what in IMPURE {
                let words = |path: &[String]| path.windows(what.len()).any(|words| words == what);
                if file.names.foreign.iter().any(|path| words(path)) {
                    breaks.insert(format!("{path} names {}", what.join("::")));
                }
            }
        }
        if room_here == "commands" {
            let is_format = |word: &String| word.ends_with("Format") || word == "format";
            let by_variant = file.names.words.windows(2).any(|two| {
                two[0].ends_with("Format") && two[1].starts_with(char::is_uppercase) && !two[1].ends_with("Format")
            });
            if by_variant || file.names.matches.iter().any(|head| head.iter().any(is_format)) {
                breaks.insert(format!("{path} matches on a format"));
            }
            if !path.ends_with("mod.rs") && sources[path].lines().count() > MOST_LINES_OF_A_COMMAND {
                breaks.insert(format!("{path} has more than {MOST_LINES_OF_A_COMMAND} lines"));
            }
        }
    }
    breaks
}

fn long_files(sources: &Sources) -> impl Iterator<Item = String> {
    let long = sources.iter().filter(|(_, text)| text.lines().count() > MOST_LINES);
    long.map(|(path, _)| format!("{path} has more than {MOST_LINES} lines"))
}

pub(crate) fn sources() -> Sources {
    sources_in("src")
}

fn sources_in(folder: &str) -> Sources {
    let root = crate::support::project().join(folder);
    let mut sources = Sources::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(&root).unwrap_or(Path::new("")).display().to_string();
                sources.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    sources
}

#[test]
fn the_rooms_are_kept() {
    let found = breaks(&sources());
    let known: BTreeSet<String> = KNOWN_BREAKS.iter().map(|known| (*known).to_owned()).collect();
    let new: Vec<&String> = found.difference(&known).collect();
    assert!(new.is_empty(), "{} breaks:\n{}", new.len(), new.iter().map(|it| format!("{it}\n")).collect::<String>());
}

#[test]
fn no_file_outside_of_src_is_long_either() {
    // A package of Cargo is without the fuzzers, which have a manifest of their own; a clone has them.
    let of_clone: &[&str] =
        if crate::support::project().join(".git").exists() { &["fuzz/src", "fuzz/fuzz_targets"] } else { &[] };
    let folders = [&["tests", "benches"], of_clone].concat();
    let files: Vec<Sources> = folders.iter().map(|folder| sources_in(folder)).collect();
    assert!(files.iter().all(|files| !files.is_empty()));
    let long: Vec<String> = files.iter().flat_map(long_files).collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// Or the list would hide what comes back.
#[test]
fn each_known_break_is_one() {
    let found = breaks(&sources());
    let mended: Vec<_> = KNOWN_BREAKS.iter().filter(|known| !found.contains(**known)).collect();
    assert!(mended.is_empty(), "no breaks any more, take them from the list: {mended:#?}");
}
