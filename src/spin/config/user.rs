//! The people in a `.spin.yml`: `users` and `additional_users`, as a list of mappings or a mapping by name.

use crate::yaml::{Document, Kind, NodeId, Path, Refusal, Step, resolves_to_text};

/// The two top-level keys that hold people. (SPIN.md: both are created alike, only `users` feeds the deploy account.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `users`
    Users,
    /// `additional_users`
    Additional,
}

impl Section {
    /// Both, in the order in which a name is looked for.
    pub const ALL: [Self; 2] = [Self::Users, Self::Additional];

    /// The key in the file.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Additional => "additional_users",
        }
    }
}

/// One entry for a person.
#[derive(Debug, Clone)]
pub struct User {
    /// Where it stands.
    pub section: Section,
    /// The name as written; none where it is missing or only Ansible can tell (an alias, a merged mapping, `!vault`).
    pub name: Option<String>,
    /// The node of the name: `username`'s value, or the key in mapping form; the entry itself where there is none.
    pub name_node: NodeId,
    /// The mapping that describes the user.
    pub node: NodeId,
    /// Path of that mapping.
    pub path: Path,
    /// Entry of a mapping by name, which Spin cannot read.
    pub by_name: bool,
}

impl User {
    /// As the file's own words for it: `users[0]`, `users.alice`.
    #[must_use]
    pub fn place(&self) -> String {
        crate::yaml::path_text(&self.path)
    }

    /// The groups, where they are a list of strings.
    #[must_use]
    pub fn groups<'d>(&self, document: &'d Document<'_>) -> Vec<&'d str> {
        let list =
            document.get(self.node, "groups").map_or(&[][..], |node| document.items(document.follow_alias(node)));
        list.iter().filter_map(|item| document.scalar(document.follow_alias(*item))).collect()
    }
}

/// All entries of `users` and `additional_users`, in the order of the file.
#[must_use]
pub fn users(document: &Document<'_>) -> Vec<User> {
    let Some(root) = document.root() else { return Vec::new() };
    let mut found = Vec::new();
    for section in Section::ALL {
        let Some(node) = document.get(root, section.key()) else { continue };
        let top = Step::Key(section.key().to_owned());
        for (index, item) in document.items(node).iter().enumerate() {
            let written = document.get(*item, "username").filter(|name| is_readable(document, *name));
            found.push(User {
                section,
                name: written.and_then(|name| document.scalar(name)).map(str::to_owned),
                name_node: written.unwrap_or(*item),
                node: *item,
                path: vec![top.clone(), Step::Index(index)],
                by_name: false,
            });
        }
        for (key, value) in document.entries(node) {
            let Some(name) = document.name(*key) else { continue };
            found.push(User {
                section,
                name: Some(name.to_owned()),
                name_node: *key,
                node: *value,
                path: vec![top.clone(), Step::Key(name.to_owned())],
                by_name: true,
            });
        }
    }
    found
}

/// A scalar whose text is what Ansible reads: a tag such as `!vault` makes something else of it.
fn is_readable(document: &Document<'_>, name: NodeId) -> bool {
    document.scalar(name).is_some() && matches!(document.node(name).tag.as_deref(), None | Some("!!str"))
}

/// The one entry of that name, if there is one.
///
/// # Errors
/// Two entries of that name; a name that Ansible reads as something else than this text.
pub(crate) fn find<'u>(document: &Document<'_>, users: &'u [User], name: &str) -> Result<Option<&'u User>, Refusal> {
    let mut same = users.iter().filter(|user| user.name.as_deref() == Some(name));
    let Some(user) = same.next() else { return Ok(None) };
    let line_of = |user: &User| document.place(user.name_node).0;
    let is_alias_of = |user: &&User| {
        let written = document.get(user.node, "username").filter(|_| user.name.is_none());
        written.is_some_and(|node| document.scalar(document.follow_alias(node)) == Some(name))
    };
    if let Some(second) = same.next().or_else(|| users.iter().find(is_alias_of)) {
        return Err(document.refuse_node(
            second.name_node,
            format!("{name} is listed twice, on lines {} and {}", line_of(user), line_of(second)),
            "put both into one entry, or remove one of them",
        ));
    }
    let plain = matches!(&document.node(user.name_node).kind, Kind::Scalar { style, .. } if *style == crate::yaml::ScalarStyle::Plain);
    let number = !name.starts_with('0') && name.chars().all(|c| c.is_ascii_digit());
    if plain && !number && !resolves_to_text(name) {
        return Err(document.refuse_node(
            user.name_node,
            format!("Ansible does not read `{name}` without quotes as this text (`yes` becomes the account True)"),
            format!("write \"{name}\" here, then run this again"),
        ));
    }
    Ok(Some(user))
}

/// The name that Spin's role gives the deploy account where the file gives none.
pub(crate) const DEFAULT_ACCOUNT: &str = "deploy";

/// The value of `docker_user`.
pub(crate) fn docker_user(document: &Document<'_>) -> Option<NodeId> {
    document.root().and_then(|root| document.get(root, "docker_user"))
}

/// The name of the deploy account.
#[must_use]
pub fn deploy_account(document: &Document<'_>) -> String {
    let name = docker_user(document).and_then(|node| document.get(node, "username"));
    let name = name
        .map(|node| document.follow_alias(node))
        .filter(|node| !document.is_null(*node))
        .and_then(|node| document.scalar(node));
    name.unwrap_or(DEFAULT_ACCOUNT).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_behind_a_tag_is_not_what_its_text_says() {
        let names = |text: &str| {
            let document = Document::parse(text).unwrap();
            users(&document).into_iter().map(|user| user.name.unwrap_or_default()).collect::<Vec<_>>()
        };
        assert_eq!(names("!!str users:\n  !!str alice: {}\n"), ["alice"]);
        assert_eq!(names("!vault users:\n  - username: alice\n"), [""; 0]);
        assert_eq!(names("users:\n  !vault alice: {}\n  bob: {}\n"), ["bob"]);
    }
}
