// A listener's socket of reminders: it comes back by itself, and tells of each call once.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { configured } from '../../support/fakes.mjs';
import { fakeSockets } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { TOKEN } from '../../support/requests.mjs';
import { settle } from '../../support/settle.mjs';

const reminder = (roomId) => ({ type: 'reminder', roomId, path: `/call?groupId=${roomId}` });

describe('listen', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  function listening(host = 'WebSocket', changes) {
    const fake = fakeSockets();
    const module = configured(freshModule(), { fetch() {}, ...fake.hosts[host] });
    const told = [];
    const close = module.listen({
      onReminder: ({ roomId }) => told.push(`reminder ${roomId}`),
      onCancelled: (roomId) => told.push(`cancelled ${roomId}`),
      onState: (state) => told.push(state),
      ...changes,
    });
    return { fake, module, told, close };
  }

  // It rings once the wasm is there.
  async function ready(module) {
    await module.init();
    await settle();
  }

  for (const host of ['WebSocket', 'wx.connectSocket']) {
    it(`tells of calls and of their ends over ${host}, and of each once`, async () => {
      const { fake, module, told, close } = listening(host);
      await ready(module);
      const [socket] = fake.sockets;
      assert.deepEqual([socket.url, socket.protocols], ['ws://room.test/v1/reminders', ['wmpf-voip.v1', TOKEN]]);
      socket.open();
      socket.say(reminder('a'));
      socket.say({ type: 'cancelled', roomId: 'a' });
      socket.end();
      mock.timers.tick(1000);
      fake.last.open();
      fake.last.say(reminder('a'));
      fake.last.say(reminder('b'));
      assert.deepEqual(told, [
        'connecting',
        'open',
        'reminder a',
        'cancelled a',
        'closed',
        'connecting',
        'open',
        'reminder b',
      ]);
      close();
      assert.equal(fake.last.isClosed, true);
      mock.timers.tick(60_000);
      assert.deepEqual([fake.sockets.length, told.length], [2, 8]);
    });
  }

  it('connects again for as long as it takes, and not once its token has expired', () => {
    const { fake, told } = listening();
    for (let i = 1; i <= 20; i += 1) {
      fake.last.end(1006);
      mock.timers.tick(4000);
      assert.equal(fake.sockets.length, i + 1);
    }
    fake.last.open();
    fake.last.end(1008);
    mock.timers.tick(60_000);
    assert.equal(fake.sockets.length, 21);
    assert.equal(told.at(-1), 'expired');
  });

  it('notices a connection that died without an end, where the service says how often it shows that it lives', () => {
    const { fake, told, close } = listening();
    fake.last.open();
    mock.timers.tick(10_000);
    assert.equal(fake.sockets[0].isClosed, true, 'it opened, and said nothing');
    mock.timers.tick(1000);
    fake.last.open();
    fake.last.say(reminder('a'));
    mock.timers.tick(600_000);
    assert.equal(fake.sockets.length, 2, 'this service does not say how often');
    for (const everyMs of [undefined, null, '', {}, NaN, -1, 0, 1e9]) fake.last.say({ type: 'heartbeat', everyMs });
    mock.timers.tick(600_000);
    assert.equal(fake.sockets.length, 2, 'nor in a way that can be read');
    fake.last.say({ type: 'heartbeat', everyMs: 25_000 });
    for (let i = 0; i < 5; i += 1) {
      mock.timers.tick(60_000);
      fake.last.say(i % 2 ? reminder('a') : { type: 'heartbeat', everyMs: 25_000 });
    }
    assert.equal(fake.sockets.length, 2);
    mock.timers.tick(62_500);
    assert.deepEqual([fake.sockets[1].isClosed, told.at(-1)], [true, 'closed']);
    mock.timers.tick(1000);
    fake.last.open();
    fake.last.say({ type: 'heartbeat', everyMs: 25_000 });
    close();
    mock.timers.tick(600_000);
    assert.equal(fake.sockets.length, 3);
  });

  it('goes on with a token that was configured meanwhile', () => {
    const { fake, module, told } = listening();
    fake.last.open();
    module.configure({ token: 'fresh' });
    fake.last.end();
    mock.timers.tick(2000);
    assert.equal(fake.last.protocols[1], TOKEN, 'another token may be of another party');
    fake.last.open();
    fake.last.end(1008);
    mock.timers.tick(2000);
    assert.deepEqual([fake.last.protocols[1], told.at(-1)], ['fresh', 'connecting']);
    module.configure({ token: '"in quotes"' });
    fake.last.end(1008);
    mock.timers.tick(60_000);
    assert.deepEqual([fake.sockets.length, told.at(-1)], [3, 'expired'], 'that is no token');
  });

  it('closes a socket that its host has told a failure of, and comes back more and more slowly', () => {
    const tasks = [];
    const connectSocket = () => {
      const task = { isClosed: false, on: {} };
      tasks.push(task);
      const keep = (name) => (listener) => (task.on[name] = listener);
      return {
        onOpen: keep('open'),
        onMessage: keep('message'),
        onClose: keep('close'),
        onError: keep('error'),
        send() {},
        close: () => (task.isClosed = true),
      };
    };
    const module = configured(freshModule(), { fetch() {}, connectSocket });
    const close = module.listen({ onReminder() {} });
    for (let i = 0; i < 10; i += 1) {
      const task = tasks.at(-1);
      task.on.open({});
      task.on.error({ errMsg: 'sendSocketMessage:fail' });
      assert.equal(task.isClosed, true);
      mock.timers.tick(4000);
    }
    assert.equal(tasks.length, 11);
    tasks.at(-1).on.open({});
    tasks.at(-1).on.error({});
    mock.timers.tick(2000);
    assert.equal(tasks.length, 11, 'it waits for at least 2.25 s by now');
    close();
  });

  it('is not brought back by a close while it waits', () => {
    const { fake, close } = listening();
    fake.last.end();
    close();
    close();
    mock.timers.tick(60_000);
    assert.equal(fake.sockets.length, 1);
  });

  it('is not harmed by a handler that throws, and does without those that may be left out', async () => {
    const said = mock.method(console, 'error', () => {});
    const throwing = () => {
      throw new Error('in a handler');
    };
    const { fake, module } = listening('WebSocket', { onReminder: throwing, onCancelled: undefined, onState: null });
    await ready(module);
    fake.last.open();
    fake.last.say(reminder('a'));
    fake.last.say({ type: 'cancelled', roomId: 'a' });
    assert.equal(said.mock.callCount(), 1);
    said.mock.restore();
    fake.last.end();
    mock.timers.tick(1000);
    assert.equal(fake.sockets.length, 2);
  });

  it('rings once the wasm is there, or cannot be had, and for none that was given up meanwhile', async () => {
    for (const failure of [undefined, new Error('not now')]) {
      const instantiate = mock.method(WebAssembly, 'instantiate', async (...given) => {
        await settle();
        if (failure) throw failure;
        return instantiate.mock.original.call(WebAssembly, ...given);
      });
      const { fake, module, told } = listening();
      fake.last.open();
      fake.last.say(reminder('a'));
      fake.last.say(reminder('b'));
      fake.last.say({ type: 'cancelled', roomId: 'a' });
      assert.deepEqual(told, ['connecting', 'open', 'cancelled a']);
      await module.init().catch(() => {});
      await settle();
      assert.deepEqual(told.slice(3), ['reminder b'], String(failure));
      instantiate.mock.restore();
    }
  });

  it('throws where it cannot begin, and says why', () => {
    const { WebSocket } = fakeSockets().hosts.WebSocket;
    const { connectSocket } = fakeSockets().hosts['wx.connectSocket'];
    const onReminder = () => {};
    // As a browser does; and it quotes what it was given.
    class Refusing {
      constructor(_url, [, token]) {
        throw new Error(`${token}: no ws: from a page of https:`);
      }
    }
    for (const [options, handlers, errCode, errMsg] of [
      [{}, undefined, 1004, 'handlers.onReminder: expected a function'],
      [{}, { onReminder: 7 }, 1004, 'handlers.onReminder: expected a function'],
      [{}, { onReminder, onState: {} }, 1004, 'handlers.onState: expected a function'],
      [
        {},
        {
          get onReminder() {
            throw new Error('no');
          },
        },
        1004,
        'handlers.onReminder: expected a function',
      ],
      [
        { endpoint: 'room.test' },
        { onReminder },
        1004,
        "configure.endpoint: expected the room service's address, http(s)://host[:port]",
      ],
      [{ token: undefined }, { onReminder }, 1004, 'configure.token: expected a session token'],
      [{ token: 'a b' }, { onReminder }, 1004, 'configure.token: expected a session token'],
      [{ token: '"s3cret"' }, { onReminder }, 1004, 'configure.token: expected a session token'],
      [{ WebSocket: Refusing }, { onReminder }, 1011, 'the host opens no WebSocket: ***: no ws: from a page of https:'],
      [
        { WebSocket: null, connectSocket() {} },
        { onReminder },
        1011,
        'the host opens no WebSocket: connectSocket gave no SocketTask',
      ],
      [{ timeout: NaN }, { onReminder }, 1004, 'configure.timeout: expected milliseconds from 1 to 60000'],
      [{ WebSocket: {} }, { onReminder }, 1004, "configure.WebSocket: expected a class like the platform's WebSocket"],
      [
        { WebSocket: null, connectSocket: {} },
        { onReminder },
        1004,
        "configure.connectSocket: expected a function like the platform's wx.connectSocket",
      ],
      [
        { connectSocket },
        { onReminder },
        1004,
        'configure.WebSocket: expected either connectSocket or WebSocket, got both',
      ],
    ]) {
      const module = configured(freshModule(), { fetch() {}, WebSocket }, options);
      assert.throws(
        () => module.listen(handlers),
        (error) => {
          assert.ok(error instanceof module.VoipPluginError, String(error));
          assert.deepEqual([error.errCode, error.errMsg], [errCode, `listen:fail ${errMsg}`]);
          return true;
        },
      );
    }
  });

  it('passes on why its host opens no socket', () => {
    const told = [];
    const connectSocket = ({ fail }) => {
      setTimeout(fail, 0, { errMsg: 'connectSocket:fail url not in domain list' });
      const nothing = () => {};
      return { onOpen: nothing, onMessage: nothing, onClose: nothing, onError: nothing, send: nothing, close: nothing };
    };
    const module = configured(freshModule(), { fetch() {}, connectSocket });
    const close = module.listen({ onReminder() {}, onState: (...state) => told.push(state) });
    mock.timers.tick(0);
    assert.deepEqual(told, [['connecting'], ['closed', 'connectSocket:fail url not in domain list']]);
    close();
    const call = module.openCall('?isCaller=1&groupId=r', { show() {} });
    for (let i = 0; i < 20; i += 1) mock.timers.tick(1000);
    const { state, errCode, detail } = call.view;
    const why = 'openCall:fail the room service could not be reached: connectSocket:fail url not in domain list';
    assert.deepEqual([state, errCode, detail], ['ended', 1002, why]);
  });

  it('says where a host has no sockets', { skip: typeof WebSocket === 'function' }, () => {
    const module = configured(freshModule(), { fetch() {} });
    assert.throws(() => module.listen({ onReminder() {} }), { errCode: 1011 });
    const { view } = module.openCall('?isCaller=1&groupId=r', { show() {} });
    assert.deepEqual([view.state, view.errCode], ['ended', 1011]);
  });

  it('takes the connectSocket of a wx that was configured', () => {
    const fake = fakeSockets();
    const wx = { request() {}, connectSocket: fake.hosts['wx.connectSocket'].connectSocket };
    configured(freshModule(), { wx }).listen({ onReminder() {} })();
    assert.equal(fake.sockets.length, 1);
  });
});
