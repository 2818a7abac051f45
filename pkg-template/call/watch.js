// Watches whether a call is still running that another page of this device has taken. A page that is out of a call is
// told nothing of it, so it asks.

import { ask } from '../service/ask.js';

const EVERY_MS = 3000;

/** The code with which the service refuses a room that no longer exists. */
const ROOM_ID = 1;

/** Asks the service every few seconds, and calls `over` once the call has ended. Gives the function that stops it. */
export function watchCall(core, roomId, over) {
  const path = `/v1/calls/${encodeURIComponent(roomId)}`;
  let isStopped = false;
  let timer;

  const wait = () => {
    timer = setTimeout(look, EVERY_MS);
  };

  async function look() {
    const isOver = await ask(core, 'openCall', { method: 'GET', path }).then(
      ({ state }) => state === 'ended',
      // Any other failure says nothing about the call.
      ({ errCode }) => errCode === ROOM_ID,
    );
    if (isStopped) return;
    if (isOver) over();
    else wait();
  }

  wait();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
