//! The calling contract of the `wmpf-voip` plugin as an open, portable module.
//!
//! A smart device and a WeChat user call each other: the caller's `initByCaller` is checked, a room
//! service creates the room and reminds the listener. This crate knows the whole contract and no host;
//! compiled to WebAssembly, `src/wasm` connects it to JavaScript. The room service uses the same types.
//!
//! # Layout
//!
//! - [`value`], [`problem`], [`words`]: what came from outside, what is wrong with it, and how that is said
//! - [`request`], [`query`], [`config`]: the fields, their defaults and rules
//! - [`wmpf_call`], [`device_call`]: the same for `callWMPF` and `callDevice`
//! - [`listener_path`]: what the listener's call page is opened with
//! - [`form`]: their fields as tables, each with its rule
//! - [`encode_video`]: how a phone encodes its video, in any kind of call
//! - [`authorisation`]: which devices a user lets call
//! - [`fields`]: the fields of `initByCaller` in words, for the documentation
//! - [`code`], [`error`], [`outcome`]: what a call ends with
//! - [`call`]: the life of a call, from its ringing to its bill
//! - [`protocol`]: the messages between a host and the service
//! - [`transport`], [`client`], [`mod@line`]: sending them, one call at a time
//! - [`role`]: which end of a call somebody is
//! - [`secret`]: what must not be printed
//!
//! With the feature `openapi`, the types of messages have schemas for an OpenAPI document, by `utoipa`; the module
//! `schema` has those of the rules.

pub mod authorisation;
pub mod call;
pub mod client;
pub mod code;
pub mod config;
pub mod device_call;
pub mod encode_video;
pub mod error;
pub mod fields;
pub mod form;
mod json;
pub mod line;
pub mod listener_path;
pub mod outcome;
pub mod problem;
pub mod protocol;
pub mod query;
pub mod request;
pub mod role;
#[cfg(feature = "openapi")]
pub mod schema;
pub mod secret;
#[cfg(test)]
mod table_tests;
mod text;
pub mod transport;
pub mod value;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
pub mod wmpf_call;
pub mod words;
