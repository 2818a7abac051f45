// Two modules that call each other, with the real service between them: they meet in one call, whichever way they call,
// and nobody answers.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'node:test';

import { closeAll, createParty } from '../../support/party.mjs';
import { startService } from '../../support/service.mjs';

const APIS = ['initByCaller', 'callWMPF', 'callDevice'];

const isOver = (call) => call === undefined || call.view.state === 'ended';

describe('two who call each other', { timeout: 180_000 }, () => {
  let service;
  let handsets;
  before(async () => {
    service = await startService();
    ({ handsets } = await service.demo());
  });
  afterEach(closeAll);
  after(() => service?.stop());

  /** What the phone calls with, by the function. */
  function requestOf(api) {
    const { id: sn, modelId, pushToken } = handsets.device;
    const call = { roomType: 'video', sn, modelId, nickName: 'Alice', chargeType: 'duration' };
    const caller = { id: handsets.phone.id, name: 'Alice' };
    return {
      initByCaller: { roomType: 'video', businessType: 2, caller, listener: { id: sn }, voipToken: pushToken },
      callWMPF: { ...call, pushToken },
      callDevice: call,
    }[api];
  }

  const OF_DEVICE = () => ({
    roomType: 'video',
    businessType: 1,
    caller: { id: handsets.device.id },
    listener: { id: handsets.phone.id },
    voipToken: handsets.device.deviceToken,
  });

  /** A party that opens a page for each call, one at a time: for those that ring here, and for those that it places. */
  async function party(handset, api, request, media) {
    const party = createParty(service, handset);
    const opened = [];
    const open = (path) => {
      opened.push(path);
      party.call = party.open(path, media);
    };
    /** Calls, and gives the room. */
    const place = async (changes) => {
      const { roomId, errMsg } = await party.voip[api]({ ...request, ...changes });
      assert.ok(roomId, errMsg);
      return roomId;
    };
    await party.listen(({ path }) => {
      if (isOver(party.call)) open(path);
    });
    return Object.assign(party, {
      opened,
      place,
      async dial(changes) {
        const roomId = await place(changes);
        if (isOver(party.call)) open(party.voip.CALL_PAGE_PATH);
        return roomId;
      },
      talks: () => party.until(() => party.call?.view.state === 'connected', 'the call'),
    });
  }

  const device = (media) => party(handsets.device, 'initByCaller', OF_DEVICE(), media);
  const phone = (api = 'initByCaller', media) => party(handsets.phone, api, requestOf(api), media);

  const names = ({ heard }) => heard.map(({ eventName }) => eventName).filter((name) => name !== 'calling');

  /** Both are in the same call, on one page each, and it ends for both. */
  async function talk(parties, rooms) {
    assert.equal(new Set(rooms).size, 1, String(rooms));
    await Promise.all(parties.map((party) => party.talks()));
    const sides = parties.map(({ call }) => call.view.isCaller);
    assert.deepEqual([...sides].sort(), [false, true]);
    for (const { opened } of parties) assert.equal(opened.length, 1, String(opened));
    parties[0].call.hangUp();
    await Promise.all(parties.map((party) => party.event('finishVoip')));
    const END = ['startVoip', 'hangUpVoip', 'endVoip', 'finishVoip'];
    parties.forEach((party, at) => {
      const first = sides[at] ? 'joinedRoomByCaller' : 'hangOnVoip';
      assert.deepEqual(names(party), ['callPageOnShow', first, ...END]);
    });
  }

  for (const api of APIS) {
    it(`meet where both call at the same moment, the phone by ${api}`, async () => {
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        const parties = [await device(), await phone(api)];
        await talk(parties, await Promise.all(order.map((at) => parties[at].dial())));
      }
    });

    it(`meet where one calls while the other one's call rings on its page, the phone by ${api}`, async () => {
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        const parties = [await device(), await phone(api)];
        const [older, later] = order.map((at) => parties[at]);
        const rooms = [await older.dial()];
        await sleep(1000);
        // callDevice reminds nobody.
        assert.equal(isOver(later.call), order[0] === 1 && api === 'callDevice', 'it was reminded');
        rooms.push(await later.dial());
        await talk(parties, rooms);
      }
    });
  }

  it('are busy for everybody else, also while a call rings on the page', async () => {
    const [bell, alice] = [await device(), await phone()];
    await bell.dial();
    await alice.until(() => alice.call?.view.online, 'the page');
    const elsewhere = { ...requestOf('initByCaller'), listener: { id: 'DEMO-TV-01' } };
    await assert.rejects(alice.voip.initByCaller(elsewhere), { errCode: 1005 });
    await assert.rejects(alice.voip.callDevice({ ...requestOf('callDevice'), sn: 'DEMO-TV-01' }), { errCode: 1005 });
    assert.equal(alice.call.view.state, 'incoming');
  });

  it('go on in the page that is opened for the later call, where the older one had one', async () => {
    const [bell, alice] = [await device(), await phone()];
    await bell.dial();
    await alice.until(() => alice.call?.view.online, 'the page');
    const roomId = await alice.place();
    alice.call = alice.open(`${alice.voip.CALL_PAGE_PATH}?groupId=${roomId}&isCaller=1`);
    await Promise.all([bell.talks(), alice.talks()]);
  });

  it('ring on where the later one has no page, and are answered by hand', async () => {
    const [bell, alice] = [createParty(service, handsets.device), createParty(service, handsets.phone)];
    await alice.listen();
    const [{ roomId }, { roomId: same }] = await Promise.all([
      bell.voip.initByCaller(OF_DEVICE()),
      alice.voip.callWMPF(requestOf('callWMPF')),
    ]);
    assert.equal(roomId, same);
    // Which of them is the older one is not known; the doorbell has nobody who would answer.
    const calls = [bell.open(bell.voip.CALL_PAGE_PATH)];
    await bell.until(() => calls[0].view.online, 'the page');
    if (calls[0].view.isCaller) {
      const { path } = await alice.reminded(roomId);
      calls.push(alice.open(path));
      await alice.until(() => calls[1].view.online, 'the page');
      assert.equal(calls[1].view.state, 'incoming');
      calls[1].answer();
    } else {
      calls.push(alice.open(alice.voip.CALL_PAGE_PATH));
    }
    await Promise.all([bell.event('startVoip'), alice.event('startVoip')]);
  });

  it('do not answer on the other devices of a party, nor because a query says so', async () => {
    const [bell, alice] = [await device(), await phone()];
    const roomId = await bell.dial();
    await alice.until(() => alice.call?.view.online, 'the page');
    const tablet = createParty(service, handsets.phone);
    const ringing = tablet.open(`?groupId=${roomId}&isCaller=1&roomType=video`);
    await tablet.until(() => ringing.view.state === 'incoming', 'the call that rings');
    assert.equal(await alice.dial(), roomId);
    await Promise.all([bell.talks(), alice.talks()]);
    await tablet.until(() => ringing.view.reason === 'elsewhere', 'that it is taken');
  });

  it('are left ringing by who gives up the later call without a page, and not by its page', async () => {
    const bell = createParty(service, handsets.device);
    const { roomId } = await bell.voip.initByCaller(OF_DEVICE());
    const outgoing = bell.open(bell.voip.CALL_PAGE_PATH);
    await bell.event('joinedRoomByCaller');
    const alice = createParty(service, handsets.phone);
    const state = async () => {
      const answer = await fetch(`${service.endpoint}/v1/calls/${roomId}`, {
        headers: { authorization: `Bearer ${handsets.phone.token}` },
      });
      return (await answer.json()).state;
    };
    for (const end of [() => alice.voip.forceHangUpVoip(), () => alice.voip.forceHangUpVoip(roomId)]) {
      assert.equal((await alice.voip.initByCaller(requestOf('initByCaller'))).roomId, roomId);
      end();
      await sleep(300);
      assert.equal(await state(), 'ringing');
    }
    const controller = new AbortController();
    const given = alice.voip.initByCaller(requestOf('initByCaller'), { signal: controller.signal });
    await sleep(0);
    controller.abort();
    await given.catch(() => {});
    await sleep(300);
    assert.equal(await state(), 'ringing');

    await alice.voip.callDevice(requestOf('callDevice'));
    const page = alice.open(alice.voip.CALL_PAGE_PATH);
    page.hangUp();
    await bell.event('rejectVoip');
    assert.equal(outgoing.view.reason, 'rejected');
  });

  it('begin with a camera that is on only if both requests allow it and are for video', async () => {
    const recorder = () => {
      const heard = [];
      const no = () => {};
      const media = { start: no, receive: no, peer: no, setMuted: no, switchCamera: no, leave: no };
      media.join = ({ camera }) => heard.push(camera);
      media.setCamera = (on) => heard.push(on);
      return { heard, media };
    };
    for (const [later, caller, listener] of [
      [{}, [true], [true]],
      [{ roomType: 'voice' }, [true, false], [false]],
      [{ enableCallerCamera: false }, [true], [false]],
      [{ enableListenerCamera: false }, [true, false], [true]],
    ]) {
      const cameras = [recorder(), recorder()];
      const [bell, alice] = [await device(cameras[0].media), await phone('callDevice', cameras[1].media)];
      await bell.dial();
      await bell.event('joinedRoomByCaller');
      await alice.until(() => alice.call?.view.online, 'the page');
      await alice.dial(later);
      await Promise.all([bell.talks(), alice.talks()]);
      const what = JSON.stringify(later);
      assert.deepEqual(
        cameras.map(({ heard }) => heard),
        [caller, listener],
        what,
      );
      assert.deepEqual([bell.call.view.camera, alice.call.view.camera], [caller.at(-1), listener.at(-1)], what);
      alice.call.hangUp();
      await bell.event('finishVoip');
    }
  });
});
