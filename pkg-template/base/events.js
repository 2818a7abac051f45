// The events of onVoipEvent, and their listeners.

/** @import { VoipEvent, VoipEvents } from '../index.js' */
/** @import { Core, Heard } from '../types/core.js' */

import { failure } from './failure.js';
import { PARAMETER } from './raised-codes.js';

/**
 * @param {Core} core
 * @param {(event: VoipEvent) => void} listener
 */
export function onVoipEvent(core, listener) {
  if (typeof listener !== 'function') {
    throw failure(core, PARAMETER, 'onVoipEvent', 'listener: expected a function');
  }
  // The same function may be registered twice, and each registration is removed separately.
  const entry = { listener };
  const listeners = listenersOf(core);
  listeners.add(entry);
  return () => {
    listeners.delete(entry);
  };
}

/** @param {Core} core */
const listenersOf = (core) => (core.listeners ??= new Set());

/**
 * Emits an event. Only events of a call have a room; events of the page itself have none.
 *
 * @template {keyof VoipEvents} Name
 * @param {Core} core
 * @param {Name} eventName
 * @param {Partial<VoipEvents[Name]>} [data]
 * @param {string} [roomId]
 */
export function emit(core, eventName, data, roomId) {
  const listeners = listenersOf(core);
  for (const entry of Array.from(listeners)) {
    // A listener that was removed in the meantime is not called any more.
    if (!listeners.has(entry)) continue;
    const event = { eventName, data: core.redacted(Object.assign({}, data)) };
    if (roomId !== undefined) Object.assign(event, { roomId, groupId: roomId });
    // A union of events by their names is not known to fit one that has any of the names.
    safely(core, () => entry.listener(/** @type {any} */ (event)));
  }
}

/** The events of which each call has exactly one. */
const ENDINGS = ['cancelVoip', 'rejectVoip', 'timeout', 'busy', 'hangUpVoip', 'abortVoip'];

/** How many calls are remembered with the events that were emitted for them: more than a module has at a time. */
const MAX_CALLS = 16;

/**
 * Emits an event of a call, but only once in a module, whichever of its pages brings it.
 *
 * @template {keyof VoipEvents} Name
 * @param {Core} core
 * @param {Name} eventName
 * @param {VoipEvents[Name]} data
 * @param {string} roomId
 */
export function emitOnce(core, eventName, data, roomId) {
  const heard = heardOf(core, roomId);
  if (eventName === 'calling') {
    const { keepTime } = /** @type {VoipEvents['calling']} */ (data);
    if (keepTime <= heard.seconds) return;
    heard.seconds = keepTime;
  } else {
    const kind = ENDINGS.includes(eventName) ? 'ending' : eventName;
    // A call that could not be joined ends without one of them.
    if (heard.kinds.has(kind) || (kind === 'ending' && hasEnded(core, roomId))) return;
    heard.kinds.add(kind);
  }
  emit(core, eventName, data, roomId);
}

/**
 * Whether the last event before the bill was emitted for a call.
 *
 * @param {Core} core
 * @param {string} roomId
 */
export const hasEnded = (core, roomId) => heardOf(core, roomId).kinds.has('endVoip');

/**
 * @param {Core} core
 * @param {string} roomId
 * @returns {Heard}
 */
function heardOf(core, roomId) {
  const calls = (core.heard ??= new Map());
  let heard = calls.get(roomId);
  if (heard === undefined) {
    heard = { kinds: new Set(), seconds: 0 };
    calls.set(roomId, heard);
    if (calls.size > MAX_CALLS) calls.delete(calls.keys().next().value);
  }
  return heard;
}

/**
 * An error that a developer's code throws is reported to the developer, and disturbs nothing here.
 *
 * @param {Core} core
 * @param {() => void} run
 */
export function safely(core, run) {
  try {
    run();
  } catch (thrown) {
    const error = core.redacted(thrown);
    if (typeof reportError === 'function') reportError(error);
    else if (typeof console !== 'undefined') console.error(error);
  }
}
