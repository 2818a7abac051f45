// Microphone and camera of this end of a call. It needs a microphone to begin with. A camera that cannot be had is none, and
// a microphone that is lost later is waited for.

import { VoipJoinError } from '../errors.js';
import { textOf } from '../base/text-of.js';

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

const NAMES = { audio: 'microphone', video: 'camera' };

function deviceError(cause, kind) {
  const what = NAMES[kind];
  switch (cause?.name) {
    case 'NotAllowedError':
      return joinError(NEEDS_PERMISSION, `no permission for the ${what}: allow it for this page in the browser`, cause);
    case 'SecurityError':
      return joinError(NO_API, `this page may not use the ${what}`, cause);
    case 'NotFoundError':
      return joinError(UNUSABLE, `there is no ${what}`, cause);
    default:
      return joinError(UNUSABLE, `the ${what} cannot be opened; another program may be using it`, cause);
  }
}

/** The browser gives nothing of a device that is still there. */
const pausedError = (kind) => joinError(UNUSABLE, `the system or the browser has paused the ${NAMES[kind]}`);

/**
 * `onTrack(kind, track)` hears which track there is now, or null. `onCamera(on, error)` and `onMicrophone(on, error)` hear
 * what comes and goes by itself.
 */
export function openDevices({ kinds, muted, audio = true, video, onTrack, onCamera, onMicrophone }) {
  let stream;
  let closed = false;
  let isMuted = muted;
  // Which camera is meant at first, over which the host has its say, and now.
  const first = { facingMode: 'user', ...video };
  let chosen = first;
  let settings;
  // Whose changes are heard of; a page may replace the browser's.
  let mediaDevices;
  // Cameras are opened and closed one after the other.
  let last = Promise.resolve();

  const track = (kind) => stream?.getTracks().find((track) => track.kind === kind) ?? null;
  const hasCamera = () => track('video')?.muted === false;
  const told = { audio: onMicrophone, video: onCamera };
  const constraintsOf = { audio: () => audio, video: () => chosen };

  function inTurn(change) {
    const turn = last.then(change);
    // Whoever does not wait for it does not hear of a rejection that nobody handled, either.
    last = turn.catch(() => {});
    return turn;
  }

  // A permission is asked for once where several are needed. Of several devices browsers do not say which one is meant.
  async function take(...kinds) {
    if (closed) throw joinError(LEFT, 'the call was left');
    const { mediaDevices } = navigator;
    if (!mediaDevices?.getUserMedia) {
      throw joinError(NO_API, 'browsers give microphone and camera only to pages over https or from localhost');
    }
    const constraints = {};
    for (const kind of kinds) constraints[kind] = constraintsOf[kind]();
    let opened;
    try {
      opened = await mediaDevices.getUserMedia(constraints);
    } catch (error) {
      throw deviceError(error, kinds[kinds.length - 1]);
    }
    if (closed) {
      for (const track of opened.getTracks()) track.stop();
      throw joinError(LEFT, 'the call was left while its devices were being opened');
    }
    for (const track of opened.getTracks()) add(track);
  }

  function add(track) {
    const { kind } = track;
    if (kind === 'audio') track.enabled = !isMuted;
    else settings = track.getSettings();
    // Not fired by `stop`: the device was unplugged, or its permission taken back.
    track.onended = kind === 'audio' ? microphoneEnded : cameraEnded;
    track.onmute = track.onunmute = () => paused(track);
    stream.addTrack(track);
    onTrack(kind, track);
    if (track.muted) paused(track);
  }

  // By a switch of the system or the browser, or while another program has the device; it comes back in the same way.
  function paused(track) {
    const { kind, muted } = track;
    onTrack(kind, track);
    told[kind](!muted, muted ? pausedError(kind) : undefined);
  }

  function drop(kind) {
    const dropped = track(kind);
    if (!dropped) return;
    dropped.onended = dropped.onmute = dropped.onunmute = null;
    dropped.stop();
    stream.removeTrack(dropped);
    onTrack(kind, null);
  }

  function microphoneEnded() {
    drop('audio');
    // Of a headset that was unplugged, the device has another.
    findMicrophone();
  }

  const findMicrophone = () =>
    inTurn(async () => {
      if (closed || track('audio')) return;
      try {
        await take('audio');
      } catch (error) {
        if (!closed) onMicrophone(false, error);
        return;
      }
      if (!track('audio').muted) onMicrophone(true);
    });

  function cameraEnded() {
    drop('video');
    onCamera(false, joinError(UNUSABLE, 'the camera was unplugged, or its permission was taken back'));
  }

  function open(camera) {
    stream = new MediaStream();
    mediaDevices = navigator.mediaDevices;
    mediaDevices?.addEventListener?.('devicechange', findMicrophone);
    const withCamera = camera && kinds.includes('video');
    return inTurn(withCamera ? openBoth : () => take('audio'));
  }

  async function openBoth() {
    let failure;
    try {
      return await take('audio', 'video');
    } catch (error) {
      failure = error;
    }
    // Where this works, the camera was what failed.
    await take('audio');
    onCamera(false, failure);
  }

  function setMuted(muted) {
    isMuted = muted;
    const microphone = track('audio');
    if (microphone) microphone.enabled = !muted;
    // Whoever wants to be heard may have allowed it again.
    else if (!muted) findMicrophone();
  }

  const setCamera = (on) =>
    inTurn(async () => {
      if (closed || !kinds.includes('video') || on === hasCamera()) return;
      // One that is paused may go on when it is opened anew.
      drop('video');
      if (on) await takeCamera();
    });

  async function takeCamera() {
    try {
      await take('video');
    } catch (error) {
      if (chosen === first || error.cause?.name !== 'OverconstrainedError') throw error;
      // The one that was switched to is gone.
      chosen = first;
      await take('video');
    }
  }

  const switchCamera = () =>
    inTurn(async () => {
      if (closed || !kinds.includes('video')) return;
      const before = chosen;
      const others = await otherCameras();
      if (!track('video')) {
        chosen = others[0] ?? chosen;
        return;
      }
      if (others.length === 0) return;
      // Many phones open only one at a time.
      drop('video');
      let failure;
      for (chosen of [...others, before]) {
        try {
          await take('video');
          break;
        } catch (error) {
          failure ??= error;
        }
      }
      if (closed) return;
      if (!track('video')) onCamera(false, failure);
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
    mediaDevices?.removeEventListener?.('devicechange', findMicrophone);
    drop('audio');
    drop('video');
  }

  return { open, track, hasCamera, setMuted, setCamera, switchCamera, close, get stream() { return stream; } };
}
