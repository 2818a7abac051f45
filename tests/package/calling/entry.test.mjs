// How a call enters the module: what it is made with is what was passed when it was made, and nothing that
// a request does while it is read, and nothing that a host or a caller gets wrong, stays behind.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { assertWorks, call, configured, fakeFetch } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { PKG } from '../../support/paths.mjs';
import { ORDER, sample, SUCCESS } from '../../support/requests.mjs';

const withGetter = (get) => Object.defineProperty(sample(), 'roomType', { get, configurable: true });

describe('a call enters the module', () => {
  const host = fakeFetch();
  const fresh = () => configured(freshModule(), { fetch: host.fetch });

  for (const state of ['first', 'later']) {
    it(`with what was passed when it was made, as the ${state} call`, async () => {
      const module = fresh();
      if (state === 'later') await call(module);
      host.calls.length = 0;
      const request = sample();
      const made = module.default.initByCaller(request);
      request.roomType = 'phone';
      request.caller.id = 'changed';
      module.configure({ endpoint: 'http://elsewhere.test', token: 'another' });
      assert.deepEqual(await made, SUCCESS);
      const [{ url, init }] = host.calls;
      assert.equal(url, 'http://room.test/v1/calls');
      assert.doesNotMatch(init.headers.authorization, /another/);
      const { roomType, caller } = JSON.parse(init.body);
      assert.deepEqual([roomType, caller.id], [sample().roomType, sample().caller.id]);
    });

    it(`and reads each property once and at once, as the ${state} call`, async () => {
      const module = fresh();
      if (state === 'later') await call(module);
      const read = [];
      const watched = (object, prefix) =>
        new Proxy(object, {
          get(target, key) {
            read.push(prefix + String(key));
            return target[key];
          },
        });
      const { caller, listener, ...rest } = sample();
      const made = module.default.initByCaller(
        watched({ ...rest, caller: watched(caller, 'caller.'), listener: watched(listener, 'listener.') }, ''),
      );
      const atOnce = read.length;
      await made;
      assert.equal(read.length, atOnce, 'nothing is read later');
      assert.deepEqual(read, ORDER);
    });

    it(`with the same error for a getter that throws, as the ${state} call`, async () => {
      const module = fresh();
      if (state === 'later') await call(module);
      const request = withGetter(() => {
        throw new Error('no room');
      });
      const error = await module.default.initByCaller(request).catch((error) => error);
      assert.equal(
        error.errMsg,
        "initByCaller:fail roomType: expected 'voice' or 'video', got a property that throws when it is read (no room)",
      );
    });
  }

  it('and a getter of the request may configure the module', async () => {
    const module = fresh();
    await call(module);
    const request = withGetter(() => {
      module.configure({ timeout: 9_000 });
      return 'voice';
    });
    assert.deepEqual(await module.default.initByCaller(request), SUCCESS);
    await assertWorks(module, host);
  });

  it('and a getter of the request may call, even with that request', async () => {
    const module = fresh();
    await call(module);
    const inner = [];
    const request = withGetter(() => {
      if (inner.length < 3) {
        const busy = module.default.initByCaller(request).catch((error) => error.errCode);
        inner.push(busy, module.check(request));
      }
      return 'voice';
    });
    assert.deepEqual(await module.default.initByCaller(request), SUCCESS);
    assert.deepEqual(await Promise.all(inner), [1005, [], 1005, []]);
    await assertWorks(module, host);
  });

  it('and a token that is too long is told its limit', async () => {
    const module = fresh();
    const [problem] = await module.check({ ...sample(), voipToken: 'x'.repeat(5000) });
    assert.match(problem.expected, /4096/);
    module.configure({ token: 'x'.repeat(5000) });
    const error = await call(module).catch((error) => error);
    assert.match(error.errMsg, /4096/);
  });

  it('and the wasm of something else is refused by init, which can be tried again', async () => {
    const module = fresh();
    const empty = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    const error = await module.init(empty).catch((error) => error);
    assert.ok(error instanceof module.VoipPluginError, String(error));
    await module.init(join(PKG, 'wmpf_voip_bg.wasm'));
    await assertWorks(module, host);
  });

  it('and a host error that quotes the header does not show the session token', async () => {
    const module = fresh();
    host.behave((_url, init) => {
      throw new TypeError(`invalid header value: ${init.headers.authorization}`);
    });
    const { errMsg } = await call(module);
    assert.match(errMsg, /invalid header value: Bearer \*\*\*$/);
  });
});
