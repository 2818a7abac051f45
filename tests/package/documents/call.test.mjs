// The samples of docs/call.md: pages of Chromium that run them as they stand there, against the real service.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import WebSocket from 'ws';

import { within } from '../../support/bounded.mjs';
import { launchChromium, openPage } from '../../support/chromium.mjs';
import { blocksOf, save } from '../../support/guides.mjs';
import { freshModule } from '../../support/module.mjs';
import { INLINE_SCRIPTS, startService } from '../../support/service.mjs';
import { createProject } from '../../support/tarball.mjs';

/** What the samples leave to their readers; `role` is whose page it is. */
const pageOf = (role, samples) => `<!doctype html>
<meta charset="utf-8" />
<script type="importmap">{ "imports": { "wmpf-voip": "./node_modules/wmpf-voip/browser.js" } }</script>
<button id="close">Close</button>
<button id="continue">Continue here</button>
<script type="module">
const { handsets } = await (await fetch('/v1/demo')).json()
const [endpoint, token, media] = [location.origin, handsets.${role}.token, undefined]
const [closeButton, continueButton] = document.querySelectorAll('button')
const render = ({ state, name, reason, canContinue }) => (window.view = { state, name, reason, canContinue })
${samples}
Object.assign(window, { ringing, current: () => call })
</script>
`;

describe('the samples of docs/call.md', { timeout: 120_000 }, () => {
  let service;
  let project;
  let browser;
  let waiting;
  let kept;
  let continued;
  let demo;
  before(async () => {
    const blocks = await blocksOf('docs/call.md');
    const find = (text) => blocks.find(({ code }) => code.includes(text)).code;
    waiting = find('onReminder(');
    kept = find('sessionStorage.getItem');
    continued = find('continueHere()');
    project = await createProject();
    service = await startService({ site: project.path, env: INLINE_SCRIPTS });
    browser = await launchChromium();
  });
  beforeEach(async () => {
    demo = await service.demo();
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    await project?.remove();
  });

  it('are the same in both languages', async () => {
    const codeOf = async (document) => (await blocksOf(document)).map(({ code }) => code.replace(/\/\/ .*$/gm, '//'));
    assert.deepEqual(await codeOf('docs/call.zh-CN.md'), await codeOf('docs/call.md'));
  });

  async function show(page, role, samples) {
    const name = `${role}-${Math.random().toString(36).slice(2)}.html`;
    await save(project.path, [[name, pageOf(role, samples)]]);
    await page.goto(`${service.endpoint}/${name}`);
    await page.waitForFunction(() => window.current);
  }

  async function open(role, samples, more = '') {
    const { page, problems } = await openPage(browser);
    await show(page, role, samples + more);
    return { page, problems };
  }

  const inState = (page, state) => page.waitForFunction((state) => window.view?.state === state, state);

  /** A device that places a call, and has no page. */
  async function calls(device) {
    const module = freshModule();
    module.configure({ endpoint: service.endpoint, token: device.token });
    const { isSuccess, roomId, errMsg } = await module.default.initByCaller({
      roomType: 'voice',
      businessType: 1,
      caller: { id: device.id },
      listener: { id: demo.handsets.phone.id },
      voipToken: device.deviceToken,
    });
    assert.equal(isSuccess, true, errMsg);
    return { roomId, hangUp: () => module.default.forceHangUpVoip(roomId) };
  }

  it('keep a call that comes while another one rings until that is over', async () => {
    const { page, problems } = await open('phone', `const show = render\n${waiting}`);
    const first = await calls(demo.handsets.device);
    await inState(page, 'incoming');
    const { name } = await page.evaluate(() => window.view);

    const second = await calls(demo.others.device);
    await page.waitForFunction(() => window.ringing.size === 1);
    assert.deepEqual(await page.evaluate(() => [window.view.state, window.view.name]), ['incoming', name]);
    await page.click('#close');
    assert.equal(await page.evaluate(() => window.current().view.roomId), first.roomId, 'it still rings');

    first.hangUp();
    await inState(page, 'ended');
    assert.equal(await page.evaluate(() => window.view.reason), 'cancelled');
    await page.click('#close');
    await inState(page, 'incoming');
    assert.equal(await page.evaluate(() => window.current().view.roomId), second.roomId);

    const third = await calls(demo.handsets.device);
    await page.waitForFunction(() => window.ringing.size === 1);
    third.hangUp();
    await page.waitForFunction(() => window.ringing.size === 0);
    second.hangUp();
    await inState(page, 'ended');
    assert.deepEqual(problems, []);
  });

  it('say the end at once where the page that is closed says so, or was left just before', async () => {
    const { device, phone } = demo.handsets;
    for (const isAnswered of [false, true]) {
      for (const prepare of [
        () => addEventListener('pagehide', () => window.current().unload()),
        () => addEventListener('pagehide', () => window.current().leave()),
        () => window.current().leave(),
      ]) {
        for (const close of [(page) => page.close(), (page) => page.goto('about:blank')]) {
          const { page } = await openPage(browser);
          // The wasm comes late, and all the same the page is not asked to ring before it could say that it no longer does.
          await page.route('**/*.wasm', (route) => setTimeout(() => route.continue(), 300));
          await show(page, 'phone', `const show = render\n${waiting}`);
          const module = freshModule();
          module.configure({ endpoint: service.endpoint, token: device.token, WebSocket });
          const request = { roomType: 'voice', businessType: 1, caller: { id: device.id }, listener: { id: phone.id } };
          const { errMsg } = await module.default.initByCaller({ ...request, voipToken: device.deviceToken });
          assert.equal(errMsg, undefined);
          let view;
          let look = () => {};
          const outgoing = module.openCall(module.default.CALL_PAGE_PATH, { show: (next) => ((view = next), look()) });
          const until = (state) =>
            new Promise((resolve) => {
              look = () => view.state === state && resolve();
              look();
            });
          await inState(page, 'incoming');
          if (isAnswered) {
            await page.evaluate(() => window.current().answer());
            await within(until('connected'), 10_000, 'the call');
          }
          await page.evaluate(prepare);
          await close(page);
          await within(until('ended'), 5000, `the end, ${prepare}`);
          const { reason, origin } = outgoing.view;
          assert.deepEqual([reason, origin], [isAnswered ? 'hungUp' : 'rejected', 'other']);
          await page.context().close();
        }
      }
    }
  });

  /** A device's page and a phone's, which are in a call. */
  async function inCall(samples) {
    const { device, phone } = demo.handsets;
    const listener = await open('phone', samples);
    const caller = await open(
      'device',
      samples,
      'Object.assign(window, { place, openCall, path: wmpfVoip.CALL_PAGE_PATH })\n',
    );
    const request = {
      roomType: 'voice',
      businessType: 1,
      caller: { id: device.id },
      listener: { id: phone.id },
      voipToken: device.deviceToken,
    };
    await caller.page.evaluate((request) => window.place(request), request);
    await inState(listener.page, 'incoming');
    return { caller, listener };
  }

  it('go on with a call on a page that is loaded anew, as its caller and as its listener', async () => {
    const samples = waiting.replace(/^function openPage[^]*?^}\n/m, '') + kept;
    const { caller, listener } = await inCall(samples);
    await caller.page.reload();
    await inState(caller.page, 'outgoing');
    const withoutQuery = () => window.openCall(window.path, { show() {} }).view.state;
    assert.equal(await caller.page.evaluate(withoutQuery), 'idle', 'as the document says');
    await listener.page.evaluate(() => window.current().answer());
    for (const { page } of [listener, caller]) await inState(page, 'connected');

    for (const { page } of [listener, caller]) {
      await page.reload();
      await inState(page, 'connected');
    }
    await caller.page.evaluate(() => window.current().hangUp());
    for (const { page, problems } of [listener, caller]) {
      await inState(page, 'ended');
      assert.equal(await page.evaluate(() => window.view.reason), 'hungUp');
      await page.reload();
      await page.waitForFunction(() => window.current);
      assert.equal(await page.evaluate(() => window.current()), undefined);
      assert.deepEqual(problems, []);
    }
  });

  it('take a call back from another tab that was opened by theirs', async () => {
    const samples = waiting.replace(/^function openPage[^]*?^}\n/m, '') + kept + continued;
    const { caller, listener } = await inCall(samples);
    await listener.page.evaluate(() => window.current().answer());
    for (const { page } of [caller, listener]) {
      await inState(page, 'connected');
      const [another] = await Promise.all([
        page.context().waitForEvent('page'),
        page.evaluate(() => void window.open(location.href)),
      ]);
      await inState(another, 'connected');
      await inState(page, 'ended');
      const { reason, canContinue } = await page.evaluate(() => window.view);
      assert.deepEqual([reason, canContinue], ['elsewhere', true]);
      await another.close();
      await page.click('#continue');
      await inState(page, 'connected');
      await page.reload();
      await inState(page, 'connected');
    }
    await caller.page.evaluate(() => window.current().hangUp());
    await inState(listener.page, 'ended');
    assert.deepEqual([...caller.problems, ...listener.problems], []);
  });
});
