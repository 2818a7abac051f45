// The media of the plugin's call page: what it asks of the platform's room, what it shows of its members, and what its
// failures become.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { compiledPlugin } from './compile.mjs';
import { platformRooms } from './platform-rooms.mjs';
import { CALL_PAGE, startPlugin, until } from './plugin-host.mjs';

const ROOM = 'room-1';
const AS_LISTENER = { roomType: 'video', groupId: ROOM, isClickedHangOnBtn: '1' };
const AS_CALLER = { roomType: 'video', groupId: ROOM, isCaller: '1' };
const VOIP_CHAT = { groupId: ROOM, nonceStr: 'n0nce', timeStamp: 1_559_129_714, signature: 'b002' };

/** Whose openIds the platform knows; the service has the device's SN in place of one. */
const PHONE = 'open-id';
const DEVICE = 'open-id-of-the-device';

const plain = (value) => JSON.parse(JSON.stringify(value));

describe("the plugin's media", { timeout: 300_000 }, () => {
  let compiled;
  before(async () => {
    compiled = await compiledPlugin();
  });
  after(() => compiled?.remove());

  /** A call page, and its platform and service. */
  function open(query, party, { call, wx } = {}) {
    const fake = fakeSockets();
    const { connectSocket } = fake.hosts['wx.connectSocket'];
    const getAppBaseInfo = () => ({ language: 'en' });
    const plugin = startPlugin(compiled, { wx: { connectSocket, getAppBaseInfo, ...party.wx, ...wx } });
    const module = plugin.requirePlugin('wmpf-voip');
    module.configure({ endpoint: 'http://room.test', token: 'token' });
    /** The page of a call, with which the service goes on. */
    function openPage(query, changes) {
      const page = plugin.openPluginPage(CALL_PAGE, query);
      fake.last.open();
      fake.last.say(openedCall({ isCaller: query.isCaller === '1', voipChat: VOIP_CHAT, ...changes }));
      return page;
    }
    const page = openPage(query, call);
    const signals = () => fake.last.sent.map(({ id: _, ...signal }) => signal);
    const pictures = () => plain(page.data.pictures);
    let seq = 0;
    const tell = (eventName, data = {}) => fake.last.say({ type: 'event', seq: (seq += 1), ageMs: 0, eventName, data });
    const isSignalled = (type) => until(() => signals().some((signal) => signal.type === type), type);
    function openNext() {
      const groupId = 'room-2';
      return openPage({ ...AS_LISTENER, groupId }, { roomId: groupId, groupId, voipChat: { ...VOIP_CHAT, groupId } });
    }
    return { page, openNext, module, signals, isSignalled, pictures, tell };
  }

  const apis = ({ asked }) => asked.map(([name]) => name);

  it('asks the user, and enters the room with what the service has signed', async () => {
    const phone = platformRooms().party(PHONE);
    const { signals, isSignalled } = open(AS_LISTENER, phone);
    await isSignalled('join');
    assert.deepEqual(plain(phone.asked), [
      ['authorizeForMiniProgram', 'scope.record'],
      ['authorizeForMiniProgram', 'scope.camera'],
      ['joinVoIPChat', { ...VOIP_CHAT, roomType: 'video', muteConfig: { muteMicrophone: false, muteEarphone: false } }],
    ]);
    assert.deepEqual(signals(), [{ type: 'answer' }, { type: 'join' }]);
  });

  it('asks for no camera where there is only sound', async () => {
    const phone = platformRooms().party(PHONE);
    const { isSignalled, pictures } = open(AS_LISTENER, phone, { call: { roomType: 'voice' } });
    await isSignalled('join');
    assert.deepEqual(phone.asked[0], ['authorizeForMiniProgram', 'scope.record']);
    assert.deepEqual([phone.asked[1][0], phone.asked[1][1].roomType], ['joinVoIPChat', 'voice']);
    assert.deepEqual(pictures(), []);
  });

  it('leaves the asking to hosts that ask by themselves', async () => {
    const phone = platformRooms().party(PHONE);
    const { isSignalled } = open(AS_LISTENER, phone, { wx: { authorizeForMiniProgram: undefined } });
    await isSignalled('join');
    assert.deepEqual(apis(phone), ['joinVoIPChat']);
  });

  it('shows the pictures of both sides, each as the maker has set it', async () => {
    const rooms = platformRooms();
    const [device, phone] = [rooms.party(DEVICE), rooms.party(PHONE)];
    const calling = open(AS_CALLER, device);
    calling.module.default.setUIConfig({ callerUI: { objectFit: 'contain' } });
    await calling.isSignalled('join');
    const own = { mode: 'camera', openid: DEVICE, position: 'front', objectFit: 'contain' };
    assert.deepEqual(calling.pictures(), [own]);

    const answering = open(AS_LISTENER, phone);
    answering.module.default.setUIConfig({ isSelfWindowMax: true, callerUI: { objectFit: 'contain' } });
    await answering.isSignalled('join');
    const theirs = { mode: 'video', openid: PHONE, position: 'front', objectFit: 'fill' };
    assert.deepEqual(calling.pictures(), [theirs, own]);
    assert.deepEqual(answering.pictures(), [
      { ...theirs, mode: 'camera' },
      { ...own, mode: 'video' },
    ]);

    device.tell('VoIPVideoMembersChanged', { openIdList: [DEVICE] });
    assert.deepEqual(calling.pictures(), [own], 'the other camera is off');
    device.tell('VoIPVideoMembersChanged', { openIdList: [DEVICE, PHONE] });
    assert.deepEqual(calling.pictures(), [theirs, own]);
    answering.page.hangUp();
    assert.deepEqual(calling.pictures(), [own], 'the other side has left');
  });

  it('knows itself in a call from a phone, too', async () => {
    const rooms = platformRooms();
    const call = { businessType: 2, callerId: PHONE, listenerId: 'SN-1' };
    const answering = open(AS_LISTENER, rooms.party(DEVICE), { call });
    await answering.isSignalled('join');
    const calling = open(AS_CALLER, rooms.party(PHONE), { call });
    await calling.isSignalled('join');
    assert.deepEqual(
      calling.pictures().map(({ mode, openid }) => [mode, openid]),
      [
        ['video', DEVICE],
        ['camera', PHONE],
      ],
    );
    assert.deepEqual(
      answering.pictures().map(({ mode, openid }) => [mode, openid]),
      [
        ['video', PHONE],
        ['camera', DEVICE],
      ],
    );
  });

  it('mutes, turns the camera off and takes the other one', async () => {
    const phone = platformRooms().party(PHONE);
    const { page, isSignalled, pictures, tell } = open(AS_LISTENER, phone);
    page.toggleCamera();
    await isSignalled('join');
    tell('startVoip');
    assert.deepEqual(pictures(), [], 'the camera that was turned off before stays off');
    page.toggleCamera();
    page.switchCamera();
    await until(() => pictures()[0].position === 'back', 'the other camera');
    page.toggleMuted();
    page.toggleMuted();
    const muted = phone.asked.filter(([name]) => name === 'updateVoIPChatMuteConfig');
    assert.deepEqual(plain(muted.map(([, config]) => config)), [
      { muteMicrophone: true, muteEarphone: false },
      { muteMicrophone: false, muteEarphone: false },
    ]);
  });

  it('is muted in the room that is entered after the tap', async () => {
    const phone = platformRooms().party(PHONE);
    phone.fails = 'never';
    const { page, isSignalled } = open(AS_LISTENER, phone);
    await until(() => phone.late, 'the room is being entered');
    page.toggleMuted();
    phone.late();
    await isSignalled('join');
    assert.deepEqual(plain(phone.asked.at(-1)), [
      'updateVoIPChatMuteConfig',
      { muteMicrophone: true, muteEarphone: false },
    ]);
  });

  it('is not muted any more in a room that was entered muted', async () => {
    const phone = platformRooms().party(PHONE);
    phone.fails = 'never';
    const { page, isSignalled } = open(AS_LISTENER, phone);
    page.toggleMuted();
    await until(() => phone.late, 'the room is being entered');
    page.toggleMuted();
    phone.late();
    await isSignalled('join');
    const configs = phone.asked.filter(([name]) => !name.startsWith('authorize')).map(([, it]) => it.muteConfig ?? it);
    assert.deepEqual(
      configs.map(({ muteMicrophone }) => muteMicrophone),
      [true, false],
    );
  });

  it('leaves the room at the end, and listens no longer', async () => {
    const phone = platformRooms().party(PHONE);
    const { page, isSignalled } = open(AS_LISTENER, phone);
    await isSignalled('join');
    assert.equal(phone.listening().length, 3);
    page.hangUp();
    page.onUnload();
    assert.deepEqual(
      apis(phone).filter((name) => name === 'exitVoIPChat'),
      ['exitVoIPChat'],
    );
    assert.deepEqual(phone.listening(), []);
  });

  it('leaves a room that it enters too late', async () => {
    const phone = platformRooms().party(PHONE);
    phone.fails = 'never';
    const { page, signals } = open(AS_LISTENER, phone);
    await until(() => phone.late, 'the room is being entered');
    page.hangUp();
    assert.ok(!apis(phone).includes('exitVoIPChat'), 'it is in no room');
    phone.late();
    await until(() => apis(phone).includes('exitVoIPChat'), 'the room is left');
    assert.ok(!signals().some(({ type }) => type === 'join'));
  });

  describe('of the next call', () => {
    /** What was asked of the platform's rooms. */
    const rooms = ({ asked }) =>
      asked.filter(([name]) => /^(join|exit)VoIPChat$/.test(name)).map(([name, options]) => [name, options?.groupId]);
    const settled = () => new Promise((resolve) => setImmediate(resolve));

    it('waits until the room of the last one is left', async () => {
      const phone = platformRooms().party(PHONE);
      const { page, openNext, isSignalled } = open(AS_LISTENER, phone);
      await isSignalled('join');
      page.hangUp();
      openNext();
      await isSignalled('join');
      assert.deepEqual(rooms(phone), [
        ['joinVoIPChat', ROOM],
        ['exitVoIPChat', undefined],
        ['joinVoIPChat', 'room-2'],
      ]);
    });

    it('waits for a room that is entered too late, and for none that is given up while it waits', async () => {
      const phone = platformRooms().party(PHONE);
      phone.fails = 'never';
      const { page, openNext, isSignalled } = open(AS_LISTENER, phone);
      await until(() => phone.late, 'the room is being entered');
      page.hangUp();
      phone.fails = undefined;
      const givenUp = openNext();
      await settled();
      givenUp.hangUp();
      openNext();
      await settled();
      assert.deepEqual(rooms(phone), [['joinVoIPChat', ROOM]]);
      phone.late();
      await isSignalled('join');
      assert.deepEqual(rooms(phone), [
        ['joinVoIPChat', ROOM],
        ['exitVoIPChat', undefined],
        ['joinVoIPChat', 'room-2'],
      ]);
    });

    it('waits for no room that was not entered', async () => {
      const phone = platformRooms().party(PHONE);
      phone.fails = { errCode: -1000, errMsg: 'joinVoIPChat:fail system error' };
      const { openNext, isSignalled } = open(AS_LISTENER, phone);
      await isSignalled('joinFailed');
      phone.fails = undefined;
      openNext();
      await settled();
      assert.deepEqual(rooms(phone), [
        ['joinVoIPChat', ROOM],
        ['joinVoIPChat', 'room-2'],
      ]);
    });

    it('waits 5 seconds, and is not ended by what comes even later', async (t) => {
      const phone = platformRooms().party(PHONE);
      phone.fails = 'never';
      const { page, openNext, signals } = open(AS_LISTENER, phone);
      await until(() => phone.late, 'the room is being entered');
      const { late } = phone;
      t.mock.timers.enable({ apis: ['setTimeout'] });
      page.hangUp();
      phone.fails = undefined;
      openNext();
      await settled();
      t.mock.timers.tick(4999);
      await settled();
      assert.deepEqual(rooms(phone), [['joinVoIPChat', ROOM]]);
      t.mock.timers.tick(1);
      await settled();
      t.mock.timers.tick(1);
      await settled();
      assert.deepEqual(signals(), [{ type: 'answer' }, { type: 'join' }]);
      late();
      await settled();
      assert.deepEqual(rooms(phone), [
        ['joinVoIPChat', ROOM],
        ['joinVoIPChat', 'room-2'],
      ]);
    });
  });

  describe('goes on without the camera', () => {
    const types = ({ asked }) => asked.filter(([name]) => name === 'joinVoIPChat').map(([, { roomType }]) => roomType);

    it('where the user lets it not be used: the platform then has only sound', async () => {
      const phone = platformRooms().party(PHONE);
      phone.denies = 'scope.camera';
      const { page, isSignalled, pictures, tell } = open(AS_LISTENER, phone);
      await isSignalled('join');
      tell('startVoip');
      assert.deepEqual(types(phone), ['voice']);
      assert.deepEqual([page.data.camera, page.data.hasCameraProblem, pictures()], [false, true, []]);
      page.toggleCamera();
      await until(() => page.data.hasCameraProblem && !page.data.camera, 'it is still not allowed');
      page.toggleMuted();
      assert.equal(apis(phone).at(-1), 'updateVoIPChatMuteConfig');
      page.hangUp();
      assert.equal(apis(phone).at(-1), 'exitVoIPChat');
    });

    it('where the host asks by itself, and says no more than that something is not allowed', async () => {
      const phone = platformRooms().party(PHONE);
      const { joinVoIPChat } = phone.wx;
      const wx = {
        authorizeForMiniProgram: undefined,
        joinVoIPChat(options) {
          if (options.roomType === 'voice') return joinVoIPChat(options);
          return options.fail({ errMsg: 'joinVoIPChat:fail auth deny' });
        },
      };
      const { page, isSignalled } = open(AS_LISTENER, phone, { wx });
      await isSignalled('join');
      assert.deepEqual([page.data.camera, page.data.hasCameraProblem], [false, true]);
    });

    it('where the platform cannot show it, until it is turned on again', async () => {
      const phone = platformRooms().party(PHONE);
      const { page, isSignalled, pictures, tell } = open(AS_LISTENER, phone);
      await isSignalled('join');
      tell('startVoip');
      const [own] = pictures();
      const failed = (mode) =>
        page.pictureFailed({ currentTarget: { dataset: { mode } }, detail: { errMsg: 'camera in use' } });
      failed('video');
      assert.equal(page.data.camera, true, "that one is the other side's");
      failed('camera');
      assert.deepEqual([page.data.camera, page.data.hasCameraProblem, pictures()], [false, true, []]);
      page.toggleCamera();
      assert.deepEqual([page.data.camera, page.data.hasCameraProblem, pictures()], [true, false, [own]]);
    });
  });

  describe('cannot enter the room:', () => {
    for (const [failure, code, errMsg] of [
      [
        { errCode: -1, errMsg: 'joinVoIPChat:fail in room' },
        2001,
        'another call of this mini-program is on (joinVoIPChat:fail in room)',
      ],
      [
        { errCode: -2, errMsg: 'joinVoIPChat:fail device busy' },
        2007,
        'the microphone is in use, perhaps by a call in WeChat or by a phone call (joinVoIPChat:fail device busy)',
      ],
      [
        { errCode: -3, errMsg: 'joinVoIPChat:fail exit' },
        2009,
        'the room was left, or the mini-program went to the background, while it was entered (joinVoIPChat:fail exit)',
      ],
      [
        { errCode: -1000, errMsg: 'joinVoIPChat:fail system error' },
        2004,
        'the platform could not enter the room (joinVoIPChat:fail system error)',
      ],
      [
        { errMsg: 'joinVoIPChat:fail auth deny' },
        2102,
        'the microphone or the camera is not allowed (joinVoIPChat:fail auth deny)',
      ],
      [
        { errMsg: 'joinVoIPChat:fail jsapi has no permission' },
        2103,
        'this mini-program may not use the interface (joinVoIPChat:fail jsapi has no permission)',
      ],
      [{ errCode: 7, errMsg: 'joinVoIPChat:fail odd' }, 2000, 'the platform refused the room (joinVoIPChat:fail odd)'],
    ]) {
      it(`${failure.errCode ?? failure.errMsg} is ${code}`, async () => {
        const phone = platformRooms().party(PHONE);
        phone.fails = failure;
        const { page, signals, isSignalled } = open(AS_LISTENER, phone);
        await isSignalled('joinFailed');
        const reason = `joinVoIPChat:fail ${errMsg}`;
        assert.deepEqual(signals().at(-1), { type: 'joinFailed', reason, errCode: code });
        const [first, second] = page.data.detail.split('\n');
        assert.match(first, new RegExp(`\\(${code}\\)$`));
        assert.equal(second, reason);
        assert.equal(page.data.reason, 'The call could not be joined');
        assert.ok(!apis(phone).includes('exitVoIPChat'), 'another room would be left');
        assert.deepEqual(phone.listening(), []);
      });
    }

    it('the user lets the microphone not be used: 2102', async () => {
      const phone = platformRooms().party(PHONE);
      phone.denies = 'scope.record';
      const { page, isSignalled } = open(AS_LISTENER, phone);
      await isSignalled('joinFailed');
      assert.match(page.data.detail, /\(2102\)\njoinVoIPChat:fail scope\.record: .*auth deny\)$/);
      assert.ok(!apis(phone).includes('joinVoIPChat'));
    });

    it('the service has no session_key: 2008, and what its operator has to do', async () => {
      const phone = platformRooms().party(PHONE);
      const { page, isSignalled } = open(AS_LISTENER, phone, { call: { voipChat: undefined } });
      await isSignalled('joinFailed');
      assert.match(
        page.data.detail,
        /\(2008\)\njoinVoIPChat:fail the room service has no session_key of this party .* PUT \/v1\/admin\//,
      );
      assert.deepEqual(phone.asked, []);
    });

    it('the host has no such interface: 2103', async () => {
      const phone = platformRooms().party(PHONE);
      const { page, isSignalled } = open(AS_LISTENER, phone, { wx: { joinVoIPChat: undefined } });
      await isSignalled('joinFailed');
      assert.match(page.data.detail, /\(2103\)\njoinVoIPChat:fail this host has no wx\.joinVoIPChat/);
    });
  });

  for (const [errMsg, detail] of [
    ['in comming call', 'Another call has come in'],
    [
      'call interrupted due to native reason',
      'The connection was lost for too long, or the system has interrupted the call',
    ],
    ['call interrupted due to close passive float ball', 'The floating window of the call was closed'],
    ['of a later version', 'joining was cancelled or the client went to the background (2009)\nof a later version'],
  ]) {
    it(`ends the call when the platform interrupts it: ${errMsg}`, async () => {
      const phone = platformRooms().party(PHONE);
      const { page, signals, isSignalled, tell } = open(AS_LISTENER, phone);
      await isSignalled('join');
      tell('startVoip');
      phone.tell('VoIPChatInterrupted', { errCode: -5, errMsg });
      assert.deepEqual(signals().at(-1), { type: 'abort', reason: errMsg });
      assert.equal(page.data.reason, 'The call was interrupted');
      assert.equal(page.data.detail, detail);
      assert.deepEqual(phone.listening(), []);
    });
  }

  it('is left out in DevTools, which have no such rooms', async () => {
    const phone = platformRooms().party(PHONE);
    const wx = { getDeviceInfo: () => ({ platform: 'devtools' }) };
    const { page, isSignalled } = open(AS_LISTENER, phone, { wx, call: { voipChat: undefined } });
    await isSignalled('join');
    assert.equal(page.data.hasMedia, false);
    assert.deepEqual(phone.asked, []);
  });

  it('makes errors of the documented class', () => {
    const plugin = startPlugin(compiled);
    const { VoipJoinError } = plugin.requirePlugin('wmpf-voip');
    const { hostFailure } = plugin.requireInPlugin('./voip-chat-errors');
    const given = { errCode: -2, errMsg: 'joinVoIPChat:fail device busy', errno: 9 };
    const error = hostFailure(given);
    assert.ok(error instanceof VoipJoinError);
    const { errCode, extErrMsg, errType, errno, cause } = error;
    assert.deepEqual(
      { errCode, extErrMsg, errType, errno, cause },
      {
        errCode: 2007,
        extErrMsg: 'joinVoIPChat:fail device busy',
        errType: -2,
        errno: 9,
        cause: given,
      },
    );
  });
});
