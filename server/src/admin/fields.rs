//! Reads what an operator sends. Everything that is wrong with a body or a path is told at once.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use clap::Args;
use serde::Deserialize;
use serde_json::Map;
use utoipa::IntoParams;
use wmpf_voip::authorisation::is_name;
use wmpf_voip::schema::integer;
use wmpf_voip::schema_of_rules;
use wmpf_voip::value::{Object, Other, Value};
use wmpf_voip::words::Phrase;

use super::keys::Key;
use super::problems::Problems;
use crate::domain::limits::MAX_TIME;
use crate::domain::records::Page;
use crate::http::failure::Failure;
use wmpf_voip_calls::preview::preview;

/// How many records a page of a list has if the request does not say.
const PAGE_LENGTH: u32 = 100;

/// How many records a page of a list can have at most.
const MAX_PAGE_LENGTH: u32 = 1000;

schema_of_rules! {
    /// How many records a page has at most.
    PageLength: integer(1, i64::from(MAX_PAGE_LENGTH)).default(Some(PAGE_LENGTH.into()));
}

/// The body of a request of the operator's API.
pub trait Body: Sized {
    /// Reads every field. Gives `None` if one of them is wrong, which `fields` then says.
    fn read(fields: &mut Fields) -> Option<Self>;
}

type Members = Map<String, serde_json::Value>;

/// The members of a JSON body that were not read yet, and what is wrong with those that were.
#[derive(Default)]
pub struct Fields {
    members: Members,
    names: Vec<&'static str>,
    problems: Problems,
}

impl Fields {
    /// Takes the member `name`, if it was passed.
    fn take(&mut self, name: &'static str) -> Value {
        self.names.push(name);
        self.members.remove(name).map_or(Value::Missing, Value::from)
    }

    /// Notes that the field `name` is not what was expected.
    pub fn wrong(&mut self, name: &str, expected: &str, got: &Value) {
        self.problems.parameter(name, expected, got.to_string());
    }

    /// Reads a boolean.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.take(name);
        if let Value::Other(Other::Boolean(value)) = value {
            return Some(value);
        }
        self.wrong(name, "true or false", &value);
        None
    }

    /// Reads a whole number from `min` to `max`.
    pub fn number(&mut self, name: &'static str, min: i64, max: i64) -> Option<i64> {
        match self.optional_number(name, min, max)? {
            Some(number) => Some(number),
            None => {
                self.wrong(name, &whole_number(min, max), &Value::Missing);
                None
            }
        }
    }

    /// Reads a whole number from `min` to `max` that may be left out.
    pub fn optional_number(
        &mut self,
        name: &'static str,
        min: i64,
        max: i64,
    ) -> Option<Option<i64>> {
        match self.take(name) {
            Value::Missing => Some(None),
            // The number was checked to be whole and in the range, so the conversion loses nothing.
            Value::Number(number)
                if number.fract() == 0.0 && (min as f64..=max as f64).contains(&number) =>
            {
                Some(Some(number as i64))
            }
            wrong @ (Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                self.wrong(name, &whole_number(min, max), &wrong);
                None
            }
        }
    }

    /// Reads a time in milliseconds since the Unix epoch, which may be left out.
    pub fn time(&mut self, name: &'static str) -> Option<Option<i64>> {
        self.optional_number(name, 0, MAX_TIME)
    }

    /// Reads an id or a name. The longest SN of the platform has as many characters as the longest name.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        match self.optional_text(name)? {
            Some(text) => Some(text),
            None => {
                self.wrong(name, Phrase::NAME.en(), &Value::Missing);
                None
            }
        }
    }

    /// Reads an id or a name that may be left out.
    pub fn optional_text(&mut self, name: &'static str) -> Option<Option<String>> {
        match self.take(name) {
            Value::Missing => Some(None),
            Value::String(text) if is_name(&text) => Some(Some(text)),
            wrong @ (Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                self.wrong(name, Phrase::NAME.en(), &wrong);
                None
            }
        }
    }

    /// Reads a text with the function `read`. A wrong text is not repeated, because it may hold a secret.
    pub fn read<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        match self.optional(name, expected, read)? {
            Some(read) => Some(read),
            None => {
                self.wrong(name, expected, &Value::Missing);
                None
            }
        }
    }

    /// Reads a text with the function `read`, where it may be left out.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        let value = self.take(name);
        let read = match &value {
            Value::Missing => return Some(None),
            Value::String(text) => read(text),
            Value::Number(_) | Value::Other(_) => None,
        };
        if read.is_none() {
            self.problems.parameter(name, expected, value.describe_secret().en());
        }
        read.map(Some)
    }

    /// Reads one of the words that `word` gives for `all`.
    pub fn word<T: Copy>(
        &mut self,
        name: &'static str,
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let value = self.take(name);
        if let Value::String(text) = &value
            && let Some(meant) = all.iter().find(|&&one| word(one) == text)
        {
            return Some(*meant);
        }
        let words: Vec<String> = all.iter().map(|&one| format!("'{}'", word(one))).collect();
        self.wrong(name, &words.join(" or "), &value);
        None
    }

    /// Reads a list of one or more of the words that `word` gives for `all`, in the order of these. It may be left out.
    pub fn optional_words<T: Copy + Ord>(
        &mut self,
        name: &'static str,
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Option<Option<Vec<T>>> {
        self.names.push(name);
        let words: Vec<String> = all.iter().map(|&one| format!("'{}'", word(one))).collect();
        let words = words.join(" or ");
        let items = match self.members.remove(name) {
            None | Some(serde_json::Value::Null) => return Some(None),
            Some(serde_json::Value::Array(items)) if !items.is_empty() => items,
            Some(serde_json::Value::Array(_)) => {
                let expected = format!("a list of one or more of {words}");
                self.problems.parameter(name, &expected, "an empty list".into());
                return None;
            }
            Some(wrong) => {
                self.wrong(name, &format!("a list of {words}"), &Value::from(wrong));
                return None;
            }
        };
        let (mut read, count) = (Vec::new(), items.len());
        for (index, item) in items.into_iter().enumerate() {
            let place = format!("{name}[{index}]");
            let value = Value::from(item);
            let found = match &value {
                Value::String(text) => all.iter().find(|&&one| word(one) == text),
                Value::Missing | Value::Number(_) | Value::Other(_) => None,
            };
            match found {
                Some(found) => read.push(*found),
                None => self.wrong(&place, &words, &value),
            }
        }
        if read.len() < count {
            return None;
        }
        read.sort_unstable();
        read.dedup();
        Some(Some(read))
    }

    /// Checks that a field was left out, because it belongs to another kind of body.
    pub fn nothing<T>(&mut self, name: &'static str, expected: &str) -> Option<Option<T>> {
        match self.take(name) {
            Value::Missing => Some(None),
            wrong @ (Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                self.wrong(name, expected, &wrong);
                None
            }
        }
    }

    /// Skips a field that cannot be checked, because another one is wrong on which it depends.
    pub fn skip<T>(&mut self, name: &'static str) -> Option<T> {
        self.take(name);
        None
    }

    /// Refuses the members that no field has read: the operator meant another field.
    fn refuse_the_rest(&mut self) {
        let expected = match self.names.as_slice() {
            [] => "no fields".to_owned(),
            names => format!("only the fields {}", names.join(", ")),
        };
        for (name, _) in std::mem::take(&mut self.members) {
            self.problems.parameter("body", &expected, preview(&name));
        }
    }
}

fn whole_number(min: i64, max: i64) -> String {
    format!("a whole number from {min} to {max}")
}

/// The key of the record that a request's path names.
pub struct At<K>(pub K);

impl<K: Key, S: Send + Sync> FromRequestParts<S> for At<K> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<K>, Failure> {
        let Path(key) = Path::<K>::from_request_parts(parts, state).await?;
        let mut problems = Problems::default();
        key.check(&mut problems);
        Ok(problems.or(Some(At(key)))?)
    }
}

/// A body that was read and has no wrong fields. A body that is empty and has no type is one without fields.
pub struct Valid<B>(pub B);

impl<B: Body, S: Send + Sync> FromRequest<S> for Valid<B> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Valid<B>, Failure> {
        if request.headers().contains_key(CONTENT_TYPE) {
            let Json(body) = Json::from_request(request, state).await?;
            return read(body).map(Valid);
        }
        // Without a type, axum would take any body for an empty one, and a `PUT` would wipe the record.
        let body = Bytes::from_request(request, state).await?;
        if body.is_empty() {
            return read(Object::Is(Members::new())).map(Valid);
        }
        let text = "the content-type is missing: send the body as application/json";
        Err(Failure::Http(StatusCode::UNSUPPORTED_MEDIA_TYPE, text.into()))
    }
}

fn read<B: Body>(body: Object<Members>) -> Result<B, Failure> {
    let mut fields = Fields::default();
    let read = match body {
        Object::Is(members) => {
            fields.members = members;
            let read = B::read(&mut fields);
            fields.refuse_the_rest();
            read
        }
        Object::Not(value) => {
            fields.wrong("body", "an object", &value);
            None
        }
    };
    Ok(fields.problems.or(read)?)
}

/// Which part of a list to give.
#[derive(Debug, Default, Deserialize, IntoParams, Args)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many records to give at most.
    #[param(value_type = Option<PageLength>, inline)]
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u32>,
    /// Gives the records after this one: what the page before has as its next.
    #[arg(long, value_name = "ID")]
    pub after: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Page, Failure> {
        let Query(query) = Query::<PageQuery>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Failure::Http(rejection.status(), rejection.body_text()))?;
        let limit = page_length(query.limit)?;
        Ok(Page { limit, after: query.after.unwrap_or_default() })
    }
}

/// How many records to give at most, by the parameter `limit`.
pub(super) fn page_length(limit: Option<u32>) -> Result<u32, Failure> {
    let limit = limit.unwrap_or(PAGE_LENGTH);
    in_range("limit", limit.into(), 1, MAX_PAGE_LENGTH.into())?;
    Ok(limit)
}

/// Refuses the parameter `name` of a query if it is not from `min` to `max`.
pub(super) fn in_range(name: &str, number: i64, min: i64, max: i64) -> Result<(), Failure> {
    if (min..=max).contains(&number) {
        return Ok(());
    }
    let text = format!("{name}: expected a number from {min} to {max}, got {number}");
    Err(Failure::Http(StatusCode::BAD_REQUEST, text))
}
