// Failures on the demo page: a wrong field, a refusal of the service, and the gallery that produces every code.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { screenshot, startDemo } from './demo-page.mjs';

/** The codes that the module finds by itself. */
const PLUGIN_CODES = [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1011];
const ALL_MS = 60_000;

describe('a failure on the demo page', { timeout: 120_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  it('is a wrong field, named beside the field and in the result', async () => {
    const { problems, device, phone, diagram, close } = await demo.open();
    await device.fill('listener.id', '');
    await device.frame.locator('[id="listener.id-problem"]', { hasText: 'got nothing' }).waitFor();
    await device.call.click();
    const text = await device.resultText();
    assert.match(text, /Rejected with VoipPluginError/);
    assert.equal(await device.errorCode.innerText(), '1004');
    const errMsg = 'initByCaller:fail listener.id: expected a non-empty string, got nothing';
    assert.ok(text.includes(errMsg), text);
    assert.match(await device.explanation.innerText(), /Meaning[^]+Usual cause[^]+What to do/);
    assert.ok((await diagram.text()).includes(errMsg));
    assert.equal(await phone.incoming.isVisible(), false);
    assert.deepEqual(problems, []);
    await close();
  });

  for (const [locale, width, height, words] of [
    ['en-US', 390, 844, '呼叫失败 “Call failed”, in the sample code’s own words'],
    ['zh-CN', 1366, 768, '呼叫失败'],
  ]) {
    it(`is the sample's toast, which leaves the result uncovered (${locale}, ${width}x${height})`, async () => {
      const { problems, device, close } = await demo.open({ locale, viewport: { width, height } });
      await device.fill('listener.id', '');
      await device.call.click();
      const toast = device.frame.locator('.weui-toast');
      const [covered, shown] = await Promise.all([toast.boundingBox(), toast.innerText()]);
      assert.equal(shown.trim().replace(/\s+/g, ' '), words);
      const end = covered.y + covered.height;
      const { y } = await device.result.boundingBox();
      assert.ok(end <= y, `the toast ends at ${end}, the result begins at ${y}`);
      assert.deepEqual(problems, []);
      await close();
    });
  }

  it('is a refusal by the service, resolved and explained', async () => {
    const { problems, device, close } = await demo.open();
    await device.fill('listener.id', 'oDemo-Nobody-000000000000000');
    await device.call.click();
    const text = await device.resultText();
    assert.match(text, /Resolved with isSuccess: false/);
    assert.equal(await device.errorCode.innerText(), '20');
    const result = await device.resultObject();
    const { errMsg } = result;
    assert.match(errMsg, /no user has the openId 'oDemo-Nobody-000000000000000'/);
    assert.deepEqual(result, {
      isSuccess: false,
      errCode: 20,
      errMsg,
      errObj: { name: 'VoipCgiError', message: errMsg, errMsg, errCode: 20 },
      error: { err_code: '20', errMsg },
    });
    assert.ok((await device.explanation.innerText()).length > 50);
    assert.deepEqual(problems, []);
    await close();
  });

  it('is produced for every code, and no token is shown', async () => {
    const open = await demo.open({ viewport: { width: 1280, height: 1000 } });
    const { page, problems, diagram, close } = open;
    const gallery = page.getByTestId('gallery');
    const facts = await demo.service.demo();
    const expected = [...facts.gallery.map(({ errCode }) => errCode), ...PLUGIN_CODES];
    const unreached = new Set();
    page.on('requestfailed', (request) => {
      if (!request.url().startsWith(demo.service.endpoint)) unreached.add(request.failure().errorText);
    });

    await page.getByTestId('produce-all').click();
    const summary = page.getByTestId('gallery-summary');
    const total = expected.length;
    await page.waitForFunction(() => !document.querySelector('[data-state="running"], [data-state="idle"]'), null, {
      timeout: ALL_MS,
    });
    const rows = await gallery
      .locator('[data-code]')
      .evaluateAll((rows) => rows.map(({ dataset }) => [Number(dataset.code), dataset.state]));
    assert.deepEqual(
      rows,
      expected.map((code) => [code, 'ok']),
    );
    assert.equal(await summary.innerText(), `${total} of ${total} gave the expected code`);
    assert.deepEqual([...unreached], ['net::ERR_CONNECTION_REFUSED'], 'it was the network, not the browser');

    // The calls of 1005 and 1008 ring elsewhere before they are taken back: both handsets are as they were.
    assert.equal(await diagram.rows({ what: 'reminded' }).count(), 0);
    for (const { callPage, call } of [open.device, open.phone]) {
      assert.equal(await callPage.isVisible(), false);
      await call.click({ trial: true });
    }
    // What initByCaller says begins with its name; the two rows without it say what they are.
    for (const row of await gallery.locator('[data-code]').allInnerTexts()) {
      assert.notEqual(/:fail /.test(row), /Not by initByCaller: POST /.test(row), row);
    }

    const shown = [await diagram.text(), await page.content(), demo.service.log()];
    const tokens = await open.tokens();
    assert.ok(tokens.length > 20, `${tokens.length} tokens`);
    for (const token of tokens) {
      const signature = token.split('.').at(-1);
      assert.ok(signature.length > 20, 'a signature is long enough to look for');
      for (const text of shown) assert.ok(!text.includes(signature), 'no token is shown or logged');
    }

    await screenshot(page, 'gallery', { fullPage: true });
    assert.deepEqual(problems, []);
    await close();
  });

  it('is produced by its own row', async () => {
    const { page, problems, close } = await demo.open();
    const row = page.getByTestId('gallery').locator('[data-code="20"]');
    await row.getByRole('button').click();
    await row.and(page.locator('[data-state="ok"]')).waitFor();
    assert.match(await row.innerText(), /Got 20 initByCaller:fail listener\.id: no user has the openId/);
    assert.deepEqual(problems, []);
    await close();
  });
});
