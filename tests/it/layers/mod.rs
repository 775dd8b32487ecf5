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
const LINE: [&[&str]; 13] = [
    &["error"],
    &["yaml", "vault", "key", "files", "signals", "shell", "git"],
    &["spin", "diff"],
    &["check"],
    &["review"],
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
const PURE: [&str; 10] =
    ["yaml", "vault", "key", "spin", "check", "review", "report", "change::patch", "change::admit", "diff"];
/// What no pure room names.
const IMPURE: [&[&str]; 6] =
    [&["std", "fs"], &["std", "env"], &["SystemTime"], &["rustix"], &["io", "stdout"], &["std", "process"]];
const MOST_LINES: usize = 300;
const MOST_LINES_OF_A_COMMAND: usize = 120;

/// What is so until the rebuild is done. It can only get shorter: an entry that is no break any more fails.
const KNOWN_BREAKS: &[&str] = &[
    "circle: commands/add.rs -> commands/review.rs -> commands/check.rs -> commands/check/fix.rs -> commands/check/report.rs -> commands/check/github.rs -> commands/mod.rs -> commands/add.rs",
    "circle: commands/add.rs -> commands/review.rs -> commands/check.rs -> commands/check/fix.rs -> commands/write.rs -> commands/add.rs",
    "circle: commands/check.rs -> commands/check/fix.rs -> commands/check.rs",
    "circle: commands/check.rs -> commands/check/fix.rs -> commands/check/report.rs -> commands/check.rs",
    "circle: commands/check.rs -> commands/check/fix.rs -> commands/check/report.rs -> commands/check/github.rs -> commands/check.rs",
    "circle: commands/check.rs -> commands/check/fix.rs -> commands/check/report.rs -> commands/check/github.rs -> commands/mod.rs -> commands/list.rs -> commands/check.rs",
    "circle: commands/check/fix.rs -> commands/check/report.rs -> commands/check/fix.rs",
    "circle: commands/list.rs -> commands/list/json.rs -> commands/list.rs",
    "circle: commands/list.rs -> commands/list/table.rs -> commands/list.rs",
    "circle: commands/review.rs -> commands/check.rs -> commands/check/fix.rs -> commands/check/report.rs -> commands/check/github.rs -> commands/mod.rs -> commands/review.rs",
    "circle: commands/review.rs -> commands/review/github.rs -> commands/review.rs",
    "circle: commands/review.rs -> commands/review/json.rs -> commands/review.rs",
    "circle: commands/review.rs -> commands/review/markdown.rs -> commands/review.rs",
    "circle: commands/review.rs -> commands/review/text.rs -> commands/review.rs",
    "circle: files.rs -> files/read.rs -> files.rs",
    "circle: key/error.rs -> key/generate.rs -> key/error.rs",
    "circle: key/error.rs -> key/generate.rs -> key/line.rs -> key/armour.rs -> key/error.rs",
    "circle: key/error.rs -> key/generate.rs -> key/line.rs -> key/error.rs",
    "circle: key/error.rs -> key/generate.rs -> key/line.rs -> key/fields.rs -> key/error.rs",
    "circle: key/error.rs -> key/generate.rs -> key/line.rs -> key/fields.rs -> key/options.rs -> key/error.rs",
    "circle: key/error.rs -> key/generate.rs -> key/line.rs -> key/fields.rs -> key/policy.rs -> key/error.rs",
    "circle: key/error.rs -> key/generate.rs -> key/line.rs -> key/fields.rs -> key/policy.rs -> key/text.rs -> key/error.rs",
    "circle: spin/access.rs -> spin/never.rs -> spin/access.rs",
    "circle: spin/access.rs -> spin/preflight.rs -> spin/access.rs",
    "circle: spin/access.rs -> spin/provision.rs -> spin/access.rs",
    "circle: spin/access.rs -> spin/provision.rs -> spin/server.rs -> spin/access.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/check/rule.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/check/rules/deploy.rs -> spin/check/rule.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/check/rules/file.rs -> spin/check/rule.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/check/rules/keys.rs -> spin/check/rule.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/check/rules/people.rs -> spin/check/rule.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/check/rules/project.rs -> spin/check/rule.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/check/rules/states.rs -> spin/check/rule.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/mod.rs -> spin/delta.rs -> spin/check/mod.rs -> spin/check/project.rs -> spin/check/rule.rs",
    "circle: spin/check/rule.rs -> spin/check/rules/mod.rs -> spin/mod.rs -> spin/delta.rs -> spin/check/mod.rs -> spin/check/rule.rs",
    "circle: spin/delta.rs -> spin/delta/keys.rs -> spin/delta.rs",
    "circle: spin/mod.rs -> spin/delta.rs -> spin/access.rs -> spin/provision.rs -> spin/check/groups.rs -> spin/mod.rs",
    "circle: spin/mod.rs -> spin/visible.rs -> spin/mod.rs",
    "circle: yaml/arrange.rs -> yaml/lines.rs -> yaml/arrange.rs",
    "circle: yaml/arrange.rs -> yaml/pieces.rs -> yaml/arrange.rs",
    "circle: yaml/arrange.rs -> yaml/pieces.rs -> yaml/flow.rs -> yaml/arrange.rs",
    "circle: yaml/resolve.rs -> yaml/merge.rs -> yaml/resolve.rs",
    "circle: yaml/tree.rs -> yaml/build.rs -> yaml/tree.rs",
    "circle: yaml/tree.rs -> yaml/resolve.rs -> yaml/merge.rs -> yaml/tree.rs",
    "circle: yaml/tree.rs -> yaml/resolve.rs -> yaml/tree.rs",
    "commands/add.rs has more than 120 lines",
    "commands/add.rs matches on a format",
    "commands/add.rs uses cli",
    "commands/check.rs has more than 120 lines",
    "commands/check.rs uses cli",
    "commands/check/fix.rs has more than 120 lines",
    "commands/check/fix.rs matches on a format",
    "commands/check/fix.rs uses cli",
    "commands/check/report.rs has more than 120 lines",
    "commands/check/report.rs matches on a format",
    "commands/check/report.rs uses cli",
    "commands/explain.rs uses cli",
    "commands/file.rs has more than 120 lines",
    "commands/file.rs matches on a format",
    "commands/file.rs uses cli",
    "commands/key.rs has more than 120 lines",
    "commands/key.rs uses cli",
    "commands/list.rs has more than 120 lines",
    "commands/list.rs matches on a format",
    "commands/list.rs uses cli",
    "commands/list/json.rs has more than 120 lines",
    "commands/list/table.rs has more than 120 lines",
    "commands/mod.rs uses cli",
    "commands/new_key.rs has more than 120 lines",
    "commands/new_key.rs uses cli",
    "commands/report.rs has more than 120 lines",
    "commands/report.rs matches on a format",
    "commands/report.rs uses cli",
    "commands/review.rs has more than 120 lines",
    "commands/review.rs matches on a format",
    "commands/review.rs uses cli",
    "commands/review/json.rs has more than 120 lines",
    "commands/review/markdown.rs has more than 120 lines",
    "commands/review/row.rs has more than 120 lines",
    "commands/review/side.rs has more than 120 lines",
    "commands/review/side.rs uses cli",
    "commands/sealed.rs has more than 120 lines",
    "commands/sealed.rs uses password",
    "commands/show.rs uses cli",
    "commands/show.rs uses password",
    "commands/text.rs has more than 120 lines",
    "commands/write.rs has more than 120 lines",
    "git.rs uses prompt",
    "password is not a room",
    "password.rs uses error",
    "password.rs uses prompt",
    "password/file.rs uses error",
    "password/file.rs uses files",
    "password/file.rs uses vault",
    "password/program.rs uses error",
    "password/program.rs uses files",
    "password/program.rs uses prompt",
    "password/program.rs uses ui",
    "spin/delta.rs has more than 300 lines",
    "spin/provision.rs has more than 300 lines",
    "ui.rs has more than 300 lines",
];

fn room(path: &str) -> &str {
    match path {
        "change/patch.rs" => "change::patch",
        "change/admit.rs" => "change::admit",
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
    for (path, text) in sources {
        if text.lines().count() > MOST_LINES {
            breaks.insert(format!("{path} has more than {MOST_LINES} lines"));
        }
    }
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

fn sources() -> Sources {
    let root = support::project().join("src");
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

/// Or the list would hide what comes back.
#[test]
fn each_known_break_is_one() {
    let found = breaks(&sources());
    let mended: Vec<_> = KNOWN_BREAKS.iter().filter(|known| !found.contains(**known)).collect();
    assert!(mended.is_empty(), "no breaks any more, take them from the list: {mended:#?}");
}
