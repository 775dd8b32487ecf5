//! Counts what was run, for whoever asks for it with `SPIN_KEYS_FIGURES`.

use crate::support::figures::Figures;
use serde_json::json;
use std::collections::BTreeMap;
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

static DONE: Mutex<BTreeMap<&str, (Counted, Vec<String>)>> = Mutex::new(BTreeMap::new());

/// Adds a case to the table.
pub(crate) fn write(counted: Counted, findings: &[String]) {
    let mut done = DONE.lock().unwrap();
    done.insert(counted.case, (counted, findings.to_vec()));
    table(&done).write("faults");
}

/// Adds another kind of run, which had to go well.
pub(crate) fn note(what: &'static str, runs: usize) {
    let mut counted = Counted::new(what, runs);
    (0..runs).for_each(|_| counted.add("a save", true, true));
    write(counted, &[]);
}

const HEAD: [&str; 8] = ["write", "system calls", "fault", "runs", "old file", "new file", "not reached", "findings"];

fn table(done: &BTreeMap<&str, (Counted, Vec<String>)>) -> Figures {
    let mut figures = Figures::new(&HEAD);
    for (case, (counted, findings)) in done {
        for (fault, runs) in &counted.faults {
            let Runs { all, missed, new } = *runs;
            let old = all - new;
            figures.row(
                [json!(case), json!(counted.calls), json!(fault)]
                    .into_iter()
                    .chain([all, old, new, missed, findings.len()].map(|count| json!(count))),
            );
            for (what, count) in [(*fault, all), ("old file", old), ("new file", new), ("not reached", missed)] {
                figures.count(what, count as u64);
            }
            figures.count("runs", all as u64);
        }
        figures.count("findings", findings.len() as u64);
        figures.differences.extend(findings.iter().map(|finding| format!("{case}: {finding}")));
    }
    let sums: Vec<_> =
        HEAD[3..].iter().map(|what| json!(figures.counts.get(*what).copied().unwrap_or_default())).collect();
    figures.row([json!("all"), json!(""), json!("")].into_iter().chain(sums));
    figures
}
