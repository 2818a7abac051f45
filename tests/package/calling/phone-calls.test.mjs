// callWMPF, callDevice and getIotBindContactList: what is sent, and that every failure is a typed rejection.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { assertKeepsSecrets, configured, response } from '../../support/fakes.mjs';
import { fakeSockets } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { TOKEN } from '../../support/requests.mjs';

const CALL = {
  roomType: 'video',
  sn: 'SN-1',
  modelId: 'model-1',
  nickName: 'Alice',
  deviceName: 'Door',
  chargeType: 'duration',
  timeLimit: 60,
  enableCallerCamera: true,
  enableListenerCamera: false,
};
const LIST = { errcode: 0, errmsg: 'ok', contact_list: [{ openid: 'o', sn: 'SN-1', model_id: 'm', status: 1 }] };
const ROOM = { roomId: 'room-1', chargeType: 'license' };

const APIS = [
  [
    'callWMPF',
    '/v1/wmpf-calls',
    { pushToken: 'push-s3cret', envVersion: 'trial', customQuery: 'a=1', ...CALL },
    ROOM,
    { roomId: 'room-1' },
  ],
  [
    'callDevice',
    '/v1/device-calls',
    {
      isCloud: true,
      payload: 'p',
      encodeVideoFixedLength: 640,
      encodeVideoRotation: 1,
      encodeVideoRatio: 133,
      encodeVideoMaxFPS: 15,
      ...CALL,
    },
    ROOM,
    { roomId: 'room-1' },
  ],
  [
    'getIotBindContactList',
    '/v1/iot-bind-contacts',
    { sn: 'SN-1', model_id: 'm', openid_list: ['o', 'p'] },
    LIST,
    LIST,
  ],
];

for (const [api, path, req, answer, result] of APIS) {
  describe(api, { timeout: 30_000 }, () => {
    const sent = [];
    let behave;
    let module;
    const fetch = (url, init) => {
      sent.push({ url, init });
      return behave(url, init);
    };
    const ok = () => response(200, JSON.stringify(answer));
    beforeEach(() => {
      sent.length = 0;
      behave = ok;
      module = configured(freshModule(), { fetch });
    });
    const ask = (given = req) => module.default[api](given);
    const failing = (given) =>
      ask(given).then(
        (value) => assert.fail(JSON.stringify(value)),
        (error) => {
          assertKeepsSecrets(error.errMsg, error.stack);
          return error;
        },
      );

    it('sends what it was given, and gives what the service answers', async () => {
      assert.deepEqual(await ask(), result);
      const [{ url, init }] = sent;
      assert.deepEqual([url, init.method], [`http://room.test${path}`, 'POST']);
      assert.equal(init.headers.authorization, `Bearer ${TOKEN}`);
      assert.deepEqual(JSON.parse(init.body), req);
      assert.equal(typeof init.headers['idempotency-key'], api.startsWith('call') ? 'string' : 'undefined');
    });

    it('sends the same over wx', async () => {
      const bodies = [];
      const wx = {
        request({ data, success }) {
          bodies.push(JSON.parse(data));
          // Some hosts parse what they get.
          setImmediate(() => success({ statusCode: 200, data: answer }));
        },
      };
      module.configure({ fetch: undefined, wx });
      assert.deepEqual([await ask(), bodies], [result, [req]]);
    });

    it('reads each field once, and at once, and leaves out what was not passed', async () => {
      const read = [];
      const watched = new Proxy(
        { ...req, timeLimit: null, another: 1 },
        {
          get: (target, key) => (read.push(key), target[key]),
        },
      );
      const made = ask(watched);
      const atOnce = read.length;
      await made;
      assert.deepEqual([...read].sort(), Object.keys(req).sort());
      assert.equal(read.length, atOnce);
      const body = JSON.parse(sent[0].init.body);
      assert.deepEqual([body.timeLimit, body.another], [undefined, undefined]);
    });

    it("rejects with the service's refusal", async () => {
      behave = () => response(400, JSON.stringify({ errcode: 2, errmsg: 'sn: there is no such device' }));
      const error = await failing();
      assert.ok(error instanceof module.VoipCgiError);
      assert.deepEqual([error.errCode, error.errMsg], [2, `${api}:fail sn: there is no such device`]);
    });

    for (const [name, errCode, behaviour, text] of [
      [
        'a host that cannot send',
        1002,
        () => Promise.reject(new Error('offline')),
        'the request to http://room.test failed: offline',
      ],
      [
        'a host that throws',
        1002,
        () => {
          throw new Error('offline');
        },
        'the request to http://room.test failed: offline',
      ],
      ['no answer', 1002, () => new Promise(() => {}), 'no answer from http://room.test within 50 ms'],
      ['an HTTP error', 1002, () => response(502, '<html>'), 'HTTP status 502 without a body of the room service'],
      [
        'a page to log in',
        1003,
        () => response(200, '<html>'),
        "HTTP status 200 with a body that is not the room service's: body: expected an object, got the string '<html>'",
      ],
      ['another answer', 1003, () => response(200, '{}'), undefined],
      ['an array', 1003, () => response(200, '[]'), undefined],
    ]) {
      it(`rejects after ${name}`, async () => {
        module.configure({ timeout: 50 });
        behave = behaviour;
        const error = await failing();
        assert.ok(error instanceof module.VoipCgiError);
        assert.equal(error.errCode, errCode);
        if (text) assert.equal(error.errMsg, `${api}:fail ${text}`);
        if (!api.startsWith('call')) return;
        // The room may have been made all the same.
        const { url, init } = sent.at(-1);
        assert.deepEqual([url, init.method], ['http://room.test/v1/calls', 'DELETE']);
        assert.equal(init.headers['idempotency-key'], sent[0].init.headers['idempotency-key']);
      });
    }

    const revoked = () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    };
    for (const [name, given] of [
      ['nothing', undefined],
      ['null', null],
      ['a text', 'req'],
      ['a number', 7],
      ['a revoked proxy', revoked()],
    ]) {
      it(`rejects ${name}`, async () => {
        const error = await failing(given ?? (given === undefined ? null : given));
        assert.ok(error instanceof module.VoipPluginError, String(error));
        assert.equal(error.errCode, 1004);
        assert.equal(sent.length, 0);
      });
    }

    for (const field of Object.keys(req)) {
      it(`names ${field} for every value that no JSON carries`, async () => {
        const throwing = Object.defineProperty({ ...req }, field, {
          get() {
            throw new Error('a getter');
          },
        });
        const values = [7n, Symbol('s'), () => {}, NaN, {}, revoked()];
        for (const given of [throwing, ...values.map((value) => ({ ...req, [field]: value }))]) {
          const error = await failing(given);
          assert.ok(error instanceof module.VoipPluginError, String(error));
          // The contract has a code of its own for it.
          assert.equal(error.errCode, field === 'chargeType' ? 22 : 1004);
          assert.ok(error.errMsg.startsWith(`${api}:fail ${field}: expected `), error.errMsg);
        }
        assert.equal(sent.length, 0);
      });
    }

    it('rejects where configure was given something wrong', async () => {
      module.configure({ endpoint: undefined });
      assert.match((await failing()).errMsg, new RegExp(`^${api}:fail configure\\.endpoint: expected `));
      module.configure({ endpoint: 'http://room.test', fetch: 7 });
      const error = await failing();
      assert.deepEqual(
        [error.errCode, error.errMsg],
        [1004, `${api}:fail configure.fetch: expected a function like the platform's fetch`],
      );
    });

    if (!api.startsWith('call')) return;

    it('is refused on the device before anything is sent', async () => {
      module.configure({ role: 'device' });
      const error = await failing();
      assert.ok(error instanceof module.VoipPluginError);
      assert.deepEqual([error.errCode, sent.length], [1007, 0]);
    });

    it('is the call that a page without a query shows', async () => {
      const fake = fakeSockets();
      module.configure(fake.hosts.WebSocket);
      await ask();
      const call = module.openCall(module.default.CALL_PAGE_PATH, { show() {} });
      assert.deepEqual([call.view.state, call.view.roomId], ['outgoing', 'room-1']);
      assert.equal((await failing()).errCode, 1005);
      call.leave();
      fake.last.end(1008);
    });

    it('is given up by forceHangUpVoip while it starts', async () => {
      behave = () => new Promise(() => {});
      const made = failing();
      assert.equal((await failing()).errCode, 1005, 'one at a time');
      module.default.forceHangUpVoip();
      const error = await made;
      assert.ok(error instanceof module.VoipCgiError);
      assert.deepEqual(
        [error.errCode, error.errMsg],
        [1008, `${api}:fail the call was cancelled while it started: forceHangUpVoip`],
      );
      assert.equal(sent.at(-1).init.method, 'DELETE');
      assert.equal(sent.at(-1).init.headers['idempotency-key'], sent[0].init.headers['idempotency-key']);
    });
  });
}
