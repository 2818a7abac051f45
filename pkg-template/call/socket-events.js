// What the socket of a call tells, as events of the call.

import { keptChoice } from './choice.js';

/**
 * What openCallSocket is given to be told.
 *
 * @param {any} core
 * @param {(...event: import('./state.js').Event) => void} happened
 * @param {() => any} media gives the media, once there are any
 */
export const socketEvents = (core, happened, media) => ({
  opened(call) {
    core.keep(call.voipChat?.signature, ...Array.from(call.iceServers ?? [], (server) => server?.credential));
    happened('opened', call, keptChoice(core, call));
  },
  event: ({ eventName, data, ageMs }) =>
    happened('event', eventName, core.redacted(data || {}), Math.max(0, Number(ageMs) || 0), Date.now()),
  peer: (connected) => media()?.peer(connected),
  relay: (payload) => media()?.receive(payload),
  cameraOff: () => happened('cameraOff'),
  away: () => happened('away'),
  elsewhere: (canTake) => happened('elsewhere', canTake),
  refused: (errCode, detail) => happened('refused', { errCode, detail: core.redacted(detail) }),
  lost: (why, unheard) => happened('lost', core.redacted(why), unheard),
});
