// Every control of the page can be seen and pressed: nothing that keeps its place on the screen lies over one, in any
// size of the window, and in no state of a call is a button outside of it.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { connect, screenshot, startDemo } from './demo-page.mjs';

const SIZES = [
  [320, 568],
  [390, 844],
  [768, 1024],
  [844, 390],
  [1280, 800],
];

/**
 * Runs in a document: the controls of which a part that is to be seen lies under something else. What a scroller or the window
 * cuts off is not to be seen. Rows of the diagram run under the names of its lanes, as those of a table do.
 */
function coveredControls() {
  const controls = [...document.querySelectorAll('button, a[href], input, summary, iframe')];
  return controls.flatMap((control) => {
    const isThere = control.checkVisibility({ visibilityProperty: true }) && !control.closest('[inert], #diagram');
    if (!isThere) return [];
    let { left, top, right, bottom } = control.getBoundingClientRect();
    const cut = (edges) => {
      [left, top] = [Math.max(left, edges.left), Math.max(top, edges.top)];
      [right, bottom] = [Math.min(right, edges.right), Math.min(bottom, edges.bottom)];
    };
    for (let box = control.parentElement; box; box = box.parentElement) {
      if (getComputedStyle(box).overflowY !== 'visible') cut(box.getBoundingClientRect());
    }
    cut({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
    if (right - left < 10 || bottom - top < 10) return [];
    const isHit = (across, down) => {
      const hit = document.elementFromPoint(left + (right - left) * across, top + (bottom - top) * down);
      return control.contains(hit) || control.labels?.[0]?.contains(hit);
    };
    // Not the corners, which may be round.
    const parts = [0.1, 0.3, 0.5, 0.7, 0.9];
    if (parts.every((part) => isHit(part, 0.5) && isHit(0.5, part))) return [];
    return [`${control.tagName} ${control.id || control.textContent.trim().slice(0, 30)}`];
  });
}

/** Runs in a handset: the buttons of its call page that are not wholly within it. */
function outsideButtons() {
  return [...document.querySelectorAll('#call-page button')].flatMap((button) => {
    if (!button.checkVisibility()) return [];
    const { left, top, right, bottom } = button.getBoundingClientRect();
    const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    return isInside ? [] : [`${button.dataset.action}: ${[left, top, right, bottom].map(Math.round)}`];
  });
}

async function assertUncovered({ page, device, phone }, when) {
  assert.deepEqual(await page.evaluate(coveredControls), [], `the page ${when}`);
  for (const [name, { frame }] of Object.entries({ device, phone })) {
    const root = frame.locator('html');
    assert.deepEqual(await root.evaluate(coveredControls), [], `the ${name} ${when}`);
    assert.deepEqual(await root.evaluate(outsideButtons), [], `the ${name} ${when}`);
  }
}

describe('no control of the demo page is covered', { timeout: 240_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  for (const [width, height] of SIZES) {
    it(`while a handset rings out of sight (${width}x${height})`, async () => {
      const open = await demo.open({ viewport: { width, height } });
      const { page, problems, device, phone, close } = open;
      const bar = page.locator('#jump');
      // The buttons of a call are at the end of a handset.
      const places = [
        ['#device', 'end'],
        ['#phone', 'end'],
        ['.machines', 'end'],
        ['.gallery__rows', 'start'],
      ];
      for (const [caller, listener] of [
        [device, phone],
        [phone, device],
      ]) {
        await caller.call.click();
        await listener.incoming.waitFor();
        let bars = 0;
        for (const [place, block] of places) {
          await page.locator(place).evaluate((node, block) => node.scrollIntoView({ block }), block);
          // The bar follows what is in sight, and stays for a moment.
          await page.waitForTimeout(700);
          const isBarred = await bar.isVisible();
          if (isBarred) bars += 1;
          await assertUncovered(open, `at the ${block} of ${place}, ${isBarred ? 'with' : 'without'} the bar`);
        }
        assert.ok(bars > 0, 'the bar came');
        await page.locator('.gallery__head').evaluate((node) => node.scrollIntoView());
        await bar.waitFor();
        if (listener === phone) await screenshot(page, `ringing-out-of-sight-${width}x${height}`);
        await bar.click();
        await bar.waitFor({ state: 'hidden' });
        assert.equal(await page.locator('body.page_barred').count(), 0);
        await assertUncovered(open, 'when the bar has led to the handset');
        await listener.action('hangUp').click();
        for (const handset of [listener, caller]) {
          await handset.ending();
          await handset.action('close').click();
        }
      }
      assert.deepEqual(problems, []);
      await close();
    });
  }

  it('and the reader stays where they are when the bar comes and goes', async () => {
    const { page, problems, device, phone, close } = await demo.open({ viewport: { width: 390, height: 844 } });
    const head = page.locator('.gallery__head');
    await head.evaluate((node) => node.scrollIntoView({ block: 'center' }));
    const top = async () => Math.round((await head.boundingBox()).y);
    const before = await top();
    // By the keyboard: a click would scroll there.
    await device.call.evaluate((button) => button.click());
    await phone.incoming.waitFor();
    await page.locator('#jump').waitFor();
    assert.equal(await top(), before);
    await device.action('hangUp').evaluate(async (button) => {
      while (button.getAttribute('aria-disabled')) await new Promise(requestAnimationFrame);
      button.click();
    });
    await page.locator('#jump').waitFor({ state: 'hidden' });
    assert.equal(await top(), before);
    assert.deepEqual(problems, []);
    await close();
  });

  it('by the toast and the result of a failure', async () => {
    for (const [width, height] of SIZES) {
      const open = await demo.open({ viewport: { width, height } });
      await open.device.fill('listener.id', '');
      await open.device.call.click();
      await open.device.frame.locator('.weui-toast').waitFor();
      await open.device.errorCode.waitFor();
      await assertUncovered(open, `with a toast (${width}x${height})`);
      await open.device.frame.locator('.weui-toast').waitFor({ state: 'detached' });
      await assertUncovered(open, `with a result (${width}x${height})`);
      await open.close();
    }
  });
});

describe('every button of a call is in the window of a handset alone', { timeout: 240_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  for (const locale of ['en-US', 'zh-CN']) {
    for (const [width, height] of SIZES) {
      it(`in each state (${locale}, ${width}x${height})`, async () => {
        const options = { locale, viewport: { width, height } };
        const [device, phone] = await Promise.all([
          demo.openAlone('role=device', options),
          demo.openAlone('role=phone', options),
        ]);
        const assertInside = async (when) => {
          for (const { frame } of [device, phone]) {
            const root = frame.locator('html');
            assert.deepEqual(await root.evaluate(coveredControls), [], when);
            assert.deepEqual(await root.evaluate(outsideButtons), [], when);
          }
        };
        await assertInside('at first');
        await device.fill('customQuery', Array.from({ length: 40 }, (_, at) => `key${at}=value${at}`).join('&'));
        await device.call.click();
        await phone.incoming.waitFor();
        await assertInside('while it rings');
        await phone.action('hangUp').click();
        await device.ending();
        await assertInside('when it was declined');
        for (const { action } of [device, phone]) await action('close').click();

        await connect(device, phone);
        await assertInside('in the call');
        if (locale === 'en-US') await screenshot(phone.page, `call-alone-${width}x${height}`);
        // The longest of what the end of a call may say.
        await phone.page.evaluate(() => {
          document.querySelector('#call-status').textContent = 'It ended. '.repeat(12);
          document.querySelector('#call-note').textContent = 'This is why, and what can be done about it. '.repeat(12);
        });
        await assertInside('with much to say');
        await phone.action('hangUp').click();
        await device.ending();
        await assertInside('at its end');
        assert.deepEqual([...device.problems, ...phone.problems], []);
        await device.close();
        await phone.close();
      });
    }
  }
});
