// Stands for camera and microphone: a moving picture and a soft tone, made by the page. The package opens them as it
// opens the real ones. Where a machine has no camera or no microphone this happens by itself, for what it lacks;
// where the browser refuses them, or they are in use, only if the user wants it.

import { testPicture } from './setting.js';

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES_PER_SECOND = 15;

/** The browser's own; undefined in a page that is neither https nor from localhost. */
const real = navigator.mediaDevices;

/** What the page has made because this machine has nothing of the kind. @type {WeakSet<MediaStreamTrack>} */
const substitutes = new WeakSet();

/**
 * The kinds of a stream for which this machine has no device, in alphabetical order.
 * @param {MediaStream | undefined} stream
 */
export function lackingKinds(stream) {
  const made = stream?.getTracks().filter((track) => substitutes.has(track)) ?? [];
  return made.map(({ kind }) => kind).sort();
}

/** @typedef {'audio' | 'video'} Kind */
/** @typedef {Record<Kind, () => MediaStreamTrack>} Make */

/** @param {string} name stands in the picture */
export function offerTestPicture(name) {
  /** @type {Make} */
  const make = { audio: tone, video: () => picture(name) };
  const mediaDevices = {
    /** @param {MediaStreamConstraints} constraints */
    async getUserMedia(constraints) {
      const kinds = /** @type {Kind[]} */ (Object.keys(make).filter((kind) => constraints[/** @type {Kind} */ (kind)]));
      if (testPicture.isOn()) return new MediaStream(kinds.map((kind) => make[kind]()));
      return new MediaStream(await openReal(kinds, constraints, make));
    },
    enumerateDevices: async () => (testPicture.isOn() ? [] : real.enumerateDevices()),
    // The package hears by it of a microphone that was plugged in.
    /** @type {MediaDevices['addEventListener']} */
    addEventListener: (/** @type {string} */ type, /** @type {EventListenerOrEventListenerObject} */ listener) =>
      real?.addEventListener(type, listener),
    /** @type {MediaDevices['removeEventListener']} */
    removeEventListener: (/** @type {string} */ type, /** @type {EventListenerOrEventListenerObject} */ listener) =>
      real?.removeEventListener(type, listener),
  };
  testPicture.onChange((on) => {
    const value = on || real ? mediaDevices : undefined;
    Object.defineProperty(navigator, 'mediaDevices', { value, configurable: true });
  });
}

/**
 * Browsers do not say which of two devices is missing: then each is asked for alone.
 *
 * @param {Kind[]} kinds
 * @param {MediaStreamConstraints} constraints
 * @param {Make} make
 * @returns {Promise<MediaStreamTrack[]>}
 */
async function openReal(kinds, constraints, make) {
  try {
    const asked = Object.fromEntries(kinds.map((kind) => [kind, constraints[kind]]));
    return (await real.getUserMedia(asked)).getTracks();
  } catch (/** @type {any} */ error) {
    if (error.name !== 'NotFoundError') throw error;
  }
  const tracks = [];
  if (kinds.length === 1) {
    tracks.push(make[kinds[0]]());
    substitutes.add(tracks[0]);
    return tracks;
  }
  try {
    for (const kind of kinds) tracks.push(...(await openReal([kind], constraints, make)));
  } catch (error) {
    for (const track of tracks) track.stop();
    throw error;
  }
  return tracks;
}

/** @param {string} name */
function picture(name) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const [track] = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
  const draw = () => {
    if (track.readyState === 'ended') return clearInterval(timer);
    const now = new Date();
    const turn = (now.getTime() % 4000) / 4000;
    context.fillStyle = `hsl(${turn * 360} 45% 32%)`;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = 'rgba(255, 255, 255, 0.28)';
    context.fillRect(turn * (WIDTH + 120) - 120, 0, 120, HEIGHT);
    context.fillStyle = '#fff';
    context.textAlign = 'center';
    // An upright page shows only the middle of it.
    context.font = '600 30px system-ui, sans-serif';
    context.fillText(name, WIDTH / 2, HEIGHT / 2 - 10);
    context.font = '28px ui-monospace, monospace';
    context.fillText(now.toLocaleTimeString('en-GB'), WIDTH / 2, HEIGHT / 2 + 50);
  };
  const timer = setInterval(draw, 1000 / FRAMES_PER_SECOND);
  draw();
  return track;
}

/** Half a second in every two. */
function tone() {
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: 0 });
  const oscillator = new OscillatorNode(context, { frequency: 392 });
  const out = context.createMediaStreamDestination();
  oscillator.connect(volume).connect(out);
  oscillator.start();
  const [track] = out.stream.getAudioTracks();
  const beep = () => {
    if (track.readyState === 'ended') {
      clearInterval(timer);
      return context.close();
    }
    volume.gain.setTargetAtTime(0.06, context.currentTime, 0.02);
    volume.gain.setTargetAtTime(0, context.currentTime + 0.5, 0.02);
  };
  const timer = setInterval(beep, 2000);
  beep();
  return track;
}
