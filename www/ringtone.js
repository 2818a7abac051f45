// What a handset sounds like: it rings for a call to it, and lets its user hear the other side ring.
//
// Tones are made by the browser, without a file. A browser plays nothing before its user has touched the page;
// until then, and while the switch is off, a handset rings silently.

import { sound } from './setting.js';

/** Hertz and seconds. A tone of several frequencies takes them in turn. */
const TONES = {
  incoming: { frequencies: [660, 880, 660, 880], beat: 0.22, period: 2.2, volume: 0.22 },
  outgoing: { frequencies: [450], beat: 1, period: 5, volume: 0.08 },
};

/** How long a tone takes to come and to go, in seconds: without it there is a click. */
const EDGE = 0.02;

/** @type {keyof typeof TONES | undefined} what is to be heard */
let wanted;
/** @type {AudioContext | undefined} */
let context;
/** @type {{ kind: string, source: AudioBufferSourceNode } | undefined} */
let playing;

/** @param {'incoming' | 'outgoing' | undefined} kind nothing ends it */
export function ring(kind) {
  wanted = kind;
  update();
}

function update() {
  const kind = sound.isOn() && isTouched() ? wanted : undefined;
  if (playing?.kind !== kind) {
    playing?.source.stop();
    playing = kind && { kind, source: play(kind) };
  }
  document.body.dataset.tone = kind ?? '';
}

/** @param {keyof typeof TONES} kind */
function play(kind) {
  context ??= new AudioContext();
  context.resume();
  const source = context.createBufferSource();
  source.buffer = bufferOf(context, TONES[kind]);
  source.loop = true;
  source.connect(context.destination);
  source.start();
  return source;
}

/**
 * @param {AudioContext} context
 * @param {typeof TONES.incoming} tone
 */
function bufferOf(context, { frequencies, beat, period, volume }) {
  const { sampleRate } = context;
  const buffer = context.createBuffer(1, Math.round(period * sampleRate), sampleRate);
  const samples = buffer.getChannelData(0);
  for (let at = 0; at < frequencies.length * beat * sampleRate; at += 1) {
    const seconds = at / sampleRate;
    const inBeat = seconds % beat;
    const edge = Math.min(1, inBeat / EDGE, (beat - inBeat) / EDGE);
    const frequency = frequencies[Math.floor(seconds / beat)];
    samples[at] = volume * edge * Math.sin(2 * Math.PI * frequency * inBeat);
  }
  return buffer;
}

/** The other handset of the page counts: its user is this one's. */
function isTouched() {
  return [navigator, parent.navigator].some(({ userActivation }) => userActivation?.hasBeenActive);
}

for (const gesture of ['pointerup', 'keyup']) {
  for (const page of new Set([window, parent])) page.addEventListener(gesture, update);
}
sound.onChange(update);
