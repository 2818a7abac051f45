//! The skin that touches JavaScript.
//!
//! It reads JS values into the core's types, sends through the host that was injected, and builds the
//! documented results and errors. No rule of the contract stands here.

mod answer;
mod config;
mod foreign;
mod host;
mod request;

use std::rc::Rc;

use js_sys::Promise;
use talc::cell::TalcSyncCell;
use talc::wasm::{WasmBinning, WasmGrowAndClaim};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use self::config::Options;
use self::host::{Connection, Host};
use crate::client::{self, INIT_BY_CALLER};
use crate::config::Config;
use crate::error::VoipError;
use crate::line::Line;
use crate::problem::Problem;
use crate::words::Words;

/// A sixth of the default allocator's size.
#[global_allocator]
static ALLOCATOR: TalcSyncCell<WasmGrowAndClaim, WasmBinning> =
    TalcSyncCell::new_wasm(WasmGrowAndClaim);

/// A configured module: one per instance and configuration.
#[wasm_bindgen]
pub struct Client {
    inner: Rc<Inner>,
}

struct Inner {
    config: Config,
    connection: Connection,
}

thread_local! {
    /// Every client's: a plugin has one line, whoever it is configured to be.
    static LINE: Line = Line::default();
}

#[wasm_bindgen]
impl Client {
    /// Takes what `configure` was given, the host, and the `envVersion` that the host says it has.
    ///
    /// # Errors
    /// A `VoipPluginError` that lists everything that is wrong with the options, or the host's own.
    #[wasm_bindgen(constructor)]
    pub fn new(
        options: &Options,
        host: Host,
        env_version: Option<JsValue>,
    ) -> Result<Client, JsValue> {
        let config = config::read(options, env_version).validate().map_err(|problems| {
            let reason = problems.message();
            host.create_error(VoipError::plugin(problems.code(), INIT_BY_CALLER, &reason))
        })?;
        let connection = host.open(config.calls_route())?;
        Ok(Client { inner: Rc::new(Inner { config, connection }) })
    }

    /// The documented call. The request is read and checked, and the line taken, before this returns.
    #[wasm_bindgen(js_name = initByCaller)]
    pub fn init_by_caller(&self, req: Option<JsValue>, signal: &JsValue) -> Promise {
        let inner = Rc::clone(&self.inner);
        let prepared = LINE.with(|line| client::prepare(&inner.config, line, request::read(req)));
        let call = inner.connection.begin(signal);
        future_to_promise(async move {
            let Inner { config, connection } = &*inner;
            let thrown = |error| connection.host.create_error(error);
            let prepared = prepared.map_err(thrown)?;
            let outcome = client::call(&call?, config, prepared).await.map_err(thrown)?;
            Ok(connection.host.create_result(outcome))
        })
    }
}

/// Everything that is wrong with a request, without calling: an array of `[path, code, expected, got, …]`, empty where
/// nothing is. Then come the phrases of what is expected and of what came, each as its number and what is put into it:
/// the package says them in the languages that are not in the wasm.
///
/// # Errors
/// None that a request can cause; the array could not be built.
#[wasm_bindgen]
pub fn check(req: Option<JsValue>) -> Result<JsValue, JsValue> {
    let problems = request::read(req).validate().err().unwrap_or_default();
    // As objects, serde-wasm-bindgen would keep a table of their keys, a kilobyte of wasm.
    let rows: Vec<_> = problems
        .as_slice()
        .iter()
        .map(|Problem { path, code, expected, got }| {
            (path, code.number(), expected.en(), got.en(), phrases(expected), phrases(got))
        })
        .collect();
    Ok(serde_wasm_bindgen::to_value(&rows)?)
}

fn phrases(words: &Words) -> Vec<(u8, &str)> {
    words.parts().map(|(phrase, put)| (phrase.number(), put)).collect()
}
