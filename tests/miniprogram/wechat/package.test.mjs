// The package as WeChat's own tools make it part of a mini-program: they copy its folder, compile it down to ES5 and
// minify it. What they make of it runs on each host like the file that they were given.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { parse } from 'acorn';

import { assertScenario } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { createProject } from '../../support/tarball.mjs';
import { DIST, IN_APP } from '../hosts/code-package.mjs';
import { createHost } from '../hosts/host.mjs';
import { globalsOf, PROFILES } from '../hosts/profiles.mjs';
import { requireOf } from '../hosts/require.mjs';
import { compiledScenario } from '../hosts/scenario.mjs';
import { compile } from './compile.mjs';

const APP = fileURLToPath(new URL('app', import.meta.url));

describe("the package in WeChat's tools", { timeout: 300_000 }, () => {
  let hosts;
  let project;
  let scenario;
  let out;
  before(async () => {
    hosts = await startHosts();
    scenario = await compiledScenario();
    project = await createProject(APP);
    out = join(project.path, 'out');
    await compile('miniProgram', project.path, out);
  });
  after(async () => {
    await project?.remove();
    await hosts?.stop();
  });

  it('is copied with its wasm', async () => {
    for (const name of ['wmpf_voip_bg.wasm', 'wmpf_voip_bg.wasm.br']) {
      const copied = await readFile(join(out, IN_APP, name));
      assert.ok(copied.equals(await readFile(join(DIST, name))), name);
    }
  });

  it('is compiled to what every engine reads', async () => {
    const compiled = await readFile(join(out, IN_APP, 'index.js'), 'utf8');
    const { body } = parse(compiled, { ecmaVersion: 5 });
    assert.ok(body.length > 0);
  });

  for (const profile of PROFILES) {
    it(`works on ${profile.name}`, async () => {
      let page;
      const { globals } = globalsOf(profile);
      const Page = (options) => {
        page = options;
      };
      const host = createHost({ ...globals, Page }, profile.engine);
      requireOf(host, out)('./pages/index/index');
      const { wmpfVoip, module, required } = page.onLoad();
      assert.equal(wmpfVoip, required.default);
      assert.equal(module.VoipError, required.VoipError);

      const sideEffects = () => ({ called: [], added: host.changed() });
      const { runScenario } = host.load('scenario.js', scenario, { sideEffects });
      await profile.prepare?.(required, globals);
      const report = await runScenario(required, hosts.addresses);
      assertScenario(JSON.parse(JSON.stringify(report)), hosts.addresses);
    });
  }
});
