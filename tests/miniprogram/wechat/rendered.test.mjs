// The call page as it is seen, in a browser, with the real service: texts, taps, and that it fits the screen of a
// phone and of a small device. Keeps pictures of it in target/artifacts/.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { launchChromium, openPage } from '../../support/chromium.mjs';
import { freshModule } from '../../support/module.mjs';
import { ARTIFACTS, PKG } from '../../support/paths.mjs';
import { startService } from '../../support/service.mjs';
import { compiledPlugin } from './compile.mjs';
import { renderedSite } from './rendered.mjs';
import { ADMIN_KEY, storeSessionKey } from './session-key.mjs';

/** The page's own words; the file is CommonJS below a package that is not. */
const { words: wordsOf } = commonJs(join(PKG, 'plugin/plugin/words.js'));

const LONG = '第三教学楼北门值班室 Konstantinopolitanska-Featherstonehaugh-Cholmondeley, Anna Wilhelmina Maria';

const SCREENS = [
  ['phone', { width: 390, height: 844 }, 'zh-CN'],
  ['phone-en', { width: 390, height: 844 }, 'en-US'],
  ['device', { width: 800, height: 480 }, 'zh-CN'],
];

/** Longer than the panel waits for a second tap, in ms. */
const SEEN_AFTER_MS = 600;

const LANGUAGES = { 'zh-CN': 'zh', 'en-US': 'en' };

describe('the call page in a browser', { timeout: 180_000 }, () => {
  let compiled;
  let site;
  let service;
  let browser;
  let parties;
  before(async () => {
    await mkdir(ARTIFACTS, { recursive: true });
    compiled = await compiledPlugin();
    site = await renderedSite(compiled);
    service = await startService({ site: site.path, adminKey: ADMIN_KEY });
    parties = (await service.demo()).handsets;
    await storeSessionKey(service, parties.phone);
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    await site?.remove();
    await compiled?.remove();
  });

  /** A call of the device, by the package. */
  async function call(name) {
    const { default: wmpfVoip, configure } = freshModule();
    const { device, phone } = parties;
    configure({ endpoint: service.endpoint, token: device.token });
    const { groupId, errMsg } = await wmpfVoip.initByCaller({
      caller: { id: device.id },
      listener: { id: phone.id, name },
      roomType: 'video',
      businessType: 1,
      voipToken: device.deviceToken,
    });
    assert.ok(groupId, errMsg);
    return groupId;
  }

  for (const [screen, viewport, locale] of SCREENS) {
    describe(`on a ${screen} of ${viewport.width} x ${viewport.height}`, () => {
      const words = wordsOf(LANGUAGES[locale]);

      /**
       * The page of one party, opened with a query. `members` are in the platform's room, which DevTools have not; a
       * service that `isSilent` says nothing of a call.
       */
      async function open(party, query, { members, isSilent } = {}) {
        const { page, problems } = await openPage(browser, { viewport, locale });
        if (isSilent) await page.routeWebSocket(/\/socket/, () => {});
        await page.goto(`${service.endpoint}/`);
        const configuration = { endpoint: service.endpoint, token: party.token };
        await page.evaluate((values) => openCallPage(...values), [query, configuration, members]);
        const button = (label) => page.locator(`[aria-label="${label}"]`);
        let tappedAt = 0;
        /** As a user does who has seen what a button says: what takes another's place takes no second tap at once. */
        async function tap(label) {
          await button(label).waitFor();
          await sleep(Math.max(0, tappedAt + SEEN_AFTER_MS - Date.now()));
          await button(label).click();
          tappedAt = Date.now();
        }
        /** Of what is in a part, and of the part. */
        const heights = (part) =>
          page.locator(part).evaluate(({ scrollHeight, clientHeight }) => [scrollHeight, clientHeight]);
        return {
          page,
          button,
          tap,
          heights,
          status: (text) => page.locator('.panel__status, .panel__time', { hasText: text }).waitFor(),
          /** What is seen from top to bottom, with the labels of the buttons. */
          texts: async () => (await page.locator('.panel').innerText()).split(/\n+/).filter(Boolean),
          async assertFits() {
            const [content, height] = await heights('.panel');
            assert.ok(content <= height, `it scrolls: ${content} in ${height}`);
            for (const part of await page.locator('.panel, .panel view:visible').all()) {
              const { x, y, width, height } = await part.boundingBox();
              const isInside = x >= 0 && y >= 0 && x + width <= viewport.width && y + height <= viewport.height;
              const name = await part.getAttribute('class');
              assert.ok(isInside, `${name}: ${JSON.stringify({ x, y, width, height })}`);
            }
          },
          /** Whom the platform is to show, and how large. */
          rooms: () =>
            page.locator('voip-room').evaluateAll((rooms) =>
              rooms.map((room) => {
                const of = (name) => room[name] ?? room.getAttribute(name);
                return [of('openid'), of('mode'), room.parentElement.classList[1]];
              }),
            ),
          async assertShowsPictures() {
            const { width, height } = await page.locator('.picture_large').boundingBox();
            assert.ok(width > 200 && height >= 140, `${width} x ${height}`);
          },
          picture: (name) =>
            page.screenshot({ path: join(ARTIFACTS, `call-page-${screen}-${name}.png`), animations: 'disabled' }),
          async close() {
            assert.deepEqual(problems, []);
            await page.context().close();
          },
        };
      }

      it('shows an outgoing call, turns the camera off, and gives it up', async () => {
        const room = await call('Alice');
        const screen = await open(parties.device, { isCaller: '1', roomType: 'video', groupId: room });
        await screen.page.getByText('Alice').waitFor();
        const { video, outgoing, cameraOn, cameraOff, cancel, cancelled, back } = words;
        assert.deepEqual(await screen.texts(), [video, 'A', 'Alice', outgoing, cameraOn, cancel]);
        await screen.assertFits();
        await screen.picture('outgoing');
        await screen.tap(cameraOn);
        await screen.button(cameraOff).waitFor();
        await screen.picture('camera-off');
        await screen.tap(cancel);
        await screen.status(cancelled);
        assert.deepEqual(await screen.texts(), [video, 'A', 'Alice', cancelled, back]);
        await screen.picture('ended');
        await screen.tap(back);
        await screen.button(back).waitFor({ state: 'detached' });
        await screen.close();
      });

      it('shows an incoming call, answers it, shows both sides, and hangs up', async () => {
        const { device, phone } = parties;
        const room = await call('Alice');
        const calling = await open(device, { isCaller: '1', roomType: 'video', groupId: room });
        const callerName = encodeURIComponent('前门');
        const query = { roomType: 'video', groupId: room, listenerId: phone.id, callerName };
        const screen = await open(phone, query, { members: [phone.id, 'of-the-device'] });
        const { video, incomingVideo, reject, answer } = words;
        await screen.page.getByText('Video Doorbell').waitFor();
        const [kind, , name, ...rest] = await screen.texts();
        assert.deepEqual([kind, ...rest], [video, incomingVideo, reject, answer]);
        await screen.assertFits();
        await screen.picture('incoming');
        await screen.page.evaluate(() => plugin.default.setCustomBtnText('Open the door'));
        await screen.tap(answer);
        await screen.status(/^00:0\d$/);

        const { notMuted, muted, cameraOn, switchCamera, hangUp, noMedia, hungUp, hungUpByOther } = words;
        const [shown, state, timer, ...controls] = await screen.texts();
        assert.deepEqual([shown, state], [name, words.connected]);
        assert.match(timer, /^00:0\d$/);
        assert.deepEqual(controls, ['Open the door', notMuted, cameraOn, switchCamera, hangUp]);
        assert.deepEqual(await screen.rooms(), [
          ['of-the-device', 'video', 'picture_large'],
          [phone.id, 'camera', 'picture_small'],
        ]);
        await screen.assertFits();
        await screen.assertShowsPictures();
        await screen.picture('connected');
        await screen.tap(notMuted);
        await screen.button(muted).waitFor();
        await screen.tap(cameraOn);
        assert.deepEqual(await screen.rooms(), [['of-the-device', 'video', 'picture_large']]);
        await screen.picture('camera-off-connected');
        await screen.tap('Open the door');
        await screen.page.locator('.box').waitFor();
        await screen.picture('box');
        await screen.tap(words.close);

        await calling.status(/^00:/);
        assert.ok((await calling.texts()).includes(noMedia), 'DevTools say what they lack');
        await calling.assertFits();
        await calling.picture('connected-devtools');
        await screen.tap(hangUp);
        await screen.status(hungUp);
        assert.deepEqual(await screen.rooms(), []);
        await screen.picture('hung-up');
        await calling.status(hungUpByOther);
        await screen.close();
        await calling.close();
      });

      it('has room for a long name, and for a call without video', async () => {
        const query = { roomType: 'voice', groupId: 'room', callerName: encodeURIComponent(LONG) };
        const screen = await open(parties.phone, query, { isSilent: true });
        const [kind, , name] = await screen.texts();
        assert.deepEqual([kind, name], [words.voice, LONG]);
        await screen.assertFits();
        const [content, height] = await screen.heights('.panel__name');
        assert.ok(content > height, `the name is cut: ${content} in ${height}`);
        await screen.picture('long-name');
        await screen.tap(words.answer);
        await screen.status(words.joining);
        await screen.close();
      });

      it('shows that a call is over', async () => {
        const screen = await open(parties.phone, { roomType: 'voice', groupId: 'room' });
        await screen.status(words.isOver);
        await screen.assertFits();
        await screen.picture('over');
        await screen.close();
      });

      it('shows what was wrong with how it was opened', async () => {
        const screen = await open(parties.phone, { roomType: 'photo', groupId: 'room' });
        await screen.status(words.notJoined);
        const texts = (await screen.texts()).join('\n');
        assert.match(texts, /\(1004\)\nopenCall:fail roomType: expected 'voice' or 'video', got the string 'photo'/);
        await screen.assertFits();
        await screen.picture('wrong');
        await screen.close();
      });
    });
  }
});

function commonJs(file) {
  const module = { exports: {} };
  new Function('module', readFileSync(file, 'utf8'))(module);
  return module.exports;
}
