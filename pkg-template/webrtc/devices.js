// Microphone and camera of this side of a call. A call needs a microphone to begin. If a camera cannot be opened, the
// call goes on without it, and a microphone that is lost later is waited for.

/** @import { MediaRoom } from '../index.js' */

import { VoipJoinError } from '../errors.js';
import { textOf } from '../base/text-of.js';

const NEEDS_PERMISSION = 2102;
const NO_API = 2103;
const UNUSABLE = 2007;
const LEFT = 2009;

/**
 * The `errType` of all errors: it has no meaning here, because browsers tell the kind of an error by its name, not by
 * a number.
 */
const ERR_TYPE = 0;

/** @type {(errCode: number, reason: string, cause?: unknown) => VoipJoinError} */
export const joinError = (errCode, reason, cause) =>
  new VoipJoinError(
    errCode,
    `webRtcMedia:fail ${reason}`,
    cause === undefined ? '' : textOf(cause),
    ERR_TYPE,
    undefined,
    cause,
  );

/** @typedef {'audio' | 'video'} Kind */

/** @type {Record<string, string | undefined>} */
const OPPOSITES = { user: 'environment', environment: 'user' };

const NAMES = { audio: 'microphone', video: 'camera' };

/**
 * @param {any} cause what the browser has thrown
 * @param {Kind} kind
 */
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

/**
 * The error for a paused device. Browsers give no error for a device that still exists.
 *
 * @param {Kind} kind
 */
const pausedError = (kind) => joinError(UNUSABLE, `the system or the browser has paused the ${NAMES[kind]}`);

/**
 * `onTrack(kind, track)` is called with the current track, or with null if there is none. `onCamera(on, error)` and
 * `onMicrophone(on, error)` are called when a device goes off or comes back by itself.
 *
 * @param {object} about
 * @param {Kind[]} about.kinds
 * @param {boolean} about.muted
 * @param {MediaTrackConstraints | true} [about.audio]
 * @param {MediaTrackConstraints} about.video
 * @param {(kind: Kind, track: MediaStreamTrack | null) => void} about.onTrack
 * @param {MediaRoom['onCamera']} about.onCamera
 * @param {MediaRoom['onMicrophone']} about.onMicrophone
 */
export function openDevices({ kinds, muted, audio = true, video, onTrack, onCamera, onMicrophone }) {
  /** @type {MediaStream} */
  let stream;
  let closed = false;
  let isMuted = muted;
  // The camera at first, which the host may choose, and the one that is chosen now.
  /** @type {MediaTrackConstraints} */
  const first = { facingMode: 'user', ...video };
  let chosen = first;
  /** @type {MediaTrackSettings | undefined} */
  let settings;
  /**
   * The object whose changes are listened to. A page may replace the browser's later.
   *
   * @type {MediaDevices | undefined}
   */
  let mediaDevices;
  /**
   * Cameras are opened and closed one after the other.
   *
   * @type {Promise<unknown>}
   */
  let last = Promise.resolve();

  /** @param {Kind} kind */
  const track = (kind) => stream?.getTracks().find((track) => track.kind === kind) ?? null;
  const hasCamera = () => track('video')?.muted === false;
  const told = { audio: onMicrophone, video: onCamera };
  const constraintsOf = { audio: () => audio, video: () => chosen };

  /**
   * @template Given
   * @param {() => Promise<Given>} change
   */
  function inTurn(change) {
    const turn = last.then(change);
    // A caller that does not wait for the promise should not cause an unhandled rejection, either.
    last = turn.catch(() => {});
    return turn;
  }

  /**
   * If several devices are needed, the user is asked for permission once. If one of several fails, browsers do not say
   * which.
   *
   * @param {Kind[]} kinds
   */
  async function take(...kinds) {
    if (closed) throw joinError(LEFT, 'the call was left');
    const { mediaDevices } = navigator;
    if (!mediaDevices?.getUserMedia) {
      throw joinError(NO_API, 'browsers give microphone and camera only to pages over https or from localhost');
    }
    /** @type {MediaStreamConstraints} */
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

  /** @param {MediaStreamTrack} track */
  function add(track) {
    const kind = /** @type {Kind} */ (track.kind);
    if (kind === 'audio') track.enabled = !isMuted;
    else settings = track.getSettings();
    // `stop` does not fire this: the device was unplugged, or its permission was taken back.
    track.onended = kind === 'audio' ? microphoneEnded : cameraEnded;
    track.onmute = track.onunmute = () => paused(track);
    stream.addTrack(track);
    onTrack(kind, track);
    if (track.muted) paused(track);
  }

  /**
   * A device is paused by a switch of the system or the browser, or while another program uses it. It comes back in
   * the same way.
   *
   * @param {MediaStreamTrack} track
   */
  function paused(track) {
    const kind = /** @type {Kind} */ (track.kind);
    const { muted } = track;
    onTrack(kind, track);
    told[kind](!muted, muted ? pausedError(kind) : undefined);
  }

  /** @param {Kind} kind */
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
    // If a headset was unplugged, the computer or phone has another microphone.
    findMicrophone();
  }

  const findMicrophone = () =>
    inTurn(async () => {
      if (closed || track('audio')) return;
      try {
        await take('audio');
      } catch (/** @type {any} */ error) {
        if (!closed) onMicrophone(false, error);
        return;
      }
      // What was told of it may have ended the call.
      if (track('audio')?.muted === false) onMicrophone(true);
    });

  function cameraEnded() {
    drop('video');
    onCamera(false, joinError(UNUSABLE, 'the camera was unplugged, or its permission was taken back'));
  }

  /** @param {boolean} camera */
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
    } catch (/** @type {any} */ error) {
      failure = error;
    }
    // If this works, it was the camera that failed.
    await take('audio');
    onCamera(false, failure);
  }

  /** @param {boolean} muted */
  function setMuted(muted) {
    isMuted = muted;
    const microphone = track('audio');
    if (microphone) microphone.enabled = !muted;
    // A user who wants to be heard may have allowed the microphone in the meantime.
    else if (!muted) findMicrophone();
  }

  /** @param {boolean} on */
  const setCamera = (on) =>
    inTurn(async () => {
      if (closed || !kinds.includes('video') || on === hasCamera()) return;
      // A camera that is paused may go on when it is opened again.
      drop('video');
      if (on) await takeCamera();
    });

  async function takeCamera() {
    try {
      await take('video');
    } catch (/** @type {any} */ error) {
      if (chosen === first || error.cause?.name !== 'OverconstrainedError') throw error;
      // The camera to which the user had switched is gone.
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
      // Many phones can open only one camera at a time.
      drop('video');
      /** @type {any} */
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

  // The camera on the other side of a phone, or else the next one.
  async function otherCameras() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter(({ kind }) => kind === 'videoinput');
    if (cameras.length < 2) return [];
    const { facingMode, deviceId, ...rest } = chosen;
    const at = cameras.findIndex((camera) => camera.deviceId === settings?.deviceId);
    const next = { ...rest, deviceId: { exact: cameras[(at + 1) % cameras.length].deviceId } };
    const opposite = OPPOSITES[settings?.facingMode ?? ''];
    return opposite ? [{ ...rest, facingMode: { exact: opposite } }, next] : [next];
  }

  function close() {
    closed = true;
    mediaDevices?.removeEventListener?.('devicechange', findMicrophone);
    drop('audio');
    drop('video');
  }

  return {
    open,
    track,
    hasCamera,
    setMuted,
    setCamera,
    switchCamera,
    close,
    get stream() {
      return stream;
    },
  };
}
