//! Whole processes, as a user waits for them: CPU time, wall time and peak memory of spin-keys beside others that do the same or
//! part of it. `cargo bench --bench whole_process [-- [--json PATH] [--page PATH] [WORK]]` prints one table; docs/benchmarks.md explains
//! it, and is what `--page` writes the table into.
//! Figures are medians; the ratios, to spin-keys in the same work, are what to quote.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark")]

#[path = "../../tests/support/mod.rs"]
mod support;

mod measure;
mod peers;
mod table;
mod works;

use serde_json::json;
use std::path::Path;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let (mut to, mut page, mut wanted) = (None, None, None);
    while let Some(arg) = args.next() {
        if arg == "--json" {
            to = Some(args.next().expect("--json PATH"));
        } else if arg == "--page" {
            page = Some(args.next().expect("--page PATH"));
        } else if arg == "--write-users" {
            let [path, count] = [args.next().unwrap(), args.next().unwrap()];
            return works::write_users(&path, count.parse().unwrap());
        } else {
            wanted = Some(arg);
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let mut bench = works::Bench::new(folder.path());
    let works = bench.works();
    let run = table::run(root);
    let word = |name: &str| run[name].as_str().unwrap_or_default().to_owned();
    let mut text = String::new();
    let mut say = |lines: String| {
        print!("{lines}");
        text.push_str(&lines);
    };
    say(format!("{}, commit {}, {}, {} cores\n", word("date"), word("commit"), word("rustc"), run["cores"]));
    say(format!("{}\n", table::HEAD));
    let mut rows = Vec::new();
    for work in works.iter().filter(|work| wanted.as_ref().is_none_or(|wanted| work.name.contains(wanted))) {
        let figures = measure::measure(&work.programs);
        say(table::rows(work, &figures));
        rows.extend(table::json_rows(work, &figures));
    }
    if rows.iter().any(|row| row["users"].is_u64()) {
        say(table::each_user(&rows));
    }
    say(format!("(memory below {:.1} MiB, what the benchmark itself has, cannot be seen)\n", table::own_peak()));
    for (name, why) in &bench.peers.left_out {
        say(format!("left out: {name} ({why})\n"));
    }
    if let Some(page) = page {
        assert!(wanted.is_none(), "a page has the whole table");
        table::write_into(Path::new(&page), &text);
    }
    if let Some(path) = to {
        let left_out: Vec<_> =
            bench.peers.left_out.iter().map(|(name, why)| json!({ "name": name, "why": why })).collect();
        let all = json!({ "run": run, "rows": rows, "left_out": left_out });
        // `cargo bench` runs this in the folder of the package.
        std::fs::write(&path, format!("{all:#}\n")).unwrap();
    }
}
