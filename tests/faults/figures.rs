//! Counts what was run, as a table for whoever asks for it with `SPIN_KEYS_FIGURES`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

/// The runs of one case.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    case: &'static str,
    calls: usize,
    faults: BTreeMap<&'static str, Runs>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Runs {
    all: usize,
    missed: usize,
    new: usize,
}

impl Counted {
    pub(crate) fn new(case: &'static str, calls: usize) -> Self {
        Self { case, calls, faults: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, fault: &'static str, reached: bool, is_new: bool) {
        let runs = self.faults.entry(fault).or_default();
        runs.all += 1;
        runs.missed += usize::from(!reached);
        runs.new += usize::from(is_new);
    }
}

static DONE: Mutex<BTreeMap<&str, (Counted, usize)>> = Mutex::new(BTreeMap::new());

/// Adds a case to the table.
pub(crate) fn write(counted: Counted, findings: usize) {
    let mut done = DONE.lock().unwrap();
    done.insert(counted.case, (counted, findings));
    let Some(folder) = std::env::var_os("SPIN_KEYS_FIGURES").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("faults.md"), table(&done)).unwrap();
}

/// Adds another kind of run, which had to go well.
pub(crate) fn note(what: &'static str, runs: usize) {
    let mut counted = Counted::new(what, runs);
    (0..runs).for_each(|_| counted.add("a save", true, true));
    write(counted, 0);
}

fn table(done: &BTreeMap<&str, (Counted, usize)>) -> String {
    let mut text =
        String::from("| write | system calls | fault | runs | old file | new file | not reached | findings |\n");
    text.push_str("|---|---|---|---|---|---|---|---|\n");
    let mut sum = Runs::default();
    for (case, (counted, findings)) in done {
        for (fault, runs) in &counted.faults {
            let old = runs.all - runs.new;
            let Runs { all, missed, new } = runs;
            writeln!(text, "| {case} | {} | {fault} | {all} | {old} | {new} | {missed} | {findings} |", counted.calls)
                .unwrap();
            sum = Runs { all: sum.all + all, missed: sum.missed + missed, new: sum.new + new };
        }
    }
    let findings: usize = done.values().map(|(_, findings)| findings).sum();
    let Runs { all, missed, new } = sum;
    writeln!(text, "| all | | | {all} | {} | {new} | {missed} | {findings} |", all - new).unwrap();
    text
}
