//! Documents in all the ways in which people could write a small tree.

use fastrand::Rng;

struct Writer<'r> {
    rng: &'r mut Rng,
    comments: bool,
    /// Anchors that nothing refers to, `? key`, comments right behind quotes and brackets.
    odd: bool,
    lines: Vec<String>,
    keys: usize,
}

/// A document, and whether it has no comments and nothing odd.
pub(crate) fn document(rng: &mut Rng) -> (String, bool) {
    let comments = rng.usize(..3) == 0;
    let eol = if rng.usize(..4) == 0 { "\r\n" } else { "\n" };
    let cut = rng.usize(..4) == 0;
    let odd = rng.usize(..3) == 0;
    let mut writer = Writer { rng, comments, odd, lines: Vec::new(), keys: 0 };
    if writer.chance(5) {
        writer.lines.push("---".to_owned());
    }
    if writer.chance(6) {
        writer.list(0, "", 2);
    } else {
        writer.mapping(0, "", 3);
    }
    let mut text = writer.lines.join(eol);
    if !cut {
        text.push_str(eol);
    }
    (text, !comments && !odd)
}

fn pad(columns: usize) -> String {
    " ".repeat(columns)
}

impl Writer<'_> {
    fn chance(&mut self, of: usize) -> bool {
        self.rng.usize(..of) == 0
    }

    /// Perhaps a comment or a blank line.
    fn between(&mut self, column: usize) {
        if self.chance(8) {
            self.lines.push(String::new());
        }
        if self.comments && self.chance(4) {
            let column = if self.chance(4) { column + 3 } else { column };
            self.lines.push(format!("{}# c", pad(column)));
        }
    }

    fn tail(&mut self) -> &'static str {
        if self.comments && self.chance(5) { " # c" } else { "" }
    }

    /// Behind a quote or a bracket.
    fn tight_tail(&mut self) -> &'static str {
        if self.odd && self.comments && self.chance(4) { "# c" } else { self.tail() }
    }

    /// Perhaps an anchor, with a blank before or after it.
    fn mark(&mut self, before: &str, after: &str) -> String {
        if !self.odd || !self.chance(6) {
            return String::new();
        }
        self.keys += 1;
        format!("{before}&a{}{after}", self.keys)
    }

    /// Items at `column`; the first stands behind `head`.
    fn list(&mut self, column: usize, head: &str, depth: usize) {
        let mut head = head.to_owned();
        for _ in 0..self.rng.usize(1..=4) {
            if head.trim().is_empty() {
                self.between(column);
                head = pad(column);
            }
            let gap = if self.chance(6) { 3 } else { 1 };
            let dash = format!("{head}-{}", pad(gap));
            self.item(column, &dash, depth);
            head.clear();
        }
    }

    fn item(&mut self, column: usize, dash: &str, depth: usize) {
        match self.rng.usize(..10) {
            0 if depth > 0 => self.list(dash.len(), dash, depth - 1),
            1..=3 if depth > 0 => self.mapping(dash.len(), dash, depth - 1),
            4 if depth > 0 => {
                let tail = self.tail();
                self.lines.push(format!("{}{tail}", dash.trim_end()));
                self.mapping(column + 2, "", depth - 1);
            }
            5 => {
                let tail = self.tail();
                let colon = ["ssh-ed25519 AAAA a: b", "ssh-ed25519 AAAA a:"][self.rng.usize(..2)];
                self.lines.push(format!("{dash}{colon}{tail}"));
            }
            _ => self.leaf(column, dash),
        }
    }

    fn mapping(&mut self, column: usize, head: &str, depth: usize) {
        let mut head = head.to_owned();
        for _ in 0..self.rng.usize(1..=3) {
            if head.trim().is_empty() {
                self.between(column);
                head = pad(column);
            }
            self.keys += 1;
            let name = format!("k{}", self.keys);
            let name = [name.clone(), format!("'{name}'"), format!("\"{name}\"")][self.rng.usize(..3)].clone();
            if self.odd && self.chance(6) {
                let tail = self.tail();
                self.lines.push(format!("{head}? {name}{tail}"));
                head.clear();
                continue;
            }
            let key = format!("{head}{name}:");
            match self.rng.usize(..6) {
                0 | 1 if depth > 0 => {
                    let (mark, tail) = (self.mark(" ", ""), self.tail());
                    self.lines.push(format!("{key}{mark}{tail}"));
                    let offset = [0, 2, 2, 4][self.rng.usize(..4)];
                    self.list(column + offset, "", depth - 1);
                }
                2 if depth > 0 => {
                    let mark = self.mark(" ", "");
                    self.lines.push(format!("{key}{mark}"));
                    self.mapping(column + 2, "", depth - 1);
                }
                _ => self.leaf(column, &format!("{key} ")),
            }
            head.clear();
        }
    }

    /// A value behind `head`, whose continuation lines stand deeper than `column`.
    fn leaf(&mut self, column: usize, head: &str) {
        let (tail, tight) = (self.tail(), self.tight_tail());
        let head = &format!("{head}{}", self.mark("", " "));
        let inner = pad(column + 2 + 2 * self.rng.usize(..2));
        match self.rng.usize(..16) {
            0 => self.lines.push(format!("{}{tail}", head.trim_end())),
            1 => self.lines.push(format!("{head}~{tail}")),
            2 => self.lines.push(format!("{head}[]{tight}")),
            3 => {
                let header = ["|", ">", "|-", "|+", ">+", ">-"][self.rng.usize(..6)];
                self.lines.push(format!("{head}{header}{tail}"));
                self.lines.push(format!("{inner}ssh-ed25519 AAAA"));
                if self.chance(2) {
                    self.lines.push(String::new());
                    self.lines.push(format!("{inner}  # no comment"));
                }
                if self.chance(3) {
                    self.lines.push(String::new());
                }
            }
            4 => {
                self.lines.push(format!("{head}ssh-ed25519 AAAA"));
                self.lines.push(format!("{inner}more{tail}"));
            }
            5 | 6 => {
                let text = self.flow(2);
                let tail = if text.ends_with(['"', '\'', ']', '}']) { tight } else { tail };
                self.lines.push(format!("{head}{text}{tail}"));
            }
            7 => self.flow_lines(&inner, head),
            8 | 9 => self.lines.push(format!("{head}'it''s'{tight}")),
            10 | 11 => self.lines.push(format!("{head}\"a # b\"{tight}")),
            12 => self.empty_lines(&inner, head),
            13 => {
                self.lines.push(format!("{head}\"ssh-ed25519 AAAA"));
                self.lines.push(format!("{inner}more\"{tight}"));
            }
            _ => self.lines.push(format!("{head}word{tail}")),
        }
    }

    /// Empty brackets over several lines.
    fn empty_lines(&mut self, inner: &str, head: &str) {
        let (open, close) = if self.rng.bool() { ("[", "]") } else { ("{", "}") };
        let (tail, tight) = (self.tight_tail(), self.tight_tail());
        self.lines.push(format!("{head}{open}{tail}"));
        if self.comments && self.chance(2) {
            self.lines.push(format!("{inner}  # c"));
        }
        self.lines.push(format!("{inner}{close}{tight}"));
    }

    fn flow_lines(&mut self, inner: &str, head: &str) {
        self.lines.push(format!("{head}["));
        let count = self.rng.usize(1..=3);
        let trailing = self.chance(2);
        for index in 0..count {
            let element = self.flow(1);
            let comma = if index + 1 < count || trailing { "," } else { "" };
            let tail = self.tail();
            self.lines.push(format!("{inner}{element}{comma}{tail}"));
        }
        self.lines.push(format!("{inner}]"));
    }

    fn flow(&mut self, depth: usize) -> String {
        let count = self.rng.usize(1..=4);
        let comma = [",", ", ", " , "][self.rng.usize(..3)];
        match self.rng.usize(..4) {
            0 if depth > 0 => {
                let parts: Vec<String> = (0..count).map(|_| self.flow(depth - 1)).collect();
                let end = if self.chance(3) { comma } else { "" };
                format!("[{}{end}]", parts.join(comma))
            }
            1 if depth > 0 => {
                let parts: Vec<String> = (0..count)
                    .map(|_| {
                        self.keys += 1;
                        let value = if self.chance(6) { String::new() } else { self.flow(depth - 1) };
                        format!("f{}: {value}", self.keys)
                    })
                    .collect();
                format!("{{{}}}", parts.join(", "))
            }
            _ => ["a", "'b, c'", "\"d\"", "~", "two words"][self.rng.usize(..5)].to_owned(),
        }
    }
}
