//! A change of a file of any bytes: refused with a place in that file, or exactly right.
//!
//! The first three bytes choose what is done, the rest is the file.

use crate::expected::{Key, Wish, acceptable};
use crate::look::{check_refusal, context, look};
use crate::seeds;
use crate::support::edits::{oracle, random};
use serde_yaml::Value;
use spin_keys::check::analysis::Analysis;
use spin_keys::diff::{Masked, unified};
use spin_keys::input::text::check_breaks;
use spin_keys::spin::{self, Field, NewKey, Plan, Request, Who};
use spin_keys::yaml::{self, Document, Edit, Splice, Visible};

/// How many bytes choose the request.
pub(crate) const HEAD: usize = 3;
/// Findings of one file that are mended together.
const MENDED: usize = 8;

const NAMES: [&str; 8] = ["alice", "bob", "carol", "yes", "123", "Alice", "deploy", "0123"];

/// Runs one input.
pub fn yaml_edit(data: &[u8]) {
    let Some((head, bytes)) = data.split_first_chunk::<HEAD>() else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (_, text) = yaml::split_bom(text);
    look(text);
    let document = match check_breaks(text).and_then(|()| Document::parse(text)) {
        Ok(document) => document,
        Err(refusal) => return check_refusal(text, &refusal),
    };
    match head[0] % 8 {
        0..=3 => add(&document, *head),
        4 => mend(&document),
        _ => change(&document, &random::edits(&mut fastrand::Rng::with_seed(seed(*head)), &document)),
    }
}

fn seed(head: [u8; HEAD]) -> u64 {
    u64::from(head[1]) << 8 | u64::from(head[2])
}

/// `add-user` and `add-deploy`.
fn add(document: &Document<'_>, head: [u8; HEAD]) {
    let keys = seeds::keys();
    let groups = [vec![], vec!["www-data".to_owned(), "sudo".to_owned()]];
    let wish = Wish {
        user: (head[0] % 8 < 3).then(|| NAMES[usize::from(head[1]) % NAMES.len()]),
        key: &keys[usize::from(head[1]) / NAMES.len() % keys.len()],
        field: [None, None, Some(Field::AuthorizedKeys), Some(Field::AuthorizedSshKeys)][usize::from(head[2]) % 4],
        full_name: (head[2] & 4 > 0).then_some("Zoë O'Hara"),
        groups: groups.get(usize::from(head[2] >> 3) % 4).map(Vec::as_slice),
    };
    let is_new = head[2] & 32 > 0;
    let Some(plan) = plan(document, &wish, is_new) else { return };
    if plan.edits.is_empty() {
        return confirm(document.text, document.text, &wish);
    }
    let Some(after) = edited(document, &plan.edits) else { return };
    confirm(document.text, &after, &wish);
    let Ok(again) = Document::parse(&after) else { return };
    let _ = Analysis::of(&again, &context());
    let second = self::plan(&again, &wish, is_new).expect("the second time it is refused");
    // A list that Spin never reads is followed first, and moved when the key that is in it is asked for again.
    let is_done =
        second.edits.is_empty() || edited(&again, &second.edits).is_none_or(|settled| is_settled(&after, &settled));
    assert!(is_done, "done twice\n{after}");
}

/// Whether an edit made a key work that was there: its list moved to the field that Spin reads, or its item got another form
/// or other options.
fn is_settled(before: &str, after: &str) -> bool {
    let count = |text: &str, word: &str| text.matches(word).count();
    let lists = |text: &str| count(text, "authorized_ssh_keys");
    let keys = |text: &str| count(text, "AAAA");
    lists(after) < lists(before) || (keys(after) <= keys(before) && lists(after) == lists(before))
}

fn plan(document: &Document<'_>, wish: &Wish<'_>, create: bool) -> Option<Plan> {
    let who = match wish.user {
        Some(name) => Who::User { name, full_name: wish.full_name, groups: wish.groups, create },
        None => Who::Deploy,
    };
    let Key { line, material, .. } = wish.key;
    let request =
        Request { who, key: NewKey { line, material: Some(material), expires: None, now: 0 }, field: wish.field };
    spin::plan(document, &request).map_err(|refusal| check_refusal(document.text, &refusal)).ok()
}

/// Whether the data after is what the request asks for, as far as the model can read them: it knows no duplicate keys, and
/// not all of YAML's own tags. (tests/it/read has an oracle that does.)
fn confirm(before: &str, after: &str, wish: &Wish<'_>) {
    let Ok(data) = serde_yaml::from_str::<Value>(before) else { return };
    if has_tagged_key(&data) {
        return;
    }
    let read = serde_yaml::from_str(after).expect("the result cannot be read");
    let allowed = acceptable(&data, wish);
    // The model knows nothing of what makes a key work that is there.
    let is_expected = allowed.contains(&read) || is_settled(before, after);
    assert!(is_expected, "{wish:?}\n{before}\n=>\n{after}\nread {read:#?}\nallowed {allowed:#?}");
}

/// A tag on a key makes it another one to the model, and mostly the same to Ansible.
fn has_tagged_key(data: &Value) -> bool {
    match data {
        Value::Sequence(items) => items.iter().any(has_tagged_key),
        Value::Mapping(entries) => {
            entries.iter().any(|(key, value)| matches!(key, Value::Tagged(_)) || has_tagged_key(value))
        }
        Value::Tagged(tagged) => has_tagged_key(&tagged.value),
        _ => false,
    }
}

/// `check --fix`: as many findings as go together.
fn mend(document: &Document<'_>) {
    let fixable =
        || Analysis::of(document, &context()).findings.list.into_iter().filter(|finding| finding.is_fixable());
    let mut edits = Vec::new();
    for finding in fixable().take(MENDED) {
        let more: Vec<Edit> = edits.iter().chain(&finding.fix).cloned().collect();
        match yaml::splices(document, &more) {
            Ok(_) => edits = more,
            Err(refusal) => check_refusal(document.text, &refusal),
        }
    }
    change(document, &edits);
}

/// Any edits, against a model that carries them out on data.
fn change(document: &Document<'_>, edits: &[Edit]) {
    if edits.is_empty() {
        return;
    }
    let Some(after) = edited(document, edits) else { return };
    // It does not know all that Ansible reads: duplicate keys, some of YAML's own tags.
    if serde_yaml::from_str::<serde_yaml::Value>(document.text).is_err() {
        return;
    }
    let read = serde_yaml::from_str(&after).expect("the result cannot be read");
    let expected = oracle::expected(document.text, edits);
    assert!(oracle::same(&read, &expected), "{edits:#?}\n{}\n=>\n{after}\nexpected {expected:#?}", document.text);
}

/// The text after the edits, where they can be made and proved.
fn edited(document: &Document<'_>, edits: &[Edit]) -> Option<String> {
    let before = document.text;
    let splices = match yaml::splices(document, edits) {
        Ok(splices) => splices,
        Err(refusal) => {
            check_refusal(before, &refusal);
            return None;
        }
    };
    let after = yaml::apply(before, &splices);
    assert!(outside(before, &after, &splices), "bytes outside the splices changed\n{before}\n=>\n{after}");
    yaml::prove(document, &after, &splices, edits).ok()?;
    show(document, &after, &splices);
    Some(after)
}

/// Whether both texts are the same but for what the splices took out and put in.
fn outside(before: &str, after: &str, splices: &[Splice]) -> bool {
    let (mut old, mut new) = (0, 0);
    for splice in splices {
        let kept = splice.at.checked_sub(old).expect("splices out of order");
        if before.as_bytes()[old..splice.at] != after.as_bytes()[new..new + kept] {
            return false;
        }
        assert_eq!(&after[new + kept..new + kept + splice.insert.len()], splice.insert);
        (old, new) = (splice.at + splice.remove, new + kept + splice.insert.len());
    }
    before.as_bytes()[old..] == after.as_bytes()[new..]
}

/// What is shown before it is written.
fn show(document: &Document<'_>, after: &str, splices: &[Splice]) {
    let before = document.text;
    let open = unified(".spin.yml", before, splices, None);
    let added = open.lines().filter(|line| line.starts_with('+')).count();
    let removed = open.lines().filter(|line| line.starts_with('-')).count();
    let lines = |text: &str| text.split_inclusive('\n').count();
    assert_eq!(lines(before) + added, lines(after) + removed, "{open}");
    let Ok(result) = Document::parse(after) else { return };
    let mask =
        |document: &Document<'_>| yaml::mask(document, &Visible::Only(&spin::visible(document)), &|_| String::new());
    let _ = unified(".spin.yml", before, splices, Some(Masked { before: &mask(document), after: &mask(&result) }));
}
