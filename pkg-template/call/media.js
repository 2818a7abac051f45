// The media of one call. A host has brought them: they are foreign code, and whatever they throw is only reported.

import { safely } from '../base/events.js';

/**
 * Enters the room. `told` has the callbacks { joined(), failed(error), send(payload), streams({ local, remote }),
 * state(state), camera(on, error), microphone(on, error), aborted(reason) }. Without `media`, the room is joined
 * without sound and picture.
 */
export function openMedia(core, media, about, told) {
  let isJoined = false;
  let isStarted = false;
  let isLeft = false;
  const live = (tell) => (value) => {
    if (!isLeft) tell(value);
  };
  const call = (name, ...values) => {
    if (media && !isLeft) safely(core, () => media[name](...values));
  };

  // Starts the media once, when the room is joined and the call has started.
  function begin() {
    if (isJoined && isStarted) call('start');
  }

  const room = Object.assign({}, about, {
    send: live(told.send),
    onStreams: live((streams) => told.streams(streams || {})),
    onState: live(told.state),
    onCamera: (on, error) => live(() => told.camera(on, error))(),
    onMicrophone: (on, error) => live(() => told.microphone(on, error))(),
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
      new Promise((resolve) => resolve(media.setCamera(on))).catch(live((error) => told.camera(false, error)));
    },
    switchCamera: () => (media && !isLeft ? media.switchCamera() : undefined),
    leave() {
      call('leave');
      isLeft = true;
    },
  };
}
