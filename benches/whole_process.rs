//! Whole processes, as a user waits for them: CPU time and peak memory of `add-user --dry-run` beside `ssh-keygen -l`
//! and `sed`, of an encrypted file beside `ansible-vault view`, and over growing files. `cargo bench --bench whole_process`; figures are medians, ratios are what to quote.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wait4::Wait4 as _;

/// Median CPU time in milliseconds (user and system) and largest peak memory in MiB of a command.
struct Figure {
    cpu: f64,
    memory: f64,
}

fn measure(runs: usize, program: &str, args: &[&str]) -> Figure {
    let mut times = Vec::new();
    let mut memory: f64 = 0.0;
    for run in 0..=runs {
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let done = command.spawn().unwrap().wait4().unwrap();
        assert!(done.status.success(), "{program} {args:?}");
        if run > 0 {
            times.push((done.rusage.utime + done.rusage.stime).as_secs_f64() * 1000.0);
            // Bytes, whatever the system counts in.
            memory = memory.max(u32::try_from(done.rusage.maxrss / 1024).map_or(f64::MAX, f64::from) / 1024.0);
        }
    }
    times.sort_by(f64::total_cmp);
    Figure { cpu: times[times.len() / 2], memory }
}

/// A file with this many users, each with a key of their own (well-formed, of nobody).
fn users(count: u32) -> String {
    let mut text = String::from("ssh_port: \"22\"\nusers:\n");
    for (number, key) in crate::support::hostile::keys().take(count as usize).enumerate() {
        text.push_str(&format!(
            "  - username: user{number}\n    name: User Number {number}\n    state: present\n    groups: ['sudo', 'www-data']\n    shell: \"/bin/bash\"\n    authorized_keys:\n      - public_key: \"{key}\"\n        state: present\n"
        ));
    }
    text
}

/// A dry run on the encrypted file beside `ansible-vault view` (from `SPIN_KEYS_ANSIBLE`, a `bin` folder, else the path).
fn sealed(folder: &Path, plain: &str, add: &dyn Fn(&str, usize) -> Figure) {
    let file = folder.join(".spin.yml");
    let salt = [7; spin_keys::vault::SALT_BYTES];
    let text = spin_keys::vault::seal(&fs::read(plain).unwrap(), b"password", &salt, spin_keys::vault::Header::V1_1);
    fs::write(&file, text).unwrap();
    let password = folder.join(".vault-password");
    fs::write(&password, "password\n").unwrap();
    let own = add(file.to_str().unwrap(), 51);
    println!("{:<28} {:>9.2} {:>9.1} {:>7.2}", "the same, encrypted", own.cpu, own.memory, 1.0);
    let ansible =
        std::env::var("SPIN_KEYS_ANSIBLE").map_or("ansible-vault".to_owned(), |bin| format!("{bin}/ansible-vault"));
    if Command::new(&ansible).arg("--version").stdout(Stdio::null()).status().is_err() {
        return println!("{ansible} is not there: not compared");
    }
    let args = ["view", "--vault-password-file", password.to_str().unwrap(), file.to_str().unwrap()];
    let view = measure(5, &ansible, &args);
    println!("{:<28} {:>9.2} {:>9.1} {:>7.3}", "ansible-vault view", view.cpu, view.memory, own.cpu / view.cpu);
}

/// A review of an encrypted file of about 10 KB against its base, with every process of git that it starts.
fn review(folder: &Path, binary: &str) {
    let project = folder.join("review");
    fs::create_dir(&project).unwrap();
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        assert!(Command::new("git").current_dir(&project).args(who).args(args).status().unwrap().success());
    };
    let write = |count: u32, salt: u8| {
        let salt = [salt; spin_keys::vault::SALT_BYTES];
        let text = spin_keys::vault::seal(users(count).as_bytes(), b"password", &salt, spin_keys::vault::Header::V1_1);
        fs::write(project.join(".spin.yml"), text).unwrap();
    };
    write(33, 1);
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-f", ".spin.yml"]);
    git(&["commit", "-q", "-m", "one"]);
    write(34, 2);
    fs::write(project.join(".vault-password"), "password\n").unwrap();
    // `sh` waits for git, so that its time counts too.
    let script = format!("cd '{}' && '{binary}' review --format markdown", project.display());
    let own = measure(21, "sh", &["-c", &script]);
    println!("{:<28} {:>9.2} {:>9.1}   (10 KB encrypted on both sides, git included)", "review", own.cpu, own.memory);
}

/// Builds yaml-edit's parse and print (benches/peer), and gives the path of the program.
fn peer(root: &Path) -> PathBuf {
    let manifest = root.join("benches/peer/Cargo.toml");
    let target = root.join("target/peer");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]).arg(manifest);
    assert!(build.arg("--target-dir").arg(&target).status().unwrap().success());
    target.join("release/spin-keys-bench-peer")
}

fn main() {
    let binary = env!("CARGO_BIN_EXE_spin-keys");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let key: PathBuf = root.join("fixtures/keys/alice.pub");
    let key = key.to_str().unwrap();
    let published = root.join("../shared/corpus/spin-example-v2.3.4.yml");
    let small = if published.exists() { published } else { root.join("fixtures/session/.spin.yml") };
    let small = small.to_str().unwrap();
    let add =
        |file: &str, runs| measure(runs, binary, &["add-user", "newcomer", "--key", key, "--dry-run", "-f", file]);

    println!("{small}");
    let own = add(small, 101);
    let keygen = measure(101, "ssh-keygen", &["-l", "-f", key]);
    let sed = measure(101, "sed", &["-n", "s/x/y/p", small]);
    println!("{:<28} {:>9} {:>9} {:>7}", "", "CPU ms", "MiB", "ratio");
    for (name, figure) in [("spin-keys add-user --dry-run", &own), ("ssh-keygen -l -f", &keygen), ("sed", &sed)] {
        println!("{name:<28} {:>9.2} {:>9.1} {:>7.2}", figure.cpu, figure.memory, own.cpu / figure.cpu);
    }

    let folder = tempfile::tempdir().unwrap();
    sealed(folder.path(), small, &add);
    review(folder.path(), binary);
    println!(
        "\n{:>7} {:>8} {:>9} {:>9} {:>11} {:>9} {:>10} {:>10}",
        "users", "MB", "CPU ms", "MiB", "µs per user", "check ms", "check/edit", "list/edit"
    );
    let peer = peer(root);
    let peer = peer.to_str().unwrap();
    let mut beside = String::new();
    for count in [100_u32, 1_000, 10_000, 100_000] {
        let file = folder.path().join(format!("{count}.yml"));
        let text = users(count);
        fs::write(&file, &text).unwrap();
        let figure = add(file.to_str().unwrap(), if count > 20_000 { 3 } else { 11 });
        let megabytes = u32::try_from(text.len()).map_or(f64::MAX, f64::from) / 1e6;
        let runs = if count > 20_000 { 3 } else { 11 };
        let check = measure(runs, binary, &["check", "--fail-on", "never", "-f", file.to_str().unwrap()]);
        let list = measure(runs, binary, &["list", "-f", file.to_str().unwrap()]);
        let each = figure.cpu * 1000.0 / f64::from(count);
        print!("{count:>7} {megabytes:>8.2} {:>9.1} {:>9.1} {each:>11.1} ", figure.cpu, figure.memory);
        println!("{:>9.1} {:>10.2} {:>10.2}", check.cpu, check.cpu / figure.cpu, list.cpu / figure.cpu);
        let other = measure(runs, peer, &[file.to_str().unwrap()]);
        let (cpu, memory) = (figure.cpu / other.cpu, figure.memory / other.memory);
        beside.push_str(&format!("{count:>7} {:>9.1} {:>9.1} {cpu:>9.2} {memory:>9.2}\n", other.cpu, other.memory));
    }
    println!("\nThe edit beside yaml-edit's parse and print:");
    println!("{:>7} {:>9} {:>9} {:>9} {:>9}\n{beside}", "users", "CPU ms", "MiB", "CPU", "memory");
}
