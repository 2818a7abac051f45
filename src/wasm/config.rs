//! Reads what `configure` was given.

use wasm_bindgen::prelude::*;

use super::foreign::{member, value};
use crate::config::RawConfig;
use crate::secret::Secret;

/// The options are an object that the loader has made itself.
pub(super) fn read(options: &JsValue, env_version: Option<JsValue>) -> RawConfig {
    RawConfig {
        endpoint: member(options, "endpoint"),
        token: Secret::new(member(options, "token")),
        timeout: member(options, "timeout"),
        role: member(options, "role"),
        env_version: value(Ok(env_version)),
    }
}
