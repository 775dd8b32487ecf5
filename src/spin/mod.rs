//! What a `.spin.yml` means to Spin: who its accounts are, where their keys stand, and what a request changes.
//!
//! The facts come from runs of the `serversideup.spin` collection v1.0.0 to v2.3.4, not from its documentation. Pure:
//! text and requests in, [`yaml::Edit`](crate::yaml::Edit)s, words and refusals out.

pub mod config;
pub mod plan;
pub mod provision;
pub mod redact;

pub use config::key_list::{Holder, other_holder, sealed_keys};
pub use config::layout::Field;
pub use config::names::{check_group, check_label, check_name, is_close};
pub use config::principals::{Listed, Principal, is_named, principals};
pub use config::user::{Section, User, deploy_account, users};
pub use plan::plan;
pub use plan::request::{Change, NewKey, Plan, Request, Who};
pub use provision::outcome::{Account, Failure, Installed, NotInstalled, Outcome, Via};
pub use redact::secret::{is_secret_name, is_secret_text, secrets};
pub use redact::visible;

/// What stands for the key in a diff while it is yet to be made.
pub const NEW_KEY: &str = "<new ed25519 key>";
