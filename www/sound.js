// Whether handsets may be heard. The handsets of one browser agree through localStorage, as on the language.

import { recall, remember } from './kept.js';

const KEY = 'wmpf-voip.sound';

/** @type {Set<() => void>} */
const listeners = new Set();
let isOn = recall(KEY) !== 'off';

export function soundIsOn() {
  return isOn;
}

/** @param {boolean} on */
export function setSound(on) {
  remember(KEY, on ? 'on' : 'off');
  change(on);
}

/**
 * Calls `listener` now and after each change.
 * @param {() => void} listener
 */
export function onSound(listener) {
  listeners.add(listener);
  listener();
}

function change(on) {
  isOn = on;
  for (const listener of listeners) listener();
}

addEventListener('storage', ({ key, newValue }) => {
  if (key === KEY) change(newValue !== 'off');
});
