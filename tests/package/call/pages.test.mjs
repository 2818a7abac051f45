// Several pages of one device in one call: the service says which has it, and an older one can take it back.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { configured, response } from '../../support/fakes.mjs';
import { fakeMedia } from '../../support/fake-media.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { settle } from '../../support/settle.mjs';

const CALLER = '?isCaller=1&roomType=video&groupId=room-1';
const LISTENER = '?roomType=video&groupId=room-1';

/** What the service says of the call to a page that does not have it. */
const ON = response(200, JSON.stringify(openedCall({ state: 'talking' })));
const OVER = response(200, JSON.stringify(openedCall({ state: 'ended' })));
const GONE = response(404, JSON.stringify({ errcode: 1, errmsg: 'roomId: there is no such call' }));
const DOWN = response(502, '<html>bad gateway</html>');

function opened(page = CALLER) {
  const fake = fakeSockets();
  const asked = [];
  let answer = ON;
  const fetch = async (url, { method, body }) => {
    asked.push({ method, url, body });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const module = configured(freshModule(), { fetch, WebSocket: fake.hosts.WebSocket.WebSocket });
  const heard = [];
  module.default.onVoipEvent(({ eventName, roomId }) => roomId && heard.push(eventName));
  const views = [];
  const media = fakeMedia();
  const call = module.openCall(page, { media, show: (view) => views.push(view) });
  function accept(changes) {
    fake.last.open();
    fake.last.say(
      openedCall({ isCaller: page === CALLER, joined: true, chosen: { muted: false, camera: true }, ...changes }),
    );
  }
  const tell = (seq, eventName, data = {}, ageMs = 0) => fake.last.say({ type: 'event', seq, ageMs, eventName, data });
  const answers = (next) => (answer = next);
  return { fake, module, call, media, views, heard, asked, accept, tell, answers };
}

/** A call that is on, in this page, and then in a newer one of the same device. */
async function pushedOut(page = CALLER) {
  const it = opened(page);
  await it.module.init();
  it.accept({ state: 'waiting' });
  it.media.ready();
  await settle();
  if (page === CALLER) it.tell(1, 'joinedRoomByCaller');
  it.tell(page === CALLER ? 2 : 1, 'startVoip', {}, 5_000);
  it.fake.last.say({ type: 'elsewhere', canTake: true });
  return it;
}

const queryOf = ({ url }) => Object.fromEntries(new URL(url).searchParams);

async function pass(ms) {
  mock.timers.tick(ms);
  await settle();
}

describe('a page of several', { timeout: 30_000 }, () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
  beforeEach(() => mock.method(performance, 'now', () => Date.now()));
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  it('takes the call until it has been told of it, and then only comes back', async () => {
    const { fake, module, accept } = opened();
    const [first] = fake.sockets.map(queryOf);
    assert.equal(first.takes, '1');
    // Nothing says that the service has heard of it.
    fake.last.end(1006);
    await pass(1_000);
    accept();
    fake.last.end(1006);
    await pass(1_000);
    const [, again, back] = fake.sockets.map(queryOf);
    assert.deepEqual([again.takes, back.takes], ['1', undefined]);
    assert.deepEqual([again.page, back.page, back.device], [first.page, first.page, first.device]);
    module.openCall(CALLER, { show() {} });
    const other = queryOf(fake.last);
    assert.deepEqual([other.takes, other.device], ['1', first.device]);
    assert.equal(other.page, first.page, 'all pages of a module are one, of which it knows which is open');
  });

  it('lets its devices go when a newer one has the call, and knows whether that is on', async () => {
    const { fake, call, media, views, asked, answers, heard } = await pushedOut();
    const view = () => [call.view.state, call.view.reason, call.view.canContinue];
    assert.deepEqual([view(), media.asked.at(-1), fake.last.isClosed], [['ended', 'elsewhere', true], 'leave', true]);
    for (const said of [ON, DOWN, new TypeError('no network')]) {
      answers(said);
      await pass(3_000);
      assert.deepEqual(view(), ['ended', 'elsewhere', true]);
    }
    const url = 'http://room.test/v1/calls/room-1';
    // What no network has taken is asked once more.
    assert.deepEqual(asked, Array(4).fill({ method: 'GET', url, body: undefined }));
    answers(OVER);
    await pass(3_000);
    assert.deepEqual([view(), views.at(-1).canContinue], [['ended', 'elsewhere', false], false]);
    call.continueHere();
    await pass(60_000);
    assert.deepEqual([asked.length, fake.sockets.length], [5, 1], 'it has asked for the last time');
    assert.deepEqual(heard, ['joinedRoomByCaller', 'startVoip'], "the rest is the other page's");
  });

  it('cannot take back what is gone, or what another device has', async () => {
    const one = await pushedOut();
    one.answers(GONE);
    await pass(3_000);
    assert.equal(one.call.view.canContinue, false);

    const two = opened(LISTENER);
    two.accept();
    two.fake.last.say({ type: 'elsewhere' });
    two.call.continueHere();
    await pass(60_000);
    assert.deepEqual([two.call.view.reason, two.call.view.canContinue], ['elsewhere', undefined]);
    assert.deepEqual([two.asked, two.fake.sockets.length], [[], 1]);
  });

  for (const page of [CALLER, LISTENER]) {
    it(`takes the call back, with sound and picture: ${page}`, async () => {
      const it = await pushedOut(page);
      const { fake, call, media, heard } = it;
      const before = heard.length;
      media.asked.length = 0;
      call.continueHere();
      const [first, again] = fake.sockets.map(queryOf);
      assert.deepEqual([again.takes, again.device, again.after], ['1', first.device, '0']);
      assert.equal(again.page, first.page);
      assert.deepEqual([call.view.state, call.view.reason], [page === CALLER ? 'outgoing' : 'joining', undefined]);
      // The other page has muted it meanwhile.
      it.accept({ state: 'talking', chosen: { muted: true, camera: true } });
      const { muted, camera } = media.room;
      assert.deepEqual([muted, camera, call.view.muted], [true, true, true]);
      media.ready();
      await settle();
      if (page === CALLER) it.tell(1, 'joinedRoomByCaller');
      it.tell(page === CALLER ? 2 : 1, 'startVoip', {}, 65_000);
      assert.deepEqual(media.asked, ['join', 'start']);
      assert.deepEqual(
        [call.view.state, call.view.keepTime, heard.length],
        ['connected', 65, before],
        'nothing is heard twice',
      );
      await pass(1_000);
      assert.deepEqual([call.view.keepTime, heard.at(-1)], [66, 'calling']);
      await pass(5_000);
      assert.deepEqual(it.asked, [], 'it does not ask any more');

      fake.last.say({ type: 'elsewhere', canTake: true });
      assert.deepEqual([call.view.state, call.view.canContinue], ['ended', true], 'and may lose it again');
      call.continueHere();
      it.accept({ state: 'talking' });
      call.hangUp();
      assert.deepEqual(
        fake.last.sent.filter(({ type }) => type === 'hangUp').map(({ how }) => how),
        ['manual'],
      );
      assert.equal(call.view.state, 'ended');
    });
  }

  it('takes back a call that another page has answered', async () => {
    const it = opened(LISTENER);
    it.accept({ state: 'ringing', joined: false, chosen: undefined });
    it.fake.last.say({ type: 'elsewhere', canTake: true });
    it.call.continueHere();
    it.accept({ state: 'talking', joined: true, chosen: { muted: false, camera: true } });
    it.media.ready();
    await settle();
    assert.deepEqual(
      it.fake.last.sent.map(({ type }) => type),
      ['answer', 'chosen', 'join', 'chosen'],
    );
    assert.equal(it.call.view.state, 'joining');
  });

  it('leaves the call to the other page where it cannot take it back', async () => {
    const unreachable = await pushedOut();
    unreachable.call.continueHere();
    await pass(10_000);
    const { state, reason, errCode } = unreachable.call.view;
    assert.deepEqual([state, reason, errCode, unreachable.asked], ['ended', 'failed', 1002, []], 'it hangs nothing up');
    assert.deepEqual(unreachable.heard, ['joinedRoomByCaller', 'startVoip']);

    const misconfigured = await pushedOut();
    misconfigured.module.configure({ token: '' });
    misconfigured.call.continueHere();
    const view = misconfigured.call.view;
    assert.deepEqual([view.state, view.reason, view.errCode, misconfigured.asked], ['ended', 'failed', 1004, []]);
  });

  it('asks no more, and shows nothing more of the call, once it is left or another call is opened', async () => {
    for (const end of [({ call }) => call.leave(), ({ module }) => module.openCall('?groupId=room-2', { show() {} })]) {
      const it = await pushedOut();
      const { length } = it.views;
      it.answers(OVER);
      end(it);
      await pass(3_000);
      assert.deepEqual([it.asked, it.views.length, it.call.view.canContinue], [[], length, false]);
      const sockets = it.fake.sockets.length;
      it.call.continueHere();
      assert.equal(it.fake.sockets.length, sockets);
    }
  });

  it('is told by its module at once where that opens the call again', () => {
    const { fake, module, call, accept } = opened();
    accept();
    module.openCall(CALLER, { show() {} });
    assert.deepEqual([call.view.state, call.view.reason, call.view.canContinue], ['ended', 'elsewhere', undefined]);
    assert.equal(fake.sockets[0].isClosed, true);
  });
});
