// The seconds of a call, as its page counts them between startVoip and the end.

import { clock } from '../base/clock.js';

/**
 * Tells each whole second once, from a start that was `ageMs` ago; a timer that comes late skips some. Gives what
 * stops it.
 */
export function countSeconds(ageMs, tell) {
  const started = clock() - ageMs;
  let last = Math.floor(ageMs / 1000);
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
