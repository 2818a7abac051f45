// Stands for camera and microphone where there are none, or where the browser does not give them: a moving picture
// and a soft tone, made by the page. The package opens them as it opens the real ones.

import { testPicture } from './setting.js';

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES_PER_SECOND = 15;

/** The browser's own; undefined in a page that is neither https nor from localhost. */
const real = navigator.mediaDevices;

/** @param {string} name stands in the picture */
export function offerTestPicture(name) {
  const mediaDevices = {
    async getUserMedia({ audio, video }) {
      const tracks = [];
      if (audio) tracks.push(tone());
      if (video) tracks.push(picture(name));
      return new MediaStream(tracks);
    },
    enumerateDevices: async () => [],
  };
  testPicture.onChange((on) => {
    Object.defineProperty(navigator, 'mediaDevices', { value: on ? mediaDevices : real, configurable: true });
  });
}

function picture(name) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d');
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
