//! Whether a token is printed or has an effect that it must not have, shows where two inputs differ in nothing else.

use serde_json::{Map, Value as Json};

/// The same request with tokens of the same type and length that have nothing in common with those in `members`.
pub(crate) fn with_others(json: &Json, members: &[&str]) -> Json {
    let mut json = json.clone();
    for name in members {
        let Some(token) = json.get_mut(name) else { continue };
        *token = match token {
            Json::Null => Json::Null,
            Json::Bool(value) => Json::Bool(!*value),
            Json::Number(number) if number.as_f64() == Some(1.0) => 2.into(),
            Json::Number(_) => 1.into(),
            Json::String(text) => text.chars().map(another).collect::<String>().into(),
            Json::Array(_) => vec![Json::Null].into(),
            Json::Object(_) => Json::Object(Map::new()),
        };
    }
    json
}

/// Another character that has the same length in UTF-16.
const fn another(c: char) -> char {
    match (c, c.len_utf16()) {
        ('x', _) => 'y',
        (_, 1) => 'x',
        ('📞', _) => '🔔',
        (_, _) => '📞',
    }
}
