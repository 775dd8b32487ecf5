//! One target, driven for a while, under a watch that ends what takes too long.

use crate::bytes;
use fastrand::Rng;
use spin_keys_fuzz::Target;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// An execution that takes longer hangs.
const HANG: Duration = Duration::from_secs(5);

/// When to stop.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    Time(Duration),
    Runs(u64),
}

/// What was done.
#[derive(Default)]
pub(crate) struct Stats {
    pub(crate) seeds: usize,
    pub(crate) executions: u64,
    pub(crate) longest: Duration,
    pub(crate) findings: usize,
}

/// The input at hand and when it was begun, for the watch.
type Current = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Runs a target on its seeds, then on changed ones, until the limit or the first finding.
pub(crate) fn run(target: Target, limit: Limit, seed: u64) -> Result<Stats, String> {
    let current = watch(target);
    let seeds = (target.seeds)();
    let mut stats = Stats { seeds: seeds.len(), ..Stats::default() };
    let begun = Instant::now();
    loop {
        let number = stats.executions;
        let is_over = match limit {
            Limit::Time(time) => begun.elapsed() >= time,
            Limit::Runs(runs) => number >= runs,
        };
        if is_over {
            return Ok(stats);
        }
        let input = match usize::try_from(number).ok().and_then(|at| seeds.get(at)) {
            Some(seed) => seed.clone(),
            // Each number has a generator of its own: what is found does not hang on how many there were before.
            None => bytes::changed(&mut Rng::with_seed(seed.wrapping_mul(1 << 40) ^ number), &seeds, target.head),
        };
        let (is_sound, took) = once(target, &current, &input);
        stats.executions += 1;
        stats.longest = stats.longest.max(took);
        if !is_sound {
            stats.findings = 1;
            keep(target, &input)?;
            return Ok(stats);
        }
    }
}

fn once(target: Target, current: &Current, input: &[u8]) -> (bool, Duration) {
    let begun = Instant::now();
    *current.lock().unwrap_or_else(PoisonError::into_inner) = Some((begun, input.to_vec()));
    let is_sound = catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok();
    *current.lock().unwrap_or_else(PoisonError::into_inner) = None;
    (is_sound, begun.elapsed())
}

/// Looks now and then whether an execution hangs; there is no way to end it but to end all.
fn watch(target: Target) -> Current {
    let current = Current::default();
    let watched = Arc::downgrade(&current);
    std::thread::spawn(move || {
        while let Some(current) = watched.upgrade() {
            let now = current.lock().unwrap_or_else(PoisonError::into_inner).clone();
            drop(current);
            if let Some((begun, input)) = now.filter(|(begun, _)| begun.elapsed() > HANG) {
                eprintln!("{}: an execution takes longer than {:?}", target.name, begun.elapsed());
                keep(target, &input).unwrap_or_else(|error| eprintln!("error: {error}"));
                std::process::abort();
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    current
}

/// Keeps an input that is a finding, and says how to run it again.
fn keep(target: Target, input: &[u8]) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts").join(target.name);
    let path = folder.join(format!("drive-{}", name(input)));
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, input));
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    eprintln!("{}: a finding; run it again with: drive {} {}", target.name, target.name, path.display());
    Ok(())
}

/// A name for an input, from what it holds (FNV-1a).
pub(crate) fn name(input: &[u8]) -> String {
    let hash = input
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// Runs one input and lets it panic.
pub(crate) fn again(target: Option<&Target>, path: &Path) -> Result<(), String> {
    let target = target.ok_or("no such target")?;
    let input = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let begun = Instant::now();
    (target.run)(&input);
    println!("{}: {} is no finding, {} ms", target.name, PathBuf::from(path).display(), begun.elapsed().as_millis());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: Target = Target {
        name: "test-clean",
        head: 0,
        run: |data| assert!(data.len() < 100_000),
        seeds: || vec![b"a: b\n".to_vec()],
    };
    const BROKEN: Target = Target {
        name: "test-broken",
        head: 0,
        run: |data| assert!(!data.contains(&b'#'), "a comment"),
        seeds: || vec![b"a: b\n".to_vec()],
    };

    const ENDLESS: Target = Target {
        name: "test-endless",
        head: 0,
        run: |_| loop {
            std::thread::park();
        },
        seeds: || vec![b"a: b\n".to_vec()],
    };

    /// Runs itself again, for the watch ends the whole process.
    #[test]
    fn a_hang_is_kept_and_ends_the_run() {
        const CHILD: &str = "DRIVE_HANGS";
        if std::env::var_os(CHILD).is_some() {
            run(ENDLESS, Limit::Runs(1), 1).unwrap();
            return;
        }
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "run::tests::a_hang_is_kept_and_ends_the_run", "--nocapture"]).env(CHILD, "1");
        let ran = child.output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(!ran.status.success() && said.contains("drive test-endless "), "{said}");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts/test-endless");
        let kept = fs::read(folder.join(format!("drive-{}", name(b"a: b\n")))).unwrap();
        assert_eq!(kept, b"a: b\n");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_finding_is_kept_and_is_the_same_for_the_same_seed() {
        let clean = run(CLEAN, Limit::Runs(500), 1).unwrap();
        assert_eq!((clean.executions, clean.findings, clean.seeds), (500, 0, 1));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts/test-broken");
        let mut found = Vec::new();
        for _ in 0..2 {
            let stats = run(BROKEN, Limit::Runs(10_000), 7).unwrap();
            let kept: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            let [path] = kept.as_slice() else { panic!("{kept:?}") };
            found.push((stats.executions, stats.findings, fs::read(path).unwrap()));
            fs::remove_dir_all(&folder).unwrap();
        }
        assert_eq!(found[0], found[1]);
        assert!(found[0].1 == 1 && found[0].2.contains(&b'#'));
    }
}
