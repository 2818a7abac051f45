// A call page and what the service says: which events are heard, which state is shown, and that a connection which
// breaks loses nothing and says nothing twice.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { configured } from '../support/fakes.mjs';
import { fakeSockets, openedCall } from '../support/fake-sockets.mjs';
import { freshModule } from '../support/module.mjs';
import { TOKEN } from '../support/requests.mjs';

const CALLER = '/call?isCaller=1&roomType=video&groupId=room-1';
const LISTENER = '/call?roomType=video&groupId=room-1&listenerId=open-id&callerName=Door%20bell';

const END = { callerName: 'Door', listenerName: 'Alice', roomType: 'video', isCaller: true, businessType: 1 };
const names = (heard) => heard.map(({ eventName }) => eventName);

/** A page in a fresh module; `views` are all that it has shown, `heard` what a listener of its module has heard. */
function opened(page, { host = 'WebSocket', media } = {}) {
  const fake = fakeSockets();
  const module = configured(freshModule(), { fetch() {}, ...fake.hosts[host] });
  const heard = [];
  const views = [];
  module.default.onVoipEvent((event) => heard.push(event));
  const call = module.openCall(page, { show: (view) => views.push(view), media });
  let seq = 0;
  /** The service tells of an event. */
  const tell = (eventName, data = {}, ageMs = 0) =>
    fake.last.say({ type: 'event', seq: (seq += 1), ageMs, eventName, data });
  const accept = (changes) => {
    fake.last.open();
    fake.last.say(openedCall(changes));
  };
  return { fake, module, call, heard, views, tell, accept };
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
      assert.match(socket.url, /^ws:\/\/room\.test\/v1\/calls\/room-1\/socket\?device=d-[0-9a-z]+&after=0$/);
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

  it('that was answered before it opened needs no tap', async () => {
    const { fake, call, accept } = opened(`${LISTENER}&isClickedHangOnBtn=1`);
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
});

const types = (socket) => socket.sent.map(({ type }) => type);

/** Promises settle; the timers of these tests do not run by themselves. */
async function settle() {
  for (let i = 0; i < 20; i += 1) await undefined;
}
