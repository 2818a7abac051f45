// What a user has chosen by setMuted and setCamera stays so, whatever opens the call again.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { configured } from '../../support/fakes.mjs';
import { fakeMedia } from '../../support/fake-media.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { settle } from '../../support/settle.mjs';

const CALLER = '?isCaller=1&roomType=video&groupId=room-1';
const LISTENER = '?roomType=video&groupId=room-1';

/** A module with a host's sockets, whose pages it opens. */
function started(options = {}) {
  const fake = fakeSockets();
  const module = configured(freshModule(), {
    fetch: () => new Promise(() => {}),
    WebSocket: fake.hosts.WebSocket.WebSocket,
    ...options,
  });
  function open(page = CALLER, media = fakeMedia()) {
    const views = [];
    const call = module.openCall(page, { media, show: (view) => views.push(view) });
    return { call, media, views };
  }
  /** The service tells of the call; it is one that keeps what is chosen. */
  function accept(changes) {
    fake.last.open();
    fake.last.say(openedCall({ joined: false, ...changes }));
  }
  const told = () =>
    fake.last.sent.filter(({ type }) => type === 'chosen').map(({ muted, camera }) => ({ muted, camera }));
  return { fake, module, open, accept, told };
}

const shown = ({ view: { muted, camera } }) => ({ muted, camera });
const entered = ({ room: { muted, camera } }) => ({ muted, camera });

const LOUD = { muted: false, camera: true };
const MUTED = { muted: true, camera: true };
const UNSEEN = { muted: false, camera: false };
const SILENT = { muted: true, camera: false };

describe('what a user has chosen', { timeout: 30_000 }, () => {
  let storage;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    storage = new Map();
    globalThis.sessionStorage = {
      getItem: (key) => storage.get(key) ?? null,
      setItem: (key, value) => storage.set(key, value),
    };
  });
  afterEach(() => {
    mock.timers.reset();
    delete globalThis.sessionStorage;
  });

  for (const [name, service, expected] of [
    ['is not asked for by a first join', {}, LOUD],
    ['is as the call was placed at a first join', { callerCameraStatus: 1 }, UNSEEN],
    ['is what the service has kept', { joined: true, chosen: SILENT }, SILENT],
    [
      'is what the service has kept, also where that is more than was placed',
      { joined: true, chosen: LOUD, callerCameraStatus: 1 },
      LOUD,
    ],
    ['is what the service has kept, also before it has joined', { chosen: MUTED }, MUTED],
    ['has no camera in a voice call', { roomType: 'voice', joined: true, chosen: LOUD }, UNSEEN],
    ['is silent and unseen where it had joined and nobody knows', { joined: true }, SILENT],
    [
      'is silent and unseen where what is known is none',
      { joined: true, chosen: { muted: 'no', camera: true } },
      SILENT,
    ],
    [
      'is silent and unseen where an earlier service says that both are in the room',
      { joined: undefined, state: 'talking' },
      SILENT,
    ],
    [
      'is as the call was placed where an earlier service says no such thing',
      { joined: undefined, state: 'waiting' },
      LOUD,
    ],
  ]) {
    it(`${name}: ${JSON.stringify(expected)}`, () => {
      const { open, accept } = started();
      const { call, media, views } = open();
      accept(service);
      assert.deepEqual([shown(call), entered(media)], [expected, expected]);
      const begun = views.find(({ online }) => online);
      assert.deepEqual({ muted: begun.muted, camera: begun.camera }, expected, 'from the first time that it is shown');
    });
  }

  for (const [service, remembered, expected] of [
    [undefined, SILENT, SILENT],
    [undefined, LOUD, LOUD],
    [LOUD, SILENT, SILENT],
    [MUTED, UNSEEN, SILENT],
    [SILENT, LOUD, SILENT],
    [LOUD, LOUD, LOUD],
  ]) {
    const what = `${JSON.stringify(service)} of the service and ${JSON.stringify(remembered)} of its own`;
    const choose = ({ call }) => {
      call.setMuted(remembered.muted);
      call.setCamera(remembered.camera);
    };

    it(`is the stricter of both in another page of the module: ${what}`, () => {
      const { open, accept } = started();
      const first = open();
      accept();
      choose(first);
      const { call, media } = open();
      assert.deepEqual(shown(call), remembered, 'before the service has said anything');
      accept({ joined: true, chosen: service });
      assert.deepEqual([shown(call), entered(media)], [expected, expected]);
    });

    it(`is the stricter of both after a reload that nobody could tell the service of: ${what}`, () => {
      for (const [page, isCaller] of [
        [CALLER, true],
        [LISTENER, false],
      ]) {
        const before = started();
        const first = before.open(page);
        before.accept({ isCaller });
        if (!isCaller) first.call.answer();
        before.fake.last.end(1006);
        choose(first);
        const { open, accept } = started();
        const { call, media } = open(page);
        accept({ isCaller, state: 'waiting', joined: true, chosen: service });
        assert.deepEqual([shown(call), entered(media)], [expected, expected]);
      }
    });
  }

  it('is not that of the other side, and not that of another call', () => {
    const before = started();
    const { call } = before.open();
    before.accept();
    call.setMuted(true);
    for (const [page, changes] of [
      [LISTENER, { isCaller: false }],
      ['?isCaller=1&groupId=room-2', { roomId: 'room-2' }],
    ]) {
      const { open, accept } = started();
      const { call } = open(page);
      accept(changes);
      assert.deepEqual(shown(call), LOUD);
    }
  });

  it('is that of the side which the service says', () => {
    const before = started();
    const { call } = before.open();
    before.accept();
    call.setMuted(true);
    const { open, accept } = started();
    const again = open(LISTENER);
    accept({ joined: true });
    assert.deepEqual([shown(again.call), entered(again.media)], [MUTED, MUTED]);
  });

  it('before the service has answered stays chosen', () => {
    const { open, accept } = started();
    const { call, media } = open();
    call.setMuted(false);
    call.setCamera(true);
    accept({ joined: true, chosen: SILENT });
    assert.deepEqual([shown(call), entered(media)], [LOUD, LOUD]);
  });

  it('is told to the service by who takes part, whenever it changes and after a reconnection', async () => {
    const { fake, open, accept, told } = started();
    const { call, media } = open(LISTENER);
    accept({ isCaller: false });
    call.setMuted(true);
    assert.deepEqual(told(), [], 'it only rings');
    call.answer();
    assert.deepEqual(told(), [MUTED]);
    media.ready();
    await settle();
    assert.deepEqual(
      fake.last.sent.map(({ type }) => type),
      ['answer', 'chosen', 'join', 'chosen'],
      'after what makes it take part',
    );
    call.setCamera(false);
    assert.deepEqual(told().at(-1), SILENT);
    fake.last.end(1006);
    call.setMuted(false);
    mock.timers.tick(1000);
    accept({ isCaller: false, state: 'waiting', joined: true, chosen: SILENT });
    assert.deepEqual([shown(call), told()], [UNSEEN, [UNSEEN]], 'what the user does here is newer than what was kept');
    assert.deepEqual(
      media.asked.filter((name) => name === 'join'),
      ['join'],
    );
  });

  it('is told of a camera that went off by itself, too', async () => {
    const { open, accept, told } = started();
    const { call, media } = open();
    accept();
    media.ready();
    await settle();
    media.room.onCamera(false, new Error('unplugged'));
    assert.deepEqual([told(), shown(call)], [[LOUD, UNSEEN], UNSEEN]);
    const again = open();
    accept({ joined: true, chosen: LOUD });
    assert.deepEqual(shown(again.call), UNSEEN);
  });

  it('is not told to an earlier service, which would refuse it', async () => {
    const { fake, open, accept } = started();
    const { call, media } = open();
    accept({ joined: undefined });
    media.ready();
    await settle();
    call.setMuted(true);
    assert.deepEqual(
      fake.last.sent.map(({ type }) => type),
      ['join'],
    );
  });

  it('in a call that is over is nothing', async () => {
    const { open, accept, told } = started();
    const { call, media } = open();
    accept();
    media.ready();
    await settle();
    call.hangUp();
    call.setMuted(true);
    assert.deepEqual([told(), shown(call)], [[LOUD], LOUD]);
  });

  it('is kept in the storage of a mini-program', () => {
    delete globalThis.sessionStorage;
    const kept = new Map();
    const opened = () => {
      const fake = fakeSockets();
      const wx = {
        request() {},
        connectSocket: fake.hosts['wx.connectSocket'].connectSocket,
        getStorageSync: (key) => kept.get(key) ?? '',
        setStorageSync: (key, value) => kept.set(key, value),
      };
      const call = configured(freshModule(), { wx }).openCall(CALLER, { show() {} });
      fake.last.open();
      fake.last.say(openedCall({ joined: true }));
      return call;
    };
    const first = opened();
    assert.deepEqual(shown(first), SILENT, 'nobody knows');
    first.setCamera(true);
    assert.deepEqual(shown(opened()), MUTED);
  });

  it('that was kept and cannot be read is as if nobody knew', () => {
    for (const text of ['', '{', 'null', '7', '{"roomId":"room-1"}', '{"roomId":"room-1","muted":0,"camera":true}']) {
      storage.set('wmpf-voip.chosen.caller', text);
      const { open, accept } = started();
      const { call } = open();
      accept({ joined: true });
      assert.deepEqual(shown(call), SILENT, text);
    }
    storage.set('wmpf-voip.chosen.caller', '{"roomId":"room-1","muted":false,"camera":true,"state":"ended"}');
    const { open, accept } = started();
    const { call } = open();
    accept({ joined: true });
    assert.deepEqual([shown(call), call.view.state], [LOUD, 'outgoing']);
  });
});
