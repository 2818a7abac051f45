// A page that was left. Frameworks remove a component and put it back at once: React's StrictMode does, and a change
// of its code, and a route that is entered again. So the call goes on for a moment, in which another page of this
// module may be opened for it. Only then is the service told that it is over.

/** @import { Core, HowEnded, LeftPage } from '../types/core.js' */

import { onGoing } from '../service/presence.js';

const COMES_BACK_WITHIN_MS = 1000;

/**
 * Keeps a page that was left as `core.left`. `roomId` is the room of its call; undefined for a page that waited for
 * one. `end(how)` ends the call, and `take()` lets another page go on with it. Only one of the two is called, and only
 * once.
 *
 * @param {Core} core
 * @param {LeftPage} page
 */
export function keepLeft(core, { roomId, end, take }) {
  let isOver = false;
  /** @type {<Given>(then: (value?: any) => Given) => (value?: any) => Given | undefined} */
  const once = (then) => (value) => {
    if (isOver) return undefined;
    isOver = true;
    clearTimeout(timer);
    off();
    if (core.left === left) core.left = undefined;
    return then(value);
  };
  /** @type {LeftPage} */
  const left = { roomId, end: once(end), take: once(take) };
  const timer = setTimeout(() => left.end(), COMES_BACK_WITHIN_MS);
  const off = onGoing(core.options(), () => left.end());
  core.left?.end();
  core.left = left;
  return left;
}

/**
 * Gives what `take` of a page gives that was left just now in this room. The call of any other room is ended.
 *
 * @param {Core} core
 * @param {string | undefined} roomId
 * @returns {boolean | undefined}
 */
export function takeLeft(core, roomId) {
  const { left } = core;
  if (left === undefined) return undefined;
  // A page that waited for its call may have got it in the meantime.
  const room = left.roomId ?? core.placed;
  if (room === roomId) return left.take();
  left.end();
  return undefined;
}
