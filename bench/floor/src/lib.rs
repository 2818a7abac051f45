//! The floor of the benchmark: an async export that awaits one JS promise and does nothing else.
#![cfg(target_arch = "wasm32")]

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Resolves like `promise`.
///
/// # Errors
/// What the promise rejects with.
#[wasm_bindgen]
pub async fn floor(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}
