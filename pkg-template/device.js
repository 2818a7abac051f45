// What this device calls itself, so that a page that is loaded anew is the same party of its call. Of two phones of one
// user only one can take a call.

import { hostWx } from './host-wx.js';
import { newName } from './random.js';

const KEY = 'wmpf-voip.device';

export function deviceOf(core) {
  if (core.device === undefined) core.device = stored(core.options()) ?? newName();
  return core.device;
}

const isName = (name) => typeof name === 'string' && /^[\x21-\x7e]{1,64}$/.test(name);

function stored(options) {
  for (const storage of STORAGES) {
    try {
      const kept = storage(options);
      const name = kept?.get();
      if (isName(name)) return name;
      if (kept) {
        const made = newName();
        kept.set(made);
        return made;
      }
    } catch {
      // The user or the host does not let it be used.
    }
  }
  return undefined;
}

// A browser's tab is a device: two of them are two.
const STORAGES = [
  () =>
    typeof sessionStorage === 'undefined'
      ? undefined
      : { get: () => sessionStorage.getItem(KEY), set: (name) => sessionStorage.setItem(KEY, name) },
  (options) => {
    const host = hostWx(options);
    if (typeof host?.getStorageSync !== 'function') return undefined;
    return { get: () => host.getStorageSync(KEY), set: (name) => host.setStorageSync(KEY, name) };
  },
];
