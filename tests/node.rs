//! The boundary in Node: `cargo xtask test boundary`.
#![cfg(target_arch = "wasm32")]

mod boundary;
