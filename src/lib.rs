//! spin-keys puts SSH public keys into the `.spin.yml` of Spin (Server Side Up).
//!
//! One way through the program, the same for every command that changes the file:
//!
//! ```text
//! read -> (decrypt) -> locate -> plan -> splice -> prove -> show diff -> confirm -> (encrypt) -> replace
//! ```
//!
//! [`yaml::Document`] locates nodes and their byte spans. [`spin::plan()`] decides, in Spin's terms, what shall change.
//! [`yaml::splices`] turns that into the fewest insertions and replacements, in the file's own style. [`yaml::prove`]
//! reads before and after with a second, unrelated parser and accepts only if the one difference is the planned one, and
//! only if every byte outside the splices is the old one. Only [`files`] touches the disk.
//!
//! `key`, `vault`, `yaml`, `spin` and `diff` are pure: text and values in, text and values out. The crate is a library so that
//! tests and fuzzers reach them; its API is not promised to anyone.
//!
//! # Limitations
//!
//! Refused, with line and column where there is one, exit code 2 and nothing written:
//!
//! - **Ansible Vault** of other formats than 1.1 and 1.2 with AES256, and anything before its header.
//! - **More than one YAML document**, or a top level that is not a mapping: Spin reads one mapping.
//! - **A key twice in one mapping**, anywhere: Ansible takes the last one, and the proof cannot load such a file.
//! - **Anchors, aliases, tags and `<<` at the place of the change or around it**: what they share would change elsewhere.
//!   Elsewhere in the file they are fine.
//! - **What Ansible's parser refuses and others take**: a list or mapping as a key (most often a template without quotes), an
//!   anchor that is defined twice, `<<` of something else than mappings.
//! - **Line breaks on which parsers differ**: a bare CR, U+0085, U+2028, U+2029. Tabs as indentation. Text that is not
//!   UTF-8.
//! - **A block scalar that the end of the file cuts off** right before the place of the change: it would get a line break.
//! - **A list or mapping of another kind**: a string where a list belongs, users with an alias for a name, an empty value on
//!   a line of its own, empty brackets with a comment in them, the mapping in `[key: value]`.
//! - **More than 255 levels**, and aliases that multiply without end.
//! - **Whatever the proof cannot confirm.**
//! - **Files** over 64 MiB, with several hard links, of an owner that cannot be kept; folders, pipes, devices.
//!
//! [`spin::Access`], `check` and `review` follow the roles of `serversideup.spin` v2.3.4 on a new Debian or Ubuntu server, as ansible-core
//! 2.21 runs them. They do not know: what a template gives, what a server had before, groups that somebody made there,
//! variables from elsewhere than the file, two accounts with one `homedir`, the servers and providers of the file.
//!
//! Not kept: access control lists and extended attributes of the file (mode, owner and group are); what an editor, which
//! takes no lock, saves in the instant between the last reading of the file and the rename that replaces it. Not
//! checked: whether the point of an ECDSA key lies on its curve. A passphrase typed on the terminal cannot hold a tab: give it in a file. The
//! bytes of a file, its plain text, private keys and passphrases are wiped from memory; what the two YAML parsers allocate
//! for its values is freed and not wiped.
#![warn(missing_docs)]

pub mod check;
pub mod cli;
pub mod commands;
pub mod diff;
pub mod error;
pub mod files;
pub mod git;
pub mod key;
pub mod password;
pub mod prompt;
pub mod review;
pub mod signals;
pub mod spin;
pub mod ui;
pub mod vault;
pub mod yaml;
