// When the user or the network comes back to this host, and when the user goes. Only what ends together with its listener is
// listened to, and a host that lacks a part, or throws, is a host that does not tell.

/** @import { Options, WxLike } from '../index.js' */
/** @typedef {(() => void) | undefined} Off Stops listening; undefined where nothing is listened to */

import { hostWx } from '../base/host-wx.js';

/** So long after a mini-program was hidden its platform ends its sockets, and does not always tell. */
const HIDDEN_SOCKETS_LIVE_MS = 5000;

/**
 * Calls `tell` when the page is shown again or the network is there again; with milliseconds, where a socket that was silent for
 * longer has certainly ended. Gives what stops it.
 *
 * @param {Options} options
 * @param {(silentMs?: number) => void} tell
 */
export const onReturn = (options, tell) =>
  allOf([
    inWx(options, 'AppShow', () => tell(HIDDEN_SOCKETS_LIVE_MS)),
    inWx(options, 'NetworkStatusChange', (status) => {
      if (status?.isConnected === true) tell();
    }),
    ...inBrowser('online', 'visible', tell),
  ]);

/**
 * Calls `tell` when the page is hidden or closed: its timers may never run again. Gives what stops it.
 *
 * @param {Options} options
 * @param {() => void} tell
 */
export const onGoing = (options, tell) =>
  allOf([inWx(options, 'AppHide', () => tell()), ...inBrowser('pagehide', 'hidden', tell)]);

/** @param {Off[]} offs */
const allOf = (offs) => () => {
  for (const off of offs.splice(0)) off?.();
};

/**
 * @param {Options} options
 * @param {'AppShow' | 'AppHide' | 'NetworkStatusChange'} event
 * @param {(said?: any) => void} listener is given whatever the host has to say
 */
const inWx = (options, event, listener) => listenTo(() => hostWx(options), `on${event}`, `off${event}`, listener);

/**
 * An event of the window, and that the document becomes visible or hidden. The bundle for mini-programs has nothing of this.
 *
 * @param {string} event
 * @param {DocumentVisibilityState} visibility
 * @param {() => void} tell
 */
const inBrowser = (event, visibility, tell) =>
  typeof addEventListener === 'undefined'
    ? []
    : [
        listenTo(
          () => globalThis,
          'addEventListener',
          'removeEventListener',
          event,
          () => tell(),
        ),
        listenTo(
          () => document,
          'addEventListener',
          'removeEventListener',
          'visibilitychange',
          () => {
            if (document.visibilityState === visibility) tell();
          },
        ),
      ];

/**
 * Gives what stops it; undefined where nothing is listened to.
 *
 * @param {() => any} find gives the place, which may lack what it should have
 * @param {string} on
 * @param {string} off
 * @param {unknown[]} values
 * @returns {Off}
 */
function listenTo(find, on, off, ...values) {
  return carefully(() => {
    const place = find();
    if (typeof place?.[on] !== 'function' || typeof place[off] !== 'function') return undefined;
    place[on](...values);
    return () => carefully(() => place[off](...values));
  });
}

/**
 * @template Given
 * @param {() => Given} run
 */
function carefully(run) {
  try {
    return run();
  } catch {
    // There is no such thing here, or the host does not let it be used.
    return undefined;
  }
}
