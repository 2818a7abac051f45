// The host's way to open a WebSocket: one function for both kinds of hosts. It takes an address, the subprotocols and
// what is told of the socket (opened(), heard(text), closed(code, reason)), and gives what sends and closes.

/** @import { ConnectSocketLike, Options, WebSocketLike, WxLike } from '../index.js' */
/** @import { Core, OpenSocket } from '../types/core.js' */

import { failure } from '../base/failure.js';
import { PARAMETER, UNSUPPORTED } from '../base/raised-codes.js';
import { textOf } from '../base/text-of.js';

/**
 * @param {Core} core
 * @param {string} api
 * @param {Options} options
 * @returns {OpenSocket}
 */
export function chooseSocket(core, api, options) {
  const open = adapterOf(core, api, options);
  return (url, protocols, told) => {
    // It may be that of long ago, when it is closed.
    /** @type {typeof told.closed} */
    const closed = (code, reason) => {
      core.keep(protocols[1]);
      told.closed(code, core.redacted(reason));
    };
    try {
      return open(url, protocols, Object.assign({}, told, { closed }));
    } catch (cause) {
      throw failure(core, UNSUPPORTED, api, `the host opens no WebSocket: ${textOf(cause)}`, cause);
    }
  };
}

/**
 * @param {Core} core
 * @param {string} api
 * @param {Options} options
 * @returns {OpenSocket}
 */
function adapterOf(core, api, options) {
  const { connectSocket, WebSocket: Class, wx: injected } = options;
  /** @type {(errCode: number, reason: string) => never} */
  const refuse = (errCode, reason) => {
    throw failure(core, errCode, api, reason);
  };
  if (connectSocket != null && Class != null) {
    refuse(PARAMETER, 'configure.WebSocket: expected either connectSocket or WebSocket, got both');
  }
  if (connectSocket != null) {
    if (typeof connectSocket === 'function') return overConnectSocket(connectSocket);
    refuse(PARAMETER, "configure.connectSocket: expected a function like the platform's wx.connectSocket");
  }
  if (Class != null) {
    if (typeof Class === 'function') return overWebSocket(Class);
    refuse(PARAMETER, "configure.WebSocket: expected a class like the platform's WebSocket");
  }
  if (canConnect(injected)) return overConnectSocket((request) => injected.connectSocket(request));
  if (typeof wx !== 'undefined' && canConnect(wx)) return overConnectSocket((request) => wx.connectSocket(request));
  if (typeof WebSocket === 'function') return overWebSocket(WebSocket);
  return refuse(UNSUPPORTED, 'this host has neither wx.connectSocket nor WebSocket: pass one to configure');
}

/**
 * @param {WxLike | undefined} wx
 * @returns {wx is WxLike & { connectSocket: ConnectSocketLike }}
 */
function canConnect(wx) {
  try {
    return typeof (/** @type {WxLike} */ (wx).connectSocket) === 'function';
  } catch {
    // There is none, or a getter threw.
    return false;
  }
}

/** @type {(WebSocket: WebSocketLike) => OpenSocket} */
const overWebSocket =
  (WebSocket) =>
  (url, protocols, { opened, heard, closed }) => {
    const socket = new WebSocket(url, protocols);
    socket.onopen = () => opened();
    socket.onmessage = ({ data }) => heard(data);
    socket.onclose = ({ code }) => closed(code);
    // Its end follows; where nobody listens, some hosts throw.
    socket.onerror = () => {};
    return { send: (text) => socket.send(text), close: () => socket.close() };
  };

/** @type {(connectSocket: ConnectSocketLike) => OpenSocket} */
const overConnectSocket =
  (connectSocket) =>
  (url, protocols, { opened, heard, closed }) => {
    /** @param {unknown} error */
    const failed = (error) => closed(undefined, textOf(error));
    const task = connectSocket({ url, protocols, fail: failed });
    if (!task) throw new Error('connectSocket gave no SocketTask');
    task.onOpen(() => opened());
    task.onMessage(({ data }) => heard(data));
    task.onClose((end) => closed(end?.code));
    task.onError(failed);
    return { send: (data) => task.send({ data, fail: failed }), close: () => task.close({}) };
  };
