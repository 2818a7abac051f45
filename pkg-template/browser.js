// The entry for browsers and bundlers. Nothing of the host is touched before the first call.

import { createModule } from './module.js';

const { wmpfVoip, configure, init, check } = createModule(async (source) => {
  const url = source ?? new URL('./wmpf_voip_bg.wasm', import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered with HTTP status ${response.status}`);
  return response.arrayBuffer();
});

export default wmpfVoip;
export { configure, init, check };
export { explain } from './module.js';
export { VoipCgiError, VoipError, VoipJoinError, VoipPluginError } from './errors.js';
