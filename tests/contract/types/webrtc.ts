// The media of browsers, and a host's own.
import type { Media, MediaRoom } from 'wmpf-voip';
import { streamPlayer, webRtcMedia } from 'wmpf-voip/webrtc';
import type { StreamPlayer } from 'wmpf-voip/webrtc';
import { openCall } from 'wmpf-voip';

const media: Media = webRtcMedia();
webRtcMedia({ iceTransportPolicy: 'relay', audio: { echoCancellation: false }, video: { width: 320 } });

const show = document.createElement('video');
export const room: MediaRoom = {
  roomId: 'r',
  groupId: 'r',
  roomType: 'video',
  isCaller: true,
  businessType: 1,
  callerId: 'SN-1',
  listenerId: 'open-id',
  camera: false,
  muted: false,
  iceServers: [{ urls: ['stun:stun.test'] }],
  peerConnected: false,
  send: (payload: string) => payload.length,
  onStreams: ({ remote }) => (show.srcObject = remote ?? null),
  onState: (state) => console.log(state === 'failed'),
  onCamera: (on, error) => console.log(on, error),
  onMicrophone: (on, error) => console.log(on, error),
  onAbort: (reason) => console.log(reason),
};
media.join(room);
webRtcMedia().setCamera(true).catch(() => {});

export const own: Media = {
  join: async ({ send }) => send('hello'),
  start() {},
  receive: (payload) => console.log(payload),
  peer: (connected) => console.log(connected),
  setMuted() {},
  setCamera() {},
  switchCamera: async () => {},
  leave() {},
};

const player: StreamPlayer = streamPlayer({ onBlocked: (isBlocked) => (show.hidden = !isBlocked) });
show.onclick = player.resume;
openCall('/call', {
  media: webRtcMedia(),
  show(view) {
    player.show(view, { local: document.querySelector('video'), remote: show });
    const { cameraProblem, microphoneProblem } = view;
    if (cameraProblem?.errCode === 2102) console.log(cameraProblem.detail, microphoneProblem?.detail, player.isBlocked);
  },
});
streamPlayer().show({}, { local: null });

// @ts-expect-error what is shown is a stream
player.show({ localStream: 'stream' }, {});
// @ts-expect-error and where, an element that plays
player.show({}, { local: document.createElement('p') });
// @ts-expect-error a policy that is none
webRtcMedia({ iceTransportPolicy: 'turn' });
