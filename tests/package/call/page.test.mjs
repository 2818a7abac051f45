// A call page and what the service says: which events are heard, which state is shown, and that a connection which
// breaks loses nothing and says nothing twice.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { call as place, configured, created } from '../../support/fakes.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { TOKEN } from '../../support/requests.mjs';
import { settle } from '../../support/settle.mjs';

const CALLER = '/call?isCaller=1&roomType=video&groupId=room-1';
const LISTENER = '/call?roomType=video&groupId=room-1&listenerId=open-id&callerName=Door%20bell';

const END = { callerName: 'Door', listenerName: 'Alice', roomType: 'video', isCaller: true, businessType: 1 };
const names = (heard) => heard.map(({ eventName }) => eventName);

/** A page in a fresh module; `views` are all that it has shown, `heard` what a listener of its module has heard. */
function opened(page, { host = 'WebSocket', media, answersByQuery, show = () => {} } = {}) {
  const fake = fakeSockets();
  const asked = [];
  const fetch = (url, { body }) => {
    asked.push([url, JSON.parse(body)]);
    return new Promise(() => {});
  };
  const module = configured(freshModule(), { fetch, ...fake.hosts[host] });
  const heard = [];
  const views = [];
  const shown = (view) => {
    views.push(view);
    show(view, module);
  };
  const call = module.openCall(page, { show: shown, media, answersByQuery });
  module.default.onVoipEvent((event) => heard.push(event));
  let seq = 0;
  /** The service tells of an event. */
  const tell = (eventName, data = {}, ageMs = 0) =>
    fake.last.say({ type: 'event', seq: (seq += 1), ageMs, eventName, data });
  const accept = (changes) => {
    fake.last.open();
    fake.last.say(openedCall(changes));
  };
  return { fake, module, call, heard, views, tell, accept, asked };
}

describe('a call page', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
  beforeEach(() => mock.method(performance, 'now', () => Date.now()));
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  for (const host of ['WebSocket', 'wx.connectSocket']) {
    it(`of a caller takes part in the call over ${host}`, async () => {
      const { fake, call, heard, tell, accept } = opened(CALLER, { host });
      assert.equal(call.view.state, 'outgoing');
      const [socket] = fake.sockets;
      assert.match(
        socket.url,
        /^ws:\/\/room\.test\/v1\/calls\/room-1\/socket\?device=d-[0-9a-z]+&page=d-[0-9a-z]+&takes=1&after=0$/,
      );
      assert.deepEqual(socket.protocols, ['wmpf-voip.v1', TOKEN]);

      accept();
      await settle();
      assert.deepEqual(socket.sent, [{ id: 1, type: 'join' }]);
      assert.equal(call.view.name, 'Alice');
      socket.say({ type: 'reply', id: 1, reply: 'done' });
      tell('joinedRoomByCaller');
      assert.equal(call.view.state, 'outgoing');
      tell('startVoip', {}, 400);
      assert.equal(call.view.state, 'connected');
      assert.equal(call.view.startedAt, 999_600);
      mock.timers.tick(600);
      mock.timers.tick(1000);
      assert.equal(call.view.keepTime, 2);
      tell('hangUpVoip', { keepTime: 2, status: 'endByListener', origin: 'other' });
      tell('endVoip', { keepTime: 2, ...END });
      assert.equal(socket.isClosed, false, 'the bill is still to come');
      tell('finishVoip', { keepTime: 2 });
      assert.equal(socket.isClosed, true);
      mock.timers.tick(60_000);
      assert.equal(fake.sockets.length, 1, 'what is over does not come back');

      const room = { roomId: 'room-1', groupId: 'room-1' };
      assert.deepEqual(heard, [
        { eventName: 'joinedRoomByCaller', ...room, data: {} },
        { eventName: 'startVoip', ...room, data: {} },
        { eventName: 'calling', ...room, data: { keepTime: 1 } },
        { eventName: 'calling', ...room, data: { keepTime: 2 } },
        { eventName: 'hangUpVoip', ...room, data: { keepTime: 2, status: 'endByListener', origin: 'other' } },
        { eventName: 'endVoip', ...room, data: { keepTime: 2, ...END } },
        { eventName: 'finishVoip', ...room, data: { keepTime: 2 } },
      ]);
      const { state, reason, origin } = call.view;
      assert.deepEqual([state, reason, origin], ['ended', 'hungUp', 'other']);
    });
  }

  it('of a listener answers, and joins when it has', async () => {
    const { fake, call, accept } = opened(LISTENER);
    assert.deepEqual([call.view.state, call.view.name], ['incoming', 'Door bell']);
    accept({ isCaller: false });
    await settle();
    assert.deepEqual(fake.last.sent, []);
    call.answer();
    call.answer();
    await settle();
    assert.equal(call.view.state, 'joining');
    assert.deepEqual(fake.last.sent, [
      { id: 1, type: 'answer' },
      { id: 2, type: 'join' },
    ]);
  });

  it('that was answered before it opened needs no tap, where its own code lets the query say so', async () => {
    const { fake, call, accept } = opened(`${LISTENER}&isClickedHangOnBtn=1`, { answersByQuery: true });
    assert.equal(call.view.state, 'joining');
    accept({ isCaller: false });
    await settle();
    assert.deepEqual(types(fake.last), ['answer', 'join']);
  });

  it('that comes back says again what was not answered, and hears nothing twice', async () => {
    const { fake, call, heard, tell, accept } = opened(LISTENER);
    accept({ isCaller: false });
    call.answer();
    await settle();
    fake.last.say({ type: 'reply', id: 1, reply: 'done' });
    tell('hangOnVoip');
    fake.last.end(1006);
    assert.equal(call.view.online, false);
    mock.timers.tick(1000);
    assert.equal(fake.sockets.length, 2);
    assert.match(fake.last.url, /&after=1$/);
    accept({ isCaller: false, state: 'waiting' });
    assert.equal(call.view.online, true);
    assert.deepEqual(fake.last.sent, [{ id: 2, type: 'join' }]);
    fake.last.say({ type: 'event', seq: 1, ageMs: 900, eventName: 'hangOnVoip', data: {} });
    tell('startVoip');
    assert.deepEqual(names(heard), ['hangOnVoip', 'startVoip']);
  });

  it('counts the seconds of a call that it comes to late, each of them once, and none after the end', async () => {
    const { call, heard, tell, accept } = opened(CALLER);
    accept({ state: 'talking' });
    tell('startVoip', {}, 5300);
    assert.equal(call.view.keepTime, 5);
    mock.timers.tick(700);
    mock.timers.setTime(Date.now() + 2500);
    mock.timers.tick(500);
    call.hangUp();
    mock.timers.tick(5000);
    const seconds = heard.filter(({ eventName }) => eventName === 'calling').map(({ data }) => data.keepTime);
    assert.deepEqual(seconds, [...new Set(seconds)]);
    assert.equal(seconds[0], 6);
    assert.equal(seconds.at(-1), 9);
  });

  for (const [eventName, data, reason, origin, page] of [
    ['cancelVoip', { status: 'manual' }, 'cancelled', 'manual', CALLER],
    ['cancelVoip', { status: 'other' }, 'cancelled', 'other', LISTENER],
    ['rejectVoip', { status: 'unloadCallPage' }, 'rejected', 'unloadCallPage', LISTENER],
    ['rejectVoip', { status: 'other' }, 'rejected', 'other', CALLER],
    ['timeout', {}, 'timeout', undefined, CALLER],
    ['timeout', {}, 'timeout', undefined, LISTENER],
    ['busy', {}, 'busy', undefined, CALLER],
    ['hangUpVoip', { keepTime: 7, status: 'endByCaller', origin: 'timeLimit' }, 'hungUp', 'timeLimit', CALLER],
    ['abortVoip', { keepTime: 7, status: 'unknown', error: { errMsg: 'gone' } }, 'aborted', undefined, LISTENER],
    ['joinFailCaller', { errMsg: 'no camera', message: 'no camera' }, 'joinFailed', undefined, CALLER],
    ['joinFailListener', { errMsg: 'no camera', message: 'no camera' }, 'joinFailed', undefined, LISTENER],
  ]) {
    it(`is over after ${eventName} of ${origin ?? 'nobody'}, for the ${page === CALLER ? 'caller' : 'listener'}`, () => {
      const { fake, module, call, heard, views, tell, accept } = opened(page);
      accept({ isCaller: page === CALLER });
      tell(eventName, data);
      tell('endVoip', { keepTime: data.keepTime ?? 0, ...END });
      tell('finishVoip', { keepTime: 0 });
      assert.deepEqual(names(heard), [eventName, 'endVoip', 'finishVoip']);
      assert.deepEqual(heard[0].data, data);
      const { view } = call;
      assert.deepEqual([view.state, view.reason, view.origin], ['ended', reason, origin]);
      assert.equal(view.keepTime, data.keepTime ?? 0, 'the bill is not the duration');
      assert.equal(view.detail, data.errMsg ?? data.error?.errMsg);
      assert.equal(fake.last.isClosed, true);
      const shown = views.length;
      call.answer();
      call.hangUp();
      call.setMuted(true);
      module.default.forceHangUpVoip();
      assert.deepEqual([call.view, views.length], [view, shown], 'what has ended does not begin again');
      mock.timers.tick(120_000);
      assert.equal(fake.sockets.length, 1);
    });
  }

  for (const [state, page, reason, begin] of [
    ['outgoing', CALLER, 'cancelled', () => {}],
    ['incoming', LISTENER, 'rejected', () => {}],
    ['joining', LISTENER, 'rejected', ({ call }) => call.answer()],
    ['connected', CALLER, 'hungUp', ({ tell }) => tell('startVoip')],
  ]) {
    it(`that is ${state} ends its call by each of its ways, at once and once`, () => {
      for (const [how, end] of [
        ['manual', ({ call }) => call.hangUp('unloadCallPage')],
        ['unloadCallPage', ({ call }) => call.unload()],
        ['forceFromApp', ({ module }) => module.default.forceHangUpVoip()],
        ['forceFromApp', ({ module }) => module.default.forceHangUpVoip('room-1')],
      ]) {
        const one = opened(page);
        one.accept({ isCaller: page === CALLER });
        begin(one);
        assert.equal(one.call.view.state, state);
        one.module.default.forceHangUpVoip('another');
        assert.equal(one.call.view.state, state);
        const shown = one.views.length;
        end(one);
        end(one);
        const { view } = one.call;
        assert.deepEqual([view.state, view.reason, view.origin], ['ended', reason, how]);
        const signals = one.fake.last.sent.filter(({ type }) => type === 'hangUp');
        assert.deepEqual(
          signals.map((signal) => signal.how),
          [how],
        );
        assert.equal(one.views.length - shown, how === 'unloadCallPage' ? 0 : 1, 'a page that is gone shows nothing');
        one.tell('cancelVoip', { status: how });
        one.tell('endVoip', { keepTime: 0, ...END });
        assert.deepEqual(names(one.heard).slice(-2), ['cancelVoip', 'endVoip'], 'listeners still hear the end');
        assert.equal(one.call.view.reason, reason);
      }
    });
  }

  it('says that it has hung up when it comes back, though it did not reach the service before', () => {
    const { fake, call, accept } = opened(CALLER);
    call.hangUp();
    assert.equal(call.view.state, 'ended');
    accept();
    assert.deepEqual(types(fake.last), ['hangUp']);
    fake.last.end();
    mock.timers.tick(1000);
    assert.equal(fake.sockets.length, 2);
    accept();
    assert.deepEqual(types(fake.last), ['hangUp']);
    assert.equal(call.view.state, 'ended');
  });

  it('connects again where a signal is not answered', async () => {
    const { fake, accept } = opened(CALLER);
    accept();
    await settle();
    mock.timers.tick(10_000);
    assert.equal(fake.sockets[0].isClosed, true);
    mock.timers.tick(1000);
    assert.equal(fake.sockets.length, 2);
    accept();
    assert.deepEqual(types(fake.last), ['join']);
    fake.last.say({ type: 'reply', id: 1, reply: 'done' });
    mock.timers.tick(60_000);
    assert.equal(fake.sockets.length, 2);
  });

  it('waits longer from try to try, and not long', () => {
    const { fake, accept } = opened(CALLER);
    accept();
    const waits = [];
    for (let i = 0; i < 6; i += 1) {
      const before = fake.sockets.length;
      const from = Date.now();
      fake.last.end();
      while (fake.sockets.length === before) mock.timers.tick(50);
      waits.push(Date.now() - from);
    }
    for (const [i, [least, most]] of [
      [0, [375, 625]],
      [1, [750, 1250]],
      [2, [1500, 2500]],
      [5, [2250, 3750]],
    ]) {
      assert.ok(waits[i] >= least && waits[i] <= most + 50, `wait ${i}: ${waits[i]}`);
    }
  });

  it('gives a socket up that does not open', () => {
    const { fake } = opened(`${CALLER}`);
    fake.last.open();
    fake.last.say(openedCall());
    fake.last.end();
    mock.timers.tick(1000);
    assert.equal(fake.sockets.length, 2);
    mock.timers.tick(10_000);
    assert.equal(fake.sockets[1].isClosed, true);
  });

  it('breaks its call off by itself where the service stays away', async () => {
    const { fake, call, heard, tell, accept } = opened(CALLER);
    accept();
    tell('startVoip');
    mock.timers.tick(2000);
    for (let i = 0; i < 40; i += 1) {
      if (!fake.last.isClosed) fake.last.end();
      mock.timers.tick(1000);
    }
    const { state, reason, errCode } = call.view;
    assert.deepEqual([state, reason, errCode], ['ended', 'aborted', 1002]);
    const [aborted, ended] = heard.slice(-2);
    const errMsg = 'call interrupted due to native reason';
    const { keepTime } = aborted.data;
    assert.deepEqual(aborted.data, { keepTime, status: 'abortByCaller', error: { errMsg } });
    assert.deepEqual([ended.eventName, ended.data], ['endVoip', { keepTime, ...END }]);
    const { length } = fake.sockets;
    mock.timers.tick(60_000);
    assert.equal(fake.sockets.length, length, 'nothing is tried any more');
  });

  for (const [page, state, sent] of [
    [CALLER, 'outgoing', ['hangUp']],
    [LISTENER, 'incoming', ['hangUp']],
    [`${LISTENER}&isClickedHangOnBtn=1`, 'joining', ['hangUp']],
    [CALLER, 'online', ['hangUp']],
    [LISTENER, 'answered', ['hangUp']],
    [CALLER, 'connected', ['join', 'hangUp']],
  ]) {
    it(`is left for good by whoever hangs up when shown that it is ${state}`, async () => {
      const joined = [];
      const nothing = () => {};
      const others = ['receive', 'peer', 'setMuted', 'setCamera', 'switchCamera'];
      const media = {
        join: () => void joined.push('join'),
        start: () => joined.push('start'),
        leave: () => joined.push('leave'),
      };
      for (const name of others) media[name] = nothing;
      const isNow = (view) =>
        ({ online: view.online && view.state !== 'ended', answered: view.online && view.state === 'joining' })[state] ??
        view.state === state;
      const show = (view, { default: voip }) => isNow(view) && voip.forceHangUpVoip();
      const { fake, call, tell, accept } = opened(page, { media, show, answersByQuery: true });
      accept({ isCaller: page === CALLER });
      if (state === 'answered') call.answer();
      await settle();
      if (state === 'connected') tell('startVoip');
      await settle();
      assert.equal(call.view.state, 'ended');
      assert.deepEqual(types(fake.last), sent);
      assert.deepEqual(joined, state === 'connected' ? ['join', 'leave'] : []);
      mock.timers.tick(2000);
      assert.equal(call.view.keepTime, 0, 'nobody counts');
    });
  }

  it('leaves media that break before they are there', async () => {
    const asked = [];
    const media = { leave: () => asked.push('leave') };
    for (const name of ['start', 'receive', 'peer', 'setMuted', 'setCamera', 'switchCamera']) media[name] = () => {};
    media.join = (room) => {
      asked.push('join');
      room.onAbort(new Error('interrupted'));
    };
    const { fake, call, accept } = opened(CALLER, { media });
    accept();
    await settle();
    assert.deepEqual([call.view.state, call.view.detail, asked], ['ended', 'interrupted', ['join', 'leave']]);
    assert.deepEqual(types(fake.last), ['joinFailed']);
  });

  it('gives a call up that it cannot open: it would ring, and nobody could end it', async () => {
    const { asked, module } = opened(LISTENER);
    await module.init();
    module.configure({ WebSocket: undefined, connectSocket: () => undefined });
    const call = module.openCall('?isCaller=1&roomType=video&groupId=room-2', { show() {} });
    assert.deepEqual([call.view.state, call.view.reason, call.view.errCode], ['ended', 'failed', 1011]);
    await settle();
    const [url, { type }] = asked.at(-1);
    assert.deepEqual([url, type], ['http://room.test/v1/calls/room-2/signals', 'hangUp']);
  });

  for (const page of [
    '?callSeq=1&roomType=video&listenerId=o&callerName=n',
    '?seq=1&roomType=voice&openid=o',
    { order: '7', roomType: 'phone' },
    '/call?isCaller=1',
    '/call?roomType=video&listenerId=o&isClickedHangOnBtn=1',
    '?groupId=&isCaller=1',
    { callerName: 'n', groupId: undefined },
  ]) {
    it(`waits for a call where it was opened without a room: ${JSON.stringify(page)}`, async () => {
      const { fake, module, call } = opened(page);
      assert.deepEqual([call.view.state, fake.sockets.length], ['idle', 0]);
      module.configure({ fetch: created });
      assert.equal((await place(module)).isSuccess, true);
      assert.deepEqual([call.view.state, call.view.roomId, call.view.isCaller], ['outgoing', 'room-1', true]);
      assert.match(fake.last.url, /room-1/);
    });
  }

  it('notices a connection that died without an end', async () => {
    const { fake, call, tell, accept } = opened(CALLER);
    accept();
    tell('startVoip');
    fake.last.say({ type: 'heartbeat', everyMs: 5000 });
    mock.timers.tick(12_400);
    assert.deepEqual([call.view.online, fake.sockets.length], [true, 1]);
    mock.timers.tick(100);
    assert.deepEqual([call.view.online, fake.sockets[0].isClosed], [false, true]);
    mock.timers.tick(1000);
    accept();
    assert.deepEqual([call.view.online, fake.sockets.length], [true, 2]);
    fake.last.say({ type: 'heartbeat', everyMs: 5000 });
    mock.timers.tick(12_500);
    for (let i = 0; i < 31; i += 1) mock.timers.tick(1000);
    const { state, reason, detail } = call.view;
    assert.deepEqual([state, reason], ['ended', 'aborted']);
    assert.equal(detail, 'openCall:fail the room service could not be reached any more');
  });

  it('fails where the service was never reached within the timeout', () => {
    const { fake, call, heard } = opened(CALLER);
    mock.timers.tick(10_000);
    const { state, reason, errCode, detail } = call.view;
    assert.deepEqual([state, reason, errCode], ['ended', 'failed', 1002]);
    assert.equal(detail, 'openCall:fail the room service could not be reached');
    assert.deepEqual([heard, fake.last.isClosed], [[], true]);
  });

  it('ends where the service refuses it, and says why', () => {
    const { fake, call } = opened(CALLER);
    fake.last.open();
    fake.last.say({ type: 'refused', errcode: 1, errmsg: 'roomId: there is no such call' });
    fake.last.end(1008);
    const { state, reason, errCode, detail } = call.view;
    assert.deepEqual([state, reason, errCode, detail], ['ended', 'refused', 1, 'roomId: there is no such call']);
    mock.timers.tick(60_000);
    assert.equal(fake.sockets.length, 1);
  });

  it('ends where what it is told of the call is none of the service', () => {
    for (const wrong of [
      { roomId: 'room-2' },
      { roomType: 'phone' },
      { isCaller: 1 },
      { callerName: null },
      { listenerName: {} },
    ]) {
      const { fake, call, heard } = opened(CALLER);
      fake.last.open();
      fake.last.say(openedCall(wrong));
      const { state, reason, errCode, detail } = call.view;
      assert.deepEqual([state, reason, errCode], ['ended', 'refused', 1003], JSON.stringify(wrong));
      assert.match(detail, /cannot be read/);
      assert.deepEqual([heard, fake.last.isClosed], [[], true]);
    }
  });

  it('ends where its session token expires', () => {
    const { fake, call, accept } = opened(CALLER);
    accept();
    fake.last.end(1008);
    assert.deepEqual([call.view.state, call.view.reason, call.view.errCode], ['ended', 'refused', 1004]);
    mock.timers.tick(60_000);
    assert.equal(fake.sockets.length, 1);
  });

  it('that ends without a word of the service tells how all the same, once', async () => {
    const hungUpBefore = ({ tell }) => tell('hangUpVoip', { keepTime: 0, status: 'endByCaller', origin: 'manual' });
    for (const [end, expected] of [
      [({ fake }) => fake.last.end(1008), ['startVoip', 'abortVoip', 'endVoip']],
      [
        ({ fake }) => fake.last.say({ type: 'refused', errcode: 1004, errmsg: 'm' }),
        ['startVoip', 'abortVoip', 'endVoip'],
      ],
      [(page) => (page.fake.last.end(1006), page.call.hangUp()), ['startVoip', 'abortVoip', 'endVoip']],
      [(page) => (hungUpBefore(page), page.fake.last.end(1006)), ['startVoip', 'hangUpVoip', 'endVoip']],
      [
        (page) => (hungUpBefore(page), page.tell('endVoip', END), page.fake.last.end(1006)),
        ['startVoip', 'hangUpVoip', 'endVoip'],
      ],
    ]) {
      const page = opened(CALLER);
      page.accept();
      page.tell('startVoip');
      end(page);
      for (let i = 0; i < 60; i += 1) {
        mock.timers.tick(1000);
        await settle();
      }
      assert.deepEqual(
        names(page.heard).filter((name) => name !== 'calling'),
        expected,
      );
      assert.equal(page.call.view.state, 'ended');
    }
  });

  it('hangs up by a request where its socket does not get through', async () => {
    for (const [page, hangsUp, expected] of [
      [CALLER, false, 1],
      [CALLER, true, 1],
      [LISTENER, true, 1],
      [LISTENER, false, 0],
    ]) {
      const { call, asked, module } = opened(page);
      await module.init();
      if (hangsUp) call.hangUp();
      mock.timers.tick(10_000);
      await settle();
      assert.equal(asked.length, expected, `${page} ${hangsUp}`);
      const how = hangsUp ? 'manual' : 'forceFromApp';
      for (const [url, { device, ...signal }] of asked) {
        assert.deepEqual(
          [url, signal],
          ['http://room.test/v1/calls/room-1/signals', { type: 'hangUp', how, placed: page === CALLER }],
        );
      }
      assert.equal(call.view.state, 'ended');
    }
  });

  it('goes on with the token that was configured since', () => {
    for (const expire of [
      (socket) => socket.end(1008),
      (socket) => (socket.say({ type: 'refused', errcode: 5, errmsg: 'expired' }), socket.end(1008)),
    ]) {
      const { fake, module, call, accept } = opened(CALLER);
      accept();
      module.configure({ token: 'a-fresh-one' });
      expire(fake.last);
      mock.timers.tick(2000);
      assert.equal(call.view.state, 'outgoing');
      assert.deepEqual(fake.last.protocols, ['wmpf-voip.v1', 'a-fresh-one']);
      accept();
      fake.last.end(1008);
      assert.deepEqual([call.view.state, call.view.errCode], ['ended', 1004], 'and there is no other one');
    }
  });

  it('ends where another device of its user was faster, however it hears so', () => {
    for (const message of [{ type: 'elsewhere' }, { type: 'reply', id: 1, reply: 'elsewhere' }]) {
      const { fake, call, accept } = opened(LISTENER);
      accept({ isCaller: false });
      call.answer();
      fake.last.say(message);
      assert.deepEqual([call.view.state, call.view.reason, fake.last.isClosed], ['ended', 'elsewhere', true]);
    }
  });

  it('does not mind what it does not know', () => {
    const { fake, call, accept } = opened(CALLER);
    accept();
    for (const message of [
      'no JSON',
      'null',
      '7',
      '[]',
      { type: 'news' },
      { type: 'constructor' },
      { type: 'reply', id: 9 },
    ]) {
      fake.last.say(message);
    }
    assert.deepEqual([call.view.state, call.view.online], ['outgoing', true]);
  });

  it('that comes to its answered call anew joins again', async () => {
    const { fake, call, accept } = opened(LISTENER);
    accept({ isCaller: false, state: 'waiting' });
    await settle();
    assert.deepEqual([call.view.state, types(fake.last)], ['joining', ['join']]);
  });

  it('has the same name after it was loaded anew, and tells nobody else its name', () => {
    const storage = new Map();
    globalThis.sessionStorage = {
      getItem: (key) => storage.get(key) ?? null,
      setItem: (key, value) => storage.set(key, value),
    };
    try {
      const device = ({ fake }) => new URL(fake.last.url).searchParams.get('device');
      const [one, again] = [device(opened(CALLER)), device(opened(CALLER))];
      assert.equal(one, again);
      storage.clear();
      assert.notEqual(device(opened(CALLER)), one);
      globalThis.sessionStorage.getItem = () => {
        throw new Error('SecurityError');
      };
      assert.match(device(opened(CALLER)), /^d-/);
    } finally {
      delete globalThis.sessionStorage;
    }
  });

  it('keeps its name in the storage of a mini-program', () => {
    const kept = new Map();
    const fake = fakeSockets();
    const wx = {
      request() {},
      connectSocket: fake.hosts['wx.connectSocket'].connectSocket,
      getStorageSync: (key) => kept.get(key) ?? '',
      setStorageSync: (key, value) => kept.set(key, value),
    };
    for (let i = 0; i < 2; i += 1) configured(freshModule(), { wx }).openCall(CALLER, { show() {} });
    const [one, again] = fake.sockets.map(({ url }) => new URL(url).searchParams.get('device'));
    assert.equal(one, again);
    assert.deepEqual([...kept.values()], [one]);
  });

  it('shows what the maker has set, also while it is open', () => {
    const { module, call, views } = opened(LISTENER);
    assert.equal(call.view.ui.handsFree, true);
    module.default.setUIConfig({ handsFree: false, callerUI: { cameraRotation: 90 } });
    assert.equal(views.at(-1).ui.handsFree, false);
    const { callerUI, listenerUI } = call.view.ui;
    assert.deepEqual([callerUI.cameraRotation, callerUI.objectFit, listenerUI.cameraRotation], [90, 'fill', 0]);
  });

  it("tells of the box of the maker's own button", () => {
    const { call, heard, accept } = opened(LISTENER);
    accept({ isCaller: false });
    call.showCustomBox();
    call.hideCustomBox();
    assert.deepEqual(names(heard), ['showCustomBox', 'hideCustomBox']);
    assert.deepEqual(heard[0].data, { callerId: 'SN-1', listenerId: 'open-id' });
    assert.equal(heard[0].roomId, 'room-1');
  });

  it('is interrupted by a page for another call, and goes on in another page for its own', () => {
    const { fake, module, call } = opened(CALLER);
    fake.last.open();
    fake.last.say(openedCall());
    const again = module.openCall(CALLER, { show() {} });
    assert.deepEqual([call.view.state, call.view.reason], ['ended', 'elsewhere']);
    assert.equal(fake.sockets[0].isClosed, true);
    assert.deepEqual(types(fake.sockets[0]), []);
    fake.last.open();
    fake.last.say(openedCall());
    module.openCall('?groupId=room-2&roomType=voice', { show() {} });
    assert.deepEqual(
      [again.view.state, again.view.reason, again.view.origin],
      ['ended', 'cancelled', 'unloadCallPage'],
    );
    assert.deepEqual(fake.sockets[1].sent.map(({ how }) => how).filter(Boolean), ['unloadCallPage']);
  });

  for (const [page, errCode, detail] of [
    ['?groupId=r&roomType=phone', 1004, "openCall:fail roomType: expected 'voice' or 'video', got the string 'phone'"],
    [
      7,
      1004,
      'openCall:fail page: expected a path with a query, or the query as an object, got a value of type number',
    ],
    [{ groupId: 7 }, 1004, 'openCall:fail page.groupId: expected a string (got a value of type number)'],
    [
      {
        get groupId() {
          throw new Error('no');
        },
      },
      1004,
      'openCall:fail page.groupId: expected a string (no)',
    ],
  ]) {
    it(`says what is wrong with what it was opened with: ${detail}`, () => {
      const { fake, call } = opened(page);
      const { view } = call;
      assert.deepEqual([view.state, view.reason, view.errCode, view.detail], ['ended', 'failed', errCode, detail]);
      assert.equal(fake.sockets.length, 0);
    });
  }

  it('takes what it was opened with as a path, as its query alone, and as a host gives it', () => {
    for (const page of [
      LISTENER,
      LISTENER.slice(LISTENER.indexOf('?') + 1),
      { roomType: 'video', groupId: 'room-1', callerName: 'Door%20bell' },
    ]) {
      const { call } = opened(page);
      const { state, roomId, roomType, name } = call.view;
      assert.deepEqual([state, roomId, roomType, name], ['incoming', 'room-1', 'video', 'Door bell']);
    }
  });

  it('throws for options that are none', () => {
    const { module } = opened(CALLER);
    const wrong = (options, field) =>
      assert.throws(
        () => module.openCall(CALLER, options),
        (error) => {
          assert.ok(error instanceof module.VoipPluginError);
          assert.equal(error.errCode, 1004);
          assert.match(error.errMsg, new RegExp(`^openCall:fail ${field.replaceAll('.', '\\.')}: expected a function`));
          return true;
        },
      );
    wrong(undefined, 'options.show');
    wrong({ show: 1 }, 'options.show');
    wrong({ show() {}, media: {} }, 'options.media.join');
    wrong(
      {
        show() {},
        get media() {
          throw new Error('no');
        },
      },
      'options.media',
    );
    const throwing = {
      show() {},
      get answersByQuery() {
        throw new Error('no');
      },
    };
    for (const [options, got] of [
      [{ show() {}, answersByQuery: 1 }, 'got number'],
      [throwing, 'and it threw'],
    ]) {
      const errMsg = `openCall:fail options.answersByQuery: expected true or false, ${got}`;
      assert.throws(() => module.openCall(CALLER, options), { name: 'VoipPluginError', errCode: 1004, errMsg });
    }
  });
});

const types = (socket) => socket.sent.map(({ type }) => type);
