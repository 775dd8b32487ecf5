//! Tags of nodes, resolved: handles, `%TAG`, %-escapes and verbatim forms are gone.

/// The prefix of YAML's own tags.
const CORE: &str = "tag:yaml.org,2002:";

/// A tag as Ansible's loader tells them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// Nothing is written.
    None,
    /// `!`, which makes libyaml read a scalar as if it had no quotes.
    Plain,
    /// One of YAML's own that `PyYAML` or Ansible constructs: what follows `!!`.
    Core(&'static str),
    /// `!unsafe`
    Unsafe,
    /// `!vault`, `!vault-encrypted`
    Vault,
    /// Any other, for which Ansible has no constructor.
    Other(Box<str>),
}

/// All that `PyYAML`'s resolver gives and Ansible's constructors take, and the four that stand for themselves.
const KNOWN: [&str; 17] = [
    "null",
    "bool",
    "int",
    "float",
    "binary",
    "timestamp",
    "omap",
    "pairs",
    "set",
    "str",
    "seq",
    "map",
    "python/unicode",
    "python/dict",
    "merge",
    "value",
    "yaml",
];

impl Tag {
    /// From the resolved tag.
    pub(crate) fn of(resolved: Option<&str>) -> Self {
        match resolved {
            None => Self::None,
            Some("!" | "") => Self::Plain,
            Some("!unsafe") => Self::Unsafe,
            Some("!vault" | "!vault-encrypted") => Self::Vault,
            Some(tag) => match tag.strip_prefix(CORE).and_then(|name| KNOWN.iter().find(|known| **known == name)) {
                Some(known) => Self::Core(known),
                None => Self::Other(tag.into()),
            },
        }
    }

    /// Nothing is written.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// The tag in its short form, for messages.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Plain => "!".to_owned(),
            Self::Core(name) => format!("!!{name}"),
            Self::Unsafe => "!unsafe".to_owned(),
            Self::Vault => "!vault".to_owned(),
            Self::Other(tag) => match tag.strip_prefix(CORE) {
                Some(name) => format!("!!{name}"),
                None => tag.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart_by_what_they_resolve_to() {
        for (resolved, tag, shown) in [
            (None, Tag::None, ""),
            (Some("!"), Tag::Plain, "!"),
            (Some("tag:yaml.org,2002:str"), Tag::Core("str"), "!!str"),
            (Some("tag:yaml.org,2002:python/unicode"), Tag::Core("python/unicode"), "!!python/unicode"),
            (Some("!unsafe"), Tag::Unsafe, "!unsafe"),
            (Some("!vault-encrypted"), Tag::Vault, "!vault"),
            (Some("!str"), Tag::Other("!str".into()), "!str"),
            (Some("tag:yaml.org,2002:foo"), Tag::Other("tag:yaml.org,2002:foo".into()), "!!foo"),
        ] {
            assert_eq!(Tag::of(resolved), tag);
            assert_eq!(tag.shown(), shown);
        }
    }
}
