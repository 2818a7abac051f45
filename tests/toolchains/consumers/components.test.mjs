// The guides' pages in React and in Vue, on Vite's development server and in Chromium, against the real service: a component
// that unmounts and mounts again, as these frameworks have it do all the time, ends no call.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import { createServer } from 'vite';

import { FAKE_DEVICES, launchChromium, openPage } from '../../support/chromium.mjs';
import { readGuides, save } from '../../support/guides.mjs';
import { startService } from '../../support/service.mjs';
import { createApp } from './app.mjs';

/** Longer than a page that was left keeps its call, and than the end of one needs to be told of. */
const SETTLED_MS = 2500;

/** `line` is one of the component; with `more` before it, or without that again, it is another component and mounted anew. */
const FRAMEWORKS = [
  {
    name: 'React',
    folder: 'react',
    main: 'main.jsx',
    component: 'CallPage.jsx',
    plugin: react,
    line: 'const { call, view }',
    more: 'useRef(); ',
  },
  {
    name: 'Vue',
    folder: 'vue',
    main: 'main.js',
    component: 'CallPage.vue',
    plugin: vue,
    line: 'const { call, view }',
    more: 'void 0; ',
  },
];

/** What the test hears of a page's module. */
const HEARING = `
import wmpfVoip from 'wmpf-voip'
window.heard = []
wmpfVoip.onVoipEvent(({ eventName }) => window.heard.push(eventName))
`;

const settled = () => new Promise((resolve) => setTimeout(resolve, SETTLED_MS));

describe("the guides' pages", { timeout: 400_000 }, () => {
  let service;
  let browser;
  const closing = [];
  before(async () => {
    service = await startService();
    browser = await launchChromium(FAKE_DEVICES);
    for (const framework of FRAMEWORKS) framework.site = await serve(framework);
  });
  after(async () => {
    await browser?.close();
    for (const close of closing) await close();
    await service?.stop();
  });

  async function serve({ folder, main, component, plugin }) {
    const app = await createApp();
    closing.push(app.remove);
    const { files } = await readGuides(service.endpoint);
    const html = `<!doctype html><link rel="icon" href="data:," /><div id="root"></div><script type="module" src="/${folder}/${main}"></script>`;
    const ofGuide = [...files].filter(([name]) => name.startsWith(`${folder}/`));
    const config = 'vite.config.mjs';
    await save(app.path, [...ofGuide, ['index.html', html], [config, files.get(config)]]);
    await save(app.path, [['demo.js', files.get('demo.js') + HEARING]]);
    const inline = {
      root: app.path,
      logLevel: process.env.VITE_LOG ?? 'silent',
      server: { host: '127.0.0.1', port: 0 },
      plugins: [plugin()],
    };
    const server = await createServer({ ...inline, configFile: join(app.path, config) });
    closing.push(() => server.close());
    await server.listen();
    const url = `http://127.0.0.1:${server.httpServer.address().port}/`;
    /** Changes the component as its author does. */
    async function edit(change) {
      const path = `${folder}/${component}`;
      const text = await readFile(join(app.path, path), 'utf8');
      const changed = change(text);
      assert.notEqual(changed, text);
      await save(app.path, [[path, changed]]);
    }
    return { url, edit };
  }

  async function open(framework, query = '') {
    const { page, problems } = await openPage(browser);
    await page.goto(framework.site.url + query);
    await page.getByRole('button', { name: 'Call', exact: true }).waitFor();
    const all = () => page.evaluate(() => window.heard);
    return {
      page,
      problems,
      /** Waits until it shows the call in this state. If it does not, it matters what it has shown and heard instead. */
      async shows(state) {
        try {
          await page.locator('p', { hasText: state }).waitFor();
        } catch (cause) {
          const shown = await page.locator('p').allInnerTexts();
          throw new Error(`expected ${state}, but it shows ${shown} and has heard ${await all()}`, { cause });
        }
      },
      press: (name) => page.getByRole('button', { name, exact: true }).click(),
      /** What its module has heard of calls. */
      heard: async () => (await all()).filter((name) => name !== 'calling' && name !== 'callPageOnShow'),
      /** Whether the other side is seen: its picture goes on. */
      seesOther: () =>
        page.waitForFunction(() => {
          const [other] = document.querySelectorAll('video');
          const { frames = 0 } = other ?? {};
          if (other) other.frames = other.getVideoPlaybackQuality().totalVideoFrames;
          return other?.frames > frames && frames > 0;
        }),
      /** Goes to the route without a call and back, both in one task or a moment apart. */
      leaveAndEnter: (ms) =>
        page.evaluate(async (ms) => {
          history.back();
          await new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
          await new Promise((resolve) => setTimeout(resolve, ms));
          history.forward();
          await new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
        }, ms),
      close: () => page.context().close(),
    };
  }

  let edits = 0;
  /** Changes the component twice: how it looks, and what it is. The page has both without having been loaded anew. */
  async function hotReload({ site, line, more }, { page }) {
    const opened = () => page.evaluate(() => window.heard.filter((name) => name === 'callPageOnShow').length);
    await page.evaluate(() => (window.isSame = true));
    edits += 1;
    await site.edit((text) => text.replace(/Hang up( \d+)?/, `Hang up ${edits}`));
    await page.getByRole('button', { name: `Hang up ${edits}`, exact: true }).waitFor();
    const before = await opened();
    await site.edit((text) => (text.includes(more) ? text.replace(more, '') : text.replace(line, more + line)));
    await page.waitForFunction(
      (before) => window.heard.filter((name) => name === 'callPageOnShow').length > before,
      before,
    );
    assert.equal(await page.evaluate(() => window.isSame), true);
  }

  for (const [caller, listener] of [FRAMEWORKS, [...FRAMEWORKS].reverse()]) {
    it(`call, from ${caller.name} to ${listener.name}, and only a user ends the call`, async () => {
      const [device, phone] = [await open(caller), await open(listener, '?phone')];
      await device.press('Call');
      await device.shows('outgoing');
      const rings = phone.page.getByRole('button', { name: 'calls' });
      await rings.click();
      await phone.shows('incoming');
      const both = [
        [caller, device],
        [listener, phone],
      ];
      await settled();
      for (const [framework, end] of both) await hotReload(framework, end);
      for (const [, end] of both) await end.leaveAndEnter(300);
      await settled();
      await device.shows('outgoing');
      await phone.shows('incoming');

      await phone.press('Answer');
      for (const [, end] of both) await end.shows('connected');
      for (const [framework, end] of both) {
        await end.seesOther();
        await hotReload(framework, end);
        await end.shows('connected');
        await end.leaveAndEnter(0);
        await end.shows('connected');
        await settled();
        for (const [, { seesOther }] of both) await seesOther();
      }
      assert.deepEqual(await device.heard(), ['joinedRoomByCaller', 'startVoip']);
      assert.deepEqual(await phone.heard(), ['hangOnVoip', 'startVoip']);

      await phone.page.goBack();
      await device.shows('hungUp');
      await settled();
      const end = ['startVoip', 'hangUpVoip', 'endVoip', 'finishVoip'];
      assert.deepEqual(await device.heard(), ['joinedRoomByCaller', ...end]);
      assert.deepEqual(await phone.heard(), ['hangOnVoip', ...end]);
      for (const [, { problems, close }] of both) {
        assert.deepEqual(problems, []);
        await close();
      }
    });
  }
});
