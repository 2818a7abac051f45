//! What is wrong with what an operator has sent.

use wmpf_voip::code::Code;
use wmpf_voip::protocol::{Refusal, WrongField};

/// The wrong fields of what an operator has sent. These rules are the service's own, and are told in English only.
#[derive(Default)]
pub struct Problems(Vec<WrongField>);

impl Problems {
    /// Notes that the field `path` is not what was expected.
    pub fn parameter(&mut self, path: &str, expected: &str, got: String) {
        self.0.push(WrongField::new(path, Code::Parameter, expected, got));
    }

    /// Gives `right` if no field is wrong.
    ///
    /// # Errors
    /// When a field is wrong. The refusal names every wrong field.
    pub fn or<T>(self, right: Option<T>) -> Result<T, Refusal> {
        match right {
            Some(right) if self.0.is_empty() => Ok(right),
            Some(_) | None => Err(Refusal::of(Code::Parameter, self.0)),
        }
    }
}
