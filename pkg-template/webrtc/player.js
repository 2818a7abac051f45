// Plays the two streams of a call on a page. The view is shown again each second, and an element that is given its
// stream again would begin anew. A browser that plays nothing before a tap says so only by a rejected promise, which
// is easily overlooked.

/** @import { StreamPlayer, StreamPlayerOptions } from '../webrtc.js' */

/**
 * @param {StreamPlayerOptions} [options]
 * @returns {StreamPlayer}
 */
export function streamPlayer({ onBlocked } = {}) {
  let isBlocked = false;
  const own = createPlace(true, tell);
  const other = createPlace(false, tell);

  function tell() {
    const isNow = own.isBlocked() || other.isBlocked();
    if (isNow === isBlocked) return;
    isBlocked = isNow;
    onBlocked?.(isBlocked);
  }

  return {
    show({ localStream, remoteStream }, { local, remote }) {
      own.put(local ?? null, localStream ?? null);
      other.put(remote ?? null, remoteStream ?? null);
      tell();
    },
    resume() {
      own.play();
      other.play();
      tell();
    },
    get isBlocked() {
      return isBlocked;
    },
  };
}

/**
 * The place of one of the two streams. The own stream is played without sound, so that nobody hears herself or
 * himself.
 *
 * @param {boolean} isOwn
 * @param {() => void} tell
 */
function createPlace(isOwn, tell) {
  /** @type {HTMLMediaElement | null} */
  let element = null;
  /** @type {MediaStream | null} */
  let shown = null;
  let kinds = '';
  let wasMuted = false;
  let isBlocked = false;
  // Only the result of the last attempt to play is valid.
  let attempt = 0;

  /**
   * @param {HTMLMediaElement | null} next
   * @param {MediaStream | null} stream
   */
  function put(next, stream) {
    if (next !== element) {
      release();
      take(next);
    }
    if (!element) return;
    // An element that has not begun to play may be waiting for the first picture of a camera that is off by now.
    const isWaiting = element.readyState === 0 && kindsOf(stream) !== kinds;
    if (element.srcObject !== stream || isWaiting) {
      element.srcObject = stream;
      kinds = kindsOf(stream);
      forget();
    }
    shown = stream;
    // The browser may have paused the element, and the user may have tapped on the page in the meantime.
    play();
  }

  /** @param {HTMLMediaElement | null} next */
  function take(next) {
    element = next;
    if (!element) return;
    // Otherwise a phone shows the video full-screen.
    /** @type {HTMLVideoElement} */ (element).playsInline = true;
    wasMuted = element.muted;
    if (isOwn) element.muted = true;
  }

  // An element that was removed from the page would still be heard. By now it may show the other stream.
  function release() {
    if (!element) return;
    if (element.srcObject === shown) element.srcObject = null;
    if (isOwn) element.muted = wasMuted;
    forget();
  }

  function forget() {
    attempt += 1;
    isBlocked = false;
  }

  function play() {
    const playing = element;
    if (!playing?.srcObject) return;
    if (!playing.paused) {
      isBlocked = false;
      return;
    }
    const mine = (attempt += 1);
    /** @param {boolean} isRefused */
    const ended = (isRefused) => {
      if (mine !== attempt) return;
      isBlocked = isRefused;
      tell();
    };
    // A tap does not help against other failures, such as that the stream of the element was replaced in the meantime.
    new Promise((resolve) => resolve(playing.play())).then(
      () => ended(false),
      (error) => ended(error?.name === 'NotAllowedError'),
    );
  }

  return { put, play, isBlocked: () => isBlocked };
}

/** @param {MediaStream | null} stream */
const kindsOf = (stream) => String(stream?.getTracks().map(({ kind }) => kind));
