// Two mini-programs with the plugin, as WeChat's compiler has made them, and the real service between them: a call from
// its placing to its bill, with the documented events on each side.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { connectSocket } from '../hosts/connect-socket.mjs';
import { startService } from '../../support/service.mjs';
import { compiledPlugin } from './compile.mjs';
import { platformRooms } from './platform-rooms.mjs';
import { CALL_PAGE, startPlugin, until } from './plugin-host.mjs';
import { ADMIN_KEY, SESSION_KEY, storeSessionKey } from './session-key.mjs';

const plain = (value) => JSON.parse(JSON.stringify(value));

/** The platform has made an object of it. */
const queryOf = (path) =>
  Object.fromEntries(
    path
      .slice(path.indexOf('?') + 1)
      .split('&')
      .map((pair) => pair.split('=')),
  );

describe('a whole call of two plugins', { timeout: 300_000 }, () => {
  let compiled;
  let service;
  let device;
  let phone;
  let stranger;
  const ends = [];
  before(async () => {
    compiled = await compiledPlugin();
    service = await startService({ adminKey: ADMIN_KEY });
    const { handsets, gallery } = await service.demo();
    ({ device, phone } = handsets);
    const subject = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sub;
    stranger = gallery.find(({ token }) => token && ![device.id, phone.id].includes(subject(token)));
  });
  after(async () => {
    for (const end of ends) end();
    await service?.stop();
    await compiled?.remove();
  });

  /** One party's mini-program, in DevTools, or where `wx` has rooms of the platform. */
  function party({ token }, wx = { getDeviceInfo: () => ({ platform: 'devtools' }) }) {
    const plugin = startPlugin(compiled, { wx: { connectSocket, ...wx } });
    const module = plugin.requirePlugin('wmpf-voip');
    module.configure({ endpoint: service.endpoint, token });
    const events = [];
    module.default.onVoipEvent((event) => events.push(plain(event)));
    return {
      module,
      events,
      heard: (name) => until(() => events.some(({ eventName }) => eventName === name), `${name} is heard`),
      /** What was heard, but for the seconds. */
      names: () => events.map(({ eventName }) => eventName).filter((name) => name !== 'calling'),
      open(query) {
        const page = plugin.openPluginPage(CALL_PAGE, query);
        ends.push(() => page.onUnload());
        return page;
      },
      /** The next reminder. */
      waits() {
        return new Promise((resolve) => {
          const close = module.listen({ onReminder: resolve });
          ends.push(close);
        });
      },
    };
  }

  async function place(caller, more) {
    const { groupId, errMsg } = await caller.module.default.initByCaller({
      caller: { id: device.id },
      listener: { id: phone.id, name: 'Alice' },
      roomType: 'video',
      businessType: 1,
      voipToken: device.deviceToken,
      ...more,
    });
    assert.ok(groupId, errMsg);
    return groupId;
  }

  const shows = (page, state) => until(() => page.data.state === state, `${state}, not ${page.data.state}`);

  it('is placed, rings, is answered, goes on and is hung up', async () => {
    const [caller, listener] = [party(device), party(phone)];
    const reminded = listener.waits();
    const room = await place(caller, { customQuery: 'note=door' });
    const outgoing = caller.open();
    await until(() => outgoing.data.name === 'Alice', 'the listener is known');
    assert.equal(outgoing.data.state, 'outgoing');

    const { path, roomId } = plain(await reminded);
    assert.equal(roomId, room);
    const incoming = listener.open(queryOf(path));
    await until(() => /Video Doorbell/.test(incoming.data.name), 'the caller is known');
    assert.equal(incoming.data.state, 'incoming');
    assert.equal(listener.module.default.getPluginOnloadOptions().note, 'door');
    incoming.answer();
    await shows(incoming, 'connected');
    await shows(outgoing, 'connected');
    await Promise.all([caller.heard('calling'), listener.heard('calling')]);
    assert.ok(outgoing.data.keepTime >= 1);

    outgoing.hangUp();
    assert.equal(outgoing.data.reason, '通话已结束');
    await shows(incoming, 'ended');
    assert.equal(incoming.data.reason, '对方已挂断');
    await Promise.all([caller.heard('finishVoip'), listener.heard('finishVoip')]);
    const END = ['startVoip', 'hangUpVoip', 'endVoip', 'finishVoip'];
    assert.deepEqual(caller.names(), ['callPageOnShow', 'joinedRoomByCaller', ...END]);
    assert.deepEqual(listener.names(), ['callPageOnShow', 'hangOnVoip', ...END]);

    const of = ({ events }, name) => events.find(({ eventName }) => eventName === name);
    const { data } = of(caller, 'hangUpVoip');
    assert.deepEqual([data.status, data.origin], ['endByCaller', 'manual']);
    assert.equal(of(listener, 'hangUpVoip').data.origin, 'other');
    for (const { events } of [caller, listener]) {
      for (const { eventName, roomId, groupId } of events) {
        if (eventName !== 'callPageOnShow') assert.deepEqual([roomId, groupId], [room, room], eventName);
      }
    }
    assert.equal(of(caller, 'endVoip').data.isCaller, true);
    assert.equal(of(listener, 'endVoip').data.isCaller, false);
  });

  it('is answered by the tap on the reminder', async () => {
    const [caller, listener] = [party(device), party(phone)];
    const room = await place(caller);
    const outgoing = caller.open({ isCaller: '1', roomType: 'video', groupId: room });
    const incoming = listener.open({ roomType: 'video', groupId: room, listenerId: phone.id, isClickedHangOnBtn: '1' });
    await shows(incoming, 'connected');
    await shows(outgoing, 'connected');
    incoming.onUnload();
    await shows(outgoing, 'ended');
    await listener.heard('finishVoip');
    const { data } = listener.events.find(({ eventName }) => eventName === 'hangUpVoip');
    assert.deepEqual([data.status, data.origin], ['endByListener', 'unloadCallPage']);
  });

  const placeBack = (caller) =>
    place(caller, {
      caller: { id: phone.id },
      listener: { id: device.id },
      businessType: 2,
      voipToken: device.pushToken,
    });

  for (const [when, isOpen] of [
    ['once it is placed', false],
    ['before', true],
  ]) {
    it(`meets that of the other side where both call at once, and the pages are opened ${when}`, async () => {
      for (const isBack of [false, true]) {
        const parties = [party(device), party(phone)];
        const reminders = [];
        for (const { module } of parties)
          ends.push(module.listen({ onReminder: ({ roomId }) => reminders.push(roomId) }));
        const open = () => parties.map((each) => each.open());
        let pages = isOpen ? open() : undefined;
        const calls = [() => place(parties[0]), () => placeBack(parties[1])];
        const rooms = await Promise.all((isBack ? calls.reverse() : calls).map((call) => call()));
        assert.equal(rooms[0], rooms[1]);
        pages ??= open();
        for (const page of pages) await shows(page, 'connected');
        assert.deepEqual(reminders, [], 'none opens another page');
        pages[0].hangUp();
        await Promise.all(parties.map((each) => each.heard('finishVoip')));
        const starts = parties
          .flatMap((each) => each.names())
          .filter((name) => /^(joinedRoomByCaller|hangOnVoip)$/.test(name));
        assert.deepEqual(starts.sort(), ['hangOnVoip', 'joinedRoomByCaller']);
      }
    });
  }

  it('is taken by who calls back while it rings on the page', async () => {
    const [caller, listener] = [party(device), party(phone)];
    const room = await place(caller);
    const outgoing = caller.open();
    const incoming = listener.open({ roomType: 'video', groupId: room, listenerId: phone.id });
    await until(() => incoming.data.online, 'it rings');
    assert.equal(await placeBack(listener), room);
    await shows(incoming, 'connected');
    await shows(outgoing, 'connected');
    incoming.hangUp();
    await caller.heard('finishVoip');
  });

  it('enters the room of the platform with what the service has signed for this user', async () => {
    await storeSessionKey(service, phone);
    const platform = platformRooms().party(phone.id);
    const [caller, listener] = [party(device), party(phone, platform.wx)];
    const room = await place(caller);
    caller.open();
    const incoming = listener.open({ roomType: 'video', groupId: room, isClickedHangOnBtn: '1' });
    await shows(incoming, 'connected');
    const [, { groupId, nonceStr, timeStamp, signature, roomType }] = platform.asked.find(
      ([name]) => name === 'joinVoIPChat',
    );
    assert.deepEqual([groupId, roomType], [room, 'video']);
    assert.equal(typeof timeStamp, 'number');
    const { iss: appId } = JSON.parse(Buffer.from(phone.token.split('.')[1], 'base64url'));
    const text = [appId, groupId, nonceStr, String(timeStamp)].sort().join('');
    assert.equal(signature, createHmac('sha256', SESSION_KEY).update(text).digest('hex'));
    assert.deepEqual(
      plain(incoming.data.pictures).map(({ openid, mode }) => [openid, mode]),
      [[phone.id, 'camera']],
    );
    incoming.hangUp();
    assert.equal(platform.asked.at(-1)[0], 'exitVoIPChat');
  });

  it('is over for both where one cannot enter the room', async () => {
    const platform = platformRooms().party(phone.id);
    platform.fails = { errCode: -2, errMsg: 'joinVoIPChat:fail device busy' };
    await storeSessionKey(service, phone);
    const [caller, listener] = [party(device), party(phone, platform.wx)];
    const room = await place(caller);
    const outgoing = caller.open();
    await until(() => outgoing.data.online, 'the caller is there');
    const incoming = listener.open({ roomType: 'video', groupId: room, isClickedHangOnBtn: '1' });
    await shows(incoming, 'ended');
    assert.match(incoming.data.detail, /\(2007\)/);
    await listener.heard('joinFailListener');
    const { data } = listener.events.find(({ eventName }) => eventName === 'joinFailListener');
    assert.match(data.errMsg, /^joinVoIPChat:fail the microphone is in use/);
    assert.equal(data.message, data.errMsg);
    await shows(outgoing, 'ended');
    assert.equal(outgoing.data.reason, '通话已中断');
  });

  for (const [what, end, mine, theirs, eventName, data] of [
    ['rejected', ({ incoming }) => incoming.hangUp(), '对方已拒绝', '已拒绝', 'rejectVoip', ['other', 'manual']],
    ['cancelled', ({ outgoing }) => outgoing.hangUp(), '已取消', '对方已取消', 'cancelVoip', ['manual', 'other']],
    [
      'cancelled by forceHangUpVoip',
      ({ caller }) => caller.module.default.forceHangUpVoip(),
      '已取消',
      '对方已取消',
      'cancelVoip',
      ['forceFromApp', 'other'],
    ],
  ]) {
    it(`is ${what}`, async () => {
      const [caller, listener] = [party(device), party(phone)];
      const room = await place(caller);
      const outgoing = caller.open();
      const incoming = listener.open({ roomType: 'video', groupId: room, listenerId: phone.id });
      await until(() => incoming.data.online && outgoing.data.online, 'both are there');
      end({ caller, outgoing, incoming });
      await shows(outgoing, 'ended');
      await shows(incoming, 'ended');
      assert.deepEqual([outgoing.data.reason, incoming.data.reason], [mine, theirs]);
      await Promise.all([caller.heard('finishVoip'), listener.heard('finishVoip')]);
      const heard = [caller, listener].map(({ events }) => events.find((event) => event.eventName === eventName));
      assert.deepEqual(
        heard.map((event) => event?.data.status),
        data,
      );
    });
  }

  it('reaches its time limit', async () => {
    const [caller, listener] = [party(device), party(phone)];
    const room = await place(caller, { timeLimit: 1 });
    const outgoing = caller.open();
    const incoming = listener.open({ roomType: 'video', groupId: room, isClickedHangOnBtn: '1' });
    await shows(incoming, 'connected');
    await shows(outgoing, 'ended');
    await shows(incoming, 'ended');
    assert.deepEqual([outgoing.data.reason, incoming.data.reason], ['已达到通话时长上限', '已达到通话时长上限']);
  });

  it('is busy for another caller', async () => {
    const [caller, listener, another] = [party(device), party(phone), party(device)];
    const room = await place(caller);
    const outgoing = caller.open();
    const incoming = listener.open({ roomType: 'video', groupId: room, isClickedHangOnBtn: '1' });
    await shows(incoming, 'connected');
    await place(another);
    const second = another.open();
    await shows(second, 'ended');
    assert.equal(second.data.reason, '对方正忙，请稍后再拨');
    assert.equal(outgoing.data.state, 'connected');
    outgoing.hangUp();
  });

  it('is taken by one phone of the user, and the other one hears why', async () => {
    const [caller, one, other] = [party(device), party(phone), party(phone)];
    const room = await place(caller);
    caller.open();
    const query = { roomType: 'video', groupId: room, listenerId: phone.id };
    const [first, second] = [one.open(query), other.open(query)];
    await until(() => first.data.online && second.data.online, 'both ring');
    first.answer();
    await shows(first, 'connected');
    await shows(second, 'ended');
    assert.equal(second.data.reason, '已在其他设备或页面处理');
    first.hangUp();
  });

  it('is nobody else’s', async () => {
    assert.ok(stranger, 'the demo has other parties');
    const room = await place(party(device));
    const page = party(stranger).open({ roomType: 'video', groupId: room, isClickedHangOnBtn: '1' });
    await shows(page, 'ended');
    assert.equal(page.data.reason, '通话不存在或已结束');
  });
});
