// Every kind of value against every field of the request, and against the request itself.
//
// A field lists what it accepts, and what is then sent; whatever it does not list has to be refused, by
// `check` and by `initByCaller` alike, with the field's path, what it takes and what it got. Nothing of it may
// end in a trap: one instance goes through the whole table and works to the end.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { assertRejects, assertWorks, configured, fakeFetch } from '../support/fakes.mjs';
import { freshModule } from '../support/module.mjs';
import { sample, SUCCESS } from '../support/requests.mjs';
import { KINDS } from './kinds.mjs';

const MISSING = ['undefined', 'null'];
const names = (is) => KINDS.filter((kind) => kind.is === is).map(({ name }) => name);
const STRINGS = names('string');
const OBJECTS = names('object');
const NOT_EMPTY = STRINGS.filter((name) => name !== "''");
/** Strings that are no query: the rest has a key in each pair and nothing to decode. */
const QUERIES = STRINGS.filter((name) => name !== 'a NUL');

/** Where the value cannot be told from the default, or is not sent at all. */
const LEFT_OUT = Symbol('left out');
const defaulting = (to) => Object.fromEntries(MISSING.map((name) => [name, to]));
const TOO_LONG = ['4097 characters', 'ten million characters'];

/** @type {Array<{ path: string, expected: string, code?: number, accepts: string[], sends?: object, got?: object }>} */
const FIELDS = [
  { path: 'req', expected: 'an object', accepts: OBJECTS },
  { path: 'roomType', expected: "'voice' or 'video'", accepts: ["'voice'", "'video'"] },
  ...['caller', 'listener'].flatMap((party) => [
    { path: party, expected: 'an object', accepts: OBJECTS },
    { path: `${party}.id`, expected: 'a non-empty string', accepts: NOT_EMPTY },
    {
      path: `${party}.name`,
      expected: 'a string',
      accepts: [...MISSING, ...STRINGS],
      sends: defaulting(LEFT_OUT),
    },
    {
      path: `${party}.cameraStatus`,
      expected: 'the number 0 (on) or 1 (off)',
      accepts: [...MISSING, '0', '-0', '1'],
      sends: { ...defaulting(0), '-0': 0 },
    },
  ]),
  {
    path: 'businessType',
    expected: 'the number 0, 1, 2 or 3',
    accepts: [...MISSING, '0', '-0', '1', '2', '3'],
    sends: { ...defaulting(0), '-0': 0 },
  },
  {
    path: 'miniprogramState',
    expected: "'formal', 'trial' or 'developer'",
    accepts: [...MISSING, "'formal'", "'trial'", "'developer'"],
    sends: defaulting('formal'),
  },
  {
    path: 'customQuery',
    expected: 'percent-encoded pairs such as a=1&b=2',
    accepts: [...MISSING, ...QUERIES],
    sends: defaulting(LEFT_OUT),
    got: { 'a NUL': "the string 'a\ufffdb' with the character \ufffd (U+0000)" },
  },
  {
    path: 'timeLimit',
    expected: 'a number of seconds greater than 0',
    accepts: [...MISSING, '1', '2', '3', '4', '1.5', '4294967296', '4294967297', '1e+300', '5e-324'],
    sends: defaulting(LEFT_OUT),
  },
];

/** What voipToken takes depends on businessType. Its value is never shown. */
const TOKENS = [
  [0, "the payment's voip_token, a non-empty string", 1001, NOT_EMPTY],
  [1, 'the deviceToken, a string', 1004, [...MISSING, ...STRINGS]],
  [2, "the device's pushToken, a non-empty string", 1001, NOT_EMPTY],
  [3, "the payment's voip_token, a non-empty string", 1001, NOT_EMPTY],
].map(([businessType, expected, code, accepts]) => ({
  path: 'voipToken',
  businessType,
  expected,
  code,
  accepts,
  sends: { ...defaulting(LEFT_OUT), "''": LEFT_OUT },
}));

const set = (request, path, value) => {
  if (path === 'req') return value;
  const [first, second] = path.split('.');
  if (second) request[first][second] = value;
  else request[first] = value;
  return request;
};

const contentOf = (request, path) => {
  if (path === 'req') return request;
  return path in request && typeof request[path] === 'object' ? request[path] : {};
};

/** What is said of a token: what kind of value it is, how long a string is, and nothing else. */
const withoutValue = (kind) => {
  const value = kind.make({});
  if (kind.is === 'string') {
    const length = [...value].length;
    return length === 0 ? 'an empty string' : `a string of ${length} characters`;
  }
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'a boolean';
  return kind.got.replace(/^(a property that throws when it is read).*/, '$1');
};

describe('every kind of value', { timeout: 120_000 }, () => {
  const host = fakeFetch();
  const module = configured(freshModule(), { fetch: host.fetch });

  async function assertAccepts(field, kind, request, made) {
    assert.deepEqual(await module.check(request), []);
    host.calls.length = 0;
    assert.deepEqual(await module.default.initByCaller(request), SUCCESS);
    const sends = field.sends?.[kind.name] ?? made;
    const complete = {
      ...sample(),
      caller: { ...sample().caller, cameraStatus: 0 },
      listener: { ...sample().listener, cameraStatus: 0 },
      businessType: field.businessType ?? 1,
    };
    const isObject = OBJECTS.includes(kind.name);
    if (!isObject) set(complete, field.path, sends === LEFT_OUT ? undefined : sends);
    assert.deepEqual(JSON.parse(host.calls[0].init.body), JSON.parse(JSON.stringify(complete)));
  }

  async function assertRefuses(field, kind, request) {
    const { path, code = 1004, expected: plain } = field;
    const isToken = path === 'voipToken';
    const isTooLong = TOO_LONG.includes(kind.name);
    const expected = isTooLong ? `${plain} of at most 4096 characters` : plain;
    const got = field.got?.[kind.name] ?? (isToken ? withoutValue(kind) : kind.got);
    assert.deepEqual(await module.check(request), [{ path, code, expected, got }]);
    host.calls.length = 0;
    const errMsg = `initByCaller:fail ${path}: expected ${expected}, got ${got}`;
    const call = module.default.initByCaller(request);
    await assertRejects(module, call, code, errMsg);
    assert.equal(host.calls.length, 0, 'nothing was sent');
  }

  for (const field of [...FIELDS, ...TOKENS]) {
    const { path, businessType, accepts } = field;
    const suffix = businessType === undefined ? '' : ` (businessType ${businessType})`;
    describe(`${path}${suffix}`, () => {
      for (const kind of KINDS) {
        const accepted = accepts.includes(kind.name);
        it(`${accepted ? 'accepts' : 'refuses'} ${kind.name}`, async () => {
          const base = { ...sample(), ...(businessType === undefined ? {} : { businessType }) };
          const made = kind.make(contentOf(base, path));
          const request = set(base, path, made);
          if (accepted) await assertAccepts(field, kind, request, made);
          else await assertRefuses(field, kind, request);
        });
      }
    });
  }

  it('lists in each field only kinds that exist', () => {
    const all = new Set(KINDS.map(({ name }) => name));
    assert.equal(all.size, KINDS.length, 'no kind stands there twice');
    for (const { accepts } of [...FIELDS, ...TOKENS]) {
      assert.ok(accepts.length > 0);
      for (const name of accepts) assert.ok(all.has(name), name);
    }
  });

  it('leaves the instance working', async () => {
    await assertWorks(module, host);
  });
});
