// The guides' mini-programs, one of which waits for calls and one of which calls.

import assert from 'node:assert/strict';

import { connectSocket } from './connect-socket.mjs';
import { startMiniProgram } from './mini-program.mjs';

/** A mini-program of the guides on a host with sockets; `told` is where it went. */
export function onSockets(root, options) {
  const told = [];
  const wx = { connectSocket, navigateTo: ({ url }) => told.push(url) };
  return { told, app: startMiniProgram(root, { ...options, wx }) };
}

/** A call of one rings at the other, and is answered where the other has a page for it, and not only its `plugin`. */
export async function assertAnswers(caller, listener) {
  const { plugin } = listener;
  const waiting = listener.app.open('pages/waiting/waiting');
  await until(() => waiting.data.message === 'open', 'it waits');
  const placing = caller.app.open('pages/index/index');
  await caller.app.idle();
  await placing.call();
  assert.equal(placing.data.message, 'It rings');
  const outgoing = caller.app.open('pages/call/call');
  await until(() => outgoing.data.state === 'outgoing' && outgoing.data.name, 'the call is there');

  const room = outgoing.call.view.roomId;
  const open = (query) =>
    plugin ? plugin.openCall(query, { show() {} }) : listener.app.open('pages/call/call', query);
  let query = await next();
  // What other tests have left rings, too, and comes first.
  for (; query.groupId !== room; query = await next()) {
    waiting.onHide();
    open(query).hangUp();
    waiting.onShow();
  }
  if (!plugin) {
    const incoming = open(query);
    assert.equal(incoming.data.state, 'incoming');
    incoming.answer();
    await until(() => incoming.data.state === 'connected' && outgoing.data.state === 'connected', 'both talk');
    incoming.hangUp();
    await until(() => outgoing.data.state === 'ended', 'it is over');
    incoming.onUnload();
  }
  outgoing.onUnload();
  waiting.onUnload();

  /** The query of the page that it opens next. */
  async function next() {
    await until(() => listener.told.length > 0, 'it rings');
    const [[path, query], ...others] = listener.told.splice(0).map((url) => url.split('?'));
    assert.deepEqual(others, [], 'one call at a time');
    assert.equal(path, plugin ? plugin.default.CALL_PAGE_PATH : '/pages/call/call');
    return Object.fromEntries(query.split('&').map((pair) => pair.split('=')));
  }
}

async function until(isSo, what) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${what} within 10 s`);
}
