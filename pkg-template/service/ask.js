// One request to the room service, for all but initByCaller.

import { cgiFailure, failure } from '../base/failure.js';
import { BAD_ANSWER, INTERRUPTED, REQUEST_FAILED } from '../base/raised-codes.js';
import { settled } from '../base/settled.js';
import { targetOf } from './target.js';
import { textOf } from '../base/text-of.js';

/**
 * Gives what the service answers, an object; rejects with its refusal, or with why there was none. `key` makes a request
 * that is sent twice the same one; `stop` gives it up; with `keepalive` a browser sends it although the page is closed.
 */
export async function ask(core, api, { method = 'POST', path, body, key, stop, keepalive }) {
  const { options, endpoint, token, timeout } = targetOf(core, api);
  const send = adapterOf(core, api, options);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  if (key !== undefined) headers['idempotency-key'] = key;
  const request = { url: endpoint + path, method, headers, body: textOfBody(method, body), timeout, keepalive };
  let answer;
  try {
    answer = await settled(timeout, stop, (done, failed) => send(request, done, failed));
  } catch (error) {
    const reason = `the request to ${endpoint} failed: ${textOf(error)}`;
    throw cgiFailure(core, REQUEST_FAILED, api, reason, numberOf(error), error);
  }
  if (answer === null) {
    const reason = `the call was cancelled while it started: ${textOf(stop.reason)}`;
    throw cgiFailure(core, INTERRUPTED, api, reason, undefined, stop.reason);
  }
  if (answer === undefined) {
    throw cgiFailure(core, REQUEST_FAILED, api, `no answer from ${endpoint} within ${timeout} ms`);
  }
  return read(core, api, answer);
}

// Hosts refuse a GET that has any.
function textOfBody(method, body) {
  if (method === 'GET') return undefined;
  return body === undefined ? '' : JSON.stringify(body);
}

function read(core, api, { status, body }) {
  const answer = parsed(body);
  if (typeof answer?.errcode === 'number' && answer.errcode !== 0) {
    throw cgiFailure(core, answer.errcode, api, String(answer.errmsg));
  }
  if (!(status >= 200 && status < 300)) {
    throw cgiFailure(core, REQUEST_FAILED, api, `HTTP status ${status} without a body of the room service`);
  }
  if (!answer) {
    const reason = `HTTP status ${status} with a body that is not the room service's: expected an object`;
    throw cgiFailure(core, BAD_ANSWER, api, reason);
  }
  return answer;
}

// The host's way to send requests; what is wrong with it is said of `api`.
function adapterOf(core, api, options) {
  try {
    return core.chooseAdapter(options);
  } catch (error) {
    throw failure(core, error.errCode, api, error.errMsg.replace(/^\w+:fail /, ''));
  }
}

// Some hosts parse JSON themselves.
function parsed(body) {
  try {
    const value = typeof body === 'string' ? JSON.parse(body) : body;
    return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function numberOf(error) {
  try {
    return typeof error.errno === 'number' ? error.errno : undefined;
  } catch {
    return undefined;
  }
}
