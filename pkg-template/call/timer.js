// The timer of a call: it counts the seconds from startVoip to the end for the call's page.

import { clock } from '../base/clock.js';

/**
 * Calls `tell(seconds)` for each whole second of a call that started `ageMs` milliseconds ago, each second at most
 * once. A timer that comes late skips some. Gives the function that stops it.
 *
 * @param {number} ageMs
 * @param {(seconds: number) => void} tell
 */
export function countSeconds(ageMs, tell) {
  const started = clock() - ageMs;
  let last = Math.floor(ageMs / 1000);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function wait() {
    const next = started + (last + 1) * 1000;
    timer = setTimeout(tick, Math.max(0, next - clock()));
  }

  function tick() {
    const seconds = Math.floor((clock() - started) / 1000);
    // Timers may come early, and a wall clock may be set back.
    const isNew = seconds > last;
    if (isNew) last = seconds;
    wait();
    if (isNew) tell(seconds);
  }

  wait();
  return () => clearTimeout(timer);
}
