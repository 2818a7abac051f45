// What the call page does, as WeChat's compiler has made it: which call it shows, what it asks the room service, and
// when it gives up. First with answers that the test gives, then with the real service.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startService } from '../support/service.mjs';
import { compiledPlugin } from './compile.mjs';
import { CALL_PAGE, startPlugin, until } from './plugin-host.mjs';

const ENDPOINT = 'http://room.test';
const TOKEN = 'session-s3cret';
const ROOM = 'wxde00000000000001WmpfVoip1';
const CALLS = `${ENDPOINT}/v1/calls`;
const JOIN = `POST ${CALLS}/${ROOM}/join`;
const GIVE_UP = `DELETE ${CALLS}/${ROOM}`;

const AS_LISTENER = { roomType: 'video', groupId: ROOM, listenerId: 'open-id', callerName: '%E5%89%8D%E9%97%A8' };
const AS_CALLER = { isCaller: '1', roomType: 'voice', groupId: ROOM };

const JOINED = {
  roomId: ROOM,
  groupId: ROOM,
  roomType: 'video',
  businessType: 1,
  callerName: '前门 Doorbell',
  callerCameraStatus: 0,
  listenerName: 'Alice',
  listenerCameraStatus: 1,
};
const joined = (changes) => ({ statusCode: 200, data: JSON.stringify({ ...JOINED, ...changes }) });
const asCaller = (changes) => joined({ isCaller: true, ...changes });
const asListener = (changes) => joined({ isCaller: false, ...changes });
const refused = (statusCode, errcode, errmsg = 'refused') => ({
  statusCode,
  data: JSON.stringify({ errcode, errmsg }),
});
const OVER = refused(404, 1, 'roomId: there is no call');
const GONE = { statusCode: 204, data: '' };

/** Whose token it is. */
const subject = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sub;

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the call page', { timeout: 300_000 }, () => {
  let compiled;
  before(async () => {
    compiled = await compiledPlugin();
  });
  after(() => compiled?.remove());

  /**
   * The plugin on a host whose requests the test answers: each in its turn with one of `answers`, an object for
   * success, an error for fail, nothing for no answer.
   */
  function start(answers, { configuration = { endpoint: ENDPOINT, token: TOKEN }, wx } = {}) {
    const sent = [];
    const request = (options) => {
      sent.push(options);
      const answer = answers.shift();
      if (answer instanceof Error) options.fail({ errMsg: answer.message, errno: 5 });
      else if (answer) options.success(answer);
    };
    const plugin = startPlugin(compiled, { wx: { request, getAppBaseInfo: () => ({ language: 'en' }), ...wx } });
    plugin.requirePlugin('wmpf-voip').configure(configuration);
    const open = (query) => plugin.openPluginPage(CALL_PAGE, query);
    return { plugin, sent, open, requests: () => sent.map(({ method, url }) => `${method} ${url}`) };
  }

  /** A page that shows this, and the rest of what it shows. */
  function assertShows({ data }, expected) {
    const shown = Object.keys(expected).map((key) => [key, data[key]]);
    assert.deepEqual(Object.fromEntries(shown), expected);
  }

  describe('of a listener', () => {
    it('rings, and asks nobody', () => {
      const { open, sent } = start([]);
      const page = open(AS_LISTENER);
      assertShows(page, { state: 'incoming', name: '前门', roomType: 'video', language: 'en' });
      assert.deepEqual(sent, []);
      page.onUnload();
    });

    it('joins when it answers, and is in the call', async () => {
      const { open, sent, requests } = start([asListener()]);
      const page = open({ ...AS_LISTENER, note: 'door' });
      page.answer();
      assertShows(page, { state: 'joining' });
      await settled();
      assertShows(page, { state: 'connected', name: '前门 Doorbell', camera: false });
      assert.deepEqual(requests(), [JOIN]);
      assert.deepEqual({ ...sent[0].header }, { authorization: `Bearer ${TOKEN}` });
      page.hangUp();
      assertShows(page, { state: 'ended', reason: 'Call ended', detail: '' });
      assert.equal(sent.length, 1, 'there is no route for that yet');
    });

    it('answers once, however often it is tapped', async () => {
      const { open, sent } = start([asListener()]);
      const page = open(AS_LISTENER);
      page.answer();
      page.answer();
      await settled();
      page.answer();
      assert.equal(sent.length, 1);
      page.onUnload();
    });

    it('answers without a tap where the reminder was tapped', async () => {
      const { open, requests } = start([asListener()]);
      const page = open({ ...AS_LISTENER, isClickedHangOnBtn: '1' });
      await settled();
      assertShows(page, { state: 'connected' });
      assert.deepEqual(requests(), [JOIN]);
    });

    it('ends when it declines, and asks nobody', () => {
      const { open, sent } = start([]);
      const page = open(AS_LISTENER);
      page.hangUp();
      assertShows(page, { state: 'ended', reason: 'Declined', detail: '' });
      assert.deepEqual(sent, []);
    });

    it('stays ended when the answer comes after it has hung up', async () => {
      const { open, sent } = start([]);
      const page = open(AS_LISTENER);
      page.answer();
      page.hangUp();
      sent[0].success(asListener());
      await settled();
      assertShows(page, { state: 'ended' });
    });

    for (const [what, answer, reason, detail] of [
      ['is over', OVER, 'This call does not exist, or has ended', ''],
      [
        'cannot be reached',
        new Error('request:fail timeout'),
        'The call could not be joined',
        'the request to the backend failed (1002)\ncallPage:fail the request failed: request:fail timeout',
      ],
      [
        'is refused',
        refused(401, 5, 'the session token has expired'),
        'The call could not be joined',
        'the room could not be created (5)\ncallPage:fail the session token has expired',
      ],
      [
        'is answered by a proxy',
        { statusCode: 502, data: '<html>' },
        'The call could not be joined',
        'the request to the backend failed (1002)\ncallPage:fail HTTP status 502, and no error of the room service',
      ],
      [
        'is answered by a page to log in',
        { statusCode: 200, data: '<html>' },
        'The call could not be joined',
        "the backend's answer could not be parsed (1003)\ncallPage:fail the answer is not the call that was joined",
      ],
    ]) {
      it(`says so when a call ${what}`, async () => {
        const { open } = start([answer]);
        const page = open(AS_LISTENER);
        page.answer();
        await settled();
        assertShows(page, { state: 'ended', reason, detail });
      });
    }

    it('misses a call that has rung for 60 s', (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const { open, sent } = start([]);
      const page = open(AS_LISTENER);
      t.mock.timers.tick(59_999);
      assertShows(page, { state: 'incoming' });
      t.mock.timers.tick(1);
      assertShows(page, { state: 'ended', reason: 'Missed call' });
      assert.deepEqual(sent, []);
    });

    it('misses no call that it has answered', async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const { open } = start([asListener()]);
      const page = open(AS_LISTENER);
      page.answer();
      await settled();
      t.mock.timers.tick(60_000);
      assertShows(page, { state: 'connected' });
    });
  });

  describe('of a caller', () => {
    it('joins with a query, and knows then who is called', async () => {
      const { open, requests } = start([asCaller({ callerCameraStatus: 1, roomType: 'voice' })]);
      const page = open(AS_CALLER);
      assertShows(page, { state: 'outgoing', name: '', roomType: 'voice' });
      await settled();
      assertShows(page, { state: 'outgoing', name: 'Alice', roomType: 'voice', camera: false });
      assert.deepEqual(requests(), [JOIN]);
    });

    for (const [how, end] of [
      ['hangs up', (page) => page.hangUp()],
      ['leaves the page', (page) => page.onUnload()],
    ]) {
      it(`gives the call up when it ${how}`, async () => {
        const { open, requests } = start([asCaller(), GONE]);
        const page = open(AS_CALLER);
        await settled();
        end(page);
        await settled();
        assert.deepEqual(requests(), [JOIN, GIVE_UP]);
        page.onUnload();
        page.hangUp();
        assert.equal(requests().length, 2, 'once');
      });
    }

    it('is shown as cancelled, and shows where the service could not be told', async () => {
      const { open } = start([asCaller(), new Error('request:fail'), asCaller(), GONE, asCaller(), OVER]);
      const details = [];
      for (let i = 0; i < 3; i++) {
        const page = open(AS_CALLER);
        await settled();
        page.hangUp();
        assertShows(page, { state: 'ended', reason: 'Cancelled', detail: '' });
        await settled();
        details.push(page.data.detail);
      }
      assert.deepEqual(details, [
        'The service could not be told, so it may still be ringing\n' +
          'the request to the backend failed (1002)\ncallPage:fail the request failed: request:fail',
        '',
        '',
      ]);
    });

    it('ends when it cannot join, and lets nobody wait for it', async () => {
      const { open, requests } = start([OVER, OVER]);
      const page = open(AS_CALLER);
      await settled();
      assertShows(page, { state: 'ended', reason: 'This call does not exist, or has ended', detail: '' });
      assert.deepEqual(requests(), [JOIN, GIVE_UP]);
    });

    for (const [what, answers, expected, requested] of [
      ['has no answer', [OVER], { state: 'ended', reason: 'No answer', detail: '' }, []],
      ['learns that it was answered', [asCaller()], { state: 'connected' }, []],
      ['gives up what it cannot ask for', [new Error('request:fail'), GONE], { state: 'ended' }, [GIVE_UP]],
    ]) {
      it(`asks after 60 s, and ${what}`, async (t) => {
        t.mock.timers.enable({ apis: ['setTimeout'] });
        const { open, requests } = start([asCaller(), ...answers]);
        const page = open(AS_CALLER);
        await settled();
        t.mock.timers.tick(59_999);
        await settled();
        assertShows(page, { state: 'outgoing' });
        t.mock.timers.tick(1);
        await settled();
        assertShows(page, expected);
        assert.deepEqual(requests(), [JOIN, JOIN, ...requested]);
      });
    }
  });

  describe('opened wrongly', () => {
    for (const [what, query, errMsg] of [
      ['without a call', {}, 'no call: open this page after a successful initByCaller, or with a query'],
      ['without groupId', { roomType: 'voice' }, 'groupId: expected the room of the call, got nothing'],
      ['without roomType', { groupId: ROOM }, "roomType: expected 'voice' or 'video', got ''"],
      [
        'with a wrong roomType',
        { ...AS_CALLER, roomType: 'phone' },
        "roomType: expected 'voice' or 'video', got 'phone'",
      ],
    ]) {
      it(`says so, ${what}, and asks nobody`, async () => {
        const { open, sent } = start([]);
        const page = open(query);
        assertShows(page, {
          state: 'ended',
          reason: 'The call could not be joined',
          detail: `a parameter is wrong (1004)\ncallPage:fail ${errMsg}`,
        });
        page.answer();
        page.hangUp();
        page.onUnload();
        await settled();
        assert.deepEqual(sent, []);
      });
    }

    it('shows a name that does not decode as it came', () => {
      const { open } = start([]);
      assertShows(open({ ...AS_LISTENER, callerName: '100%' }), { state: 'incoming', name: '100%' });
    });

    for (const [missing, configuration] of [
      ['endpoint', { token: TOKEN }],
      ['token', { endpoint: ENDPOINT }],
    ]) {
      it(`says that ${missing} is not configured, and never the token`, async () => {
        const { open, sent } = start([], { configuration });
        const page = open(AS_LISTENER);
        page.answer();
        await settled();
        const errMsg = `callPage:fail configure.${missing}: expected a non-empty string, got undefined`;
        assertShows(page, { state: 'ended', detail: `a parameter is wrong (1004)\n${errMsg}` });
        assert.deepEqual(sent, []);
        assert.doesNotMatch(JSON.stringify(page.data), /s3cret/);
      });
    }
  });

  describe('in its surroundings', () => {
    it('takes what configure has added, its wx and its timeout, too', async () => {
      const { plugin, open, sent } = start([]);
      const others = [];
      const wx = { request: (options) => others.push(options) };
      const { configure } = plugin.requirePlugin('wmpf-voip');
      configure({ token: 'fresh', endpoint: `${ENDPOINT}/base//`, timeout: 500, wx });
      open(AS_CALLER);
      await settled();
      assert.deepEqual(sent, []);
      const [{ url, header, timeout }] = others;
      assert.deepEqual([url, timeout], [`${ENDPOINT}/base/v1/calls/${ROOM}/join`, 500]);
      assert.equal(header.authorization, 'Bearer fresh');
    });

    for (const [host, wx, language] of [
      ['Chinese', { getAppBaseInfo: () => ({ language: 'zh_TW' }) }, 'zh'],
      ['English', { getAppBaseInfo: () => ({ language: 'en' }) }, 'en'],
      ['an old English one', { getAppBaseInfo: undefined, getSystemInfoSync: () => ({ language: 'en' }) }, 'en'],
      ['one that does not say its language', { getAppBaseInfo: undefined }, 'zh'],
    ]) {
      it(`speaks the language of its host: ${host}`, () => {
        const { open } = start([], { wx });
        const page = open(AS_LISTENER);
        page.hangUp();
        assertShows(page, { language, reason: language === 'zh' ? '已拒绝' : 'Declined' });
      });
    }

    it('turns the camera off and on', () => {
      const page = start([]).open(AS_CALLER);
      page.toggleCamera();
      assertShows(page, { camera: false });
      page.toggleCamera();
      assertShows(page, { camera: true });
    });

    it('leaves the camera off that was turned off before the service has answered', async () => {
      const page = start([asCaller({ callerCameraStatus: 0 })]).open({ ...AS_CALLER, roomType: 'video' });
      page.toggleCamera();
      await settled();
      assertShows(page, { camera: false, name: 'Alice' });
    });

    it('goes back, and does not offer it where there is nothing to go back to', () => {
      const asked = [];
      const { open } = start([], { wx: { navigateBack: (options) => asked.push(options) } });
      const page = open(AS_LISTENER);
      page.hangUp();
      page.goBack();
      assertShows(page, { canGoBack: true });
      asked[0].fail({ errMsg: 'navigateBack:fail cannot navigate back at first page.' });
      assertShows(page, { canGoBack: false });
    });
  });

  describe('with the real service', () => {
    let service;
    let device;
    let phone;
    let stranger;
    before(async () => {
      service = await startService();
      const { handsets, gallery } = await service.demo();
      ({ device, phone } = handsets);
      stranger = gallery.find(({ token }) => token && ![device.id, phone.id].includes(subject(token)));
    });
    after(() => service?.stop());

    /** A plugin of one party, each a host of its own. */
    function party({ token }) {
      const plugin = startPlugin(compiled);
      const module = plugin.requirePlugin('wmpf-voip');
      module.configure({ endpoint: service.endpoint, token });
      return { module, open: (query) => plugin.openPluginPage(CALL_PAGE, query) };
    }

    async function call(caller) {
      const { groupId, errMsg } = await caller.module.default.initByCaller({
        caller: { id: device.id },
        listener: { id: phone.id, name: 'Alice' },
        roomType: 'video',
        businessType: 1,
        voipToken: device.deviceToken,
      });
      assert.ok(groupId, errMsg);
      return groupId;
    }

    const joinedByHand = async (token, room) => {
      const url = `${service.endpoint}/v1/calls/${room}/join`;
      const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
      return response.json();
    };
    const state = (page, state) => until(() => page.data.state === state, `${state}, not ${page.data.state}`);

    /** How often the service has answered such a request for a room in this way. */
    function answered(method, path, status) {
      const parts = [`"${method}"`, `"${path}"`, `"status":${status}`];
      const lines = service.log().split('\n');
      return lines.filter((line) => parts.every((part) => line.includes(part))).length;
    }

    it('a call is shown, answered and given up', async () => {
      const caller = party(device);
      const room = await call(caller);
      const outgoing = caller.open();
      await until(() => outgoing.data.name, 'the listener is known');
      assertShows(outgoing, { state: 'outgoing', name: 'Alice', roomType: 'video', camera: true });
      const join = `/v1/calls/${room}/join`;
      await until(() => answered('POST', join, 200) === 1, 'the caller has joined');

      const query = { roomType: 'video', groupId: room, listenerId: phone.id, callerName: 'Door' };
      const incoming = party(phone).open(query);
      assertShows(incoming, { state: 'incoming', name: 'Door' });
      incoming.answer();
      await state(incoming, 'connected');
      assert.match(incoming.data.name, /Video Doorbell/);
      await until(() => answered('POST', join, 200) === 2, 'the listener has joined');
      assertShows(outgoing, { state: 'outgoing' });

      assert.equal((await joinedByHand(phone.token, room)).roomId, room);
      outgoing.hangUp();
      assertShows(outgoing, { state: 'ended', detail: '' });
      await until(() => answered('DELETE', `/v1/calls/${room}`, 204) === 1, 'the call is given up');
      assert.equal((await joinedByHand(phone.token, room)).errcode, 1);
      assertShows(outgoing, { state: 'ended', detail: '' });
      assertShows(caller.open(), { state: 'ended' });
    });

    it('a call is shown by a query, and is over when its caller leaves', async () => {
      const room = await call(party(device));
      const caller = party(device);
      const outgoing = caller.open({ isCaller: '1', roomType: 'video', groupId: room });
      await until(() => outgoing.data.name === 'Alice', 'the listener is known');
      outgoing.onUnload();
      await until(() => answered('DELETE', `/v1/calls/${room}`, 204) === 1, 'the call is given up');

      const incoming = party(phone).open({ roomType: 'video', groupId: room, isClickedHangOnBtn: '1' });
      await state(incoming, 'ended');
      assertShows(incoming, { reason: '通话不存在或已结束' });
    });

    it('a call is answered by the tap on the reminder', async () => {
      const room = await call(party(device));
      const query = { roomType: 'video', groupId: room, listenerId: phone.id, isClickedHangOnBtn: '1' };
      const incoming = party(phone).open(query);
      await state(incoming, 'connected');
      assert.equal(answered('POST', `/v1/calls/${room}/join`, 200), 1);
    });

    it('nobody joins the call of others', async () => {
      const room = await call(party(device));
      assert.ok(stranger, 'the demo has other parties');
      const incoming = party(stranger).open({ roomType: 'video', groupId: room, isClickedHangOnBtn: '1' });
      await state(incoming, 'ended');
      assertShows(incoming, { reason: '通话不存在或已结束' });
    });
  });
});
