//! Who is connected to this process, and when something is due.

pub mod calls;
pub(crate) mod deadlines;
pub mod listeners;
