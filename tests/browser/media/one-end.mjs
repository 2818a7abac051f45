// One end of a call on a page of its own, with the package's media and the real service. The address says whose page it is
// (`role`) and what its call page is opened with (`path`). It runs in the browser; the tests use what it puts into `window`.

/* global connections, until */

import { configure, openCall } from '/pkg/browser.js';
import { webRtcMedia } from '/pkg/webrtc.js';
import './two-ends.mjs';

const query = new URLSearchParams(location.search);
const role = query.get('role');
const { handsets } = await (await fetch('/v1/demo')).json();

const NOWHERE = 'ws://127.0.0.1:9/';
const sockets = new Set();
let isOffline = false;

/** A network that can be gone for this page alone. */
class Network extends WebSocket {
  constructor(url, protocols) {
    super(isOffline ? NOWHERE : url, protocols);
    sockets.add(this);
  }
}

configure({ endpoint: location.origin, token: handsets[role].token, WebSocket: Network });

/** The end, as the functions of two-ends.mjs take one. */
const end = { name: role, pc: () => connections.at(-1)?.pc, video: document.createElement('video') };
document.body.append(end.video);

/** Opens the call page; again, if it is open. */
end.open = () => {
  end.call = openCall(query.get('path'), {
    answersByQuery: true,
    media: webRtcMedia(),
    show(view) {
      end.view = view;
      if (end.video.srcObject === (view.remoteStream ?? null)) return;
      end.video.srcObject = view.remoteStream ?? null;
      end.video.play().catch(() => {});
    },
  });
};

end.offline = (offline) => {
  isOffline = offline;
  if (offline) for (const socket of sockets) socket.close();
};

/** The tracks of its own devices that are on. */
let own = [];
const { mediaDevices } = navigator;
const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
mediaDevices.getUserMedia = async (constraints) => {
  const stream = await getUserMedia(constraints);
  own.push(...stream.getTracks());
  return stream;
};
end.devices = () => {
  own = own.filter(({ readyState }) => readyState === 'live');
  return own.map(({ kind }) => kind).sort();
};

end.isIn = (state) =>
  until(
    `the ${role} is ${state}`,
    () => end.view?.state === state && (state !== 'connected' || end.view.media === 'connected'),
  );

end.open();
window.end = end;
