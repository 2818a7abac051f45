//! What came from outside, before any rule has looked at it.
//!
//! The rules of the contract are the same for a JS object and for a JSON body. Both are first reduced
//! to the few things that the rules can tell apart: `src/wasm` reads a JS property into a [`Value`],
//! and serde reads a JSON member into the same.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};

use crate::text::{concat, decimal, number as spell};
use crate::words::{Phrase, Words};

/// The longest string that a field takes, in UTF-16 code units (what JavaScript calls `length`).
///
/// No id, name, token or query of the platform comes near it; it keeps a mistaken megabyte from being
/// copied into wasm memory and sent.
pub const MAX_STRING_LENGTH: usize = 4096;

/// How many characters of a wrong string an error shows.
const PREVIEW_LENGTH: usize = 40;

/// One property, as it came.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "serde_json::Value")]
pub enum Value {
    /// `undefined`, `null` or no such property: all mean "not passed".
    #[default]
    Missing,
    /// A string that is well-formed and not longer than [`MAX_STRING_LENGTH`].
    String(String),
    /// Any number, `NaN` and the infinities among them.
    Number(f64),
    /// Something that no field takes.
    Other(Other),
}

/// The values that no field takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Other {
    /// `true` or `false`.
    Boolean(bool),
    /// An array.
    Array,
    /// An object where none belongs.
    Object,
    /// A function.
    Function,
    /// A symbol.
    Symbol,
    /// A bigint.
    BigInt,
    /// A string with lone surrogates: it cannot be sent without losing them.
    IllFormedString,
    /// A string longer than [`MAX_STRING_LENGTH`]; the length is in UTF-16 code units.
    LongString(usize),
    /// The property could not be read: a getter or a proxy threw, with this message.
    Unreadable(String),
}

/// A text that somebody else wrote, in one line: what controls a terminal or begins a line becomes a space.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl Value {
    /// A string as a value: its content, or only its length where it is too long.
    #[must_use]
    pub fn string(text: &str) -> Value {
        // One char is one or two UTF-16 units and one to four bytes, so the bytes settle most cases.
        let too_long =
            text.len() > MAX_STRING_LENGTH && text.encode_utf16().nth(MAX_STRING_LENGTH).is_some();
        if too_long {
            Value::Other(Other::LongString(text.encode_utf16().count()))
        } else {
            Value::String(text.to_owned())
        }
    }

    /// Describes the value without anything of it: it stands where a token belongs, and may be one.
    #[must_use]
    pub fn describe_secret(&self) -> Words {
        match self {
            Value::String(text) if !text.is_empty() => {
                let length: usize = text.chars().map(|_| 1).sum();
                if length == 1 {
                    Phrase::STRING_OF_ONE_CHARACTER.into()
                } else {
                    Phrase::STRING_OF_CHARACTERS.with(decimal(length))
                }
            }
            Value::Number(_) => Phrase::A_NUMBER.into(),
            Value::Other(Other::Boolean(_)) => Phrase::A_BOOLEAN.into(),
            Value::Other(Other::Unreadable(_)) => Phrase::THROWING.into(),
            Value::Missing | Value::String(_) | Value::Other(_) => self.describe(),
        }
    }

    /// What came, for the "got" of an error.
    #[must_use]
    pub fn describe(&self) -> Words {
        match self {
            Value::Missing => Phrase::NOTHING.into(),
            Value::String(text) if text.is_empty() => Phrase::EMPTY_STRING.into(),
            Value::String(text) => {
                let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
                let preview: String = text.chars().take(PREVIEW_LENGTH).map(printable).collect();
                let rest = if text.chars().nth(PREVIEW_LENGTH).is_some() { "…" } else { "" };
                Phrase::THE_STRING.with(concat(&[&preview, rest]))
            }
            Value::Number(number) => Phrase::ITSELF.with(spell(*number)),
            Value::Other(other) => other.describe(),
        }
    }

    /// What a field takes, with the limit where the value is a string that is too long.
    pub(crate) fn expected(&self, expected: Phrase) -> Words {
        let expected = Words::from(expected);
        match self {
            Value::Other(Other::LongString(_)) => {
                expected.and(Phrase::AT_MOST_CHARACTERS.with(decimal(MAX_STRING_LENGTH)))
            }
            Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => expected,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe().fmt(f)
    }
}

impl Other {
    fn describe(&self) -> Words {
        let phrase = match self {
            Other::Boolean(value) => {
                return Phrase::ITSELF.with(if *value { "true" } else { "false" }.into());
            }
            Other::LongString(length) => {
                return Phrase::STRING_OF_CHARACTERS.with(decimal(*length));
            }
            Other::Unreadable(message) => return Phrase::THROWING_THIS.with(message.clone()),
            Other::Array => Phrase::AN_ARRAY,
            Other::Object => Phrase::AN_OBJECT,
            Other::Function => Phrase::A_FUNCTION,
            Other::Symbol => Phrase::A_SYMBOL,
            Other::BigInt => Phrase::A_BIGINT,
            Other::IllFormedString => Phrase::ILL_FORMED_STRING,
        };
        phrase.into()
    }
}

/// A place where an object of known properties belongs.
#[derive(Debug, Clone, PartialEq)]
pub enum Object<T> {
    /// An object, with its properties read.
    Is(T),
    /// Anything else.
    Not(Value),
}

/// A place where an array belongs.
#[derive(Debug, Clone, PartialEq)]
pub enum List {
    /// An array, with its items read.
    Is(Vec<Value>),
    /// An array of so many items that they were not read.
    Long(usize),
    /// Anything else.
    Not(Value),
}

impl Default for List {
    fn default() -> List {
        List::Not(Value::Missing)
    }
}

impl<T> Default for Object<T> {
    fn default() -> Object<T> {
        Object::Not(Value::Missing)
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Missing,
            serde_json::Value::Bool(value) => Value::Other(Other::Boolean(value)),
            // Only a number of arbitrary precision, a feature that is off, has no f64.
            serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Value::string(&text),
            serde_json::Value::Array(_) => Value::Other(Other::Array),
            serde_json::Value::Object(_) => Value::Other(Other::Object),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        let json = serde_json::Value::deserialize(deserializer)?;
        if json.is_object() {
            T::deserialize(json).map(Object::Is).map_err(D::Error::custom)
        } else {
            Ok(Object::Not(json.into()))
        }
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<List, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Array(items) => {
                List::Is(items.into_iter().map(Value::from).collect())
            }
            other @ (serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_)
            | serde_json::Value::Object(_)) => List::Not(other.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_json(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_kind_of_json_is_told_apart() {
        assert_eq!(from_json("null"), Value::Missing);
        assert_eq!(from_json("true"), Value::Other(Other::Boolean(true)));
        assert_eq!(from_json("7"), Value::Number(7.0));
        assert_eq!(from_json("-7"), Value::Number(-7.0));
        assert_eq!(from_json("0.5"), Value::Number(0.5));
        assert_eq!(from_json("\"a\""), Value::String("a".into()));
        assert_eq!(from_json("[1, [2]]"), Value::Other(Other::Array));
        assert_eq!(from_json("{\"a\": {}}"), Value::Other(Other::Object));
    }

    #[test]
    fn a_string_is_measured_in_utf16_units() {
        let longest = "a".repeat(MAX_STRING_LENGTH);
        assert_eq!(Value::string(&longest), Value::String(longest.clone()));
        let longer = format!("{longest}a");
        assert_eq!(Value::string(&longer), Value::Other(Other::LongString(MAX_STRING_LENGTH + 1)));

        let cjk = "通".repeat(MAX_STRING_LENGTH);
        assert_eq!(
            Value::string(&cjk),
            Value::String(cjk.clone()),
            "three bytes, but one unit each"
        );
        let emoji = "📞".repeat(MAX_STRING_LENGTH / 2 + 1);
        assert_eq!(Value::string(&emoji), Value::Other(Other::LongString(MAX_STRING_LENGTH + 2)));
    }

    #[test]
    fn what_came_is_said_in_words() {
        let said = |value: Value| value.to_string();
        assert_eq!(said(Value::Missing), "nothing");
        assert_eq!(said(Value::String("1".into())), "the string '1'");
        assert_eq!(said(Value::String(String::new())), "an empty string");
        assert_eq!(said(Value::String("a\n".into())), "the string 'a\u{fffd}'");
        assert_eq!(
            said(Value::String("x".repeat(41))),
            format!("the string '{}…'", "x".repeat(40))
        );
        assert_eq!(said(Value::Number(f64::NAN)), "NaN");
        assert_eq!(said(Value::Number(f64::NEG_INFINITY)), "-Infinity");
        assert_eq!(said(Value::Number(-1.5)), "-1.5");
        assert_eq!(said(Value::Number(1e300)), "1e+300");
        assert_eq!(said(Value::Other(Other::LongString(5000))), "a string of 5000 characters");
    }

    #[test]
    fn a_secret_is_described_by_its_length_alone() {
        let said = |value: Value| value.describe_secret().en();
        assert_eq!(said(Value::String("s3cret".into())), "a string of 6 characters");
        assert_eq!(said(Value::String("\u{1f600}".into())), "a string of 1 character");
        assert_eq!(said(Value::String(String::new())), "an empty string");
        assert_eq!(said(Value::Number(138_001_380_001.0)), "a number");
        assert_eq!(said(Value::Other(Other::Boolean(true))), "a boolean");
        let thrown = Value::Other(Other::Unreadable("s3cret".into()));
        assert_eq!(said(thrown), "a property that throws when it is read");
    }
}
