// A handset that is a page of its own, as on a machine of its own.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { connect, screenshot, startDemo } from './demo-page.mjs';
import { loudness, pictureChanges } from './seen-and-heard.mjs';

describe('a handset alone', { timeout: 120_000 }, () => {
  it('is linked from the page, and calls another one alone', async (t) => {
    const demo = await startDemo();
    t.after(() => demo.stop());
    const { page, close } = await demo.open();
    const links = await page.locator('a[href*="role="]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    assert.ok(links.includes('handset.html?role=device') && links.includes('handset.html?role=phone'));
    assert.match(await page.locator('.machines').innerText(), /https or from localhost[^]+ssh -L \d+:/);
    await close();

    const device = await demo.openAlone('role=device', { viewport: { width: 390, height: 844 } });
    const phone = await demo.openAlone('role=phone', { viewport: { width: 1366, height: 768 } });
    assert.equal(await device.insecure.isVisible(), false);
    await connect(device, phone);
    for (const { remote } of [device, phone]) {
      assert.ok((await pictureChanges(remote)) > 0);
      assert.ok((await loudness(remote)) > 0.01);
    }
    await screenshot(device.page, 'alone-390x844');
    await screenshot(phone.page, 'alone-1366x768');
    await device.action('hangUp').click();
    assert.equal(await phone.ending(), '前门 Video Doorbell hung up');
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });
});
