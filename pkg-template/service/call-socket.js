// The socket of one call: what happens at this end goes up and is answered, what happens in the call comes down once
// and in order, however often the connection breaks.

/** @import { CallSocket, CallTold, JoinedCall, PendingSignal } from '../types/call-socket.js' */
/** @import { HeldToken, OpenSocket, Target } from '../types/core.js' */

import { holdSocket } from './held-socket.js';
import { BAD_ANSWER, PARAMETER } from '../base/raised-codes.js';
import { PROTOCOL, TOKEN_EXPIRED } from './socket-protocol.js';

/** What the service refuses a session token with. */
const UNKNOWN_TOKEN = 5;

/** An answer that does not come says that nothing comes any more. */
const ANSWERS_WITHIN_MS = 10000;

/** The service takes somebody who is away for so long for gone; a bit more, so that it is the one to say so. */
const LOST_AFTER_MS = 30000;

/** A timer that is later than this was asleep with its host. */
const ASLEEP_MS = 5000;

/**
 * `on` is told: opened(call) after each connection and whenever credentials are new, event({ seq, ageMs, eventName, data }), peer(connected),
 * relay(payload), cameraOff(), and as the last thing one of elsewhere(canTake), refused(errcode, errmsg) and
 * lost(why, how), with how it was hung up if the service has not answered that. A token that
 * is no longer valid is renewed, if it can be: `token` is held by holdToken.
 *
 * @param {OpenSocket} open
 * @param {Target} target
 * @param {HeldToken} token
 * @param {string} roomId
 * @param {string} device
 * @param {CallTold} on
 * @param {string | undefined} page
 * @returns {CallSocket}
 */
export function openCallSocket(open, { options, endpoint, timeout }, token, roomId, device, on, page) {
  // Of several pages of one device the newest has the call. One that has been told of it and only comes back is not new.
  let isTold = false;
  let keepsChoice = false;
  let last = 0;
  let ids = 0;
  /** @type {Map<number, PendingSignal>} */
  const unanswered = new Map();
  /**
   * What the host has said last of a connection that failed.
   *
   * @type {string | undefined}
   */
  let why;
  let isReady = false;
  let isOver = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let patience;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let answers;
  /** @type {ReturnType<typeof holdSocket>} */
  let socket;

  const address = () => {
    const room = encodeURIComponent(roomId);
    const takes = isTold ? '' : '&takes=1';
    const query = `device=${encodeURIComponent(device)}&page=${page}${takes}&after=${last}`;
    const url = `${endpoint.replace(/^http/, 'ws')}/v1/calls/${room}/socket?${query}`;
    return { url, protocols: [PROTOCOL, token.token] };
  };

  /**
   * What is done with each kind of message. Of a message nothing is known but that it is an object.
   *
   * @type {Record<string, (message: any) => void>}
   */
  const kinds = {
    call(message) {
      if (!isCall(message, roomId)) {
        const wrong = 'openCall:fail what the room service has said of the call cannot be read';
        return finish(() => on.refused(BAD_ANSWER, wrong));
      }
      isReady = true;
      isTold = true;
      // An earlier version of the service does not know the message.
      keepsChoice = typeof message.joined === 'boolean';
      clearTimeout(patience);
      // What it did not answer may not have reached it, and does no harm twice.
      for (const { message } of Array.from(unanswered.values())) send(message);
      on.opened(message);
    },
    event(message) {
      // It came before the connection broke.
      if (!(message.seq > last)) return;
      last = message.seq;
      on.event(message);
    },
    reply({ id, reply }) {
      const signal = unanswered.get(id);
      if (!signal) return;
      unanswered.delete(id);
      watch();
      signal.answered?.(reply);
    },
    peer: ({ connected }) => on.peer(connected === true),
    relay({ payload }) {
      if (typeof payload === 'string') on.relay(payload);
    },
    elsewhere: ({ canTake }) => finish(() => on.elsewhere(canTake === true)),
    cameraOff: () => on.cameraOff(),
    refused({ errcode, errmsg }) {
      // The socket is closed next, as that of a token that has expired.
      if (errcode === UNKNOWN_TOKEN && token.isRenewed()) return;
      finish(() => on.refused(Number.isInteger(errcode) ? errcode : BAD_ANSWER, String(errmsg)));
    },
  };

  /** @type {Parameters<typeof holdSocket>[3]} */
  const told = {
    heard(message) {
      if (Object.prototype.hasOwnProperty.call(kinds, message.type)) kinds[message.type](message);
    },
    closed(code, reason) {
      if (isOver) return false;
      clearTimeout(answers);
      why = reason ?? why;
      if (code === TOKEN_EXPIRED && !token.renew()) {
        finish(() => on.refused(PARAMETER, 'configure.token: the session token has expired'));
        return false;
      }
      if (isReady) {
        waitFor(LOST_AFTER_MS);
        on.away();
      }
      isReady = false;
      return true;
    },
  };

  // Nobody has tried while the host was asleep.
  /** @param {number} ms */
  function waitFor(ms) {
    const due = Date.now() + ms;
    patience = setTimeout(() => (Date.now() - due > ASLEEP_MS ? waitFor(timeout) : lost()), ms);
  }

  function lost() {
    const hangUp = Array.from(unanswered.values()).find(({ message }) => message.type === 'hangUp');
    finish(() => on.lost(why, hangUp?.message.how));
  }

  /** @param {() => void} tell */
  function finish(tell) {
    close();
    tell();
  }

  /** @param {object} message */
  function send(message) {
    socket.send(message);
    watch();
  }

  function watch() {
    clearTimeout(answers);
    if (unanswered.size > 0 && isReady) answers = setTimeout(() => socket.drop(), ANSWERS_WITHIN_MS);
  }

  /**
   * `answered` is given what became of it: 'done', 'already', 'noEffect', 'elsewhere' or 'ended'.
   *
   * @type {CallSocket['signal']}
   */
  function signal(type, members, answered) {
    if (isOver) {
      answered?.('ended');
      return;
    }
    const id = ++ids;
    const message = Object.assign({ id, type }, members);
    unanswered.set(id, { message, answered });
    if (isReady) send(message);
  }

  /**
   * Says what the user has chosen. It is not answered, so it is to be said again after each connection.
   *
   * @type {CallSocket['choose']}
   */
  function choose({ muted, camera }) {
    if (isReady && keepsChoice) socket.send({ type: 'chosen', muted, camera });
  }

  /** @param {string} payload */
  function relay(payload) {
    if (isReady) socket.send({ type: 'relay', payload });
  }

  function close() {
    isOver = true;
    clearTimeout(patience);
    clearTimeout(answers);
    socket?.close();
  }

  waitFor(timeout);
  try {
    socket = holdSocket(open, options, address, told);
  } catch (error) {
    close();
    throw error;
  }
  const isThere = () => isReady && !isOver;
  return { signal, choose, relay, close, isReady: isThere, returned: () => socket.returned() };
}

/**
 * What pages show and go by; anything may stand between here and the service.
 *
 * @param {Partial<JoinedCall>} call
 * @param {string} expected
 */
function isCall({ roomId, roomType, isCaller, callerName, listenerName }, expected) {
  return (
    roomId === expected &&
    (roomType === 'voice' || roomType === 'video') &&
    typeof isCaller === 'boolean' &&
    typeof callerName === 'string' &&
    typeof listenerName === 'string'
  );
}
