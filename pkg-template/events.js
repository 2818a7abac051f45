// What onVoipEvent hears, and who hears it.

import { failure } from './failure.js';
import { PARAMETER } from './raised-codes.js';

export function onVoipEvent(core, listener) {
  if (typeof listener !== 'function') {
    throw failure(core, PARAMETER, 'onVoipEvent', 'listener: expected a function');
  }
  // The same function may be registered twice, and each has an end of its own.
  const entry = { listener };
  const listeners = listenersOf(core);
  listeners.add(entry);
  return () => {
    listeners.delete(entry);
  };
}

const listenersOf = (core) => (core.listeners ??= new Set());

// Only a call has a room; what the page itself tells has none.
export function emit(core, eventName, data, roomId) {
  const listeners = listenersOf(core);
  for (const entry of Array.from(listeners)) {
    // One that was taken away meanwhile hears nothing any more.
    if (!listeners.has(entry)) continue;
    const event = { eventName, data: core.redacted(Object.assign({}, data)) };
    if (roomId !== undefined) Object.assign(event, { roomId, groupId: roomId });
    safely(core, () => entry.listener(event));
  }
}

// What a developer's code throws is the developer's to hear of, and harms nothing here.
export function safely(core, run) {
  try {
    run();
  } catch (thrown) {
    const error = core.redacted(thrown);
    if (typeof reportError === 'function') reportError(error);
    else if (typeof console !== 'undefined') console.error(error);
  }
}
