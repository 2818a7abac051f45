// The host of one call: all that the wasm asks of it shares one idempotency key, one deadline and one stop.

import { clock } from '../base/clock.js';
import { IDEMPOTENCY_KEY_HEADER } from '../generated/contract.js';
import { random } from '../base/random.js';
import { settled } from '../base/settled.js';

// Gives the function that makes one: open(stop). A deviceToken is kept as a secret.
export const along = (adapter, getDeviceToken, keep) => (url, commonHeaders, timeout) => (stop) => {
  const key = newKey();
  // The call's time begins when it first waits.
  let end;
  const left = () => {
    const now = clock();
    end ??= now + timeout;
    // Where only the wall clock is there, it may have been set back.
    return Math.max(1, Math.min(timeout, Math.ceil(end - now)));
  };
  // Adapters are foreign code in part, so each request gets headers of its own.
  const request = (method, timeout, body) => {
    const headers = Object.assign({}, commonHeaders, { [IDEMPOTENCY_KEY_HEADER]: key });
    return { url, method, headers, body, timeout };
  };

  return {
    isCancelled: () => stop.isStopped,
    reason: () => stop.reason,

    deviceToken: () =>
      getDeviceToken &&
      settled(left(), stop, (done, failed) => {
        Promise.resolve(getDeviceToken()).then((token) => {
          keep(token);
          done({ token });
        }, failed);
      }),

    send(body) {
      const toCreate = request('POST', left(), body);
      return settled(toCreate.timeout, stop, (done, failed) => adapter(toCreate, done, failed));
    },

    retract() {
      const toDelete = request('DELETE', timeout, '');
      settled(timeout, undefined, (done, failed) => adapter(toDelete, done, failed)).catch(() => {});
    },
  };
};

// A key names a call, so that the service makes one room for it however often it arrives. Each party
// has keys of its own.
const keyPrefix = random() + random();
let keys = 0;

const newKey = () => `${keyPrefix}-${keys++}`;
