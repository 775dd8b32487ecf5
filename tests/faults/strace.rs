//! The binary under strace, without `-f`: its main thread, which does all the work on files. The thread that waits for
//! signals runs free.

use crate::session::{Session, skipped};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

/// One system call of a run, by its name and which of that name it is: so strace counts for `when=`.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) nth: usize,
    /// The whole line of the trace, for messages.
    pub(crate) line: String,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) err: String,
    pub(crate) trace: String,
}

/// Whether strace may trace here; said where not.
pub(crate) fn available() -> bool {
    let works = Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success());
    if !works {
        skipped("strace is not there, or may not trace");
    }
    works
}

/// Runs `program` with these options of strace in the project folder, without a terminal.
pub(crate) fn run(session: &Session, options: &[&str], program: &Path, args: &[String]) -> Ended {
    let trace = session.path("trace");
    let mut command = session.tool("setsid");
    command.args(["--wait", "strace", "-o"]).arg(&trace).args(options).arg(program).args(args);
    let output = command.output().unwrap();
    let text = fs::read(&trace).unwrap();
    fs::remove_file(&trace).unwrap();
    Ended {
        code: output.status.code(),
        signal: output.status.signal(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        trace: String::from_utf8_lossy(&text).into_owned(),
    }
}

/// The calls of a trace, in their order, without the `execve` that starts the program.
pub(crate) fn calls(trace: &str) -> Vec<Call> {
    let mut seen = BTreeMap::new();
    let lines = trace.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    let calls = lines.filter_map(|line| line.split_once('(').map(|(name, _)| (name, line)));
    let numbered = calls.map(|(name, line)| {
        let nth = seen.entry(name).and_modify(|count| *count += 1).or_insert(1_usize);
        Call { name: name.to_owned(), nth: *nth, line: line.to_owned() }
    });
    numbered.filter(|call| call.name != "execve").collect()
}

impl Call {
    /// Runs the program with this fault (`error=EIO`, `signal=SIGKILL`) at this call; and whether the call was reached.
    pub(crate) fn inject(
        &self,
        session: &Session,
        fault: &str,
        program: &Path,
        args: &[String],
        more: &[&str],
    ) -> (Ended, bool) {
        // What is injected in every run is only so where it is traced.
        let always: String =
            more.iter().filter_map(|option| option.split([':', '=']).nth(1)).map(|name| format!(",{name}")).collect();
        let trace = format!("trace={}{always}", self.name);
        let inject = format!("inject={}:{fault}:when={}", self.name, self.nth);
        let options = [&["-e", &trace, "-e", &inject], more].concat();
        let ended = run(session, &options, program, args);
        // strace says that a call failed by its doing, and which signals came.
        let signal = fault.strip_prefix("signal=").map_or("(INJECTED)".to_owned(), |name| format!(" {name} "));
        let is_of_call = |line: &str| line.starts_with(&self.name) || !fault.starts_with("error=");
        let reached = ended.trace.lines().any(|line| line.contains(&signal) && is_of_call(line))
            || ended.trace.contains(" killed by SIGKILL ");
        (ended, reached)
    }
}
