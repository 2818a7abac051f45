// What becomes of a request that nobody answers: it is sent once more if the host failed, and taken back if
// there is no answer in the end.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import {
  assertFailure,
  assertKeepsSecrets,
  assertWorks,
  call,
  configured,
  created,
  fakeFetch,
  fakeWx,
  response,
} from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { ENDPOINT, ROOM, SUCCESS } from '../../support/requests.mjs';

const failed = (reason) => `initByCaller:fail the request to ${ENDPOINT} failed: ${reason}`;

describe('a request over fetch', { timeout: 60_000 }, () => {
  const host = fakeFetch();
  const module = configured(freshModule(), { fetch: host.fetch });
  const keys = () => host.calls.map(({ init }) => init.headers['idempotency-key']);
  beforeEach(() => {
    host.behave();
    host.calls.length = 0;
    host.retracted.length = 0;
  });

  /** Fails as often as it is told, then answers. */
  const failing =
    (times, answer = created) =>
    () =>
      host.calls.length <= times ? Promise.reject(new Error(`failure ${host.calls.length}`)) : answer();

  it('that failed is sent once more, as the same request', async () => {
    host.behave(failing(1));
    assert.deepEqual(await call(module), SUCCESS);
    const [first, second, ...more] = host.calls;
    assert.deepEqual(more, []);
    assert.deepEqual([second.url, second.init.body], [first.url, first.init.body]);
    assert.deepEqual(second.init.headers, first.init.headers);
    assert.equal(host.retracted.length, 0, 'it succeeded');
  });

  it('that failed twice is not sent again, and taken back', async () => {
    host.behave(failing(5));
    assertFailure(module, await call(module), 1002, failed('failure 2'));
    assert.equal(host.calls.length, 2);
    assert.equal(new Set([...keys(), host.retracted[0].init.headers['idempotency-key']]).size, 1);
    assert.equal(host.retracted.length, 1);
  });

  for (const [status, body, errCode, isCertain] of [
    [403, '{"errcode":9,"errmsg":"no"}', 9, true],
    [400, '{"errcode":77,"errmsg":"of a later version"}', 1003, true],
    [500, '{"errcode":5,"errmsg":"no"}', 5],
    [502, 'Bad Gateway', 1002],
    [503, '', 1002],
    [200, '<html>', 1003],
    [201, '{"roomId":"room-1","charge', 1003],
  ]) {
    it(`that was answered with ${status} ${errCode} is not sent again${isCertain ? '' : ', but taken back'}`, async () => {
      host.behave(() => response(status, body));
      assert.equal((await call(module)).errCode, errCode);
      // Whatever stands between may have answered for a service that has created the call.
      assert.deepEqual([host.calls.length, host.retracted.length], [1, isCertain ? 0 : 1]);

      host.calls.length = 0;
      host.behave(failing(1, () => response(status, body)));
      assert.equal((await call(module)).errCode, errCode, 'the second answer counts');
      assert.equal(host.calls.length, 2);
    });
  }

  it('that was answered without a status is not sent again', async () => {
    host.behave(() => ({ text: async () => '{}' }));
    const reason = 'the host gave a response without an HTTP status';
    assertFailure(module, await call(module), 1002, failed(reason));
    assert.deepEqual([host.calls.length, host.retracted.length], [1, 1]);
  });

  it('whose time is over is not sent again, and taken back', async () => {
    const impatient = configured(freshModule(), { fetch: host.fetch, timeout: 50 });
    host.behave(() => new Promise(() => {}));
    const late = `initByCaller:fail no answer from ${ENDPOINT} within 50 ms`;
    assertFailure(impatient, await call(impatient), 1002, late);
    assert.deepEqual([host.calls.length, host.retracted.length], [1, 1]);
  });

  it('that cannot be taken back has failed all the same', async () => {
    for (const behave of [
      () => {
        throw new Error('at once');
      },
      () => Promise.reject(new Error('later')),
    ]) {
      const fetch = (_url, init) => (init.method === 'DELETE' ? behave() : Promise.reject(new Error('no')));
      const offline = configured(freshModule(), { fetch });
      assertFailure(offline, await call(offline), 1002, failed('no'));
    }
  });

  it('has a key of its own for each call', async () => {
    host.behave(failing(1));
    await call(module);
    await call(module);
    const [first, again, second] = keys();
    assert.equal(first, again);
    assert.notEqual(first, second);
    await assertWorks(module, host);
  });
});

describe('a host that quotes what it was given', { timeout: 60_000 }, () => {
  const TICKET = 'ticket-s3cret-of-this-call';
  for (const [name, quoted, says] of [
    ['the body', ({ body }) => `cannot send ${body.match(/"voipToken":".*?"/)}`, 'cannot send "voipToken":"***"'],
    ['a header', ({ headers }) => `wrong: ${headers.authorization}`, 'wrong: Bearer ***'],
    [
      'so much that the token is cut off',
      ({ headers }) => `${'x'.repeat(270)}${headers.authorization}`,
      `${'x'.repeat(270)}Bearer ***`,
    ],
  ]) {
    it(`${name} is repeated without the token`, async () => {
      const fetch = (_url, init) => Promise.reject(new TypeError(quoted(init)));
      const module = configured(freshModule(), { fetch, token: 'session-s3cret-of-this-party' });
      const result = await call(module, { voipToken: TICKET });
      const { cause } = assertFailure(module, result, 1002, failed(says));
      assert.ok(cause instanceof TypeError);
      assertKeepsSecrets(cause.message, cause.stack);
    });
  }
});

describe('a request over wx', { timeout: 60_000 }, () => {
  const host = fakeWx();
  const module = configured(freshModule(), { wx: host.wx });
  beforeEach(() => {
    host.calls.length = 0;
    host.retracted.length = 0;
  });

  it('that failed is sent once more, within the time of the first', async () => {
    host.behave(({ success, fail }) => {
      if (host.calls.length === 1) setTimeout(fail, 30, { errMsg: 'request:fail interrupted' });
      else success({ statusCode: 201, data: ROOM });
    });
    assert.deepEqual(await call(module), SUCCESS);
    const [first, second] = host.calls.map(({ options }) => options);
    assert.equal(first.timeout, 10_000);
    assert.ok(second.timeout <= 9_975 && second.timeout > 1, `${second.timeout}`);
    assert.equal(second.header['idempotency-key'], first.header['idempotency-key']);
  });

  it('that failed twice is taken back', async () => {
    host.behave(({ fail }) => fail({ errMsg: 'request:fail', errno: 5 }));
    const errObj = assertFailure(module, await call(module), 1002, failed('request:fail'));
    assert.equal(errObj.errno, 5);
    assert.deepEqual([host.calls.length, host.retracted.length], [2, 1]);
    const { options } = host.retracted[0];
    assert.equal(options.method, 'DELETE');
    assert.equal(options.header['idempotency-key'], host.calls[0].options.header['idempotency-key']);
  });
});
