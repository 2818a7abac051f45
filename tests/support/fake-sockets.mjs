// A host's sockets, and behind them a service that says what a test has it say.

import assert from 'node:assert/strict';

/**
 * The two kinds of hosts, with the same sockets behind them. `sockets` are all that were opened, in their order.
 * @param {{ refuses?: boolean }} [options] no connection is made
 */
export function fakeSockets() {
  const sockets = [];

  function create(url, protocols, told) {
    const socket = {
      url,
      protocols,
      sent: [],
      isClosed: false,
      /** The service accepts. */
      open: () => told.opened(),
      /** The service says something. */
      say: (message) => told.heard(typeof message === 'string' ? message : JSON.stringify(message)),
      /** The service ends it, or the network does. */
      end(code = 1006) {
        socket.isClosed = true;
        told.closed(code);
      },
      send(text) {
        assert.equal(socket.isClosed, false, 'nothing is sent over a closed socket');
        socket.sent.push(JSON.parse(text));
      },
      close() {
        socket.isClosed = true;
      },
    };
    sockets.push(socket);
    return socket;
  }

  class WebSocket {
    constructor(url, protocols) {
      this.socket = create(url, protocols, {
        opened: () => this.onopen({}),
        heard: (data) => this.onmessage({ data }),
        closed: (code) => this.onclose({ code }),
      });
    }
    send(text) {
      this.socket.send(text);
    }
    close() {
      this.socket.close();
    }
  }

  function connectSocket({ url, protocols }) {
    const on = {};
    const socket = create(url, protocols, {
      opened: () => on.open({}),
      heard: (data) => on.message({ data }),
      closed: (code) => on.close({ code, reason: '' }),
    });
    return {
      onOpen: (listener) => (on.open = listener),
      onMessage: (listener) => (on.message = listener),
      onClose: (listener) => (on.close = listener),
      onError: (listener) => (on.error = listener),
      send: ({ data }) => socket.send(data),
      close: () => socket.close(),
    };
  }

  return {
    sockets,
    hosts: { WebSocket: { WebSocket }, 'wx.connectSocket': { connectSocket } },
    get last() {
      return sockets[sockets.length - 1];
    },
  };
}

/** What the service says of a call when its socket opens. */
export const openedCall = (changes) => ({
  type: 'call',
  roomId: 'room-1',
  groupId: 'room-1',
  roomType: 'video',
  businessType: 1,
  isCaller: true,
  callerId: 'SN-1',
  callerName: 'Door',
  callerCameraStatus: 0,
  listenerId: 'open-id',
  listenerName: 'Alice',
  listenerCameraStatus: 0,
  chargeType: 'duration',
  state: 'ringing',
  peerConnected: false,
  iceServers: [],
  ...changes,
});
