// What the default object has beside initByCaller.

/** @import { WmpfVoip } from '../index.js' */
/** @import { Core, Surface } from '../types/core.js' */

import { callDevice, callWMPF, forceHangUpVoip, getIotBindContactList } from './phone-calls.js';
import { onVoipEvent } from '../base/events.js';
import { getPluginEnterOptions, getPluginOnloadOptions } from './page-options.js';
import { setCustomBtnText, setUIConfig, setVoipEndPagePath } from './ui.js';

/** @type {Surface} */
const SURFACE = {
  callWMPF,
  callDevice,
  onVoipEvent,
  forceHangUpVoip,
  getPluginEnterOptions,
  getPluginOnloadOptions,
  getIotBindContactList,
  setUIConfig,
  setVoipEndPagePath,
  setCustomBtnText,
};

/** @param {{ wmpfVoip: WmpfVoip, core: Core }} module */
export function addSurface({ wmpfVoip, core }) {
  // By name, no function is known to be the one of that name.
  const functions = /** @type {Record<string, (...values: any) => unknown>} */ (SURFACE);
  const added = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (wmpfVoip));
  for (const name of Object.keys(functions)) {
    added[name] = /** @param {unknown[]} values */ (...values) => functions[name](core, ...values);
  }
}
