//! The requests of a history, done to the file as the commands do them: planned, spliced, proved, judged.

use super::super::NOW;
use super::Answer;
use serde_json::Value;
use spin_keys::change::add_key::{AddKey, Wanted};
use spin_keys::change::finish::Finish;
use spin_keys::change::patch::{How, Patch, Source, Steps, Unpatched};
use spin_keys::change::revoke::{Asked, Revoke, Word};
use spin_keys::change::rotate::{Account, BeginRotation, OldKey};
use spin_keys::change::run::Change;
use spin_keys::check::Context;
use spin_keys::key::KeyLine;
use spin_keys::key_source::{Key, Loaded};
use spin_keys::spin::redact::Redaction;
use spin_keys::spin::{self, NewKey, Request, Who};
use spin_keys::ui::{Color, Ui, Verbosity};
use spin_keys::yaml::{Document, Syntax};
use std::collections::BTreeMap;
use std::path::Path;
use zeroize::Zeroizing;

/// Words of a refusal, and its reason in short: those that are as they should be.
const REASONS: [(&str, &str); 16] = [
    ("nobody in sudo would be left who can log in", "last sudo user"),
    ("would keep no key, and could not log in", "last key"),
    ("would keep no key that works, and without one `spin provision` fails", "last key"),
    ("would go on opening the account", "deploy stays open"),
    ("that works, and Spin gives the first key of a sudo user to the deploy account", "deploy stays open"),
    ("are revoked from the deploy account, and Spin gives the first key of a sudo user to it", "deploy stays open"),
    // A key with options that comes first replaces the same without them.
    ("the change would also", "more than was asked"),
    ("nobody in .spin.yml is named", "nobody of that name"),
    ("this item holds several keys, of which some stay", "several keys in an item"),
    ("this item contains several keys", "several keys in an item"),
    ("this key stands in a list inside of the list", "a list in a list"),
    ("has `state: absent`", "an absent user"),
    ("is listed twice", "two entries of one name"),
    ("the new key is the old one", "no new key"),
    ("is set to be absent", "an absent user"),
    ("Spin never reads", "a field that is never read"),
];

pub(super) fn reason(message: &str) -> Option<&'static str> {
    REASONS.iter().find(|(words, _)| message.contains(words)).map(|(_, reason)| *reason)
}

pub(super) fn answer(step: &Value) -> Answer {
    let text = step["text"].as_str().unwrap();
    let refused = |refusal: spin_keys::yaml::Refusal| refusal.message;
    let document = Document::parse_in(text, Syntax::Any).and_then(Document::loadable).map_err(refused)?;
    let (path, context, unseal) = (Path::new(".spin.yml"), Context::at(NOW), |_: &str| None);
    let steps = match step["do"].as_str().unwrap() {
        "add" => add(&document, step)?,
        "rotate" => rotate(&document, step, path)?,
        "revoke" => {
            let own = BTreeMap::new();
            let asked = asked(step);
            Revoke::new(&asked, &own, path, &context, &unseal).plan(&document).map_err(|error| error.message)?
        }
        "finish" => {
            Finish::new(&asked(step), path, &context, &unseal).plan(&document).map_err(|error| error.message)?
        }
        other => panic!("{other}"),
    };
    let source = Source { name: ".spin.yml", has_bom: false, text, document };
    let how = How { redaction: Redaction::Shown, now: NOW, unseal: &unseal_nothing, asked: None, not_yet_there: None };
    match Patch::of(source, steps, &how) {
        Ok(patch) => Ok(String::from_utf8(patch.bytes.to_vec()).unwrap()),
        Err(Unpatched::Refused(refusal)) => Err(refusal.message),
        Err(Unpatched::Unproved(error)) => Err(format!("not proved: {error}")),
    }
}

fn unseal_nothing(_: &str) -> Option<Zeroizing<Vec<u8>>> {
    None
}

fn add(document: &Document<'_>, step: &Value) -> Result<Steps, String> {
    let groups: Option<Vec<String>> = step["groups"].as_array().map(|_| super::texts(&step["groups"]));
    let who = match step["who"].as_str() {
        Some(name) => Who::User { name, full_name: None, groups: groups.as_deref(), create: true },
        None => Who::Deploy,
    };
    let line = step["line"].as_str().unwrap();
    let key = KeyLine::parse(line).unwrap();
    let key = NewKey { line, material: Some(key.material()), now: NOW, expires: None };
    let plan = spin::plan(document, &Request { who, key, field: None }).map_err(|refusal| refusal.message)?;
    Ok(Steps::from(plan))
}

fn rotate(document: &Document<'_>, step: &Value, path: &Path) -> Result<Steps, String> {
    let name = step["who"].as_str();
    let line = KeyLine::parse(step["line"].as_str().unwrap()).unwrap();
    let key = Key::Loaded(Box::new(Loaded {
        line: line.clone(),
        listed: line.clone(),
        from: "new.pub".to_owned(),
        is_default: false,
        lacks_public: None,
        is_locked: false,
    }));
    let who = Who::User { name: name.unwrap(), full_name: None, groups: None, create: false };
    let wanted = Wanted { who, field: None, key: &key, expires: None };
    let ui = Ui::new(Color::Never, Verbosity::Quiet);
    let add = AddKey::new(wanted, path, Vec::new(), &ui, NOW);
    let old = OldKey::Named(step["old"].as_str().unwrap().to_owned());
    let mut change = BeginRotation::new(add, Account { name, path }, &old, &line);
    change.plan(document).map_err(|error| error.message)
}

fn asked(step: &Value) -> Asked {
    let words = |name: &str| step[name].as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned());
    let file = |line: String| {
        let material = KeyLine::parse(&line).unwrap().material().to_vec();
        Word::Key { material, line, from: "key.pub".to_owned() }
    };
    Asked {
        words: words("what").map(Word::Name).collect(),
        deploy: words("deploy").map(file).collect(),
        lock_out: step["lock_out"] == true,
    }
}
