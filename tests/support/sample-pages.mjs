// The pages of a device and a phone that are made of the samples of docs/call.md as they stand there, with sound and picture,
// and served by the real service.

import { blocksOf, save } from './guides.mjs';
import { INLINE_SCRIPTS, startService } from './service.mjs';
import { createProject } from './tarball.mjs';

/** What the samples leave to their readers; `role` is whose page it is. */
const pageOf = (role, elements, samples) => `<!doctype html>
<meta charset="utf-8" />
<script type="importmap">
{ "imports": {
  "wmpf-voip": "./node_modules/wmpf-voip/browser.js",
  "wmpf-voip/webrtc": "./node_modules/wmpf-voip/webrtc.js"
} }
</script>
<button id="close">Close</button>
${elements}
<script>
const connections = []
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) {
    super(configuration)
    connections.push(this)
  }
}
</script>
<script type="module">
const { handsets } = await (await fetch('/v1/demo')).json()
const [endpoint, token, closeButton] = [location.origin, handsets.${role}.token, document.querySelector('#close')]
${samples}
Object.assign(window, { connections, current: () => call, other, own, place, tap })
</script>
`;

/**
 * A service with the pages `/device.html` and `/phone.html`. They have `current()`, the call; `place(request)`; the elements
 * `own`, `other` and `tap`; and `connections`. `request` is what the device places a call to the phone with.
 */
export async function startSamplePages() {
  const blocks = await blocksOf('docs/call.md');
  const find = (text) => blocks.find(({ code }) => code.includes(text)).code;
  const waiting = find('onReminder(').replace(/^function openPage[^]*?^}\n/m, '');
  const samples = find('streamPlayer(') + waiting + find('sessionStorage.getItem');
  const project = await createProject();
  const pages = ['device', 'phone'].map((role) => [`${role}.html`, pageOf(role, find('<video'), samples)]);
  await save(project.path, pages);
  const service = await startService({ site: project.path, env: INLINE_SCRIPTS }).catch(async (error) => {
    await project.remove();
    throw error;
  });
  const { handsets } = await service.demo();
  return {
    endpoint: service.endpoint,
    request: {
      roomType: 'video',
      businessType: 1,
      caller: { id: handsets.device.id },
      listener: { id: handsets.phone.id },
      voipToken: handsets.device.deviceToken,
    },
    async stop() {
      await service.stop();
      await project.remove();
    },
  };
}

// What follows runs in these pages.

/** Begins to note what an element does when it begins anew, in `window.restarts`. */
export function watchForRestarts() {
  window.restarts = [];
  for (const name of ['emptied', 'loadstart', 'pause']) {
    for (const video of [window.other, window.own]) video.addEventListener(name, () => window.restarts.push(name));
  }
}

/** Whether the view has changed ten times since that was asked first. */
export function hasChangedTenTimes() {
  const { keepTime } = window.current().view;
  window.watchedSince ??= keepTime;
  return keepTime >= window.watchedSince + 10;
}

/** Whether several new frames of the other side are shown within two seconds. */
export const isSeen = () =>
  new Promise((resolve) => {
    const { other } = window;
    let frames = 0;
    const count = () => (++frames === 5 ? resolve(true) : other.requestVideoFrameCallback(count));
    other.requestVideoFrameCallback(count);
    setTimeout(resolve, 2000, false);
  });

/** Whether sound of the other side arrives, and is played. */
export async function isHeard() {
  const { other, connections } = window;
  if (other.paused || other.muted || other.volume === 0) return false;
  const energy = async () => {
    const stats = [...(await connections.at(-1).getStats()).values()];
    return stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio')?.totalAudioEnergy ?? 0;
  };
  const before = await energy();
  // In a second and a half a fake microphone beeps at least once.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return (await energy()) > before + 1e-6;
}

/** What is left of a call that is over. */
export const left = () => [window.own.srcObject, window.other.srcObject, window.tap.hidden];
