// A room service in memory, for the tests of code that calls. It fakes the way to the service and nothing else: the
// module under test is the real one, with its own checks and error classes.

/** @import { FetchInit, WxLike } from './index.js' */
/** @import { Answer, AnswerFunction, FakeCall, FakeService, HttpAnswer, RefusalAnswer, RoomAnswer } from './testing.js' */

import { CODES } from './generated/codes.js';
import { IDEMPOTENCY_KEY_HEADER } from './generated/contract.js';

const ENDPOINT = 'http://fake.test';
const PATH = '/v1/calls';
/** What makes a call: of `initByCaller`, `callWMPF` and `callDevice`. */
const PATHS = [PATH, '/v1/wmpf-calls', '/v1/device-calls'];
/** How a call without a page is ended. */
const SIGNALS = /\/v1\/calls\/([^/]+)\/signals$/;
/** So short that a call which nobody answers costs a test next to nothing. */
const TIMEOUT_MS = 50;

/** @typedef {Answer | AnswerFunction} Attempt */
/** @typedef {{ status: number, body: string }} Response */
/** @typedef {{ path: string, token: string, body: any, attempts: number, isCancelled: boolean }} WritableCall */

/** @returns {FakeService} */
export function createFakeService() {
  /** @type {WritableCall[]} */
  const calls = [];
  /** @type {Attempt[][]} */
  const script = [];
  /** @type {Map<string, { call: WritableCall, attempts: Attempt[], roomId: string }>} */
  const byKey = new Map();

  /** @type {FakeService['answer']} */
  function answer(...answers) {
    script.push(...answers.map((answer, index) => checkedAttempts(answer, `answer ${index + 1}`)));
  }

  /**
   * Gives the HTTP response, rejects where the host cannot send, and never settles where nobody answers.
   *
   * @param {string} url
   * @param {Partial<FetchInit>} [init]
   * @returns {Promise<Response>}
   */
  async function receive(url, { method, headers = {}, body = '' } = {}) {
    const [path = ''] = /\/v1\/.*$/.exec(url) ?? [];
    const ended = method === 'POST' && SIGNALS.exec(path);
    if (ended) return hangUp(decodeURIComponent(ended[1]));
    const isKnown = method === 'POST' ? PATHS.includes(path) : method === 'DELETE' && path === PATH;
    if (!isKnown) {
      throw new Error(
        `the fake service has DELETE ${PATH} and POST ${PATHS.join(', ')}, and no ${method ?? 'GET'} ${url}`,
      );
    }
    const key = headers[IDEMPOTENCY_KEY_HEADER];
    if (method === 'DELETE') {
      const known = byKey.get(key);
      if (known) known.call.isCancelled = true;
      return { status: 204, body: '' };
    }
    // The module repeats a request with the same key: it is the same call.
    let entry = byKey.get(key);
    if (entry === undefined) {
      const call = callOf(path, headers, body);
      calls.push(call);
      entry = { call, attempts: script.shift() ?? [{}], roomId: `fake-room-${calls.length}` };
      byKey.set(key, entry);
    }
    const { call, attempts } = entry;
    call.attempts += 1;
    const scripted = attempts[Math.min(call.attempts, attempts.length) - 1];
    const answer =
      typeof scripted === 'function'
        ? checked((await scripted(/** @type {FakeCall} */ (call))) ?? {}, 'what the function of an answer gave')
        : scripted;
    entry.roomId = /** @type {RoomAnswer} */ (answer).roomId ?? entry.roomId;
    return respond(answer, entry.roomId);
  }

  /** @param {string} roomId */
  function hangUp(roomId) {
    for (const { call, roomId: known } of byKey.values()) if (known === roomId) call.isCancelled = true;
    return { status: 200, body: JSON.stringify({ reply: 'done' }) };
  }

  /** @type {FakeService['fetch']} */
  async function fetch(url, init) {
    const { status, body } = await receive(String(url), init);
    return { status, text: async () => body };
  }

  /** @type {WxLike} */
  const wx = {
    request({ url, method, header, data, success, fail }) {
      receive(url, { method, headers: header, body: data }).then(
        ({ status, body }) => {
          const answer = { statusCode: status, data: body, header: {} };
          success?.(answer);
        },
        (error) => fail?.({ errMsg: `request:fail ${error.message}` }),
      );
      return { abort() {} };
    },
  };

  // Every option is among them, so that nothing is left of what an earlier test has configured.
  const options = {
    endpoint: ENDPOINT,
    token: 'fake-session-token',
    timeout: TIMEOUT_MS,
    role: undefined,
    getDeviceToken: undefined,
    fetch,
    wx: undefined,
    WebSocket: undefined,
    connectSocket: undefined,
  };
  // Their paths say of which function they are.
  return { options, fetch, wx, answer, calls: /** @type {FakeCall[]} */ (calls) };
}

/**
 * What was sent, as a test looks at it. Tokens can be read and are not enumerable, so that nothing prints them.
 *
 * @param {string} path
 * @param {Record<string, string>} headers
 * @param {string} text
 * @returns {WritableCall}
 */
function callOf(path, headers, text) {
  const { voipToken, deviceToken, pushToken, ...body } = JSON.parse(text);
  hide(body, { voipToken, deviceToken, pushToken });
  // The other two are defined below, because they are not enumerable.
  const call = /** @type {WritableCall} */ ({ body, attempts: 0, isCancelled: false });
  hide(call, { path });
  hide(call, { token: headers.authorization.replace('Bearer ', '') });
  return call;
}

/**
 * @param {object} object
 * @param {Record<string, unknown>} members
 */
function hide(object, members) {
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) Object.defineProperty(object, name, { value });
  }
}

/**
 * @param {Answer} answer
 * @param {string} newRoomId
 * @returns {Response | Promise<Response>}
 */
function respond(answer, newRoomId) {
  if (answer === 'offline') throw new Error('the fake service is offline');
  if (answer === 'silent') return new Promise(() => {});
  if (answer === 'garbage') return { status: 200, body: '<!doctype html><title>Log in</title>' };
  const {
    roomId = newRoomId,
    chargeType = 'duration',
    errCode,
    errMsg,
    status,
  } = /** @type {Partial<RoomAnswer & RefusalAnswer & HttpAnswer>} */ (answer);
  if (status !== undefined) return { status, body: '' };
  if (errCode === undefined) return { status: 201, body: JSON.stringify({ roomId, chargeType }) };
  const refusal = { errcode: errCode, errmsg: errMsg ?? CODES[errCode]?.en.meaning };
  // The module looks at the code and not at the status of a refusal.
  return { status: 400, body: JSON.stringify(refusal) };
}

/**
 * The answer to each attempt of one call.
 *
 * @param {Attempt | Attempt[]} answer
 * @param {string} where
 */
function checkedAttempts(answer, where) {
  const attempts = Array.isArray(answer) ? answer : [answer];
  if (attempts.length === 0) throw wrong(where, 'an answer to each attempt', 'an empty array');
  return attempts.map((attempt, index) => {
    const which = attempts === answer ? `attempt ${index + 1} of ${where}` : where;
    return typeof attempt === 'function' ? attempt : checked(attempt, which);
  });
}

const FAILURES = ['offline', 'silent', 'garbage'];

// The rules of callWMPF and callDevice are the service's: 1004.
const SERVICE_CODES = Object.keys(CODES).filter((code) => CODES[code]?.raisedBy === 'backend' || code === '1004');

/** @param {unknown} value */
const isTextOrLeftOut = (value) => value === undefined || (typeof value === 'string' && value !== '');

/**
 * What the members of an answer have to be, and which of them belong together.
 *
 * @type {Record<string, [isRight: (value: any) => boolean, expected: string]>}
 */
const MEMBERS = {
  roomId: [isTextOrLeftOut, 'a non-empty string'],
  chargeType: [(value) => [undefined, 'duration', 'license'].includes(value), "'duration' or 'license'"],
  errCode: [
    (value) => typeof value === 'number' && SERVICE_CODES.includes(String(value)),
    `a code that the service answers with (${SERVICE_CODES.join(', ')})`,
  ],
  errMsg: [isTextOrLeftOut, 'a non-empty string'],
  status: [(value) => Number.isInteger(value) && value >= 300 && value <= 599, 'an HTTP status from 300 to 599'],
};
const FORMS = [['roomId', 'chargeType'], ['errCode', 'errMsg'], ['status']];

/**
 * Gives the answer, or throws what is wrong with it.
 *
 * @param {any} answer it may be anything
 * @param {string} where
 * @returns {Answer}
 */
function checked(answer, where) {
  if (FAILURES.includes(answer)) return answer;
  if (typeof answer === 'number') return checked({ errCode: answer }, where);
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw wrong(where, "an errCode, an object, 'offline', 'silent' or 'garbage'", described(answer));
  }
  const names = Object.keys(answer);
  if (!FORMS.some((form) => names.every((name) => form.includes(name)))) {
    const expected = FORMS.map((form) => form.join(' and ')).join(', or ');
    throw wrong(where, expected, names.join(' and '));
  }
  // An errMsg alone says nothing.
  for (const name of 'errMsg' in answer ? FORMS[1] : names) {
    const [isRight, expected] = MEMBERS[name];
    const value = answer[name];
    const got = name === 'errCode' ? describedCode(value) : described(value);
    if (!isRight(value)) throw wrong(`${name} of ${where}`, expected, got);
  }
  return answer;
}

/** @param {unknown} code */
function describedCode(code) {
  if (code === 1002) return "1002, which comes from 'offline', 'silent' and { status }";
  if (code === 1003) return "1003, which comes from 'garbage'";
  const known = typeof code === 'number' && CODES[code];
  if (!known) return `${described(code)}, which the contract does not have`;
  return `${code} (${known.name}), which the service does not raise when a call is created`;
}

/** @param {unknown} value */
function described(value) {
  if (typeof value === 'string') return `'${value}'`;
  const isPlain = value == null || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? String(value) : `a value of type ${typeof value}`;
}

/** @type {(where: string, expected: string, got: string) => TypeError} */
const wrong = (where, expected, got) => new TypeError(`${where}: expected ${expected}, got ${got}`);
