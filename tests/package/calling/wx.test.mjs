// The adapter over wx.request: what exactly is sent, and a host that calls back twice, never, at once or with
// anything. The instance works after each of them.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { within } from '../../support/bounded.mjs';
import { assertFailure, assertWorks, call, configured, fakeWx, timers } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { ENDPOINT, ROOM, SUCCESS, TOKEN } from '../../support/requests.mjs';
import { ANSWERS } from './answers.mjs';
import { failed, itKeepsForeignErrors } from './foreign-errors.mjs';

const ANSWER = { statusCode: 201, data: JSON.stringify(ROOM) };

describe('over wx.request', { timeout: 60_000 }, () => {
  const host = fakeWx();
  const module = configured(freshModule(), { wx: host.wx });
  beforeEach(() => {
    host.calls.length = 0;
    host.behave();
  });

  it('posts the request', async () => {
    assert.deepEqual(await call(module, { customQuery: 'a=1' }), SUCCESS);
    const [{ self, options }, ...more] = host.calls;
    assert.deepEqual(more, []);
    assert.equal(self, host.wx, 'request is called as a method');
    const { header, data, success, fail, ...rest } = options;
    assert.deepEqual(rest, {
      url: 'http://room.test/v1/calls',
      method: 'POST',
      dataType: 'text',
      timeout: 10_000,
    });
    assert.deepEqual([typeof success, typeof fail], ['function', 'function']);
    assert.match(header['idempotency-key'], /^[\w-]{16,64}$/);
    assert.deepEqual(header, {
      'content-type': 'application/json',
      authorization: `Bearer ${TOKEN}`,
      'idempotency-key': header['idempotency-key'],
    });
    assert.deepEqual(JSON.parse(data), {
      roomType: 'video',
      caller: { id: 'SN-1', name: 'door', cameraStatus: 0 },
      listener: { id: 'open-id', name: 'Alice', cameraStatus: 0 },
      businessType: 1,
      voipToken: 'ticket-s3cret',
      miniprogramState: 'developer',
      customQuery: 'a=1',
    });
  });

  it('gives each call a key of its own', async () => {
    for (let n = 0; n < 50; n++) await call(module);
    const keys = host.calls.map(({ options }) => options.header['idempotency-key']);
    assert.equal(new Set(keys).size, 50);
  });

  for (const { name, status, body, errCode, says } of ANSWERS) {
    it(`answered with ${name}`, async () => {
      host.behave(({ success }) => setTimeout(success, 0, { statusCode: status, data: body }));
      const result = await call(module);
      if (errCode === undefined) assert.deepEqual(result, SUCCESS);
      else assertFailure(module, result, errCode, `initByCaller:fail ${says}`);
      await assertWorks(module, host);
    });
  }

  itKeepsForeignErrors(module, host, [
    [
      'failed with',
      (error) =>
        ({ fail }) =>
          setTimeout(fail, 0, error),
    ],
    [
      'failed synchronously with',
      (error) =>
        ({ fail }) =>
          fail(error),
    ],
    [
      'threw',
      (error) => () => {
        throw error;
      },
    ],
  ]);

  for (const [name, behave] of [
    ['synchronously', ({ success }) => success(ANSWER)],
    [
      'twice',
      ({ success }) => {
        success(ANSWER);
        success({ statusCode: 500, data: '' });
      },
    ],
    [
      'with success, then fail',
      ({ success, fail }) => {
        success(ANSWER);
        fail({ errMsg: 'late' });
      },
    ],
    [
      'with success, then an exception',
      ({ success }) => {
        success(ANSWER);
        throw new Error('late');
      },
    ],
    [
      'with success, and returns a promise that rejects',
      ({ success }) => {
        success(ANSWER);
        const rejected = Promise.reject(new Error('the task of the host'));
        rejected.catch(() => {});
        return rejected;
      },
    ],
  ]) {
    it(`takes the first answer of a host that calls back ${name}`, async () => {
      host.behave(behave);
      assert.deepEqual(await call(module), SUCCESS);
      await assertWorks(module, host);
    });
  }

  it('takes the first failure of a host that then succeeds', async () => {
    host.behave(({ success, fail }) => {
      fail({ errMsg: 'request:fail' });
      success(ANSWER);
    });
    assertFailure(module, await call(module), 1002, failed('request:fail'));
    await assertWorks(module, host);
  });

  for (const [name, callBack] of [
    ['success() without an answer', ({ success }) => success()],
    ['success(null)', ({ success }) => success(null)],
    ['success("text")', ({ success }) => success('text')],
  ]) {
    it(`takes ${name}`, async () => {
      host.behave(callBack);
      const reason = 'the host gave a response without an HTTP status';
      assertFailure(module, await call(module), 1002, failed(reason));
      await assertWorks(module, host);
    });
  }

  it('takes an answer that cannot be read, whenever it comes', async () => {
    const answer = {
      get statusCode() {
        throw new Error('a trap');
      },
    };
    for (const behave of [({ success }) => success(answer), ({ success }) => setTimeout(success, 0, answer)]) {
      host.behave(behave);
      assertFailure(module, await call(module), 1002, failed('a trap'));
      await assertWorks(module, host);
    }
  });

  it('takes the rejection of a request function that is async', async () => {
    host.behave(() => Promise.reject(new Error('no such domain')));
    assertFailure(module, await call(module), 1002, failed('no such domain'));
    await assertWorks(module, host);
  });

  it('takes fail() without an error', async () => {
    host.behave(({ fail }) => fail());
    const errObj = assertFailure(module, await call(module), 1002, failed('it gave no reason'));
    assert.equal('cause' in errObj, false);
    await assertWorks(module, host);
  });

  it('leaves no timer behind', async () => {
    const before = timers();
    for (const behave of [
      ({ success }) => success(ANSWER),
      ({ fail }) => fail(),
      () => {
        throw new Error('no');
      },
    ]) {
      host.behave(behave);
      await call(module);
      assert.equal(timers(), before);
    }
  });

  it('stops waiting for a host that never calls back', async () => {
    const impatient = configured(freshModule(), { wx: host.wx, timeout: 50 });
    host.behave(() => {});
    const result = await within(call(impatient), 5_000, 'the timeout');
    assertFailure(impatient, result, 1002, `initByCaller:fail no answer from ${ENDPOINT} within 50 ms`);
    const { options } = host.calls[0];
    assert.equal(options.timeout, 50);
    options.success(ANSWER);
    options.fail({ errMsg: 'late' });
    await assertWorks(impatient, host);
  });
});
