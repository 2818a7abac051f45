// Whether a call is still on that another page of this device has taken. A page that is out of a call is told nothing of
// it, so it asks.

import { ask } from '../service/ask.js';

const EVERY_MS = 3000;

/** What the service says of a room that is not there any more. */
const ROOM_ID = 1;

/** Tells `over` once the call has ended. Gives what stops it. */
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
      // Any other failure says nothing of the call.
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
