//! The judge on small made-up trees: each rule broken once, and what must not count.

use super::{Sources, breaks, may_use};

/// A tree of these files, each declared by the file above it; what breaks in it.
fn broken(files: &[(&str, &str)]) -> Vec<String> {
    let mut sources: Sources = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    if !sources.contains_key("lib.rs") {
        let mut rooms: Vec<&str> = files.iter().filter_map(|(path, _)| path.split(['/', '.']).next()).collect();
        rooms.dedup();
        sources.insert("lib.rs".to_owned(), rooms.iter().map(|room| format!("pub mod {room};\n")).collect());
    }
    breaks(&sources).into_iter().collect()
}

#[test]
fn the_line_is_one() {
    for (room, used) in [("spin", "yaml"), ("main", "cli"), ("report", "change::patch"), ("files", "signals")] {
        assert!(may_use(room, used) && (!may_use(used, room) || room == "report" || room == "files"), "{room} {used}");
    }
    for (room, used) in [("yaml", "key"), ("key", "vault"), ("files", "yaml"), ("error", "ui"), ("spin", "check")] {
        assert!(!may_use(room, used), "{room} {used}");
    }
    assert!(!may_use("spin", "no_room") && !may_use("no_room", "error"));
}

#[test]
fn a_room_further_on_is_not_used_however_it_is_named() {
    let ways = [
        "use crate::check::Rule;",
        "use crate::{error::Error, check::{self, Rule}};",
        "use super::super::check;",
        "pub use crate::check::Rule as Other;",
        "fn f() { crate::check::rule() }",
        "fn f(x: &[crate::check::Rule]) {}",
        "#[arg(default_value_t = crate::check::RULES)] struct S;",
        "mod inner { use super::super::super::check::Rule; }",
        "fn f() { println!(\"{}\", super::super::check::RULES) }",
    ];
    for way in ways {
        let files = [
            ("check.rs", "pub struct Rule;"),
            ("error.rs", "pub struct Error;"),
            ("spin/mod.rs", "mod tasks;"),
            ("spin/tasks.rs", way),
        ];
        assert_eq!(broken(&files), ["spin/tasks.rs uses check"], "{way}");
    }
}

#[test]
fn what_is_no_use_is_none() {
    let ways = [
        "use crate::error::Error;",
        "// use crate::check::Rule;",
        "/* /* */ use crate::check::Rule; */",
        "/// See [`crate::check::Rule`].\nfn f() {}",
        "const TEXT: &str = \"use crate::check::Rule;\";",
        "const TEXT: &str = r#\"\" use crate::check::Rule;\"#;",
        "const QUOTE: char = '\"'; fn f<'a>(x: &'a str) {} const OTHER: [char; 2] = ['\\'', '\"'];",
        "#[cfg(test)]\nmod tests {\n    use crate::check::Rule;\n}",
        "#[cfg(test)]\n#[allow(dead_code)]\nfn f(rule: crate::check::Rule) -> [u8; 3] { crate::check::f() }\nfn g() {}",
        "#[cfg(test)]\nuse crate::check::Rule;",
        "#[cfg(test)]\nmod tests;",
        "mod check { pub struct Rule; }\nuse self::check::Rule;",
    ];
    for way in ways {
        let files = [
            ("check.rs", "pub struct Rule;"),
            ("error.rs", "pub struct Error;"),
            ("spin/mod.rs", "mod tasks;"),
            ("spin/tasks.rs", way),
            ("spin/tasks/tests.rs", "use crate::check::Rule;"),
        ];
        assert_eq!(broken(&files), [""; 0], "{way}");
    }
}

#[test]
fn strangers_do_not_know_each_other() {
    let files = [("key.rs", ""), ("yaml/mod.rs", "mod proof;"), ("yaml/proof.rs", "use crate::key::KeyLine;")];
    assert_eq!(broken(&files), ["yaml/proof.rs uses key"]);
}

#[test]
fn a_part_of_change_is_a_room_of_its_own() {
    let files = [
        ("change/mod.rs", "pub mod patch; pub mod run;"),
        ("change/patch.rs", "use super::run::Run;"),
        ("change/run.rs", "pub struct Run;"),
    ];
    assert_eq!(broken(&files), ["change/patch.rs uses change"]);
}

#[test]
fn a_folder_that_is_no_room_is_said() {
    let found = broken(&[("helpers.rs", ""), ("spin.rs", "use crate::helpers::help;")]);
    assert_eq!(found, ["helpers is not a room", "spin.rs uses helpers"]);
}

#[test]
fn files_that_use_each_other_are_found() {
    let module = "mod block; mod flow; mod group; pub use block::insert;";
    let two = [
        ("yaml/mod.rs", module),
        ("yaml/block.rs", "use super::flow::in_flow;"),
        ("yaml/flow.rs", "use super::group::Group;"),
        ("yaml/group.rs", "pub struct Group; fn f() { super::block::insert() }"),
    ];
    assert_eq!(broken(&two), ["circle: yaml/block.rs -> yaml/flow.rs -> yaml/group.rs -> yaml/block.rs"]);
    // By what the module above hands on.
    let handed_on = [
        ("yaml/mod.rs", module),
        ("yaml/block.rs", "use super::group::Group;"),
        ("yaml/flow.rs", ""),
        ("yaml/group.rs", "use crate::yaml::insert;"),
    ];
    assert_eq!(broken(&handed_on), ["circle: yaml/block.rs -> yaml/group.rs -> yaml/block.rs"]);
    // The module above uses what is below it, and is used by it.
    let above = [("key/mod.rs", "mod line; pub const MOST: u8 = line::LEAST;"), ("key/line.rs", "use super::MOST;")];
    assert_eq!(broken(&above), ["circle: key/line.rs -> key/mod.rs -> key/line.rs"]);
    // It hands something on, which is no use of its own, until it is named there.
    let hands_on =
        [("key/mod.rs", "mod line; pub use line::Line; pub struct Most;"), ("key/line.rs", "use super::Most;")];
    assert_eq!(broken(&hands_on), [""; 0]);
    let names_it =
        [("key/mod.rs", "mod line; pub use line::Line; pub struct Most(Line);"), ("key/line.rs", "use super::Most;")];
    assert_eq!(broken(&names_it), ["circle: key/line.rs -> key/mod.rs -> key/line.rs"]);
}

#[test]
fn pure_rooms_touch_nothing() {
    let ways = [
        ("use std::fs;", "std::fs"),
        ("use std::{fs, io};", "std::fs"),
        ("use std::fs::{self, File};", "std::fs"),
        ("fn f() { std::env::var(\"X\") }", "std::env"),
        ("use std::time::{Duration, SystemTime};", "SystemTime"),
        ("fn f() { rustix::process::geteuid() }", "rustix"),
        ("use std::io; fn f() { io::stdout().lock() }", "io::stdout"),
        ("fn f() -> std::process::ExitCode {}", "std::process"),
    ];
    for (way, what) in ways {
        assert_eq!(broken(&[("report.rs", way)]), [format!("report.rs names {what}")], "{way}");
        let patch =
            broken(&[("change/mod.rs", "mod patch; mod run;"), ("change/patch.rs", way), ("change/run.rs", way)]);
        assert_eq!(patch, [format!("change/patch.rs names {what}")], "{way}");
        assert_eq!(broken(&[("files.rs", way), ("ui.rs", way)]), [""; 0], "{way}");
    }
    assert_eq!(broken(&[("report.rs", "use std::fmt; fn fs() {} const SYSTEM: &str = \"std::fs\";")]), [""; 0]);
}

#[test]
fn a_command_knows_no_format_and_is_short() {
    let declared = ("commands/mod.rs", "mod list;");
    for way in ["fn f() { match self.format { _ => () } }", "fn f() -> bool { format == Format::Json }"] {
        assert_eq!(broken(&[declared, ("commands/list.rs", way)]), ["commands/list.rs matches on a format"], "{way}");
    }
    let handed_over = "use crate::report::Format;\nstruct Args {\n    #[arg(default_value_t = Format::Text)]\n    format: Format,\n}\n\
                       fn f(args: &Args) { render(args.format); match args.name { _ => format!(\"x\") } }";
    assert_eq!(broken(&[declared, ("report.rs", "pub enum Format {}"), ("commands/list.rs", handed_over)]), [""; 0]);
    let (short, long) = ("\n".repeat(120), "\n".repeat(121));
    assert_eq!(broken(&[declared, ("commands/list.rs", &short)]), [""; 0]);
    assert_eq!(broken(&[declared, ("commands/list.rs", &long)]), ["commands/list.rs has more than 120 lines"]);
    assert_eq!(broken(&[("commands/mod.rs", &long)]), [""; 0]);
}

#[test]
fn no_file_is_long() {
    let (short, long) = ("\n".repeat(300), "\n".repeat(301));
    assert_eq!(broken(&[("spin/mod.rs", "#[cfg(test)] mod tests;"), ("spin/tests.rs", &short)]), [""; 0]);
    let found = broken(&[("spin/mod.rs", "#[cfg(test)] mod tests;"), ("spin/tests.rs", &long)]);
    assert_eq!(found, ["spin/tests.rs has more than 300 lines"]);
}
