// A call from each handset to the other: the sample code runs, the other one rings, and both say what happened.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { screenshot, startDemo } from './demo-page.mjs';

describe('a call on the demo page', { timeout: 120_000 }, () => {
  /** A service for one test: what rings in another does not ring here. */
  async function open(t, options) {
    const demo = await startDemo();
    t.after(() => demo.stop());
    return { ...(await demo.open(options)), service: demo.service };
  }

  /** Calls from one handset; gives what the other was opened with and what the caller got. */
  async function place(caller, listener, query) {
    await caller.fill('customQuery', query);
    await caller.call.click();
    await listener.incoming.waitFor();
    return { result: await caller.resultObject(), opened: await listener.query() };
  }

  it('goes from the device to the phone', async (t) => {
    const { page, problems, device, phone, diagram } = await open(t, {
      viewport: { width: 1280, height: 1000 },
    });
    const { result, opened } = await place(device, phone, 'door=front&floor=%E4%BA%8C');

    const { roomId } = result;
    assert.match(roomId, /^\S+$/);
    assert.deepEqual(result, { isSuccess: true, roomId, groupId: roomId, chargeType: 'duration' });
    // The name that the user gave the device, with its model; not the one that the form passed.
    assert.equal(await phone.callerName.innerText(), '前门 Video Doorbell');
    assert.match(await phone.note.innerText(), /A device is shown by the name that its user gave it, and its model’s/);
    assert.equal(await device.note.innerText(), '', 'Alice is no device');
    assert.deepEqual(opened, {
      roomType: 'video',
      groupId: roomId,
      listenerId: 'oDemo-Alice-0000000000000000',
      callerName: '前门 Video Doorbell',
      door: 'front',
      floor: '二',
    });
    assert.equal(await device.incoming.isVisible(), false, 'the caller does not ring');
    const told = await diagram.text();
    assert.match(told, /initByCaller succeeded/);
    assert.ok(told.includes(roomId));
    await screenshot(page, 'ringing');

    await phone.action('hangUp').click();
    assert.equal(await phone.ending(), 'You declined the call');
    assert.deepEqual(problems, []);
  });

  it('goes from the phone to the device', async (t) => {
    const { problems, device, phone } = await open(t);
    const { result, opened } = await place(phone, device, 'a=1');
    assert.deepEqual(result, {
      isSuccess: true,
      roomId: result.roomId,
      groupId: result.roomId,
      chargeType: 'duration',
    });
    assert.equal(await device.callerName.innerText(), 'Alice');
    assert.deepEqual(opened, {
      roomType: 'video',
      groupId: result.roomId,
      listenerId: 'DEMO-DOORBELL-01',
      callerName: 'Alice',
      a: '1',
    });
    assert.deepEqual(problems, []);
  });

  it('stops ringing when the caller gives up', async (t) => {
    const { problems, device, phone, diagram, service } = await open(t);
    const { result } = await place(device, phone, 'a=1');
    const { handsets } = await service.demo();
    const given = await fetch(`${service.endpoint}/v1/calls/${result.roomId}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${handsets.device.token}` },
    });
    assert.equal(given.status, 204);
    assert.equal(await phone.ending(), '前门 Video Doorbell cancelled the call');
    assert.equal(await diagram.rows({ who: 'phone', name: 'cancelled' }).count(), 1);
    assert.deepEqual(problems, []);
  });

  it('does not let a query replace what the plugin puts on the path', async (t) => {
    const { problems, device, phone } = await open(t);
    const { result, opened } = await place(device, phone, 'groupId=fake&roomType=voice&own=1');
    assert.deepEqual(Object.keys(opened), ['roomType', 'groupId', 'listenerId', 'callerName', 'own']);
    assert.deepEqual([opened.groupId, opened.roomType], [result.roomId, 'video']);
    assert.deepEqual(problems, []);
  });
});
