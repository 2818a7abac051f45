// A page that is left: its devices go at once and its call a second later, unless another page of the module goes on with it.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { configured, fakeFetch, call as place, response } from '../../support/fakes.mjs';
import { fakeAppEvents, fakeBrowser } from '../../support/fake-browser.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { settle } from '../../support/settle.mjs';

const CALLER = '/call?isCaller=1&roomType=video&groupId=room-1';
const LISTENER = '/call?roomType=video&groupId=room-1&callerName=Door';
const ANOTHER = '/call?roomType=video&groupId=room-2&callerName=Door';
const ON_PHONE = { roomType: 'voice', sn: 'SN-1', modelId: 'm', pushToken: 'p', nickName: 'Alice' };
const UNLOADED = { type: 'hangUp', how: 'unloadCallPage' };
/** By a request, the service is told whether this end has placed the call. */
const GIVEN_UP = { ...UNLOADED, placed: true };

const types = (socket) => socket.sent.map(({ type }) => type);
const hangUps = (socket) => socket.sent.filter(({ type }) => type === 'hangUp').map(({ id: _, ...signal }) => signal);

/** A module whose service says what a test has it say. */
function start(host = 'WebSocket', more) {
  const fake = fakeSockets();
  const requests = fakeFetch();
  const module = configured(freshModule(), { fetch: requests.fetch, ...fake.hosts[host], ...more });
  const heard = [];
  module.default.onVoipEvent(({ eventName, data }) => heard.push(eventName === 'calling' ? data.keepTime : eventName));
  return {
    fake,
    module,
    requests,
    heard,
    open(page, { media = fakeMedia(), show = () => {} } = {}) {
      return module.openCall(page, { show, media });
    },
    accept(changes, socket = fake.last) {
      socket.open();
      socket.say(openedCall(changes));
    },
    tell: (seq, eventName, data = {}, ageMs = 0) => fake.last.say({ type: 'event', seq, ageMs, eventName, data }),
    /** What was asked by a request to end a room. */
    asked: () =>
      requests.calls
        .filter(({ url }) => url.endsWith('/signals'))
        .map(({ init }) => {
          const { device: _, ...signal } = JSON.parse(init.body);
          return signal;
        }),
  };
}

function fakeMedia() {
  const did = [];
  const media = { did };
  for (const name of ['start', 'receive', 'peer', 'setCamera', 'switchCamera']) media[name] = () => {};
  media.join = ({ muted, camera }) => void did.push(`join ${muted ? 'muted' : 'heard'} ${camera ? 'seen' : 'unseen'}`);
  media.setMuted = (muted) => did.push(`muted ${muted}`);
  media.leave = () => did.push('leave');
  return media;
}

/** Time goes by step by step, as seconds are counted. */
function pass(ms) {
  for (let at = 0; at < ms; at += 50) mock.timers.tick(50);
}

describe('a page that is left', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
  beforeEach(() => mock.method(performance, 'now', () => Date.now()));
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  for (const host of ['WebSocket', 'wx.connectSocket']) {
    for (const [side, page] of [
      ['caller', CALLER],
      ['listener', LISTENER],
    ]) {
      it(`and put back in one task goes on with its call, as its ${side} over ${host}`, async () => {
        const { fake, open, accept, tell, heard } = start(host);
        const first = open(page);
        first.leave();
        const again = open(page);
        assert.deepEqual(
          fake.sockets.map(({ isClosed }) => isClosed),
          [true, false],
        );
        assert.equal(again.view.state, side === 'caller' ? 'outgoing' : 'incoming');
        accept({ isCaller: side === 'caller' });
        mock.timers.tick(20_000);
        await settle();
        for (const socket of fake.sockets) assert.deepEqual(hangUps(socket), []);
        tell(1, 'timeout');
        tell(2, 'endVoip');
        tell(3, 'finishVoip', { keepTime: 0 });
        assert.deepEqual(heard, ['callPageOnShow', 'callPageOnShow', 'timeout', 'endVoip', 'finishVoip']);
      });
    }
  }

  it('and put back is the same page for the service, whichever of its sockets comes there first', () => {
    const pageOf = ({ url }) => new URL(url).searchParams.get('page');
    const { fake, open, accept } = start();
    open(CALLER).leave();
    open(CALLER);
    accept();
    const [first, second] = fake.sockets.map(pageOf);
    assert.ok(first);
    assert.equal(second, first);
    const elsewhere = start();
    elsewhere.open(CALLER);
    assert.notEqual(pageOf(elsewhere.fake.last), first, 'that of another tab is another one');
  });

  it('and put back goes on with the call that was placed last, as often as that happens', async () => {
    const { fake, module, open, asked } = start();
    await module.default.callWMPF(ON_PHONE);
    for (let i = 0; i < 3; i += 1) {
      const call = open(module.default.CALL_PAGE_PATH);
      assert.deepEqual([call.view.state, call.view.roomId], ['outgoing', 'room-1']);
      const taking = open(module.default.CALL_PAGE_PATH);
      assert.deepEqual(
        [taking.view.state, call.view.reason],
        ['outgoing', 'elsewhere'],
        'also from a page that is still there',
      );
      taking.leave();
      mock.timers.tick(900);
    }
    mock.timers.tick(100);
    await settle();
    assert.deepEqual([fake.sockets.at(-1).sent, asked()], [[], [GIVEN_UP]]);
    assert.equal(open(module.default.CALL_PAGE_PATH).view.state, 'idle');
  });

  it('lets its devices go at once, and says the end after a second, once', async () => {
    const { fake, open, accept, tell, heard } = start();
    const media = fakeMedia();
    const shown = [];
    const call = open(CALLER, { media, show: (view) => shown.push(view) });
    accept();
    await settle();
    tell(1, 'startVoip');
    const { length } = shown;
    call.leave();
    call.leave();
    assert.deepEqual(media.did, ['join heard seen', 'leave']);
    const { state, reason, origin } = call.view;
    assert.deepEqual([state, reason, origin, shown.length], ['ended', 'hungUp', 'unloadCallPage', length]);
    mock.timers.tick(999);
    assert.deepEqual(hangUps(fake.last), []);
    mock.timers.tick(1);
    assert.deepEqual(hangUps(fake.last), [UNLOADED]);
    mock.timers.tick(5000);
    assert.deepEqual(hangUps(fake.last), [UNLOADED]);
    tell(2, 'hangUpVoip', { keepTime: 1, status: 'endByCaller', origin: 'unloadCallPage' });
    tell(3, 'endVoip');
    tell(4, 'finishVoip', { keepTime: 1 });
    assert.deepEqual(heard, ['callPageOnShow', 'startVoip', 'hangUpVoip', 'endVoip', 'finishVoip']);
    assert.equal(fake.last.isClosed, true);
  });

  it('and put back loses nothing: who has answered has, and whose sound and picture are off keeps them off', async () => {
    for (const [replace, isFirstLeft] of [
      [(call) => call.leave(), true],
      [() => {}, false],
    ]) {
      const { fake, open, accept, tell, heard } = start();
      const media = fakeMedia();
      const call = open(LISTENER, { media });
      // The service does not know yet.
      call.answer();
      call.setMuted(true);
      call.setCamera(false);
      replace(call);
      const again = open(LISTENER, { media });
      assert.deepEqual([again.view.state, again.view.muted, again.view.camera], ['joining', true, false]);
      assert.equal(call.view.reason, isFirstLeft ? 'rejected' : 'elsewhere');
      accept({ isCaller: false });
      await settle();
      assert.deepEqual([types(fake.last), media.did.at(-1)], [['answer', 'join'], 'join muted unseen']);
      tell(1, 'hangOnVoip');
      tell(2, 'startVoip');
      pass(1600);
      replace(again);
      pass(500);
      const third = open(LISTENER, { media });
      accept({ isCaller: false, state: 'talking' });
      tell(1, 'hangOnVoip', {}, 2100);
      // By the clock of the service the second second is not over yet.
      tell(2, 'startVoip', {}, 1950);
      await settle();
      assert.deepEqual([third.view.state, third.view.muted, third.view.camera], ['connected', true, false]);
      pass(2100);
      third.hangUp();
      tell(3, 'hangUpVoip', { keepTime: 4 });
      tell(4, 'endVoip');
      tell(5, 'finishVoip');
      const shows = ['callPageOnShow', 'callPageOnShow', 'hangOnVoip', 'startVoip'];
      const seconds = isFirstLeft ? [1] : [1, 2];
      assert.deepEqual(heard, [
        ...shows,
        ...seconds,
        'callPageOnShow',
        ...[2, 3, 4].filter((n) => !seconds.includes(n)),
        'hangUpVoip',
        'endVoip',
        'finishVoip',
      ]);
    }
  });

  it('is over at once where another call is opened or placed, or somebody hangs up', async () => {
    for (const [how, end] of [
      ['manual', ({ call }) => call.hangUp()],
      ['unloadCallPage', ({ call }) => call.unload()],
      ['unloadCallPage', ({ it }) => it.open(ANOTHER)],
      ['unloadCallPage', ({ it }) => it.open('?isPreLaunch=1')],
      ['forceFromApp', ({ it }) => it.module.default.forceHangUpVoip()],
      ['forceFromApp', ({ it }) => it.module.default.forceHangUpVoip('room-1')],
      ['unloadCallPage', ({ it }) => void place(it.module)],
      ['unloadCallPage', ({ it }) => void it.module.default.callWMPF(ON_PHONE)],
    ]) {
      const it = start();
      const call = it.open(LISTENER);
      it.accept({ isCaller: false });
      const [socket] = it.fake.sockets;
      call.leave();
      it.module.default.forceHangUpVoip('another');
      assert.deepEqual(hangUps(socket), []);
      end({ it, call });
      assert.deepEqual(hangUps(socket), [{ type: 'hangUp', how }], String(end));
      await settle();
      assert.deepEqual(it.requests.calls, [], 'a new call waits until the service knows');
      socket.say({ type: 'reply', id: 1, reply: 'done' });
      mock.timers.tick(5000);
      await settle();
      assert.deepEqual(hangUps(socket), [{ type: 'hangUp', how }], 'once');
    }
  });

  it('is over at once where the page is closed or hidden, whose timers may never run', () => {
    for (const go of [(browser) => browser.tell('pagehide'), (browser) => browser.see('hidden')]) {
      const browser = fakeBrowser();
      try {
        const { fake, open, accept } = start();
        const call = open(CALLER);
        accept();
        const { listeners } = browser;
        browser.see('visible');
        go(browser);
        assert.deepEqual(hangUps(fake.last), [], 'a page that is loaded anew goes on with its call');
        browser.see('visible');
        call.leave();
        go(browser);
        assert.deepEqual(hangUps(fake.last), [UNLOADED]);
        assert.equal(browser.listeners, listeners);
      } finally {
        browser.remove();
      }
    }
    const app = fakeAppEvents();
    const { fake, open, accept } = start('WebSocket', { fetch: undefined, wx: { request() {}, ...app.wx } });
    const call = open(CALLER);
    accept();
    app.tell('AppHide');
    assert.deepEqual(hangUps(fake.last), []);
    call.leave();
    app.tell('AppHide');
    assert.deepEqual(hangUps(fake.last), [UNLOADED]);
    app.tell('AppHide');
    assert.deepEqual(hangUps(fake.last), [UNLOADED]);
  });

  it('says its end by a request, too, where its socket is not there, and a browser sends it although the page is closed', async () => {
    for (const [page, prepare] of [
      [CALLER, () => {}],
      [LISTENER, () => {}],
      [LISTENER, (it) => (it.accept({ isCaller: false }), it.fake.last.end(1006))],
    ]) {
      const it = start();
      const call = it.open(page);
      // The page has it loaded.
      await it.module.init();
      prepare(it);
      call.unload();
      await settle();
      assert.deepEqual(it.asked(), [{ ...UNLOADED, placed: page === CALLER }]);
      assert.equal(it.requests.calls[0].init.keepalive, true);
    }
  });

  it('says nothing of a call that has ended by itself meanwhile', async () => {
    const it = start();
    it.open(CALLER).leave();
    it.accept();
    it.tell(1, 'rejectVoip', { status: 'other' });
    it.tell(2, 'endVoip');
    it.tell(3, 'finishVoip');
    mock.timers.tick(5000);
    await settle();
    assert.deepEqual([it.fake.last.sent, it.asked()], [[], []]);
    assert.deepEqual(it.heard, ['callPageOnShow', 'rejectVoip', 'endVoip', 'finishVoip']);
    const [, again] = [it.open(CALLER).leave(), it.open(CALLER)];
    it.accept({ state: 'ended' });
    it.tell(1, 'rejectVoip', { status: 'other' });
    assert.deepEqual([again.view.state, again.view.reason], ['ended', 'rejected']);
    assert.equal(it.heard.filter((name) => name === 'rejectVoip').length, 1, 'and is not heard of once more');
  });

  it('is told of by a local end, and not by the one of the service besides', async () => {
    const it = start();
    it.open(CALLER);
    it.accept();
    it.tell(1, 'startVoip');
    it.fake.last.say({ type: 'refused', errcode: 5, errmsg: 'm' });
    it.open(CALLER);
    it.accept({ state: 'ended' });
    it.tell(1, 'startVoip');
    it.tell(2, 'hangUpVoip');
    it.tell(3, 'endVoip');
    it.tell(4, 'finishVoip');
    const events = it.heard.filter((name) => name !== 'callPageOnShow');
    assert.deepEqual(events, ['startVoip', 'abortVoip', 'endVoip', 'finishVoip']);
  });

  describe('while it waits for its call', () => {
    /** A page without a call and one that starts; `answer` is that of the service. */
    async function waiting() {
      const it = start();
      await it.module.init();
      let answer;
      it.requests.behave((url) =>
        url.endsWith('/signals') ? new Promise(() => {}) : new Promise((resolve) => (answer = resolve)),
      );
      const page = it.open(it.module.default.CALL_PAGE_PATH);
      const outcome = it.module.default.callWMPF(ON_PHONE).then(
        () => 'made',
        ({ errCode }) => errCode,
      );
      const made = () => answer(response(201, '{"roomId":"room-1","chargeType":"license"}'));
      return { ...it, page, outcome, made };
    }

    it('and is put back gets the call that starts', async () => {
      const { module, open, page, outcome, made } = await waiting();
      await settle();
      page.leave();
      const again = open(module.default.CALL_PAGE_PATH);
      mock.timers.tick(1000);
      made();
      assert.equal(await outcome, 'made');
      assert.deepEqual([page.view.state, again.view.state], ['ended', 'outgoing']);
    });

    it('and is put back gets the call that was made meanwhile', async () => {
      const { module, open, page, outcome, made, asked } = await waiting();
      await settle();
      page.leave();
      made();
      assert.equal(await outcome, 'made');
      const again = open(module.default.CALL_PAGE_PATH);
      mock.timers.tick(2000);
      await settle();
      assert.deepEqual([again.view.state, asked()], ['outgoing', []]);
    });

    it('and is not put back gives the call up after a second', async () => {
      const { page, outcome } = await waiting();
      await settle();
      page.leave();
      mock.timers.tick(1000);
      assert.equal(await outcome, 1008);
    });

    it('and is not put back hangs up what was made meanwhile', async () => {
      const { module, open, page, outcome, made, asked } = await waiting();
      await settle();
      page.leave();
      made();
      assert.equal(await outcome, 'made');
      assert.deepEqual(asked(), []);
      mock.timers.tick(1000);
      await settle();
      assert.deepEqual(asked(), [GIVEN_UP]);
      assert.equal(open(module.default.CALL_PAGE_PATH).view.state, 'idle');
    });

    it('and is closed gives the call up at once', async () => {
      const { page, outcome } = await waiting();
      await settle();
      page.unload();
      assert.equal(await outcome, 1008);
    });
  });
});
