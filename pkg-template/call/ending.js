// A call that this module hangs up is over once the service knows. Until then its parties are in a call, and the next
// call to them would be refused as busy.

import { ANSWERS_WITHIN_MS } from '../base/ended.js';
import { settled } from '../base/settled.js';

/** Calls `tell(done)`, and makes the next call of this module wait until `done` is called. */
export function delayNextCall(core, tell) {
  const over = () => {
    if (core.ending === ending) core.ending = undefined;
  };
  const ending = settled(ANSWERS_WITHIN_MS, undefined, tell).then(over, over);
  core.ending = ending;
}
