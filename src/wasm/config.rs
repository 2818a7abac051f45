//! Reads what `configure` was given.

use wasm_bindgen::prelude::*;

use super::foreign::value;
use crate::config::RawConfig;
use crate::secret::Secret;

#[wasm_bindgen]
extern "C" {
    /// The options; the loader passes an object that it made itself.
    pub type Options;

    #[wasm_bindgen(method, getter, structural, catch)]
    fn endpoint(this: &Options) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn token(this: &Options) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn timeout(this: &Options) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn role(this: &Options) -> Result<Option<JsValue>, JsValue>;
}

pub(super) fn read(options: &Options, env_version: Option<JsValue>) -> RawConfig {
    RawConfig {
        endpoint: value(options.endpoint()),
        token: Secret::new(value(options.token())),
        timeout: value(options.timeout()),
        role: value(options.role()),
        env_version: value(Ok(env_version)),
    }
}
