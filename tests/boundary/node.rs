//! The boundary in Node: `cargo xtask test boundary`.
#![cfg(target_arch = "wasm32")]

#[path = "mod.rs"]
mod boundary;
