// The tests of a framework that builds mini-programs: a project of its own with the packed package, built by the
// framework's command, runs on the hosts that WeChat is.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { assertScenario } from '../../package/loading/expected.mjs';
import { startHosts } from '../../package/loading/hosts.mjs';
import { createProject } from '../../support/tarball.mjs';
import { openBuilt } from './built.mjs';
import { DIST } from './code-package.mjs';
import { PROFILES } from './profiles.mjs';
import { compiledScenario } from './scenario.mjs';

const BUILD_MS = 120_000;

const APPS = PROFILES.filter(({ name }) => /^WeChat.*an app$/.test(name));

/**
 * @param {string} name
 * @param {object} framework
 * @param {string} framework.directory where it is installed, and its app is
 * @param {(project: object) => Promise<void>} [framework.prepare] the project before it is built
 * @param {string[]} framework.command of Node, in `directory`
 * @param {string} framework.out where it puts what it builds, in the project
 * @param {string} framework.folder where the wasm is in that
 */
export function testFramework(name, { directory, prepare, command, out, folder }) {
  describe(`the package in ${name}`, { timeout: 300_000 }, () => {
    let hosts;
    let scenario;
    let project;
    let built;
    before(async () => {
      hosts = await startHosts();
      scenario = await compiledScenario();
      project = await createProject(join(directory, 'app'), directory);
      await prepare?.(project);
      const [program, ...args] = command;
      // The runner's own is "test".
      const env = { ...process.env, NODE_ENV: undefined };
      const options = { cwd: project.path, timeout: BUILD_MS, env };
      await promisify(execFile)(process.execPath, [join(directory, program), ...args], options);
      built = join(project.path, out);
    });
    after(async () => {
      await project?.remove();
      await hosts?.stop();
    });

    const open = (profile, page) => {
      const { imported, ...opened } = openBuilt(built, [page], profile, { folder });
      assert.equal(imported.length, 1);
      assert.equal(imported[0].wmpfVoip, imported[0].module.default);
      return { ...opened, module: imported[0].module };
    };

    it('is built with the wasm that it was told to copy', async () => {
      for (const file of ['wmpf_voip_bg.wasm', 'wmpf_voip_bg.wasm.br']) {
        const copied = await readFile(join(built, folder, file));
        assert.ok(copied.equals(await readFile(join(DIST, file))), file);
      }
    });

    for (const profile of APPS) {
      it(`works on ${profile.name}, as the entry for mini-programs`, async () => {
        const { host, module, paths } = open(profile, 'pages/index/index');
        assert.deepEqual(paths, [], 'an import loads no wasm');
        const loaded = host.changed();
        const added = () => host.changed().filter((path) => !loaded.includes(path));
        const sideEffects = () => ({ called: [], added: added() });
        const { runScenario } = host.load('scenario.js', scenario, { sideEffects });
        await module.init(`${folder}wmpf_voip_bg.wasm.br`);
        const report = await runScenario(module, hosts.addresses);
        assertScenario(JSON.parse(JSON.stringify(report)), hosts.addresses);
        assert.deepEqual(paths, [`${folder}wmpf_voip_bg.wasm.br`]);
      });

      it(`names that entry on ${profile.name}, where it is the one for browsers`, async () => {
        const { module, paths } = open(profile, 'pages/bare/index');
        const reason = "this host has no WebAssembly; a mini-program has to import 'wmpf-voip/miniprogram'";
        for (const [api, call] of [
          ['initByCaller', () => module.default.initByCaller({})],
          ['init', () => module.init(`${folder}wmpf_voip_bg.wasm.br`)],
        ]) {
          const error = await call().catch((error) => error);
          assert.deepEqual([error.errCode, error.errMsg], [1011, `${api}:fail ${reason}`]);
          assert.ok(error instanceof module.VoipPluginError);
        }
        assert.deepEqual(paths, []);
      });
    }
  });
}
