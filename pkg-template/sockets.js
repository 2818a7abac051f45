// The host's way to open a WebSocket: one function for both kinds of hosts. It takes an address, the subprotocols and
// what is told of the socket (opened, heard, closed), and gives what sends and closes.

import { failure } from './failure.js';
import { PARAMETER, UNSUPPORTED } from './raised-codes.js';

export function chooseSocket(core, api, options) {
  const { connectSocket, WebSocket: Class, wx: injected } = options;
  if (connectSocket != null && Class != null) {
    const reason = 'configure.WebSocket: expected either connectSocket or WebSocket, got both';
    throw failure(core, PARAMETER, api, reason);
  }
  if (connectSocket != null) {
    if (typeof connectSocket === 'function') return overConnectSocket(connectSocket);
    const reason = "configure.connectSocket: expected a function like the platform's wx.connectSocket";
    throw failure(core, PARAMETER, api, reason);
  }
  if (Class != null) {
    if (typeof Class === 'function') return overWebSocket(Class);
    throw failure(core, PARAMETER, api, "configure.WebSocket: expected a class like the platform's WebSocket");
  }
  if (canConnect(injected)) return overConnectSocket((request) => injected.connectSocket(request));
  if (typeof wx !== 'undefined' && canConnect(wx)) return overConnectSocket((request) => wx.connectSocket(request));
  if (typeof WebSocket === 'function') return overWebSocket(WebSocket);
  const reason = 'this host has neither wx.connectSocket nor WebSocket: pass one to configure';
  throw failure(core, UNSUPPORTED, api, reason);
}

function canConnect(wx) {
  try {
    return typeof wx.connectSocket === 'function';
  } catch {
    // There is none, or a getter threw.
    return false;
  }
}

const overWebSocket = (WebSocket) => (url, protocols, { opened, heard, closed }) => {
  const socket = new WebSocket(url, protocols);
  socket.onopen = () => opened();
  socket.onmessage = ({ data }) => heard(data);
  socket.onclose = ({ code }) => closed(code);
  // Its end follows; where nobody listens, some hosts throw.
  socket.onerror = () => {};
  return { send: (text) => socket.send(text), close: () => socket.close() };
};

const overConnectSocket = (connectSocket) => (url, protocols, { opened, heard, closed }) => {
  const task = connectSocket({ url, protocols, fail: () => closed() });
  task.onOpen(() => opened());
  task.onMessage(({ data }) => heard(data));
  task.onClose((end) => closed(end?.code));
  task.onError(() => closed());
  return { send: (data) => task.send({ data, fail: () => closed() }), close: () => task.close({}) };
};
