//! Lists of keys below their field, and what stands in place of a list.

use super::{Writer, pad};
use crate::support::model::{Field, Key, Keys};

impl Writer<'_> {
    pub(super) fn keys(&mut self, field: Field, keys: &Keys, column: usize) {
        let name = field.key();
        let (mark, tail) = (self.mark(), self.tail());
        match (keys, self.layout.flow_keys) {
            (Keys::Nothing, _) => self.line(column, &format!("{name}:{mark}{tail}")),
            (Keys::Tilde, _) => self.line(column, &format!("{name}:{mark} ~{tail}")),
            (Keys::Empty, _) => {
                let tail = self.tight_tail();
                self.line(column, &format!("{name}:{mark} []{tail}"));
            }
            (Keys::EmptyLines, _) => self.empty_lines(&format!("{name}:{mark} ["), column),
            (Keys::One(key), _) => self.one(&format!("{name}:{mark}"), key, column),
            (Keys::Items(items), Some((over_lines, comma))) => {
                let texts: Vec<String> = items.iter().map(|key| self.flow_key(field, key)).collect();
                let comma = if comma { "," } else { "" };
                if !over_lines {
                    let tail = self.tight_tail();
                    return self.line(column, &format!("{name}:{mark} [{}{comma}]{tail}", texts.join(", ")));
                }
                self.line(column, &format!("{name}:{mark} ["));
                for (index, text) in texts.iter().enumerate() {
                    let comma = if index + 1 < texts.len() { "," } else { comma };
                    let tail = self.tight_tail();
                    self.line(column + 4, &format!("{text}{comma}{tail}"));
                }
                self.line(column + 2, "]");
            }
            (Keys::Items(items), None) => {
                self.line(column, &format!("{name}:{mark}{tail}"));
                let dash = column + self.layout.offset;
                for key in items {
                    self.remark(dash);
                    let (text, gap, tail) = (self.quoted(key), pad(self.layout.gap), self.tight_tail());
                    match field {
                        Field::SshKeys => self.line(dash, &format!("-{gap}{text}{tail}")),
                        Field::Keys => self.line(dash, &format!("-{gap}public_key: {text}{tail}")),
                    }
                    if let Some(state) = key.state {
                        self.line(dash + 1 + gap.len(), &format!("state: {state}"));
                    }
                }
                self.remark(dash);
            }
        }
    }

    fn empty_lines(&mut self, head: &str, column: usize) {
        let (tail, tight) = (self.tight_tail(), self.tight_tail());
        self.line(column, &format!("{head}{tail}"));
        self.remark(column + 4);
        self.line(column + 2, &format!("]{tight}"));
    }

    /// One key that is no list.
    fn one(&mut self, head: &str, key: &Key, column: usize) {
        let (text, tail, tight) = (self.quoted(key), self.tail(), self.tight_tail());
        let is_plain = key.line().chars().all(|c| !matches!(c, '"' | '\'' | '#'));
        match self.rng.usize(..4) {
            0 if is_plain => self.line(column, &format!("{head} {}{tail}", key.line())),
            1 => {
                let header = ["|-", ">-"][self.rng.usize(..2)];
                let deeper = [2, 4][self.rng.usize(..2)];
                self.line(column, &format!("{head} {header}{}", tail.trim_end()));
                self.line(column + deeper, &key.line());
            }
            2 if !head.contains('&') => {
                self.line(column, head);
                self.line(column + 2, &format!("{text}{tight}"));
            }
            _ => self.line(column, &format!("{head} {text}{tight}")),
        }
    }
}
