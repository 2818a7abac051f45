// Loading the wasm: once, from wherever it is, and again after a load that failed.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { assertRejects, assertWorks, call, configured, fakeFetch } from '../support/fakes.mjs';
import { freshModule } from '../support/module.mjs';
import { PKG } from '../support/paths.mjs';
import { SUCCESS } from '../support/requests.mjs';

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
      await module.init();
      await assertWorks(module, host);
    });
  }

  it('fails for everybody who waits, and each may try again', async () => {
    const module = fresh();
    const failing = module.init(MISSING);
    const waiting = call(module);
    const errors = await Promise.all([failing, waiting].map((p) => p.catch((error) => error)));
    for (const error of errors) assert.equal(error.errCode, 1011);
    await assertWorks(module, host);
  });

  it('is told by the call where a host has no WebAssembly', async (t) => {
    const { WebAssembly } = globalThis;
    t.after(() => (globalThis.WebAssembly = WebAssembly));
    const module = fresh();
    delete globalThis.WebAssembly;
    await assertRejects(module, call(module), 1011, 'initByCaller:fail this host has no WebAssembly');
    globalThis.WebAssembly = WebAssembly;
    await assertWorks(module, host);
  });
});
