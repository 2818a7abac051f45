// The user or the network comes back: both kinds of sockets connect again at once, and one that only looks alive is replaced.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { configured } from '../../support/fakes.mjs';
import { fakeAppEvents, fakeBrowser } from '../../support/fake-browser.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';

const CALLER = '/call?isCaller=1&roomType=video&groupId=room-1';

/** Each opens a socket, has the service greet it, and gives what closes it. */
const KINDS = [
  [
    'of a call',
    5000,
    openedCall(),
    (module) => {
      const call = module.openCall(CALLER, { show() {} });
      return () => call.unload();
    },
  ],
  ['of reminders', 25_000, { type: 'reminder', roomId: 'r' }, (module) => module.listen({ onReminder() {} })],
];

const RETURNS = [
  ['online', ({ browser }) => browser.tell('online')],
  ['visibilitychange', ({ browser }) => browser.see('visible')],
  ['wx.onAppShow', ({ app }) => app.tell('AppShow', {})],
  ['wx.onNetworkStatusChange', ({ app }) => app.tell('NetworkStatusChange', { isConnected: true, networkType: '4g' })],
];

const NO_RETURNS = [
  ({ browser }) => browser.see('hidden'),
  ({ browser }) => browser.tell('offline'),
  ({ app }) => app.tell('NetworkStatusChange', { isConnected: false }),
  ({ app }) => app.tell('NetworkStatusChange', undefined),
  ({ app }) => app.tell('AppHide', {}),
];

for (const [kind, beatMs, greeting, open] of KINDS) {
  describe(`a socket ${kind}`, () => {
    let browser;
    let app;
    beforeEach(() => {
      mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
      mock.method(performance, 'now', () => Date.now());
      browser = fakeBrowser();
      app = fakeAppEvents();
    });
    afterEach(() => {
      browser.remove();
      mock.timers.reset();
      mock.restoreAll();
    });

    function opened(wx = app.wx) {
      const fake = fakeSockets();
      const { connectSocket } = fake.hosts['wx.connectSocket'];
      const module = configured(freshModule(), { wx: Object.assign(wx, { request() {}, connectSocket }) });
      const close = open(module);
      const greet = () => {
        fake.last.open();
        fake.last.say(greeting);
        fake.last.say({ type: 'heartbeat', everyMs: beatMs });
      };
      greet();
      return { fake, close, greet };
    }

    for (const [name, comeBack] of RETURNS) {
      it(`that has ended comes back at once after ${name}, and again as soon as the next time`, () => {
        const { fake } = opened();
        for (let i = 0; i < 3; i += 1) {
          fake.last.end(1006);
          mock.timers.tick(4000);
        }
        const { length } = fake.sockets;
        fake.last.end(1006);
        comeBack({ browser, app });
        assert.equal(fake.sockets.length, length + 1);
        comeBack({ browser, app });
        assert.equal(fake.sockets.length, length + 1, 'one attempt at a time');
        mock.timers.tick(9000);
        assert.equal(fake.sockets.length, length + 1, 'what was planned before is not done besides');
        fake.last.end(1006);
        mock.timers.tick(700);
        assert.equal(fake.sockets.length, length + 2, 'the waits begin anew');
        mock.timers.tick(600);
        comeBack({ browser, app });
        assert.equal(fake.sockets.length, length + 3, 'an attempt that was begun without a network is not waited for');
      });

      it(`that only looks alive after a long sleep is replaced at once after ${name}`, () => {
        const { fake, greet } = opened();
        browser.see('hidden');
        // Its timers are still to come.
        const now = Date.now();
        mock.method(Date, 'now', () => now + 3_600_000);
        comeBack({ browser, app });
        assert.deepEqual(
          fake.sockets.map(({ isClosed }) => isClosed),
          [true, false],
        );
        greet();
        comeBack({ browser, app });
        assert.equal(fake.sockets.length, 2);
      });

      it(`that is in time is kept after ${name}, and is given up soon if nothing comes`, () => {
        const { fake } = opened();
        mock.timers.tick(1000);
        comeBack({ browser, app });
        mock.timers.tick(beatMs - 1000);
        assert.equal(fake.sockets[0].isClosed, false);
        fake.last.say({ type: 'heartbeat', everyMs: beatMs });
        mock.timers.tick(2000);
        comeBack({ browser, app });
        mock.timers.tick(beatMs * 1.2 - 2001);
        assert.equal(fake.sockets[0].isClosed, false);
        mock.timers.tick(1);
        assert.equal(fake.sockets[0].isClosed, true);
      });
    }

    it('is not touched by what is no return', () => {
      const { fake } = opened();
      mock.timers.tick(beatMs * 2);
      for (const other of NO_RETURNS) other({ browser, app });
      assert.deepEqual([fake.sockets.length, fake.last.isClosed], [1, false]);
    });

    it('that was silent for longer than the platform lets a hidden one live is replaced when the app is shown', () => {
      const { fake } = opened();
      mock.timers.tick(5001);
      browser.see('visible');
      assert.equal(fake.sockets.length, 1);
      app.tell('AppShow', {});
      assert.deepEqual(
        fake.sockets.map(({ isClosed }) => isClosed),
        [true, false],
      );
    });

    it('that says nothing of its beat, or is met by a clock that was set back, is not trusted for long', () => {
      const fake = fakeSockets();
      const module = configured(freshModule(), { fetch() {}, ...fake.hosts.WebSocket });
      open(module);
      fake.last.open();
      fake.last.say(greeting);
      mock.timers.tick(9000);
      browser.see('visible');
      mock.timers.tick(60_000);
      assert.equal(fake.last.isClosed, false);
      browser.see('visible');
      assert.equal(fake.sockets.length, 2);
      fake.last.open();
      fake.last.say({ type: 'heartbeat', everyMs: beatMs });
      const now = Date.now();
      mock.method(Date, 'now', () => now - 60_000);
      browser.see('visible');
      assert.equal(fake.sockets.length, 3);
    });

    it('listens as long as it is there', () => {
      const { close, fake } = opened();
      assert.ok(browser.listeners > 0 && app.listeners > 0);
      close();
      fake.last.say({ type: 'event', seq: 1, ageMs: 0, eventName: 'finishVoip', data: {} });
      assert.deepEqual([browser.listeners, app.listeners, fake.last.isClosed], [0, 0, true]);
      for (const [, comeBack] of RETURNS) comeBack({ browser, app });
      assert.equal(fake.sockets.length, 1);
    });

    it('listens no longer after its token has expired', () => {
      const { fake } = opened();
      fake.last.end(1008);
      assert.deepEqual([browser.listeners, app.listeners], [0, 0]);
    });

    it('does without a host that tells, or whose functions throw', () => {
      const no = () => {
        throw new Error('not here');
      };
      delete globalThis.document;
      Object.defineProperty(globalThis, 'document', { get: no, configurable: true });
      Object.assign(globalThis, { addEventListener: no });
      const throwing = { onAppShow: no, offAppShow: no, onNetworkStatusChange: () => {}, offNetworkStatusChange: no };
      const half = { onAppShow: () => assert.fail('it could not be taken away'), onAppHide: 7, offAppHide: 7 };
      const getters = {
        get onAppShow() {
          throw new Error('no');
        },
        get onAppHide() {
          throw new Error('no');
        },
      };
      for (const wx of [throwing, half, getters, {}]) {
        const { fake, close } = opened(wx);
        fake.last.end(1006);
        mock.timers.tick(700);
        assert.equal(fake.sockets.length, 2);
        close();
      }
    });
  });
}

describe('a call whose socket has ended before its host fell asleep', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
  afterEach(() => mock.timers.reset());

  it('is not given up before the service was asked', () => {
    const fake = fakeSockets();
    const module = configured(freshModule(), { fetch() {}, ...fake.hosts.WebSocket });
    const call = module.openCall(CALLER, { show() {} });
    fake.last.open();
    fake.last.say(openedCall());
    fake.last.end(1006);
    // All that was due comes now.
    mock.timers.tick(3_600_000);
    assert.equal(call.view.state, 'outgoing');
    assert.equal(fake.sockets.length, 2);
    fake.last.open();
    fake.last.say(openedCall());
    assert.equal(call.view.online, true);
    fake.last.end(1006);
    for (let i = 0; i < 31; i += 1) mock.timers.tick(1000);
    assert.deepEqual([call.view.state, call.view.errCode], ['ended', 1002]);
  });
});

describe('a page that is shown again', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
  afterEach(() => mock.timers.reset());

  it('looks after its call, also where the host does not tell', () => {
    const fake = fakeSockets();
    const module = configured(freshModule(), { fetch() {}, ...fake.hosts.WebSocket });
    const call = module.openCall(CALLER, { show() {} });
    fake.last.open();
    fake.last.say(openedCall());
    fake.last.end(1006);
    call.shown();
    assert.equal(fake.sockets.length, 2);
    call.unload();
    fake.last.end(1008);
    call.shown();
    assert.equal(fake.sockets.length, 2);
  });
});
