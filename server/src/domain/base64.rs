//! The schema of bytes that are written as base64.

use utoipa::openapi::schema::{ObjectBuilder, Type};

/// `prefix`, and the base64 of `min` to `max` bytes, with padding.
pub fn base64(prefix: &str, min: usize, max: usize) -> ObjectBuilder {
    // Four characters are three bytes. The last four may be fewer, and their unused bits are 0.
    let ends = [("", 0), ("[A-Za-z0-9+/][AQgw]==", 1), ("[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=", 2)];
    let texts = ends.into_iter().filter_map(|(end, bytes)| {
        let (fewest, most) = (min.saturating_sub(bytes).div_ceil(3), (max - bytes) / 3);
        (fewest <= most).then(|| format!("(?:[A-Za-z0-9+/]{{4}}){{{fewest},{most}}}{end}"))
    });
    let pattern = format!("^{prefix}(?:{})$", texts.collect::<Vec<_>>().join("|"));
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))
}
