// The storage for a page that is loaded anew: the sessionStorage of its tab, or the storage of `wx`.

import { hostWx } from './host-wx.js';

/** The text that is kept under a key; undefined if there is none. */
export function recall(options, key) {
  for (const place of PLACES) {
    try {
      const text = place(options)?.get(key);
      if (typeof text === 'string' && text !== '') return text;
    } catch {
      // The user or the host does not allow the storage to be used.
    }
  }
  return undefined;
}

/** Keeps a text, in the first storage that works. */
export function remember(options, key, text) {
  for (const place of PLACES) {
    try {
      const storage = place(options);
      if (!storage) continue;
      storage.set(key, text);
      return;
    } catch {
      // The user or the host does not allow the storage to be used.
    }
  }
}

const PLACES = [
  () =>
    typeof sessionStorage === 'undefined'
      ? undefined
      : { get: (key) => sessionStorage.getItem(key), set: (key, text) => sessionStorage.setItem(key, text) },
  (options) => {
    const host = hostWx(options);
    if (typeof host?.getStorageSync !== 'function') return undefined;
    return { get: (key) => host.getStorageSync(key), set: (key, text) => host.setStorageSync(key, text) };
  },
];
