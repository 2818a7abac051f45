// The guides' code for Node and for the browser, run as it stands there; what mini-programs run is tried in tests/miniprogram/hosts and
// tests/miniprogram/wechat, what Jest and Vitest run in tests/toolchains/runners.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { launchChromium, openPage } from '../../support/chromium.mjs';
import { blocksOf, mistakesOf, readGuides, save } from '../../support/guides.mjs';
import { ROOT } from '../../support/paths.mjs';
import { closedEndpoint, serveLoginPage } from '../../support/servers.mjs';
import { startService } from '../../support/service.mjs';
import { createProject } from '../../support/tarball.mjs';

const TEST = ['--test', '--test-reporter=tap'];
/** Else it would report to the runner of this file. */
const OUTERMOST = { NODE_TEST_CONTEXT: undefined };

describe('the guides', { timeout: 180_000 }, () => {
  let service;
  let project;
  let browser;
  let files;
  before(async () => {
    project = await createProject();
    service = await startService({ site: project.path });
    ({ files } = await readGuides());
    await save(project.path, files);
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    await project?.remove();
  });

  it('have the same code in both languages', async () => {
    const codeOf = async (document) => {
      const blocks = await blocksOf(document);
      // What a comment says is in the document's language.
      return blocks.map((block) => ({ ...block, code: block.code.replace(/(?<=^| )\/\/ .*$/gm, '//') }));
    };
    assert.deepEqual(await codeOf('docs/guides.zh-CN.md'), await codeOf('docs/guides.md'));
  });

  it('have unit tests that pass', async () => {
    const printed = await project.run([...TEST, 'ring.test.mjs', 'page.test.cjs', 'call-page.test.mjs'], OUTERMOST);
    assert.match(printed, /^# pass 8$/m);
    assert.match(printed, /^# fail 0$/m);
  });

  it('have unit tests that fail if the code under test is wrong', async () => {
    const right = files.get('ring.mjs');
    const wrong = right.replace('if (result.isSuccess)', 'if (true)');
    assert.notEqual(wrong, right);
    await save(project.path, [['ring.mjs', wrong]]);
    const { stdout } = await project.run([...TEST, 'ring.test.mjs'], OUTERMOST).catch((error) => error);
    await save(project.path, [['ring.mjs', right]]);
    assert.match(stdout, /^# fail 4$/m);
  });

  it('have a program that is either party of a call in Node', async () => {
    await cp(join(ROOT, 'node_modules/ws'), join(project.path, 'node_modules/ws'), { recursive: true });
    const program = (await readGuides(service.endpoint)).files.get('party.mjs');
    await save(project.path, [['party.mjs', program]]);
    const blocks = await blocksOf('docs/guides.md');
    const { code: printed } = blocks[blocks.findIndex(({ name }) => name === 'party.mjs') + 1];
    const [phone, device] = await Promise.all(['phone', 'device'].map((role) => project.run(['party.mjs', role])));
    assert.equal(phone, printed);
    assert.equal(device, 'outgoing\nconnected\nhello from the phone\nended: hungUp\n');
  });

  /** What the guide's page says after its button was pressed. */
  async function press({ change = (page) => page, prepare, at = service.endpoint } = {}) {
    const name = `page-${Math.random().toString(36).slice(2)}`;
    const html = files.get('index.html').replace('./call-button.mjs', `./${name}.mjs`);
    await save(project.path, [
      [`${name}.html`, change(html)],
      [`${name}.mjs`, change(files.get('call-button.mjs'))],
    ]);
    const { page, problems } = await openPage(browser);
    await prepare?.(page);
    await page.goto(`${at}/${name}.html`);
    await page.waitForFunction(() => document.querySelector('button')?.onclick);
    await page.click('button');
    const said = page.locator('p:not(:empty)');
    await said.waitFor();
    const text = await said.textContent();
    await page.context().close();
    return { text, problems };
  }

  it('have a page that calls', async () => {
    assert.deepEqual(await press(), { text: 'It rings', problems: [] });
  });

  it('warn of mistakes of a page with the errors that they end in', async () => {
    const loginPage = await serveLoginPage();
    // The service's own policy has its pages reach no other service.
    const policy = "default-src *; script-src 'self' 'wasm-unsafe-eval'";
    const open = await startService({ site: project.path, env: { WMPF_VOIP_WWW_CSP: policy } });
    try {
      const calls = (endpoint) => (page) =>
        page.replace('configure({ endpoint,', () => `configure({ endpoint: '${endpoint}',`);
      const noWasm = `<meta http-equiv="content-security-policy" content="script-src 'self' 'unsafe-inline'" />`;
      const lost = (page) => page.route('**/*.wasm', (route) => route.fulfill({ status: 404, body: '' }));
      const texts = [];
      for (const mistake of [
        { change: calls(await closedEndpoint()) },
        { change: calls(loginPage.endpoint), at: open.endpoint },
        { prepare: lost },
        { change: (page) => page.replace('<button>', `${noWasm}<button>`) },
      ]) {
        texts.push((await press(mistake)).text);
      }
      const forbidden = texts.pop();
      const documented = await mistakesOf('In the browser');
      assert.equal(documented.length, texts.length);
      for (const [index, { errMsg }] of documented.entries()) {
        assert.match(texts[index].replace(/(request to http:\/\/127\.0\.0\.1):\d+/, '$1:8787'), errMsg);
      }
      // The browser's own words.
      assert.match(forbidden, /^initByCaller:fail .*(Content Security Policy|unsafe-eval)/);
    } finally {
      await open.stop();
      await loginPage.stop();
    }
  });
});
