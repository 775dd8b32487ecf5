//! Documents by seed, of each kind in which readers of YAML differ.

use super::bases::{BASES, fixtures};
use fastrand::Rng;

/// The kinds, one after the other by seed.
const KINDS: [&str; 10] = [
    "tags on keys",
    "tags on values",
    "directives",
    "scalars",
    "merges",
    "aliases",
    "duplicate keys",
    "=",
    "JSON",
    "other files, mutated",
];

/// The kind and the text of a seed.
pub(super) fn text(seed: u64) -> (&'static str, String) {
    let kind = KINDS[(seed % 10) as usize];
    let mut writer = Writer { rng: Rng::with_seed(seed), kind, anchors: Vec::new() };
    let text = match kind {
        "JSON" => writer.json(3),
        "other files, mutated" => writer.mutated(),
        "directives" => writer.directives(),
        _ => writer.document(),
    };
    (kind, text)
}

/// Tags that most values can have.
const COMMON_TAGS: &str = concat!(
    "!|!unsafe|!!str|!<!>|!un%73afe|!!python/unicode|!<tag:yaml.org,2002:str>|!<!unsafe>|!!s%74r|",
    "!<tag:yaml.org,2002:python/unicode>"
);

/// All tags that mean something to somebody.
const TAGS: &str = concat!(
    "!|!unsafe|!!str|!<!>|!un%73afe|!!python/unicode|!<tag:yaml.org,2002:str>|!<!unsafe>|!!s%74r|",
    "!<tag:yaml.org,2002:python/unicode>|!!int|!!float|!!bool|!!null|!!binary|!!timestamp|!!omap|!!pairs|",
    "!!set|!!map|!!seq|!!merge|!!value|!!python/dict|!vault|!vault-encrypted|!foo|!!foo|!<!vault>|!!yaml|",
    "!<tag:yaml.org,2002:set>|!!python/tuple",
);

/// Scalars of every type of YAML 1.1, and what only looks like one.
const SCALARS: &str = concat!(
    "alice|sudo|'x'|\"y\"|yes|No|TRUE|on|Off|y|n|tRue|~|null|Null|NULL|nUll||0|-0|+1|12|1_000|033|0o17|",
    "08|09.5|0x1F|0X1f|0x_|0b101|0b_|0b2|1:30|190:20:30|1:60|0:30|-1:00|1.5|-.5|.5|5.|1.50|1e3|1.0e+3|",
    "1.0e3|1.e-2|1_0.0_1|6.8523015e+5|1:30.5|.inf|-.INF|+.Inf|.nan|.NaN|-.nan|1e400|2001-01-01|2001-1-1|",
    "2025-02-30|0000-01-01|2001-02-31|2024-02-29|2001-12-14t21:59:43.10-05:00|2001-12-14 21:59:43.10 -5|",
    "2001-12-15 2:59:43|2001-12-15T02:59:43Z|2001-01-01 24:00:00|2001-01-01T00:00:00+24|'2001-01-01'|=|",
    "==|<<|'<<'|'='|0_|00|0.|-|--|a b|0x|0b|1__2|_1|99999999999999999999|",
    "170141183460469231731687303715884105728|1.7976931348623157e+308|0.1|100000000000000000000.0|1e-7|",
    "1.0e-7|123456789.123456789|'{{ x }}'|?|é",
);

/// Keys that are the same to Python, by type.
const SAME: &str = concat!(
    "yes|true|True|1|01|0x1|1.0|on|~|null|''|\"\"|1:00|60|60.0|a|'a'|\"a\"|no|0|0.0|-0|2001-01-01|",
    "2001-01-01 00:00:00Z|2001-01-01 01:00:00+01:00|!!str 1|'1'|.nan",
);

struct Writer {
    rng: Rng,
    kind: &'static str,
    anchors: Vec<String>,
}

impl Writer {
    fn chance(&mut self, of: usize) -> bool {
        self.rng.usize(..of) == 0
    }

    /// One of these, which a `|` divides.
    fn pick(&mut self, of: &'static str) -> &'static str {
        let count = of.split('|').count();
        of.split('|').nth(self.rng.usize(..count)).unwrap()
    }

    /// A tag: mostly one that fits.
    fn tag(&mut self) -> &'static str {
        let common = !self.chance(6);
        self.pick(if common { COMMON_TAGS } else { TAGS })
    }

    fn document(&mut self) -> String {
        let mut out = String::new();
        for index in 0..self.rng.usize(2..=4) {
            let key = if self.chance(2) { self.key() } else { format!("k{index}") };
            let value = match self.rng.usize(..4) {
                0 => self.block_list(),
                1 => self.block_mapping(),
                _ => self.flow(3),
            };
            out.push_str(&format!("{key}: {value}\n"));
        }
        out
    }

    fn block_list(&mut self) -> String {
        let anchor = self.anchor();
        let items: String = (0..self.rng.usize(1..4)).map(|_| format!("\n  - {}", self.flow(2))).collect();
        format!("{anchor}{items}")
    }

    fn block_mapping(&mut self) -> String {
        let anchor = self.anchor();
        let mut out = anchor;
        for _ in 0..self.rng.usize(1..4) {
            let (key, value) = (self.key(), self.flow(2));
            out.push_str(&format!("\n  {key}: {value}"));
        }
        out
    }

    fn anchor(&mut self) -> String {
        let wanted = matches!(self.kind, "aliases" | "merges") && self.chance(2);
        if !wanted && !self.chance(30) {
            return String::new();
        }
        let name = format!("a{}", self.anchors.len());
        self.anchors.push(name.clone());
        format!("&{name} ")
    }

    fn alias(&mut self) -> Option<String> {
        let wanted = matches!(self.kind, "aliases" | "merges") && self.chance(4) && !self.anchors.is_empty();
        wanted.then(|| format!("*{} ", self.anchors[self.rng.usize(..self.anchors.len())]))
    }

    fn key(&mut self) -> String {
        let often = self.chance(3);
        match self.kind {
            "tags on keys" if often => {
                let (tag, key) = (self.tag(), self.pick("a|users|\"b\"|'c'|12|yes|d|e|<<|="));
                format!("{tag} {key} ")
            }
            "=" if often => self.pick("=|= |'='|! =|!!value x|\"=\"").to_owned(),
            "duplicate keys" => self.pick(SAME).to_owned(),
            "scalars" if often => match self.typed() {
                "" | "?" | "-" => "''".to_owned(),
                scalar => format!("{scalar} "),
            },
            "merges" if often => self.pick("<<|<<|<<|! <<|!!merge m|'<<'").to_owned() + " ",
            "aliases" if often => self.alias().unwrap_or_else(|| "b".to_owned()),
            _ => self.pick("a|b|c|d|username|groups|public_key|state").to_owned(),
        }
    }

    /// Any scalar; one in eight of those that end the whole file.
    fn typed(&mut self) -> &'static str {
        let wrong =
            ["0x_", "0b_", "2025-02-30", "0000-01-01", "2001-02-31", "2001-01-01 24:00:00", "=", "<<", "-", "?"];
        let scalar = self.pick(SCALARS);
        if wrong.contains(&scalar) && !self.chance(8) { "12" } else { scalar }
    }

    fn flow(&mut self, depth: usize) -> String {
        if let Some(alias) = self.alias() {
            return alias;
        }
        let anchor = self.anchor();
        let tagged = self.kind == "tags on values" && self.chance(3);
        let is_unsafe = self.kind == "merges" && self.chance(10);
        let value = match self.rng.usize(..6) {
            0 | 1 if depth > 0 => {
                let items: Vec<String> = (0..self.rng.usize(..3)).map(|_| self.flow(depth - 1)).collect();
                format!("[{}]", items.join(", "))
            }
            2 | 3 if depth > 0 => {
                let entry = |writer: &mut Self| format!("{} : {}", writer.key(), writer.merged(depth - 1));
                let entries: Vec<String> = (0..self.rng.usize(..4)).map(|_| entry(self)).collect();
                format!("{{{}}}", entries.join(", "))
            }
            4 if self.kind == "=" && depth > 0 => {
                format!("{}{{= : {}}}", self.pick("|!!str |!!int "), self.flow(0))
            }
            _ => self.scalar(),
        };
        let is_collection = value.starts_with(['[', '{']);
        let tag = match tagged {
            false if is_unsafe => "!unsafe ",
            false => "",
            true if is_collection && !self.chance(8) => self.pick("! |!unsafe |!<!> |!un%73afe "),
            true => return format!("{anchor}{} {value}", self.tag()),
        };
        format!("{anchor}{tag}{value}")
    }

    /// A value that a merge key may have, in files of that kind.
    fn merged(&mut self, depth: usize) -> String {
        if self.kind != "merges" || self.chance(4) {
            return self.flow(depth);
        }
        match self.alias().filter(|_| self.rng.bool()) {
            Some(alias) => alias,
            None if self.chance(3) => format!("[{{a: {}}}, {{b: 2}}]", self.scalar()),
            None => format!("{{d: {}, c: 3}}", self.scalar()),
        }
    }

    fn scalar(&mut self) -> String {
        let typed = match self.kind {
            "scalars" => !self.chance(4),
            "tags on values" => self.chance(4),
            _ => self.chance(12),
        };
        if typed {
            return format!("{} ", self.typed());
        }
        self.pick("one|'two'|\"three\"|ssh|\"a\\x41\\u00e9\"|'it''s'").to_owned()
    }

    fn directives(&mut self) -> String {
        let directive = self.pick("%YAML 1.1|%YAML 1.2|%TAG ! tag:yaml.org,2002:|%TAG !e! tag:yaml.org,2002:|%TAG !! !|%TAG !e! !un|%TAG !! tag:yaml.org,2002:|%TAG ! !v|%FOO bar|%YAML 2.0|# none|%TAG !e! tag:yaml.org,2002:s");
        let (one, two) = (self.tag_of(directive), self.tag_of(directive));
        let (key, value) = (self.scalar(), self.scalar());
        let end = self.pick("|||...\n|...\n# end\n");
        format!("{directive}\n---\n{one}a{key}: {two}{value}\nb: {{{two}c : {one}{value}}}\n{end}")
    }

    fn tag_of(&mut self, directive: &str) -> &'static str {
        match directive {
            "%TAG ! tag:yaml.org,2002:" => self.pick("!str ||! |!!str |!set "),
            "%TAG !e! tag:yaml.org,2002:" => self.pick("!e!str ||!unsafe |!e!s%74r |!e!set "),
            "%TAG !! !" => self.pick("!!unsafe ||!unsafe |!!str "),
            "%TAG !e! !un" => self.pick("!e!safe ||!unsafe |!e!safe |!e!x "),
            "%TAG ! !v" => self.pick("!ault ||!!str |!unsafe "),
            "%TAG !e! tag:yaml.org,2002:s" => self.pick("!e!tr ||!!str |!e!et "),
            _ => self.pick("|!!str |! |!unsafe "),
        }
    }

    fn json(&mut self, depth: usize) -> String {
        let entries: Vec<String> = (0..self.rng.usize(1..4))
            .map(|_| {
                let key = self.pick("a|users|\\u0061|b|yes|__ansible_unsafe|__ansible_vault|é");
                let (gap, colon) = (self.pick("| |\n\t|\n  "), self.pick(":| : |:\t"));
                format!("{gap}\"{key}\"{colon}{}", self.json_value(depth - 1))
            })
            .collect();
        format!("{{{}{}}}", entries.join(","), self.pick("|\n"))
    }

    fn json_value(&mut self, depth: usize) -> String {
        match self.rng.usize(..8) {
            0 | 1 if depth > 0 => self.json(depth),
            2 if depth > 0 => {
                let items: Vec<String> = (0..self.rng.usize(..3)).map(|_| self.json_value(depth - 1)).collect();
                format!("[{}]", items.join(", "))
            }
            3 => self.pick("1|-0|1.50|1e3|1E-2|NaN|-Infinity|01|1.|99999999999999999999").to_owned(),
            4 => self.pick("true|null|false|yes|'x'|True").to_owned(),
            _ => self.pick("\"x\"|\"\\ud83d\\ude00\"|\"a\\/b\"|\"\\ud800\"|\"y\\n\"|\"{{ z }}\"|\"\"").to_owned(),
        }
    }

    /// A file of another origin, as it is or with one thing changed.
    fn mutated(&mut self) -> String {
        let files = fixtures();
        let base = self.rng.usize(..files.len() + BASES.len());
        let mut text = BASES.get(base).map_or_else(|| files[base - BASES.len()].clone(), |text| (*text).to_owned());
        if self.chance(3) {
            return text;
        }
        let lines: Vec<&str> = text.lines().collect();
        if lines.is_empty() {
            return text;
        }
        let at = self.rng.usize(..lines.len());
        let line = lines[at];
        let (indent, body) = line.split_at(line.len() - line.trim_start_matches([' ', '-']).len());
        let changed = match self.rng.usize(..6) {
            0 if body.contains(": ") => format!("{indent}{}", body.replacen(": ", &format!(": {} ", self.tag()), 1)),
            1 if !body.is_empty() => format!("{indent}{} {body}", self.tag()),
            2 => format!("{line}\n{line}"),
            3 => line.replace('"', "'"),
            4 => body
                .split_once(": ")
                .map_or(line.to_owned(), |(key, _)| format!("{indent}{key}: {}", self.pick(SCALARS))),
            _ => body
                .split_once(':')
                .map_or(line.to_owned(), |(_, value)| format!("{indent}{}:{value}", self.pick(SAME))),
        };
        text = lines
            .iter()
            .enumerate()
            .map(|(index, line)| format!("{}\n", if index == at { &changed } else { *line }))
            .collect();
        text
    }
}
