// The module without a host: what it keeps between calls, and when its wasm is loaded. A loader per
// host (browser.js, node.cjs) says where the wasm is.

import { chooseAdapter } from './adapters.js';
import { CALL_PAGE_PATH, CODES } from './contract.js';
import { createError, VoipPluginError } from './errors.js';
import * as glue from './wmpf_voip_bg.js';

const UNSUPPORTED = 1011;

// `read(source)` gives the bytes of the wasm: of the package's own file when `source` is undefined.
export function createModule(read) {
  let options = {};
  let loading;
  let client;

  // Idempotent. A load that failed is tried again by the next call.
  function init(source) {
    loading ??= load(source).catch((cause) => {
      loading = undefined;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new VoipPluginError(UNSUPPORTED, `init:fail ${reason}`, undefined, cause);
    });
    return loading;
  }

  async function load(source) {
    if (typeof WebAssembly === 'undefined') throw new Error('this host has no WebAssembly');
    const isWasm = source instanceof WebAssembly.Module;
    const isBytes = source instanceof ArrayBuffer || ArrayBuffer.isView(source);
    const wasm = isWasm || isBytes ? source : await read(source);
    const imports = { './wmpf_voip_bg.js': glue };
    const result = await WebAssembly.instantiate(wasm, imports);
    glue.__wbg_set_wasm((result.instance ?? result).exports);
  }

  // What the new options leave out stays as it was, so that a fresh token needs no endpoint.
  function configure(newOptions) {
    options = { ...options, ...newOptions };
    client?.free();
    client = undefined;
  }

  // Async, so that it never throws; what stands before its first await runs at once, so that a loaded
  // module has read the request before it returns.
  async function initByCaller(req) {
    if (!client) {
      await init();
      client ??= new glue.Client(options, { connect: chooseAdapter(options), createError });
    }
    return client.initByCaller(req);
  }

  async function check(req) {
    await init();
    return glue.check(req);
  }

  return { wmpfVoip: { CALL_PAGE_PATH, initByCaller }, configure, init, check };
}

export function explain(errCode, language = 'en') {
  const code = CODES[errCode];
  const text = code?.[language];
  return text && { errCode, name: code.name, raisedBy: code.raisedBy, ...text };
}
