// The media of one call behind what a host has brought: it is foreign code, and what it throws is only reported.

import { safely } from '../base/events.js';

/**
 * Enters the room. `told` hears { joined(), failed(error), send(payload), streams({ local, remote }), state(state),
 * camera(on, error), microphone(on, error), aborted(reason) }. Without `media` nothing is joined but the room.
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

  // Not before this end is ready, and once.
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
    // The socket is back. Credentials of relays have an end.
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
