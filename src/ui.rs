//! The streams of the program: data on standard output, all else on standard error, with color on terminals.
//!
//! Promises: text from a file or a key reaches a terminal only with its control characters made visible. If standard
//! output is not a terminal it gets the bytes unchanged, so that a diff is a patch. Under a CI runner no line is a command to
//! the runner, but for the annotations of `--format github`.

mod color;

pub use color::Color;
use color::ColorEnv;
use std::borrow::Cow;
use std::cell::RefCell;
use std::env;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use crate::error::{Error, further_in};
use crate::escape::{escape, escape_lines, split_end, without_commands};
use crate::report::page::{Page, Tone};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HEADING: Style = Style::new().bold();
const PLAIN: Style = Style::new();

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => PLAIN,
        Tone::Added => AnsiColor::Green.on_default(),
        Tone::Removed | Tone::Failed => AnsiColor::Red.on_default(),
        Tone::Warned => AnsiColor::Yellow.on_default(),
        Tone::Hunk => AnsiColor::Cyan.on_default(),
        Tone::Heading => HEADING,
    }
}

/// How much to print on standard error; warnings and errors are always printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// `-q`
    Quiet,
    #[default]
    Normal,
    /// `-v`
    Verbose,
}

/// Whether this runs in CI: branches of others are looked at, and the output is a log in which a runner looks for commands.
#[must_use]
pub fn in_ci() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !["", "0", "false"].iter().any(|no| value == *no));
    ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "TEAMCITY_VERSION"].into_iter().any(is_set)
}

struct Stream {
    writer: RefCell<Box<dyn Write>>,
    terminal: bool,
    color: bool,
    under_runner: bool,
}

impl Stream {
    fn styled<'a>(&self, style: Style, text: &'a str) -> Cow<'a, str> {
        if self.color && style != PLAIN { format!("{style}{text}{style:#}").into() } else { text.into() }
    }

    /// Writes each line in the style: escaped (except line breaks) on a terminal, unchanged into a pipe or file.
    fn styled_lines<'t>(&self, style: Style, text: &'t str) -> Cow<'t, str> {
        if !self.terminal && !self.color {
            return Cow::Borrowed(text);
        }
        let text = escape_lines(text);
        let lines = text.split_inclusive('\n').map(|line| {
            let (line, end) = split_end(line);
            format!("{}{end}", self.styled(style, line))
        });
        Cow::Owned(lines.collect())
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let text = if self.under_runner { without_commands(text, false) } else { text.into() };
        let mut writer = self.writer.borrow_mut();
        writer.write_all(text.as_bytes())?;
        writer.flush()
    }
}

/// Standard output and standard error, and how to write to them.
pub struct Ui {
    out: Stream,
    err: Stream,
    verbosity: Verbosity,
}

impl Ui {
    /// The streams of the process.
    #[must_use]
    pub fn new(color: Color, verbosity: Verbosity) -> Self {
        let (env, under_runner) = (ColorEnv::of_process(), in_ci());
        let stream = |writer: Box<dyn Write>, terminal| Stream {
            writer: RefCell::new(writer),
            terminal,
            color: color.on(env, terminal),
            under_runner,
        };
        let out = stream(Box::new(io::stdout()), io::stdout().is_terminal());
        let err = stream(Box::new(io::stderr()), io::stderr().is_terminal());
        Self { out, err, verbosity }
    }

    /// Streams for a test: both terminals or not, with color or without.
    #[must_use]
    pub fn with_writers(
        out: Box<dyn Write>,
        err: Box<dyn Write>,
        terminal: bool,
        color: bool,
        verbosity: Verbosity,
    ) -> Self {
        let stream = |writer| Stream { writer: RefCell::new(writer), terminal, color, under_runner: false };
        Self { out: stream(out), err: stream(err), verbosity }
    }

    /// Whether standard error is a terminal.
    #[must_use]
    pub fn err_is_terminal(&self) -> bool {
        self.err.terminal
    }

    /// Whether standard output is a terminal.
    #[must_use]
    pub fn out_is_terminal(&self) -> bool {
        self.out.terminal
    }

    /// Writes to standard output: unchanged into a pipe or file, escaped (except line breaks) on a terminal.
    ///
    /// # Errors
    ///
    /// The stream cannot be written to; see [`is_broken_pipe`].
    pub fn data(&self, text: &str) -> io::Result<()> {
        self.out.write(&self.out.styled_lines(PLAIN, text))
    }

    /// [`Ui::data`] for a report, each piece in the color of its tone.
    ///
    /// # Errors
    ///
    /// As [`Ui::data`].
    pub fn page(&self, page: &Page) -> io::Result<()> {
        if self.out.under_runner {
            let pieces = page.pieces().map(|(tone, text)| self.out.styled_lines(style(tone), text).into_owned());
            let text = without_commands(&pieces.collect::<String>(), page.is_annotations()).into_owned();
            let mut writer = self.out.writer.borrow_mut();
            writer.write_all(text.as_bytes())?;
            return writer.flush();
        }
        let mut stream = self.out.writer.borrow_mut();
        let mut writer = io::BufWriter::new(&mut *stream);
        for (tone, text) in page.pieces() {
            writer.write_all(self.out.styled_lines(style(tone), text).as_bytes())?;
        }
        writer.flush()
    }

    /// Prints a report on standard error; with `-q` only its errors.
    pub fn aside(&self, page: &Page) {
        let errors = (self.verbosity == Verbosity::Quiet).then(|| page.errors());
        let pieces = errors.as_ref().unwrap_or(page).pieces();
        let text: String =
            pieces.map(|(tone, text)| self.err.styled_lines(style(tone), &escape_lines(text)).into_owned()).collect();
        if !text.is_empty() {
            self.err.write(&text).ok();
        }
    }

    /// Prints information; not with `-q`.
    pub fn note(&self, text: &str) {
        if self.verbosity >= Verbosity::Normal {
            self.say(PLAIN, "", &further_in(text));
        }
    }

    /// Prints the subject of a question on standard error, line by line; also with `-q`.
    pub fn context(&self, text: &str) {
        self.err.write(&escape_lines(text)).ok();
    }

    /// Prints a detail for troubleshooting; only with `-v`.
    pub fn detail(&self, text: &str) {
        if self.verbosity >= Verbosity::Verbose {
            self.say(PLAIN, "", &further_in(text));
        }
    }

    /// Prints what was done; not with `-q`.
    pub fn summary(&self, text: &str) {
        if self.verbosity >= Verbosity::Normal {
            self.say(HEADING, "", &further_in(text));
        }
    }

    /// Prints a warning.
    pub fn warn(&self, text: &str) {
        self.say(WARNING, "warning: ", &further_in(text));
    }

    /// Prints a warning with its place and hints.
    pub fn warn_of(&self, error: &Error) {
        self.say(WARNING, "warning: ", &error.to_string());
    }

    /// Prints an error with its place and hints.
    pub fn error(&self, error: &Error) {
        self.say(ERROR, "error: ", &error.to_string());
    }

    /// Prints the label, or the first line if there is none, in the style. A closed standard error is ignored.
    fn say(&self, style: Style, label: &str, text: &str) {
        let text = escape_lines(text);
        let (first, rest) = text.split_once('\n').map_or((&*text, None), |(first, rest)| (first, Some(rest)));
        let mut message = if label.is_empty() {
            self.err.styled(style, first).into_owned()
        } else {
            format!("{}{first}", self.err.styled(style, label))
        };
        message.extend(rest.into_iter().flat_map(|rest| ["\n", rest]));
        message.push('\n');
        self.err.write(&message).ok();
    }

    /// Says on a terminal what takes a while; the line is cleared when the guard is dropped.
    #[must_use = "the line is cleared when the guard is dropped"]
    pub fn progress(&self, text: &str) -> Progress<'_> {
        let is_seen = self.err.terminal && self.verbosity >= Verbosity::Normal && !ColorEnv::of_process().dumb;
        if is_seen {
            self.err.write(&format!("{} ...", escape(text))).ok();
        }
        Progress(is_seen.then_some(&self.err))
    }
}

/// A line on a terminal, for as long as this lives.
pub struct Progress<'u>(Option<&'u Stream>);

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(stream) = self.0 {
            // To the first column, and what is right of it is erased (ECMA-48, EL).
            stream.write("\r\x1b[K").ok();
        }
    }
}

/// Whether the reader closed standard output (`| head`): the program then exits quietly with 0.
#[must_use]
pub fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
