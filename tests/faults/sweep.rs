//! Each fault at each system call of each write.

use crate::case::{Case, KeyOf, Known};
use crate::figures::{self, Counted};
use crate::judge::{Outcome, Scene};
use crate::session::{BINARY, needs};
use crate::strace::{self, Call};
use std::path::Path;

const ERRNOS: [&str; 6] = ["ENOSPC", "EIO", "EDQUOT", "EACCES", "EROFS", "EINTR"];
const SIGNALS: [(&str, i32); 2] = [("SIGTERM", 15), ("SIGINT", 2)];
/// Asks for memory, where only ENOMEM is real; the standard library may abort at it.
const MEMORY: [&str; 6] = ["brk", "mmap", "mprotect", "mremap", "munmap", "madvise"];
/// Calls that the system never fails, or whose failing concerns the run time of the language and no file.
const NEVER: [&str; 11] = [
    "exit_group",
    "futex",
    "geteuid",
    "getgroups",
    "getegid",
    "getpid",
    "gettid",
    "rt_sigprocmask",
    "sched_getaffinity",
    "sched_yield",
    "sigaltstack",
];

/// Which fault is put in.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Kill,
    Signal(&'static str, i32),
    Error(&'static str),
    Memory,
}

impl Fault {
    fn inject(self) -> String {
        match self {
            Self::Kill => "signal=SIGKILL".to_owned(),
            Self::Signal(name, _) => format!("signal={name}"),
            Self::Error(errno) => format!("error={errno}"),
            Self::Memory => "error=ENOMEM".to_owned(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Kill => "SIGKILL",
            Self::Signal(name, _) => name,
            Self::Error(errno) => errno,
            Self::Memory => "ENOMEM",
        }
    }
}

fn is_full() -> bool {
    std::env::var_os("SPIN_KEYS_FULL").is_some()
}

/// One of these, another for each call, or in the full run all.
fn in_turn<T>(all: &'static [T], index: usize) -> impl Iterator<Item = &'static T> {
    let turn = index % all.len();
    all.iter().enumerate().filter(move |(at, _)| is_full() || *at == turn).map(|(_, one)| one)
}

/// The faults for the call at `index`. `own`: the program itself runs by then, not the loader and the run time of the
/// language, which may well fail and have touched nothing.
fn faults(call: &Call, index: usize, own: bool) -> Vec<Fault> {
    let mut faults = vec![Fault::Kill];
    faults.extend(in_turn(&SIGNALS, index).map(|(name, number)| Fault::Signal(name, *number)));
    let name = call.name.as_str();
    if !own || NEVER.contains(&name) {
        return faults;
    }
    if MEMORY.contains(&name) {
        faults.push(Fault::Memory);
    } else if name == "getrandom" {
        // The one error of it that comes and goes.
        faults.push(Fault::Error("EINTR"));
    } else if ["socketpair", "rt_sigaction", "clone3"].contains(&name) {
        // What no signal interrupts: nothing in them waits.
        faults.extend(in_turn(&ERRNOS[..5], index).map(|errno| Fault::Error(errno)));
    } else {
        faults.extend(in_turn(&ERRNOS, index).map(|errno| Fault::Error(errno)));
    }
    faults
}

/// One run with one fault; what is wrong with what it leaves.
fn run(known: &Known, call: &Call, fault: Fault, counted: &mut Counted) -> Result<(), String> {
    let scene = Scene::new(known);
    let args = known.case.args(&scene.session);
    let (ended, reached) = call.inject(&scene.session, &fault.inject(), Path::new(&*BINARY), &args, known.case.always);
    let judged = match fault {
        // A run in which other threads were quicker, so that it had to wait less often.
        _ if !reached => scene.after_error(&ended),
        Fault::Kill => scene.after_kill(),
        Fault::Signal(_, number) => scene.after_signal(&ended, number),
        Fault::Memory => scene.after_memory(&ended),
        Fault::Error(_) => scene.after_error(&ended),
    };
    let judged = judged.and_then(|outcome| match fault {
        Fault::Error("EINTR") if ended.code != Some(0) => Err("an interrupted call is not tried again".to_owned()),
        _ if !reached && !NEVER.contains(&call.name.as_str()) && !MEMORY.contains(&call.name.as_str()) => {
            Err("the run did not come to the call".to_owned())
        }
        _ => Ok(outcome),
    });
    counted.add(fault.name(), reached, judged.as_ref().ok() == Some(&Outcome::New));
    let place = || format!("{} at {} #{}: {}", fault.name(), call.name, call.nth, call.line);
    judged.map(drop).map_err(|what| {
        format!("{what}\n  {}\n  exit {:?} {:?}\n  {}", place(), ended.code, ended.signal, ended.err.trim())
    })
}

#[track_caller]
fn sweep(case: Case) {
    if !strace::available() || !needs("ssh-keygen") {
        return;
    }
    let known = Known::of(case);
    // The program's own first call: whether standard output is a terminal.
    let start = known.calls.iter().position(|call| call.name == "ioctl").unwrap();
    assert!(known.calls.iter().any(|call| call.name == "renameat"), "the trace does not see the write");
    // The loader does the same in each case, and nothing else.
    let first = if case.key == KeyOf::File && !case.sealed { 0 } else { start };
    // Where something is injected in every run, only the part that it changes is another one.
    let changed = |call: &Call| case.always.iter().any(|option| option.contains(&call.name));
    let position = |test: &dyn Fn(&Call) -> bool| known.calls.iter().position(test);
    let range = match position(&changed) {
        Some(changed) => changed..position(&|call| call.name == "renameat").unwrap(),
        None => first..known.calls.len(),
    };
    let mut counted = Counted::new(case.name, range.len());
    let mut findings = Vec::new();
    for (index, call) in known.calls.iter().enumerate().filter(|(index, call)| range.contains(index) && !changed(call))
    {
        for fault in faults(call, index, index >= start) {
            findings.extend(run(&known, call, fault, &mut counted).err());
        }
    }
    figures::write(counted, &findings);
    let shown = findings.iter().take(60).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(findings.is_empty(), "{}: {} findings:\n\n{shown}", case.name, findings.len());
}

const PLAIN: Case = Case { name: "plain file, a key that is there", sealed: false, key: KeyOf::File, always: &[] };

#[test]
fn plain_with_a_key_that_is_there() {
    sweep(PLAIN);
}

#[test]
fn encrypted_with_a_key_that_is_there() {
    sweep(Case { name: "encrypted file, a key that is there", sealed: true, ..PLAIN });
}

#[test]
fn plain_with_a_new_pair() {
    sweep(Case { name: "plain file, a new pair", key: KeyOf::NewPair, ..PLAIN });
}

#[test]
fn encrypted_with_a_new_pair() {
    sweep(Case { name: "encrypted file, a new pair", sealed: true, key: KeyOf::NewPair, ..PLAIN });
}

#[test]
fn plain_with_a_new_pair_for_ci() {
    sweep(Case { name: "plain file, a new pair for CI", key: KeyOf::NewCiPair, ..PLAIN });
}

/// On file systems that cannot rename without replacing, as NFS, the pair is linked into place.
#[test]
fn plain_with_a_new_pair_that_is_linked() {
    let always = &["-e", "inject=renameat2:error=EINVAL"];
    sweep(Case { name: "plain file, a new pair that is linked", key: KeyOf::NewPair, always, ..PLAIN });
}
