//! Turns a request into a plan. Users and the deploy account each have a file of their own.

pub(crate) mod add_deploy;
pub(crate) mod add_user;
mod existing;
pub(crate) mod moved;
pub(crate) mod request;
pub mod revoke;
pub mod rotate;

use crate::spin::plan::request::{Plan, Request, Who};
use crate::yaml::{Document, Refusal};

/// Decides what a request changes in a file.
///
/// # Errors
/// The request cannot be carried out in this file; the refusal has the place and what to do.
pub fn plan(document: &Document<'_>, request: &Request<'_>) -> Result<Plan, Refusal> {
    if let Some(root) = document.root() {
        let top = document.node(root);
        if !matches!(top.kind, crate::yaml::Kind::Mapping { .. }) && !document.is_null(root) {
            return Err(document.refuse_node(
                root,
                "the top level of the file is not a mapping",
                "check that this is the right file, or name another one with --file",
            ));
        }
    }
    match request.who {
        Who::User { name, full_name, groups, create } => {
            let new = add_user::NewUser { name, full_name, groups, create };
            add_user::plan(document, &new, &request.key, request.field)
        }
        Who::Deploy => add_deploy::plan(document, &request.key, request.field),
    }
}
