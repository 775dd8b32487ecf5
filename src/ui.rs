//! The streams of the program: data on standard output, all else on standard error, with colour where it is seen.
//!
//! Promises: text from a file or a key reaches a terminal only with what could steer it made visible. Standard
//! output that is no terminal gets the bytes as they are, so that a diff is a patch.

use std::borrow::Cow;
use std::cell::RefCell;
use std::env;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{Error, further_in};

/// A line that comes in.
pub const ADDED: Style = AnsiColor::Green.on_default();
/// A line that goes out.
pub const REMOVED: Style = AnsiColor::Red.on_default();
/// What is risky.
pub const WARNED: Style = AnsiColor::Yellow.on_default();
/// The place of a change in a file.
pub const HUNK: Style = AnsiColor::Cyan.on_default();
/// The name of a file, a heading.
pub const HEADING: Style = Style::new().bold();
/// Text without a colour.
pub const PLAIN: Style = Style::new();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The option `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// Where it is seen.
    #[default]
    Auto,
    /// Also into a pipe.
    Always,
    /// Nowhere.
    Never,
}

/// What the environment says about colour.
#[derive(Debug, Clone, Copy, Default)]
struct ColorEnv {
    no_color: bool,
    force: bool,
    dumb: bool,
}

impl ColorEnv {
    fn of_process() -> Self {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        Self {
            no_color: set("NO_COLOR").is_some(),
            force: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            dumb: set("TERM").is_none_or(|value| value == "dumb"),
        }
    }
}

impl Color {
    fn on(self, env: ColorEnv, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => !env.no_color && (env.force || (terminal && !env.dumb)),
        }
    }
}

/// How much is said on standard error; warnings and errors always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// `-q`
    Quiet,
    /// As usual.
    #[default]
    Normal,
    /// `-v`
    Verbose,
}

/// One stream.
struct Stream {
    writer: RefCell<Box<dyn Write>>,
    terminal: bool,
    color: bool,
}

impl Stream {
    fn styled<'a>(&self, style: Style, text: &'a str) -> Cow<'a, str> {
        if self.color && style != PLAIN { format!("{style}{text}{style:#}").into() } else { text.into() }
    }

    fn write(&self, text: &str) -> io::Result<()> {
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
        let env = ColorEnv::of_process();
        let stream = |writer: Box<dyn Write>, terminal| Stream {
            writer: RefCell::new(writer),
            terminal,
            color: color.on(env, terminal),
        };
        let out = stream(Box::new(io::stdout()), io::stdout().is_terminal());
        let err = stream(Box::new(io::stderr()), io::stderr().is_terminal());
        Self { out, err, verbosity }
    }

    /// Streams of a test: as if both were terminals or not, and in colour or not.
    #[must_use]
    pub fn with_writers(
        out: Box<dyn Write>,
        err: Box<dyn Write>,
        terminal: bool,
        color: bool,
        verbosity: Verbosity,
    ) -> Self {
        let stream = |writer| Stream { writer: RefCell::new(writer), terminal, color };
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

    /// Writes to standard output: as it is into a pipe or file, escaped (but for line ends) on a terminal.
    ///
    /// # Errors
    ///
    /// The stream does not take it; see [`is_broken_pipe`].
    pub fn data(&self, text: &str) -> io::Result<()> {
        self.data_styled(PLAIN, text)
    }

    /// [`Ui::data`] with each line in this style, where there is colour.
    ///
    /// # Errors
    ///
    /// As [`Ui::data`].
    pub fn data_styled(&self, style: Style, text: &str) -> io::Result<()> {
        if !self.out.terminal && !self.out.color {
            return self.out.write(text);
        }
        let text = escape_lines(text);
        let lines = text.split_inclusive('\n').map(|line| {
            let (line, end) = split_end(line);
            format!("{}{end}", self.out.styled(style, line))
        });
        self.out.write(&lines.collect::<String>())
    }

    /// Says something that helps to follow along; not with `-q`.
    pub fn note(&self, text: &str) {
        if self.verbosity >= Verbosity::Normal {
            self.say(PLAIN, "", &further_in(text));
        }
    }

    /// Shows on standard error what a question is about: with `-q` too, and line for line.
    pub fn context(&self, text: &str) {
        self.err.write(&escape_lines(text)).ok();
    }

    /// Says something that only matters when looking for a fault; only with `-v`.
    pub fn detail(&self, text: &str) {
        if self.verbosity >= Verbosity::Verbose {
            self.say(PLAIN, "", &further_in(text));
        }
    }

    /// Says what was done; not with `-q`.
    pub fn summary(&self, text: &str) {
        if self.verbosity >= Verbosity::Normal {
            self.say(HEADING, "", &further_in(text));
        }
    }

    /// Says what is risky.
    pub fn warn(&self, text: &str) {
        self.say(WARNING, "warning: ", &further_in(text));
    }

    /// Says what is risky, where, and what to do next.
    pub fn warn_of(&self, error: &Error) {
        self.say(WARNING, "warning: ", &error.to_string());
    }

    /// Says what went wrong, where, and what to do next.
    pub fn error(&self, error: &Error) {
        self.say(ERROR, "error: ", &error.to_string());
    }

    /// Label, or where there is none the first line, in the style. A standard error that is closed leaves nobody to tell.
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

    /// Shows that something takes its time, on a terminal; gone when the guard is dropped.
    #[must_use = "the spinner ends where the guard is dropped"]
    pub fn spinner(&self, text: &str) -> Spinner {
        let seen = self.err.terminal && self.verbosity >= Verbosity::Normal && !ColorEnv::of_process().dumb;
        Spinner(seen.then(|| {
            let bar = ProgressBar::new_spinner().with_message(escape(text).into_owned());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.tick();
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        }))
    }
}

/// A spinner that is being shown.
pub struct Spinner(Option<ProgressBar>);

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Whether the reader of standard output has had enough (`| head`): the program then ends quietly with exit 0.
#[must_use]
pub fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// One line of untrusted text for a terminal: what would steer it, or not be seen, is made visible. Tabs stay.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            // Writing to a string never fails.
            _ if steers(char) && char.is_ascii() => drop(write!(safe, "\\x{:02x}", u32::from(char))),
            _ if steers(char) => drop(write!(safe, "\\u{{{:x}}}", u32::from(char))),
            _ => safe.push(char),
        }
    }
    safe.into()
}

/// [`escape`] for text of several lines, whose ends (LF or CRLF) stay.
#[must_use]
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|char| char != '\n' && steers(char)) {
        return text.into();
    }
    let lines = text.split_inclusive('\n').map(split_end);
    lines.flat_map(|(line, end)| [escape(line), end.into()]).collect::<String>().into()
}

fn split_end(line: &str) -> (&str, &str) {
    let body = line.strip_suffix('\n').map_or(line, |body| body.strip_suffix('\r').unwrap_or(body));
    line.split_at(body.len())
}

/// Controls (C0, DEL, C1), marks of writing direction, line separators, and what takes no room at all.
fn steers(char: char) -> bool {
    (char.is_control() && char != '\t')
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_where_it_is_seen_and_wanted() {
        let none = ColorEnv::default();
        let [no_color, force, dumb] =
            [ColorEnv { no_color: true, ..none }, ColorEnv { force: true, ..none }, ColorEnv { dumb: true, ..none }];
        assert!(Color::Auto.on(none, true) && !Color::Auto.on(none, false));
        assert!(!Color::Auto.on(no_color, true) && !Color::Auto.on(dumb, true));
        assert!(Color::Auto.on(force, false) && !Color::Auto.on(ColorEnv { no_color: true, ..force }, false));
        assert!(Color::Always.on(no_color, false) && !Color::Never.on(force, true));
    }

    #[test]
    fn what_steers_a_terminal_is_made_visible() {
        assert!(matches!(escape("alice@h\tö 日本 🙂"), Cow::Borrowed(_)));
        assert_eq!(escape("a\x1b[2Jb\x07\x7f\n\r"), "a\\x1b[2Jb\\x07\\x7f\\n\\r");
        assert_eq!(escape("\u{9b}2J\u{202e}\u{2066}\u{61c}"), "\\u{9b}2J\\u{202e}\\u{2066}\\u{61c}");
        assert_eq!(escape("\u{200b}\u{200f}\u{2028}\u{feff}"), "\\u{200b}\\u{200f}\\u{2028}\\u{feff}");
        assert_eq!(escape_lines("a\r\nb\rc\n"), "a\r\nb\\rc\n");
    }
}
