// When the user or the network comes back to this host, and when the user goes. Only what ends together with its listener is
// listened to, and a host that lacks a part, or throws, is a host that does not tell.

/** @import { Options, WxLike } from '../index.js' */

import { hostWx } from '../base/host-wx.js';

/** So long after a mini-program was hidden its platform ends its sockets, and does not always tell. */
const HIDDEN_SOCKETS_LIVE_MS = 5000;

/** @typedef {(silentMs?: number) => void} Tell */
/** @typedef {(tell: Tell) => (event?: any) => void} ListenerFor Makes what a host calls, with whatever it has to say */
/** @typedef {(options: Options, tell: Tell) => (() => void) | undefined} Source Gives what stops it */
/** @typedef {'AppShow' | 'AppHide' | 'NetworkStatusChange'} WxEvent */

const isVisible = () => document.visibilityState === 'visible';
const isHidden = () => document.visibilityState === 'hidden';

const RETURNS = [
  inWx('AppShow', (tell) => () => tell(HIDDEN_SOCKETS_LIVE_MS)),
  inWx('NetworkStatusChange', (tell) => (status) => status?.isConnected === true && tell()),
  inBrowser(() => globalThis, 'online', (tell) => () => tell()),
  inBrowser(() => document, 'visibilitychange', (tell) => () => isVisible() && tell()),
];

const GOINGS = [
  inWx('AppHide', (tell) => () => tell()),
  inBrowser(() => globalThis, 'pagehide', (tell) => () => tell()),
  inBrowser(() => document, 'visibilitychange', (tell) => () => isHidden() && tell()),
];

/**
 * Calls `tell` when the page is shown again or the network is there again; with milliseconds, where a socket that was silent for
 * longer has certainly ended. Gives what stops it.
 *
 * @type {(options: Options, tell: Tell) => () => void}
 */
export const onReturn = (options, tell) => listenTo(RETURNS, options, tell);

/**
 * Calls `tell` when the page is hidden or closed: its timers may never run again. Gives what stops it.
 *
 * @type {(options: Options, tell: () => void) => () => void}
 */
export const onGoing = (options, tell) => listenTo(GOINGS, options, tell);

/**
 * @param {Source[]} sources
 * @param {Options} options
 * @param {Tell} tell
 */
function listenTo(sources, options, tell) {
  const offs = sources.map((source) => source(options, tell));
  return () => {
    for (const off of offs.splice(0)) off?.();
  };
}

/**
 * @param {WxEvent} event
 * @param {ListenerFor} listenerFor
 * @returns {Source}
 */
function inWx(event, listenerFor) {
  const on = /** @type {const} */ (`on${event}`);
  const off = /** @type {const} */ (`off${event}`);
  return (options, tell) =>
    carefully(() => {
      const host = /** @type {Required<WxLike> | undefined} */ (hostWx(options));
      if (typeof host?.[on] !== 'function' || typeof host[off] !== 'function') return undefined;
      const listener = listenerFor(tell);
      host[on](listener);
      return () => carefully(() => host[off](listener));
    });
}

/**
 * @param {() => EventTarget} target
 * @param {string} event
 * @param {ListenerFor} listenerFor
 * @returns {Source}
 */
function inBrowser(target, event, listenerFor) {
  return (_options, tell) =>
    carefully(() => {
      const place = target();
      if (typeof place.removeEventListener !== 'function') return undefined;
      const listener = listenerFor(tell);
      place.addEventListener(event, listener);
      return () => carefully(() => place.removeEventListener(event, listener));
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
