// The media of one call. A host has brought them: they are foreign code, and whatever they throw is only reported.

/** @import { Media, MediaRoom, MediaState, MediaStreams } from '../index.js' */
/** @import { Core } from '../types/core.js' */

import { safely } from '../base/events.js';

/** @typedef {Omit<MediaRoom, 'send' | `on${string}`>} About */
/** @typedef {(on: unknown, error?: unknown) => void} DeviceChanged */

/**
 * What a host says, who may say anything.
 *
 * @typedef {object} MediaTold
 * @property {() => void} joined
 * @property {(error: unknown) => void} failed
 * @property {(payload: string) => void} send
 * @property {(streams: MediaStreams) => void} streams
 * @property {(state: MediaState) => void} state
 * @property {DeviceChanged} camera
 * @property {DeviceChanged} microphone
 * @property {(reason: unknown) => void} aborted
 */

/**
 * Enters the room. `told` has the callbacks { joined(), failed(error), send(payload), streams({ local, remote }),
 * state(state), camera(on, error), microphone(on, error), aborted(reason) }. Without `media`, the room is joined
 * without sound and picture.
 *
 * @param {Core} core
 * @param {Media | undefined} media
 * @param {About} about
 * @param {MediaTold} told
 */
export function openMedia(core, media, about, told) {
  let isJoined = false;
  let isStarted = false;
  let isLeft = false;
  /** @type {<Values extends unknown[]>(tell: (...values: Values) => void) => (...values: Values) => void} */
  const live = (tell) => (...values) => {
    if (!isLeft) tell(...values);
  };
  /** @type {<Name extends keyof Media>(name: Name, ...values: Parameters<Media[Name]>) => void} */
  const call = (name, ...values) => {
    // One of several methods is not known to take the values of that one.
    if (media && !isLeft) safely(core, () => /** @type {any} */ (media)[name](...values));
  };

  // Starts the media once, when the room is joined and the call has started.
  function begin() {
    if (isJoined && isStarted) call('start');
  }

  /** @type {MediaRoom} */
  const room = Object.assign({}, about, {
    send: live(told.send),
    onStreams: live((streams) => told.streams(streams || {})),
    onState: live(told.state),
    onCamera: live(told.camera),
    onMicrophone: live(told.microphone),
    onAbort: live(told.aborted),
  });
  new Promise((resolve) => resolve(media?.join(room))).then(
    live(() => {
      isJoined = true;
      told.joined();
      begin();
    }),
    live(told.failed),
  );

  return {
    start() {
      isStarted = true;
      begin();
    },
    /** @param {string} payload */
    receive: (payload) => call('receive', payload),
    /** @param {boolean} connected */
    peer: (connected) => call('peer', connected),
    /**
     * The socket is open again. The credentials of TURN servers expire, so the new ones are kept.
     *
     * @param {MediaRoom['iceServers']} iceServers
     * @param {boolean} peerConnected
     */
    refresh(iceServers, peerConnected) {
      room.iceServers = iceServers;
      call('peer', peerConnected);
    },
    /** @param {boolean} muted */
    setMuted: (muted) => call('setMuted', muted),
    /** @param {boolean} on */
    setCamera(on) {
      if (!media || isLeft) return;
      new Promise((resolve) => resolve(media.setCamera(on))).catch(live((error) => told.camera(false, error)));
    },
    switchCamera: () => (media && !isLeft ? media.switchCamera() : undefined),
    leave() {
      call('leave');
      isLeft = true;
    },
  };
}
