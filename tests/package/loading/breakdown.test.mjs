// What happens when the wasm traps: the calls that wait are told, the next call gets a fresh instance, and
// what the host still calls back for the old one does no harm.
//
// No request is known to make it trap. So the first instance gets an entry that runs a real export into a real
// trap, by an address that is not in its memory.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { within } from '../../support/bounded.mjs';
import { assertWorks, call, configured, created, fakeFetch } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { PKG } from '../../support/paths.mjs';
import { SUCCESS } from '../../support/requests.mjs';

const NOWHERE = 0xffff_fff0;

/** The first instance traps where `breaks(name)` says so; those after it are sound. */
function breaking(t, breaks) {
  const { instantiate } = WebAssembly;
  let instances = 0;
  t.mock.method(WebAssembly, 'instantiate', async (module, imports) => {
    const instance = await instantiate(module, imports);
    instances += 1;
    if (instances > 1) return instance;
    const { exports } = instance;
    const trap = () => exports.connect(NOWHERE, NOWHERE, 'initByCaller'.length, 0, 0, 0);
    const broken = Object.entries(exports).map(([name, value]) => [
      name,
      typeof value === 'function' ? (...args) => (breaks(name) ? trap() : value(...args)) : value,
    ]);
    return { exports: Object.fromEntries(broken) };
  });
  return () => instances;
}

function assertBroken(module, error, api = 'initByCaller') {
  assert.ok(error instanceof module.VoipPluginError, String(error));
  assert.equal(error.errCode, 1008);
  assert.ok(error.cause instanceof WebAssembly.RuntimeError, String(error.cause));
  assert.match(error.errMsg, new RegExp(`^${api}:fail the module broke down \\(.+\\); the next call`));
}

const rejection = (promise) =>
  within(promise, 5_000, 'the call').then(
    (value) => assert.fail(`it resolved: ${JSON.stringify(value)}`),
    (error) => error,
  );

describe('a module that breaks down', { timeout: 60_000 }, () => {
  const host = fakeFetch();
  const fresh = () => configured(freshModule(), { fetch: host.fetch });

  it('at the entry of a call rejects that call, and the next gets a fresh instance', async (t) => {
    const instances = breaking(t, (name) => name === 'ask');
    const module = fresh();
    assertBroken(module, await rejection(call(module)));
    assert.equal(instances(), 1);
    await assertWorks(module, host);
    await assertWorks(module, host);
    assert.equal(instances(), 2, 'and it stays');
  });

  it('in check rejects that, too', async (t) => {
    breaking(t, (name) => name === 'check');
    const module = fresh();
    assertBroken(module, await rejection(module.check({})), 'check');
    assert.equal((await module.check({})).length, 4);
  });

  it('when it is configured rejects the call', async (t) => {
    breaking(t, (name) => name === 'connect');
    const module = fresh();
    assertBroken(module, await rejection(call(module)));
    await assertWorks(module, host);
  });

  it('when the answer comes rejects the call that waits for it', async (t) => {
    let answered = false;
    breaking(t, () => answered);
    const module = fresh();
    host.behave(() => {
      answered = true;
      return created();
    });
    assertBroken(module, await rejection(call(module)));
    await assertWorks(module, host);
  });

  it('while another waits for its answer rejects both, and frees the line', async (t) => {
    let breaks = false;
    breaking(t, () => breaks);
    const module = fresh();
    let answer;
    host.behave(() => new Promise((resolve) => (answer = resolve)));
    const waiting = call(module);
    while (!answer) await new Promise(setImmediate);
    breaks = true;
    const errors = await Promise.all([rejection(module.check({})), rejection(waiting)]);
    assertBroken(module, errors[0], 'check');
    assertBroken(module, errors[1]);

    // The fresh one has begun when the answer for the old one comes.
    host.behave();
    const next = call(module);
    answer(created());
    assert.deepEqual(await next, SUCCESS);
    await assertWorks(module, host);
  });

  it('before others could enter it lets them have the fresh one', async (t) => {
    let calls = 0;
    breaking(t, (name) => name === 'ask' && calls++ === 0);
    const module = fresh();
    const [first, problems] = await Promise.allSettled([call(module), module.check({})]);
    assertBroken(module, first.reason);
    assert.equal(problems.value.length, 4);
    await assertWorks(module, host);
  });

  it('needs no second download', async (t) => {
    breaking(t, (name) => name === 'ask');
    const bytes = await readFile(join(PKG, 'wmpf_voip_bg.wasm'));
    const compile = t.mock.method(WebAssembly, 'compile');
    const module = fresh();
    await module.init(bytes);
    await rejection(call(module));
    await assertWorks(module, host);
    assert.equal(compile.mock.callCount(), 1, 'the fresh one is made from what was compiled');
  });

  it('is not one whose host throws while a call is made', async () => {
    const module = fresh();
    let answer;
    host.behave(() => new Promise((resolve) => (answer = resolve)));
    const waiting = call(module);
    while (!answer) await new Promise(setImmediate);
    const wx = {
      get request() {
        throw new Error('boom');
      },
    };
    module.configure({ fetch: undefined, wx });
    const error = await rejection(call(module));
    assert.equal(error.errMsg, 'initByCaller:fail configure.wx: expected an object with a request function');
    answer(created());
    assert.deepEqual(await waiting, SUCCESS);
    host.behave();
  });
});
