// A call that was placed, from its start until its page has it.

import { clock } from './clock.js';

/** So long the page of a call may take to open after the answer, in ms. */
const OPENS_WITHIN_MS = 3000;

/** The service has answered with a room: that of a new call, or of one by which the other party calls this one. */
export function placed(core, roomId) {
  core.placed = roomId;
  core.opensBy = clock() + OPENS_WITHIN_MS;
  if (core.current?.roomId() === roomId) core.current.take();
  else core.idle?.();
}

/** Whether a call starts, or has been placed and its page is on its way. */
export function isPlacing({ starting, current, placed: roomId, opensBy }) {
  return starting.size > 0 || (roomId !== undefined && current === undefined && clock() < opensBy);
}
