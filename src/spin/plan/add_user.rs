//! A key for a person: added to an existing list, in a new list, or with a new entry.

use crate::key::is_in_use;
use crate::spin::config::key_list::KeyList;
use crate::spin::config::layout::{Field, SUDO, Section};
use crate::spin::config::names::is_close;
use crate::spin::config::user::{User, deploy_account, find, users};
use crate::spin::config::written_keys::{KeyItem, items, quote_of, usual_quote};
use crate::spin::plan::existing::{self, Slot};
use crate::spin::plan::moved::moved;
use crate::spin::plan::request::{NewKey, Plan, key_item, word};
use crate::yaml::{Data, Document, Edit, Kind, New, Quote, Refusal, Step, example_line, in_order, quote};

pub(crate) struct NewUser<'r> {
    pub(crate) name: &'r str,
    pub(crate) full_name: Option<&'r str>,
    pub(crate) groups: Option<&'r [String]>,
    pub(crate) create: bool,
}

/// Plans a key for `new.name`.
pub(crate) fn plan(
    document: &Document<'_>,
    new: &NewUser<'_>,
    key: &NewKey<'_>,
    field: Option<Field>,
) -> Result<Plan, Refusal> {
    let all = users(document);
    let found = find(document, &all, new.name).map_err(|refusal| taken_away(document, &all, new.name, key, refusal))?;
    let Some(user) = found else { return create(document, &all, new, key, field) };
    refuse_absent(document, user, new.name)?;
    let mut plan = Plan::default();
    if new.groups.is_some() || new.full_name.is_some() {
        plan.notes.push(format!(
            "{} is already in the file: --groups and --full-name apply only to a new user, and change nothing here",
            new.name
        ));
    }
    plan.notes.extend(back_without_groups(document, user, new.name));
    if field.is_none() && moves_to_what_is_read(document, user, key, &mut plan) {
        return Ok(plan);
    }
    let field = choose_field(document, user, field)?;
    match document.get(user.node, field.key()) {
        Some(list) => {
            let mut path = user.path.clone();
            path.push(Step::Key(field.key().to_owned()));
            into_list(document, Slot { path, list, field }, key, &mut plan)?;
        }
        None => {
            let item = key_item(field, key.line, usual_quote(document));
            let list = New::List { items: vec![item], flow: false };
            let entries = vec![(field.key().to_owned(), list)];
            plan.edits.push(Edit::Insert { path: user.path.clone(), entries, above: None });
        }
    }
    Ok(plan)
}

/// Says of two entries for one account that the later one takes the key away.
fn taken_away(document: &Document<'_>, all: &[User], name: &str, key: &NewKey<'_>, refusal: Refusal) -> Refusal {
    let same = all.iter().filter(|user| user.name.as_deref() == Some(name)).skip(1);
    let lists = same.filter_map(|user| document.get(user.node, Field::AuthorizedKeys.key()));
    let mut items = lists.flat_map(|list| items(document, list)).map(|(_, item)| item);
    let is_it = |item: &KeyItem<'_>| key.material.is_some_and(|material| is_in_use(item.text, material));
    match items.find(|item| is_it(item) && item.state.is_some_and(|(_, state)| state == "absent")) {
        Some(item) => {
            let line = document.place(item.text_node).0;
            let message = format!("{}, and the later entry removes this key (line {line})", refusal.message);
            Refusal { message, ..refusal }
        }
        None => refusal,
    }
}

fn refuse_absent(document: &Document<'_>, user: &User, name: &str) -> Result<(), Refusal> {
    match document.get(user.node, "state") {
        Some(state) if document.scalar(document.follow_alias(state)) == Some("absent") => Err(document.refuse_node(
            state,
            format!("{name} has `state: absent` on line {}: Spin removes that account", document.place(state).0),
            format!("write `state: present` there to bring {name} back, then run this again"),
        )),
        _ => Ok(()),
    }
}

/// Says of somebody whose entry is as `revoke` leaves it that the groups do not come back with the key.
fn back_without_groups(document: &Document<'_>, user: &User, name: &str) -> Option<String> {
    let groups = document.get(user.node, "groups")?;
    let is_empty = matches!(&document.node(groups).kind, Kind::Sequence { items, .. } if items.is_empty());
    let keys = items(document, document.get(user.node, Field::AuthorizedKeys.key())?);
    let is_absent = |item: &KeyItem<'_>| item.state.is_some_and(|(_, state)| state == "absent");
    (is_empty && !keys.is_empty() && keys.iter().all(|(_, item)| is_absent(item))).then(|| {
        let line = document.place(groups).0;
        format!(
            "{name} has only absent keys and no groups, as `revoke` leaves it: this brings back a key, but no groups (line {line}). \
             To add {name} with groups, run `spin-keys revoke --finish {name}` first, once every server has been provisioned; do \
             not write sudo on that line: Spin also reads absent keys of those who are in it"
        )
    })
}

/// The user has the key in the field that Spin never reads: moves that list to the one that it does. Whether it can.
fn moves_to_what_is_read(document: &Document<'_>, user: &User, key: &NewKey<'_>, plan: &mut Plan) -> bool {
    let has = |field: Field| document.get(user.node, field.key());
    let (Some(list), None, false) = (has(Field::AuthorizedSshKeys), has(Field::AuthorizedKeys), user.by_name) else {
        return false;
    };
    let is_it = |item: &KeyItem<'_>| key.material.is_some_and(|material| is_in_use(item.text, material));
    let is_absent = |item: &KeyItem<'_>| item.state.is_some_and(|(_, state)| state != "present");
    if !items(document, list).iter().any(|(_, item)| is_it(item) && !is_absent(item)) {
        return false;
    }
    let list = KeyList::of(document, user.node, Field::AuthorizedSshKeys);
    let edits = list.map(|list| moved(document, &user.path, &list, Field::AuthorizedKeys)).unwrap_or_default();
    // Where the text cannot be changed like that, the key is still there, and the reason is given.
    plan.edits = if crate::yaml::splices(document, &edits).is_ok() { edits } else { Vec::new() };
    !plan.edits.is_empty()
}

/// The field that the user has; for a user with none or both, the one asked for, or the one that Spin reads.
fn choose_field(document: &Document<'_>, user: &User, wanted: Option<Field>) -> Result<Field, Refusal> {
    let there = [Field::AuthorizedKeys, Field::AuthorizedSshKeys]
        .into_iter()
        .filter(|field| document.entry(user.node, field.key()).is_some());
    let there: Vec<_> = there.collect();
    match (wanted, there.as_slice()) {
        (None, [field, ..]) => Ok(*field),
        (None, []) if user.by_name => Ok(Field::AuthorizedSshKeys),
        (None, []) => Ok(Field::AuthorizedKeys),
        (Some(field), []) => Ok(field),
        (Some(field), there) if there.contains(&field) => Ok(field),
        (Some(field), there) => Err(document.refuse_node(
            document.entry(user.node, there[0].key()).map_or(user.node, |entry| entry.0),
            format!("this user has `{}`, and --field asks for `{}`", there[0].key(), field.key()),
            format!("omit --field, or rename the field to `{}` first", field.key()),
        )),
    }
}

/// Adds `key` to an existing list (or one that is null or empty): if it is there, makes it work, else appends it.
pub(super) fn into_list(document: &Document<'_>, slot: Slot, key: &NewKey<'_>, plan: &mut Plan) -> Result<(), Refusal> {
    // A pair with a key in it is none.
    let items = if document.is_of_pairs(slot.list) { Vec::new() } else { items(document, slot.list) };
    let same = |(_, item): &&(usize, KeyItem<'_>)| key.material.is_some_and(|material| is_in_use(item.text, material));
    if let Some((index, item)) = items.iter().rev().find(same) {
        return existing::settle(document, &slot, (*index, item), key, plan);
    }
    let item = key_item(slot.field, key.line, quote_of(document, slot.list));
    let is_text = document.scalar(slot.list).is_some() && !document.is_null(slot.list);
    let edit = if is_text { beside_text(document, slot, item)? } else { Edit::Append { path: slot.path, item } };
    plan.edits.push(edit);
    Ok(())
}

/// Makes a list of one text and the new key.
fn beside_text(document: &Document<'_>, slot: Slot, item: New) -> Result<Edit, Refusal> {
    let Slot { path, list, field } = slot;
    match document.text_at(list) {
        Some(text) if text.contains("{{") || text.contains("{%") => Err(document.refuse_node(
            list,
            format!("`{}` is a template, known only to Ansible: it may be a list, or a key", field.key()),
            "write the keys here in full, as items of a list, then run this again",
        )),
        Some(text) if field == Field::AuthorizedSshKeys && text.trim().is_empty() => {
            Ok(Edit::Replace { path, with: New::List { items: vec![item], flow: true } })
        }
        Some(_) if field == Field::AuthorizedSshKeys => Ok(Edit::IntoList { path, item }),
        _ => Err(document.refuse_node(
            list,
            format!("`{}` is a single value here, not a list, and cannot hold a second key", field.key()),
            match field {
                Field::AuthorizedKeys => {
                    "write the existing key as the first item of a list (`- public_key: \"ssh-...\"`), then run this again"
                }
                Field::AuthorizedSshKeys => {
                    "write the existing key as the first item of a list (`- \"ssh-...\"`), then run this again"
                }
            },
        )),
    }
}

/// A new user: in the list that has users, or in the one list that can take them.
fn create(
    document: &Document<'_>,
    all: &[User],
    new: &NewUser<'_>,
    key: &NewKey<'_>,
    field: Option<Field>,
) -> Result<Plan, Refusal> {
    refuse_unknown_and_close(document, all, new)?;
    let users = document.root().and_then(|root| document.get(root, "users"));
    let path = vec![Step::Key(Section::Users.key().to_owned())];
    let groups = new.groups.map_or_else(|| vec![SUDO.to_owned()], <[String]>::to_vec);
    let by_name = users.is_some_and(|node| !document.entries(node).is_empty());
    let field = field.unwrap_or(if by_name { Field::AuthorizedSshKeys } else { Field::AuthorizedKeys });
    let mut person = if by_name { Vec::new() } else { vec![("username".to_owned(), word(new.name))] };
    person.extend(new.full_name.map(|name| ("name".to_owned(), word(name))));
    let list = groups.iter().map(|group| New::Text { value: group.clone(), quote: Quote::Single }).collect();
    person.push(("groups".to_owned(), New::List { items: list, flow: true }));
    let keys = vec![key_item(field, key.line, usual_quote(document))];
    person.push((field.key().to_owned(), New::List { items: keys, flow: false }));
    let person = in_order(document, users, New::Map(person));

    let edit = match users {
        None => {
            let entries = vec![("users".to_owned(), New::List { items: vec![person], flow: false })];
            Edit::Insert { path: Vec::new(), entries, above: example_line(document.text, "users") }
        }
        Some(_) if by_name => Edit::Insert { path, entries: vec![(new.name.to_owned(), person)], above: None },
        Some(_) => Edit::Append { path, item: person },
    };
    Ok(Plan { edits: vec![edit], notes: Vec::new() })
}

fn refuse_unknown_and_close(document: &Document<'_>, all: &[User], new: &NewUser<'_>) -> Result<(), Refusal> {
    let unknown = |user: &&User| {
        user.name.is_none()
            && (matches!(document.node(user.node).kind, Kind::Alias)
                || document.entries(user.node).iter().any(|(key, _)| document.node(*key).data == Data::Merge)
                || document.get(user.node, "username").is_some_and(|name| !document.is_null(name)))
    };
    if let Some(user) = all.iter().find(unknown) {
        return Err(document.refuse_node(
            document.get(user.node, "username").unwrap_or(user.node),
            format!("this user's name comes from an alias or has a tag: it may be {}", new.name),
            "write the `username` here in full, then run this again",
        ));
    }
    if new.create {
        return Ok(());
    }
    if let Some(user) = all.iter().find(|user| user.name.as_deref().is_some_and(|name| name.contains("{{"))) {
        return Err(document.refuse_node(
            user.name_node,
            format!("this user's name is a template, known only to Ansible: it may be {}", new.name),
            format!("pass --create if {} is somebody else, or write the name here in full", new.name),
        ));
    }
    let deploy = deploy_account(document);
    if new.name == deploy {
        return Err(Refusal::whole_file(
            format!("{deploy} is the deploy account, not a person in `users`"),
            format!("run `spin-keys add-deploy`, or pass --create to add an entry `{deploy}` to `users`"),
        ));
    }
    match all.iter().find(|user| user.name.as_deref().is_some_and(|name| is_close(new.name, name))) {
        Some(user) => {
            let name = user.name.as_deref().unwrap_or_default();
            Err(document.refuse_node(
                user.name_node,
                format!("{} is not in the file: did you mean {}?", new.name, quote(name)),
                format!("run the command for {}, or pass --create if {} is somebody else", quote(name), new.name),
            ))
        }
        None => Ok(()),
    }
}
