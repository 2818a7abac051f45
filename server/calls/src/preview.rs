//! The short form in which a text repeats what somebody has sent.

use wmpf_voip::value::Value;

/// Quotes the beginning of `text`, and nothing that could disturb a line.
///
/// An id may have 4096 characters, and a text that repeated it would be longer than what clients read.
/// How much is shown is the core's rule, so that both sides of the wire show the same.
#[must_use]
pub fn preview(text: &str) -> String {
    let shown = Value::string(text).to_string();
    match shown.strip_prefix("the string ") {
        Some(quoted) => quoted.to_owned(),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_short_and_on_one_line() {
        assert_eq!(preview("SN-1"), "'SN-1'");
        assert_eq!(preview("a\nb\u{1b}"), "'a\u{fffd}b\u{fffd}'");
        assert_eq!(preview(""), "an empty string");
        assert_eq!(preview(&"号".repeat(4096)), format!("'{}…'", "号".repeat(40)));
        assert_eq!(preview(&"x".repeat(5000)), "a string of 5000 characters");
    }
}
