//! The rounds of edits.

use super::revocation::Revocation;
use super::revoking::Revoking;
use crate::spin::config::Config;
use crate::yaml::{Document, Edit, Refusal};

/// The next edits on the way to a file that takes away what was asked for; none if the file does. Each round of edits is
/// planned on the result of the one before.
///
/// `now`: seconds since 1970.
///
/// # Errors
/// The file has a form in which it would have no effect; the refusal has the place and what to do.
pub fn next(document: &Document<'_>, revocation: &Revocation, now: u64) -> Result<Vec<Edit>, Refusal> {
    let config = Config::of(document);
    let revoking = Revoking { document, config: &config, revocation, now };
    let first = [revoking.forms()?, revoking.order()?];
    Ok(match first.into_iter().find(|edits| !edits.is_empty()) {
        Some(edits) => edits,
        None => all_else(&revoking)?,
    })
}

/// In one round, since what goes no longer shows what it opened.
fn all_else(revoking: &Revoking<'_, '_, '_>) -> Result<Vec<Edit>, Refusal> {
    Ok([revoking.absent()?, revoking.without_groups()?, revoking.out_of_deploy()?, revoking.removed_from_deploy()?]
        .concat())
}
