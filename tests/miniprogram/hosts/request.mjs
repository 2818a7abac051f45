// `wx.request` as the platform documents it, over Node's http.

import { request as open } from 'node:http';

/** A host's clock is not ours: it gives up a little later than it was told. */
const SLACK_MS = 300;

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'];

export function request({ url, method, header, data, dataType, timeout, success, fail }) {
  if (!METHODS.includes(method)) throw new TypeError(`request:fail invalid method ${method}`);
  if (!(timeout > 0 && timeout <= 60_000)) throw new TypeError(`request:fail invalid timeout ${timeout}`);
  const sent = open(url, { method, headers: { ...header } });
  const late = setTimeout(() => sent.destroy(new Error('timeout')), timeout + SLACK_MS);
  // Every status is a success to the platform.
  sent.on('response', (response) => {
    const chunks = [];
    response.on('data', (chunk) => chunks.push(chunk));
    response.on('error', failed);
    response.on('end', () => {
      clearTimeout(late);
      const text = Buffer.concat(chunks).toString();
      const body = dataType === 'json' ? JSON.parse(text) : text;
      success({ data: body, statusCode: response.statusCode, header: response.headers });
    });
  });
  const failed = (error) => {
    clearTimeout(late);
    fail({ errMsg: `request:fail ${error.message}`, errno: 600001 });
  };
  sent.on('error', failed);
  sent.end(data);
  return { abort: () => sent.destroy(new Error('abort')) };
}
