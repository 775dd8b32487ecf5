//! A key for the deploy account: `docker_user`, of which Spin reads `username` and `authorized_ssh_keys`.
//!
//! `docker_user` is an extra-var: it replaces the role's defaults whole, so that `username` must be there. `home` is
//! never touched.

use crate::spin::config::layout::Field;
use crate::spin::config::user::{DEFAULT_ACCOUNT, deploy_account, docker_user};
use crate::spin::plan::add_user::{Slot, into_list};
use crate::spin::plan::request::{Change, NewKey, Plan, example_line, key_item, word};
use crate::yaml::{Document, Edit, Kind, New, Quote, Refusal, Step, path_text};

const FIELD: Field = Field::AuthorizedSshKeys;

/// Plans a key for the deploy account.
pub(crate) fn plan(document: &Document<'_>, key: &NewKey<'_>, field: Option<Field>) -> Result<Plan, Refusal> {
    if field == Some(Field::AuthorizedKeys) {
        return Err(Refusal::whole_file(
            "Spin never reads `authorized_keys` of docker_user",
            "leave --field away: the key goes into `authorized_ssh_keys`",
        ));
    }
    let account = deploy_account(document);
    let path = vec![Step::Key("docker_user".to_owned())];
    let mut list_path = path.clone();
    list_path.push(Step::Key(FIELD.key().to_owned()));
    let list = New::List { items: vec![key_item(FIELD, key.line, Quote::Double)], flow: false };
    let added = Change::KeyAdded {
        account: account.clone(),
        path: format!("{}[0]", path_text(&list_path)),
        read_by_spin: true,
    };
    let named = Change::DeployUserNamed { account: account.clone() };
    let username = || ("username".to_owned(), word(DEFAULT_ACCOUNT));
    let both = || vec![username(), (FIELD.key().to_owned(), list.clone())];

    let Some(node) = docker_user(document) else {
        let entries = vec![("docker_user".to_owned(), New::Map(both()))];
        let edit = Edit::Insert { path: Vec::new(), entries, above: example_line(document.text, "docker_user") };
        return Ok(Plan { edits: vec![edit], changes: vec![named, added], notes: Vec::new() });
    };
    let is_mapping = matches!(document.node(node).kind, Kind::Mapping { .. } | Kind::Alias);
    if !is_mapping || document.node(node).start == document.node(node).end {
        let edit = Edit::Insert { path, entries: both(), above: None };
        return Ok(Plan { edits: vec![edit], changes: vec![named, added], notes: Vec::new() });
    }
    let mut plan = Plan::default();
    let mut missing = Vec::new();
    match document.get(node, "username") {
        None => missing.push(username()),
        Some(name) if document.is_null(name) => {
            return Err(document.refuse_node(
                name,
                "`username` of docker_user is empty",
                "write `username: deploy`, then run this again",
            ));
        }
        Some(_) => {}
    }
    match document.get(node, FIELD.key()) {
        Some(list) => {
            into_list(
                document,
                &Slot { account: &account, path: list_path, list, field: FIELD, read_by_spin: true },
                key,
                &mut plan,
            )?;
        }
        None => {
            missing.push((FIELD.key().to_owned(), list.clone()));
            plan.changes.push(added);
        }
    }
    if missing.iter().any(|(key, _)| key == "username") {
        plan.changes.insert(0, named);
    }
    if !missing.is_empty() {
        plan.edits.push(Edit::Insert { path, entries: missing, above: None });
    }
    Ok(plan)
}
