//! A key for a person: into the list that is there, into a new list, or with a new entry.

use crate::key::is_in_use;
use crate::spin::config::key_list::{KeyItem, feeds_deploy, items, quote_of};
use crate::spin::config::layout::Field;
use crate::spin::config::names::is_close;
use crate::spin::config::user::{User, deploy_account, find, users};
use crate::spin::plan::request::{Change, NewKey, Plan, example_line, key_item, word};
use crate::yaml::{Document, Edit, Kind, New, NodeId, Path, Quote, Refusal, Step, path_text, quote};

/// A person as asked for.
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
    let Some(user) = find(document, &all, new.name)? else { return create(document, &all, new, key, field) };
    refuse_absent(document, user, new.name)?;
    let mut plan = Plan::default();
    if new.groups.is_some() || new.full_name.is_some() {
        plan.notes.push(format!(
            "{} is in the file already: --groups and --full-name are for a new user and change nothing here",
            new.name
        ));
    }
    let field = choose_field(document, user, field)?;
    match document.get(user.node, field.key()) {
        Some(list) => {
            let mut path = user.path.clone();
            path.push(Step::Key(field.key().to_owned()));
            let index = into_list(
                document,
                &Slot { account: new.name, path, list, field, read_by_spin: is_read(user, field) },
                key,
                &mut plan,
            )?;
            if index == Some(0) {
                opens_deploy(document, user, &mut plan);
            }
        }
        None => {
            let item = key_item(field, key.line, Quote::Double);
            let list = New::List { items: vec![item], flow: false };
            let mut path = user.path.clone();
            plan.edits.push(Edit::Insert {
                path: path.clone(),
                entries: vec![(field.key().to_owned(), list)],
                above: None,
            });
            path.push(Step::Key(field.key().to_owned()));
            plan.changes.push(added(new.name, &path, 0, is_read(user, field)));
            opens_deploy(document, user, &mut plan);
        }
    }
    Ok(plan)
}

/// Spin reads `authorized_keys` of an entry in list form, and nothing else of a user.
fn is_read(user: &User, field: Field) -> bool {
    field == Field::AuthorizedKeys && !user.by_name
}

fn opens_deploy(document: &Document<'_>, user: &User, plan: &mut Plan) {
    if plan.changes.iter().any(|change| matches!(change, Change::KeyAdded { read_by_spin: true, .. }))
        && feeds_deploy(document, user)
    {
        let by = user.name.clone().unwrap_or_default();
        plan.changes.push(Change::DeployOpened { account: deploy_account(document), by });
    }
}

fn added(account: &str, list: &Path, index: usize, read_by_spin: bool) -> Change {
    Change::KeyAdded { account: account.to_owned(), path: format!("{}[{index}]", path_text(list)), read_by_spin }
}

fn refuse_absent(document: &Document<'_>, user: &User, name: &str) -> Result<(), Refusal> {
    match document.get(user.node, "state") {
        Some(state) if document.scalar(document.follow_alias(state)) == Some("absent") => Err(document.refuse_node(
            state,
            format!("{name} has `state: absent` on line {}: Spin removes that account", document.place(state).0),
            format!("write `state: present` there if {name} shall come back, then run this again"),
        )),
        _ => Ok(()),
    }
}

/// DESIGN.md, "Which list is edited", 2 and 3.
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
            format!("leave --field away, or rename the field to `{}` first", field.key()),
        )),
    }
}

/// A key list that is there.
pub(crate) struct Slot<'s> {
    pub(crate) account: &'s str,
    pub(crate) path: Path,
    pub(crate) list: NodeId,
    pub(crate) field: Field,
    pub(crate) read_by_spin: bool,
}

/// Brings `key` into a list that is there (or is null or empty): nothing where it is, `present` where it is absent,
/// else last. Gives the position of an added key.
pub(crate) fn into_list(
    document: &Document<'_>,
    slot: &Slot<'_>,
    key: &NewKey<'_>,
    plan: &mut Plan,
) -> Result<Option<usize>, Refusal> {
    let items = items(document, slot.list);
    let same = |(_, item): &&(usize, KeyItem<'_>)| key.material.is_some_and(|material| is_in_use(item.text, material));
    if let Some((index, item)) = items.iter().find(same) {
        return make_present(document, slot, *index, item, plan).map(|()| None);
    }
    if document.scalar(slot.list).is_some() && !document.is_null(slot.list) {
        return Err(document.refuse_node(
            slot.list,
            format!("`{}` is one string here, not a list: a second key has no place in it", slot.field.key()),
            "write the key that is there as the first item of a list (`- \"ssh-...\"`), then run this again",
        ));
    }
    let item = key_item(slot.field, key.line, quote_of(document, slot.list));
    plan.edits.push(Edit::Append { path: slot.path.clone(), item });
    let index = document.items(slot.list).len();
    plan.changes.push(added(slot.account, &slot.path, index, slot.read_by_spin));
    Ok(Some(index))
}

fn make_present(
    document: &Document<'_>,
    slot: &Slot<'_>,
    index: usize,
    item: &KeyItem<'_>,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let Some((node, state)) = item.state else { return Ok(()) };
    match state {
        "present" => return Ok(()),
        "absent" => {}
        other => {
            return Err(document.refuse_node(
                node,
                format!("this key has `state: {}`, on which Spin's run fails", quote(other)),
                "write `state: present` or `state: absent` there",
            ));
        }
    }
    if item.text.lines().filter(|line| !line.trim().is_empty()).count() > 1 {
        return Err(document.refuse_node(
            node,
            "this item holds several keys with `state: absent`: making it present would let all of them in",
            "give the key an item of its own, then run this again",
        ));
    }
    let mut path = slot.path.clone();
    path.push(Step::Index(index));
    let change = Change::KeyMadePresent {
        account: slot.account.to_owned(),
        path: path_text(&path),
        read_by_spin: slot.read_by_spin,
    };
    path.push(Step::Key("state".to_owned()));
    plan.edits.push(Edit::Set { path, value: "present".to_owned() });
    plan.changes.push(change);
    Ok(())
}

/// DESIGN.md, "Which list is edited", 4 and 6.
fn create(
    document: &Document<'_>,
    all: &[User],
    new: &NewUser<'_>,
    key: &NewKey<'_>,
    field: Option<Field>,
) -> Result<Plan, Refusal> {
    refuse_unknown_and_close(document, all, new)?;
    let users = document.root().and_then(|root| document.get(root, "users"));
    let path = vec![Step::Key("users".to_owned())];
    let groups = new.groups.map_or_else(|| vec!["sudo".to_owned()], <[String]>::to_vec);
    let by_name = users.is_some_and(|node| !document.entries(node).is_empty());
    let field = field.unwrap_or(if by_name { Field::AuthorizedSshKeys } else { Field::AuthorizedKeys });
    let mut person = if by_name { Vec::new() } else { vec![("username".to_owned(), word(new.name))] };
    person.extend(new.full_name.map(|name| ("name".to_owned(), word(name))));
    let list = groups.iter().map(|group| New::Text { value: group.clone(), quote: Quote::Single }).collect();
    person.push(("groups".to_owned(), New::List { items: list, flow: true }));
    let keys = vec![key_item(field, key.line, Quote::Double)];
    person.push((field.key().to_owned(), New::List { items: keys, flow: false }));
    let person = New::Map(person);

    let mut own = path.clone();
    own.push(if by_name {
        Step::Key(new.name.to_owned())
    } else {
        Step::Index(users.map_or(0, |node| document.items(node).len()))
    });
    own.push(Step::Key(field.key().to_owned()));
    let edit = match users {
        None => {
            let entries = vec![("users".to_owned(), New::List { items: vec![person], flow: false })];
            Edit::Insert { path: Vec::new(), entries, above: example_line(document.text, "users") }
        }
        Some(_) if by_name => Edit::Insert { path, entries: vec![(new.name.to_owned(), person)], above: None },
        Some(_) => Edit::Append { path, item: person },
    };
    let read_by_spin = field == Field::AuthorizedKeys && !by_name;
    let in_sudo = groups.iter().any(|group| group == "sudo");
    let mut changes =
        vec![Change::UserAdded { account: new.name.to_owned(), groups }, added(new.name, &own, 0, read_by_spin)];
    if read_by_spin && in_sudo {
        changes.push(Change::DeployOpened { account: deploy_account(document), by: new.name.to_owned() });
    }
    Ok(Plan { edits: vec![edit], changes, notes: Vec::new() })
}

fn refuse_unknown_and_close(document: &Document<'_>, all: &[User], new: &NewUser<'_>) -> Result<(), Refusal> {
    let unknown = |user: &&User| {
        user.name.is_none()
            && (matches!(document.node(user.node).kind, Kind::Alias)
                || document.entry(user.node, "<<").is_some()
                || document.get(user.node, "username").is_some_and(|name| !document.is_null(name)))
    };
    if let Some(user) = all.iter().find(unknown) {
        return Err(document.refuse_node(
            document.get(user.node, "username").unwrap_or(user.node),
            format!("this user's name comes from an alias or stands behind a tag: it may be {}", new.name),
            "write its `username` out here, then run this again",
        ));
    }
    if new.create {
        return Ok(());
    }
    if let Some(user) = all.iter().find(|user| user.name.as_deref().is_some_and(|name| name.contains("{{"))) {
        return Err(document.refuse_node(
            user.name_node,
            format!("this user's name is a template, which only Ansible reads: it may be {}", new.name),
            format!("pass --create if {} is somebody else, or write the name out here", new.name),
        ));
    }
    let deploy = deploy_account(document);
    if new.name == deploy {
        return Err(Refusal::whole_file(
            format!("{deploy} is the deploy account, not a person in `users`"),
            format!("use `spin-keys add-deploy`; pass --create if an entry `{deploy}` in `users` is meant"),
        ));
    }
    match all.iter().find(|user| user.name.as_deref().is_some_and(|name| is_close(new.name, name))) {
        Some(user) => {
            let name = user.name.as_deref().unwrap_or_default();
            Err(document.refuse_node(
                user.name_node,
                format!("{} is not in the file: did you mean {}?", new.name, quote(name)),
                format!("run it for {}, or pass --create if {} is somebody else", quote(name), new.name),
            ))
        }
        None => Ok(()),
    }
}
