//! Generated files and requests against oracles that share no code with the editor: a model in Rust that is changed as
//! data, and `PyYAML`.
//!
//! `SPIN_KEYS_SEED` and `SPIN_KEYS_CASES` repeat or extend a run.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]

mod edit;
mod fixes;
mod mutated;
mod oracle;
mod pyyaml;
mod reasons;
mod restored;
mod styled;
#[path = "../support/mod.rs"]
mod support;

use crate::support::{cases, model, mutate, number, render};
use edit::{Outcome, edit, is_done, is_settled};
use model::Case;
use std::collections::BTreeMap;

#[test]
fn generated_files_change_by_the_key_and_nothing_else() {
    let first = number("SPIN_KEYS_SEED", 1);
    let cases = cases(12_000);
    let mut refusals: BTreeMap<String, u64> = BTreeMap::new();
    let (mut unchanged, mut settled) = (0, 0);
    for seed in first..first + cases {
        let case = Case::generate(seed);
        let before = render::render(&case);
        let expected = oracle::expected(&case);
        match (edit(&before, &case.request), expected) {
            (Outcome::Changed { after, restored }, Some(expected)) => {
                let read: serde_yaml::Value = serde_yaml::from_str(after.trim_start_matches('\u{feff}'))
                    .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{before}\n=>\n{after}"));
                // The oracle knows nothing of what Spin does not read.
                settled += u64::from(read != expected);
                assert!(
                    read == expected || is_settled(&before, &after),
                    "seed {seed}: {:?}\n{before}\n=>\n{after}\nexpected {expected:#?}",
                    case.request
                );
                assert!(restored == before, "seed {seed}: bytes outside the splices changed\n{before}\n=>\n{after}");
                assert!(is_done(&after, &case.request), "seed {seed}: done twice\n{after}");
                check_lines(seed, &before, &after);
            }
            (Outcome::Unchanged, Some(expected)) => {
                let read: serde_yaml::Value = serde_yaml::from_str(before.trim_start_matches('\u{feff}')).unwrap();
                assert!(read == expected, "seed {seed}: nothing was done\n{before}\nfor {:?}", case.request);
                unchanged += 1;
            }
            (Outcome::Refused(_), None) => *refusals.entry("as expected".to_owned()).or_default() += 1,
            (Outcome::Refused(reason), Some(_)) => {
                panic!("seed {seed}: refused: {reason}\n{before}\nfor {:?}", case.request)
            }
            (outcome, None) => panic!("seed {seed}: was to be refused: {outcome:?}\n{before}\nfor {:?}", case.request),
        }
    }
    let refused: u64 = refusals.values().sum();
    eprintln!("{cases} cases from seed {first}: {refused} refused as expected, {unchanged} with nothing to do");
    assert!(settled * 20 < cases, "{settled}");
    assert!(refused * 5 < cases && unchanged * 5 < cases, "the generator does not do its work");
}

/// A new line has the line break, and no line of the old file is lost unless it was rewritten in place.
fn check_lines(seed: u64, before: &str, after: &str) {
    let breaks = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
    let ((old_crlf, old), (new_crlf, new)) = (breaks(before), breaks(after));
    if old > 0 {
        assert_eq!(old_crlf == old, new_crlf == new, "seed {seed}: line breaks differ\n{after:?}");
    }
    assert_eq!(
        before.ends_with('\n') || before.is_empty(),
        after.ends_with('\n'),
        "seed {seed}: the end of the file changed\n{after:?}"
    );
    assert_eq!(before.starts_with('\u{feff}'), after.starts_with('\u{feff}'), "seed {seed}");
}
