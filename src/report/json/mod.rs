//! The one JSON of all commands: `{"version": 1, "files": [...]}`, or `{"version": 1, "error": {...}}`. Its schema is
//! in docs/schema, generated from these types.

mod access;
mod change;
mod check;
mod error;
mod review;
mod revoked;
mod rotation;
mod shapes;

pub(super) use access::access;
pub(super) use change::change;
pub(super) use check::check;
pub use error::error;
pub(super) use review::comparison;
pub(super) use revoked::revoked;
pub(super) use rotation::rotation;

#[cfg(test)]
mod tests {
    use super::shapes::Files;
    use schemars::JsonSchema;
    use std::fs;
    use std::path::Path;

    /// Compares a schema with its file; `SPIN_KEYS_SCHEMA=write` writes the file.
    fn is_in_docs<T: JsonSchema>(name: &str) {
        let schema = serde_json::to_string_pretty(&schemars::schema_for!(T)).unwrap() + "\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema").join(name);
        if std::env::var_os("SPIN_KEYS_SCHEMA").is_some() {
            #[expect(clippy::disallowed_methods, reason = "a test writes its own file")]
            fs::write(&path, &schema).unwrap();
        }
        #[expect(clippy::disallowed_methods, reason = "a file of the project")]
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == schema, "{name}: run SPIN_KEYS_SCHEMA=write cargo test --lib schema");
    }

    #[test]
    fn the_schema_in_docs_is_made_from_the_types() {
        is_in_docs::<Files<super::access::AccessFile>>("list.json");
        is_in_docs::<Files<super::check::CheckedFile>>("check.json");
        is_in_docs::<Files<super::review::ReviewFile>>("review.json");
        is_in_docs::<Files<super::change::ChangedFile>>("add.json");
        is_in_docs::<Files<super::revoked::RevokedFile>>("revoke.json");
        is_in_docs::<Files<super::rotation::RotationFile>>("rotate.json");
        is_in_docs::<super::error::ErrorObject>("error.json");
    }
}
