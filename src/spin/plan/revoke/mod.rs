//! Takes keys and people away, so that it takes effect on servers that have them (SPIN.md, "Removing and rotating").
//!
//! A key that is only deleted stays on every server. So its item becomes `absent`; the first item of a sudo user, which Spin also
//! gives to the deploy account, gets another present key in front of it; and a *revocation entry* under the deploy account's own
//! name takes the key from there. It does so for every key of a sudo user in `users`: the file does not say which of them was the
//! first one when a server was provisioned.

mod deploy;
mod finish;
mod named;
mod next;
mod order;
mod people;
mod revocation;
mod revoking;

pub use finish::{Finished, Kept, WhyKept, finish};
pub use named::{Named, line_of, named};
pub use next::next;
pub(crate) use revocation::each_text;
pub use revocation::{Given, Keys, Revocation};
pub use revoking::deploy_public_key;
