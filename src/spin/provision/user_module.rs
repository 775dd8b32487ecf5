//! The modules `ansible.builtin.user` and `ansible.builtin.group` on Linux (useradd, usermod, groupadd, groupmod of
//! shadow), as ansible-core 2.21 calls them for Spin's roles.

use super::arguments::{Argument, Placed, path, split};
use super::outcome::Failure;
use super::server::{Made, Server};
use super::validate_inputs::is_hash;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::names::is_account_name;
use crate::yaml::{Document, NodeId};
use std::borrow::Cow;
use std::rc::Rc;

/// The rules that explain why the module fails.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) uid: &'static str,
    pub(super) home: &'static str,
}

/// A call of the module `user` for an account that shall exist.
#[derive(Clone)]
pub(super) struct User<'d> {
    pub(super) name: Rc<str>,
    /// First byte of the name in the file.
    pub(super) at: usize,
    pub(super) comment: Option<Text>,
    /// Names of groups, each with the node that a failure points at; `None` leaves them as they are.
    pub(super) groups: Option<Words>,
    /// The primary group, which exists.
    pub(super) primary: Option<Rc<str>>,
    /// The home without a field.
    pub(super) usual_home: Rc<str>,
    pub(super) home: Option<Argument<'d>>,
    pub(super) password: Option<Argument<'d>>,
    pub(super) shell: Option<Text>,
    pub(super) uid: Uid<'d>,
    /// `update_password: always`.
    pub(super) always_sets_password: bool,
    pub(super) rules: Rules,
}

/// Names of groups, each with its node.
pub(super) type Words = Vec<(Rc<str>, NodeId)>;

/// A text that the account keeps, and its place.
#[derive(Clone)]
pub(super) struct Text {
    /// `None` if it is known only to Ansible.
    pub(super) text: Option<Rc<str>>,
    pub(super) at: usize,
}

/// The user id.
#[derive(Clone)]
pub(super) enum Uid<'d> {
    /// useradd picks one.
    Any,
    /// A default of the role.
    Fixed(u32),
    /// A field of the file.
    Of(Argument<'d>),
}

impl Server {
    /// Creates or changes an account. Where it is, and whether the module reports a change, by which the role expires the
    /// password.
    pub(super) fn user(
        &mut self,
        document: &Document<'_>,
        user: &User<'_>,
        missing: impl Fn(&str) -> &'static str,
    ) -> Result<(usize, bool), Failure> {
        let at = |node: NodeId| document.node(node).start;
        let uid = self.uid(document, user)?;
        let mut groups = Vec::new();
        for (word, node) in user.groups.iter().flatten() {
            match self.group(word) {
                Some(name) => groups.push(name),
                None => return Err(Failure::at(missing(word), at(*node))),
            }
        }
        let home = match user.home.as_ref().map(|home| (home, home.text())) {
            Some((home, Some(text))) => {
                let path = self.expanded(text);
                if text.is_empty() || !path.starts_with('/') || path.contains([':', '\n']) {
                    return Err(Failure::at(user.rules.home, at(home.node)));
                }
                Some(path.into())
            }
            _ => None,
        };
        self.check_texts(document, user)?;
        let known = self.index(&user.name);
        let index = known.unwrap_or_else(|| {
            let home = home.clone().unwrap_or_else(|| Rc::clone(&user.usual_home));
            self.create(&user.name, uid, user.primary.clone(), home)
        });
        let is_new = known.is_none();
        let is_changed = self.change(user, index, uid, home, groups, is_new);
        let Some(made) = self.account_at(index) else { return Ok((index, false)) };
        made.is_listed = true;
        made.at = user.at;
        made.home_at = user.home.as_ref().map_or(user.at, |home| at(home.node));
        made.set_password(document, user, is_new);
        Ok((index, is_changed))
    }

    /// A path; `~alice` is the home of that account, if there is one.
    fn expanded(&mut self, text: &str) -> String {
        let named = text.strip_prefix('~').filter(|rest| !rest.is_empty() && !rest.starts_with('/'));
        let Some((name, rest)) = named.map(|named| named.split_at(named.find('/').unwrap_or(named.len()))) else {
            return path(text);
        };
        self.account(name).map_or_else(|| path(text), |made| path(&format!("{}{rest}", made.home)))
    }

    /// The user id to set, if it is given and fits.
    fn uid(&mut self, document: &Document<'_>, user: &User<'_>) -> Result<Option<u32>, Failure> {
        let (number, at) = match &user.uid {
            Uid::Any => return Ok(None),
            Uid::Fixed(number) => (i64::from(*number), user.at),
            Uid::Of(argument) => match argument.int() {
                None => return Ok(None),
                Some(Ok(number)) => (number, document.node(argument.node).start),
                Some(Err(())) => return Err(Failure::at(user.rules.uid, document.node(argument.node).start)),
            },
        };
        let own = self.account(&user.name).map(|made| made.uid);
        match u32::try_from(number) {
            // 4294967295 means "no id".
            Ok(uid) if uid < u32::MAX && own == Some(uid) => Ok(None),
            // usermod changes no account that is in use, as root always is.
            Ok(uid) if uid < u32::MAX && own != Some(0) && !self.is_uid_taken(uid) => Ok(Some(uid)),
            _ => Err(Failure::at(user.rules.uid, at)),
        }
    }

    /// What useradd and usermod refuse in a full name, a shell or a password.
    fn check_texts(&self, document: &Document<'_>, user: &User<'_>) -> Result<(), Failure> {
        let is_odd = |text: &str| text.contains([':', '\n']);
        let is_bad_shell = |shell: &str| is_odd(shell) || !(shell.is_empty() || shell.starts_with(['/', '*']));
        let refuse = |text: &Option<Text>, is_refused: &dyn Fn(&str) -> bool, rule| {
            let refused = text.as_ref().filter(|text| text.text.as_deref().is_some_and(is_refused));
            refused.map_or(Ok(()), |text| Err(Failure::at(rule, text.at)))
        };
        refuse(&user.comment, &is_odd, "SK230")?;
        refuse(&user.shell, &is_bad_shell, "SK228")?;
        // An account that is there keeps its password.
        let keeps_password = || !user.always_sets_password && self.find(&user.name).is_some();
        match &user.password {
            Some(password) if password.text().is_some_and(is_odd) && !keeps_password() => {
                Err(Failure::at("SK224", document.node(password.node).start))
            }
            _ => Ok(()),
        }
    }

    /// Whether anything is another than before.
    fn change(
        &mut self,
        user: &User<'_>,
        index: usize,
        uid: Option<u32>,
        home: Option<Rc<str>>,
        mut groups: Vec<Rc<str>>,
        is_new: bool,
    ) -> bool {
        if !is_new && let Some(uid) = uid {
            self.is_touched = true;
            self.change_uid(index, uid);
        }
        groups.sort_unstable();
        groups.dedup();
        let Some(made) = self.account_at(index) else { return is_new };
        let (mut is_touched, owner) = (false, made.uid);
        if let Some(primary) = user.primary.as_ref().filter(|primary| made.primary != **primary) {
            is_touched = true;
            made.primary = Rc::clone(primary);
        }
        if user.groups.is_some() && (is_new || *made.groups != *groups) {
            is_touched |= !is_new;
            made.groups = groups.into();
        }
        let has_other_texts = made.set_texts(user);
        if let Some(home) = home.filter(|home| made.home != *home) {
            is_touched = true;
            let folder = self.make_home(&home, owner);
            if let Some(made) = self.account_at(index) {
                (made.home, made.folder) = (home, folder);
            }
        }
        self.is_touched |= is_touched;
        is_new || uid.is_some() || is_touched || has_other_texts
    }

    /// The module `group`. The name must be one that groupadd takes.
    pub(super) fn group_module(&mut self, name: &str, gid: Option<i64>) -> bool {
        match gid {
            None => self.add_group(name),
            Some(gid) => match u32::try_from(gid) {
                Ok(gid) if gid < u32::MAX => return self.set_group(name, gid),
                _ => return false,
            },
        }
        true
    }
}

impl Made {
    /// Sets the full name and the shell. Whether one is another than before.
    fn set_texts(&mut self, user: &User<'_>) -> bool {
        let mut is_changed = false;
        if let Some(comment) = &user.comment {
            is_changed = self.comment != comment.text;
            self.comment.clone_from(&comment.text);
        }
        // Without the field the roles set /bin/bash.
        let shell = user.shell.as_ref().and_then(|shell| Some((shell.text.as_ref()?, shell.at)));
        is_changed |= self.shell.as_ref().map(|shell| &shell.text) != shell.map(|(text, _)| text);
        self.shell = shell.map(|(text, at)| Placed { text: Rc::clone(text), at });
        is_changed
    }

    /// Sets the password of a new account, or with `update_password: always`.
    fn set_password(&mut self, document: &Document<'_>, user: &User<'_>, is_new: bool) {
        self.password_at = None;
        let Some(password) = &user.password else { return };
        if is_new || user.always_sets_password {
            self.has_password = password.text().map(is_hash);
        }
        let node = password.node;
        let is_empty = match Value::of(document, node) {
            Value::List(items) => items.is_empty(),
            Value::Map => document.entries(node).is_empty(),
            Value::Text(text) => text.is_empty(),
            // The task fails on what has no length.
            Value::Null | Value::Number(_) | Value::Bool(_) => true,
            Value::Unknown => false,
        };
        self.password_at = (!is_empty).then(|| document.node(node).start);
    }
}

/// Whether groupadd takes the name.
pub(super) fn is_group_name(name: &str) -> bool {
    is_account_name(name)
}

/// The names of groups in the items of a list that are joined by commas, each with its item.
pub(super) fn group_words(items: &[(Cow<'_, str>, NodeId)]) -> Words {
    items.iter().flat_map(|(text, node)| split(text).map(|word| (word.into(), *node))).collect()
}
