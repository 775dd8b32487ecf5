//! Runs programs as a user does, whole processes one at a time, and takes medians. The programs of one work take turns, so
//! that a machine that is busy for a while is so for each of them.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

/// How long the runs of one program may take together. They are odd in number, and at least three.
const BUDGET: Duration = Duration::from_secs(2);
const MOST_RUNS: usize = 101;

/// One program of a work.
pub(crate) struct Program {
    pub(crate) name: String,
    /// The program and its arguments; `{run}` in them is another number for each run.
    pub(crate) command: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
}

impl Program {
    pub(crate) fn new(name: &str, command: &[&str]) -> Self {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Self { name: name.to_owned(), command, environment: Vec::new() }
    }
}

/// Medians, and of how many runs.
pub(crate) struct Figure {
    pub(crate) cpu_ms: f64,
    pub(crate) wall_ms: f64,
    pub(crate) mib: f64,
    pub(crate) runs: usize,
}

/// CPU time (user and system) and wall time in milliseconds, peak memory in MiB.
type Run = [f64; 3];

fn run(program: &Program, number: usize) -> Run {
    let mut words = program.command.iter().map(|word| word.replace("{run}", &number.to_string()));
    let mut command = Command::new(words.next().unwrap());
    command.args(words).envs(program.environment.iter().cloned());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let done = command.spawn().unwrap().wait4().unwrap();
    let wall = begun.elapsed();
    assert!(done.status.success(), "{}: {:?}", done.status, program.command);
    // Bytes, whatever the system counts in.
    let mib = u32::try_from(done.rusage.maxrss / 1024).map_or(f64::MAX, f64::from) / 1024.0;
    [(done.rusage.utime + done.rusage.stime).as_secs_f64() * 1000.0, wall.as_secs_f64() * 1000.0, mib]
}

fn median(runs: &[Run], what: usize) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(|run| run[what]).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How many runs of a program fit, one of which took this long.
fn runs_within_budget(one: f64) -> usize {
    let fit = (1..=MOST_RUNS).take_while(|runs| one * (*runs as f64) < BUDGET.as_secs_f64() * 1000.0).count();
    fit.clamp(3, MOST_RUNS) | 1
}

/// A figure of each program, after one run of each that does not count.
pub(crate) fn measure(programs: &[Program]) -> Vec<Figure> {
    let wanted: Vec<usize> = programs.iter().map(|program| runs_within_budget(run(program, 0)[1])).collect();
    let rounds = wanted.iter().copied().max().unwrap_or(0);
    let mut runs: Vec<Vec<Run>> = programs.iter().map(|_| Vec::new()).collect();
    for round in 1..=rounds {
        for ((program, wanted), runs) in programs.iter().zip(&wanted).zip(&mut runs) {
            // Spread over all rounds where it has fewer.
            if runs.len() < round * wanted / rounds {
                runs.push(run(program, round));
            }
        }
    }
    let figure = |runs: &Vec<Run>| {
        let [cpu_ms, wall_ms, mib] = [0, 1, 2].map(|what| median(runs, what));
        Figure { cpu_ms, wall_ms, mib, runs: runs.len() }
    };
    runs.iter().map(figure).collect()
}
