//! Reads what an operator sends. All that is wrong with a body, or with a path, is told at once.

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
use wmpf_voip::value::{Object, Other, Value};
use wmpf_voip::words::Phrase;

use super::keys::Key;
use super::problems::Problems;
use crate::domain::records::Page;
use crate::http::failure::Failure;
use wmpf_voip_calls::preview::preview;

/// The last moment that a JavaScript `Date` knows, in milliseconds.
const MAX_TIME: i64 = 8_640_000_000_000_000;

/// How many records a page has if nothing else is said.
const PAGE_LENGTH: u32 = 100;

/// The longest page.
const MAX_PAGE_LENGTH: u32 = 1000;

/// The body of a request.
pub trait Body: Sized {
    /// Reads every field. There is one in `fields` that is wrong if this gives nothing.
    fn read(fields: &mut Fields) -> Option<Self>;
}

type Members = Map<String, serde_json::Value>;

/// The members of a body, and what is wrong with them.
#[derive(Default)]
pub struct Fields {
    members: Members,
    names: Vec<&'static str>,
    problems: Problems,
}

impl Fields {
    /// The member, if it was passed.
    fn take(&mut self, name: &'static str) -> Value {
        self.names.push(name);
        self.members.remove(name).map_or(Value::Missing, Value::from)
    }

    /// Notes that `name` is not what was expected.
    pub fn wrong(&mut self, name: &str, expected: &str, got: &Value) {
        self.problems.parameter(name, expected, got.to_string());
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.take(name);
        if let Value::Other(Other::Boolean(value)) = value {
            return Some(value);
        }
        self.wrong(name, "true or false", &value);
        None
    }

    /// A whole number from `min` to `max`.
    pub fn number(&mut self, name: &'static str, min: i64, max: i64) -> Option<i64> {
        match self.optional_number(name, min, max)? {
            Some(number) => Some(number),
            None => {
                self.wrong(name, &whole_number(min, max), &Value::Missing);
                None
            }
        }
    }

    /// The same, which may be left out.
    pub fn optional_number(
        &mut self,
        name: &'static str,
        min: i64,
        max: i64,
    ) -> Option<Option<i64>> {
        match self.take(name) {
            Value::Missing => Some(None),
            // Checked to be whole and in the range, so the conversion loses nothing.
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

    /// A moment in milliseconds since the Unix epoch, or none.
    pub fn time(&mut self, name: &'static str) -> Option<Option<i64>> {
        self.optional_number(name, 0, MAX_TIME)
    }

    /// An id or a name. The platform's longest SN has as many characters as the longest name.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        match self.take(name) {
            Value::String(text) if is_name(&text) => Some(text),
            wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                self.wrong(name, Phrase::NAME.en(), &wrong);
                None
            }
        }
    }

    /// A text that `read` can make something of. It is not repeated, because there may be a secret in it.
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

    /// The same, which may be left out.
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

    /// One of `all`, by its word.
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

    /// Nothing: the field belongs to another body.
    pub fn nothing<T>(&mut self, name: &'static str, expected: &str) -> Option<Option<T>> {
        match self.take(name) {
            Value::Missing => Some(None),
            wrong @ (Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                self.wrong(name, expected, &wrong);
                None
            }
        }
    }

    /// A field of which nobody can say what it should be, because another one is wrong.
    pub fn skip<T>(&mut self, name: &'static str) -> Option<T> {
        self.take(name);
        None
    }

    /// A field that nobody reads is a mistake: the operator meant another.
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

/// The record that a request's path names.
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

/// A valid body. An empty one without a type is one without fields.
pub struct Valid<B>(pub B);

impl<B: Body, S: Send + Sync> FromRequest<S> for Valid<B> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Valid<B>, Failure> {
        if request.headers().contains_key(CONTENT_TYPE) {
            let Json(body) = Json::from_request(request, state).await?;
            return read(body).map(Valid);
        }
        // Without a type, axum would take any body for none, and a `PUT` would wipe the record.
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
    #[param(minimum = 1, maximum = 1000, default = 100)]
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
        let limit = query.limit.unwrap_or(PAGE_LENGTH);
        if !(1..=MAX_PAGE_LENGTH).contains(&limit) {
            let text = format!("limit: expected a number from 1 to {MAX_PAGE_LENGTH}, got {limit}");
            return Err(Failure::Http(StatusCode::BAD_REQUEST, text));
        }
        Ok(Page { limit, after: query.after.unwrap_or_default() })
    }
}
