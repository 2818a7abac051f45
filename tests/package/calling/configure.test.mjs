// What configure takes: what it is not given it keeps, and what is wrong with it is told by the next call.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  assertFailure,
  assertRejects,
  assertWorks,
  call,
  configured,
  created,
  fakeFetch,
  fakeWx,
} from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { ENDPOINT, SUCCESS, TOKEN } from '../../support/requests.mjs';

const problem = (path, expected, got) => `configure.${path}: expected ${expected}, got ${got}`;
const endpoint = (got) => problem('endpoint', "the room service's address, http(s)://host[:port]", got);
const token = (got) => problem('token', 'a session token, visible ASCII characters and no space', got);
const timeout = (got) => problem('timeout', 'a number of milliseconds from 1 to 60000', got);

describe('configure', { timeout: 60_000 }, () => {
  const host = fakeFetch();
  const module = freshModule();

  it('is asked for by the first call', async () => {
    const fresh = freshModule();
    const errMsg = `initByCaller:fail ${endpoint('nothing')}; ${token('nothing')}`;
    await assertRejects(fresh, call(fresh), 1004, errMsg);
    await assertWorks(configured(fresh, { fetch: host.fetch }), host);
  });

  for (const [name, options, reason] of [
    ['an endpoint without a scheme', { endpoint: 'room.test' }, endpoint("the string 'room.test'")],
    ['an endpoint of another scheme', { endpoint: 'ftp://a' }, endpoint("the string 'ftp://a'")],
    ['an endpoint without a host', { endpoint: 'http://' }, endpoint("the string 'http://'")],
    ['an endpoint with a query', { endpoint: 'http://a?b' }, endpoint("the string 'http://a?b'")],
    ['an endpoint with a space', { endpoint: 'http://a b' }, endpoint("the string 'http://a b'")],
    ['an endpoint that is a URL object', { endpoint: new URL(ENDPOINT) }, endpoint('an object')],
    ['an endpoint with a password', { endpoint: 'http://user:pa55@a' }, endpoint('a string of 18 characters')],
    ['an empty endpoint', { endpoint: '' }, endpoint('an empty string')],
    ['an empty token', { token: '' }, token('an empty string')],
    ['a token with a line break', { token: 'a-s3cret\r\nx: y' }, token('a string of 14 characters')],
    ['a placeholder', { token: 'the s3cret token' }, token('a string of 16 characters')],
    ['a token outside of ASCII', { token: '通-s3cret' }, token('a string of 8 characters')],
    ['a token that is a number', { token: 7 }, token('a number')],
    ['a timeout of 0', { timeout: 0 }, timeout('0')],
    ['a timeout that is too long', { timeout: 60_001 }, timeout('60001')],
    ['a timeout that is NaN', { timeout: NaN }, timeout('NaN')],
    ['a timeout that is a string', { timeout: '50' }, timeout("the string '50'")],
    [
      'everything wrong',
      { endpoint: 7, token: [], timeout: true },
      `${endpoint('7')}; ${token('an array')}; ${timeout('true')}`,
    ],
    ['a fetch that is no function', { fetch: {} }, "configure.fetch: expected a function like the platform's fetch"],
    ['a wx without request', { fetch: undefined, wx: {} }, 'configure.wx: expected an object with a request function'],
    ['a wx that is no object', { fetch: undefined, wx: 7 }, 'configure.wx: expected an object with a request function'],
    ['both fetch and wx', { wx: fakeWx().wx }, 'configure.wx: expected either fetch or wx, got both'],
  ]) {
    it(`refuses ${name}, and works when it is put right`, async () => {
      configured(module, { fetch: host.fetch, wx: undefined, timeout: 5_000 }, options);
      host.calls.length = 0;
      await assertRejects(module, call(module), 1004, `initByCaller:fail ${reason}`);
      await assertRejects(module, call(module), 1004, `initByCaller:fail ${reason}`);
      assert.equal(host.calls.length, 0, 'nothing was sent');
      configured(module, { fetch: host.fetch, wx: undefined, timeout: 5_000 });
      await assertWorks(module, host);
    });
  }

  it('keeps what it is not given', async () => {
    configured(module, { fetch: host.fetch, wx: undefined, timeout: 50 });
    module.configure({ token: 'another-s3cret' });
    module.configure({});
    module.configure();
    host.behave(() => new Promise(() => {}));
    host.calls.length = 0;
    const errMsg = `initByCaller:fail no answer from ${ENDPOINT} within 50 ms`;
    assertFailure(module, await call(module), 1002, errMsg);
    const [{ url, init }] = host.calls;
    assert.equal(url, `${ENDPOINT}/v1/calls`);
    assert.equal(init.headers.authorization, 'Bearer another-s3cret');
    await assertWorks(module, host);
  });

  it('takes an endpoint with a path and slashes at its end', async () => {
    configured(module, { fetch: host.fetch }, { endpoint: 'https://room.test:8443/voip//' });
    await assertWorks(module, host);
    assert.equal(host.calls.at(-1).url, 'https://room.test:8443/voip/v1/calls');
  });

  it('leaves a call that is under way as it is', async () => {
    configured(module, { fetch: host.fetch, timeout: 5_000 });
    host.calls.length = 0;
    let answer;
    host.behave(() => new Promise((resolve) => (answer = resolve)));
    const underWay = call(module);
    while (host.calls.length === 0) await new Promise(setImmediate);
    module.configure({ endpoint: 'http://elsewhere.test', token: 'other' });
    answer(created());
    assert.deepEqual(await underWay, SUCCESS);
    await assertWorks(module, host);
  });

  it('does not look at the options again after the call', async () => {
    const options = { endpoint: ENDPOINT, token: TOKEN, fetch: host.fetch, timeout: 5_000 };
    module.configure(options);
    options.endpoint = 'nonsense';
    await assertWorks(module, host);
  });

  it('changes from fetch to wx and back', async () => {
    const mini = fakeWx();
    configured(module, { fetch: host.fetch, wx: undefined });
    module.configure({ fetch: undefined, wx: mini.wx });
    host.calls.length = 0;
    await assertWorks(module, mini);
    assert.deepEqual([mini.calls.length, host.calls.length], [1, 0]);
    module.configure({ fetch: host.fetch, wx: undefined });
    await assertWorks(module, host);
    assert.deepEqual([mini.calls.length, host.calls.length], [1, 1]);
  });

  it("prefers the host's own wx to its fetch when neither is passed", async (t) => {
    const mini = fakeWx();
    globalThis.wx = mini.wx;
    t.after(() => delete globalThis.wx);
    const fresh = configured(freshModule(), {});
    await assertWorks(fresh, mini);
    assert.equal(mini.calls.length, 1);
  });

  it('finds a fetch that the host replaces after it was configured', async (t) => {
    const { fetch } = globalThis;
    t.after(() => (globalThis.fetch = fetch));
    const fresh = configured(freshModule(), {});
    globalThis.fetch = host.fetch;
    await assertWorks(fresh, host);
  });
});

describe('a host that can send nothing', { timeout: 60_000 }, () => {
  for (const [name, wx] of [
    ['neither fetch nor wx', undefined],
    ['a wx without request', {}],
  ]) {
    it(`has ${name}: 1011, until an adapter is passed`, async (t) => {
      const { fetch } = globalThis;
      t.after(() => {
        globalThis.fetch = fetch;
        delete globalThis.wx;
      });
      delete globalThis.fetch;
      if (wx) globalThis.wx = wx;
      const fresh = configured(freshModule(), {});
      const errMsg = 'initByCaller:fail this host has neither wx.request nor fetch: pass one to configure';
      await assertRejects(fresh, call(fresh), 1011, errMsg);
      const host = fakeFetch();
      fresh.configure({ fetch: host.fetch });
      await assertWorks(fresh, host);
    });
  }
});
