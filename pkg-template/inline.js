// The entry for bundlers that would leave the wasm behind: it is inside. Nothing of the host is touched before
// the first call.

import { fetchWasm, fromBytes } from './bytes.js';
import { BASE64 } from './wasm.js';

const own = () => Uint8Array.from(atob(BASE64), (character) => character.charCodeAt(0));
const read = (source) => (source === undefined ? own() : fetchWasm(() => source));

const { wmpfVoip, configure, init, check } = fromBytes(read);

export default wmpfVoip;
export { configure, init, check };
export { explain } from './explain.js';
export { VoipCgiError, VoipError, VoipJoinError, VoipPluginError } from './errors.js';
