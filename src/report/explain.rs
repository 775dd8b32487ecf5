//! `explain`: a rule in full.

use super::page::{Page, Tone};
use crate::check::rule::Rule;

/// All rules, one per line.
pub fn list(rules: impl Iterator<Item = &'static Rule>) -> Page {
    let line = |rule: &Rule| format!("{}  {:7}  {}\n", rule.code, rule.severity.word(), rule.title);
    Page::plain(rules.map(line).collect::<String>())
}

/// All texts of a rule, wrapped at 80 columns.
#[must_use]
pub fn page(rule: &Rule) -> Page {
    let mut page = Page::default();
    page.line(Tone::Heading, &format!("{} {} ({})", rule.code, rule.name, rule.severity.word()));
    let parts = [("", rule.title), ("What Spin does: ", rule.effect), ("What to do: ", rule.help), ("Why: ", rule.why)];
    let parts: Vec<String> = parts.iter().map(|(label, text)| wrapped(&format!("{label}{}", sentence(text)))).collect();
    let source = wrapped(&format!("Decided in: {}", rule.source));
    let fix = if rule.fixable { "\n\n`spin-keys check --fix` fixes it if there is only one right fix." } else { "" };
    page.push(Tone::Plain, format!("{}\n\n{source}{fix}\n", parts.join("\n\n")));
    page
}

/// The text as a sentence, with a full stop and a capital letter unless it starts with code.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?', ')']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

fn wrapped(text: &str) -> String {
    const WIDTH: usize = 80;
    let options = textwrap::Options::new(WIDTH)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::fill(text, options)
}
