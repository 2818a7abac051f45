//! What crosses between JavaScript and the core, in whichever host runs it.
//!
//! The modules call the exports as the package's loader does, with a host made in JavaScript.

#![expect(clippy::unwrap_used, reason = "clippy does not know wasm_bindgen_test as a test")]

mod calls;
mod host;
mod reading;
