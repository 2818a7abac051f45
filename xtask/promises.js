// The futures of the wasm go on by the host's queueMicrotask, where there is one. Tests replace it together with the timers,
// and then nothing would go on until they let it. Promises they leave alone, and mini-programs have nothing else.

/** @param {() => void} callback */
export function queueMicrotask(callback) {
  Promise.resolve().then(callback);
}

// The wasm asks it for queueMicrotask alone.
const scope = { queueMicrotask };
export { scope as globalThis };
