// What the socket of a call tells, as events of the call.

/** @import { CallTold } from '../types/call-socket.js' */
/** @import { Core } from '../types/core.js' */
/** @import { OpenedMedia } from './media.js' */
/** @import { Event } from './state.js' */

import { keptChoice } from './choice.js';

/**
 * What openCallSocket is given to be told.
 *
 * @param {Core} core
 * @param {(...event: Event) => void} happened
 * @param {() => OpenedMedia | undefined} media gives the media, once there are any
 * @returns {CallTold}
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
