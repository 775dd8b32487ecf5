//! A key for the deploy account: `docker_user`, of which Spin reads `username` and `authorized_ssh_keys`.
//!
//! `docker_user` is an extra variable, which replaces the role's defaults completely, so `username` must be in the
//! file. `home` is never touched.

use super::add_user::into_list;
use super::existing::Slot;
use super::request::{NewKey, Plan, key_item, word};
use crate::spin::config::layout::{DEFAULT_ACCOUNT, DOCKER_USER, Field};
use crate::spin::config::user::docker_user;
use crate::spin::config::written_keys::usual_quote;
use crate::yaml::{Document, Edit, Kind, New, Refusal, Step, example_line};

const FIELD: Field = Field::AuthorizedSshKeys;

/// Plans a key for the deploy account.
pub(crate) fn plan(document: &Document<'_>, key: &NewKey<'_>, field: Option<Field>) -> Result<Plan, Refusal> {
    if field == Some(Field::AuthorizedKeys) {
        return Err(Refusal::whole_file(
            "Spin never reads `authorized_keys` of docker_user",
            "omit --field: the key goes into `authorized_ssh_keys`",
        ));
    }
    let path = vec![Step::Key(DOCKER_USER.to_owned())];
    let mut list_path = path.clone();
    list_path.push(Step::Key(FIELD.key().to_owned()));
    let list = New::List { items: vec![key_item(FIELD, key.line, usual_quote(document))], flow: false };
    let username = || ("username".to_owned(), word(DEFAULT_ACCOUNT));
    let both = || vec![username(), (FIELD.key().to_owned(), list.clone())];

    let Some(node) = docker_user(document) else {
        let entries = vec![(DOCKER_USER.to_owned(), New::Map(both()))];
        let edit = Edit::Insert { path: Vec::new(), entries, above: example_line(document.text, DOCKER_USER) };
        return Ok(Plan { edits: vec![edit], notes: Vec::new() });
    };
    let is_mapping = matches!(document.node(node).kind, Kind::Mapping { .. } | Kind::Alias);
    if !is_mapping || document.node(node).start == document.node(node).end {
        let edit = Edit::Insert { path, entries: both(), above: None };
        return Ok(Plan { edits: vec![edit], notes: Vec::new() });
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
        Some(list) => into_list(document, Slot { path: list_path, list, field: FIELD }, key, &mut plan)?,
        None => missing.push((FIELD.key().to_owned(), list.clone())),
    }
    if !missing.is_empty() {
        plan.edits.push(Edit::Insert { path, entries: missing, above: None });
    }
    Ok(plan)
}
