// The module without a host: what it keeps between calls, and when its wasm is loaded. A loader per
// host (browser.js, node.cjs) says where the wasm is.

import { chooseAdapter, newKey } from './adapters.js';
import { CALL_PAGE_PATH, CODES } from './contract.js';
import { createError, VoipPluginError } from './errors.js';
import { snapshot } from './snapshot.js';
import * as glue from './wmpf_voip_bg.js';

const UNSUPPORTED = 1011;

// `read(source)` gives the bytes of the wasm: of the package's own file when `source` is undefined.
export function createModule(read) {
  let options = {};
  let client;
  let loading;
  let loaded = false;
  let reading = false;

  // Idempotent. A load that failed is tried again by the next call.
  function load(source, api) {
    loading ??= instantiate(source).catch((cause) => {
      loading = undefined;
      throw cause;
    });
    return loading.catch((cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new VoipPluginError(UNSUPPORTED, `${api}:fail ${reason}`, undefined, cause);
    });
  }

  async function instantiate(source) {
    if (typeof WebAssembly === 'undefined') throw new Error('this host has no WebAssembly');
    const isWasm = source instanceof WebAssembly.Module;
    const isBytes = source instanceof ArrayBuffer || ArrayBuffer.isView(source);
    const wasm = isWasm || isBytes ? source : await read(source);
    const imports = { './wmpf_voip_bg.js': glue };
    const result = await WebAssembly.instantiate(wasm, imports);
    const { exports } = result.instance ?? result;
    if (!exports.client_initByCaller) throw new Error('this is not the wasm of wmpf-voip');
    glue.__wbg_set_wasm(exports);
    loaded = true;
  }

  const init = (source) => load(source, 'init');

  // What the new options leave out stays as it was, so that a fresh token needs no endpoint. The client
  // before it is left to the collector: a call may be using it.
  function configure(newOptions) {
    options = { ...options, ...newOptions };
    client = undefined;
  }

  const connect = (options) =>
    new glue.Client(options, { connect: chooseAdapter(options), createError, newKey });

  // A getter of the request may call, too. Its call has to wait: the wasm is entered once at a time.
  async function enter(call) {
    if (reading) await undefined;
    reading = true;
    try {
      return call();
    } finally {
      reading = false;
    }
  }

  // What is passed is read at once, also by the call that has to load the wasm first: a caller may change
  // it, or configure another party, as soon as this has returned.
  async function initByCaller(req) {
    if (loaded) return enter(() => (client ??= connect(options)).initByCaller(req));
    const current = options;
    const taken = snapshot(req);
    await load(undefined, 'initByCaller');
    return enter(() => connect(current).initByCaller(taken));
  }

  async function check(req) {
    const taken = loaded ? req : snapshot(req);
    await load(undefined, 'check');
    return enter(() => glue.check(taken));
  }

  return { wmpfVoip: { CALL_PAGE_PATH, initByCaller }, configure, init, check };
}

export function explain(errCode, language = 'en') {
  const isKnown = language === 'en' || language === 'zh';
  const code = isKnown ? CODES[errCode] : undefined;
  const text = code?.[language];
  return text && { errCode, name: code.name, raisedBy: code.raisedBy, ...text };
}
