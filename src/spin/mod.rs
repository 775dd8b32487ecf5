//! What a `.spin.yml` means to Spin: who its accounts are, where their keys stand, and what a request changes.
//!
//! The facts come from runs of the `serversideup.spin` collection v1.0.0 to v2.3.4, not from its documentation. Pure:
//! text and requests in, [`yaml::Edit`](crate::yaml::Edit)s, words and refusals out.

mod access;
mod account;
pub mod check;
mod delta;
mod deploy;
mod field;
mod keys;
mod listing;
mod name;
mod never;
mod plan;
mod preflight;
mod provision;
mod request;
mod roster;
mod secret;
mod server;
mod user;
mod value;
mod visible;
mod warn;

pub use access::{Access, Account, End, Installed, Never, Way};
pub use account::{Section, User, deploy_account, users};
pub use delta::{AccountDelta, Delta, KeyChange, KeyDelta, NewFinding, Other, OtherChange, Presence, delta};
pub use field::Field;
pub use keys::{Holder, other_holder, sealed_keys};
pub use listing::{Listed, Principal, is_named, principals};
pub use name::{check_group, check_label, check_name, is_close};
pub use plan::plan;
pub use request::{Change, NewKey, Plan, Request, Who};
pub use secret::{is_secret_name, is_secret_text, secrets};
pub use visible::visible;
pub use warn::{Warning, warnings};

/// What stands for the key in a diff while it is yet to be made.
pub const NEW_KEY: &str = "<new ed25519 key>";
