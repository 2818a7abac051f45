// What a user has chosen: whether the other side hears and sees something. The choice stays when the call is opened
// again, so that nobody is heard or seen again without having asked for it.

/** @import { JoinedCall } from '../types/call-socket.js' */
/** @import { Choice, Core } from '../types/core.js' */

import { recall, remember } from '../base/storage.js';

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

/**
 * How this side of a call begins: `{ muted, camera }`. It begins as it was left; if the service and this device
 * remember that differently, with the stricter of both. If the side was in the call already and nobody knows its
 * choice, it begins muted and without a camera. Otherwise it begins as the request for the call says.
 *
 * @param {JoinedCall} call
 * @param {Choice | undefined} kept
 * @returns {Choice}
 */
export function beginning(call, kept) {
  const { roomType, isCaller, state, joined, chosen, callerCameraStatus, listenerCameraStatus } = call;
  const known = [chosen, kept].filter(isChoice);
  // An earlier version of the service does not say whether this side had joined.
  if (known.length === 0 && (joined ?? state === 'talking')) return { muted: true, camera: false };
  const isPlaced = (isCaller ? callerCameraStatus : listenerCameraStatus) !== 1;
  const isOn = known.length === 0 ? isPlaced : known.every(({ camera }) => camera);
  return { muted: known.some(({ muted }) => muted), camera: roomType === 'video' && isOn };
}

/**
 * @param {any} value
 * @returns {value is Choice}
 */
const isChoice = (value) => typeof value?.muted === 'boolean' && typeof value.camera === 'boolean';

/** @param {string | undefined} text */
function parsed(text) {
  try {
    // Nothing is no JSON.
    return JSON.parse(/** @type {string} */ (text));
  } catch {
    return undefined;
  }
}
