// The host's way to send requests. An adapter is a function of a request and of two callbacks: done({status, body}),
// whatever the status, and failed(error), with the host's own error. It gives a function that gives the request up.

/** @import { FetchInit, FetchLike, WxLike } from '../index.js' */
/** @import { Adapter } from '../types/wasm.js' */

/** @type {(fetch: FetchLike) => Adapter} */
export const overFetch = (fetch) => (request, done, failed) => {
  const { url, method, headers, body, keepalive } = request;
  // Without it a connection that has timed out stays open until the service closes it.
  const controller = typeof AbortController === 'function' ? new AbortController() : undefined;
  /** @param {Awaited<ReturnType<FetchLike>>} response */
  const read = (response) =>
    Promise.resolve(response.text()).then((body) =>
      done({ status: response.status, body, retryAfter: response.headers?.get('retry-after') }),
    );
  /** @type {FetchInit} */
  const init = { method, headers, body, signal: controller?.signal };
  if (keepalive) init.keepalive = true;
  Promise.resolve(fetch(url, init)).then(read).then(undefined, failed);
  return () => controller?.abort();
};

/** @type {(wx: WxLike) => Adapter} */
export const overWx = (wx) => (request, done, failed) => {
  const { url, method, headers, body, timeout } = request;
  /** @param {{ statusCode: number, data: unknown, header?: Record<string, unknown> }} answer */
  const success = (answer) => {
    try {
      const { statusCode: status, data: body, header = {} } = answer ?? {};
      done({ status, body, retryAfter: header['Retry-After'] ?? header['retry-after'] });
    } catch (error) {
      // A getter of the answer threw; the host could not do anything with that.
      failed(error);
    }
  };
  // What a host gives may be anything: nothing, a task, or a promise of one.
  const task = /** @type {{ then?: Function, abort?: () => void } | undefined} */ (
    wx.request({
      url,
      method,
      header: headers,
      data: body,
      // Anything but "json" leaves the body a string.
      dataType: 'text',
      timeout,
      success,
      fail: failed,
    })
  );
  // A wrapper around the platform's function may be async, and fail as such.
  if (typeof task?.then === 'function') task.then(undefined, failed);
  return () => task?.abort?.();
};
