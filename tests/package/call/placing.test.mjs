// A call that is placed and its page: what opens which call, what is busy, and that a hang-up leaves nothing ringing.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it, mock } from 'node:test';

import { assertFailure, assertRejects, call as place, configured, created, fakeFetch } from '../../support/fakes.mjs';
import { fakeSockets } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { SUCCESS } from '../../support/requests.mjs';

const nextTurn = () => new Promise(setImmediate);
const show = () => {};

describe('a call that is placed', { timeout: 30_000 }, () => {
  let host;
  let fake;
  let module;
  let voip;
  beforeEach(() => {
    host = fakeFetch();
    fake = fakeSockets();
    module = configured(freshModule(), { fetch: host.fetch, ...fake.hosts.WebSocket });
    voip = module.default;
  });

  /** What was asked to end a room without a page. */
  const hungUp = () => host.calls.filter(({ url }) => url.endsWith('/signals'));
  const open = (page) => {
    const call = module.openCall(page, { show });
    closing.push(call);
    return call;
  };
  const closing = [];
  beforeEach(() => closing.splice(0));
  const close = () => {
    for (const call of closing) call.leave();
    for (const socket of fake.sockets) if (!socket.isClosed) socket.end(1008);
  };

  it('is what a page without a query shows', async () => {
    await place(module);
    const call = open(voip.CALL_PAGE_PATH);
    assert.deepEqual([call.view.state, call.view.roomId, call.view.isCaller], ['outgoing', 'room-1', true]);
    assert.match(fake.last.url, /room-1/);
    close();
  });

  it('is not shown again after its end', async () => {
    await place(module);
    open(voip.CALL_PAGE_PATH).hangUp();
    assert.equal(open(voip.CALL_PAGE_PATH).view.state, 'idle');
    close();
  });

  it('begins in a page that waits for one', async () => {
    const call = open(voip.CALL_PAGE_PATH);
    assert.equal(call.view.state, 'idle');
    assert.deepEqual(await place(module), SUCCESS);
    assert.deepEqual([call.view.state, call.view.roomId], ['outgoing', 'room-1']);
    close();
  });

  it('begins in the page whose opening a listener has answered with it', async () => {
    const heard = [];
    let made;
    voip.onVoipEvent((event) => {
      heard.push(event);
      if (event.eventName === 'callPageOnShow' && voip.getPluginOnloadOptions().callSeq === '7') made = place(module);
    });
    const call = open(`${voip.CALL_PAGE_PATH}?callSeq=7`);
    assert.deepEqual(heard, [{ eventName: 'callPageOnShow', data: {} }]);
    assert.deepEqual(voip.getPluginEnterOptions().query, { callSeq: '7' });
    assert.deepEqual(await made, SUCCESS);
    assert.equal(call.view.state, 'outgoing');
    close();
  });

  it('is heard of by a page that is shown again, and not by one that goes on with its next call', () => {
    const heard = [];
    voip.onVoipEvent(({ eventName }) => heard.push(eventName));
    open(`${voip.CALL_PAGE_PATH}?callSeq=8`).shown();
    assert.deepEqual(heard, ['callPageOnShow', 'callPageOnShow']);
    close();
    open(undefined);
    assert.equal(heard.length, 2);
    assert.equal(voip.getPluginOnloadOptions().callSeq, '8');
    close();
  });

  it('is not started by a warm-up', async () => {
    const heard = [];
    voip.onVoipEvent((event) => heard.push(event));
    await place(module);
    const call = open(`${voip.CALL_PAGE_PATH}?isPreLaunch=1&isCaller=1&roomType=voice&groupId=room-1`);
    assert.deepEqual([call.view.state, fake.sockets.length, heard], ['idle', 0, []]);
    close();
  });

  it('leaves a page that is gone alone', async () => {
    const call = open(voip.CALL_PAGE_PATH);
    call.leave();
    await place(module);
    assert.deepEqual([call.view.state, fake.sockets.length], ['ended', 0]);
  });

  it('is refused while another one is open, and not after its end', async () => {
    await place(module);
    const call = open(voip.CALL_PAGE_PATH);
    const reason = 'initByCaller:fail another call is open: hang it up first';
    await assertRejects(module, place(module), 1005, reason);
    await assert.rejects(voip.callWMPF({}), { errCode: 1005 });
    assert.equal(host.calls.length, 1);
    call.hangUp();
    assert.deepEqual(await place(module), SUCCESS);
    close();
  });

  it('is ended without a page by forceHangUpVoip, once', async () => {
    await place(module);
    voip.forceHangUpVoip('another');
    voip.forceHangUpVoip('room-1');
    voip.forceHangUpVoip();
    await nextTurn();
    const [{ url, init }, ...more] = hungUp();
    assert.deepEqual(more, []);
    assert.equal(url, 'http://room.test/v1/calls/room-1/signals');
    const { device, ...body } = JSON.parse(init.body);
    assert.deepEqual(body, { type: 'hangUp', how: 'forceFromApp', placed: true });
    assert.match(device, /^d-/);
    assert.equal(open(voip.CALL_PAGE_PATH).view.state, 'idle');
    close();
  });

  /** Places a call whose answer comes after it `ends`, and is then neither a success nor left ringing. */
  async function givenUp(ends, why) {
    let answer;
    host.behave(() => new Promise((resolve) => (answer = resolve)));
    const made = place(module);
    await nextTurn();
    ends();
    assertFailure(module, await made, 1008, `initByCaller:fail the call was cancelled while it started: ${why}`);
    assert.equal(host.retracted.length, 1);
    answer(created());
    await nextTurn();
    assert.equal(open(voip.CALL_PAGE_PATH).view.state, 'idle');
    close();
  }

  /** Ends the call that was placed; what says so to the service leaves in the same turn. */
  async function hungUpBefore() {
    voip.forceHangUpVoip();
    await nextTurn();
  }

  it('is given up by forceHangUpVoip while it starts, and its late answer leaves nothing ringing', async () => {
    await place(module);
    await hungUpBefore();
    await givenUp(() => {
      voip.forceHangUpVoip('room-1');
      assert.equal(host.retracted.length, 0, 'a room that is not known yet is not that room');
      voip.forceHangUpVoip();
      voip.forceHangUpVoip();
    }, 'forceHangUpVoip');
  });

  it('is given up where the page that waits for it goes away', async () => {
    await place(module);
    await hungUpBefore();
    const page = open(voip.CALL_PAGE_PATH);
    assert.equal(page.view.state, 'idle');
    await givenUp(() => page.leave(), 'unloadCallPage');
  });

  it('is refused while a phone calls a device', async () => {
    await place(module);
    await hungUpBefore();
    host.behave(() => new Promise(() => {}));
    const req = { roomType: 'voice', sn: 'SN-1', modelId: 'm', pushToken: 'p', nickName: 'Alice' };
    const calling = voip.callWMPF(req);
    await assertRejects(
      module,
      place(module),
      1005,
      'initByCaller:fail another call is starting: wait until its promise has settled',
    );
    voip.forceHangUpVoip();
    await assert.rejects(calling, { errCode: 1008 });
  });

  it('is given up where its answer is on the way already', async () => {
    await place(module);
    await hungUpBefore();
    for (let turns = 1; turns < 40; turns += 1) {
      host.calls.length = 0;
      host.retracted.length = 0;
      const made = place(module);
      for (let i = 0; i < turns; i += 1) await undefined;
      voip.forceHangUpVoip();
      const outcome = await made.catch((error) => error);
      await nextTurn();
      const ended = hungUp().length + host.retracted.length;
      const sent = host.calls.some(({ url }) => url.endsWith('/calls'));
      if (outcome.isSuccess)
        assert.equal(hungUp().length, 1, `after ${turns} turns: the room that was made is given up`);
      else assert.deepEqual([outcome.errCode, ended > 0], [1008, sent], `after ${turns} turns`);
    }
  });

  it('belongs to its own module', async () => {
    await place(module);
    const other = configured(freshModule(), { fetch: host.fetch, ...fake.hosts.WebSocket });
    assert.equal(other.openCall(undefined, { show }).view.state, 'idle');
    const heard = [];
    other.default.onVoipEvent((event) => heard.push(event));
    open(voip.CALL_PAGE_PATH);
    other.default.forceHangUpVoip();
    assert.deepEqual(heard, []);
    assert.equal(closing[0].view.state, 'outgoing');
    close();
  });
});

describe('onVoipEvent', () => {
  const fake = fakeSockets();
  const module = configured(freshModule(), { fetch() {}, ...fake.hosts.WebSocket });
  const { onVoipEvent } = module.default;
  const tell = () => module.openCall('?isPreLaunch=0', { show }).leave();

  it('takes its listener away again, and only that one', () => {
    const heard = [];
    const listener = () => heard.push('one');
    const offs = [onVoipEvent(listener), onVoipEvent(listener), onVoipEvent(() => heard.push('two'))];
    offs[0]();
    offs[0]();
    tell();
    assert.deepEqual(heard, ['one', 'two']);
    for (const off of offs) off();
    tell();
    assert.equal(heard.length, 2);
  });

  it('is not harmed by a listener that throws, goes, or changes what it hears', () => {
    const heard = [];
    const told = mock.method(console, 'error', () => {});
    const error = new Error('in a listener');
    const offs = [
      onVoipEvent(() => {
        throw error;
      }),
      onVoipEvent((event) => {
        event.eventName = 'changed';
        event.data.changed = true;
        offs[2]();
        offs.push(onVoipEvent(() => heard.push('too late')));
      }),
      onVoipEvent(() => heard.push('gone')),
      onVoipEvent((event) => heard.push(event)),
    ];
    tell();
    assert.deepEqual(
      told.mock.calls.map(({ arguments: [said] }) => said),
      [error],
    );
    told.mock.restore();
    assert.deepEqual(heard, [{ eventName: 'callPageOnShow', data: {} }]);
    for (const off of offs) off();
  });

  it('has what a listener throws reported as unhandled, where the host can', () => {
    const reported = [];
    globalThis.reportError = (error) => reported.push(error);
    const off = onVoipEvent(() => {
      throw new Error('in a listener');
    });
    try {
      tell();
    } finally {
      delete globalThis.reportError;
      off();
    }
    assert.match(String(reported), /in a listener/);
  });

  for (const listener of [undefined, null, {}, 'listener', 7n]) {
    it(`refuses ${typeof listener} as a listener`, () => {
      assert.throws(
        () => onVoipEvent(listener),
        (error) => {
          assert.ok(error instanceof module.VoipPluginError);
          assert.deepEqual([error.errCode, error.errMsg], [1004, 'onVoipEvent:fail listener: expected a function']);
          return true;
        },
      );
    });
  }
});
