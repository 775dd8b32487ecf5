//! Whole processes on files that are made to cost, beside an ordinary file of the same size: the ratios of CPU time, peak
//! memory and output. None may be over 3 (output: or 200 KB). `cargo bench --bench hostile [-- SIZE [FAMILY]]`; the size is
//! in bytes, 1,000,000 if omitted.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
mod support;

use crate::support::hostile::{FAMILIES, benign, changed};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use wait4::Wait4 as _;

/// Longer runs are ended; none should be near it.
const SECONDS: &str = "10";

struct Figure {
    cpu: f64,
    memory: f64,
    output: u64,
    code: i32,
}

/// The commands: words in which `OLD`, `NEW`, `CHANGED` and `KEY` are paths.
const COMMANDS: &[(&str, &[&str])] = &[
    ("check", &["check", "-f", "NEW"]),
    ("check json", &["check", "--format", "json", "-f", "NEW"]),
    ("check github", &["check", "--format", "github", "-f", "NEW"]),
    ("list", &["list", "-f", "NEW"]),
    ("list json", &["list", "--format", "json", "-f", "NEW"]),
    ("review", &["review", "OLD", "NEW"]),
    ("review again", &["review", "NEW", "CHANGED"]),
    ("review json", &["review", "--format", "json", "OLD", "NEW"]),
    ("review markdown", &["review", "--format", "markdown", "OLD", "NEW"]),
    ("review github", &["review", "--format", "github", "OLD", "NEW"]),
    ("show", &["show", "NEW"]),
    ("edit", &["add-user", "newcomer", "--key", "KEY", "--dry-run", "-f", "NEW"]),
];

fn measure(folder: &Path, args: &[&str], key: &str) -> Figure {
    let path = |name: &str| folder.join(name).display().to_string();
    let args: Vec<String> = args
        .iter()
        .map(|word| match *word {
            "OLD" | "NEW" | "CHANGED" => path(word),
            "KEY" => key.to_owned(),
            word => word.to_owned(),
        })
        .collect();
    let (out, err) = (folder.join("out"), folder.join("err"));
    let mut command = Command::new("timeout");
    command.arg(SECONDS).arg(env!("CARGO_BIN_EXE_spin-keys")).args(&args).current_dir(folder).stdin(Stdio::null());
    command.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&err).unwrap());
    let done = command.spawn().unwrap().wait4().unwrap();
    Figure {
        cpu: (done.rusage.utime + done.rusage.stime).as_secs_f64() * 1000.0,
        memory: u32::try_from(done.rusage.maxrss / 1024).map_or(f64::MAX, f64::from) / 1024.0,
        output: fs::metadata(out).unwrap().len() + fs::metadata(err).unwrap().len(),
        code: done.status.code().unwrap_or(-1),
    }
}

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let size: usize = args.next().map_or(1_000_000, |size| size.parse().unwrap());
    let wanted = args.next();
    let folder = tempfile::tempdir().unwrap();
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/keys/alice.pub").display().to_string();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let ordinary = benign(size);
    write("OLD", &benign(size / 2));
    write("NEW", &ordinary);
    write("CHANGED", &changed(&ordinary));
    println!("{:<28} {:<16} {:>9} {:>7} {:>9} {:>5}", "", "", "CPU ms", "MiB", "output", "exit");
    let own: Vec<Figure> = COMMANDS.iter().map(|(_, args)| measure(folder.path(), args, &key)).collect();
    for ((name, _), figure) in COMMANDS.iter().zip(&own) {
        let Figure { cpu, memory, output, code } = figure;
        println!("{:<28} {name:<16} {cpu:>9.1} {memory:>7.1} {output:>9} {code:>5}", "(ordinary)");
    }
    println!(
        "\n{:<28} {:<16} {:>9} {:>7} {:>9} {:>5}   CPU, memory, output: times the ordinary file's",
        "", "", "CPU ms", "MiB", "output", "exit"
    );
    write("OLD", &ordinary);
    let mut over = 0;
    for (family, make) in FAMILIES.iter().filter(|(family, _)| wanted.as_deref().is_none_or(|wanted| *family == wanted))
    {
        let text = make(size);
        write("NEW", &text);
        write("CHANGED", &changed(&text));
        for ((name, args), own) in COMMANDS.iter().zip(&own) {
            let Figure { cpu, memory, output, code } = measure(folder.path(), args, &key);
            let ratio = |one: u64, other: u64| {
                f64::from(u32::try_from(one).unwrap_or(u32::MAX))
                    / f64::from(u32::try_from(other.max(1)).unwrap_or(u32::MAX))
            };
            let ratios = [cpu / own.cpu, memory / own.memory, ratio(output, own.output)];
            let is_over = ratios[0] > 3.0 || ratios[1] > 3.0 || (ratios[2] > 3.0 && output > 200_000);
            over += usize::from(is_over);
            let [a, b, c] = ratios;
            let mark = if is_over { "  OVER" } else { "" };
            println!(
                "{family:<28} {name:<16} {cpu:>9.1} {memory:>7.1} {output:>9} {code:>5} {a:>7.2} {b:>6.2} {c:>6.2}{mark}"
            );
        }
    }
    println!("\n{over} over");
}
