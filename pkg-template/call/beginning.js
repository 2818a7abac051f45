// How a side of a call begins: whether the other side hears and sees it.

/** @import { JoinedCall } from '../types/call-socket.js' */
/** @import { Choice } from '../types/core.js' */

/**
 * How this side of a call begins. It begins as it was left; if the service and this device remember that differently,
 * with the stricter of both. If the side was in the call already and nobody knows its choice, it begins muted and
 * without a camera. Otherwise it begins as the request for the call says.
 *
 * @param {JoinedCall} call
 * @param {Choice | undefined} kept the choice that this device has kept
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
export const isChoice = (value) => typeof value?.muted === 'boolean' && typeof value.camera === 'boolean';
