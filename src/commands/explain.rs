//! `explain`: the long text of a finding, or the list of all codes.

use crate::check::{Rule, all};
use crate::cli;
use crate::ui::{self, Ui};

/// `explain`
pub(super) fn explain(args: &cli::Explain, ui: &Ui) -> anyhow::Result<u8> {
    match args.rule {
        Some(rule) => {
            ui.data_styled(ui::HEADING, &format!("{} {} ({})\n", rule.code, rule.name, rule.severity.word()))?;
            ui.data(&text(rule))?;
        }
        None => {
            for rule in all() {
                ui.data(&format!("{}  {:7}  {}\n", rule.code, rule.severity.word(), rule.title))?;
            }
        }
    }
    Ok(0)
}

/// What a rule is about, in lines of at most 80 columns.
fn text(rule: &Rule) -> String {
    let fix = if rule.fixable { "\n\n`spin-keys check --fix` mends it where there is one right answer." } else { "" };
    let parts = [("", rule.title), ("What Spin does: ", rule.effect), ("What to do: ", rule.help), ("Why: ", rule.why)];
    let parts: Vec<String> = parts.iter().map(|(label, text)| wrapped(&format!("{label}{}", sentence(text)))).collect();
    let source = wrapped(&format!("Decided in: {}", rule.source));
    format!("{}\n\n{source}{fix}\n", parts.join("\n\n"))
}

/// With a capital letter and a full stop, unless it opens with code.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?', ')']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

fn wrapped(text: &str) -> String {
    const WIDTH: usize = 80;
    let (mut out, mut column) = (String::new(), 0);
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}
