//! Small changes of a YAML text such as people and tools make: of bytes, lines, indentation, quotes, comments, line
//! ends, and of the words of the file.

use fastrand::Rng;

/// What YAML, or Spin, gives a meaning to.
const TOKENS: [&str; 44] = [
    ":",
    ": ",
    "- ",
    "-",
    "? ",
    "#",
    " # x",
    "'",
    "\"",
    "\\",
    "[",
    "]",
    "{",
    "}",
    ",",
    "[]",
    "{}",
    "|",
    "|-",
    "|+2",
    ">",
    "&a ",
    "*a",
    "!vault ",
    "!t ",
    "<<: *a",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "~",
    "null",
    "yes",
    "0x1f",
    "\t",
    " ",
    "\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "é",
    "🤖",
    "users:",
    "authorized_keys:",
    "username: alice",
];

const COMMENTS: [&str; 5] = ["# a remark", "#", "# - public_key: \"ssh-ed25519 AAAA old\"", "# users:", "# x: {{ y }}"];

/// A change of the lines of a text.
type Change = fn(&mut Rng, &mut Vec<String>);

/// Each is as likely as another.
const CHANGES: [Change; 19] = [
    |rng, lines| drop(lines.remove(at(rng, lines))),
    |rng, lines| {
        let line = one(rng, lines);
        lines.insert(at(rng, lines), line);
    },
    |rng, lines| {
        let line = lines.remove(at(rng, lines));
        lines.insert(rng.usize(..=lines.len()), line);
    },
    |rng, lines| {
        let (one, other) = (at(rng, lines), at(rng, lines));
        lines.swap(one, other);
    },
    |rng, lines| shift(rng, lines, false),
    |rng, lines| shift(rng, lines, true),
    |rng, lines| {
        let blanks = " ".repeat(rng.usize(..9));
        lines.insert(at(rng, lines), format!("{blanks}{}", COMMENTS[rng.usize(..COMMENTS.len())]));
    },
    |rng, lines| {
        let line = at(rng, lines);
        lines[line].push_str(["  # tail", " #", "#", " # ]", " # \"'"][rng.usize(..5)]);
    },
    |rng, lines| {
        let blanks = " ".repeat([0, 0, 0, 2, 6][rng.usize(..5)]);
        lines.insert(at(rng, lines), blanks);
    },
    |rng, lines| {
        let line = at(rng, lines);
        lines[line].push_str(["\r", " ", "    ", "\t"][rng.usize(..4)]);
    },
    |_, lines| lines.iter_mut().for_each(|line| line.push('\r')),
    |_, lines| {
        // The final line break comes and goes.
        if lines.last().is_some_and(String::is_empty) {
            lines.truncate(lines.len() - 1)
        } else {
            lines.push(String::new())
        }
    },
    |rng, lines| quote(rng, lines),
    |rng, lines| {
        let line = at(rng, lines);
        let place = boundary(rng, &lines[line]);
        lines[line].insert_str(place, TOKENS[rng.usize(..TOKENS.len())]);
    },
    |rng, lines| {
        let line = at(rng, lines);
        let place = boundary(rng, &lines[line]);
        if place < lines[line].len() {
            lines[line].remove(place);
        }
    },
    |rng, lines| replace_value(rng, lines),
    |rng, lines| swap_values(rng, lines),
    to_flow,
    |rng, lines| {
        let marked = at(rng, lines);
        put_before_value(&mut lines[marked], "&a ");
        replace_value_with(&mut lines[at_below(rng, marked)..], "*a");
    },
];

/// One text of another, changed in a few places; `other` lends some lines.
pub fn mutate(rng: &mut Rng, text: &str, other: &str) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if rng.usize(..12) == 0 {
        lend(rng, &mut lines, other);
    }
    for _ in 0..[1, 1, 1, 2, 2, 3, 5][rng.usize(..7)] {
        if lines.is_empty() {
            lines.push(String::new());
        }
        CHANGES[rng.usize(..CHANGES.len())](rng, &mut lines);
    }
    let text = lines.join("\n");
    match (rng.usize(..20), text.strip_prefix('\u{feff}')) {
        (0, Some(rest)) => rest.to_owned(),
        (0, None) => format!("\u{feff}{text}"),
        _ => text,
    }
}

fn at(rng: &mut Rng, lines: &[String]) -> usize {
    rng.usize(..lines.len())
}

fn at_below(rng: &mut Rng, line: usize) -> usize {
    line + rng.usize(..2)
}

fn one(rng: &mut Rng, lines: &[String]) -> String {
    lines[at(rng, lines)].clone()
}

/// A place between two characters.
fn boundary(rng: &mut Rng, line: &str) -> usize {
    let places: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
    places[rng.usize(..places.len())]
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Some lines of another text come in.
fn lend(rng: &mut Rng, lines: &mut Vec<String>, other: &str) {
    let other: Vec<&str> = other.split('\n').collect();
    let from = rng.usize(..other.len());
    let count = rng.usize(1..=8).min(other.len() - from);
    let place = rng.usize(..=lines.len());
    lines.splice(place..place, other[from..from + count].iter().map(|line| (*line).to_owned()));
}

/// A line, or it and all that is deeper below it, is indented otherwise.
fn shift(rng: &mut Rng, lines: &mut [String], with_block: bool) {
    let first = at(rng, lines);
    let own = indent(&lines[first]);
    let below =
        lines[first + 1..].iter().take_while(|line| with_block && (line.trim().is_empty() || indent(line) > own));
    let end = first + 1 + below.count();
    let by = [-4_isize, -2, -1, 1, 2, 4][rng.usize(..6)];
    for line in lines[first..end].iter_mut().filter(|line| !line.trim().is_empty()) {
        let width = indent(line);
        line.replace_range(..width, &" ".repeat(width.saturating_add_signed(by)));
    }
}

/// The bytes of a line's value: what stands behind `: ` or `- `, without a comment.
fn value(line: &str) -> Option<std::ops::Range<usize>> {
    let start = line.find(": ").or_else(|| line.find("- "))? + 2;
    let end = line[start..].find(" #").map_or(line.len(), |end| start + end);
    let text = line[start..end].trim();
    let start = start + line[start..end].find(text)?;
    (!text.is_empty()).then_some(start..start + text.len())
}

fn put_before_value(line: &mut String, mark: &str) {
    if let Some(place) = value(line) {
        line.insert_str(place.start, mark);
    }
}

/// Another value comes into the first line of these that has one.
fn replace_value_with(lines: &mut [String], with: &str) {
    if let Some((line, place)) = lines.iter_mut().find_map(|line| value(line).map(|place| (line, place))) {
        line.replace_range(place, with);
    }
}

fn replace_value(rng: &mut Rng, lines: &mut [String]) {
    const VALUES: [&str; 16] = [
        "", "~", "[]", "{}", "[ ]", "null", "''", "alice", "bob", "yes", "12", "absent", "sudo", "['sudo']", "|",
        "{{ x }}",
    ];
    let from = at(rng, lines);
    replace_value_with(&mut lines[from..], VALUES[rng.usize(..VALUES.len())]);
}

fn swap_values(rng: &mut Rng, lines: &mut [String]) {
    let (one, other) = (at(rng, lines), at(rng, lines));
    if let (Some(here), Some(there)) = (value(&lines[one]), value(&lines[other])) {
        let (text, others) = (lines[one][here.clone()].to_owned(), lines[other][there.clone()].to_owned());
        lines[one].replace_range(here, &others);
        if one != other {
            lines[other].replace_range(there, &text);
        }
    }
}

/// Quotes around a value come, go, or become the others.
fn quote(rng: &mut Rng, lines: &mut [String]) {
    let line = at(rng, lines);
    let Some(place) = value(&lines[line]) else { return };
    let text = lines[line][place.clone()].to_owned();
    let bare = text.trim_matches(['"', '\'']);
    let with = ["", "'", "\""][rng.usize(..3)];
    lines[line].replace_range(place, &format!("{with}{bare}{with}"));
}

/// A list with an item a line becomes one in brackets, on one line or over several.
fn to_flow(rng: &mut Rng, lines: &mut Vec<String>) {
    let from = at(rng, lines);
    let is_item = |line: &&String| line.trim_start().starts_with("- ");
    let Some(first) =
        lines[from..].iter().position(|line| is_item(&line)).map(|first| from + first).filter(|at| *at > 0)
    else {
        return;
    };
    let count = lines[first..].iter().take_while(is_item).count();
    let between = [", ", ",", ",\n      "][rng.usize(..3)];
    let item = |line: &String| match line.trim_start()[2..].trim() {
        entry if entry.contains(": ") && !entry.starts_with(['"', '\'', '{']) => format!("{{{entry}}}"),
        item => item.to_owned(),
    };
    let items: Vec<String> = lines.drain(first..first + count).map(|line| item(&line)).collect();
    let end = ["", ",", " "][rng.usize(..3)];
    let flow = format!(" [{}{end}]", items.join(between));
    lines[first - 1].push_str(&flow);
}
