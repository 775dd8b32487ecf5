//! An error as JSON, for runs with `--format json`.

use super::shapes::{Place, VERSION, pretty};
use crate::error::{Error, ErrorKind};
use serde::Serialize;

/// `{"version": 1, "error": {...}}`
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ErrorObject {
    version: u32,
    error: JsonError,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonError {
    kind: Kind,
    message: String,
    place: Option<Place>,
    /// What to do next.
    hints: Vec<String>,
    /// Other information.
    notes: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Nothing was written.
    Failed,
    /// Something was written before the failure.
    PartlyDone,
    /// The answer was no.
    Declined,
    Interrupted,
}

/// The object, with a line break.
#[must_use]
pub fn error(error: &Error) -> String {
    let kind = match error.kind {
        ErrorKind::Failed => Kind::Failed,
        ErrorKind::PartlyDone => Kind::PartlyDone,
        ErrorKind::Declined => Kind::Declined,
        ErrorKind::Interrupted => Kind::Interrupted,
    };
    let place = error.place.as_ref().map(|place| Place::new(&place.path, place.line, place.column));
    let error = JsonError {
        kind,
        message: error.message.clone(),
        place,
        hints: error.hints.clone(),
        notes: error.notes.clone(),
    };
    pretty(&ErrorObject { version: VERSION, error })
}
