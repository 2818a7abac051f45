// What becomes of properties that throw, and how the problems of a request are told. How often and when a
// request is read is in reads.test.mjs.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { assertKeepsSecrets, assertRejects, assertWorks, configured, fakeFetch } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { ORDER, sample, SUCCESS } from '../../support/requests.mjs';

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
      problem('roomType', "'voice' or 'video'", 'nothing', "'voice' 或 'video'", '未传'),
      problem('caller', 'an object', 'an array', '对象', '数组'),
      problem('listener.id', 'a non-empty string', 'an empty string', '非空字符串', '空字符串'),
      problem('listener.name', 'a string', '7', '字符串', '7'),
      problem('listener.cameraStatus', 'the number 0 (on) or 1 (off)', 'NaN', '数字 0（开启）或 1（关闭）', 'NaN'),
      problem('businessType', 'the number 0, 1, 2 or 3', "the string '1'", '数字 0、1、2 或 3', "字符串 '1'"),
      problem('voipToken', 'a string', 'a string with lone surrogates', '字符串', '含有孤立代理项的字符串'),
      problem(
        'miniprogramState',
        "'formal', 'trial' or 'developer'",
        "the string 'release'",
        "'formal'、'trial' 或 'developer'",
        "字符串 'release'",
      ),
      problem(
        'customQuery',
        'percent-encoded pairs such as a=1&b=2',
        "the string 'a=1&&b=2' with a pair that has no key",
        '经百分号编码的键值对，如 a=1&b=2',
        "字符串 'a=1&&b=2'，其中有一对没有键",
      ),
      problem('timeLimit', 'a number of seconds greater than 0', '-1', '大于 0 的数字（秒）', '-1'),
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
        calls.push(
          module.default.initByCaller(sample()).catch((error) => error),
          module.check({}),
        );
        return 'voice';
      },
    });
    assert.deepEqual(await module.default.initByCaller(request), SUCCESS);
    const [busy, problems] = await Promise.all(calls);
    assert.equal(busy.errCode, 1005, 'the first call is under way by then');
    assert.equal(problems.length, 3 + 1, 'roomType, caller, listener and the token');
  });
});

/** What `check` says of a field, in English and in Chinese. */
function problem(path, expected, got, expectedZh, gotZh) {
  return { path, code: 1004, expected, got, zh: { expected: expectedZh, got: gotZh } };
}
