// The session token of a socket that may outlive it. What configure is given meanwhile takes its place once it is no
// longer valid, and not before: another token may be of another party.

/** @import { Core, HeldToken } from '../types/core.js' */

import { isToken } from './socket-target.js';

/**
 * @param {Core} core
 * @param {string} token
 * @returns {HeldToken}
 */
export function holdToken(core, token) {
  const held = { token, isRenewed, renew };

  /** Whether another one was configured. */
  function isRenewed() {
    const { token: latest } = core.options();
    return isToken(latest) && latest !== held.token;
  }

  /** Takes that one, and says whether there was one. */
  function renew() {
    if (!isRenewed()) return false;
    held.token = /** @type {string} */ (core.options().token);
    return true;
  }

  return held;
}
