// Calls between two modules and the real service: one calls, the other is reminded, they talk and hang up.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';

import WebSocket from 'ws';

import { closeAll, createParty } from '../../support/party.mjs';
import { startService } from '../../support/service.mjs';

const OF_A_CALLER = ['callPageOnShow', 'joinedRoomByCaller', 'startVoip', 'hangUpVoip', 'endVoip', 'finishVoip'];

const names = ({ heard }) => heard.map(({ eventName }) => eventName).filter((name) => name !== 'calling');

describe('two modules and the service', { timeout: 120_000 }, () => {
  let service;
  let handsets;
  before(async () => {
    service = await startService();
    ({ handsets } = await service.demo());
  });
  afterEach(closeAll);
  after(() => service?.stop());

  /** A device that has called and a phone that is being reminded, both with their pages open. */
  async function ringing({ WebSocket, media, device = createParty(service, handsets.device) } = {}) {
    if (WebSocket) device.module.configure({ WebSocket });
    const phone = createParty(service, handsets.phone);
    await phone.listen();
    const result = await device.voip.initByCaller({
      roomType: 'video',
      businessType: 1,
      caller: { id: handsets.device.id },
      listener: { id: handsets.phone.id, name: 'Alice' },
      voipToken: handsets.device.deviceToken,
    });
    assert.equal(result.isSuccess, true, result.errMsg);
    const outgoing = device.open(device.voip.CALL_PAGE_PATH, media?.('caller'));
    const reminder = await phone.reminded(result.roomId);
    const incoming = phone.open(reminder.path, media?.('listener'));
    await device.event('joinedRoomByCaller');
    await phone.until(() => incoming.view.online, 'the page of the listener');
    return { device, phone, outgoing, incoming, roomId: result.roomId };
  }

  it('call, answer, talk and hang up', async () => {
    const { device, phone, outgoing, incoming, roomId } = await ringing();
    assert.equal(incoming.view.state, 'incoming');
    assert.equal(outgoing.view.name, 'Alice');
    incoming.answer();
    await device.event('startVoip');
    await phone.event('startVoip');
    await device.event('calling');
    assert.deepEqual(phone.cancelled, [roomId], 'no other phone rings on');
    incoming.hangUp();
    await device.event('finishVoip');
    await phone.event('finishVoip');
    assert.deepEqual(names(device), OF_A_CALLER);
    assert.deepEqual(names(phone), [
      'callPageOnShow',
      'hangOnVoip',
      'startVoip',
      'hangUpVoip',
      'endVoip',
      'finishVoip',
    ]);
    for (const { heard } of [device, phone]) {
      for (const event of heard.slice(1)) assert.deepEqual([event.roomId, event.groupId], [roomId, roomId]);
      const seconds = heard.filter(({ eventName }) => eventName === 'calling').map(({ data }) => data.keepTime);
      assert.deepEqual(
        seconds,
        seconds.map((_, i) => i + 1),
      );
    }
    const end = (party) => party.heard.find(({ eventName }) => eventName === 'hangUpVoip').data;
    const { keepTime } = end(device);
    assert.ok(keepTime >= 1);
    assert.deepEqual(end(device), { keepTime, status: 'endByListener', origin: 'other' });
    assert.deepEqual(end(phone), { keepTime, status: 'endByListener', origin: 'manual' });
    assert.deepEqual([outgoing.view.state, incoming.view.state], ['ended', 'ended']);
  });

  it('are free for the next call as soon as one has hung up', async () => {
    const isHangUp = (text) => JSON.parse(text).type === 'hangUp';
    class Slow extends WebSocket {
      send(text) {
        if (isHangUp(text)) setTimeout(() => super.send(text), 300);
        else super.send(text);
      }
    }
    const hangUps = [({ outgoing }) => outgoing.hangUp(), ({ device }) => device.voip.forceHangUpVoip()];
    let call;
    for (const hangUp of [...hangUps, undefined]) {
      call = await ringing({ WebSocket: Slow, device: call?.device });
      if (!hangUp) break;
      call.incoming.answer();
      await call.phone.event('startVoip');
      hangUp(call);
    }
    call.device.voip.forceHangUpVoip();
    await call.device.until(
      () => names(call.device).filter((name) => name === 'finishVoip').length === 3,
      'three ends',
    );
  });

  it('free a phone and a device for callWMPF and callDevice, too', async () => {
    const phone = createParty(service, handsets.phone);
    const device = createParty(service, handsets.device);
    const { id: sn, modelId, pushToken } = handsets.device;
    const common = { roomType: 'voice', sn, modelId, nickName: 'Alice', chargeType: 'duration' };
    let isSlow = false;
    phone.module.configure({
      fetch: async (url, init) => {
        if (isSlow && url.endsWith('/signals')) await new Promise((resolve) => setTimeout(resolve, 300));
        return fetch(url, init);
      },
    });
    for (const [api, req] of [
      ['callWMPF', { ...common, pushToken }],
      ['callDevice', common],
      ['callWMPF', { ...common, pushToken }],
    ]) {
      const { roomId } = await phone.voip[api](req);
      const incoming = device.open(`?roomType=voice&groupId=${roomId}`);
      incoming.answer();
      await device.until(() => incoming.view.online && incoming.view.state === 'joining', 'the answer');
      await device.event('hangOnVoip');
      device.heard.length = 0;
      isSlow = true;
      phone.voip.forceHangUpVoip(roomId);
    }
  });

  it('reject, cancel, and leave nothing ringing after forceHangUpVoip', async () => {
    for (const [end, name, states] of [
      [({ incoming }) => incoming.hangUp(), 'rejectVoip', ['other', 'manual']],
      [({ outgoing }) => outgoing.leave(), 'cancelVoip', ['unloadCallPage', 'other']],
      [({ device }) => device.voip.forceHangUpVoip(), 'cancelVoip', ['forceFromApp', 'other']],
    ]) {
      const call = await ringing();
      end(call);
      const events = [await call.device.event(name), await call.phone.event(name)];
      assert.deepEqual(
        events.map(({ data }) => data.status),
        states,
      );
      await call.device.event('finishVoip');
      await call.phone.event('finishVoip');
      await call.phone.until(() => call.phone.cancelled.length > 0, 'the end of the ringing');
    }
  });

  it('carry the texts of the media, and lose no event to a connection that breaks', async () => {
    const sockets = [];
    class Breaking extends WebSocket {
      constructor(...values) {
        super(...values);
        sockets.push(this);
      }
    }
    const got = [];
    const media = (name) => {
      const nothing = () => {};
      const [receive, others] = [
        (text) => got.push([name, text]),
        ['peer', 'setMuted', 'setCamera', 'switchCamera', 'leave'],
      ];
      const made = { receive, ...Object.fromEntries(others.map((other) => [other, nothing])) };
      made.join = (room) => void (made.room = room);
      made.start = () => made.room.send(`from the ${name}`);
      return made;
    };
    const { device, phone, incoming } = await ringing({ WebSocket: Breaking, media });
    sockets.at(-1).terminate();
    incoming.answer();
    await phone.event('startVoip');
    await device.event('startVoip');
    assert.equal(sockets.length, 2);
    await phone.until(() => got.length >= 1, 'a text');
    await device.event('calling');
    sockets.at(-1).terminate();
    incoming.hangUp();
    await device.event('finishVoip');
    assert.equal(sockets.length, 3);
    assert.deepEqual(names(device), OF_A_CALLER);
    for (const [name, text] of got) assert.equal(text, name === 'caller' ? 'from the listener' : 'from the caller');
  });

  it('end a call whose page was loaded anew and cannot come back into the room', async () => {
    const { phone, device, incoming, outgoing, roomId } = await ringing();
    incoming.answer();
    await device.event('startVoip');
    await phone.until(() => incoming.view.state === 'connected', 'the call');
    const refuse = () => Promise.reject(Object.assign(new Error('Blue Yeti is in use'), { errCode: 2007 }));
    const nothing = () => {};
    const others = ['start', 'receive', 'peer', 'setMuted', 'setCamera', 'switchCamera', 'leave'];
    const media = { join: refuse, ...Object.fromEntries(others.map((name) => [name, nothing])) };
    const anew = phone.open((await phone.reminded(roomId)).path, media);
    await device.event('finishVoip');
    await phone.event('finishVoip');
    assert.deepEqual([anew.view.reason, anew.view.detail], ['joinFailed', 'Blue Yeti is in use']);
    const { state, reason, detail } = outgoing.view;
    assert.deepEqual([state, reason, detail], ['ended', 'aborted', 'the other side cannot use its microphone']);
    const { status } = device.heard.find(({ eventName }) => eventName === 'abortVoip').data;
    assert.equal(status, 'unknown');
  });

  it('tell the second of two phones that the first has answered', async () => {
    const other = createParty(service, handsets.phone);
    const { phone, incoming, outgoing, device, roomId } = await ringing();
    const second = other.open((await phone.reminded(roomId)).path);
    await other.until(() => second.view.online, 'the second phone');
    incoming.answer();
    await device.event('startVoip');
    await phone.event('startVoip');
    await other.until(() => second.view.state === 'ended', 'the end on the second phone');
    assert.equal(second.view.reason, 'elsewhere');
    assert.equal(incoming.view.state, 'connected');
    outgoing.hangUp();
    await phone.event('finishVoip');
  });

  it('ask who has authorised a device, and are told what is wrong with a call', async () => {
    const { voip, module } = createParty(service, handsets.device);
    const { id: sn, modelId: model_id } = handsets.device;
    const list = await voip.getIotBindContactList({ sn, model_id, openid_list: [handsets.phone.id] });
    assert.deepEqual(list, {
      errcode: 0,
      errmsg: 'ok',
      contact_list: [{ openid: handsets.phone.id, sn, model_id, status: 1 }],
    });
    const phone = createParty(service, handsets.phone);
    const wrong = await phone.voip
      .callWMPF({ roomType: 'phone', sn, modelId: model_id, pushToken: '', nickName: 'n' })
      .catch((error) => error);
    assert.ok(wrong instanceof phone.module.VoipPluginError);
    assert.equal(wrong.errCode, 1004);
    assert.match(wrong.errMsg, /^callWMPF:fail .*roomType: expected 'voice' or 'video'/);
    const none = module.openCall('?isCaller=1&roomType=voice&groupId=nowhere', { show() {} });
    while (none.view.state !== 'ended') await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual([none.view.reason, none.view.errCode], ['refused', 1]);
  });

  it('let a phone call a device, which is reminded by callWMPF, and told by its maker of callDevice', async () => {
    const { id: sn, modelId, pushToken } = handsets.device;
    const common = { roomType: 'voice', sn, modelId, nickName: 'Alice', chargeType: 'duration' };
    for (const [api, req] of [
      ['callWMPF', { ...common, pushToken, customQuery: 'a=1' }],
      ['callDevice', common],
    ]) {
      const phone = createParty(service, handsets.phone);
      const device = createParty(service, handsets.device);
      await device.listen();
      const { roomId } = await phone.voip[api](req);
      const outgoing = phone.open(phone.voip.CALL_PAGE_PATH);
      await phone.event('joinedRoomByCaller');
      const path = api === 'callWMPF' ? (await device.reminded(roomId)).path : `?roomType=voice&groupId=${roomId}`;
      const incoming = device.open(path);
      incoming.answer();
      await phone.event('startVoip');
      await device.event('startVoip');
      outgoing.hangUp();
      await device.event('finishVoip');
      assert.equal(incoming.view.name, 'Alice');
      assert.equal(device.module.default.getPluginOnloadOptions().a, api === 'callWMPF' ? '1' : undefined);
      const ofThis = device.reminders.filter((reminder) => reminder.roomId === roomId);
      assert.equal(ofThis.length, api === 'callWMPF' ? 1 : 0);
    }
  });
});
