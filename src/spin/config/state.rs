//! The `state` of a user or a key.

use super::ansible_value::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Missing, or `present`.
    Present,
    /// `absent`
    Absent,
    /// A value that Ansible refuses.
    Wrong,
    /// Known only to Ansible.
    Unknown,
}

impl State {
    pub(super) fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Text("present") => Self::Present,
            Value::Text("absent") => Self::Absent,
            Value::Unknown => Self::Unknown,
            _ => Self::Wrong,
        }
    }
}
