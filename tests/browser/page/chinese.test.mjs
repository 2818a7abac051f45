// Whoever reads Chinese is shown Chinese: each entry of the gallery, what is wrong with each field, results, and why a call
// is over. Names of things, code and data stay as they are, and so does what the diagram shows to developers.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { connect, screenshot, startDemo } from './demo-page.mjs';

const HAN = /\p{Script=Han}/u;
/** Three words of English after one another are a sentence, or a part of one. */
const ENGLISH = /[A-Za-z][a-z’']*(?:,? [A-Za-z][a-z’']*){2,}/;

const ALL_MS = 60_000;
/** The service waits for a page that is gone. */
const GONE_MS = 40_000;

/**
 * Runs in a document: each text that is to be seen or heard, but for code and data. The name of the other button of the language
 * is in its own.
 */
function textsOf(root) {
  const texts = [];
  const isData = (node) =>
    node.closest('code, pre, [lang="en"], #identity, #callable .chip, #call-name, #call-query td, th, .toast__note');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (['SCRIPT', 'STYLE'].includes(element.tagName) || element.closest('[hidden]') || isData(element)) continue;
    if (node.nodeType === Node.TEXT_NODE) texts.push(node.data.trim());
    else texts.push(node.getAttribute('aria-label'), node.getAttribute('title'), node.getAttribute('placeholder'));
  }
  return texts.filter(Boolean);
}

async function assertChinese(root, when) {
  const texts = await root.evaluate(textsOf);
  assert.ok(
    texts.some((text) => HAN.test(text)),
    `${when}: ${texts}`,
  );
  assert.deepEqual(
    texts.filter((text) => ENGLISH.test(text)),
    [],
    when,
  );
}

/** Runs in each page before its own code: `cut()` takes the device's sockets away for good. */
function cuttable() {
  if (!location.search.includes('role=device')) return;
  const sockets = [];
  let isCut = false;
  window.WebSocket = class extends WebSocket {
    constructor(url, protocols) {
      // Nothing listens there.
      super(isCut ? 'ws://127.0.0.1:2' : url, protocols);
      sockets.push(this);
    }
  };
  window.cut = () => {
    isCut = true;
    for (const socket of sockets) socket.close();
  };
}

describe('a reader of Chinese', { timeout: 240_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo({ env: { WMPF_VOIP_WWW_CSP: '' } });
  });
  after(() => demo?.stop());

  const openChinese = (options) => demo.open({ locale: 'zh-CN', viewport: { width: 1280, height: 900 }, ...options });
  const htmlOf = ({ page, device, phone }) => [
    page.locator('html'),
    device.frame.locator('html'),
    phone.frame.locator('html'),
  ];

  it('is shown every entry of the gallery in Chinese, with what was wrong where the service or the module lists it', async () => {
    const open = await openChinese();
    const { page, problems, close } = open;
    await page.getByTestId('produce-all').click();
    await page.waitForFunction(() => !document.querySelector('[data-state="running"], [data-state="idle"]'), null, {
      timeout: ALL_MS,
    });
    const rows = await page.getByTestId('gallery').locator('[data-code]').all();
    assert.ok(rows.length >= 35, `${rows.length} rows`);
    for (const row of rows) {
      await row.locator('summary').click();
      const code = await row.getAttribute('data-code');
      assert.equal(await row.getAttribute('data-state'), 'ok', code);
      await assertChinese(row, `the entry of ${code}`);
      for (const words of await row.locator('summary, dd').allInnerTexts()) assert.match(words, HAN, code);
      assert.match(await row.locator('.row__title').innerText(), HAN, code);
    }
    const got = (code) => page.locator(`[data-code="${code}"] .row__got`).innerText();
    assert.equal(
      await got(1004),
      "实际返回 1004 roomType 应为：'voice' 或 'video'；实际：字符串 'phone'\n" +
        "caller.cameraStatus 应为：数字 0（开启）或 1（关闭）；实际：字符串 '0'",
    );
    assert.equal(await got(1001), '实际返回 1001 voipToken 应为：设备的 pushToken（非空字符串）；实际：空字符串');
    assert.equal(await got(22), "实际返回 22 chargeType 应为：'duration' 或 'license'；实际：字符串 'free'");
    assert.equal(await got(20), '实际返回 20');
    // The diagram keeps the words of the module and of the service for developers.
    assert.match(await open.diagram.text(), /initByCaller:fail listener\.id: no user has the openId/);
    await screenshot(page, 'gallery-zh', { fullPage: true });
    await page.getByRole('button', { name: 'English' }).click();
    assert.match(await got(20), /^Got 20 initByCaller:fail listener\.id: no user has the openId/);
    assert.deepEqual(problems, []);
    await close();
  });

  it('is told in Chinese what is wrong with a field, and with a request', async () => {
    const open = await openChinese();
    const { page, problems, device, close } = open;
    for (const html of htmlOf(open)) await assertChinese(html, 'at first');
    const wrong = [
      ['caller.cameraStatus', '5', '应为：数字 0（开启）或 1（关闭）；实际：5'],
      ['roomType', 'phone', "应为：'voice' 或 'video'；实际：字符串 'phone'"],
      ['listener.id', '', '应为：非空字符串；实际：未传'],
      ['businessType', 'x', "应为：数字 0、1、2 或 3；实际：字符串 'x'"],
      ['miniprogramState', 'beta', "应为：'formal'、'trial' 或 'developer'；实际：字符串 'beta'"],
      ['customQuery', 'a=1&&b=2', "应为：经百分号编码的键值对，如 a=1&b=2；实际：字符串 'a=1&&b=2'，其中有一对没有键"],
      ['timeLimit', 'NaN', '应为：大于 0 的数字（秒）；实际：NaN'],
    ];
    for (const [path, text, said] of wrong) {
      await device.fill(path, text);
      await device.frame.locator(`[id="${path}-problem"]`, { hasText: said }).waitFor();
    }
    await device.call.click();
    const text = await device.resultText();
    assert.equal(await device.errorCode.innerText(), '1004');
    await device.result.getByText('timeLimit 应为：大于 0 的数字（秒）；实际：NaN').waitFor();
    assert.ok(!text.includes('initByCaller:fail'), text);
    for (const html of htmlOf(open)) await assertChinese(html, 'with a result');
    await screenshot(page, 'problems-zh');
    // What is shown already changes with the language.
    await page.getByRole('button', { name: 'English' }).click();
    await device.frame
      .locator('[id="timeLimit-problem"]', { hasText: 'Expected a number of seconds greater than 0, got NaN' })
      .waitFor();
    await device.result.getByText('initByCaller:fail roomType: expected').waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  it('reads each state of a call in Chinese', async () => {
    const open = await openChinese();
    const { page, problems, device, phone, close } = open;
    const assertAll = async (when) => {
      for (const html of htmlOf(open)) await assertChinese(html, when);
      await screenshot(page, `zh-${when.replaceAll(' ', '-')}`);
    };
    await device.call.click();
    await phone.incoming.waitFor();
    await assertAll('while it rings');
    await phone.action('answer').click();
    await device.state('connected').waitFor();
    await phone.state('connected').waitFor();
    await device.action('camera').click();
    await phone.frame.getByText('的摄像头已关闭').waitFor();
    await assertAll('in a call');
    await phone.action('hangUp').click();
    await device.ending();
    await assertAll('at its end');
    assert.deepEqual(problems, []);
    await close();
  });

  for (const [locale, sentence, ofDevice, ofPhone] of [
    [
      'en-US',
      'The call broke off',
      /^The request to the backend failed · Talked for/,
      /^The other side is gone: its page was closed, its connection was lost, or it could not enter the call · Talked for/,
    ],
    [
      'zh-CN',
      '通话中断',
      /^后台请求失败 · 通话时长/,
      /^对方已离开：页面已关闭、连接已断开，或对方无法进入通话 · 通话时长/,
    ],
  ]) {
    it(`is told why a call broke in words, as every reader is (${locale})`, async () => {
      const open = await demo.open({ locale, viewport: { width: 1280, height: 900 }, init: cuttable });
      const { page, problems, device, phone, diagram, close } = open;
      await connect(device, phone);
      await device.callPage.evaluate(() => window.cut());
      for (const [handset, reason, raw] of [
        [phone, ofPhone, /aborted: room status is abort/],
        [device, ofDevice, /aborted: openCall:fail the room service could not be reached any more/],
      ]) {
        await handset.state('ended').waitFor({ timeout: GONE_MS });
        assert.equal(await handset.status.innerText(), sentence);
        assert.match(await handset.note.innerText(), reason);
        if (locale === 'zh-CN') await assertChinese(handset.callPage, 'when it broke');
        const row = diagram.rows({ who: handset === phone ? 'phone' : 'device', what: 'broken' });
        assert.match(await diagram.dataOf(row), raw, 'for the developer');
      }
      await screenshot(page, `broken-${locale}`);
      assert.deepEqual(
        problems.filter((problem) => !problem.includes('WebSocket connection to')),
        [],
      );
      await close();
    });
  }

  it('is told of a service that cannot be reached, refuses or is gone in Chinese', async () => {
    const { page, problems, close, ...device } = await demo.openAlone('role=device', { locale: 'zh-CN' });
    const html = device.frame.locator('html');
    // A call that the service does not have.
    await page.evaluate(() => {
      const path = '?groupId=no-such-room&isCaller=1&roomType=video';
      sessionStorage.setItem('wmpf-voip.call.device-1', path);
    });
    await page.reload();
    await device.reachable.waitFor();
    await assertChinese(html, 'after a reload');
    await page.route('**/v1/calls', (route) => route.abort());
    await device.call.click();
    await device.result.waitFor();
    assert.equal(await device.errorCode.innerText(), '1002');
    await assertChinese(html, 'when the service was not reached');
    assert.deepEqual(problems, []);
    await close();
  });
});
