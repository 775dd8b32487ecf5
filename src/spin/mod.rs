//! What a `.spin.yml` means to Spin: who its accounts are, where their keys stand, and what a request changes.
//!
//! The facts come from runs of the `serversideup.spin` collection v1.0.0 to v2.3.4, not from its documentation. Pure:
//! text and requests in, [`yaml::Edit`](crate::yaml::Edit)s, words and refusals out.

mod account;
mod deploy;
mod field;
mod keys;
mod name;
mod plan;
mod request;
mod secret;
mod user;
mod warn;

pub use account::{Section, User, deploy_account, users};
pub use field::Field;
pub use keys::{Holder, other_holder};
pub use name::{check_group, check_label, check_name, is_close};
pub use plan::plan;
pub use request::{Change, NewKey, Plan, Request, Who};
pub use secret::{is_secret_name, is_secret_text, secrets};
pub use warn::{Warning, warnings};
