// A call that this module hangs up is over once the service knows. Until then its parties are in a call, and the next
// call to them would be refused as busy.

import { settled } from '../base/settled.js';

/** How long to wait for the service's answer, in milliseconds. */
const ANSWERS_WITHIN_MS = 3000;

/** Calls `tell(done)`, and makes the next call of this module wait until `done` is called. */
export function delayNextCall(core, tell) {
  const over = () => {
    if (core.ending === ending) core.ending = undefined;
  };
  const ending = settled(ANSWERS_WITHIN_MS, undefined, tell).then(over, over);
  core.ending = ending;
}
