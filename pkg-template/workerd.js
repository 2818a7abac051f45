// The entry for Cloudflare Workers. Their runtime, workerd, compiles nothing while it runs: what it imports as wasm is
// compiled already. Nothing of the host is touched before the first call.

import wasm from './wmpf_voip_bg.wasm';

import { openCall as openCallOf } from './call/page.js';
import { problemsOf } from './explain.js';
import { kindOf } from './base/foreign-values.js';
import { listen as listenOf } from './service/listen.js';
import { createModule } from './core/module.js';
import { addSurface } from './call/plugin-surface.js';

/**
 * At once: what is waited for in one request must not end in another.
 *
 * @type {import('./types/wasm.js').Instantiate}
 */
async function instantiate(source = wasm, imports) {
  if (kindOf(source) !== 'WebAssembly.Module') throw new Error('expected a WebAssembly.Module: workerd compiles none');
  const { exports } = new WebAssembly.Instance(source, imports);
  return { exports, source };
}

const module = createModule(instantiate);
addSurface(module);
const { wmpfVoip, configure, init, check: rowsOf, core } = module;

export default wmpfVoip;
export { configure, init };
/** @type {typeof import('./index.js').check} */
export const check = async (req) => problemsOf(await rowsOf(req));
/** @type {typeof import('./index.js').openCall} */
export const openCall = (page, options) => openCallOf(core, page, options);
/** @type {typeof import('./index.js').listen} */
export const listen = (handlers) => listenOf(core, handlers);
export { explain, explainAbort } from './explain.js';
export { VoipCgiError, VoipError, VoipJoinError, VoipPluginError } from './errors.js';
