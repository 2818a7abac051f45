//! The rules of calls: whether one may be made, making it, and what happens to it until it is over.

pub mod checks;
pub mod consent;
pub mod creation;
pub mod crossings;
pub mod driver;
pub mod turn;
