// What the module can do beside initByCaller; each function takes what it shares with the calls as its first argument.
// A mini-program loads this file when it first uses a part of it.

export { callDevice, callWMPF, forceHangUpVoip, getIotBindContactList } from './calls.js';
export { openCall } from './call-page.js';
export { onVoipEvent } from './events.js';
export { listen } from './listen.js';
export { getPluginEnterOptions, getPluginOnloadOptions } from './page-options.js';
export { setCustomBtnText, setUIConfig, setVoipEndPagePath } from './ui.js';
