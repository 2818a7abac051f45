//! The schema of a customQuery.

use super::CustomQuery;
use crate::schema::{MAX_CHARACTERS, string};
use crate::schema_of_rules;

schema_of_rules!(for CustomQuery: string(0, MAX_CHARACTERS).pattern(Some(encoded_pairs())),
    "Percent-encoded pairs such as a=1&b=2, each with a key, and an empty string for none.");

/// The pattern of a [`CustomQuery`]: a character of a key, and then characters, `=`, and `&` before a character of the
/// next key. What is escaped is one byte of UTF-8, or the two to four that a character has.
fn encoded_pairs() -> String {
    let next = "%[89AaBb][0-9A-Fa-f]";
    let escaped = [
        "%[0-7][0-9A-Fa-f]".to_owned(),
        format!("%[Cc][2-9A-Fa-f]{next}"),
        format!("%[Dd][0-9A-Fa-f]{next}"),
        format!("%[Ee]0%[AaBb][0-9A-Fa-f]{next}"),
        format!("%[Ee][1-9A-CEFa-cef]{next}{next}"),
        format!("%[Ee][Dd]%[89][0-9A-Fa-f]{next}"),
        format!("%[Ff]0%[9AaBb][0-9A-Fa-f]{next}{next}"),
        format!("%[Ff][1-3]{next}{next}{next}"),
        format!("%[Ff]4%8[0-9A-Fa-f]{next}{next}"),
    ];
    let character = format!(r"(?:[^%&=?#\x00-\x1F\x7F-\x9F]|{})", escaped.join("|"));
    format!("^(?:{character}(?:&?{character}|=)*)?$")
}
