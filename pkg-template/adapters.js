// The host's way to send requests. An adapter is a function connect(url, headers, timeout), which gives
// the function send(idempotencyKey, body). That one resolves with {status, body}, whatever the status, or with undefined
// when the time is over, and rejects with the host's own error.

import { IDEMPOTENCY_KEY_HEADER } from './contract.js';
import { VoipPluginError } from './errors.js';

const PARAMETER = 1004;
const UNSUPPORTED = 1011;

// What configure was given, else the host's own wx where it has a request, else its fetch.
export function chooseAdapter(options) {
  const { fetch: injectedFetch, wx: injectedWx } = options;
  if (injectedFetch != null && injectedWx != null) {
    throw fail(PARAMETER, 'configure.wx: expected either fetch or wx, got both');
  }
  if (injectedFetch != null) {
    if (typeof injectedFetch === 'function') return overFetch(injectedFetch);
    throw fail(PARAMETER, "configure.fetch: expected a function like the platform's fetch");
  }
  if (injectedWx != null) {
    if (canRequest(injectedWx)) return overWx(injectedWx);
    throw fail(PARAMETER, "configure.wx: expected an object with a request function");
  }
  if (typeof wx !== 'undefined' && canRequest(wx)) return overWx(wx);
  if (typeof fetch === 'function') return overFetch((url, init) => fetch(url, init));
  throw fail(UNSUPPORTED, 'this host has neither wx.request nor fetch: pass one to configure');
}

const canRequest = (wx) => wx != null && typeof wx.request === 'function';

const fail = (errCode, reason) => new VoipPluginError(errCode, `initByCaller:fail ${reason}`);

export function overFetch(fetch) {
  return (url, headers, timeout) => (idempotencyKey, body) => {
    // Without it a connection that has timed out stays open until the service closes it.
    const controller = typeof AbortController === 'function' ? new AbortController() : undefined;
    const init = {
      method: 'POST',
      headers: withKey(headers, idempotencyKey),
      body,
      signal: controller?.signal,
    };
    return within(
      timeout,
      (resolve, reject) => {
        const read = (response) =>
          Promise.resolve(response.text()).then((text) => {
            resolve({ status: response.status, body: text });
          });
        Promise.resolve(fetch(url, init)).then(read).then(undefined, reject);
      },
      () => controller?.abort(),
    );
  };
}

export function overWx(wx) {
  return (url, headers, timeout) => (idempotencyKey, data) =>
    within(timeout, (resolve, reject) => {
      wx.request({
        url,
        method: 'POST',
        header: withKey(headers, idempotencyKey),
        data,
        // Anything but "json" leaves the body a string.
        dataType: 'text',
        timeout,
        success: (answer) => resolve({ status: answer?.statusCode, body: answer?.data }),
        fail: reject,
      });
    });
}

// A key names a request, so that the service makes one room for it however often it arrives. Each party
// has keys of its own, so they need not be secret; mini-programs have no better source of randomness.
const random = () => Math.random().toString(36).slice(2);
const keyPrefix = random() + random();
let keys = 0;

export const newKey = () => `${keyPrefix}-${keys++}`;

const withKey = (headers, key) => ({ ...headers, [IDEMPOTENCY_KEY_HEADER]: key });

// Settles once. The host may call back at once, twice or never.
function within(timeout, start, onTimeout) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(undefined);
      onTimeout?.();
    }, timeout);
    const end = (settle) => (value) => {
      clearTimeout(timer);
      settle(value);
    };
    try {
      start(end(resolve), end(reject));
    } catch (error) {
      end(reject)(error);
    }
  });
}
