// The entry for browsers and bundlers. Nothing of the host is touched before the first call.

import { fromBytes } from './bytes.js';
import { createModule } from './module.js';

async function read(source) {
  const url = source ?? new URL('./wmpf_voip_bg.wasm', import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered with HTTP status ${response.status}`);
  return response.arrayBuffer();
}

const { wmpfVoip, configure, init, check } = createModule(fromBytes(read));

export default wmpfVoip;
export { configure, init, check };
export { explain } from './explain.js';
export { VoipCgiError, VoipError, VoipJoinError, VoipPluginError } from './errors.js';
