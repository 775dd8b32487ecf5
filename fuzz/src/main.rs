//! Drives the fuzz targets without cargo-fuzz, nightly or C++: seeds and seeded mutation, the same for the same seed.
//!
//! ```text
//! drive [TARGET...] [--seconds N | --runs N] [--seed S] [--figures FILE]
//! drive TARGET FILE     runs one input again
//! drive seeds FOLDER    writes the seeds, a folder for each target, for cargo-fuzz
//! ```
//!
//! A panic, or one execution over five seconds, is a finding: the input is kept below `artifacts/`, and the exit code
//! is 1.
#![allow(clippy::disallowed_methods, reason = "it reads and writes inputs of its own")]

mod bytes;
mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use run::{Limit, Stats};
use spin_keys_fuzz::{TARGETS, Target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "usage: drive [TARGET...] [--seconds N | --runs N] [--seed S] [--figures FILE]\n       \
                     drive TARGET FILE\n       drive seeds FOLDER\ntargets: yaml_edit, key_line, private_key, vault";

/// What was asked for.
struct Args {
    targets: Vec<Target>,
    limit: Limit,
    seed: u64,
    figures: Option<PathBuf>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["seeds", folder] => write_seeds(Path::new(folder)).map(|()| true),
        [name, file] if target(name).is_some() && target(file).is_none() && !file.starts_with('-') => {
            run::again(target(name).as_ref(), Path::new(file)).map(|()| true)
        }
        words => Args::parse(words).and_then(|args| drive(&args)),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

impl Args {
    fn parse(words: &[&str]) -> Result<Self, String> {
        let mut args =
            Self { targets: Vec::new(), limit: Limit::Time(Duration::from_secs(15)), seed: 1, figures: None };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if let Some(target) = target(word) {
                args.targets.push(target);
                continue;
            }
            let value = words.next().ok_or(USAGE)?;
            let number = || value.parse::<u64>().map_err(|error| format!("{word} {value}: {error}\n{USAGE}"));
            match *word {
                "--seconds" => args.limit = Limit::Time(Duration::from_secs(number()?)),
                "--runs" => args.limit = Limit::Runs(number()?),
                "--seed" => args.seed = number()?,
                "--figures" => args.figures = Some(PathBuf::from(value)),
                _ => return Err(USAGE.to_owned()),
            }
        }
        if args.targets.is_empty() {
            args.targets.extend(TARGETS);
        }
        Ok(args)
    }
}

/// Runs the targets one after the other; whether nothing was found.
fn drive(args: &Args) -> Result<bool, String> {
    let mut all = Vec::new();
    for target in &args.targets {
        let stats = run::run(*target, args.limit, args.seed)?;
        println!(
            "{}: {} executions from {} seeds, the longest took {} ms, findings: {}",
            target.name,
            stats.executions,
            stats.seeds,
            stats.longest.as_millis(),
            stats.findings
        );
        all.push((target.name, stats));
    }
    if let Some(path) = &args.figures {
        fs::write(path, table(&all)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(all.iter().all(|(_, stats)| stats.findings == 0))
}

/// The figures, a line each with tabs between: target, driven by, seeds, executions, longest, findings.
fn table(all: &[(&str, Stats)]) -> String {
    let row = |(name, stats): &(&str, Stats)| {
        let Stats { seeds, executions, longest, findings } = stats;
        format!("`{name}`\tseeded mutation\t{seeds}\t{executions}\t{} ms\t{findings}\n", longest.as_millis())
    };
    all.iter().map(row).collect()
}

fn write_seeds(folder: &Path) -> Result<(), String> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        let said = |error| format!("{}: {error}", folder.display());
        fs::create_dir_all(&folder).map_err(said)?;
        for seed in (target.seeds)() {
            fs::write(folder.join(run::name(&seed)), &seed).map_err(said)?;
        }
    }
    Ok(())
}
