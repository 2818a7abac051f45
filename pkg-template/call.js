// The host of one call: all that the wasm asks of it shares one idempotency key, one deadline and one signal.

import { IDEMPOTENCY_KEY_HEADER } from './contract.js';

// Gives the function that makes one: open(signal).
export const along = (adapter, getDeviceToken) => (url, commonHeaders, timeout) => (signal) => {
  const key = newKey();
  // The call's time begins when it first waits.
  let end;
  const left = () => {
    const now = Date.now();
    end ??= now + timeout;
    // A clock that was set back must not make a call longer.
    return Math.max(1, Math.min(timeout, end - now));
  };
  // Adapters are foreign code in part, so each request gets headers of its own.
  const request = (method, timeout, body) => {
    const headers = { ...commonHeaders, [IDEMPOTENCY_KEY_HEADER]: key };
    return { url, method, headers, body, timeout };
  };

  return {
    isCancelled: () => signal?.aborted === true,
    reason: () => signal.reason,

    deviceToken: () =>
      getDeviceToken &&
      settled(left(), signal, (done, failed) => {
        Promise.resolve(getDeviceToken()).then((token) => done({ token }), failed);
      }),

    send(body) {
      const toCreate = request('POST', left(), body);
      return settled(toCreate.timeout, signal, (done, failed) => adapter(toCreate, done, failed));
    },

    retract() {
      const toDelete = request('DELETE', timeout, '');
      settled(timeout, undefined, (done, failed) => adapter(toDelete, done, failed)).catch(() => {});
    },
  };
};

// A key names a call, so that the service makes one room for it however often it arrives. Each party
// has keys of its own, so they need not be secret; mini-programs have no better source of randomness.
const random = () => Math.random().toString(36).slice(2);
const keyPrefix = random() + random();
let keys = 0;

const newKey = () => `${keyPrefix}-${keys++}`;

// Settles once: with what `start` is done with or fails with, with undefined when the time is over, with null
// when the signal is aborted. The host may call back at once, twice or never.
function settled(timeout, signal, start) {
  return new Promise((resolve, reject) => {
    let giveUp;
    const finish = (settle, value) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle(value);
    };
    const stop = (value) => {
      finish(resolve, value);
      try {
        giveUp?.();
      } catch {
        // The host cannot give it up, and is not waited for.
      }
    };
    const onAbort = () => stop(null);
    const timer = setTimeout(stop, timeout, undefined);
    try {
      if (signal?.aborted) return stop(null);
      signal?.addEventListener('abort', onAbort);
      giveUp = start(
        (value) => finish(resolve, value),
        (error) => finish(reject, error),
      );
    } catch (error) {
      finish(reject, error);
    }
  });
}
