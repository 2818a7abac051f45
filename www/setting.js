// A choice of the reader that this browser keeps. The handsets of one browser agree on it through localStorage, as
// on the language.

import { recall, remember } from './kept.js';

/**
 * @param {string} key
 * @param {boolean} initial
 */
export function createSetting(key, initial) {
  const listeners = new Set();
  /** @param {string | null | undefined} text */
  const read = (text) => (text === 'on' || text === 'off' ? text === 'on' : initial);
  let isOn = read(recall(key));

  /** @param {boolean} on */
  function change(on) {
    isOn = on;
    for (const listener of listeners) listener(on);
  }

  addEventListener('storage', (event) => {
    if (event.key === key) change(read(event.newValue));
  });

  return {
    isOn: () => isOn,
    toggle() {
      remember(key, isOn ? 'off' : 'on');
      change(!isOn);
    },
    /** Calls `listener` now and after each change. @param {(on: boolean) => void} listener */
    onChange(listener) {
      listeners.add(listener);
      listener(isOn);
    },
  };
}

/** Whether handsets may be heard ringing. */
export const sound = createSetting('wmpf-voip.sound', true);

/** Whether a picture and a tone of the page stand for camera and microphone. */
export const testPicture = createSetting('wmpf-voip.test-picture', false);
