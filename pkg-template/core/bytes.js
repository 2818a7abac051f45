// The module on hosts that take the wasm as bytes: browsers and Node.

/** @import { Instantiate } from '../types/wasm.js' */

import { kindOf } from '../base/foreign-values.js';
import { createModule } from './module.js';
import { addSurface } from '../call/plugin-surface.js';
import { textOf } from '../base/text-of.js';

/**
 * `read(source)` gives the bytes of the wasm: the package's own when `source` is undefined.
 *
 * @param {Read} read
 */
export function fromBytes(read) {
  const module = createModule(instantiate(read), checkHost);
  addSurface(module);
  return module;
}

// A mini-program whose bundler took this entry has nothing of what follows.
function checkHost() {
  if (typeof WebAssembly !== 'undefined') return;
  throw new Error("this host has no WebAssembly; a mini-program has to import 'wmpf-voip/miniprogram'");
}

/** @typedef {(source: any) => BufferSource | Promise<BufferSource>} Read what init was given may be anything */

/**
 * A fresh instance is made from the compiled module, without reading again. Its class may be that of another realm, as in
 * Jest's jsdom, and so may that of the bytes.
 *
 * @type {(read: Read) => Instantiate}
 */
const instantiate = (read) => async (source, imports) => {
  const isBytes = ArrayBuffer.isView(source) || kindOf(source) === 'ArrayBuffer';
  const module = isModule(source) ? source : await compile(isBytes ? source : await read(source));
  const { exports } = await WebAssembly.instantiate(module, imports);
  return { exports, source: module };
};

/**
 * @param {unknown} source
 * @returns {source is WebAssembly.Module}
 */
const isModule = (source) => kindOf(source) === 'WebAssembly.Module';

/** @param {BufferSource} bytes */
async function compile(bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    if (!isValid(bytes)) throw cause;
    throw new Error(`this host compiles no wasm (${textOf(cause)}): ${PERMISSION}`, { cause });
  }
}

/**
 * It throws for what is no bytes.
 *
 * @param {BufferSource} bytes
 */
function isValid(bytes) {
  try {
    return WebAssembly.validate(bytes);
  } catch {
    return false;
  }
}

const IN_A_WORKER =
  "a Cloudflare Worker has to be bundled with the export condition 'workerd', or to import wmpf-voip/wmpf_voip_bg.wasm and pass " +
  'it to init';

const PERMISSION = `a page's Content-Security-Policy has to allow 'wasm-unsafe-eval'; ${IN_A_WORKER}`;

/**
 * The wasm at `place()`, a URL. A bundler may have left the file behind, and servers answer with a page
 * of their own for what is not there.
 *
 * @param {() => string | URL} place
 */
export async function fetchWasm(place) {
  /** @type {string | URL} */
  let url = 'wmpf_voip_bg.wasm';
  try {
    url = place();
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    const bytes = await response.arrayBuffer();
    // It says what is wrong.
    if (!WebAssembly.validate(bytes)) await WebAssembly.compile(bytes);
    return bytes;
  } catch (cause) {
    throw new Error(`${url} could not be loaded (${textOf(cause)}): ${REMEDY}`, { cause });
  }
}

const REMEDY =
  "have wmpf-voip/wmpf_voip_bg.wasm copied there, tell init where it is, or import 'wmpf-voip/inline', which has it inside; " +
  IN_A_WORKER;
