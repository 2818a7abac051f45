// What becomes of properties that throw, and how the problems of a request are told. How often and when a
// request is read is in reads.test.mjs.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { assertKeepsSecrets, assertRejects, assertWorks, configured, fakeFetch } from '../support/fakes.mjs';
import { freshModule } from '../support/module.mjs';
import { ORDER, sample, SUCCESS } from '../support/requests.mjs';

const throwing = (message) => ({
  enumerable: true,
  get() {
    throw new Error(message);
  },
});

describe('a request is read', { timeout: 60_000 }, () => {
  const host = fakeFetch();
  const module = configured(freshModule(), { fetch: host.fetch });
  beforeEach(() => assertWorks(module, host));

  it('and never changed', async () => {
    const freeze = (value) => {
      if (typeof value === 'object') Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    assert.deepEqual(await module.default.initByCaller(freeze(sample())), SUCCESS);
  });

  for (const path of ORDER) {
    it(`with an error that names ${path} when it throws`, async () => {
      const request = sample();
      const [first, second] = path.split('.');
      const owner = second ? request[first] : request;
      Object.defineProperty(owner, second ?? first, throwing('boom'));
      const [problem, ...more] = await module.check(request);
      assert.deepEqual(more, []);
      assert.deepEqual([problem.path, problem.code], [path, 1004]);
      const why = path === 'voipToken' ? '' : ' (boom)';
      assert.equal(problem.got, `a property that throws when it is read${why}`);
      const errMsg = `initByCaller:fail ${path}: expected ${problem.expected}, got ${problem.got}`;
      await assertRejects(module, module.default.initByCaller(request), 1004, errMsg);
    });
  }

  it('with all problems at once, in the order of the table', async () => {
    const request = {
      timeLimit: -1,
      customQuery: 'a=1&&b=2',
      miniprogramState: 'release',
      voipToken: 'ticket-s3cret\ud800',
      businessType: '1',
      listener: { cameraStatus: NaN, name: 7, id: '' },
      caller: [],
    };
    const problems = await module.check(request);
    assert.deepEqual(problems, [
      { path: 'roomType', code: 1004, expected: "'voice' or 'video'", got: 'nothing' },
      { path: 'caller', code: 1004, expected: 'an object', got: 'an array' },
      { path: 'listener.id', code: 1004, expected: 'a non-empty string', got: 'an empty string' },
      { path: 'listener.name', code: 1004, expected: 'a string', got: '7' },
      {
        path: 'listener.cameraStatus',
        code: 1004,
        expected: 'the number 0 (on) or 1 (off)',
        got: 'NaN',
      },
      {
        path: 'businessType',
        code: 1004,
        expected: 'the number 0, 1, 2 or 3',
        got: "the string '1'",
      },
      {
        path: 'voipToken',
        code: 1004,
        expected: 'a string',
        got: 'a string with lone surrogates',
      },
      {
        path: 'miniprogramState',
        code: 1004,
        expected: "'formal', 'trial' or 'developer'",
        got: "the string 'release'",
      },
      {
        path: 'customQuery',
        code: 1004,
        expected: 'percent-encoded pairs such as a=1&b=2',
        got: "the string 'a=1&&b=2' with a pair that has no key",
      },
      {
        path: 'timeLimit',
        code: 1004,
        expected: 'a number of seconds greater than 0',
        got: '-1',
      },
    ]);
    const said = problems.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
    const errMsg = `initByCaller:fail ${said.join('; ')}`;
    await assertRejects(module, module.default.initByCaller(request), 1004, errMsg);
    assertKeepsSecrets(JSON.stringify(problems));
  });

  it('with 1004 where more than the token is wrong, and 1001 where nothing else is', async () => {
    const request = { ...sample(), businessType: 2, voipToken: undefined };
    const token = "voipToken: expected the device's pushToken, a non-empty string, got nothing";
    const { initByCaller } = module.default;
    await assertRejects(module, initByCaller(request), 1001, `initByCaller:fail ${token}`);
    const type = "roomType: expected 'voice' or 'video', got nothing";
    request.roomType = undefined;
    await assertRejects(module, initByCaller(request), 1004, `initByCaller:fail ${type}; ${token}`);
  });

  it('also when a getter calls the module again', async () => {
    const calls = [];
    const request = Object.defineProperty(sample(), 'roomType', {
      get() {
        calls.push(module.default.initByCaller(sample()).catch((error) => error), module.check({}));
        return 'voice';
      },
    });
    assert.deepEqual(await module.default.initByCaller(request), SUCCESS);
    const [busy, problems] = await Promise.all(calls);
    assert.equal(busy.errCode, 1005, 'the first call is under way by then');
    assert.equal(problems.length, 3 + 1, 'roomType, caller, listener and the token');
  });
});
