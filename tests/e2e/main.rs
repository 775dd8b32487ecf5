//! Files that spin-keys wrote, on real servers: real Ansible installs them, real sshd lets people in.
//!
//! Each server is this machine's file system under an overlay, in a mount, network and process namespace of its own
//! (`server.sh`), provisioned by a playbook that does what Spin's roles do (`provision.yml`, held against the roles
//! in `roles`). It takes root, openssh-server, and ansible with `ansible.posix`:
//!
//! - `SPIN_KEYS_ANSIBLE`: the `bin` folder of a virtual environment with the newest ansible-core;
//! - `SPIN_KEYS_ANSIBLE_2_18`: the same of 2.18, the last that runs on Python 3.11.
//!
//! `SPIN_KEYS_FULL=1` takes all of `fixtures/access` and `fixtures/outcomes` instead of a part, and each scenario with each version on each server.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod ansible;
mod client;
mod figures;
mod outcomes;
mod revoked;
mod roles;
mod scenarios;
mod server;
mod stages;
#[path = "../support/mod.rs"]
mod support;

use crate::support::{measured, session};
