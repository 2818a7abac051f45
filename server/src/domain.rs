//! The nouns that every room knows.

pub mod clock;
pub mod failure;
pub mod party;
pub mod preview;
pub mod sides;
pub mod tokens;
