//! Tags of nodes, resolved: handles, `%TAG`, %-escapes and verbatim forms are gone.

/// The prefix of YAML's own tags.
const CORE: &str = "tag:yaml.org,2002:";

/// A tag as Ansible's loader tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// Nothing is written.
    None,
    /// `!`, which makes libyaml read a scalar as if it had no quotes.
    Plain,
    /// One of YAML's own that `PyYAML` or Ansible constructs.
    Core(Core),
    /// `!unsafe`
    Unsafe,
    /// `!vault`, `!vault-encrypted`
    Vault,
    /// Any other, for which Ansible has no constructor.
    Other,
}

/// YAML's own tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Core {
    Null,
    Bool,
    Int,
    Float,
    Binary,
    Timestamp,
    Omap,
    Pairs,
    Set,
    Str,
    Seq,
    Map,
    /// `!!python/unicode`, which Ansible reads as a text.
    Unicode,
    /// `!!python/dict`, which Ansible reads as a mapping.
    Dict,
    Merge,
    Value,
    Yaml,
}

/// Each with what follows `!!`.
const CORES: [(Core, &str); 17] = [
    (Core::Null, "null"),
    (Core::Bool, "bool"),
    (Core::Int, "int"),
    (Core::Float, "float"),
    (Core::Binary, "binary"),
    (Core::Timestamp, "timestamp"),
    (Core::Omap, "omap"),
    (Core::Pairs, "pairs"),
    (Core::Set, "set"),
    (Core::Str, "str"),
    (Core::Seq, "seq"),
    (Core::Map, "map"),
    (Core::Unicode, "python/unicode"),
    (Core::Dict, "python/dict"),
    (Core::Merge, "merge"),
    (Core::Value, "value"),
    (Core::Yaml, "yaml"),
];

impl Tag {
    /// From the resolved tag.
    pub(crate) fn of(resolved: Option<&str>) -> Self {
        match resolved {
            None => Self::None,
            Some("!" | "") => Self::Plain,
            Some("!unsafe") => Self::Unsafe,
            Some("!vault" | "!vault-encrypted") => Self::Vault,
            Some(tag) => {
                let name = tag.strip_prefix(CORE);
                let core = name.and_then(|name| CORES.iter().find(|(_, known)| *known == name));
                core.map_or(Self::Other, |(core, _)| Self::Core(*core))
            }
        }
    }

    /// Nothing is written.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::None
    }

    /// The tag in its short form, for messages.
    pub(crate) fn shown(self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Plain => "!".to_owned(),
            Self::Core(core) => {
                CORES.iter().find(|(known, _)| *known == core).map_or(String::new(), |(_, name)| format!("!!{name}"))
            }
            Self::Unsafe => "!unsafe".to_owned(),
            Self::Vault => "!vault".to_owned(),
            Self::Other => "one that Ansible does not know".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart_by_what_they_resolve_to() {
        for (resolved, tag, shown) in [
            (None, Tag::None, "none"),
            (Some("!"), Tag::Plain, "!"),
            (Some("tag:yaml.org,2002:str"), Tag::Core(Core::Str), "!!str"),
            (Some("tag:yaml.org,2002:python/unicode"), Tag::Core(Core::Unicode), "!!python/unicode"),
            (Some("!unsafe"), Tag::Unsafe, "!unsafe"),
            (Some("!vault-encrypted"), Tag::Vault, "!vault"),
            (Some("!str"), Tag::Other, "one that Ansible does not know"),
            (Some("tag:yaml.org,2002:foo"), Tag::Other, "one that Ansible does not know"),
        ] {
            assert_eq!(Tag::of(resolved), tag);
            assert_eq!(tag.shown(), shown);
        }
    }
}
