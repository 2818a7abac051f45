//! What is true of every input to three parsers of the core: of the request as JSON, of a `customQuery`, and
//! of the service's answers.
//!
//! Each has a function here, which takes any bytes and panics when a property does not hold. libFuzzer looks
//! for such bytes (`fuzz_targets/`, `cargo xtask fuzz`), and `tests/replay.rs` tries all that are kept in
//! `corpus/`.

// A panic is how libFuzzer and the tests hear of an input that breaks a property.
#![allow(clippy::expect_used, clippy::panic)]

pub mod answers;
pub mod custom_query;
pub mod members;
pub mod requests;

/// A function that panics if the input breaks a property.
pub type Check = fn(&[u8]);

/// Every fuzz target with its name, which is also that of its folder in `corpus/`.
pub const TARGETS: [(&str, Check); 3] = [
    ("answers", answers::check),
    ("custom_query", custom_query::check),
    ("requests", requests::check),
];

/// Whether a text can be shown on one line, and is no longer than `limit` characters.
fn is_short_line(text: &str, limit: usize) -> bool {
    !text.is_empty() && text.chars().count() <= limit && !text.contains(char::is_control)
}
