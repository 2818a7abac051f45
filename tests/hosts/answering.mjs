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

/** A call of one rings at the other; if `path` is one of its pages, it is answered there. */
export async function assertAnswers(caller, listener, path) {
  const waiting = listener.app.open('pages/waiting/waiting');
  await until(() => waiting.data.message === 'open', 'it waits');
  const before = listener.told.length;
  const placing = caller.app.open('pages/index/index');
  await caller.app.idle();
  await placing.call();
  assert.equal(placing.data.message, 'It rings');
  const outgoing = caller.app.open('pages/call/call');
  await until(() => outgoing.data.state === 'outgoing' && outgoing.data.name, 'the call is there');

  const room = outgoing.call.view.roomId;
  await until(() => listener.told.slice(before).some((url) => url.includes(room)), 'it rings');
  const [opened, query] = listener.told.find((url) => url.includes(room)).split('?');
  assert.equal(opened, path);
  if (path === '/pages/call/call') {
    const pairs = query.split('&').map((pair) => pair.split('='));
    const incoming = listener.app.open('pages/call/call', Object.fromEntries(pairs));
    assert.equal(incoming.data.state, 'incoming');
    incoming.answer();
    await until(() => incoming.data.state === 'connected' && outgoing.data.state === 'connected', 'both talk');
    incoming.hangUp();
    await until(() => outgoing.data.state === 'ended', 'it is over');
    incoming.onUnload();
  }
  outgoing.onUnload();
  waiting.onUnload();
}

async function until(isSo, what) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${what} within 10 s`);
}
