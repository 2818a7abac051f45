//! The skin that touches JavaScript.
//!
//! It reads JS values into the core's types, sends through the host that was injected, and builds the
//! documented results and errors. No rule of the contract stands here.

mod answer;
mod config;
mod foreign;
mod host;
mod request;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use talc::cell::TalcSyncCell;
use talc::wasm::{WasmBinning, WasmGrowAndClaim};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use self::host::{Connection, Host};
use self::request::HangUp;
use crate::client::{self, Api, Prepared, Raw};
use crate::config::Config;
use crate::error::VoipError;
use crate::line::Line;
use crate::problem::Problem;
use crate::words::Words;

/// A sixth of the default allocator's size.
#[global_allocator]
static ALLOCATOR: TalcSyncCell<WasmGrowAndClaim, WasmBinning> =
    TalcSyncCell::new_wasm(WasmGrowAndClaim);

/// A configured module.
#[derive(Clone)]
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
    /// The client of the latest configuration. Calls of before have their own.
    static LATEST: RefCell<Option<Client>> = RefCell::default();
}

/// Configures the module: [`Client::new`].
///
/// # Errors
/// Those of [`Client::new`].
#[wasm_bindgen]
pub fn connect(
    api: &str,
    options: &JsValue,
    host: Host,
    env_version: Option<JsValue>,
) -> Result<(), JsValue> {
    let client = Client::new(api, options, host, env_version)?;
    LATEST.set(Some(client));
    Ok(())
}

/// Asks as the latest configuration says: [`Client::ask`].
#[wasm_bindgen]
pub fn ask(api: &str, req: Option<JsValue>, stop: &JsValue) -> Promise {
    match LATEST.with_borrow(Clone::clone) {
        Some(client) => client.ask(api, req, stop),
        // The loader connects before it asks.
        None => Promise::reject(&JsValue::UNDEFINED),
    }
}

impl Client {
    /// Takes what `configure` was given, the host, and the `envVersion` that the host says it has. `api` is the name of
    /// the one that is called first.
    ///
    /// # Errors
    /// A `VoipPluginError` of that API, which lists everything that is wrong with the options, or the host's own.
    pub fn new(
        api: &str,
        options: &JsValue,
        host: Host,
        env_version: Option<JsValue>,
    ) -> Result<Client, JsValue> {
        let api = Api::of(api).ok_or(api)?;
        let config = client::configure(api, config::read(options, env_version))
            .map_err(|error| host.create_error(error))?;
        let connection = host.open(config.route())?;
        Ok(Client { inner: Rc::new(Inner { config, connection }) })
    }

    /// What an API asks for. The request is read and checked, and the line taken, before this returns.
    pub fn ask(&self, api: &str, req: Option<JsValue>, stop: &JsValue) -> Promise {
        let Some(api) = Api::of(api) else { return Promise::reject(&api.into()) };
        let prepared = match api {
            Api::InitByCaller => self.prepare(Raw::Call(request::call(req))),
            Api::CallWmpf => self.prepare(Raw::WmpfCall(request::form(req))),
            Api::CallDevice => self.prepare(Raw::DeviceCall(request::form(req))),
            Api::GetIotBindContactList => self.prepare(Raw::Contacts(request::contacts(req))),
            Api::ForceHangUpVoip => {
                let HangUp { room_id, how, device, placed } = request::hang_up(req);
                client::hang_up(&room_id, how, &device, placed)
            }
            Api::OpenCall => Ok(client::is_over(&request::hang_up(req).room_id)),
        };
        let inner = Rc::clone(&self.inner);
        let host = inner.connection.begin(stop);
        future_to_promise(async move {
            let Inner { config, connection: Connection { host: created, .. } } = &*inner;
            let prepared = prepared.map_err(|error| created.create_error(error))?;
            let host = host?;
            match client::ask(&host, config, prepared).await {
                Ok(answer) => created.create_result(answer, host.take_body()),
                Err(error) if api.resolves_with(error.kind) => Ok(created.create_failure(error)),
                Err(error) => Err(created.create_error(error)),
            }
        })
    }

    fn prepare(&self, raw: Raw) -> Result<Prepared, VoipError<JsValue>> {
        LINE.with(|line| client::prepare(&self.inner.config, line, raw))
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
    let problems = request::call(req).validate().err().unwrap_or_default();
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
