// Shows the two streams of a call on a page. A view comes each second, and an element that is given its stream again begins
// anew; and a browser that plays nothing without a tap says so by a promise, which is easily overlooked.

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

// Where one of the two is shown. Nobody is to hear what he says himself.
function createPlace(isOwn, tell) {
  let element = null;
  let shown = null;
  let kinds = '';
  let wasMuted;
  let isBlocked = false;
  // Only what became of the last attempt to play is true.
  let attempt = 0;

  function put(next, stream) {
    if (next !== element) {
      release();
      take(next);
    }
    if (!element) return;
    // One that has not begun may wait for the first picture of a camera that is off by now.
    const isWaiting = element.readyState === 0 && kindsOf(stream) !== kinds;
    if (element.srcObject !== stream || isWaiting) {
      element.srcObject = stream;
      kinds = kindsOf(stream);
      forget();
    }
    shown = stream;
    // The browser may have paused it, and its user may have touched the page meanwhile.
    play();
  }

  function take(next) {
    element = next;
    if (!element) return;
    // Else a phone shows it on the whole screen.
    element.playsInline = true;
    wasMuted = element.muted;
    if (isOwn) element.muted = true;
  }

  // An element that has left the page would be heard all the same. By now it may show the other stream.
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
    if (!element?.srcObject) return;
    if (!element.paused) {
      isBlocked = false;
      return;
    }
    const mine = (attempt += 1);
    const ended = (isRefused) => {
      if (mine !== attempt) return;
      isBlocked = isRefused;
      tell();
    };
    // Other refusals, as of an element whose stream was replaced meanwhile, are none that a tap could end.
    new Promise((resolve) => resolve(element.play())).then(
      () => ended(false),
      (error) => ended(error?.name === 'NotAllowedError'),
    );
  }

  return { put, play, isBlocked: () => isBlocked };
}

const kindsOf = (stream) => String(stream?.getTracks().map(({ kind }) => kind));
