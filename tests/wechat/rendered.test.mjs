// The call page as it is seen, in a browser, with the real service: texts, taps, and that it fits the screen of a
// phone and of a small device. Keeps pictures of it in target/artifacts/.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { launchChromium, openPage } from '../support/chromium.mjs';
import { freshModule } from '../support/module.mjs';
import { ARTIFACTS } from '../support/paths.mjs';
import { startService } from '../support/service.mjs';
import { compiledPlugin } from './compile.mjs';
import { renderedSite } from './rendered.mjs';

const LONG = '第三教学楼北门值班室 Konstantinopolitanska-Featherstonehaugh-Cholmondeley, Anna Wilhelmina Maria';

const SCREENS = [
  ['phone', { width: 390, height: 844 }, 'zh-CN'],
  ['phone-en', { width: 390, height: 844 }, 'en-US'],
  ['device', { width: 800, height: 480 }, 'zh-CN'],
];

const WORDS = {
  'zh-CN': {
    video: '视频通话',
    ringing: '正在响铃，等待对方接听…',
    cancel: '取消',
    cancelled: '已取消',
    cameraOn: '摄像头已开',
    cameraOff: '摄像头已关',
    incoming: '邀请你视频通话',
    reject: '拒绝',
    answer: '接听',
    connected: '已接通',
    noMedia: '此版本暂不传输音频和视频',
    hangUp: '挂断',
    ended: '通话已结束',
    back: '返回',
    voice: '语音通话',
    over: '通话不存在或已结束',
    wrong: '无法加入通话',
  },
  'en-US': {
    video: 'Video call',
    ringing: 'Ringing…',
    cancel: 'Cancel',
    cancelled: 'Cancelled',
    cameraOn: 'Camera on',
    cameraOff: 'Camera off',
    incoming: 'Incoming video call',
    reject: 'Decline',
    answer: 'Answer',
    connected: 'Connected',
    noMedia: 'This version carries no sound or picture yet',
    hangUp: 'Hang up',
    ended: 'Call ended',
    back: 'Back',
    voice: 'Voice call',
    over: 'This call does not exist, or has ended',
    wrong: 'The call could not be joined',
  },
};

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
    service = await startService({ site: site.path });
    parties = (await service.demo()).handsets;
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
      const words = WORDS[locale];

      /** The page of one party, opened with a query. */
      async function open(party, query) {
        const { page, problems } = await openPage(browser, { viewport, locale });
        await page.goto(`${service.endpoint}/`);
        const configuration = { endpoint: service.endpoint, token: party.token };
        await page.evaluate(([query, configuration]) => openCallPage(query, configuration), [query, configuration]);
        const button = (label) => page.locator(`[aria-label="${label}"]`);
        /** Of what is in a part, and of the part. */
        const heights = (part) =>
          page.locator(part).evaluate(({ scrollHeight, clientHeight }) => [scrollHeight, clientHeight]);
        return {
          page,
          button,
          heights,
          status: (text) => page.locator('.panel__status', { hasText: text }).waitFor(),
          /** What is seen from top to bottom, with the labels of the buttons. */
          texts: async () => (await page.locator('.panel').innerText()).split(/\n+/).filter(Boolean),
          async assertFits() {
            const [content, height] = await heights('.panel');
            assert.ok(content <= height, `it scrolls: ${content} in ${height}`);
            for (const part of await page.locator('.panel, .panel view').all()) {
              const { x, y, width, height } = await part.boundingBox();
              const isInside = x >= 0 && y >= 0 && x + width <= viewport.width && y + height <= viewport.height;
              const name = await part.getAttribute('class');
              assert.ok(isInside, `${name}: ${JSON.stringify({ x, y, width, height })}`);
            }
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
        const { video, ringing, cameraOn, cameraOff, cancel, cancelled, back } = words;
        assert.deepEqual(await screen.texts(), [video, 'A', 'Alice', ringing, cameraOn, cancel]);
        await screen.assertFits();
        await screen.picture('outgoing');
        await screen.button(cameraOn).click();
        await screen.button(cameraOff).waitFor();
        await screen.picture('camera-off');
        await screen.button(cancel).click();
        await screen.status(cancelled);
        assert.deepEqual(await screen.texts(), [video, 'A', 'Alice', cancelled, back]);
        await screen.picture('ended');
        await screen.button(back).click();
        await screen.button(back).waitFor({ state: 'detached' });
        await screen.close();
      });

      it('shows an incoming call, answers it, and hangs up', async () => {
        const room = await call('Alice');
        const callerName = encodeURIComponent('前门');
        const query = { roomType: 'video', groupId: room, listenerId: parties.phone.id, callerName };
        const screen = await open(parties.phone, query);
        const { video, incoming, reject, answer, connected, noMedia, cameraOn, hangUp, ended } = words;
        await screen.status(incoming);
        assert.deepEqual(await screen.texts(), [video, '前', '前门', incoming, reject, answer]);
        await screen.assertFits();
        await screen.picture('incoming');
        await screen.button(answer).click();
        await screen.status(connected);
        const [, , name, ...rest] = await screen.texts();
        assert.match(name, /Video Doorbell/);
        assert.deepEqual(rest, [connected, noMedia, cameraOn, hangUp]);
        await screen.assertFits();
        await screen.picture('connected');
        await screen.button(hangUp).click();
        await screen.status(ended);
        await screen.close();
      });

      it('has room for a long name, and for a call without video', async () => {
        const query = { roomType: 'voice', groupId: 'room', callerName: encodeURIComponent(LONG) };
        const screen = await open(parties.phone, query);
        const [kind, , name] = await screen.texts();
        assert.deepEqual([kind, name], [words.voice, LONG]);
        await screen.assertFits();
        const [content, height] = await screen.heights('.panel__name');
        assert.ok(content > height, `the name is cut: ${content} in ${height}`);
        await screen.picture('long-name');
        await screen.button(words.answer).click();
        await screen.status(words.over);
        await screen.picture('over');
        await screen.close();
      });

      it('shows what was wrong with how it was opened', async () => {
        const screen = await open(parties.phone, { roomType: 'video' });
        await screen.status(words.wrong);
        const texts = (await screen.texts()).join('\n');
        assert.match(texts, /\(1004\)\ncallPage:fail groupId: expected the room of the call, got nothing/);
        await screen.assertFits();
        await screen.picture('wrong');
        await screen.close();
      });
    });
  }
});
