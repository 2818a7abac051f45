// Whether a query may say that its call was answered already. Whoever makes a link can write that into it, and a browser opens
// any link: there it would turn on the microphone of somebody who has answered nothing.

import { failure } from '../base/failure.js';
import { PARAMETER } from '../base/raised-codes.js';

/** What the page's own code has said: openCall's option. */
export function answersByQuery(core, options) {
  let cause;
  try {
    const chosen = options?.answersByQuery ?? false;
    if (typeof chosen === 'boolean') return chosen;
    cause = typeof chosen;
  } catch (error) {
    cause = error;
  }
  const got = typeof cause === 'string' ? `got ${cause}` : 'and it threw';
  throw failure(core, PARAMETER, 'openCall', `options.answersByQuery: expected true or false, ${got}`, cause);
}

/** A mini-program's pages are opened by its host and by itself; and a reminder was not made up. */
export const isTrusted = (core, roomId) => core.isMiniProgram === true || core.reminded?.has(roomId) === true;
