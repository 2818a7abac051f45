//! What is wrong with a value that came from outside: all of it at once, each with its place.

use std::fmt;

use crate::code::Code;
use crate::secret::Secret;
use crate::text::{concat, join};
use crate::value::{Object, Value};
use crate::words::{Phrase, Words};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: the field's path, such as `listener.id`.
    pub path: String,
    /// [`Code::Parameter`], or [`Code::VoipToken`] for a token that is required, or [`Code::ChargeType`].
    pub code: Code,
    /// What the field takes.
    pub expected: Words,
    /// What came; never the value of a token.
    pub got: Words,
}

impl Problem {
    /// `<path>: expected <expected>, got <got>`
    pub(crate) fn message(&self) -> String {
        wrong_field(&self.path, &self.expected.en(), &self.got.en())
    }
}

/// What an error says of one field.
pub(crate) fn wrong_field(path: &str, expected: &str, got: &str) -> String {
    concat(&[path, ": expected ", expected, ", got ", got])
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

/// Everything that is wrong with one request, in the order of the documented table of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The problems, first field first.
    #[must_use]
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }

    /// The code of them all: their own when they share one, as when nothing but the token is wrong.
    #[must_use]
    pub fn code(&self) -> Code {
        match self.0.split_first() {
            Some((first, rest)) if rest.iter().all(|problem| problem.code == first.code) => {
                first.code
            }
            _ => Code::Parameter,
        }
    }

    /// All of them in one line.
    #[must_use]
    pub fn message(&self) -> String {
        join(&self.0.iter().map(Problem::message).collect::<Vec<_>>(), "; ")
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes a problem of the kind that most are.
    pub fn parameter(&mut self, path: &str, expected: Phrase, got: Words) {
        self.push(path, Code::Parameter, expected.into(), got);
    }

    /// Notes that `value` is not the token that `path` takes, without printing it.
    pub(crate) fn wrong_secret(&mut self, path: &str, code: Code, expected: Phrase, value: &Value) {
        self.push(path, code, value.expected(expected), value.describe_secret());
    }

    fn push(&mut self, path: &str, code: Code, expected: Words, got: Words) {
        self.0.push(Problem { path: path.into(), code, expected, got });
    }

    /// A string that may be left out.
    pub(crate) fn optional_string(
        &mut self,
        path: &str,
        value: Value,
        expected: Phrase,
    ) -> Option<String> {
        match value {
            Value::Missing => None,
            Value::String(text) => Some(text),
            Value::Number(_) | Value::Other(_) => {
                self.wrong(path, expected, &value);
                None
            }
        }
    }

    /// A string that must be there and have content.
    pub(crate) fn required_string(&mut self, path: &str, value: Value) -> Option<String> {
        match value {
            Value::String(text) if !text.is_empty() => Some(text),
            Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => {
                self.wrong(path, Phrase::NON_EMPTY_STRING, &value);
                None
            }
        }
    }

    /// A token that must be there and have content.
    pub(crate) fn required_secret(
        &mut self,
        path: &str,
        value: Secret<Value>,
        expected: Phrase,
    ) -> Option<Secret<String>> {
        match value.into_inner() {
            Value::String(text) if !text.is_empty() => Some(Secret::new(text)),
            wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                self.wrong_secret(path, Code::Parameter, expected, &wrong);
                None
            }
        }
    }

    /// An object, with its properties read.
    pub(crate) fn object<T>(&mut self, path: &str, value: Object<T>) -> Option<T> {
        match value {
            Object::Is(raw) => Some(raw),
            Object::Not(value) => {
                self.wrong(path, Phrase::AN_OBJECT, &value);
                None
            }
        }
    }

    /// Notes that `value` is not what `path` takes.
    pub(crate) fn wrong(&mut self, path: &str, expected: Phrase, value: &Value) {
        self.wrong_as(Code::Parameter, path, expected, value);
    }

    /// The same, where the contract has a code for it.
    pub(crate) fn wrong_as(&mut self, code: Code, path: &str, expected: Phrase, value: &Value) {
        self.push(path, code, value.expected(expected), value.describe());
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Problems {}

/// The problem of a result that has just one, for the tests of whatever is validated.
#[cfg(test)]
pub(crate) fn only_problem<T: fmt::Debug>(result: Result<T, Problems>) -> Problem {
    let problems = result.unwrap_err();
    assert_eq!(problems.as_slice().len(), 1, "{problems}");
    problems.as_slice()[0].clone()
}
