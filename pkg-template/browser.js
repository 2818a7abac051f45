// The entry for browsers, and for bundlers that find the wasm by the URL below. Nothing of the host is touched
// before the first call.

import { fetchWasm, fromBytes } from './bytes.js';

const read = (source) =>
  fetchWasm(() => source ?? new URL('./wmpf_voip_bg.wasm', import.meta.url));

const { wmpfVoip, configure, init, check } = fromBytes(read);

export default wmpfVoip;
export { configure, init, check };
export { explain } from './explain.js';
export { VoipCgiError, VoipError, VoipJoinError, VoipPluginError } from './errors.js';
