// Watches whether a call is still running that another page of this device has taken. A page that is out of a call is
// told nothing of it, so it asks.

/** @import { Core } from '../types/core.js' */

const EVERY_MS = 3000;

/**
 * Asks the service every few seconds, and calls `over` once the call has ended. Gives the function that stops it.
 *
 * @param {Core} core
 * @param {string} roomId
 * @param {() => void} over
 */
export function watchCall(core, roomId, over) {
  let isStopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const wait = () => {
    timer = setTimeout(look, EVERY_MS);
  };

  async function look() {
    // A failure says nothing about the call.
    const isOver = await core.isOver(roomId).catch(() => false);
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
