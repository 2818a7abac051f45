// The call that this module has made, from its start until its page has it.

/** @import { Core } from '../types/core.js' */

import { clock } from './clock.js';

/** How long the page of a call may take to open after the service's answer, in milliseconds. */
const OPENS_WITHIN_MS = 3000;

/**
 * Notes that the service has answered with a room: that of a new call, or that of a call by which the other party
 * calls this one.
 *
 * @param {Core} core
 * @param {string} roomId
 */
export function placed(core, roomId) {
  core.placed = roomId;
  core.opensBy = clock() + OPENS_WITHIN_MS;
  if (core.current?.roomId() === roomId) core.current.take();
  else core.idle?.();
}

/**
 * Whether a call is starting, or was made and its page is about to open.
 *
 * @param {Core} core
 */
export function isPlacing({ starting, current, placed: roomId, opensBy = 0 }) {
  return starting.size > 0 || (roomId !== undefined && current === undefined && clock() < opensBy);
}
