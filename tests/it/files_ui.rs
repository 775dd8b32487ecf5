//! What reaches a terminal, a pipe and standard error.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use spin_keys::error::Error;
use spin_keys::report::page::{Page, Tone};
use spin_keys::ui::{Ui, Verbosity, is_broken_pipe};

#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `use_ui` leaves on standard output and standard error.
fn streams(terminal: bool, color: bool, verbosity: Verbosity, use_ui: impl Fn(&Ui)) -> (String, String) {
    let (out, err) = (Sink::default(), Sink::default());
    use_ui(&Ui::with_writers(Box::new(out.clone()), Box::new(err.clone()), terminal, color, verbosity));
    let [out, err] = [out, err].map(|sink| String::from_utf8(sink.0.take()).unwrap());
    (out, err)
}

#[test]
fn data_is_raw_in_a_pipe_and_escaped_where_it_is_looked_at() {
    let mut page = Page::default();
    page.push(Tone::Added, "+a\x1b[2J\r\n+b\tc\n");
    let data = |ui: &Ui| ui.page(&page).unwrap();
    assert_eq!(streams(false, false, Verbosity::Quiet, data).0, "+a\x1b[2J\r\n+b\tc\n");
    assert_eq!(streams(true, false, Verbosity::Quiet, data).0, "+a\\x1b[2J\r\n+b\tc\n");
    let colored = "\x1b[32m+a\\x1b[2J\x1b[0m\r\n\x1b[32m+b\tc\x1b[0m\n";
    assert_eq!(streams(true, true, Verbosity::Quiet, data).0, colored);
    assert_eq!(streams(false, true, Verbosity::Quiet, data).0, colored);
}

#[test]
fn standard_error_is_always_escaped_and_no_line_passes_for_another() {
    let say = |ui: &Ui| {
        ui.warn("a\x1b[2J\u{202e}\nerror: forged");
        ui.error(&Error::new("no such user").at(Path::new("f.yml"), 3, 5).hint("one").hint("two"));
    };
    let expected = "warning: a\\x1b[2J\\u{202e}\n    error: forged\n\
                    error: f.yml:3:5: no such user\n  help: one\n  help: two\n";
    assert_eq!(streams(false, false, Verbosity::Quiet, say), (String::new(), expected.to_owned()));
}

#[test]
fn verbosity_decides_what_is_said() {
    let say = |ui: &Ui| {
        ui.detail("detail");
        ui.note("note");
        ui.summary("summary");
        ui.warn("warn");
        drop(ui.progress("wait"));
    };
    let said = |verbosity| streams(false, false, verbosity, say).1;
    assert_eq!(said(Verbosity::Quiet), "warning: warn\n");
    assert_eq!(said(Verbosity::Normal), "note\nsummary\nwarning: warn\n");
    assert_eq!(said(Verbosity::Verbose), "detail\nnote\nsummary\nwarning: warn\n");
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(rustix::io::Errno::PIPE.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_is_gone_is_told_from_other_failures() {
    let ui = Ui::with_writers(Box::new(Closed), Box::new(Closed), false, false, Verbosity::Normal);
    assert!(is_broken_pipe(&ui.data("x").unwrap_err()));
    ui.warn("nobody hears this");
    assert!(!is_broken_pipe(&io::Error::other("x")));
}
