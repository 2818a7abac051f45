// A WebSocket that comes back by itself, also after a connection that died without an end: the service says how often it
// shows that it is there.

/** @import { Options } from '../index.js' */
/** @import { HeldSocket, OpenSocket, SocketAddress } from '../types/core.js' */

import { onReturn } from './presence.js';
import { textOf } from '../base/text-of.js';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 3000;
/** Until the service has said something, be it that it is there. */
const OPENS_WITHIN_MS = 10000;

/** After so many intervals without anything, nothing comes any more. */
const MISSED_BEATS = 2.5;
const LONGEST_BEAT_MS = 600000;

/** When the user or the network is back: a beat that is late by so much is missing. */
const LATE_BEATS = 1.2;

/**
 * @typedef {object} HeldTold
 * @property {() => void} [connecting]
 * @property {() => void} [opened]
 * @property {(message: any) => void} heard the service's message, an object of which nothing else is known
 * @property {(code?: number, reason?: string) => boolean} closed
 */

/**
 * One connection.
 *
 * @typedef {object} Connection
 * @property {number} heardAt
 * @property {boolean} [isHeard]
 * @property {number} [everyMs]
 * @property {HeldSocket} [held]
 */

/**
 * Connects again at once, too, when the user or the network comes back to this host.
 *
 * `open` is a host's, as chooseSocket gives it; `address()` gives { url, protocols } anew for each connection.
 * `on` is told { connecting(), opened(), heard(message), closed(code, reason) }; closed says whether to connect again.
 * What the first attempt throws is thrown.
 *
 * @param {OpenSocket} open
 * @param {Options} options
 * @param {() => SocketAddress} address
 * @param {HeldTold} on
 */
export function holdSocket(open, options, address, on) {
  /** @type {Connection | undefined} */
  let socket;
  let retryMs = FIRST_RETRY_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isOver = false;
  /** @type {(() => void) | undefined} */
  let stopListening;

  function connect() {
    on.connecting?.();
    if (isOver) return;
    const { url, protocols } = address();
    // What a socket tells after it was given up is nobody's.
    /** @param {Connection} mine */
    const isMine = (mine) => socket === mine;
    /** @type {Connection} */
    const mine = { heardAt: Date.now() };
    socket = mine;
    const opened = () => {
      if (isMine(mine)) on.opened?.();
    };
    /** @param {string} text */
    const heard = (text) => {
      const message = isMine(mine) ? parsed(text) : undefined;
      if (!message) return;
      retryMs = FIRST_RETRY_MS;
      mine.isHeard = true;
      mine.heardAt = Date.now();
      const { type, everyMs } = message;
      if (type === 'heartbeat' && everyMs >= 1 && everyMs <= LONGEST_BEAT_MS) mine.everyMs = everyMs;
      clearTimeout(timer);
      if (mine.everyMs) timer = setTimeout(drop, mine.everyMs * MISSED_BEATS);
      on.heard(message);
    };
    // Some hosts tell of a failure and leave the socket open.
    /** @type {(code?: number, reason?: string) => void} */
    const closed = (code, reason) => {
      if (!isMine(mine)) return;
      lost(code, reason);
      shut(mine);
    };
    timer = setTimeout(drop, OPENS_WITHIN_MS);
    try {
      mine.held = open(url, protocols, { opened, heard, closed });
    } catch (error) {
      clearTimeout(timer);
      socket = undefined;
      throw error;
    }
    // It may have failed, or been closed, before there was anything to close.
    if (!isMine(mine)) shut(mine);
  }

  /**
   * @param {number} [code]
   * @param {string} [reason]
   */
  function lost(code, reason) {
    clearTimeout(timer);
    socket = undefined;
    if (on.closed(code, reason) && !isOver) timer = setTimeout(again, after());
    else close();
  }

  function again() {
    try {
      connect();
    } catch (error) {
      lost(undefined, textOf(error));
    }
  }

  // A little apart, so that a service that starts again does not hear from all at once.
  function after() {
    const ms = retryMs * (0.75 + Math.random() / 2);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    return ms;
  }

  // Connects anew: nothing comes over this one any more.
  function drop() {
    const dead = socket;
    if (dead === undefined) return;
    lost();
    shut(dead);
  }

  // What looks open may have died while nothing ran here, not even the timer that would have noticed. One that is in time is
  // waited for until its next beat is late.
  function returned(cutAfterMs = Infinity) {
    if (isOver) return;
    if (socket) {
      const silentMs = Date.now() - socket.heardAt;
      const patienceMs = patienceWith(socket);
      // A clock that was set back does not tell.
      if (silentMs >= 0 && silentMs <= Math.min(patienceMs, cutAfterMs)) {
        if (!socket.everyMs) return;
        clearTimeout(timer);
        timer = setTimeout(drop, patienceMs - silentMs);
        return;
      }
    }
    drop();
    if (isOver) return;
    clearTimeout(timer);
    retryMs = FIRST_RETRY_MS;
    again();
  }

  /** @param {object} message */
  function send(message) {
    try {
      socket?.held?.send(JSON.stringify(message));
    } catch {
      // It closes, and is told of.
    }
  }

  function close() {
    isOver = true;
    stopListening?.();
    clearTimeout(timer);
    const open = socket;
    socket = undefined;
    if (open) shut(open);
  }

  connect();
  if (!isOver) stopListening = onReturn(options, returned);
  return { send, drop, close, returned };
}

/**
 * How long a socket may be silent when somebody comes back to it. One that has not opened yet was perhaps begun without a network.
 *
 * @param {Connection} socket
 */
function patienceWith({ isHeard, everyMs }) {
  if (!isHeard) return FIRST_RETRY_MS;
  return everyMs ? everyMs * LATE_BEATS : OPENS_WITHIN_MS;
}

/** @param {Connection} socket */
function shut({ held }) {
  try {
    held?.close();
  } catch {
    // It never opened, or is closed already.
  }
}

/**
 * A message of this version is an object.
 *
 * @param {string} text
 */
function parsed(text) {
  try {
    const message = JSON.parse(text);
    return typeof message === 'object' ? message : undefined;
  } catch {
    return undefined;
  }
}
