// A call that was placed and turns out to be the one by which the other party calls: what its page does, and what is
// reminded of meanwhile.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { call as place, configured, created, fakeFetch } from '../../support/fakes.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { SUCCESS } from '../../support/requests.mjs';
import { settle } from '../../support/settle.mjs';

const ROOM = 'room-1';
/** In the sample's request the device calls this user, who calls it back. */
const THEIRS = { isCaller: false, callerId: 'open-id', callerName: 'Alice', listenerId: 'SN-1', listenerName: 'Door' };
const reminder = (roomId) => ({ type: 'reminder', roomId, path: `/call?roomType=video&groupId=${roomId}` });

describe("a call that meets the other party's", () => {
  let host;
  let fake;
  let module;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let now = 0;
    mock.method(performance, 'now', () => now);
    pass = (ms) => {
      now += ms;
      mock.timers.tick(ms);
    };
    host = fakeFetch();
    fake = fakeSockets();
    module = configured(freshModule(), { fetch: host.fetch, ...fake.hosts.WebSocket });
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });
  let pass;

  function open(page, media) {
    const views = [];
    const call = module.openCall(page, { show: (view) => views.push(view), media });
    return { call, views };
  }

  async function says(message) {
    fake.last.open();
    fake.last.say(openedCall(message));
    await settle();
  }

  /** Leaves a page of which the service does not say that it has heard so. */
  function leave(call) {
    call.unload();
    pass(3000);
    if (!fake.last.isClosed) fake.last.end(1008);
  }

  const sent = () => fake.last.sent.map(({ type }) => type);

  for (const [what, page] of [
    ['without a query', '/call'],
    ['as its caller', `/call?isCaller=1&groupId=${ROOM}`],
  ]) {
    it(`is answered at once by the page that is opened ${what}, once`, async () => {
      await place(module);
      const { call } = open(page);
      assert.equal(call.view.state, 'outgoing');
      await says(THEIRS);
      assert.deepEqual([call.view.state, call.view.isCaller, call.view.name], ['joining', false, 'Alice']);
      assert.deepEqual(sent(), ['answer', 'join']);
      fake.last.say({ type: 'reply', id: 1, reply: 'done' });
      fake.last.say({ type: 'reply', id: 2, reply: 'done' });
      fake.last.end();
      pass(1000);
      await says({ ...THEIRS, state: 'talking' });
      assert.deepEqual(sent(), []);
      call.hangUp();
      assert.deepEqual(sent(), ['hangUp']);
    });
  }

  it('begins in a page that waits for it', async () => {
    const { call } = open('/call');
    await place(module);
    await says(THEIRS);
    assert.deepEqual([call.view.state, sent()], ['joining', ['answer', 'join']]);
  });

  it('is not answered by a page whose module has not placed it, whatever its query says', async () => {
    const { call } = open(`/call?isCaller=1&groupId=${ROOM}`);
    await says(THEIRS);
    assert.deepEqual([call.view.state, sent()], ['incoming', []]);
    leave(call);
    await place(module);
    const reminded = open(reminder(ROOM).path);
    await says(THEIRS);
    assert.deepEqual([reminded.call.view.state, sent()], ['incoming', []], 'that is the page of a reminder');
  });

  it("is not answered where it is over or taken, or where it is this side's own", async () => {
    for (const [message, state, signals] of [
      [{ ...THEIRS, state: 'ended' }, 'joining', []],
      [{ ...THEIRS, state: 'waiting' }, 'joining', ['join']],
      [{}, 'outgoing', ['join']],
    ]) {
      await place(module);
      const { call } = open('/call');
      await says(message);
      if (message.state !== 'ended') assert.equal(call.view.state, state);
      assert.deepEqual(sent(), signals);
      leave(call);
    }
  });

  it('is taken by the page on which it rings already, which learns anew what it begins with', async () => {
    const joined = [];
    const no = () => {};
    const media = { start: no, receive: no, peer: no, setMuted: no, setCamera: no, switchCamera: no, leave: no };
    media.join = ({ camera }) => joined.push(camera);
    const { call } = open(reminder(ROOM).path, media);
    await says(THEIRS);
    assert.equal(call.view.state, 'incoming');
    const before = fake.last;
    assert.deepEqual(await place(module), SUCCESS);
    assert.deepEqual([before.isClosed, before.sent, joined], [true, [], []]);
    await says({ ...THEIRS, listenerCameraStatus: 1 });
    assert.deepEqual([call.view.state, call.view.camera, sent()], ['joining', false, ['answer', 'join']]);
    assert.deepEqual(joined, [false]);
  });

  it('goes on in a page that is opened for it, also where the one on which it rang has not answered yet', async () => {
    const { call } = open(reminder(ROOM).path);
    await says(THEIRS);
    await place(module);
    const next = open(`/call?isCaller=1&groupId=${ROOM}`);
    assert.equal(call.view.reason, 'elsewhere');
    await says(THEIRS);
    assert.deepEqual([next.call.view.state, sent()], ['joining', ['answer', 'join']]);
  });

  it('is the only one that may be placed while one rings on the page', async () => {
    const { call } = open(reminder(ROOM).path);
    await assert.rejects(place(module), { errCode: 1005 });
    await says(THEIRS);
    for (const listener of [
      { id: 'another' },
      { id: undefined },
      undefined,
      null,
      {
        get id() {
          throw new Error('no');
        },
      },
    ]) {
      await assert.rejects(place(module, { listener }), { errCode: 1005 });
    }
    await assert.rejects(module.default.callDevice({ roomType: 'video', sn: 'another', modelId: 'm' }), {
      errCode: 1005,
    });
    assert.equal(host.calls.length, 0);
    assert.deepEqual(await module.default.callDevice({ roomType: 'video', sn: 'open-id', modelId: 'm' }), {
      roomId: ROOM,
    });
    await says(THEIRS);
    assert.equal(call.view.state, 'joining');
    await assert.rejects(place(module), { errCode: 1005 });
  });

  it("turns the camera of the older one's page off where the request does not allow it", async () => {
    const heard = [];
    const no = () => {};
    const media = { start: no, receive: no, peer: no, setMuted: no, switchCamera: no, leave: no };
    media.join = ({ camera }) => heard.push(camera);
    media.setCamera = (on) => heard.push(on);
    for (const chosen of [undefined, true]) {
      heard.length = 0;
      // What was chosen in this room is kept.
      module = configured(freshModule(), { fetch: host.fetch, ...fake.hosts.WebSocket });
      await place(module);
      const { call } = open('/call', media);
      await says({});
      if (chosen !== undefined) call.setCamera(chosen);
      fake.last.say({ type: 'cameraOff' });
      fake.last.say({ type: 'cameraOff' });
      assert.equal(call.view.camera, chosen === true);
      assert.deepEqual(heard, chosen ? [true, true] : [true, false]);
      leave(call);
      assert.equal(call.view.state, 'ended');
    }
  });

  it('says that it was placed where it is given up without a page', async () => {
    await place(module);
    module.default.forceHangUpVoip();
    await settle();
    const { device, ...body } = JSON.parse(host.calls.at(-1).init.body);
    assert.deepEqual(body, { type: 'hangUp', how: 'forceFromApp', placed: true });
    // A page that has heard whose call it is speaks for its own side.
    await place(module);
    const { call } = open('/call');
    await says(THEIRS);
    fake.last.end();
    call.hangUp();
    for (let i = 0; i < 40; i += 1) {
      pass(1000);
      if (!fake.last.isClosed) fake.last.end();
    }
    await settle();
    assert.equal(JSON.parse(host.calls.at(-1).init.body).placed, false);
  });

  describe('and reminders', () => {
    let told;
    let socket;
    let close;
    beforeEach(() => {
      told = [];
      close = module.listen({
        onReminder: ({ roomId }) => told.push(roomId),
        onCancelled: (roomId) => told.push(`${roomId} no more`),
      });
      socket = fake.last;
      socket.open();
    });

    /** Places a call whose answer comes when `answer` is called. */
    async function placing() {
      let answer;
      host.behave(() => new Promise((resolve) => (answer = resolve)));
      const made = place(module);
      // The wasm starts.
      while (!answer) await new Promise(setImmediate);
      return async (response = created()) => {
        answer(response);
        await made;
      };
    }

    it('tell of no call while one is placed, and never of that one once its page is open', async () => {
      const answer = await placing();
      for (const room of [ROOM, 'b', 'c']) socket.say(reminder(room));
      socket.say({ type: 'cancelled', roomId: 'c' });
      assert.deepEqual(told, ['c no more']);
      await answer();
      pass(1000);
      assert.deepEqual(told, ['c no more'], 'its page is on its way');
      open('/call');
      pass(100);
      assert.deepEqual(told, ['c no more', 'b']);
      pass(10_000);
      assert.equal(told.length, 2);
    });

    it('tell of all calls where no page is opened, after 3 s', async () => {
      const answer = await placing();
      for (const room of [ROOM, 'b']) socket.say(reminder(room));
      await answer();
      pass(2900);
      assert.deepEqual(told, []);
      pass(200);
      assert.deepEqual(told, [ROOM, 'b']);
      socket.say(reminder('d'));
      assert.deepEqual(told, [ROOM, 'b', 'd']);
    });

    it('tell of all calls where it could not be placed', async () => {
      const answer = await placing();
      socket.say(reminder(ROOM));
      await answer({ status: 400, text: async () => JSON.stringify({ errcode: 9, errmsg: 'no' }) });
      pass(100);
      assert.deepEqual(told, [ROOM]);
    });

    it('tell of nothing once they were closed, also by who hears of one', async () => {
      const answer = await placing();
      for (const room of ['b', 'c']) socket.say(reminder(room));
      const tell = told.push;
      told.push = (room) => {
        tell.call(told, room);
        close();
      };
      await answer();
      pass(4000);
      assert.deepEqual([...told], ['b']);
    });
  });
});
