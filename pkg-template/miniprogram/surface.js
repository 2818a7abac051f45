// What the module can do beside initByCaller; each function takes what it shares with the calls as its first argument.
// A mini-program loads this file when it first uses a part of it.

export { callDevice, callWMPF, forceHangUpVoip, getIotBindContactList } from '../call/phone-calls.js';
export { openCall } from '../call/page.js';
export { onVoipEvent } from '../base/events.js';
export { listen } from '../service/listen.js';
export { getPluginEnterOptions, getPluginOnloadOptions } from '../call/page-options.js';
export { setCustomBtnText, setUIConfig, setVoipEndPagePath } from '../call/ui.js';
