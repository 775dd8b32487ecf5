//! Why a file was refused, told by the message.

/// A reason.
pub(crate) enum Reason {
    /// One that `docs/limitations.md` or the design, "Which list is edited", names.
    OnPurpose(&'static str),
    /// Any other: the message without its place and what it quotes.
    Otherwise(String),
}

/// Words of a message, and the reason that they stand for.
const ON_PURPOSE: [(&str, &str); 34] = [
    ("two readers of YAML disagree", "two readers of YAML disagree"),
    ("has a tag that Ansible does not know", "a tag that Ansible does not know"),
    ("stand for more than", "aliases that multiply"),
    ("a second YAML document starts here", "several documents"),
    ("duplicate key `", "a key twice in one mapping"),
    ("is an alias (", "an anchor, alias, tag or `<<` at the place"),
    ("has an anchor (", "an anchor, alias, tag or `<<` at the place"),
    ("has the tag", "an anchor, alias, tag or `<<` at the place"),
    ("merges keys from elsewhere", "an anchor, alias, tag or `<<` at the place"),
    ("name comes from an alias", "a name that comes from an alias or a tag"),
    ("parsers disagree on what it means", "a line break on which parsers differ"),
    ("is indented with a tab", "a tab as indentation"),
    ("starts with a tab", "a tab as indentation"),
    ("within a block of text", "a block of text cut off by the end of the file"),
    ("the file ends without a line break", "a block of text cut off by the end of the file"),
    ("is expected here", "another kind of value than belongs there"),
    ("is a single value here", "another kind of value than belongs there"),
    ("is a template, known only to Ansible", "another kind of value than belongs there"),
    ("not a mapping at its top", "another kind of value than belongs there"),
    ("top level of the file is not a mapping", "another kind of value than belongs there"),
    ("the file holds only `{}`", "another kind of value than belongs there"),
    ("has no brackets of its own", "another kind of value than belongs there"),
    ("is on a line of its own", "an empty value on a line of its own"),
    ("is written with a `?`", "a key behind a `?`"),
    ("255 levels", "too many levels"),
    ("did you mean", "a name close to one that is there"),
    ("is listed twice", "two entries of one name"),
    ("has `state: absent`", "a user who is absent"),
    ("on which Spin's run fails", "a state that Spin does not know"),
    ("holds several keys with `state: absent`", "several keys in one absent item"),
    ("name is a template", "a name that is a template"),
    ("is the deploy account", "the name of the deploy account"),
    ("without quotes as this text", "a name that YAML 1.1 reads as something else"),
    ("`username` of docker_user is empty", "an empty name of the deploy account"),
];

impl Reason {
    /// Sorts a message, which may open with `line:column: `.
    pub(crate) fn of(message: &str) -> Self {
        if let Some((_, reason)) = ON_PURPOSE.iter().find(|(words, _)| message.contains(words)) {
            return Self::OnPurpose(reason);
        }
        let first = message.lines().next().unwrap_or_default();
        let words = first.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | ' '));
        Self::Otherwise(words.split(['`', '"', '\'']).next().unwrap_or_default().trim_end().to_owned())
    }
}
