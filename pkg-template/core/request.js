// The host of one request: all that the wasm asks of it shares one idempotency key, one deadline and one stop.

/** @import { Core, Stop } from '../types/core.js' */
/** @import { Adapter, Host, HostAnswer, HostRequest, Method } from '../types/wasm.js' */

import { clock } from '../base/clock.js';
import { random } from '../base/random.js';
import { settled } from '../base/settled.js';
import { CALLS_PATH, FIELDS, IDEMPOTENCY_KEY_HEADER } from '../generated/contract.js';
import { snapshot } from './snapshot.js';

/**
 * Gives the function that makes one: open(stop), where the stop may be missing. What a host says is rid of secrets before
 * the wasm sees it, because the wasm cuts off what is long. A deviceToken is kept as a secret.
 *
 * @type {(adapter: Adapter, getDeviceToken: (() => unknown) | undefined, core: Pick<Core, 'keep' | 'redacted'>) => Host['connect']}
 */
export const along =
  (adapter, getDeviceToken, { keep, redacted }) =>
  (endpoint, commonHeaders, timeout) =>
  (stop) => {
    /** @type {string | undefined} */
    let key;
    // The time begins when it first waits.
    /** @type {number | undefined} */
    let end;
    const left = () => {
      const now = clock();
      end ??= now + timeout;
      // Where only the wall clock is there, it may have been set back.
      return Math.max(1, Math.min(timeout, Math.ceil(end - now)));
    };
    /** @type {typeof settled} */
    const asked = (timeout, stop, start) =>
      settled(timeout, stop, start).catch((error) => {
        throw redacted(error);
      });
    // Adapters are foreign code in part, so each request gets headers of its own.
    /** @type {(method: Method, path: string, body: string, isKeyed: boolean, keepalive: boolean, timeout: number) => HostRequest} */
    const request = (method, path, body, isKeyed, keepalive, timeout) => {
      const headers = Object.assign({}, commonHeaders);
      if (isKeyed) headers[IDEMPOTENCY_KEY_HEADER] = key ??= newKey();
      return { url: endpoint + path, method, headers, body, timeout, keepalive };
    };
    /** @type {(answer: HostAnswer) => HostAnswer} */
    const received = ({ status, body, retryAfter }) => ({ status, body: parsed(body, redacted), retryAfter });

    return {
      isCancelled: () => stop?.isStopped === true,
      reason: () => redacted(/** @type {Stop} */ (stop).reason),

      deviceToken: () =>
        getDeviceToken &&
        asked(left(), stop, (done, failed) => {
          Promise.resolve(getDeviceToken()).then((token) => {
            keep(token);
            done({ token });
          }, failed);
        }),

      // Where the answer says when to ask again, and there is time for that, it is asked again: RFC 6585, 4 and RFC 9110, 15.6.4.
      async send(method, path, body, isKeyed, keepalive) {
        for (;;) {
          const toSend = request(method, path, body, isKeyed, keepalive, left());
          const answer = await asked(toSend.timeout, stop, (done, failed) =>
            adapter(toSend, (answer) => done(received(answer)), failed),
          );
          const { status, retryAfter } = answer ?? {};
          // What may be asked at once is asked a little later.
          const ms = Math.max(100, Number(retryAfter || NaN) * 1000);
          if ((status !== 429 && status !== 503) || !(ms < left())) return answer;
          await settled(ms, stop, () => {});
        }
      },

      retract() {
        const toDelete = request('DELETE', CALLS_PATH, '', true, false, timeout);
        settled(timeout, undefined, (done, failed) => adapter(toDelete, done, failed)).catch(() => {});
      },
    };
  };

/**
 * Some hosts parse JSON themselves. What is no object is only described.
 *
 * @param {unknown} body
 * @param {Core['redacted']} redacted
 */
function parsed(body, redacted) {
  let value = body;
  try {
    if (typeof body === 'string') value = JSON.parse(body);
  } catch {
    // It is no JSON.
  }
  return typeof value === 'string' ? redacted(value) : snapshot(value, FIELDS.answer, redacted);
}

// A key names a call, so that the service makes one room for it however often it arrives. Each party
// has keys of its own.
const keyPrefix = random() + random();
let keys = 0;

const newKey = () => `${keyPrefix}-${keys++}`;
