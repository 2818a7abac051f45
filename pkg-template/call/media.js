// The media of one call, and what they tell of it as events of the call. A host has brought them: they are foreign code,
// and whatever they throw is only reported.

import { safely } from '../base/events.js';
import { encodeVideoOf } from './encode-video.js';
import { faultOf } from './faults.js';

/**
 * Enters the room of a call. Without `media`, it is joined without sound and picture.
 *
 * @param {any} core
 * @param {any} media
 * @param {import('./state.js').State} state
 * @param {(...event: import('./state.js').Event) => void} happened
 * @param {{ send(payload: string): void, streams(streams: any): void }} told is given what is no plain event: a text for
 *   the other side's media, and the streams to show
 */
export function openMedia(core, media, state, happened, told) {
  let isJoined = false;
  let isStarted = false;
  let isLeft = false;
  const live = (tell) => (...values) => {
    if (!isLeft) tell(...values);
  };
  const call = (name, ...values) => {
    if (media && !isLeft) safely(core, () => media[name](...values));
  };
  const fails = (type) => live((error) => happened(type, faultOf(core, error)));
  const problem = (on, error) => (on === true || error == null ? undefined : faultOf(core, error));
  const onCamera = live((on, error) => happened('camera', on === true, problem(on, error)));

  // Starts the media once, when the room is joined and the call has started.
  function begin() {
    if (isJoined && isStarted) call('start');
  }

  const room = Object.assign(roomOf(state), {
    send: live(told.send),
    onStreams: live((streams) => told.streams(streams || {})),
    onState: live((now) => happened('mediaState', now)),
    onCamera,
    onMicrophone: live((on, error) => happened('microphone', problem(on, error))),
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
    receive: (payload) => call('receive', payload),
    peer: (connected) => call('peer', connected),
    // The socket is open again. The credentials of TURN servers expire, so the new ones are kept.
    refresh(iceServers, peerConnected) {
      room.iceServers = iceServers;
      call('peer', peerConnected);
    },
    setMuted: (muted) => call('setMuted', muted),
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

/** @param {import('./state.js').State} state */
function roomOf({ view, about }) {
  const { roomId, groupId, businessType, callerId, listenerId, iceServers, voipChat, peerConnected } =
    /** @type {import('./state.js').Described} */ (about);
  const { roomType, isCaller, camera, muted } = view;
  const parties = { isCaller, businessType, callerId, listenerId, encodeVideo: encodeVideoOf(about) };
  return Object.assign(parties, { roomId, groupId, roomType, camera, muted, iceServers, voipChat, peerConnected });
}
