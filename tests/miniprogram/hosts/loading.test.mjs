// How the entry for mini-programs loads its wasm: from a path, again where the host refused it, uncompressed where it
// refuses the compressed one, and anew after a trap.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { freshModule } from '../../support/module.mjs';
import { ENDPOINT, ROOM, sample, SUCCESS, TOKEN } from '../../support/requests.mjs';
import { IN_APP, IN_PLUGIN, pathOnlyWebAssembly } from './code-package.mjs';
import { createHost } from './host.mjs';

const WASM = `${IN_APP}wmpf_voip_bg.wasm`;
const BR = `${WASM}.br`;
const NO_WASM = 'this host has no WXWebAssembly: WeChat needs base library 2.13, in a plugin 2.18.1, or newer';

const wx = {
  request: ({ success }) => setTimeout(success, 0, { statusCode: 201, data: JSON.stringify(ROOM) }),
};

/** A host whose service answers every call, and the package on it. */
function start(behaviour, globals) {
  const { instantiate, paths } = pathOnlyWebAssembly(behaviour);
  const { module } = createHost({ wx, WXWebAssembly: { instantiate }, ...globals });
  module.configure({ endpoint: ENDPOINT, token: TOKEN });
  return { module, paths };
}

const call = (module) => module.default.initByCaller(sample());
const plain = (value) => JSON.parse(JSON.stringify(value));

async function assertWorks(module) {
  assert.deepEqual(plain(await call(module)), SUCCESS);
}

async function rejection(module, promise, errCode) {
  const error = await promise.then(
    (value) => assert.fail(`it resolved: ${JSON.stringify(value)}`),
    (error) => error,
  );
  assert.ok(error instanceof module.VoipPluginError && error instanceof module.VoipError, `${error}`);
  assert.equal(error.errCode, errCode, error.errMsg);
  return error;
}

/** Refuses what `refuses(path)` says as often as it says so, the way that iOS does. */
const refusing = (refuses) => ({
  refuse(path) {
    if (refuses(path)) throw { errMsg: `instantiate:fail ${path} is an invalid wasm file` };
  },
});

const once = () => {
  let times = 0;
  return () => times++ === 0;
};

describe('the wasm of a mini-program', { timeout: 60_000 }, () => {
  for (const [given, isBare] of [
    ['an instance', true],
    ['an instance and its module', false],
  ]) {
    it(`is loaded once, compressed, from a host that gives ${given}`, async () => {
      const { module, paths } = start({ isBare });
      await Promise.all([module.init(), module.init('/elsewhere.wasm'), call(module), module.check({})]);
      await assertWorks(module);
      assert.deepEqual(paths, [BR]);
    });
  }

  for (const name of ['WXWebAssembly', 'TTWebAssembly', 'MYWebAssembly', 'WebAssembly']) {
    it(`is loaded by a host that calls it ${name}`, async () => {
      const { instantiate, paths } = pathOnlyWebAssembly();
      const { module } = createHost({ wx, [name]: { instantiate } });
      await module.init();
      assert.deepEqual(paths, [BR]);
    });
  }

  it('is asked for once more where the host refused it', async () => {
    const { module, paths } = start(refusing(once()));
    await assertWorks(module);
    assert.deepEqual(paths, [BR, BR]);
  });

  it('is loaded uncompressed where the host refuses the compressed one', async () => {
    const { module, paths } = start(refusing((path) => path === BR));
    await assertWorks(module);
    assert.deepEqual(paths, [BR, BR, WASM]);
  });

  for (const source of [undefined, null, BR, WASM, { path: BR }]) {
    it(`is loaded by init(${JSON.stringify(source)})`, async () => {
      const { module, paths } = start();
      assert.equal(await module.init(source), undefined);
      await assertWorks(module);
      assert.deepEqual(paths, [source?.path ?? source ?? BR]);
    });
  }

  it('is loaded by what init was given, though the host has its own', async () => {
    const { module, paths } = start();
    const other = pathOnlyWebAssembly({ folder: '/other/' });
    await module.init({ path: '/other/wmpf_voip_bg.wasm', webAssembly: other });
    await assertWorks(module);
    assert.deepEqual([paths, other.paths], [[], ['/other/wmpf_voip_bg.wasm']]);
  });

  it('is loaded by the call after an init that failed, from where init was told', async () => {
    let isReady = false;
    const refuse = () => {
      if (!isReady) throw { errMsg: 'instantiate:fail not now' };
    };
    const { module, paths } = start({ folder: IN_PLUGIN, refuse });
    const path = `${IN_PLUGIN}wmpf_voip_bg.wasm`;
    await rejection(module, module.init(path), 1011);
    isReady = true;
    await assertWorks(module);
    assert.deepEqual(paths, [path, path, path]);
  });

  it('is loaded by the init after one that was told a wrong path', async () => {
    const { module, paths } = start();
    const error = await rejection(module, module.init('/wasm/elsewhere.wasm'), 1011);
    assert.equal(
      error.errMsg,
      'init:fail /wasm/elsewhere.wasm could not be loaded (instantiate:fail no such file /wasm/elsewhere.wasm): ' +
        'tell init where the file is',
    );
    assert.deepEqual(plain(error.cause.cause), {
      errMsg: 'instantiate:fail no such file /wasm/elsewhere.wasm',
    });
    await module.init(BR);
    await assertWorks(module);
    assert.deepEqual(paths, ['/wasm/elsewhere.wasm', '/wasm/elsewhere.wasm', BR]);
  });

  for (const [name, thrown, says] of [
    ['an error', new Error('invalid wasm file'), 'invalid wasm file'],
    ['a string', 'invalid wasm file', 'invalid wasm file'],
    ['nothing', undefined, 'undefined'],
  ]) {
    it(`cannot be loaded where the host refuses it with ${name}`, async () => {
      const { module } = start({
        refuse() {
          throw thrown;
        },
      });
      const error = await rejection(module, call(module), 1011);
      assert.ok(error.errMsg.startsWith(`initByCaller:fail ${BR} could not be loaded (${says})`), error.errMsg);
    });
  }

  for (const [source, got] of [
    [7, 'number'],
    [{}, 'object'],
    [new ArrayBuffer(8), 'object'],
    [{ path: 7 }, 'number'],
  ]) {
    it(`is not loaded by init(${JSON.stringify(source)})`, async () => {
      const { module, paths } = start();
      const error = await rejection(module, module.init(source), 1011);
      assert.equal(error.errMsg, `init:fail expected the path of a file in the code package, got ${got}`);
      assert.deepEqual(paths, []);
      await module.init(BR);
      await assertWorks(module);
    });
  }

  it('is refused where it is another one', async () => {
    const { module } = start({ patch: () => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]) });
    const error = await rejection(module, module.init(), 1011);
    assert.equal(error.errMsg, 'init:fail this is not the wasm of wmpf-voip');
  });

  for (const [name, WXWebAssembly] of [
    ['no WXWebAssembly', undefined],
    ['a WXWebAssembly that is null', null],
    ['a WXWebAssembly without instantiate', {}],
  ]) {
    it(`is 1011 on a host with ${name}`, async () => {
      const { module } = start({}, { WXWebAssembly });
      const error = await rejection(module, call(module), 1011);
      assert.equal(error.errMsg, `initByCaller:fail ${NO_WASM}`);
      assert.match(module.explain(1011).remedy, /base library/);
    });
  }
});

describe('an instance of a mini-program that traps', { timeout: 60_000 }, () => {
  /** The first instance traps: its entry reads from an address that is not in its memory. */
  const trapping = () => {
    const isFirst = once();
    return (exports) =>
      isFirst()
        ? { ...exports, ask: () => exports.connect(0xffff_fff0, 0xffff_fff0, 'initByCaller'.length, 0, 0, 0) }
        : exports;
  };

  it('rejects the call, and the next call gets a fresh one from the same path', async () => {
    const { module, paths } = start({ folder: '/wasm/', wrap: trapping() });
    await module.init('/wasm/wmpf_voip_bg.wasm.br');
    const error = await rejection(module, call(module), 1008);
    assert.match(error.errMsg, /^initByCaller:fail the module broke down \(.+\); /);
    await assertWorks(module);
    await assertWorks(module);
    assert.deepEqual(paths, ['/wasm/wmpf_voip_bg.wasm.br', '/wasm/wmpf_voip_bg.wasm.br']);
  });

  it('and had to be loaded uncompressed is not tried compressed again', async () => {
    const { module, paths } = start({ ...refusing((path) => path === BR), wrap: trapping() });
    await rejection(module, call(module), 1008);
    await assertWorks(module);
    assert.deepEqual(paths, [BR, BR, WASM, WASM]);
  });
});

describe('the entry of a mini-program', () => {
  it('has the names of the others', () => {
    const { module } = start();
    assert.equal(module.__esModule, true);
    const node = freshModule();
    assert.deepEqual(Object.keys(module).sort(), Object.keys(node).sort());
    assert.deepEqual(Object.keys(module.default), Object.keys(node.default));
    assert.equal(module.default.CALL_PAGE_PATH, node.default.CALL_PAGE_PATH);
  });
});
