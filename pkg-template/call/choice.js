// What a user has chosen of what the other side hears and sees. It stays so whenever the call is opened again: nobody is
// heard or seen anew without having asked for it.

import { recall, remember } from '../base/storage.js';

const KEY = 'wmpf-voip.chosen';

// The two sides of a call may be in one tab.
const keyOf = (isCaller) => `${KEY}.${isCaller ? 'caller' : 'listener'}`;

/** Keeps what is chosen in a call, for the next page of this module and for one that is loaded anew. */
export function keepChoice(core, { roomId, isCaller, muted, camera }) {
  core.chosen = { roomId, isCaller, muted, camera };
  remember(core.options(), keyOf(isCaller), JSON.stringify({ roomId, muted, camera }));
}

/** What was chosen in this call at this end, as far as it was kept. */
export function keptChoice(core, { roomId, isCaller }) {
  const isMeant = core.chosen?.roomId === roomId && core.chosen.isCaller === isCaller;
  const kept = isMeant ? core.chosen : parsed(recall(core.options(), keyOf(isCaller)));
  if (kept?.roomId !== roomId || !isChoice(kept)) return undefined;
  const { muted, camera } = kept;
  return { muted, camera };
}

/**
 * How this end of a call begins: `{ muted, camera }`. As it was left, and where the service and this end remember it
 * differently, the stricter of both; silent and unseen where it was in the call already and nobody knows how; else as the
 * call was placed.
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

const isChoice = (value) => typeof value?.muted === 'boolean' && typeof value.camera === 'boolean';

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
