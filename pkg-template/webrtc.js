// The media of a call in a browser: WebRTC straight to the other party. What is said to set it up goes through the
// room, as texts. Nothing of the host is touched before a room is joined.

/** @import { MediaRoom, MediaState } from './index.js' */
/** @import { Connection } from './webrtc/connection.js' */
/** @import { Kind } from './webrtc/devices.js' */
/** @import { Message } from './webrtc/messages.js' */
/** @import { WebRtcMedia, WebRtcOptions } from './webrtc.js' */

import { cameraOf } from './call/encode-video.js';
import { connect } from './webrtc/connection.js';
import { joinError, openDevices } from './webrtc/devices.js';
import { read } from './webrtc/messages.js';

export { streamPlayer } from './webrtc/player.js';

/** When an attempt to connect is repeated: a text may have been lost with a socket. */
const RETRY_MS = [3_000, 6_000, 12_000];
/** When a host is told that there is no connection. It is looked for all the same. */
const FAILED_MS = 30_000;
/** How often the other party's page may be loaded again in one call. */
const MAX_PEERS = 64;

/**
 * @param {WebRtcOptions} [options]
 * @returns {WebRtcMedia}
 */
export function webRtcMedia(options = {}) {
  /** @type {ReturnType<typeof enter> | undefined} */
  let entered;
  return {
    join(room) {
      entered?.leave();
      entered = enter(room, options);
      return entered.join();
    },
    start: () => entered?.start(),
    receive: (payload) => entered?.receive(payload),
    peer: (connected) => entered?.peer(connected),
    setMuted: (muted) => entered?.devices.setMuted(muted),
    setCamera: (on) => entered?.devices.setCamera(on) ?? Promise.resolve(),
    switchCamera: () => entered?.devices.switchCamera() ?? Promise.resolve(),
    leave: () => entered?.leave(),
  };
}

/**
 * @param {MediaRoom} room
 * @param {WebRtcOptions} options
 */
function enter(room, options) {
  /** @type {Kind[]} */
  const kinds = room.roomType === 'video' ? ['audio', 'video'] : ['audio'];
  // Tells the pages of one party apart: one that was loaded again knows nothing of the old one's connection.
  const id = newId();
  /** @type {Set<string>} */
  const peers = new Set();
  /** @type {string | null} */
  let peer = null;
  let peerCamera = true;
  /** @type {Connection | undefined} */
  let connection;
  /** @type {MediaStreamTrack[]} */
  let remote = [];
  let started = false;
  let left = false;
  /** @type {MediaState | undefined} */
  let reported;
  let attempts = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let deadline;

  const devices = openDevices({
    ...options,
    // The host's own constraints win.
    video: { ...cameraOf(room), ...options.video },
    kinds,
    muted: room.muted,
    onTrack: (kind, track) => {
      if (left) return;
      connection?.setTrack(kind, track);
      if (started && kind === 'video') send({});
      showStreams();
    },
    onCamera: (on, error) => room.onCamera?.(on, error),
    onMicrophone: (on, error) => room.onMicrophone?.(on, error),
  });

  /** @param {Partial<Message>} message */
  function send(message) {
    room.send(JSON.stringify({ from: id, to: peer, camera: devices.hasCamera(), ...message }));
  }

  // The last picture of a camera that was turned off would stand still, and Chromium plays no sound before there is a
  // picture, which may never come of a camera that hangs: without one its track is left out.
  function showStreams() {
    if (left) return;
    const tracks = remote.filter(({ kind, muted }) => kind === 'audio' || (peerCamera && !muted));
    /** @type {import('./index.js').MediaStreams<MediaStream>} */
    const streams = { local: devices.stream };
    if (remote.length > 0) streams.remote = sameStream(tracks);
    room.onStreams(streams);
  }

  /** @type {MediaStream | undefined} */
  let shown;
  /** @param {MediaStreamTrack[]} tracks */
  function sameStream(tracks) {
    shown ??= new MediaStream();
    for (const track of shown.getTracks()) if (!tracks.includes(track)) shown.removeTrack(track);
    for (const track of tracks) shown.addTrack(track);
    return shown;
  }

  /** @param {MediaState} state */
  function report(state) {
    if (left || state === reported) return;
    // Only a connection makes good a failure.
    if (reported === 'failed' && state !== 'connected') return;
    reported = state;
    room.onState(state);
  }

  function newConnection() {
    connection?.close();
    remote = [];
    shown = undefined;
    connection = connect({
      isCaller: room.isCaller,
      kinds,
      configuration: () => ({
        iceServers: room.iceServers ?? [],
        iceTransportPolicy: options.iceTransportPolicy ?? 'all',
      }),
      devices,
      send,
      onTrack: (track) => {
        remote.push(track);
        track.onmute = track.onunmute = showStreams;
        showStreams();
      },
      onState: connectionState,
      onFailed: ask,
    });
  }

  /** @param {RTCPeerConnectionState} state */
  function connectionState(state) {
    if (state === 'connected') {
      clearTimers();
      report('connected');
    } else {
      report(state === 'new' || state === 'connecting' ? 'connecting' : 'disconnected');
      watch();
    }
  }

  function watch() {
    deadline ??= setTimeout(() => report('failed'), FAILED_MS);
    retry ??= setTimeout(again, RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)]);
  }

  function again() {
    retry = undefined;
    attempts += 1;
    ask();
    watch();
  }

  function clearTimers() {
    clearTimeout(retry);
    clearTimeout(deadline);
    retry = deadline = undefined;
    attempts = 0;
  }

  // For an offer.
  function ask() {
    if (room.isCaller) connection?.renew();
    else send({ hello: true });
  }

  async function join() {
    try {
      if (typeof RTCPeerConnection !== 'function') throw joinError(2003, 'this browser has no WebRTC');
      try {
        newConnection();
      } catch (error) {
        throw joinError(2003, 'WebRTC cannot be set up with these ICE servers', error);
      }
      await devices.open(room.camera);
    } catch (error) {
      leave();
      throw error;
    }
  }

  function start() {
    if (started || left) return;
    started = true;
    report('connecting');
    watch();
    if (room.isCaller) connection?.begin();
    else ask();
  }

  /** @param {string} payload */
  function receive(payload) {
    const message = started && !left && read(payload);
    if (!message || !isFromPeer(message)) return;
    if (message.camera !== peerCamera) {
      peerCamera = message.camera;
      showStreams();
    }
    if (message.hello && room.isCaller) connection?.renew();
    else connection?.receive(message);
  }

  /** @param {Message} message */
  function isFromPeer({ from, to }) {
    // Meant for this page before it was loaded again.
    if (to !== null && to !== id) return false;
    if (from === peer) return true;
    if (peers.has(from) || peers.size === MAX_PEERS) return false;
    peers.add(from);
    const isAnother = peer !== null;
    peer = from;
    if (isAnother) {
      newConnection();
      showStreams();
      connectionState('new');
      if (room.isCaller) connection?.begin();
    }
    return true;
  }

  function leave() {
    if (left) return;
    left = true;
    clearTimers();
    connection?.close();
    devices.close();
  }

  // Texts may have been lost while the other party's socket was away.
  /** @param {boolean} connected */
  const peerChanged = (connected) => connected && started && !left && ask();

  return { join, start, receive, peer: peerChanged, leave, devices };
}

// Not crypto.randomUUID: it is younger than WebRTC.
const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
