// What the module can do beside initByCaller; each function takes what it shares with the calls as its first argument.
// A mini-program loads this file when it first uses a part of it.

/** @import { Surface, TakingCore } from '../types/core.js' */

import { openCall } from '../call/page.js';
import { getPluginEnterOptions, getPluginOnloadOptions } from '../call/page-options.js';
import { callDevice, callWMPF, forceHangUpVoip, getIotBindContactList } from '../call/phone-calls.js';
import { setCustomBtnText, setUIConfig, setVoipEndPagePath } from '../call/ui.js';
import { onVoipEvent } from '../base/events.js';
import { listen } from '../service/listen.js';

/**
 * @typedef {object} Rest
 * @property {TakingCore<typeof import('../index.js').listen>} listen
 * @property {TakingCore<typeof import('../index.js').openCall>} openCall
 */

module.exports = /** @satisfies {Surface & Rest} */ ({
  callDevice,
  callWMPF,
  forceHangUpVoip,
  getIotBindContactList,
  getPluginEnterOptions,
  getPluginOnloadOptions,
  listen,
  onVoipEvent,
  openCall,
  setCustomBtnText,
  setUIConfig,
  setVoipEndPagePath,
});
