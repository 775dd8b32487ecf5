//! What a `.spin.yml` means to Spin: its accounts, their keys, and what a request changes.
//!
//! The facts come from runs of the `serversideup.spin` collection v1.0.0 to v2.3.4, not from its documentation. Pure:
//! takes text and requests, returns [`yaml::Edit`](crate::yaml::Edit)s, data and refusals.

pub mod config;
pub mod plan;
pub mod provision;
pub mod redact;

pub use config::Config;
pub use config::layout::{Field, Section};
pub use config::names::{check_group, check_label, check_name, is_close};
pub use config::principals::{Listed, Principal, principals};
pub use config::user::{User, deploy_account, users};
pub(crate) use config::written_keys::key_texts;
pub use config::written_keys::{Holder, other_holder, sealed_keys};
pub use plan::plan;
pub use plan::request::{NewKey, Plan, Request, Who};
pub use redact::secret::{is_secret_name, is_secret_text, secrets};
pub use redact::visible;

/// Stands for the key in a diff while the key does not exist yet.
pub const NEW_KEY: &str = "<new ed25519 key>";
