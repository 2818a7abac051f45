// What a mini-program does beside initByCaller, on each of its hosts: the second file is loaded when it is first used,
// takes nothing that such a host does not have, and leaves nothing behind.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { fakeAppEvents } from '../../support/fake-browser.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { ENDPOINT, TOKEN } from '../../support/requests.mjs';
import { createHost } from './host.mjs';
import { globalsOf, PROFILES } from './profiles.mjs';

const ROOM = { roomId: 'room-1', chargeType: 'license' };
const nextTurn = () => new Promise(setImmediate);

for (const profile of PROFILES) {
  describe(`beside initByCaller, ${profile.name}`, { timeout: 30_000 }, () => {
    const fake = fakeSockets();
    const sent = [];
    const app = fakeAppEvents();
    const wx = {
      ...app.wx,
      request({ url, data, success }) {
        sent.push({ url, data });
        setImmediate(() => success({ statusCode: 201, data: JSON.stringify(ROOM) }));
      },
      connectSocket: fake.hosts['wx.connectSocket'].connectSocket,
      getStorageSync: () => 'handset-1',
      setStorageSync() {},
      getEnterOptionsSync: () => ({ path: 'p', query: { callSeq: '1' } }),
    };
    const { globals } = globalsOf(profile);
    const host = createHost(globals, profile.engine);
    const { module } = host;
    before(async () => {
      await profile.prepare?.(module, globals);
      module.configure({ endpoint: ENDPOINT, token: TOKEN, wx, fetch: undefined });
    });
    const voip = module.default;

    it('a call is placed, opened, heard of and ended', async () => {
      const heard = [];
      const off = voip.onVoipEvent(({ eventName }) => heard.push(eventName));
      voip.onVoipEvent(() => {
        throw new Error('in a listener');
      });
      voip.setUIConfig({ handsFree: false });
      voip.setCustomBtnText('Open');
      voip.setVoipEndPagePath({ url: '/index', key: 'Call' });
      const { roomId } = await voip.callWMPF({
        roomType: 'voice',
        sn: 's',
        modelId: 'm',
        pushToken: 't',
        nickName: 'n',
      });
      assert.equal(roomId, 'room-1');
      assert.equal(sent[0].url, `${ENDPOINT}/v1/wmpf-calls`);

      const views = [];
      const call = module.openCall(voip.CALL_PAGE_PATH, { show: (view) => views.push(view) });
      assert.equal(new URL(fake.last.url).searchParams.get('device'), 'handset-1');
      fake.last.open();
      fake.last.say(openedCall());
      await nextTurn();
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(fake.last.sent, [{ id: 1, type: 'join' }]);
      fake.last.say({ type: 'event', seq: 1, ageMs: 990, eventName: 'startVoip', data: {} });
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal(call.view.ui.btnText, 'Open');
      assert.equal(call.endPage().url, '/index');
      voip.forceHangUpVoip();
      fake.last.say({ type: 'event', seq: 2, ageMs: 0, eventName: 'endVoip', data: {} });
      fake.last.say({ type: 'event', seq: 3, ageMs: 0, eventName: 'finishVoip', data: { keepTime: 1 } });
      assert.deepEqual(heard, ['callPageOnShow', 'startVoip', 'calling', 'endVoip', 'finishVoip']);
      assert.equal(fake.last.isClosed, true);
      assert.equal(views.at(-1).state, 'ended');
      off();
    });

    it('reminders are waited for', async () => {
      const told = [];
      const close = module.listen({ onReminder: ({ roomId }) => told.push(roomId) });
      fake.last.open();
      fake.last.say({ type: 'reminder', roomId: 'room-2' });
      // The wasm is there already, which it hears of in its next turn.
      await nextTurn();
      close();
      assert.deepEqual(told, ['room-2']);
    });

    it('errors are those of the module', async () => {
      const wrong = await voip.callDevice({ sn: 7 }).catch((error) => error);
      assert.ok(wrong instanceof module.VoipPluginError);
      assert.throws(
        () => voip.setUIConfig(),
        (error) => error instanceof module.VoipPluginError,
      );
      assert.equal(voip.getPluginEnterOptions().query.callSeq, '1');
      // A page was opened above, and is what this one says; the object is of the host's own realm.
      assert.equal(JSON.stringify(voip.getPluginOnloadOptions()), '{}');
    });

    it('what has answered already is not asked for a tap', () => {
      const call = module.openCall({ groupId: 'room-2', isClickedHangOnBtn: '1' }, { show() {} });
      assert.equal(call.view.state, 'joining');
      call.unload();
      fake.last.end(1008);
    });

    it('a page that is left and put back in one task goes on with its call', () => {
      const open = () => module.openCall({ groupId: 'room-3' }, { show() {} });
      open().leave();
      const call = open();
      fake.last.open();
      fake.last.say(openedCall({ roomId: 'room-3', isCaller: false }));
      assert.deepEqual([call.view.state, fake.sockets.at(-2).isClosed, fake.last.sent], ['incoming', true, []]);
      call.leave();
      app.tell('AppHide');
      assert.deepEqual(fake.last.sent, [{ id: 1, type: 'hangUp', how: 'unloadCallPage' }]);
      fake.last.end(1008);
    });

    it('sockets come back at once when the app is shown', () => {
      const close = module.listen({ onReminder() {} });
      const { length } = fake.sockets;
      fake.last.open();
      fake.last.end(1006);
      app.tell('AppShow');
      assert.equal(fake.sockets.length, length + 1);
      close();
      assert.equal(app.listeners, 0);
    });

    it('nothing of the host is changed', () => {
      assert.deepEqual(host.changed(), []);
    });
  });
}
