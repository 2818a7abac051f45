// A call that this module hangs up is over when the service has heard of it. Until then its parties are in a call, and the
// next call to them would be refused as busy.

import { settled } from '../base/settled.js';

/** A service that does not answer is not waited for longer, in ms. */
const ANSWERS_WITHIN_MS = 3000;

/** The next call of this module waits until `tell(done)` is done. */
export function delayNextCall(core, tell) {
  const over = () => {
    if (core.ending === ending) core.ending = undefined;
  };
  const ending = settled(ANSWERS_WITHIN_MS, undefined, tell).then(over, over);
  core.ending = ending;
}
