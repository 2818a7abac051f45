// What a page that waits for calls does when two ring at once.

import assert from 'node:assert/strict';

/**
 * The page waits already; `told` is what it gave wx.navigateTo, and `sockets` are all that it opened.
 * @param {{ page: any, sockets: any[], told: Array<{ url: string }>, path: string }} waiting `path` is its call page's
 */
export async function assertOneAtATime({ page, sockets, told, path }) {
  const urlOf = (room) => `${path}?roomType=video&groupId=${room}`;
  /** As the service does after each connection, with what rings. */
  function ring(...rooms) {
    const socket = sockets.at(-1);
    socket.open();
    for (const roomId of rooms) {
      const path = `pages/call/call?roomType=video&groupId=${roomId}`;
      socket.say({ type: 'reminder', roomId, groupId: roomId, callerName: 'Door', path });
    }
  }
  /** Calls ring once the wasm is there. */
  async function opens(...rooms) {
    for (let i = 0; i < 500 && told.length < rooms.length; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(
      told.map(({ url }) => url),
      rooms.map(urlOf),
    );
  }

  ring('room-1', 'room-2');
  await opens('room-1');
  page.onHide();
  page.onShow();
  ring('room-2');
  await opens('room-1', 'room-2');
  page.onHide();
  assert.ok(
    sockets.every(({ isClosed }) => isClosed),
    'nothing is told of while another page is shown',
  );
}
