//! SSH keys as text: public key lines, new key pairs, and what a key file holds.
//!
//! Promises: a [`KeyLine`] is one line that sshd reads as that key, and whose text is harmless in a Jinja template;
//! secret bytes live in `Zeroizing`; no error quotes text that could be part of a private key.
//! Refuses, each by name and with what to do next: everything that would install without an error and let nobody in
//! (see [`KeyError`]). Pure: no file, terminal or clock; randomness comes in as an argument.

mod armour;
mod describe;
mod error;
mod expiry;
mod fields;
mod generate;
mod hint;
mod line;
mod options;
mod policy;
mod private;
mod server;
mod source;
#[cfg(test)]
mod test_keys;
mod text;
mod wire;

pub use describe::{Described, describe};
pub use error::{KeyError, PrivateKind};
pub use generate::{DEFAULT_ROUNDS, MAX_ROUNDS, MIN_ROUNDS, NewKey};
pub(crate) use line::is_broken_between;
pub use line::{KeyLine, MAX_LINE_BYTES, is_in_use, key_lines, materials};
pub use policy::{ADVISED_RSA_BITS, MAX_RSA_BITS, MIN_RSA_BITS};
pub use private::{PrivateInfo, public_half};
pub use server::{Given, Login, Written, given, login};
pub use source::{Candidate, Source, read_public_only, read_source};
