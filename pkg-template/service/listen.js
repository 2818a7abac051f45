// A listener's connection: it brings reminders, and comes back by itself.

/** @import { ListenHandlers, Reminder } from '../index.js' */
/** @import { Core } from '../types/core.js' */

import { safely } from '../base/events.js';
import { failure } from '../base/failure.js';
import { holdSocket } from './held-socket.js';
import { holdToken } from './held-token.js';
import { isPlacing } from '../base/placed.js';
import { PARAMETER } from '../base/raised-codes.js';
import { chooseSocket } from './sockets.js';
import { PROTOCOL, TOKEN_EXPIRED } from './socket-protocol.js';
import { targetOf } from './socket-target.js';

/** How many calls are remembered, to tell of each once: more than the service tells of again. */
const MAX_SEEN = 128;

/** While a call is being placed, in ms. */
const LOOK_AGAIN_MS = 50;

/** @type {Array<keyof ListenHandlers>} */
const HANDLERS = ['onReminder', 'onCancelled', 'onState'];

/**
 * @param {Core} core
 * @param {ListenHandlers} handlers
 */
export function listen(core, handlers) {
  const given = handlersOf(core, handlers);
  const { options, endpoint, token: configured } = targetOf(core, 'listen');
  const token = holdToken(core, configured);
  const open = chooseSocket(core, 'listen', options);
  // After a reconnect the service sends every call that still rings once more.
  /** @type {Set<string>} */
  const seen = new Set();
  /** @type {<Name extends keyof ListenHandlers>(name: Name, ...values: Parameters<Required<ListenHandlers>[Name]>) => void} */
  const tell = (name, ...values) => {
    const handler = /** @type {((...values: unknown[]) => void) | undefined} */ (given[name]);
    if (handler) safely(core, () => handler(...values));
  };
  const address = () => ({
    url: `${endpoint.replace(/^http/, 'ws')}/v1/reminders`,
    protocols: [PROTOCOL, token.token],
  });

  // While a call is being placed none begins: it may turn out to be the same one, from the other side, and to open the page
  // of another one would end it. Nor does one before the wasm is there: its page may be closed soon after it was opened, and
  // has to say by a request that the call is over.
  /** @type {Map<string, Reminder>} */
  const held = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  let isPrepared = false;
  core.prepare().then(() => {
    isPrepared = true;
    remind();
  });
  function remind() {
    clearTimeout(later);
    if (!isPrepared) return;
    if (isPlacing(core)) {
      later = setTimeout(remind, LOOK_AGAIN_MS);
      return;
    }
    // Whoever hears of one may close this.
    held.forEach((reminder, roomId) => {
      held.delete(roomId);
      if (core.current?.roomId() !== roomId) tell('onReminder', reminder);
    });
  }

  let isClosed = false;
  const socket = holdSocket(open, options, address, {
    connecting: () => tell('onState', 'connecting'),
    opened: () => tell('onState', 'open'),
    heard(message) {
      const { type, roomId } = message;
      if (type === 'cancelled') {
        held.delete(roomId);
        tell('onCancelled', roomId);
      }
      if (type !== 'reminder' || seen.has(roomId)) return;
      remember(seen, roomId);
      remember((core.reminded ??= new Set()), roomId);
      held.set(roomId, message);
      remind();
    },
    closed(code, reason) {
      if (isClosed) return false;
      const isExpired = code === TOKEN_EXPIRED && !token.renew();
      if (isExpired) tell('onState', 'expired');
      else tell('onState', 'closed', reason);
      return !isExpired;
    },
  });

  return () => {
    isClosed = true;
    held.clear();
    clearTimeout(later);
    socket.close();
  };
}

/**
 * @param {Set<string>} rooms
 * @param {string} roomId
 */
function remember(rooms, roomId) {
  rooms.add(roomId);
  if (rooms.size > MAX_SEEN) rooms.delete(/** @type {string} */ (rooms.values().next().value));
}

/**
 * @param {Core} core
 * @param {ListenHandlers} handlers
 * @returns {ListenHandlers}
 */
function handlersOf(core, handlers) {
  /** @type {Record<string, any>} */
  const given = {};
  /** @type {(name: string, cause?: unknown) => never} */
  const refuse = (name, cause) => {
    const reason = `handlers.${name}: expected a function`;
    throw failure(core, PARAMETER, 'listen', reason, cause);
  };
  for (const name of HANDLERS) {
    let handler;
    try {
      handler = handlers?.[name];
    } catch (error) {
      refuse(name, error);
    }
    if (handler != null && typeof handler !== 'function') refuse(name);
    given[name] = handler;
  }
  if (!given.onReminder) refuse('onReminder');
  return /** @type {ListenHandlers} */ (given);
}
