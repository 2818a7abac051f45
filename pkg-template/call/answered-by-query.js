// Whether a query may say that its call was answered already. Everybody can write that into a link, and a browser
// opens every link: the page would then turn on the microphone of a user who has answered nothing.

/** @import { Core } from '../types/core.js' */

import { failure } from '../base/failure.js';
import { PARAMETER } from '../base/raised-codes.js';

/**
 * The option `answersByQuery` of openCall, by which the page's own code says that its queries may. Throws if it is
 * not a boolean.
 *
 * @param {Core} core
 * @param {{ readonly answersByQuery?: unknown } | undefined} options
 */
export function answersByQuery(core, options) {
  let got = 'and it threw';
  let cause;
  try {
    const chosen = options?.answersByQuery ?? false;
    if (typeof chosen === 'boolean') return chosen;
    got = `got ${typeof chosen}`;
  } catch (error) {
    cause = error;
  }
  throw failure(core, PARAMETER, 'openCall', `options.answersByQuery: expected true or false, ${got}`, cause);
}

/**
 * Whether a query may answer this call: a mini-program's pages are opened by its host and by itself only, and a call
 * of which the service has sent a reminder was not made up.
 *
 * @type {(core: Core, roomId: string) => boolean | undefined}
 */
export const isTrusted = (core, roomId) => core.isMiniProgram || core.reminded?.has(roomId);
