// `wx.connectSocket` as the platform documents it, over the WebSocket of a library: Node has none before version 22.

import { WebSocket } from 'ws';

export function connectSocket({ url, protocols, fail }) {
  const on = { Open: [], Message: [], Close: [], Error: [] };
  const tell = (name, event) => {
    for (const listener of on[name]) listener(event);
  };
  const socket = new WebSocket(url, protocols);
  socket.onopen = () => tell('Open', { header: {} });
  socket.onmessage = ({ data }) => tell('Message', { data });
  socket.onclose = ({ code, reason }) => tell('Close', { code, reason });
  socket.onerror = () => tell('Error', { errMsg: 'connectSocket:fail' });
  return {
    onOpen: (listener) => on.Open.push(listener),
    onMessage: (listener) => on.Message.push(listener),
    onClose: (listener) => on.Close.push(listener),
    onError: (listener) => on.Error.push(listener),
    send({ data, fail: failed = fail }) {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
      else failed({ errMsg: 'sendSocketMessage:fail taskID not exist' });
    },
    close: () => socket.close(),
  };
}
