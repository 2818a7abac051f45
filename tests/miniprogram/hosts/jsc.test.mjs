// The package's entry for mini-programs in iOS's engine without its compilers, as iOS runs it. Where there is no `jsc`,
// it is skipped; `cargo xtask test --all` installs it where apt-get can.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { assertScenario } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { temporaryDirectory } from '../../support/temporary.mjs';
import { DIST } from './code-package.mjs';
import { request } from './request.mjs';
import { compiledScenario } from './scenario.mjs';

const SHELL = fileURLToPath(new URL('in-jsc.js', import.meta.url));
const POLYFILL = fileURLToPath(new URL('promise.js', import.meta.url));

const isThere = spawnSync('jsc', ['-e', '']).error === undefined;
const skip = isThere
  ? false
  : 'no jsc in PATH: install libjavascriptcoregtk-bin (Debian 12: libjavascriptcoregtk-4.0-bin) to run it';

describe('JavaScriptCore without a JIT', { timeout: 180_000, skip }, () => {
  let hosts;
  let directory;
  before(async () => {
    hosts = await startHosts();
    directory = await temporaryDirectory();
  });
  after(async () => {
    await directory?.remove();
    await hosts?.stop();
  });

  it('runs the entry for mini-programs', () => run());

  it('runs it with a Promise of timers', () => run(POLYFILL));

  async function run(...polyfill) {
    const scenario = join(directory.path, 'scenario.js');
    await writeFile(scenario, await compiledScenario());
    const shipped = ['index.js', 'explain.js', 'wmpf_voip_bg.wasm'].map((name) => join(DIST, name));
    const files = [...shipped, scenario];
    const flags = ['--useJIT=0', SHELL, '--', ...files, JSON.stringify(hosts.addresses), ...polyfill];
    const child = spawn('jsc', flags, { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    const reply = (line) => child.stdin.write(`${JSON.stringify(line)}\n`);
    let last;
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        assert.ok(line.startsWith('{'), line);
        last = JSON.parse(line);
        if (last.request) send(last.request, reply);
      }
    } catch (error) {
      child.kill();
      throw error;
    }
    assert.deepEqual(await closed, [0, null]);
    assert.equal(last.failed, undefined);
    assertScenario(last.report, hosts.addresses);
    assert.deepEqual(last.paths, ['/miniprogram_npm/wmpf-voip/wmpf_voip_bg.wasm.br']);
  }
});

/** The shell waits for every answer, also for that of a host that never gives one. */
function send(options, reply) {
  request({
    ...options,
    success: (answer) => reply({ answer }),
    fail: (error) => reply(error.errMsg === 'request:fail timeout' ? {} : { error }),
  });
}
