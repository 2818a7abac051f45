// The packed package in Node: imported, required, and both in one process.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { transform } from 'esbuild';

import { ROOT } from '../../support/paths.mjs';
import { createProject } from '../../support/tarball.mjs';
import { assertScenario, NAMES } from './expected.mjs';
import { startHosts } from './hosts.mjs';

describe('the packed package in Node', { timeout: 180_000 }, () => {
  let hosts;
  let project;
  before(async () => {
    hosts = await startHosts();
    project = await createProject(join(ROOT, 'tests/package/loading/consumers'));
  });
  after(async () => {
    await project?.remove();
    await hosts?.stop();
  });

  const consume = async (file) => JSON.parse(await project.run([file], { HOSTS: JSON.stringify(hosts.addresses) }));

  it('is imported', async () => {
    const { report, names } = await consume('esm.mjs');
    assert.deepEqual(names, NAMES);
    assertScenario(report, hosts.addresses);
  });

  it('is required', async () => {
    const { report, names } = await consume('cjs.cjs');
    assert.deepEqual(names, NAMES);
    assertScenario(report, hosts.addresses);
  });

  it('is imported by a file that was compiled to require', async () => {
    const source = `
      import wmpfVoip, { VoipError } from 'wmpf-voip';
      console.log(JSON.stringify([typeof wmpfVoip.initByCaller, typeof VoipError]));
    `;
    const { code } = await transform(source, { format: 'cjs' });
    await writeFile(join(project.path, 'compiled.js'), code);
    assert.deepEqual(JSON.parse(await project.run(['compiled.js'])), ['function', 'function']);
  });

  it('has its entry for mini-programs as CommonJS', async () => {
    const source = `
      const { default: wmpfVoip, ...rest } = require('wmpf-voip/miniprogram');
      console.log(JSON.stringify([typeof wmpfVoip.initByCaller, ...Object.keys(rest)]));
    `;
    await writeFile(join(project.path, 'miniprogram.cjs'), source);
    const [type, ...names] = JSON.parse(await project.run(['miniprogram.cjs']));
    assert.equal(type, 'function');
    assert.deepEqual([...names, 'default'].sort(), NAMES);
  });

  it('is one module for both in one process', async () => {
    const { same, isSuccess, instanceOfImported } = await consume('both.mjs');
    assert.deepEqual(same, Object.fromEntries(NAMES.map((name) => [name, true])));
    assert.equal(isSuccess, true);
    assert.equal(instanceOfImported, true);
  });
});
