// The module on hosts that take the wasm as bytes: browsers and Node.

import { createModule } from './module.js';
import { addSurface } from './plugin-surface.js';
import { textOf } from './text-of.js';

// `read(source)` gives the wasm, compiled or not: the package's own when `source` is undefined.
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

// A fresh instance is made from the compiled module, without reading again.
const instantiate = (read) => async (source, imports) => {
  const isWasm = source instanceof WebAssembly.Module;
  const isBytes = source instanceof ArrayBuffer || ArrayBuffer.isView(source);
  const wasm = isWasm || isBytes ? source : await read(source);
  const result = await WebAssembly.instantiate(wasm, imports);
  const { exports } = result.instance ?? result;
  return { exports, source: result.module ?? wasm };
};

// The wasm at `place()`, a URL. A bundler may have left the file behind, and servers answer with a page
// of their own for what is not there.
export async function fetchWasm(place) {
  let url = 'wmpf_voip_bg.wasm';
  try {
    url = place();
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throw new Error(`${url} could not be loaded (${textOf(cause)}): ${REMEDY}`, { cause });
  }
}

const REMEDY =
  "have wmpf-voip/wmpf_voip_bg.wasm copied there, tell init where it is, or import 'wmpf-voip/inline', which has it inside";
