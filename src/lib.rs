//! spin-keys manages SSH public keys in the `.spin.yml` of Spin (Server Side Up).
//!
//! # The pipeline
//!
//! Everything that the program says about access comes from one computation, made once for each side of a question:
//!
//! ```text
//! Origin -> SpinFile -> Text -> Document -> Config -> Outcome -> Findings        = Analysis of one text
//! Request -> Plan -> Patch (spliced, proved)                                     = a change
//! compare(Analysis before, Analysis after)                                       = Review: its effect on access
//! Report = Check | Review | Access | Change    ->   render(Report, Format, Redaction)
//! ```
//!
//! [`input`] turns an `Origin` (disk, revision, index, standard input) into readable text. [`yaml`] makes a `Document` of
//! it: the tree with byte spans on which two unrelated readers agree, event by event, and what Ansible constructs of each
//! node. Where the readers differ, nothing is said of the file. [`spin`] reads it as a `Config`, and predicts the `Outcome` of `spin
//! provision` on a new server and on one that was provisioned before, with the keys of the tunnel. [`check`] adds the findings; together they are the `Analysis`. [`review`] compares two
//! analyses. [`report`] turns values into text, with one file per format.
//!
//! Every command that writes takes the same way:
//!
//! ```text
//! read -> (decrypt) -> locate -> plan -> splice -> prove -> review -> show -> confirm -> lock -> read again
//!      -> plan, splice, prove and review again if the file changed -> (encrypt) -> replace
//! ```
//!
//! [`spin::plan()`] decides, in Spin's terms, what to change. [`yaml::splices`] turns that into the fewest insertions
//! and replacements, in the file's own style. [`yaml::prove`] reads the text after in the same way. It accepts the change
//! only if the planned one is the only difference in what Ansible constructs, and if every byte outside the splices is
//! unchanged. Only [`files`] writes to the disk. `check --fix` plans, splices and proves again on its own result until
//! nothing is left to fix, compares who gets in before and after ([`change::access`]), and makes no fix that changes more
//! than its finding says.
//!
//! # Rooms
//!
//! Each room may use those before it in this line, and none after it:
//!
//! ```text
//! error < {yaml, vault, key, files, signals, shell, children, git} < spin < check < review
//!       < change::access < {change::patch, change::admit, report} < {ui, prompt} < {input, key_source} < change::run < commands < cli < main
//! ```
//!
//! `key`, `vault`, `yaml`, `spin`, `check`, `review`, `report` and `diff` are pure: text and values in, text and values
//! out. The crate is a library so that tests and fuzzers reach them. Its API is not promised to anyone.
//!
//! # Limitations
//!
//! Edits refuse the following, with line and column if there is one, exit code 2, and nothing written:
//!
//! - **A file that is something else**, which is refused for looking too: with the markers of a merge conflict, a
//!   pointer of Git LFS, encrypted with sops, age, git-crypt or PGP, UTF-16, HTML, gzip or ZIP.
//! - **Ansible Vault** in formats other than 1.1 and 1.2 with AES256, and anything before its header.
//! - **More than one YAML document**, or a top level that is not a mapping: Spin reads one mapping.
//! - **A duplicate key** in a mapping through which the way to the change leads, at the top if it is the key on that way:
//!   Ansible uses the last one, and people mean the other as often. Elsewhere it is fine.
//! - **Aliases, `<<`, and anchors that something refers to**, at the place of the change or around it: what they share would
//!   change elsewhere. An anchor on a list, a mapping or a text in brackets that would be removed, moved or become part of a
//!   list: it would go with it, or stand for something else. In other places of the file they are fine.
//! - **Tags** at the place of the change or around it, but for `!!seq` on a list and `!!map` on a mapping: they decide what
//!   Ansible makes of all that is in it.
//! - **A key behind a `?`** (`? key`) to which something is to be added, and a list that starts on the line of such a `:`.
//!   Beside it, with or without a `:`, everything can be edited.
//! - **YAML that Ansible's parser refuses and others accept**: a list or mapping as a key (most often an unquoted
//!   template), an anchor that is defined twice, `<<` with a value that is not a mapping, a date that is none.
//! - **YAML that two readers take for something else** (`&x: a`), of which nothing is said either.
//! - **Line breaks on which parsers differ**: a bare CR, U+0085, U+2028, U+2029. Also tabs as indentation, and text
//!   that is not UTF-8.
//! - **A block scalar (`|`, `>`, `|+`, `>+`) without a final line break** at the end of the file, right before the place of
//!   the change: the line break that is added would become part of its value. With `|-` and `>-` it does not.
//! - **Unexpected values**: a string instead of a list of mappings, a template, number or `!vault` value instead of a list, a
//!   string of several lines below its key, an alias as the name of a user, an empty value on a line of its own, the mapping
//!   in `[key: value]`, a file that holds only `{}`.
//! - **More than 255 levels**, aliases and merge keys that stand for more than twice the text of the file and 200,000
//!   bytes, and more than 100 `%TAG` lines.
//! - **Anything that the proof cannot confirm.**
//! - **Files** over 64 MiB, files with several hard links, files whose owner cannot be kept; folders, pipes, devices.
//!
//! `revoke` needs a file on which the run does not fail, and takes no key from an item that keeps another one, from a mapping by
//! name or from a user with `state: absent`. It cannot name who is not in the file any more, and knows nothing of the servers.
//!
//! `rotate` knows the file and the pairs of this machine. Whether the servers were provisioned, and whether the new key logs in, it
//! cannot know; its renames need a file system that renames without replacing, or has hard links.
//!
//! `list`, `check` and `review` follow the roles of `serversideup.spin` v2.3.4 on a new Debian or Ubuntu
//! server, as ansible-core 2.21 runs them. They do not know the results of templates, what was on a server before,
//! groups that somebody created there, variables from outside the file, two accounts with one `homedir`, or the servers
//! and providers of the file.
//!
//! `review` follows a rename of the file between commits and the index; one that is not staged makes it a new file. It sees no commit that
//! git keeps elsewhere (`GIT_OBJECT_DIRECTORY` of a `pre-receive` hook, `git replace`), and fetches no missing object.
//!
//! In CI (`CI`, `GITHUB_ACTIONS`, `GITLAB_CI`) a link that leads out of its repository is not followed; one with no `.git` above it
//! is. A link that is made between that look and the reading of the file is.
//!
//! Access control lists and extended attributes of the file are not kept; mode, owner and group are. A change is lost
//! if an editor, which takes no lock, saves it between the last reading of the file and the rename that replaces the
//! file. The bytes of a file, its plain text, private keys and passphrases are wiped from
//! memory; the memory that the two YAML parsers allocate for values is freed, but not wiped. The soft limit on core files is 0, which
//! a program that takes core dumps from the kernel may ignore.
#![allow(missing_docs, reason = "the API is not promised to anyone, and a clear name needs no comment")]

pub mod change;
pub mod check;
pub mod children;
pub mod cli;
pub mod commands;
pub mod diff;
pub mod error;
pub mod escape;
pub mod files;
pub mod git;
pub mod input;
pub mod key;
pub mod key_source;
pub mod prompt;
pub mod report;
pub mod review;
pub mod shell;
pub mod signals;
pub mod spin;
mod threads;
pub mod ui;
pub mod vault;
pub mod yaml;
