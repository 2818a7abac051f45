// Ends of a call on pages of their own, in Chromium and with the real service: what really arrives at the other end when a
// page is loaded anew, and when another page of the same tab's storage has the call.

/* global arriving, end, framesArrive, pictureChanges, silenceArrives, soundArrives */

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { FAKE_DEVICES, launchChromium, openPage } from '../../support/chromium.mjs';
import { freshModule } from '../../support/module.mjs';
import { ROOT } from '../../support/paths.mjs';
import { startService } from '../../support/service.mjs';

const ROLES = ['device', 'phone'];
const otherOf = (role) => ROLES.find((other) => other !== role);

describe('pages of a call', { timeout: 600_000 }, () => {
  let service;
  let browser;
  before(async () => {
    // A page that is offline tries to reach a port where nobody answers.
    const policy = "default-src 'self' ws://127.0.0.1:9; script-src 'self' 'wasm-unsafe-eval'";
    service = await startService({ site: ROOT, env: { WMPF_VOIP_WWW_CSP: policy } });
    browser = await launchChromium(FAKE_DEVICES);
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  const isReady = (page) => page.waitForFunction(() => window.end?.view);

  /** A call of the device that the phone has answered. Gives the page of each. */
  async function talking() {
    const { device, phone } = (await service.demo()).handsets;
    const module = freshModule();
    module.configure({ endpoint: service.endpoint, token: device.token });
    const { isSuccess, roomId, errMsg } = await module.default.initByCaller({
      roomType: 'video',
      businessType: 1,
      caller: { id: device.id },
      listener: { id: phone.id },
      voipToken: device.deviceToken,
    });
    assert.equal(isSuccess, true, errMsg);
    const paths = {
      device: `?isCaller=1&roomType=video&groupId=${roomId}`,
      phone: `?roomType=video&groupId=${roomId}&isClickedHangOnBtn=1`,
    };
    const pages = {};
    const problems = [];
    for (const role of ROLES) {
      const opened = await openPage(browser);
      problems.push(opened.problems);
      pages[role] = opened.page;
      await opened.page.goto(
        `${service.endpoint}/tests/browser/media/one-end.html?${new URLSearchParams({ role, path: paths[role] })}`,
      );
      await isReady(opened.page);
    }
    await connected(pages.device, pages.phone);
    const close = async () => {
      // The next call would be busy with this one.
      for (const page of Object.values(pages)) await page.evaluate(() => end.call.hangUp());
      for (const page of Object.values(pages)) await page.context().close();
      // A browser tells of the sockets of a page without a network by itself.
      assert.deepEqual(
        problems.flat().filter((problem) => !problem.startsWith('console: WebSocket ')),
        [],
      );
    };
    return { pages, close };
  }

  async function connected(...pages) {
    for (const page of pages) await page.evaluate(() => end.isIn('connected'));
  }

  /** Both see and hear each other. */
  async function work(...pages) {
    await connected(...pages);
    for (const page of pages) {
      await page.evaluate(async () => {
        await framesArrive(end);
        await pictureChanges(end);
        await soundArrives(end);
      });
    }
  }

  /** For two seconds nothing of the other end is heard or seen. */
  const hearsAndSeesNothing = (page) =>
    page.evaluate(async () => {
      await silenceArrives(end);
      const frames = async () => (await arriving(end, 'video')).framesDecoded ?? 0;
      const before = await frames();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const after = await frames();
      if (after !== before) throw new Error(`${after - before} frames have arrived`);
    });

  const viewOf = (page) =>
    page.evaluate(() => {
      const { state, reason, canContinue, muted, camera } = end.view;
      return { state, reason, canContinue, muted, camera };
    });

  /** What a tab opens gets a copy of its storage. */
  async function opensAnother(page) {
    const [another] = await Promise.all([
      page.context().waitForEvent('page'),
      page.evaluate(() => void window.open(location.href)),
    ]);
    await isReady(another);
    const nameOf = (page) => page.evaluate(() => sessionStorage.getItem('wmpf-voip.device'));
    assert.equal(await nameOf(another), await nameOf(page), 'it is the same device');
    return another;
  }

  async function isElsewhere(page) {
    await page.evaluate(() => end.isIn('ended'));
    const { reason, canContinue } = await viewOf(page);
    assert.deepEqual([reason, canContinue], ['elsewhere', true]);
    assert.deepEqual(await page.evaluate(() => end.devices()), [], 'its camera and microphone are off');
  }

  for (const role of ROLES) {
    it(`of one ${role}: the newest has the call, and the older one goes on when that is closed`, async () => {
      const { pages, close } = await talking();
      const old = pages[role];
      const other = pages[otherOf(role)];
      await work(old, other);
      const newest = await opensAnother(old);
      await isElsewhere(old);
      await work(newest, other);

      await newest.close();
      await old.evaluate(() => end.call.continueHere());
      await work(old, other);
      // And back and forth while both are there.
      const third = await opensAnother(old);
      await work(third, other);
      await old.evaluate(() => end.call.continueHere());
      await isElsewhere(third);
      await work(old, other);
      await other.evaluate(() => end.call.hangUp());
      await old.evaluate(() => end.isIn('ended'));
      assert.equal((await viewOf(old)).reason, 'hungUp');
      await third.waitForFunction(() => end.view.canContinue === false);
      await close();
    });

    it(`of one ${role}: one that sleeps and wakes takes nothing from a newer one`, async () => {
      const { pages, close } = await talking();
      const old = pages[role];
      const other = pages[otherOf(role)];
      await old.evaluate(() => end.offline(true));
      const newest = await opensAnother(old);
      await work(newest, other);
      await old.evaluate(() => end.offline(false));
      await isElsewhere(old);
      await work(newest, other);
      await newest.evaluate(() => end.call.hangUp());
      await close();
    });

    it(`of a ${role} that is muted and has its camera off stay so, whatever opens them again`, async () => {
      const { pages, close } = await talking();
      const page = pages[role];
      const other = pages[otherOf(role)];
      await work(page, other);
      const isSilent = async () => {
        await connected(page, other);
        const { muted, camera } = await viewOf(page);
        assert.deepEqual([muted, camera], [true, false]);
        await hearsAndSeesNothing(other);
        assert.deepEqual(await page.evaluate(() => end.devices()), ['audio']);
      };
      const silence = () => {
        end.call.setMuted(true);
        end.call.setCamera(false);
      };
      const reload = async () => {
        await page.reload();
        await isReady(page);
      };
      await page.evaluate(silence);
      await reload();
      await isSilent();
      await page.evaluate(() => end.open());
      await isSilent();

      // What the user turns on again is on.
      await page.evaluate(() => {
        end.call.setMuted(false);
        end.call.setCamera(true);
      });
      await work(page, other);
      await reload();
      await work(page, other);

      // The service has not heard of it.
      await page.evaluate(() => end.offline(true));
      await page.evaluate(silence);
      await reload();
      await isSilent();
      // And this tab has forgotten it, all but its name.
      await page.evaluate(() =>
        sessionStorage.removeItem(`wmpf-voip.chosen.${end.view.isCaller ? 'caller' : 'listener'}`),
      );
      await reload();
      await isSilent();
      await close();
    });
  }
});
