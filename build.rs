//! For release builds: the commit, for `--version`, and the unwinder in the binary. A debug build has no commit: each would build
//! everything anew.

#![expect(clippy::disallowed_methods, reason = "it runs while the crate is built")]

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = if is_release { commit() } else { None };
    let shown = commit.map(|commit| format!(" ({commit})")).unwrap_or_default();
    println!("cargo::rustc-env=SPIN_KEYS_COMMIT={shown}");
    if is_release {
        let _ = link_unwinder();
    }
}

/// Takes the unwinder from GCC's archive where that is at hand, instead of libgcc_s: a library less to load is 7 % of the time
/// of a small edit.
fn link_unwinder() -> Option<()> {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let is_native = std::env::var("HOST").ok()? == std::env::var("TARGET").ok()?;
    if !is_native || !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") {
        return None;
    }
    let output = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output().ok()?;
    // The bare name where there is none.
    let file = String::from_utf8(output.stdout).ok()?;
    let folder = std::path::Path::new(file.trim()).parent().filter(|folder| folder.is_absolute())?;
    println!("cargo::rustc-link-search=native={}", folder.display());
    println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    Some(())
}

/// The first ten digits, with a `+` where tracked files differ; none outside of a clone of this project.
fn commit() -> Option<String> {
    // In a package that lies in another project's clone, git would answer for that one.
    if !std::path::Path::new(".git").exists() {
        return packaged();
    }
    // Not the index, which every `git status` may write: a build after a change that was not committed names the commit before.
    for file in ["HEAD", "logs/HEAD"] {
        println!("cargo::rerun-if-changed={}", git(&["rev-parse", "--git-path", file])?);
    }
    let commit = git(&["rev-parse", "--short=10", "HEAD"])?;
    let is_clean = git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(if is_clean { commit } else { format!("{commit}+") })
}

/// What `cargo package` has written down.
fn packaged() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let commit = text.split("\"sha1\": \"").nth(1)?.get(..10)?;
    Some(commit.to_owned())
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").env("GIT_OPTIONAL_LOCKS", "0").args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
