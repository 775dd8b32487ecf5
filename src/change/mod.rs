//! How every command writes: plan, splice, prove, review, show, ask, lock, read again, write.

pub mod access;
pub mod add_key;
pub mod admit;
pub mod allowed;
pub mod difference;
pub mod fix;
pub mod originals;
pub mod patch;
pub mod run;
