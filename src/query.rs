//! The `customQuery` of a caller, which becomes part of the query that the listener's call page is opened with.

#[cfg(feature = "openapi")]
mod schema;

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str};
use serde::{Deserialize, Serialize};

use crate::words::{Phrase, Words};

/// The path of the plugin's call page. It is the original plugin's, so that code that compares it works.
pub const CALL_PAGE_PATH: &str =
    "plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin";

/// What the call page goes by; pairs of these names in a customQuery are dropped.
const PLUGIN_PARAMETERS: [&str; 7] = [
    "roomType",
    "groupId",
    "listenerId",
    "callerName",
    "isCaller",
    "isClickedHangOnBtn",
    "isPreLaunch",
];

/// What JavaScript's `encodeURIComponent` escapes.
pub(crate) const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A `customQuery` that keeps the rules: pairs joined by `&`, each with a key, each percent-encoded
/// UTF-8, without `?`, `#` and control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct CustomQuery(String);

impl TryFrom<String> for CustomQuery {
    type Error = CustomQueryError;

    fn try_from(text: String) -> Result<CustomQuery, CustomQueryError> {
        CustomQuery::parse(text)
    }
}

/// What is wrong with a `customQuery`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomQueryError {
    /// A character that would end the query, or that no path can carry.
    Character(char),
    /// Two `&` in a row, one at an end, or a pair that begins with `=`.
    NoKey,
    /// A `%` that is not followed by two hexadecimal digits, or bytes that are not UTF-8.
    Encoding,
}

impl CustomQueryError {
    /// Completes "the string '…'".
    pub(crate) fn words(&self) -> Words {
        match self {
            CustomQueryError::Character(c) => {
                let shown = if c.is_control() { '\u{fffd}' } else { *c };
                let digit = |shift: u32| char::from_digit((u32::from(*c) >> shift) & 0xf, 16);
                // Those that are refused have four digits at most.
                let digits = [12, 8, 4, 0].into_iter().filter_map(digit);
                let mut text = String::from(shown);
                text.push_str(" (U+");
                text.extend(digits.map(|digit| digit.to_ascii_uppercase()));
                text.push(')');
                Phrase::WITH_CHARACTER.with(text)
            }
            CustomQueryError::NoKey => Phrase::WITHOUT_KEY.into(),
            CustomQueryError::Encoding => Phrase::NOT_DECODING.into(),
        }
    }
}

impl fmt::Display for CustomQueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

impl CustomQuery {
    /// Checks a query. An empty one has no pairs and is right.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(text: String) -> Result<CustomQuery, CustomQueryError> {
        if let Some(wrong) = text.chars().find(|&c| c == '?' || c == '#' || c.is_control()) {
            return Err(CustomQueryError::Character(wrong));
        }
        if !text.is_empty() {
            for pair in text.split('&') {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                if key.is_empty() {
                    return Err(CustomQueryError::NoKey);
                }
                if decode(key).is_none() || decode(value).is_none() {
                    return Err(CustomQueryError::Encoding);
                }
            }
        }
        Ok(CustomQuery(text))
    }

    /// The query as it was passed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The pairs, still encoded, that the plugin has no parameter of its own for.
    pub(crate) fn pairs_besides_the_plugins(&self) -> impl Iterator<Item = &str> {
        self.0.split('&').filter(|pair| {
            let key = pair.split('=').next().unwrap_or(pair);
            !pair.is_empty() && decode(key).is_none_or(|key| !PLUGIN_PARAMETERS.contains(&&*key))
        })
    }
}

/// The pairs of a query, decoded; those that do not decode are left out.
pub(crate) fn decoded_pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    query.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode(name)?, decode(value)?))
    })
}

/// Percent-decodes like JavaScript's `decodeURIComponent`; `None` where that throws.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        let digits = rest.get(at + 1..at + 3)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        rest = &rest[at + 3..];
    }
    percent_decode_str(text).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<CustomQuery, CustomQueryError> {
        CustomQuery::parse(text.into())
    }

    #[test]
    fn queries_that_keep_the_rules() {
        for text in ["", "a=1&b=2", "a", "a=", "a=1=2", "n=%E9%97%A8", "门=口", "a=1+1", "%61=1"]
        {
            assert_eq!(parse(text).as_ref().map(CustomQuery::as_str), Ok(text));
        }
    }

    #[test]
    fn queries_that_break_a_rule() {
        for (text, error) in [
            ("?a=1", CustomQueryError::Character('?')),
            ("a=1#b", CustomQueryError::Character('#')),
            ("a=\n", CustomQueryError::Character('\n')),
            ("a=\u{7f}", CustomQueryError::Character('\u{7f}')),
            ("=1", CustomQueryError::NoKey),
            ("a=1&", CustomQueryError::NoKey),
            ("&a=1", CustomQueryError::NoKey),
            ("a=1&&b=2", CustomQueryError::NoKey),
            ("a=%", CustomQueryError::Encoding),
            ("a=%4", CustomQueryError::Encoding),
            ("a=%zz", CustomQueryError::Encoding),
            ("a=%+1", CustomQueryError::Encoding),
            ("%e9%97=1", CustomQueryError::Encoding),
        ] {
            assert_eq!(parse(text), Err(error), "{text:?}");
        }
    }
}
