//! A request as a form: a table of fields, each with its rule.
//!
//! `callWMPF` and `callDevice` are forms. The table is the one place that says which rule a field has. The module checks
//! what a caller has passed by it, and sends what came of that. The service checks a body by it, and makes its own types
//! of that.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::outcome::ChargeType;
use crate::problem::Problems;
use crate::request::{custom_query, room_type, time_limit};
use crate::secret::Secret;
use crate::value::{Object, Other, Value};
use crate::words::Phrase;

/// What a field takes.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// `voice` or `video`.
    RoomType,
    /// A string that is not empty.
    Text,
    /// A string, or nothing.
    OptionalText,
    /// A string that is not empty and must not be printed.
    Token(Phrase),
    /// `duration` or `license`, which is the default.
    ChargeType,
    /// A number of seconds, or nothing.
    TimeLimit,
    /// `true` or `false`, with this default.
    Switch(bool),
    /// `release`, which is the default, `trial` or `develop`.
    EnvVersion,
    /// A query, or nothing.
    CustomQuery,
    /// A number that this function takes, in these words. `0` is the default.
    Number(fn(f64) -> bool, Phrase),
}

/// A field and its rule.
pub type Field = (&'static str, Rule);

/// Requests that are forms. The members of the type have the names of the fields.
pub trait Form: DeserializeOwned {
    /// The fields, in the order in which problems are told.
    const FIELDS: &'static [Field];
}

/// A form as it was filled in: every documented field, none of them looked at. Others are ignored.
#[derive(PartialEq)]
pub struct Filled<F> {
    values: Vec<Value>,
    form: PhantomData<F>,
}

/// Tokens are among them.
impl<F> fmt::Debug for Filled<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[filled]")
    }
}

impl<F: Form> Filled<F> {
    /// Reads each field once, in their order.
    #[must_use]
    pub fn read(value: impl FnMut(&'static str) -> Value) -> Filled<F> {
        let values = F::FIELDS.iter().map(|(name, _)| *name).map(value).collect();
        Filled { values, form: PhantomData }
    }
}

impl<'de, F: Form> Deserialize<'de> for Filled<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Filled<F>, D::Error> {
        let mut members = serde_json::Map::deserialize(deserializer)?;
        Ok(Filled::read(|name| members.remove(name).unwrap_or_default().into()))
    }
}

impl<F: Form> Object<Filled<F>> {
    /// Checks every field and fills in the defaults.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the fields.
    pub fn validate(self) -> Result<F, Problems> {
        let checked = self.check()?;
        let form = serde_json::to_value(checked).and_then(serde_json::from_value);
        // The members of the type take what the rules let through.
        form.map_err(|error| {
            let got = Value::string(&error.to_string());
            let mut problems = Problems::default();
            problems.parameter("req", Phrase::AN_OBJECT, got.describe());
            problems
        })
    }

    /// The same, for whoever only sends it.
    pub(crate) fn check(self) -> Result<Checked, Problems> {
        let mut problems = Problems::default();
        let Some(filled) = problems.object("req", self) else {
            return Err(problems);
        };
        check(&mut problems, F::FIELDS, filled.values).ok_or(problems)
    }
}

/// The fields of a valid request. Serialised, they are the body of the request.
pub(crate) struct Checked(pub(crate) Vec<(&'static str, Entry)>);

/// What one of them comes to.
pub(crate) enum Entry {
    Text(String),
    Texts(Vec<String>),
    Number(f64),
    Flag(bool),
}

impl Checked {
    /// Sets a field to a word that it takes.
    pub(crate) fn set(&mut self, name: &str, word: &str) {
        for (field, entry) in &mut self.0 {
            if *field == name {
                *entry = Entry::Text(word.into());
            }
        }
    }
}

impl Serialize for Checked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, entry) in &self.0 {
            map.serialize_entry(name, entry)?;
        }
        map.end()
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Entry::Text(text) => serializer.serialize_str(text),
            Entry::Texts(texts) => serializer.collect_seq(texts),
            // A whole number stays one, whatever reads it.
            Entry::Number(number) if number.fract() == 0.0 && *number < f64::from(u32::MAX) => {
                serializer.serialize_u32(*number as u32)
            }
            Entry::Number(number) => serializer.serialize_f64(*number),
            Entry::Flag(on) => serializer.serialize_bool(*on),
        }
    }
}

/// Checks all of them. Nothing if there are problems.
fn check(problems: &mut Problems, fields: &[Field], values: Vec<Value>) -> Option<Checked> {
    let mut checked = Vec::with_capacity(fields.len());
    for ((name, rule), value) in fields.iter().zip(values) {
        if let Some(entry) = entry(problems, name, *rule, value) {
            checked.push((*name, entry));
        }
    }
    problems.is_empty().then_some(Checked(checked))
}

/// What a field comes to: nothing if it is left out, or wrong.
fn entry(problems: &mut Problems, path: &str, rule: Rule, value: Value) -> Option<Entry> {
    let word = |word: &str| Entry::Text(word.into());
    match rule {
        Rule::RoomType => room_type(problems, &value).map(|room_type| word(room_type.as_str())),
        Rule::Text => problems.required_string(path, value).map(Entry::Text),
        Rule::OptionalText => {
            problems.optional_string(path, value, Phrase::A_STRING).map(Entry::Text)
        }
        Rule::Token(expected) => {
            let token = problems.required_secret(path, Secret::new(value), expected);
            token.map(|token| Entry::Text(token.into_inner()))
        }
        Rule::ChargeType => charge_type(problems, path, &value).map(word),
        Rule::TimeLimit => time_limit(problems, &value).map(Entry::Number),
        Rule::Switch(default) => switch(problems, path, &value, default).map(Entry::Flag),
        Rule::EnvVersion => env_version(problems, path, &value).map(word),
        Rule::CustomQuery => {
            custom_query(problems, value).map(|query| Entry::Text(query.as_str().into()))
        }
        Rule::Number(takes, expected) => {
            number(problems, path, &value, takes, expected).map(Entry::Number)
        }
    }
}

fn charge_type(problems: &mut Problems, path: &str, value: &Value) -> Option<&'static str> {
    match value {
        Value::Missing => Some(ChargeType::License.as_str()),
        Value::String(text) if text == "duration" => Some(ChargeType::Duration.as_str()),
        Value::String(text) if text == "license" => Some(ChargeType::License.as_str()),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong_as(Code::ChargeType, path, Phrase::DURATION_OR_LICENSE, value);
            None
        }
    }
}

fn switch(problems: &mut Problems, path: &str, value: &Value, default: bool) -> Option<bool> {
    match value {
        Value::Missing => Some(default),
        Value::Other(Other::Boolean(on)) => Some(*on),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong(path, Phrase::TRUE_OR_FALSE, value);
            None
        }
    }
}

fn env_version(problems: &mut Problems, path: &str, value: &Value) -> Option<&'static str> {
    let versions = ["release", "trial", "develop"];
    let found = match value {
        Value::Missing => Some("release"),
        Value::String(text) => versions.into_iter().find(|version| text == version),
        Value::Number(_) | Value::Other(_) => None,
    };
    if found.is_none() {
        problems.wrong(path, Phrase::ENV_VERSION, value);
    }
    found
}

fn number(
    problems: &mut Problems,
    path: &str,
    value: &Value,
    takes: fn(f64) -> bool,
    expected: Phrase,
) -> Option<f64> {
    match value {
        Value::Missing => Some(0.0),
        // That of -0, too.
        Value::Number(number) if takes(*number) => Some(number.abs()),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong(path, expected, value);
            None
        }
    }
}
