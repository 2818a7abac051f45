// The page around the calls: two languages, a narrow screen, and a service without demo data.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { screenshot, startDemo } from './demo-page.mjs';

const HAN = /\p{Script=Han}/u;

describe('the demo page', { timeout: 120_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  it('changes its language everywhere, and keeps it', async () => {
    const { page, problems, device, close } = await demo.open();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.equal(await device.call.innerText(), 'Call');
    await device.fill('listener.id', '');
    await device.call.click();
    await device.explanation.getByText('What to do').waitFor();

    await page.getByRole('button', { name: '中文' }).click();
    await device.call.and(device.frame.getByText('呼叫', { exact: true })).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    assert.match(await page.locator('#gallery-title').innerText(), HAN);
    await device.explanation.getByText('处理办法').waitFor();
    for (const words of await device.explanation.locator('dd').allInnerTexts()) assert.match(words, HAN);
    assert.match(await page.title(), HAN);

    await page.reload();
    await device.reachable.waitFor();
    assert.equal(await device.call.innerText(), '呼叫');
    await page.getByRole('button', { name: 'English' }).click();
    await device.call.and(device.frame.getByText('Call', { exact: true })).waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  it('takes the language of the browser at first', async () => {
    const { device, problems, close } = await demo.open({ locale: 'zh-CN' });
    assert.equal(await device.call.innerText(), '呼叫');
    assert.deepEqual(problems, []);
    await close();
  });

  for (const locale of ['en-US', 'zh-CN']) {
    it(`fits a screen of 390 pixels (${locale})`, async () => {
      const { page, problems, device, phone, close } = await demo.open({
        locale,
        viewport: { width: 390, height: 844 },
      });
      const overflow = () => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      };
      const assertFits = async (when) => {
        assert.ok((await page.evaluate(overflow)) <= 0, `the page, ${when}`);
        for (const { frame } of [device, phone]) {
          assert.ok((await frame.locator('html').evaluate(overflow)) <= 0, `a handset, ${when}`);
        }
      };
      await assertFits('at first');
      // Long values and a long result are what widens a page.
      await device.fill('customQuery', `q=${'x'.repeat(300)}`);
      await device.call.click();
      await phone.incoming.waitFor();
      await device.resultObject();
      await assertFits('while a call rings');
      if (locale === 'en-US') await screenshot(page, 'phone-width', { fullPage: true });
      assert.deepEqual(problems, []);
      await close();
    });
  }
});

describe('the demo page on a small laptop', { timeout: 120_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  it('has each step over what it speaks of', async () => {
    const { page, problems, close } = await demo.open({ viewport: { width: 1366, height: 768 } });
    const lefts = (selector) =>
      page.locator(selector).evaluateAll((nodes) => nodes.map((node) => Math.round(node.getBoundingClientRect().left)));
    assert.deepEqual(await lefts('.page__steps li'), await lefts('.shell, .diagram'));
    assert.deepEqual(problems, []);
    await close();
  });

  it('rings without touching the name or the edge, and is dark as a whole', async () => {
    const { problems, device, phone, close } = await demo.open({ viewport: { width: 1366, height: 768 } });
    await device.call.click();
    await phone.incoming.waitFor();
    const { above, below, halo } = await phone.frame.locator('#call-avatar').evaluate((avatar) => {
      const { top, bottom } = avatar.getBoundingClientRect();
      const [, last] = avatar.getAnimations()[0].effect.getKeyframes();
      return {
        above: top,
        below: document.querySelector('#call-name').getBoundingClientRect().top - bottom,
        halo: Number(/(\d+)px(?! \d)/.exec(last.boxShadow.replace(/rgba?\([^)]*\)/, ''))[1]),
      };
    });
    assert.ok(halo > 0 && halo <= above && halo <= below, `${halo} pixels, between ${above} and ${below}`);
    const scheme = await phone.callPage.evaluate((node) => getComputedStyle(node).colorScheme);
    assert.equal(scheme, 'dark', 'its scrollbars, too');
    await phone.action('hangUp').click();
    await device.ending();
    assert.deepEqual(problems, []);
    await close();
  });
});

describe('the handsets of a call', { timeout: 120_000 }, () => {
  // What other tests have left ringing does not ring here.
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  for (const [width, height] of [
    [390, 844],
    [1280, 800],
    [1366, 768],
    [1280, 1000],
  ]) {
    it(`show whom they call and who calls them (${width}x${height})`, async () => {
      const { page, problems, device, phone, close } = await demo.open({ viewport: { width, height } });
      const { handsets } = await demo.service.demo();
      for (const [caller, listener, { token }] of [
        [device, phone, handsets.device],
        [phone, device, handsets.phone],
      ]) {
        await caller.call.click();
        await listener.incoming.waitFor();
        const { roomId } = await caller.resultObject();
        for (const name of [caller.callerName, listener.callerName]) {
          // A line of the name's letters is 36 pixels high.
          const { shown, whole } = await name.evaluate(visibleHeight);
          assert.ok(whole >= 36 && shown >= whole, `${await name.innerText()}: ${shown} of ${whole} pixels`);
        }
        if (caller === device) await screenshot(page, `call-${width}x${height}`);
        await fetch(`${demo.service.endpoint}/v1/calls/${roomId}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${token}` },
        });
        for (const handset of [listener, caller]) {
          await handset.ending();
          await handset.action('close').click();
        }
      }
      assert.deepEqual(problems, []);
      await close();
    });
  }
});

/** Runs in the page: how much of an element can be seen, without scrolling, and how high its text is. */
function visibleHeight(node) {
  let { top, bottom } = node.getBoundingClientRect();
  for (let box = node; box; box = box.parentElement) {
    if (getComputedStyle(box).overflowY === 'visible') continue;
    const edges = box.getBoundingClientRect();
    top = Math.max(top, edges.top);
    bottom = Math.min(bottom, edges.bottom);
  }
  return { shown: Math.round(bottom - top), whole: node.scrollHeight };
}
