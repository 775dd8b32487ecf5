//! SSH keys as text: public key lines, new key pairs, and what a key file holds.
//!
//! Promises: a [`KeyLine`] is one line that sshd reads as that key, and whose text is harmless in a Jinja template;
//! secret bytes live in `Zeroizing`; no error quotes text that could be part of a private key.
//! Refuses, each by name and with what to do next: everything that would install without an error and let nobody in
//! (see [`KeyError`]). Pure: no file, terminal or clock; randomness comes in as an argument.

#![allow(missing_docs)]

mod ansible_module;
mod armour;
mod calendar;
mod describe;
mod error;
mod expiry;
mod fields;
mod foreign;
mod generate;
mod hint;
mod known_points;
mod last_day;
mod limits;
mod line;
mod option_values;
mod options;
mod pem;
mod policy;
mod private;
mod private_kind;
mod restriction;
mod rsa;
mod source;
mod sshd;
#[cfg(test)]
mod test_keys;
mod text;
mod unfilled;
mod wire;
mod words;

pub use ansible_module::{ModuleResult, Written, ansible_writes};
pub(crate) use describe::fingerprint;
pub use describe::{Described, describe};
pub use error::KeyError;
pub use generate::{NewKey, check_passphrase};
pub use last_day::{LastDay, NotADay, day_of};
pub use limits::{ADVISED_RSA_BITS, DEFAULT_ROUNDS, MAX_LINE_BYTES, MAX_ROUNDS, MIN_ROUNDS};
pub(crate) use line::data_words;
pub use line::{KeyLine, is_in_use, materials};
pub(crate) use line::{is_broken_between, key_lines};
pub use private::{PrivateInfo, public_half};
pub use private_kind::PrivateKind;
pub(crate) use restriction::only_restrict;
pub use source::{Candidate, Source, read_public_only, read_source, read_without_comments};
pub use sshd::{Login, login};
pub(crate) use text::refuse_foreign;
