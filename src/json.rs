//! JSON, as it is sent.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::text::number;

/// Writes numbers as JavaScript does, for which the wasm needs no tables of its own.
struct Compact;

impl Formatter for Compact {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(number(value).as_bytes())
    }
}

/// The value as JSON; `None` if it has no such form.
pub(crate) fn written(value: &impl Serialize) -> Option<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Compact)).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_read_back_as_they_were() {
        for number in [0.5, 60.0, 1e-7, 0.1 + 0.2, 1e21, 5e-324, f64::MAX] {
            let text = written(&json!({ "n": number })).unwrap();
            let back: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(back["n"].as_f64(), Some(number), "{text}");
        }
        assert_eq!(written(&json!([60.0, 0.5])).unwrap(), "[60,0.5]");
    }
}
