// The guides' unit tests in Vitest and in Jest, with and without jsdom.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { readGuides, save } from '../support/guides.mjs';
import { createProject } from '../support/tarball.mjs';

const RUN_MS = 60_000;
const TOOLS = fileURLToPath(new URL('node_modules', import.meta.url));
const VITEST = join(TOOLS, 'vitest/vitest.mjs');
const JEST = join(TOOLS, 'jest/bin/jest.js');

describe('the unit tests of the guides', { timeout: 180_000 }, () => {
  let project;
  before(async () => {
    project = await createProject();
    const { files } = await readGuides();
    // The tools are found above the tests, as if they had been installed there.
    for (const tool of ['vitest', 'jest', 'jest-environment-jsdom', 'jsdom']) {
      await symlink(join(TOOLS, tool), join(project.path, 'node_modules', tool), 'junction');
    }
    const ofVitest = files
      .get('ring.test.mjs')
      .replace("import { beforeEach, test } from 'node:test'", "import { beforeEach, test } from 'vitest'");
    assert.match(ofVitest, /'vitest'/);
    const ofJest = ['ring.test.cjs', 'jest.config.cjs', 'jest.setup.cjs'].map((name) => [name, files.get(name)]);
    await save(project.path, [['ring.mjs', files.get('ring.mjs')], ['ring.test.mjs', ofVitest], ...ofJest]);
    await save(project.path, [['node.config.cjs', 'module.exports = {}']]);
    await save(project.path, [['bare.config.cjs', "module.exports = { testEnvironment: 'jsdom' }"]]);
  });
  after(() => project?.remove());

  /** Everything that the tool has said, whether it has failed or not. */
  const run = async (...args) => {
    const options = { cwd: project.path, timeout: RUN_MS, env: { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' } };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options).catch((error) => error);
    return stdout + stderr;
  };

  for (const environment of ['node', 'jsdom']) {
    it(`pass in Vitest, ${environment}`, async () => {
      const said = await run(VITEST, 'run', 'ring.test.mjs', '--environment', environment);
      assert.match(said, /Tests {2}6 passed \(6\)/);
    });
  }

  for (const [name, config] of [['node', 'node.config.cjs'], ['jsdom', 'jest.config.cjs']]) {
    it(`pass in Jest, ${name}`, async () => {
      const said = await run(JEST, '--config', config, '--testMatch', '**/ring.test.cjs');
      assert.match(said, /Tests: +1 passed, 1 total/);
    });
  }

  it('fail in Jest with jsdom as the guide says, if nothing was set up', async () => {
    const said = await run(JEST, '--config', 'bare.config.cjs', '--testMatch', '**/ring.test.cjs');
    assert.match(said, /wmpf-voip\/inline\.js[^]*Cannot use import statement outside a module/);
  });
});
