// The packed package in Chromium: a page without a bundler, and three ways to bundle it with esbuild.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { build } from 'esbuild';

import { launchChromium, openPage } from '../../support/chromium.mjs';
import { ROOT } from '../../support/paths.mjs';
import { serveFiles } from '../../support/servers.mjs';
import { createProject } from '../../support/tarball.mjs';
import { assertScenario } from './expected.mjs';
import { startHosts } from './hosts.mjs';

const WASM = 'wmpf_voip_bg.wasm';

describe('the packed package in a browser', { timeout: 180_000 }, () => {
  let hosts;
  let project;
  let site;
  let browser;
  before(async () => {
    hosts = await startHosts();
    project = await createProject(join(ROOT, 'tests/package/loading/consumers'));
    site = await serveFiles(project.path);
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
    await project?.remove();
    await hosts?.stop();
  });

  async function consume(path) {
    const { page, problems } = await openPage(browser);
    site.requests.length = 0;
    await page.goto(`${site.endpoint}${path}`);
    await page.waitForFunction(() => typeof window.run === 'function');
    const loaded = site.requests.filter((request) => request.endsWith('.wasm'));
    assert.deepEqual(loaded, [], 'an import fetches no wasm');
    const report = await page.evaluate((hosts) => window.run(hosts), hosts.addresses);
    assertScenario(report, hosts.addresses);
    assert.deepEqual(problems, []);
    await page.context().close();
    return site.requests.filter((request) => request.endsWith('.wasm'));
  }

  async function bundle(name, options) {
    const directory = join(project.path, name);
    await mkdir(directory);
    await copyFile(join(project.path, 'bundled.html'), join(directory, 'index.html'));
    const { warnings } = await build({
      absWorkingDir: project.path,
      outfile: join(directory, 'bundle.js'),
      bundle: true,
      minify: true,
      format: 'esm',
      logLevel: 'silent',
      ...options,
    });
    assert.deepEqual(warnings, []);
    return directory;
  }

  it('needs no bundler', async () => {
    assert.deepEqual(await consume('/index.html'), [`/node_modules/wmpf-voip/${WASM}`]);
  });

  it('is bundled, with its wasm inside', async () => {
    await bundle('inside', { entryPoints: ['page.js'] });
    assert.deepEqual(await consume('/inside/index.html'), []);
  });

  it('is bundled, with its wasm copied beside the bundle', async () => {
    const directory = await bundle('copied', { entryPoints: ['page.js'], conditions: ['production'] });
    await copyFile(join(project.installed, WASM), join(directory, WASM));
    assert.deepEqual(await consume('/copied/index.html'), [`/copied/${WASM}`]);
  });

  it('is bundled, with its wasm where the bundler puts it', async () => {
    await bundle('placed', { entryPoints: ['page-with-url.js'], loader: { '.wasm': 'file' } });
    const [wasm, ...more] = await consume('/placed/index.html');
    assert.match(wasm, /^\/placed\/wmpf_voip_bg-\w+\.wasm$/);
    assert.deepEqual(more, []);
  });

  it('is tested against a fake service', async () => {
    const { page, problems } = await openPage(browser);
    await page.goto(`${site.endpoint}/index.html`);
    const codes = await page.evaluate(async () => {
      const { default: wmpfVoip, configure } = await import('/node_modules/wmpf-voip/browser.js');
      const { createFakeService } = await import('/node_modules/wmpf-voip/testing.js');
      const service = createFakeService();
      configure(service.options);
      service.answer({}, 9, 'offline', 'silent', 'garbage');
      const request = { roomType: 'voice', businessType: 1, caller: { id: 'a' }, listener: { id: 'b' } };
      const codes = [];
      for (let n = 0; n < 5; n++) codes.push((await wmpfVoip.initByCaller(request)).errCode);
      return codes;
    });
    assert.deepEqual(codes, [undefined, 9, 1002, 1002, 1003]);
    assert.deepEqual(problems, []);
    await page.context().close();
  });
});
