// Microphone and camera of this end of a call.

import { VoipJoinError } from './errors.js';
import { textOf } from './text-of.js';

const NEEDS_PERMISSION = 2102;
const NO_API = 2103;
const UNUSABLE = 2007;
const LEFT = 2009;

/** The browser's own name of an error says what kind it is; it has no number of its own for that. */
const ERR_TYPE = 0;

export const joinError = (errCode, reason, cause) =>
  new VoipJoinError(
    errCode,
    `webRtcMedia:fail ${reason}`,
    cause === undefined ? '' : textOf(cause),
    ERR_TYPE,
    undefined,
    cause,
  );

function deviceError(cause, constraints) {
  const what = Object.keys(constraints)
    .map((kind) => (kind === 'audio' ? 'microphone' : 'camera'))
    .join(' and ');
  switch (cause?.name) {
    case 'NotAllowedError':
      return joinError(NEEDS_PERMISSION, `no permission for the ${what}: allow it for this page in the browser`, cause);
    case 'SecurityError':
      return joinError(NO_API, `this page may not use the ${what}`, cause);
    case 'NotFoundError':
      return joinError(UNUSABLE, `there is no ${what}, or one of them is missing`, cause);
    default:
      return joinError(UNUSABLE, `the ${what} cannot be opened; another program may be using it`, cause);
  }
}

export function openDevices({ kinds, muted, audio = true, video, onTrack, onCameraLost, onMicrophoneLost }) {
  let stream;
  let closed = false;
  let isMuted = muted;
  // Which camera is meant, over what the host has said.
  let chosen = { facingMode: 'user', ...video };
  let settings;
  // Cameras are opened and closed one after the other.
  let last = Promise.resolve();

  const track = (kind) => stream?.getTracks().find((track) => track.kind === kind) ?? null;
  const hasCamera = () => track('video') !== null;

  function inTurn(change) {
    const turn = last.then(change);
    // Whoever does not wait for it does not hear of a rejection that nobody handled, either.
    last = turn.catch(() => {});
    return turn;
  }

  async function take(constraints) {
    if (closed) throw joinError(LEFT, 'the call was left');
    const { mediaDevices } = navigator;
    if (!mediaDevices?.getUserMedia) {
      throw joinError(NO_API, 'browsers give microphone and camera only to pages over https or from localhost');
    }
    let opened;
    try {
      opened = await mediaDevices.getUserMedia(constraints);
    } catch (error) {
      throw deviceError(error, constraints);
    }
    if (closed) {
      for (const track of opened.getTracks()) track.stop();
      throw joinError(LEFT, 'the call was left while its devices were being opened');
    }
    for (const track of opened.getTracks()) add(track);
  }

  function add(track) {
    if (track.kind === 'audio') track.enabled = !isMuted;
    else settings = track.getSettings();
    // Not fired by `stop`: the device was unplugged, or its permission taken back.
    track.onended = () => (track.kind === 'audio' ? microphoneEnded() : cameraEnded());
    stream.addTrack(track);
    onTrack(track.kind, track);
  }

  function drop(kind) {
    const dropped = track(kind);
    if (!dropped) return;
    dropped.onended = null;
    dropped.stop();
    stream.removeTrack(dropped);
    onTrack(kind, null);
  }

  async function microphoneEnded() {
    drop('audio');
    try {
      // Of a headset that was unplugged, the device has another.
      await take({ audio });
    } catch (error) {
      if (!closed) onMicrophoneLost(error);
    }
  }

  function cameraEnded() {
    drop('video');
    onCameraLost(joinError(UNUSABLE, 'the camera was unplugged, or its permission was taken back'));
  }

  function open(camera) {
    stream = new MediaStream();
    const withCamera = camera && kinds.includes('video');
    return inTurn(() => take(withCamera ? { audio, video: chosen } : { audio }));
  }

  function setMuted(muted) {
    isMuted = muted;
    const microphone = track('audio');
    if (microphone) microphone.enabled = !muted;
  }

  const setCamera = (on) =>
    inTurn(async () => {
      if (closed || !kinds.includes('video') || on === hasCamera()) return;
      if (on) await take({ video: chosen });
      else drop('video');
    });

  const switchCamera = () =>
    inTurn(async () => {
      if (closed || !kinds.includes('video')) return;
      const before = chosen;
      const others = await otherCameras();
      if (!hasCamera()) {
        chosen = others[0] ?? chosen;
        return;
      }
      if (others.length === 0) return;
      // Many phones open only one at a time.
      drop('video');
      let failure;
      for (chosen of [...others, before]) {
        try {
          await take({ video: chosen });
          break;
        } catch (error) {
          failure ??= error;
        }
      }
      if (closed) return;
      if (!hasCamera()) onCameraLost(failure);
      if (chosen === before) throw failure;
    });

  // The one on the other side of a phone, else the next one.
  async function otherCameras() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter(({ kind }) => kind === 'videoinput');
    if (cameras.length < 2) return [];
    const { facingMode, deviceId, ...rest } = chosen;
    const at = cameras.findIndex((camera) => camera.deviceId === settings?.deviceId);
    const next = { ...rest, deviceId: { exact: cameras[(at + 1) % cameras.length].deviceId } };
    const opposite = { user: 'environment', environment: 'user' }[settings?.facingMode];
    return opposite ? [{ ...rest, facingMode: { exact: opposite } }, next] : [next];
  }

  function close() {
    closed = true;
    drop('audio');
    drop('video');
  }

  return { open, track, hasCamera, setMuted, setCamera, switchCamera, close, get stream() { return stream; } };
}
