//! Which differences are accounted for: by the prediction, or because the shipped file has the variable, no task gives
//! anybody access with it, and the value has its form. Everything else is not known, and counts as a gain.

use super::beyond;
use super::differences::{Difference, Differences, is_section};
use super::other_values::text;
use super::templates::Templates;
use super::why_unknown::{Unknown, WhyUnknown};
use crate::check::analysis::Analysis;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::template::{Evaluated, all_evaluated, evaluated, is_shipped};
use crate::spin::config::variables::{ACCESS, Foreign, Form, Variable, field, foreign, form};
use crate::spin::provision::sshd_settings;
use crate::yaml::{Data, Document, Kind, NodeId, Step};
use std::collections::{HashMap, HashSet};

/// What is not accounted for, each once.
pub(super) fn unknown(
    before: Option<&Analysis<'_, '_>>,
    after: &Analysis<'_, '_>,
    differences: &Differences,
) -> Vec<Unknown> {
    let templates = Templates::of(before.map(|side| side.document), after.document);
    let document = after.document;
    let passwords = document.root().and_then(|root| Value::at(document, root, "ssh_password_authentication"));
    let lets_passwords_in = match passwords {
        None => false,
        Some(Value::Text(text)) => !text.eq_ignore_ascii_case("no"),
        Some(_) => true,
    };
    let bad_ports = sshd_settings::broken(document).into_iter().map(|broken| broken.at).collect();
    let entries = document.root().map_or(&[][..], |root| document.entries(root));
    let names = entries.iter().filter_map(|(key, _)| Some((document.scalar(*key)?, *key))).collect();
    let (found, told) = (Vec::new(), HashSet::new());
    let mut accounts = Accounts { document, after, templates, bad_ports, lets_passwords_in, names, found, told };
    for difference in &differences.list {
        accounts.account(difference);
    }
    accounts.replaced(&differences.list);
    for key in beyond::ambiguous(before.map(|side| side.document), document) {
        let path = [Step::Key(document.scalar(key).unwrap_or_default().to_owned())];
        accounts.add(&path, Some(key), WhyUnknown::Inventory);
    }
    accounts.found
}

struct Accounts<'a, 'd, 't> {
    /// The new side.
    document: &'d Document<'t>,
    after: &'a Analysis<'d, 't>,
    templates: Templates,
    /// Values with which sshd does not start.
    bad_ports: HashSet<usize>,
    lets_passwords_in: bool,
    /// The keys at the top, by their names.
    names: HashMap<&'d str, NodeId>,
    found: Vec<Unknown>,
    told: HashSet<(String, Option<usize>)>,
}

impl Accounts<'_, '_, '_> {
    fn account(&mut self, difference: &Difference) {
        let known = self.found.len();
        let path = &difference.path;
        match (form_of(path), difference.after) {
            (Err(why), after) => self.add(path, after, why),
            (Ok(form), Some(after)) => self.value(path, after, form),
            (Ok(_), None) => {}
        }
        for (below, value, why) in beyond::of_account(difference, self.document) {
            self.add(&[path.as_slice(), &below].concat(), Some(value), why);
        }
        if self.found.len() > known {
            return;
        }
        let Some(Step::Key(top)) = path.first() else { return };
        if let Some(template) = self.templates.using(top) {
            let line = self.after.lines.place(template).0;
            self.add(path, difference.after, WhyUnknown::UsedBy(line));
        } else if self.templates.decide(difference, self.document) {
            self.add(path, difference.after, WhyUnknown::OfTemplate);
        } else if self.lets_passwords_in && self.has_password(difference) {
            self.add(path, difference.after, WhyUnknown::Password);
        }
    }

    /// A value that is new, by its form.
    fn value(&mut self, path: &[Step], node: NodeId, form: Form) {
        match evaluated(self.document, node) {
            Some(Evaluated::Vaulted) => return self.add(path, Some(node), WhyUnknown::Vaulted),
            Some(Evaluated::Template) if self.is_shipped(path, node) => return,
            Some(Evaluated::Template) => return self.add(path, Some(node), WhyUnknown::Template),
            None => {}
        }
        let (data, document) = (self.document.node(node).data, self.document);
        match (form, &document.node(node).kind) {
            (Form::Access, _) => {
                for inner in all_evaluated(document, node) {
                    self.value(path, inner, Form::Word(|_| true));
                }
            }
            (Form::Word(_) | Form::Mapping(_) | Form::List(_), Kind::Scalar { .. }) if data == Data::Null => {}
            (Form::Word(is_good), Kind::Scalar { .. }) if matches!(data, Data::Text | Data::Vault) => {
                if !document.reading(node).is_some_and(is_good) {
                    self.add(path, Some(node), WhyUnknown::Form);
                }
            }
            (Form::Word(_), Kind::Scalar { .. }) if data != Data::Unknown => {}
            (Form::Port, Kind::Scalar { .. }) if !self.bad_ports.contains(&document.node(node).start) => {}
            (Form::Mapping(fields), Kind::Mapping { entries, .. }) if data == Data::Map => {
                for (key, value) in entries {
                    let inside = [path, &[Step::Key(document.scalar(*key).unwrap_or("?").to_owned())]].concat();
                    match document.scalar(*key).and_then(|name| field(fields, name)) {
                        Some(form) => self.value(&inside, *value, form),
                        None => self.add(&inside, Some(*value), WhyUnknown::Field),
                    }
                }
            }
            (Form::List(fields), Kind::Sequence { items, .. }) if data == Data::List => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&[path, &[Step::Index(index)]].concat(), *item, Form::Mapping(fields));
                }
            }
            _ => self.add(path, Some(node), WhyUnknown::Form),
        }
    }

    fn is_shipped(&self, path: &[Step], node: NodeId) -> bool {
        let text = self.document.reading(node).unwrap_or_default();
        matches!(path, [Step::Key(name)] if is_shipped(name, text))
    }

    /// Whether a password is new, or counts from now on.
    fn has_password(&self, difference: &Difference) -> bool {
        let Some(after) = difference.after else { return false };
        match difference.path.as_slice() {
            [Step::Key(top), _, Step::Key(name), ..] if is_section(top) => {
                matches!(name.as_str(), "password" | "update_password")
            }
            [Step::Key(top), _] if is_section(top) => self.document.get(after, "password").is_some(),
            [Step::Key(top)] => is_section(top) || top == "ssh_password_authentication",
            _ => false,
        }
    }

    /// The roles handle something else than the file's users, before and after: what changes for those is not known.
    fn replaced(&mut self, differences: &[Difference]) {
        let document = self.document;
        let entries = document.root().map_or(&[][..], |root| document.entries(root));
        let replaces = |key: NodeId| document.scalar(key).is_some_and(|name| foreign(name) == Foreign::OfTheRoles);
        let is_access = |top: &Step| matches!(top, Step::Key(name) if ACCESS.contains(&name.as_str()));
        if let Some((key, value)) = entries.iter().find(|(key, _)| replaces(*key))
            && differences.iter().any(|difference| difference.path.first().is_some_and(is_access))
        {
            let path = [Step::Key(document.scalar(*key).unwrap_or_default().to_owned())];
            self.add(&path, Some(*value), WhyUnknown::Variable(Foreign::OfTheRoles));
        }
    }

    fn add(&mut self, path: &[Step], node: Option<NodeId>, why: WhyUnknown) {
        // A variable is shown by its name.
        let key = match path {
            [Step::Key(name)] => self.names.get(name.as_str()).copied(),
            _ => None,
        };
        let at = node.map(|node| self.document.node(key.unwrap_or(node)).start);
        let path = text(path);
        if self.told.insert((path.clone(), at)) {
            self.found.push(Unknown { path: Some(path), place: at.map(|at| self.after.lines.place(at)), why });
        }
    }
}

/// The form in which a value at this path is harmless, or why there is none.
fn form_of(path: &[Step]) -> Result<Form, WhyUnknown> {
    let [Step::Key(top), rest @ ..] = path else { return Err(WhyUnknown::Form) };
    let mut found = form(top).ok_or(WhyUnknown::Variable(foreign(top)))?;
    for step in rest {
        found = match (found, step) {
            (Form::Access, _) => Form::Access,
            (Form::List(fields), Step::Index(_)) => Form::Mapping(fields),
            (Form::Mapping(fields), Step::Key(name)) => known(fields, name)?,
            _ => return Err(WhyUnknown::Form),
        };
    }
    Ok(found)
}

fn known(fields: &[Variable], name: &str) -> Result<Form, WhyUnknown> {
    field(fields, name).ok_or(WhyUnknown::Field)
}
