// When the user or the network comes back to this host, and when the user goes. Only what ends together with its listener is
// listened to, and a host that lacks a part, or throws, is a host that does not tell.

import { hostWx } from '../base/host-wx.js';

/** So long after a mini-program was hidden its platform ends its sockets, and does not always tell. */
const HIDDEN_SOCKETS_LIVE_MS = 5000;

/**
 * Calls `tell` when the page is shown again or the network is there again; with milliseconds, where a socket that was silent for
 * longer has certainly ended. Gives what stops it.
 */
export const onReturn = (options, tell) =>
  allOf([
    inWx(options, 'AppShow', () => tell(HIDDEN_SOCKETS_LIVE_MS)),
    inWx(options, 'NetworkStatusChange', (status) => {
      if (status?.isConnected === true) tell();
    }),
    ...inBrowser('online', 'visible', tell),
  ]);

/** Calls `tell` when the page is hidden or closed: its timers may never run again. Gives what stops it. */
export const onGoing = (options, tell) =>
  allOf([inWx(options, 'AppHide', () => tell()), ...inBrowser('pagehide', 'hidden', tell)]);

const allOf = (offs) => () => {
  for (const off of offs.splice(0)) off?.();
};

const inWx = (options, event, listener) => listenTo(() => hostWx(options), `on${event}`, `off${event}`, listener);

// An event of the window, and that the document becomes visible or hidden. The bundle for mini-programs has nothing of this.
const inBrowser = (event, visibility, tell) =>
  typeof addEventListener === 'undefined'
    ? []
    : [
        listenTo(() => globalThis, 'addEventListener', 'removeEventListener', event, () => tell()),
        listenTo(() => document, 'addEventListener', 'removeEventListener', 'visibilitychange', () => {
          if (document.visibilityState === visibility) tell();
        }),
      ];

// Gives what stops it; undefined where nothing is listened to.
function listenTo(find, on, off, ...values) {
  return carefully(() => {
    const place = find();
    if (typeof place?.[on] !== 'function' || typeof place[off] !== 'function') return undefined;
    place[on](...values);
    return () => carefully(() => place[off](...values));
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
