//! The pure pipeline of the program, as `add-user` and `add-deploy` run it.

use crate::model::Request;
use spin_keys::check::Context;
use spin_keys::check::analysis::Analysis;
use spin_keys::spin::{self, NewKey, Who};
use spin_keys::yaml::{self, Document, Syntax};

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Unchanged,
    Changed {
        after: String,
        /// `after` with each splice taken back.
        restored: String,
    },
    Refused(String),
}

/// Whether an edit made a key work that was there: its list moved to the field that Spin reads, or its item got the form of
/// its field.
pub(crate) fn is_settled(before: &str, after: &str) -> bool {
    let count = |text: &str, word: &str| text.matches(word).count();
    let lists = |text: &str| count(text, "authorized_ssh_keys");
    let keys = |text: &str| count(text, "AAAA");
    lists(after) < lists(before) || (keys(after) == keys(before) && lists(after) == lists(before))
}

/// Whether asking twice changes nothing, or settles the key where Spin does not read it, and then changes nothing.
pub(crate) fn is_done(after: &str, request: &Request) -> bool {
    let mut text = after.to_owned();
    // The list, then the item in it.
    for _ in 0..3 {
        match edit(&text, request) {
            Outcome::Unchanged => return true,
            Outcome::Changed { after: settled, .. } if is_settled(&text, &settled) => text = settled,
            Outcome::Changed { .. } | Outcome::Refused(_) => return false,
        }
    }
    false
}

/// Runs a request over a file.
pub(crate) fn edit(text: &str, request: &Request) -> Outcome {
    match try_edit(text, request) {
        Ok(outcome) => outcome,
        Err(reason) => Outcome::Refused(reason),
    }
}

fn try_edit(text: &str, request: &Request) -> Result<Outcome, String> {
    let (line, who) = match request {
        Request::User { name, line, .. } => (line, Who::User { name, full_name: None, groups: None, create: false }),
        Request::Deploy { line, .. } => (line, Who::Deploy),
    };
    let material = spin_keys::key::KeyLine::parse(line).unwrap().material().to_vec();
    let (bom, before) = yaml::split_bom(text);
    let refused = |refusal: yaml::Refusal| format!("{}:{}: {refusal}", refusal.line, refusal.column);
    spin_keys::input::text::check_breaks(before).map_err(refused)?;
    let syntax = if bom { Syntax::Yaml } else { Syntax::Any };
    let document = Document::parse_in(before, syntax).and_then(Document::loadable).map_err(refused)?;
    let key = NewKey { line, material: Some(&material), expires: None, now: 0 };
    let plan = spin::plan(&document, &spin::Request { who, key, field: None }).map_err(refused)?;
    if plan.edits.is_empty() {
        return Ok(Outcome::Unchanged);
    }
    let splices = yaml::splices(&document, &plan.edits).map_err(refused)?;
    let after = yaml::apply(before, &splices);
    let result = yaml::prove(&document, &after, &splices, &plan.edits).map_err(|error| format!("{error}\n{after}"))?;
    // What the command does with the result must work too.
    let _ = Analysis::of(&result, &Context::at(0));
    let mark = if bom { "\u{feff}" } else { "" };
    Ok(Outcome::Changed {
        restored: format!("{mark}{}", take_back(before, &after, &splices)),
        after: format!("{mark}{after}"),
    })
}

/// Undoes the splices from the last to the first.
fn take_back(before: &str, after: &str, splices: &[yaml::Splice]) -> String {
    let mut text = after.to_owned();
    let mut end = after.len();
    let mut behind = before.len();
    for splice in splices.iter().rev() {
        let kept = behind - splice.at - splice.remove;
        let insert_end = end - kept;
        let insert_start = insert_end - splice.insert.len();
        assert_eq!(text[insert_start..insert_end], splice.insert);
        text.replace_range(insert_start..insert_end, &before[splice.at..splice.at + splice.remove]);
        (end, behind) = (insert_start, splice.at);
    }
    text
}
