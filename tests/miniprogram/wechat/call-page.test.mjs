// What the call page does, as WeChat's compiler has made it: which call it shows, what it tells the room service of its
// user, and how it shows the end. The service is one that says what the test has it say; whole-call.test.mjs has the
// real one.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { compiledPlugin } from './compile.mjs';
import { platformRooms } from './platform-rooms.mjs';
import { CALL_PAGE, startPlugin, until } from './plugin-host.mjs';

const ENDPOINT = 'http://room.test';
const TOKEN = 'session-s3cret';
const ROOM = 'room-1';

const AS_LISTENER = { roomType: 'video', groupId: ROOM, listenerId: 'open-id', callerName: '%E5%89%8D%E9%97%A8' };
const AS_CALLER = { isCaller: '1', roomType: 'voice', groupId: ROOM };
const VOIP_CHAT = { groupId: ROOM, nonceStr: 'n', timeStamp: 1, signature: 's' };

/** What a host has made, as an object of ours. */
const plain = (value) => JSON.parse(JSON.stringify(value));

describe('the call page', { timeout: 300_000 }, () => {
  let compiled;
  before(async () => {
    compiled = await compiledPlugin();
  });
  after(() => compiled?.remove());

  /** The plugin on a host with a service and a platform of the test's; `told` is what it asks of the platform. */
  function start({ configuration = { endpoint: ENDPOINT, token: TOKEN }, wx } = {}) {
    const fake = fakeSockets();
    const told = [];
    const going = (name) => (options) => told.push([name, options]);
    const plugin = startPlugin(compiled, {
      wx: {
        connectSocket: fake.hosts['wx.connectSocket'].connectSocket,
        getAppBaseInfo: () => ({ language: 'en' }),
        navigateBack: going('navigateBack'),
        redirectTo: going('redirectTo'),
        switchTab: going('switchTab'),
        ...platformRooms().party('open-id').wx,
        ...wx,
      },
    });
    const module = plugin.requirePlugin('wmpf-voip');
    module.configure(configuration);
    const events = [];
    module.default.onVoipEvent((event) => events.push(plain(event)));
    let seq = 0;
    return {
      plugin,
      module,
      voip: module.default,
      told,
      sockets: fake.sockets,
      open: (query) => plugin.openPluginPage(CALL_PAGE, query),
      accept(changes) {
        fake.last.open();
        fake.last.say(openedCall({ voipChat: VOIP_CHAT, ...changes }));
      },
      tell: (eventName, data = {}, ageMs = 0) =>
        fake.last.say({ type: 'event', seq: (seq += 1), ageMs, eventName, data }),
      say: (message) => fake.last.say(message),
      drop: () => fake.last.end(),
      joined: () => until(() => fake.last.sent.some(({ type }) => type === 'join'), 'it joins'),
      signals: () => fake.last.sent.map(({ id: _, ...signal }) => signal),
      names: () => events.map(({ eventName }) => eventName),
      events,
    };
  }

  /** A page that shows this, and the rest of what it shows. */
  function assertShows({ data }, expected) {
    const shown = Object.keys(expected).map((key) => [key, data[key]]);
    assert.deepEqual(Object.fromEntries(shown), expected);
  }

  describe('of a caller', () => {
    it('rings, is connected, counts, and is hung up', async () => {
      const it = start();
      const page = it.open(AS_CALLER);
      assertShows(page, { state: 'outgoing', name: '', roomType: 'voice', language: 'en' });
      assert.match(it.sockets[0].url, /^ws:\/\/room\.test\/v1\/calls\/room-1\/socket\?device=d-/);
      it.accept({ roomType: 'voice' });
      await it.joined();
      assertShows(page, { state: 'outgoing', name: 'Alice', roomType: 'voice' });
      assert.deepEqual(it.signals(), [{ type: 'join' }]);
      it.tell('startVoip', {}, 65_000);
      assertShows(page, { state: 'connected', keepTime: 65, online: true });
      page.hangUp();
      assertShows(page, { state: 'ended', reason: 'Call ended', detail: '' });
      assert.deepEqual(it.signals()[1], { type: 'hangUp', how: 'manual' });
      page.hangUp();
      assert.equal(it.signals().length, 2, 'once');
    });

    it('shows the call that was placed last when it is opened without a query', async () => {
      const it = start({
        wx: {
          request: ({ success }) =>
            success({ statusCode: 201, data: JSON.stringify({ roomId: ROOM, groupId: ROOM, chargeType: 'license' }) }),
        },
      });
      const req = { roomType: 'voice', businessType: 1, caller: { id: 'SN-1' }, listener: { id: 'open-id' } };
      const { isSuccess, errMsg } = await it.voip.initByCaller(req);
      assert.ok(isSuccess, errMsg);
      assertShows(it.open({}), { state: 'outgoing' });
      assert.match(it.sockets[0].url, /room-1/);
    });

    it('is cancelled when its page is left', async () => {
      const it = start();
      const page = it.open(AS_CALLER);
      it.accept();
      await it.joined();
      page.onUnload();
      assert.deepEqual(it.signals()[1], { type: 'hangUp', how: 'unloadCallPage' });
      assertShows(page, { state: 'outgoing' });
    });
  });

  describe('of a listener', () => {
    it('rings, and answers by a tap, once', async () => {
      const it = start();
      const page = it.open(AS_LISTENER);
      assertShows(page, { state: 'incoming', name: '前门', roomType: 'video' });
      it.accept({ isCaller: false, callerName: 'Front door' });
      assertShows(page, { state: 'incoming', name: 'Front door' });
      assert.deepEqual(it.signals(), []);
      page.answer();
      page.answer();
      assertShows(page, { state: 'joining' });
      await it.joined();
      assert.deepEqual(it.signals(), [{ type: 'answer' }, { type: 'join' }]);
      it.tell('startVoip');
      assertShows(page, { state: 'connected', keepTime: 0 });
    });

    it('answers without a tap where the reminder was tapped', async () => {
      const it = start();
      const page = it.open({ ...AS_LISTENER, isClickedHangOnBtn: '1' });
      assertShows(page, { state: 'joining' });
      it.accept({ isCaller: false });
      await it.joined();
      assert.deepEqual(it.signals(), [{ type: 'answer' }, { type: 'join' }]);
    });

    it('rejects', async () => {
      const it = start();
      const page = it.open(AS_LISTENER);
      it.accept({ isCaller: false });
      page.hangUp();
      assert.deepEqual(it.signals(), [{ type: 'hangUp', how: 'manual' }]);
      assertShows(page, { state: 'ended', reason: 'Declined', detail: '' });
    });
  });

  describe('shows why it is over:', () => {
    const EXPLAINED =
      'The other side is gone: its page was closed, its connection was lost, or it could not enter the call';
    const GONE = { keepTime: 1, status: 'unknown', error: { errMsg: 'room status is abort' } };
    for (const [eventName, data, isCaller, reason, detail = ''] of [
      ['cancelVoip', { status: 'other' }, false, 'The caller has cancelled'],
      ['rejectVoip', { status: 'other' }, true, 'The other side has declined'],
      ['timeout', {}, true, 'No answer'],
      ['timeout', {}, false, 'Missed call'],
      ['busy', {}, true, 'Busy. Try again later'],
      ['hangUpVoip', { keepTime: 1, status: 'endByCaller', origin: 'other' }, false, 'The other side has hung up'],
      [
        'hangUpVoip',
        { keepTime: 9, status: 'endByCaller', origin: 'timeLimit' },
        true,
        'The call has reached its time limit',
      ],
      ['abortVoip', GONE, true, 'The call was interrupted', EXPLAINED],
      ['joinFailCaller', { errMsg: 'no', message: 'no' }, true, 'The call could not be joined', 'no'],
    ]) {
      it(`${eventName} ${JSON.stringify(data)} of a ${isCaller ? 'caller' : 'listener'}`, () => {
        const it = start();
        const page = it.open(isCaller ? AS_CALLER : AS_LISTENER);
        it.accept({ isCaller });
        it.tell(eventName, data);
        assertShows(page, { state: 'ended', reason, detail });
      });
    }

    it('another device of the user has answered', () => {
      const it = start();
      const page = it.open(AS_LISTENER);
      it.accept({ isCaller: false });
      it.say({ type: 'elsewhere' });
      assertShows(page, { state: 'ended', reason: 'Taken on another device or page' });
    });

    it('there is no such call', () => {
      const it = start();
      const page = it.open(AS_LISTENER);
      it.say({ type: 'refused', errcode: 1, errmsg: 'roomId: there is no call' });
      assertShows(page, { state: 'ended', reason: 'This call does not exist, or has ended', detail: '' });
    });

    it('the service refuses this user', () => {
      const it = start();
      const page = it.open(AS_LISTENER);
      it.say({ type: 'refused', errcode: 5, errmsg: 'the session token is forged' });
      const detail = 'the room could not be created (5)\nthe session token is forged';
      assertShows(page, { state: 'ended', reason: 'The call could not be joined', detail });
    });

    it('in the language of the host', () => {
      const it = start({ wx: { getAppBaseInfo: () => ({ language: 'zh_TW' }) } });
      const page = it.open(AS_LISTENER);
      page.hangUp();
      assertShows(page, { language: 'zh', reason: '已拒绝' });
    });
  });

  describe('of several of one device', () => {
    /** The service's answer to who asks whether the call is on. */
    const asked = (answer) => ({
      request: ({ success }) => success({ statusCode: 200, data: JSON.stringify(openedCall({ state: answer.state })) }),
    });

    it('offers to continue here, and takes the call back', async () => {
      const answer = { state: 'talking' };
      const rooms = platformRooms().party('open-id');
      const it = start({ wx: { ...rooms.wx, ...asked(answer) } });
      it.voip.setVoipEndPagePath({ url: '/pages/after', key: 'Call' });
      const page = it.open(AS_CALLER);
      it.accept({ joined: true, chosen: { muted: true, camera: true } });
      await it.joined();
      it.tell('startVoip');
      it.say({ type: 'elsewhere', canTake: true });
      assertShows(page, {
        state: 'ended',
        reason: 'The call continues on another page',
        detail: '',
        canContinue: true,
      });
      page.continueHere();
      assertShows(page, { state: 'outgoing', reason: '', canContinue: false });
      it.accept({ joined: true, state: 'talking', chosen: { muted: false, camera: false } });
      await it.joined();
      it.tell('startVoip', {}, 5_000);
      assertShows(page, { state: 'connected', keepTime: 5, muted: true, camera: false });
      const inRoom = rooms.asked.map(([name]) => name).filter((name) => /VoIPChat$/.test(name));
      assert.deepEqual(
        inRoom,
        ['joinVoIPChat', 'exitVoIPChat', 'joinVoIPChat'],
        "and it is in the platform's room again",
      );

      it.say({ type: 'elsewhere', canTake: true });
      answer.state = 'ended';
      await until(() => !page.data.canContinue, 'it offers it no more');
      assertShows(page, { state: 'ended', reason: 'Taken on another device or page' });
      await until(() => it.told.length > 0, 'it is left');
      assert.equal(it.told[0][1].url, '/pages/after');
    });

    it('is not left while the call can be taken back', async () => {
      const it = start({ wx: asked({ state: 'talking' }) });
      it.voip.setVoipEndPagePath({ url: '/pages/after', key: 'Call' });
      const page = it.open(AS_CALLER);
      it.accept({ joined: true });
      it.say({ type: 'elsewhere', canTake: true });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      assertShows(page, { state: 'ended', canContinue: true });
      assert.deepEqual(it.told, []);
      page.onUnload();
    });
  });

  describe('of a user who had muted the call', () => {
    it('begins silent and unseen, and shows it, where nobody knows how it was', async () => {
      const rooms = platformRooms().party('open-id');
      const it = start({ wx: rooms.wx });
      const page = it.open(AS_LISTENER);
      it.accept({ isCaller: false, state: 'talking', joined: true });
      await it.joined();
      it.tell('startVoip');
      assertShows(page, { state: 'connected', muted: true, camera: false });
      const joins = rooms.asked
        .filter(([name]) => name === 'joinVoIPChat')
        .map(([, { muteConfig }]) => plain(muteConfig));
      assert.deepEqual(joins, [{ muteMicrophone: true, muteEarphone: false }]);
      assert.deepEqual(page.data.pictures, [], 'no camera is shown, so none is on');
    });

    it('stays so in another page, and when the mini-program was started anew', async () => {
      const kept = new Map();
      const storage = {
        getStorageSync: (key) => kept.get(key) ?? '',
        setStorageSync: (key, value) => kept.set(key, value),
      };
      const first = start({ wx: storage });
      const page = first.open(AS_LISTENER);
      first.accept({ isCaller: false, joined: false });
      page.answer();
      await first.joined();
      first.tell('startVoip');
      page.toggleMuted();
      assertShows(page, { muted: true, camera: true });
      assert.deepEqual(plain(first.signals().at(-1)), { type: 'chosen', muted: true, camera: true });
      for (const it of [first, start({ wx: storage })]) {
        const again = it.open(AS_LISTENER);
        it.accept({ isCaller: false, state: 'talking', joined: true, chosen: { muted: false, camera: false } });
        await it.joined();
        assertShows(again, { muted: true, camera: false });
      }
    });
  });

  describe('opened wrongly', () => {
    it('says so, with a wrong roomType, and asks nobody', () => {
      const it = start();
      const page = it.open({ ...AS_CALLER, roomType: 'phone' });
      const errMsg = "openCall:fail roomType: expected 'voice' or 'video', got the string 'phone'";
      const detail = `a parameter is wrong (1004)\n${errMsg}`;
      assertShows(page, { state: 'ended', reason: 'The call could not be joined', detail });
      page.answer();
      page.hangUp();
      page.onUnload();
      assert.deepEqual(it.sockets, []);
    });

    it('but for a room waits for a call, whatever else its query has', () => {
      const it = start();
      const page = it.open({ seq: '1', roomType: 'voice', openid: 'o' });
      assertShows(page, { state: 'idle' });
      page.onUnload();
      assert.deepEqual(it.sockets, []);
    });

    for (const [missing, configuration] of [
      ['endpoint', { token: TOKEN }],
      ['token', { endpoint: ENDPOINT }],
    ]) {
      it(`says that ${missing} is not configured, and never the token`, () => {
        const page = start({ configuration }).open(AS_LISTENER);
        assert.equal(page.data.state, 'ended');
        assert.match(page.data.detail, new RegExp(`\\(1004\\)\nopenCall:fail configure\\.${missing}: expected`));
        assert.doesNotMatch(JSON.stringify(page.data), /s3cret/);
      });
    }
  });

  describe('in its surroundings', () => {
    /** What places a call, and a call of a phone. */
    const placed = {
      request: ({ success }) =>
        success({ statusCode: 201, data: JSON.stringify({ roomId: ROOM, chargeType: 'duration' }) }),
    };
    const ON_PHONE = { roomType: 'voice', sn: 'SN', modelId: 'm', pushToken: 't', nickName: 'n' };

    it('waits where there is no call, and begins the one that is placed', async () => {
      const it = start({ wx: placed });
      const page = it.open({});
      assertShows(page, { state: 'idle' });
      await it.voip.callWMPF(ON_PHONE);
      assertShows(page, { state: 'outgoing' });
      page.hangUp();
      assertShows(page, { state: 'ended', reason: 'Cancelled' });
      // The page stays, and goes on with the next one.
      await it.voip.callWMPF(ON_PHONE);
      assertShows(page, { state: 'outgoing', reason: '', detail: '' });
      assert.deepEqual(it.names(), ['callPageOnShow']);
      assert.equal(it.sockets.length, 2);
    });

    it('begins a call that is placed while it is hidden when it is shown again', async () => {
      const it = start({ wx: placed });
      const page = it.open(AS_LISTENER);
      page.hangUp();
      page.onHide();
      await it.voip.callWMPF(ON_PHONE);
      assertShows(page, { state: 'ended' });
      page.onShow();
      assertShows(page, { state: 'outgoing', reason: '' });
      page.hangUp();
      page.onHide();
      page.onShow();
      assertShows(page, { state: 'ended', reason: 'Cancelled' });
    });

    it('keeps the call that has begun there while it was hidden', async () => {
      const it = start({ wx: placed });
      const page = it.open({});
      page.onHide();
      await it.voip.callWMPF(ON_PHONE);
      it.accept();
      it.tell('startVoip');
      page.onShow();
      assertShows(page, { state: 'connected' });
      assert.equal(it.sockets.length, 1);
      page.hangUp();
      page.onHide();
      page.onShow();
      assertShows(page, { state: 'ended', reason: 'Call ended' });
    });

    it('leaves a call to the page that was opened for it', async () => {
      const it = start({ wx: placed });
      const first = it.open(AS_LISTENER);
      first.hangUp();
      first.onHide();
      await it.voip.callWMPF(ON_PHONE);
      const second = it.open({});
      assertShows(second, { state: 'outgoing' });
      second.onUnload();
      first.onShow();
      assertShows(first, { state: 'ended', reason: 'Declined' });
    });

    for (const [state, query] of [
      ['ended', AS_LISTENER],
      ['idle', {}],
    ]) {
      it(`begins the call that is placed after a second call page was closed, when it is ${state}`, async () => {
        const it = start({ wx: placed });
        const first = it.open(query);
        first.hangUp();
        assertShows(first, { state });
        first.onHide();
        const second = it.open({});
        second.onUnload();
        first.onShow();
        await it.voip.callWMPF(ON_PHONE);
        assertShows(first, { state: 'outgoing' });
      });
    }

    it('tells of each time that it is shown, and of a warm-up not before it is used', () => {
      const it = start();
      const page = it.open({ isPreLaunch: '1' });
      assertShows(page, { state: 'idle' });
      assert.deepEqual(it.names(), []);
      page.onHide();
      page.onShow();
      assert.deepEqual(it.events, [{ eventName: 'callPageOnShow', data: {} }]);
      page.onUnload();
      it.open({ ...AS_LISTENER, note: '%E9%97%A8' });
      assert.deepEqual(it.names(), ['callPageOnShow', 'callPageOnShow']);
      const { groupId, note } = it.voip.getPluginOnloadOptions();
      assert.deepEqual([groupId, note], [ROOM, '%E9%97%A8']);
      assert.deepEqual(it.sockets.length, 1);
    });

    it('is called from an Android app once for each callSeq', async () => {
      const made = [];
      const it = start({
        wx: {
          getEnterOptionsSync: () => ({ path: CALL_PAGE, query: { callSeq: '17' } }),
          request({ success }) {
            made.push(1);
            success({ statusCode: 201, data: JSON.stringify({ roomId: ROOM, groupId: ROOM, chargeType: 'license' }) });
          },
        },
      });
      let last;
      const calls = [];
      it.voip.onVoipEvent(({ eventName }) => {
        const { callSeq } = it.voip.getPluginEnterOptions().query;
        if (eventName !== 'callPageOnShow' || callSeq === last) return;
        last = callSeq;
        const req = { roomType: 'voice', businessType: 1, caller: { id: 'SN-1' }, listener: { id: 'open-id' } };
        calls.push(it.voip.initByCaller(req));
      });
      const page = it.open({ callSeq: '17' });
      await Promise.all(calls);
      page.onHide();
      page.onShow();
      assert.equal(made.length, 1);
      assertShows(page, { state: 'outgoing' });
    });

    it('says while the service is out of reach', async () => {
      const it = start();
      const page = it.open(AS_CALLER);
      it.accept();
      it.tell('startVoip');
      it.drop();
      assertShows(page, { state: 'connected', online: false });
    });

    it('is ended by forceHangUpVoip, for its own room only', () => {
      const it = start();
      const page = it.open(AS_CALLER);
      it.accept();
      it.voip.forceHangUpVoip('another room');
      assertShows(page, { state: 'outgoing' });
      it.voip.forceHangUpVoip(ROOM);
      assertShows(page, { state: 'ended', reason: 'Cancelled' });
      assert.deepEqual(it.signals().at(-1), { type: 'hangUp', how: 'forceFromApp' });
    });

    for (const [routeType, options, url] of [
      [undefined, undefined, '/pages/end/end'],
      ['switchTab', 'a=1&b=2', '/pages/end/end?a=1&b=2'],
    ]) {
      it(`goes where setVoipEndPagePath says, by ${routeType ?? 'default'}, a moment after the call`, (t) => {
        t.mock.timers.enable({ apis: ['setTimeout'] });
        const it = start();
        it.voip.setVoipEndPagePath({ key: 'Call', url: '/pages/end/end', options, routeType });
        const page = it.open(AS_LISTENER);
        page.hangUp();
        assert.deepEqual(it.told, []);
        t.mock.timers.tick(1500);
        const [[name, request], ...rest] = it.told;
        assert.deepEqual([name, request.url, rest], [routeType ?? 'redirectTo', url, []]);
        request.fail({ errMsg: 'redirectTo:fail page not found' });
        assertShows(page, { detail: 'redirectTo:fail page not found' });
      });
    }

    it('replaces no page that is above it, and goes on when it is shown again, once', (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const it = start();
      it.voip.setVoipEndPagePath({ key: 'Call', url: '/pages/end/end' });
      const page = it.open(AS_LISTENER);
      page.hangUp();
      page.onHide();
      t.mock.timers.tick(60_000);
      assert.deepEqual(it.told, []);
      page.onShow();
      assert.deepEqual(
        it.told.map(([name, { url }]) => [name, url]),
        [['redirectTo', '/pages/end/end']],
      );
      page.onHide();
      page.onShow();
      assert.equal(it.told.length, 1);
    });

    it('does not go on from a call when the next one begins as it is shown again', async (t) => {
      const it = start({ wx: placed });
      it.voip.setVoipEndPagePath({ key: 'Call', url: '/pages/end/end' });
      const page = it.open(AS_LISTENER);
      t.mock.timers.enable({ apis: ['setTimeout'] });
      page.hangUp();
      page.onHide();
      t.mock.timers.tick(1500);
      t.mock.timers.reset();
      await it.voip.callWMPF(ON_PHONE);
      page.onShow();
      assertShows(page, { state: 'outgoing' });
      assert.deepEqual(it.told, []);
    });

    it('stays where setVoipEndPagePath has not said anything', (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const it = start();
      it.open(AS_LISTENER).hangUp();
      t.mock.timers.tick(60_000);
      assert.deepEqual(it.told, []);
    });

    it("shows the maker's button to a listener on a phone, and tells of its box", () => {
      const it = start();
      it.voip.setUIConfig({ customBoxHeight: '70vh' });
      const page = it.open(AS_LISTENER);
      it.accept({ isCaller: false });
      it.voip.setCustomBtnText('Open the door');
      assertShows(page, { customText: '', isBoxOpen: false });
      it.tell('startVoip');
      assertShows(page, { customText: 'Open the door', customBoxHeight: '70vh' });
      page.openBox();
      assertShows(page, { isBoxOpen: true });
      page.closeBox();
      const data = { callerId: 'SN-1', listenerId: 'open-id' };
      assert.deepEqual(it.events.slice(-2), [
        { eventName: 'showCustomBox', roomId: ROOM, groupId: ROOM, data },
        { eventName: 'hideCustomBox', roomId: ROOM, groupId: ROOM, data },
      ]);
      page.openBox();
      page.hangUp();
      assertShows(page, { isBoxOpen: false, customText: '' });
    });

    it('shows no such button to a caller, or on a device', () => {
      const it = start();
      it.voip.setUIConfig({ btnText: 'Open the door' });
      const calling = it.open(AS_CALLER);
      it.accept();
      it.tell('startVoip');
      assertShows(calling, { state: 'connected', customText: '' });
      const device = start();
      device.plugin.host.evaluate('this.wmpf = {}');
      device.voip.setUIConfig({ btnText: 'Open the door' });
      const answering = device.open(AS_LISTENER);
      device.accept({ isCaller: false });
      device.tell('startVoip');
      assertShows(answering, { state: 'connected', customText: '' });
    });

    it('has its connection again at once when it is shown again, and ends its call at once when it is closed', () => {
      const it = start();
      const page = it.open(AS_CALLER);
      it.accept();
      page.onHide();
      it.drop();
      assertShows(page, { state: 'outgoing', online: false });
      page.onShow();
      assert.equal(it.sockets.length, 2);
      it.accept();
      assertShows(page, { state: 'outgoing', online: true });
      page.onUnload();
      assert.deepEqual(it.signals().at(-1), { type: 'hangUp', how: 'unloadCallPage' });
    });

    it('goes back, and does not offer it where there is nothing to go back to', () => {
      const it = start();
      const page = it.open(AS_LISTENER);
      page.hangUp();
      page.goBack();
      assertShows(page, { canGoBack: true });
      it.told[0][1].fail({ errMsg: 'navigateBack:fail cannot navigate back at first page.' });
      assertShows(page, { canGoBack: false });
    });

    it('hands only what has changed to what renders it', () => {
      const it = start();
      const page = it.open(AS_CALLER);
      it.accept();
      it.tell('startVoip');
      const handed = [];
      page.setData = (changes) => {
        handed.push(plain(changes));
        Object.assign(page.data, changes);
      };
      page.toggleMuted();
      assert.deepEqual(handed, [{ muted: true }]);
    });
  });
});
