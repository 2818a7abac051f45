//! Texts are put together from their parts: the standard library's formatting, which `format!` and
//! `Display` bring along, would be a tenth of the wasm. The build refuses a wasm that has it.

/// The parts one after the other.
#[inline(never)]
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        text.push_str(part);
    }
    text
}

/// The parts with `between` between them.
pub(crate) fn join(parts: &[String], between: &str) -> String {
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            text.push_str(between);
        }
        text.push_str(part);
    }
    text
}

/// A whole number in digits.
pub(crate) fn decimal(number: usize) -> String {
    itoa::Buffer::new().format(number).to_owned()
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    /// A number in text. A number cannot throw.
    #[wasm_bindgen(js_name = String)]
    fn spell(number: f64) -> String;
}

/// A number as JavaScript spells it, but with the sign of `-0`; it is valid in JSON where it is finite. The host does it:
/// what would do it in Rust is a twentieth of the wasm.
#[cfg(target_arch = "wasm32")]
pub(crate) fn number(number: f64) -> String {
    if number == 0.0 && number.is_sign_negative() { "-0".into() } else { spell(number) }
}

/// A number as JavaScript spells it, but with the sign of `-0`; it is valid in JSON where it is finite.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn number(number: f64) -> String {
    if !number.is_finite() {
        let name = if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        return name.into();
    }
    let mut text = serde_json::to_string(&number).unwrap_or_default();
    if text.ends_with(".0") {
        text.truncate(text.len() - 2);
    }
    text
}
