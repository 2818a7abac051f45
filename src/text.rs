//! Texts are put together from their parts: the standard library's formatting, which `format!` and
//! `Display` bring along, would be a tenth of the wasm. The build refuses a wasm that has it.

/// The parts one after the other.
#[inline(never)]
pub(crate) fn concat(parts: &[&str]) -> String {
    parts.concat()
}

/// A whole number in digits.
pub(crate) fn decimal(number: usize) -> String {
    itoa::Buffer::new().format(number).to_owned()
}
