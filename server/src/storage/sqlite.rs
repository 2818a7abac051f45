//! The engine that stores in a SQLite file.

mod calls;
pub mod facts;
pub mod look_ups;
mod outbox;
pub mod store;
pub mod writes;

#[cfg(test)]
mod checks_tests;
#[cfg(test)]
mod creation_tests;
#[cfg(test)]
mod seeded;
