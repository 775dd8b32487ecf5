//! The ways in which people write such a file, drawn at random.

use fastrand::Rng;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Quote {
    None,
    Single,
    Double,
}

/// What `users` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// One field a line.
    List,
    /// A mapping by name.
    ByName,
    /// `- {username: alice, ...}`
    FlowUsers,
    /// The same, the last field on a line of its own.
    FlowUsersOverTwoLines,
    /// `users: [{...}, {...}]`
    FlowList,
    /// The same with a line for each user.
    FlowListOverLines,
    JsonPretty,
    JsonCompact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Align {
    No,
    /// `name:      alice`
    Values,
    /// `name      : alice`
    Colons,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Username,
    Name,
    Groups,
    Keys,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Style {
    pub(super) form: Form,
    pub(super) order: Vec<Field>,
    pub(super) of_fields: Quote,
    pub(super) of_words: Quote,
    pub(super) of_names: Quote,
    pub(super) of_groups: Quote,
    pub(super) of_keys: Quote,
    pub(super) groups_in_flow: bool,
    pub(super) keys_in_flow: bool,
    /// Blanks inside `[ ]`.
    pub(super) list_pad: bool,
    /// Blanks inside `{ }`.
    pub(super) mapping_pad: bool,
    pub(super) comma: &'static str,
    pub(super) align: Align,
    /// `name : alice`
    pub(super) spaced_colons: bool,
    /// From a key to the dashes below it.
    pub(super) offset: usize,
    /// From a dash to what is behind it.
    pub(super) gap: usize,
    /// A user begins on the line below the dash.
    pub(super) alone: bool,
    /// From a key to the keys below it.
    pub(super) mapping: usize,
    /// Blank lines between users, in brackets where these are over lines, too.
    pub(super) apart: usize,
    pub(super) trailing_comma: bool,
    /// What indents pretty JSON.
    pub(super) indent: &'static str,
    pub(super) crlf: bool,
    pub(super) final_break: bool,
}

fn one<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(..of.len())]
}

impl Style {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        use Field::{Groups, Keys, Name, Username};
        let forms = [
            Form::List,
            Form::List,
            Form::List,
            Form::List,
            Form::ByName,
            Form::ByName,
            Form::FlowUsers,
            Form::FlowUsers,
            Form::FlowUsersOverTwoLines,
            Form::FlowList,
            Form::FlowListOverLines,
            Form::JsonPretty,
            Form::JsonCompact,
        ];
        let form = one(rng, &forms);
        let mut order = vec![Username, Name, Groups, Keys];
        if rng.bool() {
            rng.shuffle(&mut order);
        }
        if rng.bool() {
            order.retain(|field| *field != Name);
        }
        if form == Form::ByName {
            order.retain(|field| *field != Username);
        }
        let quotes = [Quote::None, Quote::Single, Quote::Double];
        let mut quote = || one(rng, &quotes);
        let (of_words, of_names, of_groups, of_keys) = (quote(), quote(), quote(), quote());
        Self {
            form,
            order,
            of_fields: one(rng, &[Quote::None, Quote::None, Quote::None, Quote::Single, Quote::Double]),
            of_words,
            of_names,
            of_groups,
            of_keys,
            groups_in_flow: rng.u8(..3) > 0,
            keys_in_flow: rng.u8(..4) == 0,
            list_pad: rng.u8(..3) == 0,
            mapping_pad: rng.bool(),
            comma: one(rng, &[", ", ", ", ","]),
            align: one(rng, &[Align::No, Align::No, Align::Values, Align::Colons]),
            spaced_colons: rng.u8(..8) == 0,
            offset: one(rng, &[0, 2, 2, 4]),
            gap: one(rng, &[1, 1, 3]),
            alone: rng.u8(..5) == 0,
            mapping: one(rng, &[2, 2, 4]),
            apart: one(rng, &[0, 0, 1, 1, 2]),
            trailing_comma: rng.bool(),
            indent: one(rng, &["  ", "    ", "\t"]),
            crlf: rng.u8(..6) == 0,
            final_break: rng.u8(..6) > 0,
        }
    }
}
