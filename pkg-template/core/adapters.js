// The host's way to send requests. An adapter is a function of a request {url, method, headers, body, timeout, keepalive}
// and of two callbacks: done({status, body}), whatever the status, and failed(error), with the host's own
// error. It gives a function that gives the request up.

export const overFetch = (fetch) => (request, done, failed) => {
  const { url, method, headers, body, keepalive } = request;
  // Without it a connection that has timed out stays open until the service closes it.
  const controller = typeof AbortController === 'function' ? new AbortController() : undefined;
  const read = (response) =>
    Promise.resolve(response.text()).then((text) => done({ status: response.status, body: text }));
  const init = { method, headers, body, signal: controller?.signal };
  if (keepalive) init.keepalive = true;
  Promise.resolve(fetch(url, init))
    .then(read)
    .then(undefined, failed);
  return () => controller?.abort();
};

export const overWx = (wx) => (request, done, failed) => {
  const { url, method, headers, body, timeout } = request;
  const success = (answer) => {
    try {
      done({ status: answer?.statusCode, body: answer?.data });
    } catch (error) {
      // A getter of the answer threw; the host could not do anything with that.
      failed(error);
    }
  };
  const task = wx.request({
    url,
    method,
    header: headers,
    data: body,
    // Anything but "json" leaves the body a string.
    dataType: 'text',
    timeout,
    success,
    fail: failed,
  });
  // A wrapper around the platform's function may be async, and fail as such.
  if (typeof task?.then === 'function') task.then(undefined, failed);
  return () => task?.abort?.();
};
