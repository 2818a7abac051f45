// A page that was left. Frameworks take a component away and put it back at once: React's StrictMode does, a change of its
// code, a route that is entered again. So its call goes on without it for a moment, in which another page of this module
// may be opened for it; only then the service is told.

import { onGoing } from '../service/presence.js';

const COMES_BACK_WITHIN_MS = 1000;

/**
 * Keeps what a page has left as `core.left`: the `roomId` of its call, none for a page that waited for one; `end(how)`, which says
 * that it is over; and `take()`, with which another page goes on. One of the two is done, and once.
 */
export function keepLeft(core, { roomId, end, take }) {
  let isOver = false;
  const once = (then) => (value) => {
    if (isOver) return undefined;
    isOver = true;
    clearTimeout(timer);
    off();
    if (core.left === left) core.left = undefined;
    return then(value);
  };
  const left = { roomId, end: once(end), take: once(take) };
  const timer = setTimeout(() => left.end(), COMES_BACK_WITHIN_MS);
  const off = onGoing(core.options(), () => left.end());
  core.left?.end();
  core.left = left;
  return left;
}

/** What the page of `roomId` goes on with, if one was left for it just now. A call of any other room is over. */
export function takeLeft(core, roomId) {
  const { left } = core;
  if (left === undefined) return undefined;
  // A page that waited may have got its call since.
  const room = left.roomId ?? core.placed;
  if (room === roomId) return left.take();
  left.end();
  return undefined;
}
