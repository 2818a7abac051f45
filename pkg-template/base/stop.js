// What stops a call while it starts: the signal that came with it, whoever hangs up, a page that goes away.

/** `heard` are called when it `now(reason)` stops, once; `end` is for who began to listen to a signal. */
export function createStop() {
  const heard = new Set();
  const stop = { heard, isStopped: false, now, end() {} };
  function now(reason) {
    if (stop.isStopped) return;
    stop.isStopped = true;
    stop.reason = reason;
    for (const listener of heard) listener();
  }
  return stop;
}
