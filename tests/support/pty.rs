//! The binary on a terminal of its own, watched and typed to as a person would.
//!
//! Nothing here counts on time: what is waited for is a text on the screen or a mode of the terminal, and only a run
//! that hangs meets the limit.

use crate::support::session::{BINARY, Session};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const HANGS: Duration = Duration::from_secs(60);

/// Ctrl-C and Ctrl-D.
pub const CTRL_C: &str = "\x03";
pub const CTRL_D: &str = "\x04";

/// A run that goes on.
pub struct Terminal {
    leader: Child,
    report: BufReader<ChildStderr>,
    pid: i32,
    keyboard: File,
    line: Option<OwnedFd>,
    screen: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// How much of `seen` was waited for.
    past: usize,
}

/// What a run left.
#[derive(Debug)]
pub struct Left {
    pub code: Option<i32>,
    /// All that came to the terminal, the echo of what was typed included.
    pub screen: String,
    /// `stty -a`, before the terminal was closed.
    pub modes: String,
    /// Bytes of whole lines that were typed and that nobody read: a shell would run them.
    pub unread: u64,
}

impl Session {
    /// Starts the binary on a new terminal.
    pub fn on_terminal(&self, args: &[&str]) -> Terminal {
        self.redirected(args, "")
    }

    /// The same with redirections of `sh`, such as `<../key` or `>../out`.
    pub fn redirected(&self, args: &[&str], redirections: &str) -> Terminal {
        self.program_on_terminal(&BINARY, args, redirections)
    }

    /// Any other program on a new terminal.
    pub fn program_on_terminal(&self, program: &str, args: &[&str], redirections: &str) -> Terminal {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap();
        let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::CLOEXEC;
        let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let line = rustix::fs::open(path, flags, rustix::fs::Mode::empty()).unwrap();
        tcsetwinsize(&line, Winsize { ws_row: 40, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();

        // The shell outlives the binary, or the modes of the terminal would be reset with the end of its session.
        let inner = format!("echo $$ >&2; exec \"$@\" 2>&1 {redirections}");
        let outer = format!("trap : INT; sh -c '{inner}' sh \"$@\"; echo $? >&2; stty -a >&2");
        let mut command = self.tool("setsid");
        command.args(["--ctty", "sh", "-c", &outer, "sh", program]).args(args).env("TERM", "xterm-256color");
        command.stdin(line.try_clone().unwrap()).stdout(line.try_clone().unwrap()).stderr(Stdio::piped());
        let mut leader = command.spawn().unwrap();
        // It holds copies of the line, and so would keep the terminal open.
        drop(command);

        let mut report = BufReader::new(leader.stderr.take().unwrap());
        let mut pid = String::new();
        report.read_line(&mut pid).unwrap();
        let keyboard = File::from(controller);
        let (sender, screen) = channel();
        let mut watched = keyboard.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = watched.read(&mut buffer) {
                if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let pid = pid.trim().parse().unwrap();
        Terminal { leader, report, pid, keyboard, line: Some(line), screen, seen: Vec::new(), past: 0 }
    }
}

impl Terminal {
    /// Waits until this stands on the screen, behind what was waited for before.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        loop {
            let found = self.seen[self.past..].windows(text.len()).position(|window| window == text.as_bytes());
            if let Some(at) = found {
                self.past += at + text.len();
                return self;
            }
            match self.screen.recv_timeout(HANGS) {
                Ok(more) => self.seen.extend(more),
                Err(_) => panic!("{text:?} did not come:\n{}", String::from_utf8_lossy(&self.seen)),
            }
        }
    }

    /// What came to the screen until what was waited for, that included.
    pub fn screen(&self) -> String {
        String::from_utf8_lossy(&self.seen[..self.past]).into_owned()
    }

    pub fn type_in(&mut self, text: &str) -> &mut Self {
        self.keyboard.write_all(text.as_bytes()).unwrap();
        self
    }

    /// Waits for the question and answers it. Enter is a carriage return.
    #[track_caller]
    pub fn answer(&mut self, question: &str, answer: &str) -> &mut Self {
        self.wait_for(question).type_in(answer)
    }

    /// As [`Terminal::answer`], once the echo is off.
    #[track_caller]
    pub fn answer_unseen(&mut self, question: &str, answer: &str) -> &mut Self {
        self.wait_unseen(question).type_in(answer)
    }

    /// Waits for the question, and until the echo is off.
    #[track_caller]
    pub fn wait_unseen(&mut self, question: &str) -> &mut Self {
        self.wait_for(question);
        let start = Instant::now();
        while tcgetattr(self.line.as_ref().unwrap()).unwrap().local_modes.contains(LocalModes::ECHO) {
            assert!(start.elapsed() < HANGS, "the echo stays on at {question:?}");
            std::thread::sleep(Duration::from_millis(2));
        }
        self
    }

    /// Sends a signal to the binary itself.
    pub fn kill(&mut self, signal: rustix::process::Signal) -> &mut Self {
        let pid = rustix::process::Pid::from_raw(self.pid).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
        self
    }

    /// Waits until the binary is suspended, by its state in /proc.
    pub fn wait_suspended(&mut self) -> &mut Self {
        let start = Instant::now();
        let stat = format!("/proc/{}/stat", self.pid);
        while !std::fs::read_to_string(&stat).unwrap().rsplit(") ").next().unwrap().starts_with('T') {
            assert!(start.elapsed() < HANGS, "it is not suspended");
            std::thread::sleep(Duration::from_millis(2));
        }
        self
    }

    /// Asserts that what is typed is seen, or is not.
    #[track_caller]
    pub fn expect_echo(&mut self, is_on: bool) -> &mut Self {
        let modes = tcgetattr(self.line.as_ref().unwrap()).unwrap().local_modes;
        assert_eq!(modes.contains(LocalModes::ECHO), is_on, "{modes:?}");
        self
    }

    /// Waits for the end of the run, and says no to whatever it asks.
    #[track_caller]
    pub fn end_with_no(mut self) -> Left {
        const QUESTION: &[u8] = b"[y/N] ";
        let start = Instant::now();
        while self.leader.try_wait().unwrap().is_none() && start.elapsed() < HANGS {
            self.seen.extend(self.screen.try_iter().flatten());
            let asked = self.seen[self.past..].windows(QUESTION.len()).position(|window| window == QUESTION);
            if let Some(at) = asked {
                self.past += at + QUESTION.len();
                self.type_in("n\r");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        self.end()
    }

    /// Waits for the end of the run.
    #[track_caller]
    pub fn end(mut self) -> Left {
        let start = Instant::now();
        while self.leader.try_wait().unwrap().is_none() {
            if start.elapsed() > HANGS {
                self.seen.extend(self.screen.try_iter().flatten());
                panic!("it does not end:\n{}", String::from_utf8_lossy(&self.seen));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let mut report = String::new();
        self.report.read_to_string(&mut report).unwrap();
        let unread = self.line.take().map_or(0, |line| rustix::io::ioctl_fionread(line).unwrap());
        self.seen.extend(self.screen.iter().flatten());
        let (code, modes) = report.split_once('\n').unwrap_or_default();
        let screen = String::from_utf8_lossy(&self.seen).into_owned();
        Left { code: code.parse().ok(), screen, modes: modes.to_owned(), unread }
    }
}

/// With the leader of its session, a run that hangs loses its terminal and ends.
impl Drop for Terminal {
    fn drop(&mut self) {
        self.leader.kill().ok();
        self.leader.wait().ok();
    }
}

impl Left {
    /// Asserts the exit code, and that the screen has all of these; gives itself back.
    #[track_caller]
    pub fn expect(self, code: i32, texts: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for text in texts {
            assert!(self.screen.contains(text), "{text:?} is missing on:\n{}", self.screen);
        }
        self
    }

    /// Asserts that the terminal was left as it was found.
    #[track_caller]
    pub fn expect_sane(self) -> Self {
        for mode in ["echo", "icanon", "isig"] {
            assert!(self.modes.split_whitespace().any(|word| word == mode), "{mode} is off: {}", self.modes);
        }
        self
    }
}
