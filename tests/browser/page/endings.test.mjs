// Each way in which a call ends, as both handsets tell it.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { connect, screenshot, startDemo } from './demo-page.mjs';

/** Nobody answers for a minute, and a device that is gone is waited for. */
const LONG_MS = 90_000;

const DEVICE = '前门 Video Doorbell';

describe('a call on the demo page ends', { timeout: 240_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  /** Both handsets say how it ended, go back to the form, and can call again. */
  async function assertEnds({ device, phone, problems, close }, { onDevice, onPhone }) {
    assert.equal(await device.ending(), onDevice);
    assert.equal(await phone.ending(), onPhone);
    for (const { tone, action, callPage, call } of [device, phone]) {
      assert.equal(await tone(), '');
      await action('close').click();
      await callPage.waitFor({ state: 'hidden' });
      // It takes no press in the first moment.
      await call.click({ trial: true });
    }
    assert.deepEqual(problems, []);
    await close();
  }

  async function ring(caller, listener) {
    await caller.call.click();
    await listener.incoming.waitFor();
    await caller.state('outgoing').waitFor();
  }

  it('when the listener declines', async () => {
    const open = await demo.open();
    await ring(open.device, open.phone);
    await open.phone.action('hangUp').click();
    await assertEnds(open, { onDevice: 'Alice declined the call', onPhone: 'You declined the call' });
  });

  it('when the caller cancels', async () => {
    const open = await demo.open();
    await ring(open.phone, open.device);
    await open.phone.action('hangUp').click();
    await assertEnds(open, { onDevice: 'Alice cancelled the call', onPhone: 'You cancelled the call' });
  });

  it('when either side hangs up', async () => {
    const open = await demo.open();
    const { device, phone } = open;
    await connect(device, phone);
    await device.action('hangUp').click();
    assert.equal(await phone.ending(), `${DEVICE} hung up`);
    // The next call is possible without going back by hand: it takes the place of the one that ended.
    await device.action('close').click();
    await connect(device, phone);
    await phone.action('hangUp').click();
    await assertEnds(open, { onDevice: 'Alice hung up', onPhone: 'You hung up' });
  });

  it('at its time limit', async () => {
    const open = await demo.open();
    await open.device.fill('timeLimit', '5');
    await connect(open.device, open.phone);
    await open.device.ending();
    assert.equal(await open.phone.note.innerText(), 'Talked for 00:05');
    const both = 'The call reached its time limit';
    await assertEnds(open, { onDevice: both, onPhone: both });
  });

  it('as busy for whoever calls somebody in a call', async () => {
    const open = await demo.open();
    await connect(open.device, open.phone);
    const third = await demo.openAlone('role=phone&pair=2&calls=1', { viewport: { width: 390, height: 844 } });
    await third.call.click();
    assert.equal(await third.ending(), `${DEVICE} is in another call`);
    await screenshot(third.page, 'busy-390x844');
    assert.equal(await open.device.state('connected').count(), 1, 'the call that is on is not disturbed');
    await open.device.action('hangUp').click();
    await assertEnds(open, { onDevice: 'You hung up', onPhone: `${DEVICE} hung up` });
    assert.deepEqual(third.problems, []);
    await third.close();
  });

  it('when a page is gone for good', async () => {
    const [device, phone] = await Promise.all([demo.openAlone('role=device'), demo.openAlone('role=phone')]);
    await connect(device, phone);
    await phone.close();
    await device.state('ended').waitFor({ timeout: LONG_MS });
    assert.equal(await device.ending(), 'The call broke off');
    assert.match(await device.note.innerText(), /^The other side is gone/);
    assert.deepEqual([...device.problems, ...phone.problems], []);
    await device.close();
  });

  it('when nobody answers', async () => {
    const open = await demo.open();
    await ring(open.device, open.phone);
    await open.phone.state('ended').waitFor({ timeout: LONG_MS });
    await assertEnds(open, { onDevice: 'Alice did not answer', onPhone: 'You did not answer in time' });
  });
});
