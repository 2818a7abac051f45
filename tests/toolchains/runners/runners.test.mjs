// The guides' unit tests in Vitest and in Jest, with and without jsdom; and what runners do to their tests' globals: timers that
// stand still, and a jsdom whose classes are of another realm.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { readGuides, save } from '../../support/guides.mjs';
import { createProject } from '../../support/tarball.mjs';

const RUN_MS = 60_000;

const NAMES = '{ default: wmpfVoip, check, configure, init, openCall }';
const REQUIRED = `
const ${NAMES} = require('wmpf-voip');
const { createFakeService } = require('wmpf-voip/testing');
`;
const IMPORTED = `
const ${NAMES} = await import('wmpf-voip');
const { createFakeService } = await import('wmpf-voip/testing');
`;

/** How timers are replaced: each gives what puts the clock on. */
const JEST_TIMERS = `[
  ['as by default', () => (jest.useFakeTimers(), (ms) => jest.advanceTimersByTimeAsync(ms))],
  ['at another time', () => (jest.useFakeTimers({ now: 0 }), (ms) => jest.advanceTimersByTimeAsync(ms))],
  ['the old way', () => (jest.useFakeTimers({ legacyFakeTimers: true }), async (ms) => {
    for (let i = 0; i < 50; i += 1) await undefined;
    jest.advanceTimersByTime(ms);
  })],
]`;
const EVERY =
  "['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'setInterval', 'Date', 'performance', 'queueMicrotask']";
const VITEST_TIMERS = `[
  ['as by default', () => (vi.useFakeTimers(), (ms) => vi.advanceTimersByTimeAsync(ms))],
  ['all of them', () => (vi.useRealTimers(), vi.useFakeTimers({ toFake: ${EVERY} }), (ms) => vi.advanceTimersByTimeAsync(ms))],
]`;

const CALLS = `
const request = { roomType: 'voice', businessType: 1, caller: { id: 'SN-1' }, listener: { id: 'o1' } };
const device = { roomType: 'voice', sn: 'SN-1', modelId: 'm', pushToken: 'push-token', nickName: 'n' };
`;
const TIMERS = `${CALLS}
for (const [name, replace] of configured) {
  test(name, async () => {
    const advance = replace();
    const service = createFakeService();
    configure(service.options);
    await init();
    expect(await check(request)).toEqual([]);
    expect((await wmpfVoip.initByCaller(request)).isSuccess).toBe(true);
    expect((await wmpfVoip.callWMPF(device)).roomId).toBe('fake-room-2');
    service.answer(9, ['offline', {}]);
    expect((await wmpfVoip.initByCaller(request)).errCode).toBe(9);
    expect((await wmpfVoip.initByCaller(request)).isSuccess).toBe(true);
    // Its own time-outs go by the test's clock.
    service.answer('silent');
    const late = wmpfVoip.initByCaller(request);
    await advance(50);
    expect((await late).errCode).toBe(1002);
  });
}
`;
const SINON = `${CALLS}
import timers from '@sinonjs/fake-timers';
const clock = timers.install({ toFake: ${EVERY} });
const service = createFakeService();
configure(service.options);
const { isSuccess } = await wmpfVoip.initByCaller(request);
service.answer('silent');
const late = wmpfVoip.initByCaller(request);
await clock.tickAsync(50);
const { errCode } = await late;
clock.uninstall();
console.log(isSuccess, errCode);
`;

/** In Jest's jsdom, what Node gives is of another realm than the test and the package. */
const REALM = `${CALLS}
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const bytes = readFileSync(join(dirname(require.resolve('wmpf-voip')), 'wmpf_voip_bg.wasm'));
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
for (const [name, source] of [
  ['what Node has read', bytes],
  ['its bytes', buffer],
  ['bytes', Uint8Array.from(bytes)],
  ['its own bytes', Uint8Array.from(bytes).buffer],
]) {
  test(name, async () => {
    jest.resetModules();
    ${REQUIRED}
    await init(source);
    configure(createFakeService().options);
    expect((await wmpfVoip.initByCaller(request)).isSuccess).toBe(true);
  });
}
`;
const TOOLS = fileURLToPath(new URL('node_modules', import.meta.url));
const VITEST = join(TOOLS, 'vitest/vitest.mjs');
const JEST = join(TOOLS, 'jest/bin/jest.js');

describe('the unit tests of the guides', { timeout: 180_000 }, () => {
  let project;
  before(async () => {
    project = await createProject();
    const { files } = await readGuides();
    // The tools are found above the tests, as if they had been installed there.
    for (const tool of ['vitest', 'jest', 'jest-environment-jsdom', 'jsdom', '@sinonjs']) {
      await symlink(join(TOOLS, tool), join(project.path, 'node_modules', tool), 'junction');
    }
    const ofVitest = files
      .get('ring.test.mjs')
      .replace("import { beforeEach, test } from 'node:test'", "import { beforeEach, test } from 'vitest'");
    assert.match(ofVitest, /'vitest'/);
    const ofJest = ['ring.test.cjs', 'jest.config.cjs', 'jest.setup.cjs'].map((name) => [name, files.get(name)]);
    await save(project.path, [['ring.mjs', files.get('ring.mjs')], ['ring.test.mjs', ofVitest], ...ofJest]);
    await save(project.path, [['node.config.cjs', 'module.exports = {}']]);
    await save(project.path, [
      ['timers.test.cjs', `const configured = ${JEST_TIMERS};\n${REQUIRED}${TIMERS}`],
      [
        'timers.test.mjs',
        `import { expect, test, vi } from 'vitest';\nconst configured = ${VITEST_TIMERS};\n${IMPORTED}${TIMERS}`,
      ],
      ['sinon.mjs', `${IMPORTED}${SINON}`],
      ['realm.test.cjs', `${REQUIRED}${REALM}`],
    ]);
    await save(project.path, [['bare.config.cjs', "module.exports = { testEnvironment: 'jsdom' }"]]);
  });
  after(() => project?.remove());

  /** Everything that the tool has said, whether it has failed or not. */
  const run = async (...args) => {
    const options = {
      cwd: project.path,
      timeout: RUN_MS,
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' },
    };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options).catch((error) => error);
    return stdout + stderr;
  };

  for (const environment of ['node', 'jsdom']) {
    it(`pass in Vitest, ${environment}`, async () => {
      const said = await run(VITEST, 'run', 'ring.test.mjs', '--environment', environment);
      assert.match(said, /Tests {2}6 passed \(6\)/);
    });
  }

  for (const [name, config] of [
    ['node', 'node.config.cjs'],
    ['jsdom', 'jest.config.cjs'],
  ]) {
    it(`pass in Jest, ${name}`, async () => {
      const said = await run(JEST, '--config', config, '--testMatch', '**/ring.test.cjs');
      assert.match(said, /Tests: +1 passed, 1 total/);
    });
  }

  for (const [name, config] of [
    ['node', 'node.config.cjs'],
    ['jsdom', 'jest.config.cjs'],
  ]) {
    it(`may have timers that stand still in Jest, ${name}`, async () => {
      const said = await run(JEST, '--config', config, '--testMatch', '**/timers.test.cjs');
      assert.match(said, /Tests: +3 passed, 3 total/);
    });

    it(`may pass the wasm itself in Jest, ${name}`, async () => {
      const said = await run(JEST, '--config', config, '--testMatch', '**/realm.test.cjs');
      assert.match(said, /Tests: +4 passed, 4 total/);
    });
  }

  for (const environment of ['node', 'jsdom']) {
    it(`may have timers that stand still in Vitest, ${environment}`, async () => {
      const said = await run(VITEST, 'run', 'timers.test.mjs', '--environment', environment);
      assert.match(said, /Tests {2}2 passed \(2\)/);
    });
  }

  it("may have Sinon's timers", async () => {
    assert.equal(await run('sinon.mjs'), 'true 1002\n');
  });

  it('fail in Jest with jsdom as the guide says, if nothing was set up', async () => {
    const said = await run(JEST, '--config', 'bare.config.cjs', '--testMatch', '**/ring.test.cjs');
    assert.match(said, /wmpf-voip\/inline\.js[^]*Cannot use import statement outside a module/);
  });
});
