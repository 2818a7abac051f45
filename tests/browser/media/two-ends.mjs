// Both ends of a call in one page, with a relay between them that can lose, hold back and mix what goes over it.
// It runs in the browser; the tests evaluate functions that use what it puts into `window`.

import { streamPlayer, webRtcMedia } from '/pkg/webrtc.js';
import { answeredCall } from './answered-call.mjs';

const WAIT_MS = 20_000;
const POLL_MS = 50;

/** Every connection that was made, with the end that made it. */
const connections = [];
let maker;
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(configuration) {
    super(configuration);
    connections.push({ maker, pc: this });
  }
};

/** Polls until `look` gives something true, and gives that. */
async function until(what, look) {
  const end = performance.now() + WAIT_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (performance.now() > end) throw new Error(`not within ${WAIT_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** What one end is and has been told. */
function createEnd(name, of, relay) {
  const {
    roomType = 'video',
    camera = true,
    muted = false,
    iceServers = [],
    businessType = 1,
    encodeVideo,
    ...options
  } = of;
  const end = { name, states: [], aborts: [], cameras: [], microphones: [], streams: {}, media: webRtcMedia(options) };
  const room = {
    roomId: 'r',
    groupId: 'r',
    roomType,
    isCaller: name === 'caller',
    businessType,
    encodeVideo,
    camera,
    muted,
    iceServers,
    peerConnected: true,
    send: (payload) => relay.send(end, payload),
    onStreams: (streams) => {
      end.streams = streams;
      // What is not played is not decoded.
      player.show({ remoteStream: streams.remote }, { remote: end.video });
    },
    onState: (state) => end.states.push(state),
    onCamera: (on, error) => end.cameras.push({ on, errCode: error?.errCode, errMsg: error?.errMsg }),
    onMicrophone: (on, error) => end.microphones.push({ on, errCode: error?.errCode }),
    onAbort: (reason) => end.aborts.push({ errCode: reason.errCode, errMsg: reason.errMsg }),
  };
  /** Calls a method, so that a connection that it makes is known to be this end's. */
  end.call = (method, ...args) => {
    maker = name;
    return end.media[method](...args);
  };
  end.join = () => end.call('join', room);
  end.room = room;
  /** The connection that it has now. */
  end.pc = () => connections.findLast(({ maker }) => maker === name)?.pc;
  end.state = () => end.states.at(-1);
  const player = streamPlayer();
  end.video = document.createElement('video');
  document.body.append(end.video);
  return end;
}

/**
 * Two ends that are in the room and not started. `relay.way(payload, end)` says what becomes of a text: the milliseconds
 * until it arrives, in order or not, or `undefined`, and it is lost.
 */
async function createCall({ caller = {}, listener = {}, ...both } = {}) {
  const relay = { way: () => 0, sent: [] };
  relay.send = (from, payload) => {
    const way = relay.way(payload, from);
    relay.sent.push({ from: from.name, payload, way });
    if (way === undefined) return;
    setTimeout(() => {
      const to = from.name === 'caller' ? call.listener : call.caller;
      to.call('receive', payload);
    }, way);
  };
  const call = { relay, options: { caller: { ...both, ...caller }, listener: { ...both, ...listener } } };
  call.caller = createEnd('caller', call.options.caller, relay);
  call.listener = createEnd('listener', call.options.listener, relay);
  await Promise.all([call.caller.join(), call.listener.join()]);
  call.start = () => {
    call.caller.call('start');
    call.listener.call('start');
  };
  /** The page of one end is closed and opened again. */
  call.reload = async (name) => {
    call[name].call('leave');
    call[name] = createEnd(name, call.options[name], relay);
    await call[name].join();
    call[name].call('start');
  };
  call.ends = () => [call.caller, call.listener];
  call.leave = () => {
    for (const end of call.ends()) end.call('leave');
  };
  return call;
}

/** A call that is connected. */
async function connectedCall(options) {
  const call = await createCall(options);
  call.start();
  await connected(call);
  return call;
}

const connected = ({ caller, listener }) =>
  until('both are connected', () => caller.state() === 'connected' && listener.state() === 'connected');

/** The figures of what arrives at an end. */
async function arriving(end, kind) {
  const stats = await end.pc().getStats();
  return [...stats.values()].find((one) => one.type === 'inbound-rtp' && one.kind === kind) ?? {};
}

/** More frames are decoded than were when it was asked. */
async function framesArrive(end) {
  const { framesDecoded: before = 0 } = await arriving(end, 'video');
  await until(
    `frames arrive at the ${end.name}`,
    async () => (await arriving(end, 'video')).framesDecoded > before + 3,
  );
}

/** What the other's camera shows here is seen to change. */
async function pictureChanges(end) {
  const picture = () => {
    const canvas = new OffscreenCanvas(64, 48).getContext('2d');
    canvas.drawImage(end.video, 0, 0, 64, 48);
    return canvas.getImageData(0, 0, 64, 48).data;
  };
  const isPlain = (data) => data.every((value, index) => value === data[index % 4]);
  const first = await until('there is a picture', () => {
    const data = picture();
    return !isPlain(data) && data;
  });
  await until('the picture changes', () => picture().some((value, index) => value !== first[index]));
}

/** The sound that arrives during a second and a half, in which the fake microphone beeps at least once. */
async function energy(end) {
  const before = await arriving(end, 'audio');
  const after = await until(`sound is received by the ${end.name}`, async () => {
    const now = await arriving(end, 'audio');
    return now.totalSamplesDuration > (before.totalSamplesDuration ?? 0) + 1.5 && now;
  });
  return after.totalAudioEnergy - (before.totalAudioEnergy ?? 0);
}

// A beep has some 0.3, and what a decoder makes of silence 1e-9.
const soundArrives = (end) => until(`the ${end.name} hears something`, async () => (await energy(end)) > 1e-3);
const silenceArrives = (end) => until(`the ${end.name} hears nothing`, async () => (await energy(end)) < 1e-6);

/** Everything that a good call of this kind has. */
async function works(call) {
  for (const end of call.ends()) {
    await framesArrive(end);
    await pictureChanges(end);
    await soundArrives(end);
  }
}

const failure = (promise) =>
  promise.then(
    () => undefined,
    (error) => ({ ...error.toJSON(), isJoinError: error.name === 'VoipJoinError', cause: error.cause?.name }),
  );

Object.assign(window, {
  answeredCall: (about) => answeredCall(about, until),
  arriving,
  connected,
  connectedCall,
  connections,
  createCall,
  createEnd,
  energy,
  failure,
  framesArrive,
  isReady: true,
  pictureChanges,
  silenceArrives,
  soundArrives,
  streamPlayer,
  until,
  works,
});
