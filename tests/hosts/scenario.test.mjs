// The package's entry for mini-programs on each host, with the real service: the documented sample, and a failure of
// each kind.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';

import { transform } from 'esbuild';

import { assertScenario } from '../package/expected.mjs';
import { startHosts } from '../package/hosts.mjs';
import { createHost } from './host.mjs';
import { globalsOf, PROFILES } from './profiles.mjs';

const SCENARIO = new URL('../package/consumers/scenario.mjs', import.meta.url);

describe('the entry for mini-programs', { timeout: 180_000 }, () => {
  let hosts;
  let scenario;
  before(async () => {
    hosts = await startHosts();
    // A mini-program's own code is compiled in the same way.
    const options = { format: 'cjs', target: 'es2017', define: { 'globalThis.sideEffects': 'sideEffects' } };
    scenario = (await transform(await readFile(SCENARIO, 'utf8'), options)).code;
  });
  after(() => hosts?.stop());

  for (const profile of PROFILES) {
    it(`works on ${profile.name}`, async () => {
      const { globals, paths } = globalsOf(profile);
      const host = createHost(globals, profile.engine);
      const called = [...paths];
      const sideEffects = () => ({ called, added: host.changed() });
      const { runScenario } = host.load('scenario.js', scenario, { sideEffects });

      await profile.prepare?.(host.module, globals);
      const report = await runScenario(host.module, hosts.addresses);
      // Plain data of this realm.
      assertScenario(JSON.parse(JSON.stringify(report)), hosts.addresses);
      assert.equal(paths.length, 1, `loaded once: ${paths}`);
    });
  }
});
