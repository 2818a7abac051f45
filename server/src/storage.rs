//! The data file, and what is asked of it.

pub mod billing;
pub mod call_record;
pub mod engaged;
pub mod look_ups;
pub mod store;
