// The package's entry for mini-programs on each host, with the real service: the documented sample, and a failure of
// each kind.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { assertScenario } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { createHost } from './host.mjs';
import { globalsOf, PROFILES } from './profiles.mjs';
import { compiledScenario } from './scenario.mjs';

describe('the entry for mini-programs', { timeout: 180_000 }, () => {
  let hosts;
  let scenario;
  before(async () => {
    hosts = await startHosts();
    scenario = await compiledScenario();
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
