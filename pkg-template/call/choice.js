// What a user has chosen: whether the other side hears and sees something. The choice stays when the call is opened
// again, so that nobody is heard or seen again without having asked for it.

/** @import { Choice, Core } from '../types/core.js' */

import { recall, remember } from '../base/storage.js';
import { isChoice } from './beginning.js';

const KEY = 'wmpf-voip.chosen';

/**
 * The two sides of a call may be open in one tab, so each side has its own key.
 *
 * @param {boolean} isCaller
 */
const keyOf = (isCaller) => `${KEY}.${isCaller ? 'caller' : 'listener'}`;

/**
 * Keeps the choice for a call, for the next page of this module and for a page that is loaded anew.
 *
 * @param {Core} core
 * @param {Choice & { roomId: string, isCaller: boolean }} view
 */
export function keepChoice(core, { roomId, isCaller, muted, camera }) {
  core.chosen = { roomId, isCaller, muted, camera };
  remember(core.options(), keyOf(isCaller), JSON.stringify({ roomId, muted, camera }));
}

/**
 * The choice that was kept for this side of a call; undefined if there is none.
 *
 * @param {Core} core
 * @param {{ roomId: string, isCaller: boolean }} call
 * @returns {Choice | undefined}
 */
export function keptChoice(core, { roomId, isCaller }) {
  const isMeant = core.chosen?.roomId === roomId && core.chosen.isCaller === isCaller;
  const kept = isMeant ? core.chosen : parsed(recall(core.options(), keyOf(isCaller)));
  if (kept?.roomId !== roomId || !isChoice(kept)) return undefined;
  const { muted, camera } = kept;
  return { muted, camera };
}

/** @param {string | undefined} text */
function parsed(text) {
  try {
    // Nothing is no JSON.
    return JSON.parse(/** @type {string} */ (text));
  } catch {
    return undefined;
  }
}
