// A WebSocket that comes back by itself, also after a connection that died without an end: the service says how often it
// shows that it is there.

import { textOf } from './text-of.js';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 3000;
/** Until the service has said something, be it that it is there. */
const OPENS_WITHIN_MS = 10000;

/** After so many intervals without anything, nothing comes any more. */
const MISSED_BEATS = 2.5;
const LONGEST_BEAT_MS = 600000;

/**
 * `open` is a host's, as chooseSocket gives it; `address()` gives { url, protocols } anew for each connection.
 * `on` is told { connecting(), opened(), heard(message), closed(code, reason) }; closed says whether to connect again.
 * What the first attempt throws is thrown.
 */
export function holdSocket(open, address, on) {
  let socket;
  let retryMs = FIRST_RETRY_MS;
  let timer;
  let isOver = false;

  function connect() {
    on.connecting?.();
    if (isOver) return;
    const { url, protocols } = address();
    // What a socket tells after it was given up is nobody's.
    const isMine = (mine) => socket === mine;
    const mine = {};
    socket = mine;
    const opened = () => {
      if (isMine(mine)) on.opened?.();
    };
    const heard = (text) => {
      const message = isMine(mine) ? parsed(text) : undefined;
      if (!message) return;
      retryMs = FIRST_RETRY_MS;
      const { type, everyMs } = message;
      if (type === 'heartbeat' && everyMs >= 1 && everyMs <= LONGEST_BEAT_MS) mine.everyMs = everyMs;
      clearTimeout(timer);
      if (mine.everyMs) timer = setTimeout(drop, mine.everyMs * MISSED_BEATS);
      on.heard(message);
    };
    // Some hosts tell of a failure and leave the socket open.
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

  function send(message) {
    try {
      socket?.held?.send(JSON.stringify(message));
    } catch {
      // It closes, and is told of.
    }
  }

  function close() {
    isOver = true;
    clearTimeout(timer);
    const open = socket;
    socket = undefined;
    if (open) shut(open);
  }

  connect();
  return { send, drop, close };
}

function shut({ held }) {
  try {
    held?.close();
  } catch {
    // It never opened, or is closed already.
  }
}

// A message of this version is an object.
function parsed(text) {
  try {
    const message = JSON.parse(text);
    return typeof message === 'object' ? message : undefined;
  } catch {
    return undefined;
  }
}
