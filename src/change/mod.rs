//! How every command writes: plan, splice, prove, review, show, ask, lock, read again, write.

pub mod add_key;
pub mod admit;
pub mod fix;
pub mod patch;
pub mod run;
