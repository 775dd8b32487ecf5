//! The figures as a table for people, row by row as they are measured, and as JSON.

use crate::measure::Figure;
use crate::works::Work;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

pub(crate) const HEAD: &str =
    "work                       program                          CPU ms    wall ms      MiB     CPU    wall  memory";

fn ratios(figure: &Figure, own: &Figure) -> [f64; 3] {
    [figure.cpu_ms / own.cpu_ms, figure.wall_ms / own.wall_ms, figure.mib / own.mib]
}

/// The rows of one work.
pub(crate) fn rows(work: &Work, figures: &[Figure]) -> String {
    let row = |name: &str, program: &str, figure: &Figure| {
        let [cpu, wall, memory] = ratios(figure, &figures[0]);
        let Figure { cpu_ms, wall_ms, mib, .. } = figure;
        format!(
            "{name:<26} {program:<30} {cpu_ms:>8.2} {wall_ms:>10.2} {mib:>8.1} {cpu:>7.2} {wall:>7.2} {memory:>7.2}\n"
        )
    };
    let programs = work.programs.iter().zip(figures).enumerate();
    programs.map(|(at, (program, figure))| row(if at == 0 { &work.name } else { "" }, &program.name, figure)).collect()
}

/// The same as JSON.
pub(crate) fn json_rows(work: &Work, figures: &[Figure]) -> Vec<Value> {
    let row = |(program, figure): (&crate::measure::Program, &Figure)| {
        let [cpu, wall, memory] = ratios(figure, &figures[0]);
        json!({
            "work": work.name, "users": work.users, "program": program.name, "runs": figure.runs,
            "cpu_ms": figure.cpu_ms, "wall_ms": figure.wall_ms, "mib": figure.mib,
            "ratio": { "cpu": cpu, "wall": wall, "memory": memory },
        })
    };
    work.programs.iter().zip(figures).map(row).collect()
}

fn first_line(root: &Path, program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).current_dir(root).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").to_owned()
}

/// Of what the figures are: day, commit, compiler, cores.
pub(crate) fn run(root: &Path) -> Value {
    json!({
        "date": first_line(root, "date", &["-u", "+%Y-%m-%d"]),
        "commit": first_line(root, "git", &["describe", "--always", "--dirty"]),
        "rustc": first_line(root, "rustc", &["-V"]),
        "cores": std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    })
}

/// Whether the time grows with the file and no faster.
pub(crate) fn each_user(rows: &[Value]) -> String {
    let edits = rows.iter().filter(|row| row["program"] == "spin-keys add-user --dry-run");
    let each = edits.filter_map(|row| Some((row["users"].as_u64()?, row["cpu_ms"].as_f64()?)));
    let each = each.map(|(users, cpu)| {
        format!("{:.1} µs of {users}", cpu * 1000.0 / f64::from(u32::try_from(users).unwrap_or(u32::MAX)))
    });
    format!("CPU time of the edit for each user: {}\n", each.collect::<Vec<_>>().join(", "))
}

/// The peak memory of this process in MiB, as Linux has it.
pub(crate) fn own_peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    peak.unwrap_or_default() / 1024.0
}

/// Puts the table between the marks of a page.
pub(crate) fn write_into(page: &Path, table: &str) {
    let text = std::fs::read_to_string(page).unwrap();
    let (before, rest) = text.split_once("<!-- benchmarks -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->\n").unwrap();
    let text = format!("{before}<!-- benchmarks -->\n```text\n{table}```\n<!-- end -->\n{after}");
    std::fs::write(page, text).unwrap();
}
