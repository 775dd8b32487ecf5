//! From a request to a plan: the rules for persons and for the deploy account are in files of their own.

pub(crate) mod add_deploy;
pub(crate) mod add_user;
pub(crate) mod request;

use crate::spin::plan::request::{Plan, Request, Who};
use crate::yaml::{Document, Refusal};

/// Decides what a request changes in this file.
///
/// # Errors
/// A file or request that cannot be served, with the place in the file and what to do.
pub fn plan(document: &Document<'_>, request: &Request<'_>) -> Result<Plan, Refusal> {
    if let Some(root) = document.root() {
        let top = document.node(root);
        if !matches!(top.kind, crate::yaml::Kind::Mapping { .. }) && !document.is_null(root) {
            return Err(document.refuse_node(
                root,
                "the file is not a mapping at its top, as a .spin.yml is",
                "is this the right file? name another with --file",
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
