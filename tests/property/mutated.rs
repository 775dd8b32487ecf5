//! Changed fixtures against `PyYAML`, with which Ansible reads: each edit is right, or refused for a reason that is counted.
//!
//! `SPIN_KEYS_FIGURES` names a folder into which the figures are written, as `mutated.json`.

use crate::edit::{Outcome, edit, is_done, is_settled};
use crate::model::{KEYS, NAMES, Request};
use crate::mutate::mutate;
use crate::number;
use crate::pyyaml::ask;
use crate::reasons::Reason;
use crate::support::figures::Figures;
use crate::support::{cases, python};
use fastrand::Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Of the files that `PyYAML` accepts and that are not refused on purpose, at most this many in a thousand are refused.
const MAX_REFUSED: u64 = 10;
/// Longer fixtures are left out.
const LONGEST: usize = 8_000;
/// Files that are judged together.
const BATCH: u64 = 2_000;

/// What became of all files.
#[derive(Default)]
struct Count {
    files: u64,
    rejected_refused: u64,
    edited: u64,
    nothing_to_do: u64,
    on_purpose: BTreeMap<&'static str, u64>,
    otherwise: BTreeMap<String, u64>,
    /// Wrong, unreadable afterwards, or edited although `PyYAML` rejects the file: as what, and the first ones whole.
    wrong: BTreeMap<&'static str, u64>,
    shown: Vec<String>,
}

#[test]
fn changed_fixtures_are_edited_right_or_refused() {
    let (seed, files) = (number("SPIN_KEYS_SEED", 1), cases(4_000));
    let Some(python) = python() else { return };
    let fixtures = fixtures();
    assert!(fixtures.len() > 300, "{} fixtures", fixtures.len());
    let mut count = Count::default();
    for batch in (0..files).step_by(usize::try_from(BATCH).unwrap()) {
        let cases: Vec<Case> = (batch..files.min(batch + BATCH)).map(|at| case(seed << 32 | at, &fixtures)).collect();
        let told: Vec<Value> = cases.iter().map(Case::told).collect();
        let verdicts = ask(&python, "mutated_oracle.py", &told);
        assert_eq!(verdicts.lines().count(), cases.len());
        for (case, verdict) in cases.iter().zip(verdicts.lines()) {
            count.add(case, &serde_json::from_str(verdict).unwrap());
        }
    }
    let figures = count.figures(fixtures.len());
    eprintln!("seed {seed}: {:#?}\n{}", figures.counts, figures.note);
    figures.write("mutated");
    assert!(count.wrong.is_empty(), "{:?}\n{}", count.wrong, count.shown.join("\n\n"));
    let (refused, of) = count.share();
    assert!(refused * 1_000 <= of * MAX_REFUSED, "{refused} of {of} refused: {:#?}", count.otherwise);
    assert!(count.edited * 3 > files, "only {} edited: the changes are too rough", count.edited);
}

/// The files of the project that are edited, checked and provisioned in other tests, in order of their paths.
fn fixtures() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folders = ["edit", "check", "access"].map(|kind| fs::read_dir(root.join(kind)).unwrap());
    let cases = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = cases.flat_map(|case| ["in.yml", "twin.yml"].map(|name| case.join(name))).collect();
    paths.sort();
    let texts = paths.iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.filter(|text| text.len() <= LONGEST).collect()
}

/// A changed file and what the editor made of it.
struct Case {
    seed: u64,
    before: String,
    request: Request,
    outcome: Outcome,
}

fn case(seed: u64, fixtures: &[String]) -> Case {
    let mut rng = Rng::with_seed(seed);
    let (one, other) = (&fixtures[rng.usize(..fixtures.len())], &fixtures[rng.usize(..fixtures.len())]);
    let before = mutate(&mut rng, one, other);
    let key = rng.usize(..KEYS.len());
    let line = format!("{} {}", KEYS[key], ["me@laptop", "it's \"me\": # x"][rng.usize(..2)]);
    let request = if rng.usize(..3) == 0 {
        Request::Deploy { line, key }
    } else {
        Request::User { name: NAMES[rng.usize(..NAMES.len())], line, key }
    };
    let outcome = std::panic::catch_unwind(|| edit(&before, &request));
    let outcome = outcome.unwrap_or_else(|_| panic!("seed {seed}: panic\n{before}\nfor {request:?}"));
    if let Outcome::Changed { after, restored } = &outcome {
        assert!(*restored == before, "seed {seed}: bytes outside the splices changed\n{before}\n=>\n{after}");
        assert!(is_done(after, &request), "seed {seed}: done twice\n{after}");
    }
    Case { seed, before, request, outcome }
}

impl Case {
    fn told(&self) -> Value {
        let request = match &self.request {
            Request::User { name, line, .. } => json!({"user": name, "line": line}),
            Request::Deploy { line, .. } => json!({"line": line}),
        };
        let after = match &self.outcome {
            Outcome::Changed { after, .. } => Some(after),
            Outcome::Unchanged => Some(&self.before),
            Outcome::Refused(_) => None,
        };
        json!({"before": self.before, "request": request, "after": after})
    }
}

impl Count {
    fn add(&mut self, case: &Case, verdict: &Value) {
        self.files += 1;
        let before = verdict["before"].as_str().unwrap();
        let is_accepted = before == "accepted" || before == "twice";
        match (&case.outcome, verdict["after"].as_str()) {
            (Outcome::Refused(_), _) if !is_accepted => self.rejected_refused += 1,
            (Outcome::Refused(reason), _) => match Reason::of(reason) {
                Reason::OnPurpose(reason) => *self.on_purpose.entry(reason).or_default() += 1,
                Reason::Otherwise(reason) => *self.otherwise.entry(reason).or_default() += 1,
            },
            (Outcome::Changed { .. }, Some("right")) => self.edited += 1,
            // The oracle knows nothing of what makes a key work that is there.
            (Outcome::Changed { after, .. }, Some(told))
                if !told.starts_with("unparseable") && is_settled(&case.before, after) =>
            {
                self.edited += 1;
            }
            (Outcome::Unchanged, Some("right")) => self.nothing_to_do += 1,
            // Who changes nothing need not read the file to its end.
            (Outcome::Unchanged, None) => self.rejected_refused += 1,
            (_, None) => self.wrong("edited although PyYAML rejects the file", case, before),
            (_, Some(after)) if after.starts_with("unparseable") => self.wrong("unparseable afterwards", case, after),
            (_, Some(after)) => self.wrong("wrong afterwards", case, after),
        }
    }

    fn wrong(&mut self, what: &'static str, case: &Case, why: &str) {
        let count = self.wrong.entry(what).or_default();
        *count += 1;
        if *count <= 3 {
            let Case { seed, before, request, outcome } = case;
            let after = if let Outcome::Changed { after, .. } = outcome { after } else { "unchanged" };
            self.shown.push(format!("seed {seed}: {what}: {why}\n{before}\nfor {request:?} =>\n{after}"));
        }
    }

    /// How many are refused that should not be, and of how many.
    fn share(&self) -> (u64, u64) {
        let refused = self.otherwise.values().sum();
        (refused, self.edited + self.nothing_to_do + refused)
    }

    fn figures(&self, fixtures: usize) -> Figures {
        let wrong = |what: &str| self.wrong.get(what).copied().unwrap_or_default();
        let mut rows = vec![
            ("files made of the fixtures by seeded changes".to_owned(), self.files),
            ("edited, and PyYAML reads what was asked for".to_owned(), self.edited),
            ("nothing to do, rightly".to_owned(), self.nothing_to_do),
            ("**wrong data afterwards**".to_owned(), wrong("wrong afterwards")),
            ("**unparseable afterwards**".to_owned(), wrong("unparseable afterwards")),
            ("PyYAML rejects the file, nothing was changed".to_owned(), self.rejected_refused),
            ("PyYAML rejects the file, and it was edited".to_owned(), wrong("edited although PyYAML rejects the file")),
        ];
        rows.extend(self.on_purpose.iter().map(|(reason, count)| (format!("refused on purpose: {reason}"), *count)));
        rows.extend(self.otherwise.iter().map(|(reason, count)| (format!("refused otherwise: {reason}"), *count)));
        let mut figures = Figures::new(&["", "files"]);
        for (what, count) in rows {
            figures.count(&what.replace("**", ""), count);
            figures.row([json!(what), json!(count)]);
        }
        figures.differences.clone_from(&self.shown);
        let (refused, of) = self.share();
        let share = refused * 10_000 / of.max(1);
        figures.note = format!(
            "Refused of those that PyYAML accepts and that are not refused on purpose: {}.{:02} %. {fixtures} fixtures.",
            share / 100,
            share % 100
        );
        figures
    }
}
