// The adapter over fetch: what exactly is sent, and every way in which a host can misbehave. The instance works
// after each of them.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import {
  assertFailure,
  assertWorks,
  call,
  configured,
  created,
  fakeFetch,
  response,
  timers,
} from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { ROOM, SUCCESS, TOKEN } from '../../support/requests.mjs';
import { within } from '../../support/bounded.mjs';
import { ANSWERS } from './answers.mjs';
import { failed, itKeepsForeignErrors } from './foreign-errors.mjs';

describe('over fetch', { timeout: 60_000 }, () => {
  const host = fakeFetch();
  const module = configured(freshModule(), { fetch: host.fetch });
  beforeEach(() => {
    host.calls.length = 0;
    host.behave();
  });

  it('posts the request with its defaults', async () => {
    const request = { roomType: 'voice', caller: { id: 'SN' }, listener: { id: 'o' }, businessType: 1 };
    assert.deepEqual(await module.default.initByCaller({ ...request, unknown: 'ignored' }), SUCCESS);
    const [{ url, init }, ...more] = host.calls;
    assert.deepEqual(more, []);
    assert.equal(url, 'http://room.test/v1/calls');
    const { headers, body, signal, ...rest } = init;
    assert.deepEqual(rest, { method: 'POST' });
    assert.ok(signal instanceof AbortSignal && !signal.aborted);
    assert.match(headers['idempotency-key'], /^[\w-]{16,64}$/);
    assert.deepEqual(headers, {
      'content-type': 'application/json',
      authorization: `Bearer ${TOKEN}`,
      'idempotency-key': headers['idempotency-key'],
    });
    assert.deepEqual(JSON.parse(body), {
      roomType: 'voice',
      caller: { id: 'SN', cameraStatus: 0 },
      listener: { id: 'o', cameraStatus: 0 },
      businessType: 1,
      miniprogramState: 'formal',
    });
  });

  it('posts every field that was passed, each unchanged', async () => {
    const request = {
      roomType: 'video',
      caller: { id: '呼叫 "1"', name: '📞', cameraStatus: 1 },
      listener: { id: 'o\u0000\n', name: '', cameraStatus: 0 },
      businessType: 2,
      voipToken: 'push-s3cret',
      miniprogramState: 'trial',
      customQuery: 'a=%E9%97%A8&b=2',
      timeLimit: 0.5,
    };
    assert.deepEqual(await module.default.initByCaller(request), SUCCESS);
    assert.deepEqual(JSON.parse(host.calls[0].init.body), request);
  });

  it('gives each call a key of its own', async () => {
    // Another copy of the module, as after a restart, is another source of keys.
    const copy = configured(freshModule(), { fetch: host.fetch });
    for (let n = 0; n < 50; n++) await Promise.all([call(module), call(copy)]);
    const keys = host.calls.map(({ init }) => init.headers['idempotency-key']);
    assert.equal(new Set(keys).size, 100);
  });

  it('gives each call headers of its own', async () => {
    host.behave((_url, { headers }) => {
      for (const name of Object.keys(headers)) delete headers[name];
      return created();
    });
    await call(module);
    await call(module);
    assert.equal(host.calls.length, 2);
    host.behave((_url, { headers }) => {
      assert.equal(headers.authorization, `Bearer ${TOKEN}`);
      return created();
    });
    assert.deepEqual(await call(module), SUCCESS);
  });

  for (const { name, status, body, errCode, says } of ANSWERS) {
    it(`answered with ${name}`, async () => {
      host.behave(async () => response(status, body));
      const result = await call(module);
      if (errCode === undefined) assert.deepEqual(result, SUCCESS);
      else assertFailure(module, result, errCode, `initByCaller:fail ${says}`);
      await assertWorks(module, host);
    });
  }

  itKeepsForeignErrors(module, host, [
    ['rejected with', (error) => () => Promise.reject(error)],
    [
      'thrown synchronously:',
      (error) => () => {
        throw error;
      },
    ],
    ['text() rejected with', (error) => () => ({ status: 200, text: () => Promise.reject(error) })],
    [
      'text() threw',
      (error) => () => ({
        status: 200,
        text: () => {
          throw error;
        },
      }),
    ],
  ]);

  for (const [name, behave] of [
    ['nothing', () => undefined],
    ['null', () => null],
    ['a string', () => 'oops'],
    ['an object without text()', () => ({ status: 200 })],
    ['a promise of nothing', async () => undefined],
    [
      'a proxy that throws',
      () =>
        new Proxy(
          {},
          {
            get() {
              throw new Error('a trap');
            },
          },
        ),
    ],
    [
      'an object whose status throws',
      () => ({
        get status() {
          throw new Error('a trap');
        },
        text: async () => '{}',
      }),
    ],
    [
      'an object whose then throws',
      () => ({
        get then() {
          throw new Error('a trap');
        },
      }),
    ],
  ]) {
    it(`given ${name} in place of a response`, async () => {
      host.behave(behave);
      const result = await call(module);
      assertFailure(module, result, 1002, result.errMsg);
      assert.ok(result.errMsg.startsWith(failed('')), result.errMsg);
      assert.ok(result.errMsg.length > failed('').length, 'it says why');
      await assertWorks(module, host);
    });
  }

  it('takes a body whose properties throw', async () => {
    const body = {
      get roomId() {
        throw new Error('a trap');
      },
      chargeType: 'duration',
    };
    host.behave(() => response(200, body));
    const result = await call(module);
    assertFailure(module, result, 1003, result.errMsg);
    assert.match(result.errMsg, /roomId: expected a non-empty string, got .*a trap/);
    await assertWorks(module, host);
  });

  it('takes a synchronous answer and a promise of another kind', async () => {
    host.behave(() => ({ status: 201, text: () => JSON.stringify(ROOM) }));
    assert.deepEqual(await call(module), SUCCESS);
    const thenable = (value) => ({ then: (resolve) => resolve(value) });
    host.behave(() => thenable({ status: 201, text: () => thenable(JSON.stringify(ROOM)) }));
    assert.deepEqual(await call(module), SUCCESS);
  });

  it('settles once when the host settles twice', async () => {
    host.behave(() => ({
      then(resolve, reject) {
        resolve(created());
        resolve(response(500, ''));
        reject(new Error('too late'));
      },
    }));
    assert.deepEqual(await call(module), SUCCESS);
    await assertWorks(module, host);
  });

  for (const [name, behave] of [
    ['an answer', created],
    ['a rejection', () => Promise.reject(new Error('no'))],
    [
      'an exception',
      () => {
        throw new Error('no');
      },
    ],
  ]) {
    it(`leaves no timer behind after ${name}`, async () => {
      const before = timers();
      host.behave(behave);
      await call(module);
      assert.equal(timers(), before);
    });
  }

  describe('when the time is over', () => {
    const impatient = configured(freshModule(), { fetch: host.fetch, timeout: 50 });
    const late = 'initByCaller:fail no answer from http://room.test within 50 ms';

    for (const [name, behave] of [
      ['a host that never answers', () => new Promise(() => {})],
      ['a body that never ends', () => ({ status: 200, text: () => new Promise(() => {}) })],
    ]) {
      it(`stops waiting for ${name}, and aborts the request`, async () => {
        host.behave(behave);
        const result = await within(call(impatient), 5_000, 'the timeout');
        const errObj = assertFailure(impatient, result, 1002, late);
        assert.equal('cause' in errObj, false);
        assert.equal(host.calls[0].init.signal.aborted, true);
        await assertWorks(impatient, host);
        assert.equal(host.calls[1].init.signal.aborted, false);
      });
    }

    it('ignores what comes later', async () => {
      const ends = [];
      host.behave(() => new Promise((...settle) => ends.push(settle)));
      assertFailure(impatient, await call(impatient), 1002, late);
      assertFailure(impatient, await call(impatient), 1002, late);
      ends[0][0](created());
      ends[1][1](new Error('aborted'));
      await assertWorks(impatient, host);
    });
  });
});
