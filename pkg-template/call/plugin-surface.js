// What the default object has beside initByCaller.

import { callDevice, callWMPF, forceHangUpVoip, getIotBindContactList } from './phone-calls.js';
import { onVoipEvent } from '../base/events.js';
import { getPluginEnterOptions, getPluginOnloadOptions } from './page-options.js';
import { setCustomBtnText, setUIConfig, setVoipEndPagePath } from './ui.js';

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

export function addSurface({ wmpfVoip, core }) {
  for (const name of Object.keys(SURFACE)) wmpfVoip[name] = (...values) => SURFACE[name](core, ...values);
}
