//! Ctrl-C, and the other signals that end or suspend a program and can be caught.
//!
//! Promises: the terminal gets its echo back, and what was typed and not read reaches no shell; who comes back to a suspended
//! question finds it again; while a file is being written a signal waits for the next safe point,
//! where the writer takes back what it made; once the work is done, a signal no longer ends the program.
//! Cannot help against SIGKILL: what that leaves behind, the next run removes. SIGSTOP leaves the echo off.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGSYS, SIGTERM, SIGTRAP, SIGTSTP, SIGUSR1, SIGUSR2,
    SIGVTALRM, SIGXCPU,
};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::error::Error;

/// What would end the program and leave the echo off. A crash by SIGSEGV and its like cannot be caught.
const ENDING: [i32; 14] = [
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGALRM, SIGIO, SIGPROF, SIGSYS, SIGTRAP, SIGUSR1, SIGUSR2, SIGVTALRM,
    SIGXCPU,
];

/// A terminal at which a question is open.
struct Asked {
    terminal: OwnedFd,
    /// As they were before.
    modes: Termios,
    question: String,
}

/// What the threads of the program know of each other.
struct State {
    /// Critical sections that are open now; they nest.
    sections: usize,
    /// The first signal that came.
    signal: Option<i32>,
    /// A commit point has been passed: the program is to end by itself.
    committed: bool,
}

static STATE: Mutex<State> = Mutex::new(State { sections: 0, signal: None, committed: false });
static CHANGED: Condvar = Condvar::new();
static INSTALLED: Mutex<bool> = Mutex::new(false);
static TERMINAL: Mutex<Option<Asked>> = Mutex::new(None);

/// A thread that panicked leaves these few plain values as good as they were.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts to handle signals, in a thread of their own. For commands that ask or write; a second call does nothing.
///
/// # Errors
///
/// Where the system refuses the handlers or the thread.
pub fn install() -> Result<(), Error> {
    let failed = |error: io::Error| Error::new(format!("cannot handle signals: {error}"));
    let mut installed = lock(&INSTALLED);
    if *installed {
        return Ok(());
    }
    let mut signals = Signals::new(ENDING.iter().chain([&SIGTSTP])).map_err(failed)?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || signals.forever().for_each(|signal| if signal == SIGTSTP { suspend() } else { handle(signal) }))
        .map_err(failed)?;
    *installed = true;
    Ok(())
}

/// Ends the process, now or when the last critical section is left, unless that one was committed.
fn handle(signal: i32) {
    let mut state = lock(&STATE);
    state.signal.get_or_insert(signal);
    while state.sections > 0 && !state.committed {
        state = CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    if !state.committed {
        end(&state);
    }
}

/// The state and the terminal stay locked to the very end: nobody can begin to write, or turn the echo off, any more.
#[expect(clippy::disallowed_methods, reason = "the one place that ends the process while main is waiting in a read")]
fn end(state: &State) -> ! {
    let terminal = lock(&TERMINAL);
    restore(terminal.as_ref());
    std::process::exit(state.signal.map_or(1, code).into())
}

/// Stops as the signal does by itself, with the terminal as the shell left it; goes on at the same question.
fn suspend() {
    let asked = lock(&TERMINAL);
    let modes = asked.as_ref().and_then(|asked| tcgetattr(&asked.terminal).ok());
    restore(asked.as_ref());
    emulate_default_handler(SIGTSTP).ok();
    if let (Some(asked), Some(modes)) = (asked.as_ref(), modes) {
        tcsetattr(&asked.terminal, OptionalActions::Now, &modes).ok();
        tcflush(&asked.terminal, QueueSelector::IFlush).ok();
        rustix::io::write(&asked.terminal, asked.question.as_bytes()).ok();
    }
}

/// As shells count: 128 and the number of the signal, so 130 for Ctrl-C.
fn code(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// The exit code for the signal that has come, if one has: for an error of kind `Interrupted`.
#[must_use]
pub fn exit_code() -> Option<u8> {
    lock(&STATE).signal.map(code)
}

/// Whether a signal has asked to stop.
#[must_use]
pub fn interrupted() -> bool {
    lock(&STATE).signal.is_some()
}

/// Opens a critical section: until the guard is dropped, no signal ends the process.
#[must_use = "the section ends where the guard is dropped"]
pub fn critical() -> Critical {
    lock(&STATE).sections += 1;
    Critical(())
}

/// An open critical section. The writer asks [`Critical::interrupted`] right before each commit point, and takes
/// back what it made if so.
#[derive(Debug)]
pub struct Critical(());

impl Critical {
    /// Whether a signal has come that asks to stop.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        interrupted()
    }

    /// Says that something lasting was written: from now on the program tells what, and ends by itself. A later
    /// commit point still sees that a signal came.
    pub fn committed(&self) {
        lock(&STATE).committed = true;
    }
}

impl Drop for Critical {
    fn drop(&mut self) {
        lock(&STATE).sections -= 1;
        CHANGED.notify_all();
    }
}

/// Turns off `modes` of a terminal, and keeps those it had, so that a signal gives them back, and the question for somebody
/// who suspended it. No signal comes between the two.
///
/// # Errors
///
/// The terminal is gone.
pub(crate) fn turn_off(terminal: OwnedFd, modes: LocalModes, question: &str) -> io::Result<Remembered> {
    let mut asked = lock(&TERMINAL);
    let before = tcgetattr(&terminal)?;
    let mut wanted = before.clone();
    wanted.local_modes.remove(modes);
    if !modes.is_empty() {
        tcsetattr(&terminal, OptionalActions::Now, &wanted)?;
    }
    *asked = Some(Asked { terminal, modes: before, question: question.to_owned() });
    Ok(Remembered(()))
}

/// Gives the terminal its modes back when dropped, and throws away what was typed and not read.
#[must_use = "the modes are given back where the guard is dropped"]
#[derive(Debug)]
pub(crate) struct Remembered(());

impl Drop for Remembered {
    fn drop(&mut self) {
        let mut asked = lock(&TERMINAL);
        restore(asked.as_ref());
        *asked = None;
    }
}

/// A terminal that is gone needs nothing any more, so a failure means nothing.
fn restore(asked: Option<&Asked>) {
    if let Some(Asked { terminal, modes, .. }) = asked {
        tcflush(terminal, QueueSelector::IFlush).ok();
        tcsetattr(terminal, OptionalActions::Now, modes).ok();
    }
}
