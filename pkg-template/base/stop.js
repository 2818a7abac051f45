// Stops a call while it starts: because of the signal that came with it, because somebody hangs up, or because its
// page goes away.

/** @import { Stop } from '../types/core.js' */

/**
 * `now(reason)` stops the call and calls the functions in `heard`, but only once. `end` is set by whoever listens to
 * an abort signal, to stop listening.
 *
 * @returns {Stop}
 */
export function createStop() {
  /** @type {Set<() => void>} */
  const heard = new Set();
  /** @type {Stop} */
  const stop = { heard, isStopped: false, now, end() {} };
  /** @param {unknown} reason */
  function now(reason) {
    if (stop.isStopped) return;
    stop.isStopped = true;
    stop.reason = reason;
    for (const listener of heard) listener();
  }
  return stop;
}
