// The storage for a page that is loaded anew: the sessionStorage of its tab, or the storage of `wx`.

/** @import { Options, WxLike } from '../index.js' */

import { hostWx } from './host-wx.js';

/**
 * The text that is kept under a key; undefined if there is none.
 *
 * @param {Options} options
 * @param {string} key
 */
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

/**
 * Keeps a text, in the first storage that works.
 *
 * @param {Options} options
 * @param {string} key
 * @param {string} text
 */
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

/** @typedef {{ get(key: string): unknown, set(key: string, text: string): void }} Storage */

/** @type {Array<(options: Options) => Storage | undefined>} */
const PLACES = [
  () =>
    typeof sessionStorage === 'undefined'
      ? undefined
      : { get: (key) => sessionStorage.getItem(key), set: (key, text) => sessionStorage.setItem(key, text) },
  (options) => {
    // Whoever has the one has the other; where not, the call fails and nothing is kept.
    const host = /** @type {Required<WxLike> | undefined} */ (hostWx(options));
    if (typeof host?.getStorageSync !== 'function') return undefined;
    return { get: (key) => host.getStorageSync(key), set: (key, text) => host.setStorageSync(key, text) };
  },
];
