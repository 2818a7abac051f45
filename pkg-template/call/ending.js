// A call that this module hangs up is over once the service knows. Until then its parties are in a call, and the next
// call to them would be refused as busy.

/** @import { Core } from '../types/core.js' */

import { ANSWERS_WITHIN_MS } from '../base/ended.js';
import { settled } from '../base/settled.js';

/**
 * Calls `tell(done)`, and makes the next call of this module wait until `done` is called.
 *
 * @param {Core} core
 * @param {(done: (value?: unknown) => void) => void} tell
 */
export function delayNextCall(core, tell) {
  const over = () => {
    if (core.ending === ending) core.ending = undefined;
  };
  const ending = settled(ANSWERS_WITHIN_MS, undefined, tell).then(over, over);
  core.ending = ending;
}
