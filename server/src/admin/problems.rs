//! What is wrong with what an operator has sent.

use wmpf_voip::code::Code;
use wmpf_voip::protocol::{Refusal, WrongField};

/// What is wrong with what an operator has sent. These rules are the service's own, and said in English.
#[derive(Default)]
pub struct Problems(Vec<WrongField>);

impl Problems {
    /// Notes that `path` is not what was expected.
    pub fn parameter(&mut self, path: &str, expected: &str, got: String) {
        self.0.push(WrongField::new(path, Code::Parameter, expected, got));
    }

    /// Gives `right` if nothing is wrong.
    ///
    /// # Errors
    /// Else all that is.
    pub fn or<T>(self, right: Option<T>) -> Result<T, Refusal> {
        match right {
            Some(right) if self.0.is_empty() => Ok(right),
            Some(_) | None => Err(Refusal::of(Code::Parameter, self.0)),
        }
    }
}
