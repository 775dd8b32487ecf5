//! How every command writes: plan, splice, prove, review, show, ask, lock, read again, write.

pub mod access;
pub mod add_key;
pub mod admit;
pub mod allowed;
pub mod closed;
mod closed_people;
mod closed_side;
pub mod difference;
pub mod finish;
pub mod fix;
pub mod originals;
pub mod patch;
pub mod revoke;
pub mod rotate;
pub mod rotate_finish;
pub mod run;
