// Waiting for a call of this module that is hung up: until the service knows of it, its parties are in a call.

/** @import { Core } from '../types/core.js' */

import { settled } from './settled.js';

/** How long to wait for the service's answer, in milliseconds. */
export const ANSWERS_WITHIN_MS = 3000;

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
