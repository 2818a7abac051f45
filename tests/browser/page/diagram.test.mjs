// The sequence diagram: each thing that happens in a call once, with its data.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { connect, screenshot, startDemo } from './demo-page.mjs';

const MOST_ROWS = 1500;

describe('the sequence diagram', { timeout: 120_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  /** The names in the rows of these values, in their order. */
  const names = (diagram, values) =>
    diagram.rows(values).evaluateAll((rows) => rows.map(({ dataset }) => dataset.name));

  /** Has the device's frame tell the page of things that have happened. */
  const tell = (page, entries) =>
    page
      .frames()
      .find((frame) => frame.url().includes('role=device'))
      .evaluate((all) => {
        for (const diagramEntry of all) parent.postMessage({ diagramEntry });
      }, entries);

  it('has each event of a call once, with its data', async () => {
    const { page, problems, device, phone, diagram, close } = await demo.open({
      viewport: { width: 1366, height: 768 },
    });
    await connect(device, phone);
    await phone.frame.getByText('00:03', { exact: true }).waitFor();
    await phone.action('hangUp').click();
    for (const who of ['device', 'phone']) {
      await diagram.rows({ who, name: 'closed 1000' }).waitFor({ state: 'attached' });
    }

    const heard = ['startVoip', 'calling', 'hangUpVoip', 'endVoip', 'finishVoip'];
    assert.deepEqual(await names(diagram, { who: 'device', what: 'event' }), [
      'callPageOnShow',
      'joinedRoomByCaller',
      ...heard,
    ]);
    assert.deepEqual(await names(diagram, { who: 'phone', what: 'event' }), ['callPageOnShow', 'hangOnVoip', ...heard]);

    const { roomId } = await device.resultObject();
    const event = async (who, eventName) => {
      const text = await diagram.dataOf(diagram.rows({ who, name: eventName }));
      return JSON.parse(text.slice(text.indexOf('{')));
    };
    for (const [who, origin] of [
      ['device', 'other'],
      ['phone', 'manual'],
    ]) {
      const { data, ...rest } = await event(who, 'hangUpVoip');
      assert.deepEqual(rest, { eventName: 'hangUpVoip', roomId, groupId: roomId });
      assert.deepEqual(data, { keepTime: data.keepTime, status: 'endByListener', origin });
      assert.ok(data.keepTime >= 3);
      const { data: end } = await event(who, 'endVoip');
      assert.deepEqual(end, {
        keepTime: data.keepTime,
        callerName: '前门 Video Doorbell',
        listenerName: 'Alice',
        roomType: 'video',
        isCaller: who === 'device',
        businessType: 1,
      });
    }
    const { data: bill } = await event('device', 'finishVoip');
    assert.deepEqual(Object.keys(bill), ['keepTime']);

    // What went over the wire, with whom, and in which direction.
    const signals = (who) => names(diagram, { who, what: 'signalled', flow: 'out' });
    assert.deepEqual(await signals('device'), ['join', 'chosen']);
    assert.deepEqual(await signals('phone'), ['answer', 'chosen', 'join', 'chosen', 'hangUp']);
    assert.deepEqual(await names(diagram, { what: 'sent', flow: 'out' }), ['POST /v1/calls']);
    assert.deepEqual(await names(diagram, { what: 'answered', flow: 'in' }), ['201']);
    assert.equal(await diagram.rows({ who: 'phone', what: 'reminded', flow: 'in' }).count(), 1);
    assert.equal(await diagram.rows({ who: 'device', what: 'reminded' }).count(), 0);

    assert.equal(await diagram.rows({ name: 'heartbeat' }).count(), 0, 'that a socket lives is no news');

    // Three seconds and more are one row.
    const seconds = await diagram.rows({ who: 'phone', name: 'calling' }).textContent();
    assert.match(seconds, /×[3-9]/);
    await screenshot(page, 'diagram-1366x768');
    await page.locator('.diagram__log').evaluate((log) => {
      Object.assign(log.style, { maxHeight: 'none' });
      Object.assign(log.parentElement.style, { height: 'auto' });
    });
    await screenshot(page.locator('.diagram'), 'diagram-whole');

    const shown = [await diagram.text(), await page.content()];
    const { handsets } = await demo.service.demo();
    for (const token of [handsets.device.token, handsets.device.deviceToken, handsets.phone.token]) {
      // A token's head and payload are the same each time it is issued within a second; its signature is nobody's.
      for (const text of shown) assert.ok(!text.includes(token.split('.')[1].slice(0, 40)), 'no token is shown');
    }
    assert.match(shown[0], /"voipToken": "…"/);
    assert.deepEqual(problems, []);
    await close();
  });

  it('breaks names only where their words end, with the lane of the gallery, too', async () => {
    const { page, problems, device, phone, diagram, close } = await demo.open({
      viewport: { width: 1366, height: 768 },
    });
    /** Runs in the page: the names whose words stand on more than one line, and the names on one. */
    const layOut = (list) => {
      const names = [...list.querySelectorAll('.step__name')];
      const isBroken = (text) =>
        [...text.data.matchAll(/\S+/g)].some(({ 0: word, index }) => {
          const range = new Range();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          return new Set(Array.from(range.getClientRects(), ({ top }) => top)).size > 1;
        });
      const broken = names.filter(({ childNodes }) =>
        [...childNodes].some((node) => node instanceof Text && isBroken(node)),
      );
      const whole = names.filter((name) => new Set(Array.from(name.getClientRects(), ({ top }) => top)).size === 1);
      return [broken, whole].map((all) => all.map((name) => name.textContent));
    };
    await connect(device, phone);
    await phone.action('hangUp').click();
    await diagram.rows({ who: 'device', name: 'closed 1000' }).waitFor({ state: 'attached' });
    // Rows out of sight are not laid out.
    await page.addStyleTag({ content: '.step { content-visibility: visible !important; }' });
    const [broken, whole] = await diagram.list.evaluate(layOut);
    assert.deepEqual(broken, []);
    for (const name of ['joinedRoomByCaller', 'callPageOnShow']) assert.ok(whole.includes(name), name);

    await page.getByTestId('gallery').locator('[data-code="1004"]').getByRole('button').click();
    await diagram.rows({ who: 'gallery', what: 'failed' }).waitFor({ state: 'attached' });
    const [brokenWithGallery, wholeWithGallery] = await diagram.list.evaluate(layOut);
    assert.deepEqual(brokenWithGallery, []);
    assert.ok(wholeWithGallery.includes('callPageOnShow'));
    assert.deepEqual(problems, []);
    await close();
  });

  it('can be read with the keyboard, in either language', async () => {
    const { page, problems, device, diagram, close } = await demo.open({
      locale: 'zh-CN',
      viewport: { width: 390, height: 844 },
    });
    await device.call.click();
    await diagram.rows({ who: 'device', name: 'joinedRoomByCaller' }).waitFor({ state: 'attached' });
    const request = diagram.rows({ what: 'sent' });
    const summary = request.locator('summary');
    assert.match(await summary.textContent(), /设备 → 服务/);
    await page.locator('#diagram-log').focus();
    for (let tabs = 0; !(await summary.evaluate((node) => node === document.activeElement)); tabs += 1) {
      assert.ok(tabs < 20, 'the row is reached by the Tab key');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await request.locator('pre').waitFor();
    assert.match(await request.innerText(), /POST \/v1\/calls[^]+"roomType": "video"/);
    await page.getByRole('button', { name: 'English' }).click();
    assert.match(await summary.textContent(), /Device → Service/);
    assert.match(await request.textContent(), /"roomType": "video"/, 'what was open stays open');
    await summary.scrollIntoViewIfNeeded();
    await screenshot(page, 'diagram-390x844');
    await device.action('hangUp').click();
    assert.deepEqual(problems, []);
    await close();
  });

  it('stays in the order of time, and usable after a long run', async () => {
    const { page, problems, diagram, close } = await demo.open();
    await page.locator('#diagram-clear').click();
    const at = Date.now();
    await tell(page, [
      { what: 'toast', at: at + 20, detail: 'later' },
      { what: 'toast', at: at + 10, detail: 'earlier' },
    ]);
    const [first, last] = [diagram.rows({ what: 'toast' }).first(), diagram.rows({ what: 'toast' }).last()];
    await last.waitFor();
    assert.match(await diagram.dataOf(first), /earlier/);
    assert.match(await diagram.dataOf(last), /later/);

    // A reader who has scrolled up is left where he is, and one at the end is kept there.
    const log = page.locator('#diagram-log');
    const entries = Array.from({ length: 3_000 }, (_, index) => ({
      what: 'signalled',
      flow: 'out',
      name: `signal-${index}`,
      at: at + 100 + index,
      body: '{}',
    }));
    await tell(page, entries.slice(0, 200));
    await diagram.rows({ name: 'signal-199' }).waitFor();
    await page.waitForFunction(() => {
      const { scrollHeight, scrollTop, clientHeight } = document.querySelector('#diagram-log');
      return scrollHeight - scrollTop - clientHeight < 48;
    });
    await log.evaluate((node) => (node.scrollTop = 0));
    await tell(page, entries.slice(200));
    await diagram.rows({ name: 'signal-2999' }).waitFor({ state: 'attached' });
    assert.equal(await diagram.list.locator('li').count(), MOST_ROWS);
    assert.ok((await log.evaluate((node) => node.scrollTop)) < 4_000, 'it was not scrolled to the end');
    const told = await page.locator('#diagram-forgotten').innerText();
    assert.equal(told, `Oldest rows that were removed: ${3_002 - MOST_ROWS}`);
    assert.deepEqual(problems, []);
    await close();
  });
});
