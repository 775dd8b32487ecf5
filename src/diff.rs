//! Unified diffs with three lines of context, in the format of `diff -u`, `git diff` and `git apply`.
//!
//! A diff is made around the splices only: time and memory grow with the change, not with the file.

use crate::yaml::Splice;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

const CONTEXT: usize = 3;

/// Masked texts to print instead of the real ones; each has as many lines as its original.
#[derive(Debug, Clone, Copy)]
pub struct Masked<'m> {
    pub before: &'m str,
    pub after: &'m str,
}

/// The unified diff from `before` to `before` with `splices`, under the path `name` (with `a/` and `b/` before it).
///
/// Empty if there are no splices. Lines keep their bytes, including `\r`. With `masked`, the real texts decide what
/// differs, and the masked texts are printed.
#[must_use]
pub fn unified(name: &str, before: &str, splices: &[Splice], masked: Option<Masked<'_>>) -> String {
    if splices.is_empty() {
        return String::new();
    }
    let mut out = format!("--- {}\n+++ {}\n", quoted_path("a/", name), quoted_path("b/", name));
    let mut cursor = Cursor { offset: 0, line: 0 };
    let mut shift = 0_isize;
    let printed = masked.map(|masked| {
        let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
        (lines(masked.before), lines(masked.after))
    });
    for (window, inside) in windows(before, splices) {
        cursor.advance(before, window.start);
        let old = &before[window.clone()];
        let moved: Vec<Splice> =
            inside.iter().map(|splice| Splice { at: splice.at - window.start, ..splice.clone() }).collect();
        let new = crate::yaml::apply(old, &moved);
        let region = Region { first: cursor.line, shift, printed: printed.as_ref() };
        shift += region.print(&mut out, old, &new);
    }
    out
}

/// Regions of whole lines that contain all splices with their context, merged if they touch. Between lines that are alike, a
/// change is found up to as many lines off as it has.
fn windows<'s>(text: &str, splices: &'s [Splice]) -> Vec<(Range<usize>, &'s [Splice])> {
    let mut found: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (index, splice) in splices.iter().enumerate() {
        let removed = &text[splice.at..splice.at + splice.remove];
        let reach =
            CONTEXT + [removed, &splice.insert].map(|part| part.matches('\n').count()).into_iter().max().unwrap_or(0);
        let start = lines_back(text, splice.at, reach);
        let end = lines_on(text, splice.at + splice.remove, reach + 1);
        match found.last_mut() {
            Some((window, members)) if start <= window.end => {
                window.end = window.end.max(end);
                members.end = index + 1;
            }
            _ => found.push((start..end, index..index + 1)),
        }
    }
    found.into_iter().map(|(window, members)| (window, &splices[members])).collect()
}

/// The start of the line `count` lines above the line of `at`.
fn lines_back(text: &str, at: usize, count: usize) -> usize {
    let breaks = text.as_bytes()[..at].iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    breaks.map(|(at, _)| at + 1).nth(count).unwrap_or(0)
}

/// The end of the `count`th line, counted from the line of `at`.
fn lines_on(text: &str, at: usize, count: usize) -> usize {
    let breaks = text.as_bytes()[at..].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    breaks.map(|(on, _)| at + on + 1).nth(count - 1).unwrap_or(text.len())
}

/// Counts lines in one pass over a text.
struct Cursor {
    offset: usize,
    line: usize,
}

impl Cursor {
    fn advance(&mut self, text: &str, to: usize) {
        self.line += text.as_bytes()[self.offset..to].iter().filter(|byte| **byte == b'\n').count();
        self.offset = to;
    }
}

/// Lines before and after, to print instead of the real ones.
type Lines<'m> = (Vec<&'m str>, Vec<&'m str>);

/// A region of a diff.
struct Region<'r, 'm> {
    /// The number of its first line in the old text, from 0.
    first: usize,
    /// How many lines the regions above add.
    shift: isize,
    printed: Option<&'r Lines<'m>>,
}

impl Region<'_, '_> {
    /// Writes the hunks of the region; returns how many lines it adds.
    fn print(&self, out: &mut String, old: &str, new: &str) -> isize {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let new: Vec<&str> = new.split_inclusive('\n').collect();
        let new_first = self.first.saturating_add_signed(self.shift);
        let (shown_old, shown_new) = match self.printed {
            Some((before, after)) => (lines_from(before, self.first), lines_from(after, new_first)),
            None => (&old[..], &new[..]),
        };
        let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
        for group in similar::group_diff_ops(ops, CONTEXT) {
            let (Some(head), Some(tail)) = (group.first(), group.last()) else { continue };
            let old_range = head.old_range().start..tail.old_range().end;
            let new_range = head.new_range().start..tail.new_range().end;
            let place = (position(&old_range, self.first), position(&new_range, new_first));
            out.push_str(&format!("@@ -{} +{} @@\n", place.0, place.1));
            for op in group {
                if let DiffOp::Equal { .. } = op {
                    put(out, ' ', part(shown_old, op.old_range()));
                } else {
                    put(out, '-', part(shown_old, op.old_range()));
                    put(out, '+', part(shown_new, op.new_range()));
                }
            }
        }
        new.len().cast_signed() - old.len().cast_signed()
    }
}

fn lines_from<'l, 'm>(lines: &'l [&'m str], first: usize) -> &'l [&'m str] {
    lines.get(first..).unwrap_or_default()
}

fn part<'l, 'm>(lines: &'l [&'m str], range: Range<usize>) -> &'l [&'m str] {
    lines.get(range).unwrap_or_default()
}

/// `line,count` from 1; as in `diff`, an empty range names the line above it.
fn position(range: &Range<usize>, first: usize) -> String {
    let start = if range.is_empty() { range.start + first } else { range.start + first + 1 };
    if range.len() == 1 { start.to_string() } else { format!("{start},{}", range.len()) }
}

fn put(out: &mut String, mark: char, lines: &[&str]) {
    for line in lines {
        out.push(mark);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// The path as git writes it: in quotes with C escapes if it contains control characters, quotes or backslashes.
fn quoted_path(prefix: &str, name: &str) -> String {
    if !name.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
        // Both git and diff mark the end of a path with spaces by a tab after it.
        return if name.contains(' ') { format!("{prefix}{name}\t") } else { format!("{prefix}{name}") };
    }
    let mut out = format!("\"{prefix}");
    for c in name.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let mut bytes = [0; 4];
                c.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("\\{byte:03o}")));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(at: usize, text: &str) -> Splice {
        Splice { at, remove: 0, insert: text.to_owned() }
    }

    #[test]
    fn context_is_three_lines_and_numbers_are_of_the_whole_file() {
        let before: String = (1..=20).map(|line| format!("l{line}\n")).collect();
        let at = before.find("l10").unwrap();
        let diff = unified(".spin.yml", &before, &[insert(at, "new\n")], None);
        assert_eq!(diff, "--- a/.spin.yml\n+++ b/.spin.yml\n@@ -7,6 +7,7 @@\n l7\n l8\n l9\n+new\n l10\n l11\n l12\n");
    }

    #[test]
    fn far_changes_are_hunks_of_their_own_and_near_ones_share_one() {
        let before: String = (1..=40).map(|line| format!("l{line}\n")).collect();
        let place = |line: &str| before.find(line).unwrap();
        let far = unified("f", &before, &[insert(place("l5\n"), "x\n"), insert(place("l30"), "y\n")], None);
        assert_eq!(far.matches("@@ -").count(), 2);
        assert!(far.contains("@@ -27,6 +28,7 @@"), "{far}");
        let near = unified("f", &before, &[insert(place("l5\n"), "x\n"), insert(place("l9\n"), "y\n")], None);
        assert_eq!(near.matches("@@ -").count(), 1, "{near}");
    }

    #[test]
    fn context_is_whole_where_a_change_may_stand_in_two_places() {
        let before = "a\n\n\nb\n\n\nc\nd\ne\n";
        let diff = unified("f", before, &[insert(before.find("\n\nc").unwrap(), "\n\nx\n")], None);
        assert!(diff.contains("@@ -4,6 +4,9 @@\n b\n \n \n+x\n+\n+\n c\n d\n e\n"), "{diff}");
    }

    #[test]
    fn masked_lines_are_printed_where_the_real_ones_differ() {
        let before: String = (1..=20).map(|line| format!("l{line}\n")).collect();
        let after = before.replace("l5\n", "l5\nx\n").replace("l15\n", "l15\ny\n");
        let hide = |text: &str| text.replace('l', "*");
        let splices = [insert(before.find("l6").unwrap(), "x\n"), insert(before.find("l16").unwrap(), "y\n")];
        let masked = Masked { before: &hide(&before), after: &hide(&after) };
        let diff = unified("f", &before, &splices, Some(masked));
        assert_eq!(diff, hide(&unified("f", &before, &splices, None)));
        assert!(diff.contains("@@ -13,6 +14,7 @@\n *13\n *14\n *15\n+y\n *16\n"), "{diff}");
    }

    #[test]
    fn a_missing_final_line_break_is_said() {
        let diff = unified("f", "a", &[insert(1, "\nb")], None);
        assert_eq!(
            diff,
            "--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn an_empty_file_and_odd_paths() {
        assert_eq!(unified("f", "", &[insert(0, "a\n")], None), "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n");
        assert_eq!(quoted_path("a/", "x y"), "a/x y\t");
        assert_eq!(quoted_path("a/", "x\"\u{1b}"), "\"a/x\\\"\\033\"");
    }
}
