// The media of one call, and what they tell of it as events of the call. A host has brought them: they are foreign code,
// and whatever they throw is only reported.

/** @import { Media, MediaRoom, MediaState, MediaStreams } from '../index.js' */
/** @import { JoinedCall } from '../types/call-socket.js' */
/** @import { Core } from '../types/core.js' */
/** @import { Event, State, View } from './state.js' */

import { safely } from '../base/events.js';
import { encodeVideoOf } from './encode-video.js';
import { faultOf } from './faults.js';

/** @typedef {ReturnType<typeof openMedia>} OpenedMedia */

/**
 * What is told that is no plain event.
 *
 * @typedef {object} MediaTold
 * @property {(payload: string) => void} send a text for the other side's media
 * @property {(streams: MediaStreams) => void} streams what is to be shown
 */

/**
 * Enters the room of a call. Without `media`, it is joined without sound and picture.
 *
 * @param {Core} core
 * @param {Media | null | undefined} media
 * @param {State} state
 * @param {(...event: Event) => void} happened
 * @param {MediaTold} told
 */
export function openMedia(core, media, state, happened, told) {
  let isJoined = false;
  let isStarted = false;
  let isLeft = false;
  /** @type {<Values extends unknown[]>(tell: (...values: Values) => void) => (...values: Values) => void} */
  const live =
    (tell) =>
    (...values) => {
      if (!isLeft) tell(...values);
    };
  /** @type {<Name extends keyof Media>(name: Name, ...values: Parameters<Media[Name]>) => void} */
  const call = (name, ...values) => {
    // One of several methods is not known to take the values of that one.
    if (media && !isLeft) safely(core, () => /** @type {any} */ (media)[name](...values));
  };
  /** @param {'joinFailed' | 'aborted'} type */
  const fails = (type) => live((/** @type {unknown} */ error) => happened(type, faultOf(core, error)));
  /**
   * @param {unknown} on
   * @param {unknown} [error]
   */
  const problem = (on, error) => (on === true || error == null ? undefined : faultOf(core, error));
  const onCamera = live((/** @type {unknown} */ on, /** @type {unknown} */ error) =>
    happened('camera', on === true, problem(on, error)),
  );

  // Starts the media once, when the room is joined and the call has started.
  function begin() {
    if (isJoined && isStarted) call('start');
  }

  /** @type {MediaRoom} A host may say anything by it. */
  const room = Object.assign(roomOf(state), {
    send: live(told.send),
    onStreams: live((/** @type {MediaStreams} */ streams) => told.streams(streams || {})),
    onState: live((/** @type {MediaState} */ now) => happened('mediaState', now)),
    onCamera,
    onMicrophone: live((/** @type {unknown} */ on, /** @type {unknown} */ error) =>
      happened('microphone', problem(on, error)),
    ),
    onAbort: fails('aborted'),
  });
  new Promise((resolve) => resolve(media?.join(room))).then(
    live(() => {
      isJoined = true;
      happened('joined');
      begin();
    }),
    fails('joinFailed'),
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
     * Keeps the credentials of relays that the service has given last.
     *
     * @param {MediaRoom['iceServers']} iceServers
     */
    refresh(iceServers) {
      room.iceServers = iceServers;
    },
    /** @param {boolean} muted */
    setMuted: (muted) => call('setMuted', muted),
    /** @param {boolean} on */
    setCamera(on) {
      if (!media || isLeft) return;
      new Promise((resolve) => resolve(media.setCamera(on))).catch((error) => onCamera(false, error));
    },
    switchCamera: () => (media && !isLeft ? media.switchCamera() : undefined),
    leave() {
      call('leave');
      isLeft = true;
    },
  };
}

/**
 * A room is entered once the service has described its call. An earlier version of it does not say everything.
 *
 * @param {State} state
 */
function roomOf({ view, about }) {
  const { roomId, groupId, businessType, callerId, listenerId, iceServers, voipChat, peerConnected } =
    /** @type {Required<JoinedCall>} */ (about);
  const { roomType, isCaller, camera, muted } = /** @type {View & Pick<JoinedCall, 'roomType'>} */ (view);
  const parties = {
    isCaller,
    businessType,
    callerId,
    listenerId,
    encodeVideo: encodeVideoOf(/** @type {JoinedCall} */ (about)),
  };
  return Object.assign(parties, { roomId, groupId, roomType, camera, muted, iceServers, voipChat, peerConnected });
}
