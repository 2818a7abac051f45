// A call of this module that is hung up. Until the service knows of it, its parties are in a call, and the next call to them
// would be refused as busy, so that one waits.

/** @import { Core } from '../types/core.js' */

import { settled } from './settled.js';

/** How long to wait for the service's answer, in milliseconds. */
const ANSWERS_WITHIN_MS = 3000;

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

/**
 * Waits until the call that is ending is over, or as long as the service may take to answer. The time is taken anew: a test
 * may have hung up by a clock of its own, which it has taken away since.
 *
 * @param {Core} core
 */
export async function ended(core) {
  const { ending } = core;
  await settled(ANSWERS_WITHIN_MS, undefined, (done) => {
    ending?.then(done);
  });
  if (core.ending === ending) core.ending = undefined;
}
