// Loading the wasm: once, from wherever it is, and again after a load that failed.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { assertRejects, assertWorks, call, configured, fakeFetch } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { PKG } from '../../support/paths.mjs';
import { sample, SUCCESS } from '../../support/requests.mjs';

const PATH = join(PKG, 'wmpf_voip_bg.wasm');
const bytes = await readFile(PATH);
const MISSING = join(PKG, 'no-such.wasm');

describe('init', { timeout: 60_000 }, () => {
  const host = fakeFetch();
  const fresh = () => configured(freshModule(), { fetch: host.fetch });

  for (const [name, source] of [
    ['nothing', undefined],
    ['null', null],
    ['a path', PATH],
    ['a URL', pathToFileURL(PATH)],
    ['a Buffer', bytes],
    ['bytes', new Uint8Array(bytes)],
    ['an ArrayBuffer', new Uint8Array(bytes).buffer],
    ['a compiled module', new WebAssembly.Module(bytes)],
  ]) {
    it(`takes ${name}`, async () => {
      const module = fresh();
      assert.equal(await module.init(source), undefined);
      await assertWorks(module, host);
    });
  }

  it('is optional', async () => {
    await assertWorks(fresh(), host);
  });

  it('loads once, however often and by whomever it is asked for', async (t) => {
    const instantiate = t.mock.method(WebAssembly, 'instantiate');
    const module = fresh();
    await Promise.all([module.init(), module.init(MISSING), call(module), module.check({})]);
    await module.init();
    assert.deepEqual(await call(module), SUCCESS);
    assert.equal(instantiate.mock.callCount(), 1);
  });

  for (const [name, source, reason] of [
    ['a path where nothing is', MISSING, /ENOENT/],
    ['bytes that are no wasm', new Uint8Array([1, 2, 3, 4]), /magic/],
    ['no bytes', new Uint8Array(), /./],
    ['an object that is no source', {}, /./],
    ['a number', 7.5, /./],
  ]) {
    it(`fails with ${name}, and can be tried again`, async () => {
      const module = fresh();
      const error = await module.init(source).catch((error) => error);
      assert.ok(error instanceof module.VoipPluginError, String(error));
      assert.equal(error.errCode, 1011);
      assert.match(error.errMsg, /^init:fail ./);
      assert.match(error.errMsg, reason);
      assert.ok(error.cause instanceof Error);
      // It stays said, until something else is.
      await assertRejects(module, call(module), 1011, error.errMsg.replace('init', 'initByCaller'));
      await module.init(PATH);
      await assertWorks(module, host);
    });
  }

  it('fails for everybody who waits, and each may try again', async () => {
    const module = fresh();
    const failing = module.init(MISSING);
    const waiting = call(module);
    const errors = await Promise.all([failing, waiting].map((p) => p.catch((error) => error)));
    for (const error of errors) assert.equal(error.errCode, 1011);
    await module.init(PATH);
    await assertWorks(module, host);
  });

  it('tries each place that it is told at once, until one is right', async (t) => {
    const instantiate = t.mock.method(WebAssembly, 'instantiate');
    const module = fresh();
    const made = [`${MISSING}-1`, `${MISSING}-2`, PATH, `${MISSING}-3`].map((place) => module.init(place));
    const [first, second, ...rest] = await Promise.allSettled(made);
    assert.match(first.reason.errMsg, /^init:fail .*no-such\.wasm-1'/);
    assert.match(second.reason.errMsg, /^init:fail .*no-such\.wasm-2'/);
    assert.deepEqual(
      rest.map(({ status }) => status),
      ['fulfilled', 'fulfilled'],
      'it was loaded already',
    );
    assert.equal(instantiate.mock.callCount(), 1);
    await assertWorks(module, host);
  });

  it('is waited for by who asks after it, where something else has begun to load from another place', async () => {
    const module = fresh();
    const missing = assert.rejects(module.init(MISSING), { errCode: 1011 });
    const found = module.init(PATH);
    assert.deepEqual(await call(module), SUCCESS);
    await Promise.all([missing, found]);
  });

  it('tries a place once for all who name it at once', async (t) => {
    const instantiate = t.mock.method(WebAssembly, 'instantiate', () => Promise.reject(new Error('not now')));
    const module = fresh();
    const [one, other] = await Promise.allSettled([module.init(PATH), module.init(PATH)]);
    assert.equal(one.reason.errMsg, 'init:fail not now');
    assert.equal(other.reason.errMsg, 'init:fail not now');
    assert.equal(instantiate.mock.callCount(), 1);
  });

  it('is not waited for for ever, and not by a call that is cancelled', async (t) => {
    const { instantiate } = WebAssembly;
    const loads = [];
    t.mock.method(
      WebAssembly,
      'instantiate',
      (wasm, imports) => new Promise((resolve) => loads.push(() => resolve(instantiate(wasm, imports)))),
    );
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const loading = async (times) => {
      while (loads.length < times) await new Promise(setImmediate);
    };
    const module = fresh();
    const waiting = call(module);
    await loading(1);
    t.mock.timers.tick(60_000);
    await assertRejects(module, waiting, 1011, 'initByCaller:fail the wasm was not loaded within 60000 ms');
    t.mock.timers.reset();

    const controller = new AbortController();
    const cancelled = module.default.initByCaller(sample(), { signal: controller.signal });
    await loading(2);
    controller.abort(new Error('gone'));
    const reason = 'initByCaller:fail the call was cancelled while it started: gone';
    const error = await assertRejects(module, cancelled, 1008, reason);
    assert.equal(error.cause, controller.signal.reason);

    // The load goes on, and the next call has what comes of it.
    const next = call(module);
    loads[1]();
    assert.deepEqual(await next, SUCCESS);
    assert.equal(loads.length, 2);
  });

  it('tells a call that was cancelled before what is wrong with it first', async () => {
    const made = fresh().default.initByCaller({}, { signal: AbortSignal.abort() });
    assert.equal((await made.catch((error) => error)).errCode, 1004);
  });

  it('is told by the call where a host has no WebAssembly', async (t) => {
    const { WebAssembly } = globalThis;
    t.after(() => (globalThis.WebAssembly = WebAssembly));
    const module = fresh();
    delete globalThis.WebAssembly;
    const reason =
      "initByCaller:fail this host has no WebAssembly; a mini-program has to import 'wmpf-voip/miniprogram'";
    await assertRejects(module, call(module), 1011, reason);
    globalThis.WebAssembly = WebAssembly;
    await assertWorks(module, host);
  });
});
