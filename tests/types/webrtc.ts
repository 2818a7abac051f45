// The media of browsers, and a host's own.
import type { Media, MediaRoom } from 'wmpf-voip';
import { webRtcMedia } from 'wmpf-voip/webrtc';

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

// @ts-expect-error a policy that is none
webRtcMedia({ iceTransportPolicy: 'turn' });
