// A listener's connection: a WebSocket that brings reminders and comes back by itself.
//
// After a reconnect the service sends every call that still rings once more; a room that was seen is
// not reported again. A caller that gives up ends the ringing.

import { remindersUrl } from './service.js';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 3_000;

/** The service closes with this when the session token has expired; it will not do again. */
const TOKEN_EXPIRED = 1008;

/**
 * @typedef {object} Reminder
 * @property {'reminder'} type
 * @property {string} roomId
 * @property {'voice' | 'video'} roomType
 * @property {string} callerId
 * @property {string} callerName
 * @property {string} path the call page with the query to open it with
 * @property {number} ringsUntil milliseconds since the Unix epoch
 */

/**
 * @param {string} token the session token; it travels as a subprotocol, so that no log has it
 * @param {typeof WebSocket} Socket
 * @param {{ onReminder(reminder: Reminder): void, onCancelled(roomId: string): void, onState(state: 'connecting' | 'open' | 'closed' | 'expired'): void }} handlers
 */
export function listen(token, Socket, { onReminder, onCancelled, onState }) {
  const seen = new Set();
  let retryMs = FIRST_RETRY_MS;

  function connect() {
    onState('connecting');
    const socket = new Socket(remindersUrl(), ['wmpf-voip.v1', token]);
    socket.addEventListener('open', () => {
      retryMs = FIRST_RETRY_MS;
      onState('open');
    });
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'cancelled') onCancelled(message.roomId);
      if (message.type !== 'reminder' || seen.has(message.roomId)) return;
      seen.add(message.roomId);
      onReminder(message);
    });
    // A socket that never opened closes too, so this is the only place that retries.
    socket.addEventListener('close', ({ code }) => {
      if (code === TOKEN_EXPIRED) return onState('expired');
      onState('closed');
      setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    });
  }

  connect();
}
