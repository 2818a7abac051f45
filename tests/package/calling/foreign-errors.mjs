// Everything that a host can fail with, what a failure says about it, and the number that it takes from
// it. An error of a host is anything at all: JavaScript throws any value, and `wx` fails with plain objects.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { assertFailure, assertWorks, call } from '../../support/fakes.mjs';
import { ENDPOINT } from '../../support/requests.mjs';

const throwing = () => {
  throw new Error('a trap of the proxy threw');
};
const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'set'];
const hostile = () => new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, throwing])));
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const withGetters = () =>
  Object.defineProperties(
    {},
    Object.fromEntries(['message', 'errMsg', 'errno', 'code', 'cause'].map((key) => [key, { get: throwing }])),
  );
const NO_REASON = 'it gave no reason';

/** @type {Array<{ name: string, error: unknown, says: string, errno?: number }>} */
const FOREIGN_ERRORS = [
  { name: 'an Error', error: new Error('the line is cut'), says: 'the line is cut' },
  {
    name: 'an Error with a cause, as of Node',
    error: new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }),
    says: 'fetch failed (ECONNREFUSED)',
  },
  {
    name: 'an Error whose cause has only a code',
    error: new TypeError('fetch failed', { cause: { message: '', code: 'ECONNRESET' } }),
    says: 'fetch failed (ECONNRESET)',
  },
  {
    name: 'what wx fails with',
    error: { errMsg: 'request:fail timeout', errno: 5 },
    says: 'request:fail timeout',
    errno: 5,
  },
  { name: 'an errno that is no number', error: { errMsg: 'fail', errno: '5' }, says: 'fail' },
  { name: 'an errno with a fraction', error: { errMsg: 'fail', errno: 1.5 }, says: 'fail' },
  { name: 'an errno that is NaN', error: { errMsg: 'fail', errno: NaN }, says: 'fail' },
  { name: 'an errno out of range', error: { errMsg: 'fail', errno: 2 ** 40 }, says: 'fail' },
  {
    name: 'a negative errno',
    error: { errMsg: 'fail', errno: -101 },
    says: 'fail',
    errno: -101,
  },
  { name: 'an errMsg that is no string', error: { errMsg: 7, message: 'm' }, says: 'm' },
  { name: 'a message of a megabyte', error: new Error('x'.repeat(1e6)), says: 'x'.repeat(300) },
  { name: 'an empty object', error: {}, says: NO_REASON },
  { name: 'undefined', error: undefined, says: NO_REASON },
  { name: 'null', error: null, says: NO_REASON },
  { name: 'a string', error: 'no network', says: 'no network' },
  { name: 'an empty string', error: '', says: NO_REASON },
  { name: 'a number', error: 42, says: NO_REASON },
  { name: 'a boolean', error: false, says: NO_REASON },
  { name: 'a bigint', error: 10n, says: NO_REASON },
  { name: 'a symbol', error: Symbol('s'), says: NO_REASON },
  { name: 'a function', error: () => {}, says: NO_REASON },
  { name: 'an array', error: [1, 2], says: NO_REASON },
  { name: 'a proxy that throws', error: hostile(), says: NO_REASON },
  { name: 'a revoked proxy', error: revoked(), says: NO_REASON },
  { name: 'an object whose getters throw', error: withGetters(), says: NO_REASON },
  { name: 'an object without a prototype', error: Object.create(null), says: NO_REASON },
];

/** What errMsg says of a request that got no answer. */
export const failed = (reason) => `initByCaller:fail the request to ${ENDPOINT} failed: ${reason}`;

/**
 * Has a host fail with each of them in each of its ways, and looks for the error in what the call ends with.
 * @param {Array<[how: string, (error: unknown) => Function]>} ways what the host does with the error
 */
export function itKeepsForeignErrors(module, host, ways) {
  for (const { name, error, says, errno } of FOREIGN_ERRORS) {
    for (const [how, failingWith] of ways) {
      it(`${how} ${name}`, async () => {
        host.behave(failingWith(error));
        const errObj = assertFailure(module, await call(module), 1002, failed(says));
        assert.equal(errObj.cause === error, true, 'the cause is the very object');
        assert.equal(errObj.errno, errno);
        await assertWorks(module, host);
      });
    }
  }
}
