//! What is true of every input to the core's parsers: of the requests as JSON, of a `customQuery`, of what a party
//! says in its call, and of the service's answers.
//!
//! Each has a function here, which takes any bytes and panics when a property does not hold. libFuzzer looks
//! for such bytes (`fuzz_targets/`, `cargo xtask fuzz`), and `tests/replay.rs` tries all that are kept in
//! `corpus/`.

// A panic is how libFuzzer and the tests hear of an input that breaks a property.
#![allow(clippy::expect_used, clippy::panic)]

use wmpf_voip::problem::Problem;

pub mod answers;
pub mod custom_query;
pub mod members;
pub mod phone_calls;
pub mod requests;
pub mod signals;
mod tokens;

/// A function that panics if the input breaks a property.
pub type Check = fn(&[u8]);

/// Every fuzz target with its name, which is also that of its folder in `corpus/`.
pub const TARGETS: [(&str, Check); 5] = [
    ("answers", answers::check),
    ("custom_query", custom_query::check),
    ("phone_calls", phone_calls::check),
    ("requests", requests::check),
    ("signals", signals::check),
];

/// The longest "expected" and "got" of a problem, in characters.
const MAX_WORDS: usize = 150;

/// There are problems, and each says in a few words what is wrong.
fn check_words(problems: &[Problem]) {
    assert!(!problems.is_empty());
    for Problem { path, expected, got, .. } in problems {
        for words in [expected.en(), expected.zh(), got.en(), got.zh()] {
            assert!(is_short_line(&words, MAX_WORDS), "{path}: {words:?}");
        }
    }
}

/// Whether a text can be shown on one line, and is no longer than `limit` characters.
fn is_short_line(text: &str, limit: usize) -> bool {
    !text.is_empty() && text.chars().count() <= limit && !text.contains(char::is_control)
}
