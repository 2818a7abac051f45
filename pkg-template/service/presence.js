// When the user or the network comes back to this host, and when the user goes. Only what ends together with its listener is
// listened to, and a host that lacks a part, or throws, is a host that does not tell.

import { hostWx } from '../base/host-wx.js';

/** So long after a mini-program was hidden its platform ends its sockets, and does not always tell. */
const HIDDEN_SOCKETS_LIVE_MS = 5000;

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
 */
export const onReturn = (options, tell) => listenTo(RETURNS, options, tell);

/** Calls `tell` when the page is hidden or closed: its timers may never run again. Gives what stops it. */
export const onGoing = (options, tell) => listenTo(GOINGS, options, tell);

function listenTo(sources, options, tell) {
  const offs = sources.map((source) => source(options, tell));
  return () => {
    for (const off of offs.splice(0)) off?.();
  };
}

function inWx(event, listenerFor) {
  const [on, off] = [`on${event}`, `off${event}`];
  return (options, tell) =>
    carefully(() => {
      const host = hostWx(options);
      if (typeof host?.[on] !== 'function' || typeof host[off] !== 'function') return undefined;
      const listener = listenerFor(tell);
      host[on](listener);
      return () => carefully(() => host[off](listener));
    });
}

function inBrowser(target, event, listenerFor) {
  return (options, tell) =>
    carefully(() => {
      const place = target();
      if (typeof place.removeEventListener !== 'function') return undefined;
      const listener = listenerFor(tell);
      place.addEventListener(event, listener);
      return () => carefully(() => place.removeEventListener(event, listener));
    });
}

function carefully(run) {
  try {
    return run();
  } catch {
    // There is no such thing here, or the host does not let it be used.
    return undefined;
  }
}
