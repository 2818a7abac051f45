// The entry for browsers, and for bundlers that find the wasm by the URL below. Nothing of the host is touched
// before the first call.

import { fetchWasm, fromBytes } from './core/bytes.js';
import { openCall as openCallOf } from './call/page.js';
import { problemsOf } from './explain.js';
import { listen as listenOf } from './service/listen.js';

/** @param {string | URL | undefined} source */
const read = (source) => fetchWasm(() => source ?? new URL('./wmpf_voip_bg.wasm', import.meta.url));

const { wmpfVoip, configure, init, check: rowsOf, core } = fromBytes(read);

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
