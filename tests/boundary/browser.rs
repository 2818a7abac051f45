//! The boundary in a browser: `cargo xtask test boundary`.
#![cfg(target_arch = "wasm32")]

#[path = "mod.rs"]
mod boundary;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
