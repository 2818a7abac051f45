// Tokens and payloads do not leave the module in what a host has said: every way in which a host's error can quote one, with
// everything that such an error reaches.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';

import { call as place, configured, created, response } from '../../support/fakes.mjs';
import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { freshModule } from '../../support/module.mjs';
import { settle } from '../../support/settle.mjs';

// Of the forms that they have: JSON, addresses and base64 write each of them otherwise.
const SESSION = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTTi0xIn0.c2Vzc2lvbi1zM2NyZXQ_-0';
const VOIP_TOKEN = 'voip "s3cret" \\ 门铃 / 17 + 4 = 21';
const DEVICE_TOKEN = 'device-s3cret-0123456789?&%';
const PUSH_TOKEN = 'push-s3cret-of-the-device-0123456789';
const PAYLOAD = '{"door":"s3cret of the door","floor":7}';
const CREDENTIAL = 'turn-s3cret-credential/9876543210==';
const SIGNATURE = 'b002b824688dd8593a6079e11d8c5e8734fbcb39a6d5906eb347bfbcad79c617';

/** A form of each that tells on its own: hosts cut off what is long, and begin in the middle. */
const FORMS = {
  'as it is': (secret) => secret,
  'in a header': (secret) => `authorization: Bearer ${secret}`,
  'cut off': (secret) => `Bearer ${secret.slice(0, 20)}…`,
  'from its middle': (secret) => `…${secret.slice(3, 22)}…`,
  'in JSON': (secret) => JSON.stringify({ token: secret }),
  'in JSON in JSON': (secret) => JSON.stringify({ body: JSON.stringify({ token: secret }) }),
  'in an address': (secret) => `http://room.test/?token=${encodeURIComponent(secret)}`,
  'in an address, in small letters': (secret) =>
    encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64, behind one byte': (secret) => Buffer.from(`:${secret}`).toString('base64'),
  'in base64, behind two bytes': (secret) => Buffer.from(`u:${secret}`).toString('base64'),
  'in base64 for addresses': (secret) => Buffer.from(`Bearer ${secret}`).toString('base64url'),
};

const withMember = (name, value) => Object.assign(new TypeError('the line is cut'), { [name]: value });
const withStack = (stack) => Object.assign(new Error('the line is cut'), { stack });
class HostError extends RangeError {
  #request;
  constructor(request) {
    super('the line is cut');
    this.#request = request;
  }
  get request() {
    return this.#request;
  }
}
class NoError {
  constructor(reason) {
    this.errMsg = 'the line is cut';
    this.reason = reason;
  }
}
const circular = (text) => {
  const error = withMember('config', { headers: { text } });
  error.config.error = error;
  return error;
};
const foreign = (text) => runInNewContext('new TypeError("the line is cut", { cause: { text } })', { text });

/** Where an error has it. Each of them says "the line is cut" somewhere, too. */
const PLACES = {
  'in its message': (text) => new TypeError(`the line is cut: ${text}`),
  'in its stack': (text) => withStack(`Error: the line is cut\n    at send (${text})`),
  'in a property': (text) => withMember('config', { url: 'http://room.test', headers: [text] }),
  'in the name of a property': (text) => withMember(text, 7),
  'in a property that is not enumerable': (text) =>
    Object.defineProperty(new Error('the line is cut'), 'body', { value: text }),
  'under a symbol': (text) => Object.assign(new Error('the line is cut'), { [Symbol('request')]: { text } }),
  'behind a getter of its class': (text) => new HostError({ text }),
  'in its cause': (text) => new Error('the line is cut', { cause: new Error('below', { cause: text }) }),
  'in one of its errors': (text) => new AggregateError([new Error('a'), new Error(text)], 'the line is cut'),
  'in an error of the platform': (text) => new DOMException(`the line is cut: ${text}`, 'NetworkError'),
  'in an error of another realm': foreign,
  'in a circle': circular,
  'in a Map': (text) => withMember('headers', new Map([['authorization', text]])),
  'in an address': (text) => withMember('url', new URL(`http://room.test/${text}`)),
  'in bytes': (text) => withMember('body', Buffer.from(text, 'latin1')),
  'in what wx fails with': (text) => ({ errMsg: `request:fail the line is cut ${text}`, errno: 5 }),
  'in an object without a prototype': (text) =>
    Object.assign(Object.create(null), { message: `the line is cut ${text}` }),
  'in an object of a class that is no error': (text) => new NoError(text),
  'as a text': (text) => `the line is cut: ${text}`,
};

const CALL = { roomType: 'video', sn: 'SN-1', modelId: 'm', nickName: 'Alice' };
const CALL_BY_DEVICE = {
  roomType: 'voice',
  businessType: 1,
  caller: { id: 'SN-1' },
  listener: { id: 'o' },
  voipToken: VOIP_TOKEN,
};
const CALLER = '?isCaller=1&roomType=video&groupId=room-1';
const LISTENER = '?roomType=video&groupId=room-1';
const MEDIA = ['join', 'start', 'receive', 'peer', 'setMuted', 'setCamera', 'switchCamera', 'leave'];

/** A module whose host fails with `error`. */
function failing(error, options) {
  const fake = fakeSockets();
  const fetch = () => Promise.reject(error);
  const module = configured(freshModule(), {
    fetch,
    WebSocket: fake.hosts.WebSocket.WebSocket,
    token: SESSION,
    ...options,
  });
  return { fake, module };
}

const caught = (promise) =>
  promise.then(
    (value) => value,
    (thrown) => thrown,
  );
const refusing = (error) => ({ request: ({ fail }) => void fail(error) });
const asynchronous = (error) => ({ request: () => Promise.reject(error) });

/** Opens the call's page and its socket, and gives what the page has shown and its socket has sent. */
function page(error, path, methods, act = () => {}) {
  const { fake, module } = failing(error);
  const media = Object.fromEntries(MEDIA.map((name) => [name, () => {}]));
  const heard = [];
  module.default.onVoipEvent((event) => heard.push(event));
  media.room = undefined;
  Object.assign(media, methods(media));
  const call = module.openCall(path, { show: (view) => heard.push(view), media });
  fake.last.open();
  const iceServers = [{ urls: ['turn:turn.test'], username: 'u', credential: CREDENTIAL }];
  const voipChat = { groupId: 'room-1', nonceStr: 'n', timeStamp: 1, signature: SIGNATURE };
  fake.last.say(openedCall({ isCaller: path === CALLER, iceServers, voipChat }));
  return settle()
    .then(() => act(call, media, fake.last))
    .then((given) => settle().then(() => [given, heard, fake.last.sent.map(({ reason }) => reason), call.view.detail]));
}

const joined = (media) => ({ join: (room) => void (media.room = room) });
const throwing = (name, error) => (media) => ({
  ...joined(media),
  [name]() {
    throw error;
  },
});

/** Everything that a host's error reaches: [what has it quoted, by which APIs, what gives all that was said of it]. */
const WAYS = [
  [SESSION, 'initByCaller over fetch', (error) => place(failing(error).module)],
  [
    VOIP_TOKEN,
    'initByCaller over wx',
    (error) => place(failing(error, { fetch: undefined, wx: refusing(error) }).module, { voipToken: VOIP_TOKEN }),
  ],
  [
    VOIP_TOKEN,
    'initByCaller over a wx that is async',
    (error) => place(failing(error, { fetch: undefined, wx: asynchronous(error) }).module, { voipToken: VOIP_TOKEN }),
  ],
  [
    SESSION,
    'getDeviceToken',
    (error) => caught(place(failing(error, { getDeviceToken: () => Promise.reject(error) }).module, { voipToken: '' })),
  ],
  [
    DEVICE_TOKEN,
    'initByCaller with what getDeviceToken gave',
    (error) => place(failing(error, { getDeviceToken: () => DEVICE_TOKEN }).module, { voipToken: '' }),
  ],
  [
    VOIP_TOKEN,
    'the reason of a signal',
    (error) => {
      const signal = AbortSignal.abort(error);
      return caught(failing(error).module.default.initByCaller(CALL_BY_DEVICE, { signal }));
    },
  ],
  [
    VOIP_TOKEN,
    'a signal, once the wasm is there',
    async (error) => {
      const { module } = failing(error);
      await module.init();
      return caught(module.default.initByCaller(CALL_BY_DEVICE, { signal: AbortSignal.abort(error) }));
    },
  ],
  [
    SESSION,
    'a getter of the request',
    (error) =>
      caught(
        failing(error).module.default.initByCaller({
          get roomType() {
            throw error;
          },
        }),
      ),
  ],
  [
    SESSION,
    'a host that cannot load the wasm',
    async (error) => {
      const load = mock.method(WebAssembly, 'compile', () => Promise.reject(error));
      const { module } = failing(error);
      const said = [await caught(module.init()), await caught(place(module)), await caught(module.check({}))];
      load.mock.restore();
      return said;
    },
  ],
  [
    PUSH_TOKEN,
    'callWMPF',
    (error) => caught(failing(error).module.default.callWMPF({ ...CALL, pushToken: PUSH_TOKEN })),
  ],
  [
    PAYLOAD,
    'callDevice',
    (error) => caught(failing(error).module.default.callDevice({ ...CALL, isCloud: true, payload: PAYLOAD })),
  ],
  [
    SESSION,
    'getIotBindContactList',
    (error) =>
      caught(failing(error).module.default.getIotBindContactList({ sn: 's', model_id: 'm', openid_list: ['o'] })),
  ],
  [
    SESSION,
    'a getter of what the other calls take',
    (error) =>
      caught(
        failing(error).module.default.callWMPF({
          get sn() {
            throw error;
          },
        }),
      ),
  ],
  [
    SESSION,
    'setUIConfig',
    async (error) => {
      const { module } = failing(error);
      try {
        return module.default.setUIConfig({
          get btnText() {
            throw error;
          },
        });
      } catch (thrown) {
        return thrown;
      }
    },
  ],
  [
    SESSION,
    'a hang-up by a request',
    async (error) => {
      const { module } = failing(error);
      module.configure({ fetch: created });
      await place(module);
      module.configure({ fetch: () => Promise.reject(error) });
      module.default.forceHangUpVoip();
      await settle();
      const { view } = module.openCall(undefined, { show() {} });
      return [view.state, view.detail];
    },
  ],
  [
    SESSION,
    'a host that opens no socket',
    async (error) => {
      const { module } = failing(error, {
        WebSocket: class {
          constructor() {
            throw error;
          }
        },
      });
      const told = [];
      try {
        module.listen({ onReminder() {} });
      } catch (thrown) {
        told.push(thrown);
      }
      module.openCall(LISTENER, { show: (view) => told.push(view) });
      return told;
    },
  ],
  [
    SESSION,
    'a socket that fails',
    async (error) => {
      const task = Object.fromEntries(
        ['onOpen', 'onMessage', 'onClose', 'onError', 'send', 'close'].map((name) => [name, () => {}]),
      );
      const connectSocket = ({ fail }) => {
        fail(error);
        return task;
      };
      const { module } = failing(error, { WebSocket: undefined, connectSocket });
      const told = [];
      module.listen({ onReminder() {}, onState: (...state) => told.push(state) });
      module.openCall(LISTENER, { show: (view) => told.push(view) });
      mock.timers.tick(40_000);
      return told;
    },
  ],
  [
    SESSION,
    'a token that was replaced, and a socket that still has it',
    async (error) => {
      let close;
      const task = {
        onOpen() {},
        onMessage() {},
        onClose() {},
        onError: (told) => (close = told),
        send() {},
        close() {},
      };
      const { module } = failing(error, { WebSocket: undefined, connectSocket: () => task });
      const told = [];
      module.listen({ onReminder() {}, onState: (...state) => told.push(state) });
      for (let i = 0; i < 100; i += 1) module.configure({ token: `another-token-${i}` });
      close(error);
      return told;
    },
  ],
  [SESSION, 'media that cannot join', (error) => page(error, CALLER, () => ({ join: () => Promise.reject(error) }))],
  [
    CREDENTIAL,
    'media that cannot join with what the service gave',
    (error) => page(error, CALLER, () => ({ join: () => Promise.reject(error) })),
  ],
  [SIGNATURE, 'media that breaks', (error) => page(error, CALLER, joined, (_call, media) => media.room.onAbort(error))],
  [
    SESSION,
    'a camera that goes off',
    (error) => page(error, CALLER, joined, (_call, media) => media.room.onCamera(false, error)),
  ],
  [
    SESSION,
    'a camera that cannot be opened',
    (error) =>
      page(
        error,
        CALLER,
        (media) => ({ ...joined(media), setCamera: () => Promise.reject(error) }),
        (call) => call.setCamera(true),
      ),
  ],
  [
    SESSION,
    'a camera that cannot be changed',
    (error) =>
      page(
        error,
        CALLER,
        (media) => ({ ...joined(media), switchCamera: () => Promise.reject(error) }),
        (call) => caught(call.switchCamera()),
      ),
  ],
  [
    SESSION,
    'media that throws',
    (error) => page(error, CALLER, throwing('setMuted', error), (call) => call.setMuted(true)),
  ],
  [
    SESSION,
    'a page that throws',
    async (error) => {
      const { module } = failing(error);
      module.openCall('?', {
        show() {
          throw error;
        },
      });
    },
  ],
  [
    SESSION,
    'a listener that throws',
    async (error) => {
      const { module } = failing(error);
      module.default.onVoipEvent(() => {
        throw error;
      });
      module.openCall('?', { show() {} });
    },
  ],
  [
    SESSION,
    'a handler of listen that throws',
    async (error) => {
      const { module, fake } = failing(error);
      module.listen({
        onReminder() {
          throw error;
        },
      });
      fake.last.say({ type: 'reminder', roomId: 'r' });
    },
  ],
];

/** All of a value that anybody can look at, and what a console and JSON make of it. */
function everythingOf(value) {
  const seen = new Set();
  const texts = [
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity }),
  ];
  const attempt = (read) => {
    try {
      read();
    } catch {
      // A getter of the platform's, or a circle.
    }
  };
  function visit(one) {
    if (typeof one === 'string' || typeof one === 'symbol') texts.push(String(one));
    if (Object(one) !== one || seen.has(one)) return;
    seen.add(one);
    attempt(() => texts.push(JSON.stringify(one) ?? ''));
    if (ArrayBuffer.isView(one)) texts.push(Buffer.from(one.buffer).toString('latin1'));
    if (one instanceof Map) visit(Array.from(one));
    for (let at = one; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Reflect.ownKeys(at)) {
        visit(name);
        attempt(() => visit(one[name]));
      }
    }
  }
  visit(value);
  return texts.join('\n');
}

/** What must not be found: each form, and of the longer ones any part of 16 characters. */
function assertKeeps(secret, said, what) {
  const encoded = [0, 1, 2].map((bytes) =>
    Buffer.from('.'.repeat(bytes) + secret)
      .toString('base64')
      .slice(bytes && 4, -4),
  );
  const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), ...encoded];
  for (const form of [...forms, ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))]) {
    const size = Math.min(16, form.length);
    for (let at = 0; at + size <= form.length; at += 1) {
      const part = form.slice(at, at + size);
      assert.equal(said.includes(part), false, `${what} tells ${part}`);
    }
  }
}

describe('what a host says', { timeout: 120_000 }, () => {
  let reported;
  beforeEach(() => {
    reported = [];
    mock.timers.enable({ apis: ['setTimeout'] });
    for (const name of ['error', 'warn', 'log', 'info', 'debug'])
      mock.method(console, name, (...said) => reported.push(said));
    globalThis.reportError = (error) => reported.push(error);
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
    delete globalThis.reportError;
  });

  for (const [secret, api, run] of WAYS) {
    it(`to ${api} is told without the secret, wherever it was and however it was written`, async () => {
      for (const [where, make] of Object.entries(PLACES)) {
        const [given, logs] = [await run(make(secret)), reported.splice(0)];
        assertKeeps(secret, everythingOf([given, logs]), `${where}:`);
      }
      for (const [form, write] of Object.entries(FORMS)) {
        const [given, logs] = [await run(new TypeError(`the line is cut: ${write(secret)}`)), reported.splice(0)];
        assertKeeps(secret, everythingOf([given, logs]), `${form}:`);
      }
    });
  }

  const causeOf = async (error, changes) =>
    (await place(failing(error, changes).module, { voipToken: VOIP_TOKEN })).errObj.cause;

  it('is of the same class, and says the rest', async () => {
    const cause = new Error(`below: ${SESSION}`);
    const error = Object.assign(new TypeError(`invalid header 'Bearer ${SESSION}'`, { cause }), {
      errno: -3,
      code: 'EINVAL',
      at: [1, { line: 2 }],
    });
    const { stack } = error;
    const copy = await causeOf(error);
    assert.ok(copy instanceof TypeError && copy.cause instanceof Error);
    assert.equal(Object.prototype.toString.call(copy), '[object Error]');
    const { name, message, errno, code, at } = copy;
    assert.deepEqual(
      [name, message, errno, code, at],
      ['TypeError', "invalid header 'Bearer ***'", -3, 'EINVAL', [1, { line: 2 }]],
    );
    assert.equal(copy.cause.message, 'below: ***');
    assert.equal(copy.stack, stack.replace(SESSION, '***'));
    assert.deepEqual(Object.keys(copy), ['errno', 'code', 'at']);
    assert.match(inspect(copy), /TypeError: invalid header 'Bearer \*\*\*'/);
    assert.equal(error.message, `invalid header 'Bearer ${SESSION}'`, "the error itself is the host's");
  });

  it('keeps its class where that is one of the platform or of a developer', async () => {
    const copy = await causeOf(new DOMException(`no ${SESSION}`, 'NetworkError'));
    assert.ok(copy instanceof DOMException);
    assert.deepEqual(
      [copy.name, copy.code, copy.message, String(copy)],
      ['NetworkError', 19, 'no ***', 'NetworkError: no ***'],
    );
    const own = await causeOf(new HostError({ headers: [`Bearer ${SESSION}`], method: 'POST' }));
    assert.ok(own instanceof HostError);
    assert.deepEqual(own.request, { headers: ['Bearer ***'], method: 'POST' });
    assert.ok((await causeOf(new NoError(SESSION))) instanceof NoError);
    const { VoipJoinError } = freshModule();
    const joining = await causeOf(new VoipJoinError(2007, 'join:fail in use', SESSION, 3, 5));
    assert.ok(joining instanceof VoipJoinError);
    const plain = { name: 'VoipJoinError', message: 'join:fail in use', errMsg: 'join:fail in use', errCode: 2007 };
    assert.deepEqual(joining.toJSON(), { ...plain, extErrMsg: '***', errType: 3, errno: 5 });
  });

  it('has what only the host can make left out where that tells, and else kept', async () => {
    const [headers, other] = [new Headers({ authorization: SESSION }), new Map([['a', 1]])];
    const { held } = await causeOf(withMember('held', { headers, other }));
    assert.equal(held.headers, '***');
    assert.equal(held.other, other);
  });

  it('is the very value where it tells nothing', async () => {
    const { data } = new MessageEvent('message', { data: 'eyJhbGciOiJ' });
    for (const value of [
      withMember('held', { data, token: 'another-token' }),
      new HostError(7),
      Symbol('s'),
      () => SESSION.length,
      7n,
      '',
    ]) {
      assert.equal(await causeOf(value), value);
    }
  });

  it('is left out where it is too much to be looked through', async () => {
    const many = { next: undefined };
    for (let at = many, i = 0; i < 20_000; i += 1) at = at.next = { next: undefined };
    const { message, held } = await causeOf(withMember('held', many));
    assert.equal(message, 'the line is cut');
    assert.notEqual(held, many);
  });

  for (const [token, said, says] of [
    ['test-token', 'a test-token', 'a test-token'],
    ['a-test-token', 'it is a-test-token-2', 'it is ***-2'],
  ]) {
    it(`says of a short token such as ${token}: ${says}`, async () => {
      const { message } = await causeOf(new Error(said), { token });
      assert.equal(message, says);
    });
  }

  // The wasm repeats 300 characters of what a host has said, and 40 of a body that is no answer.
  it('is cut off only after it was looked through', async () => {
    const req = { ...CALL_BY_DEVICE };
    for (let before = 286; before < 301; before += 1) {
      const { module } = failing(new Error(`${'x'.repeat(before)}${SESSION}`));
      const { errMsg } = await module.default.initByCaller(req);
      assert.ok(!errMsg.includes('xey') && !errMsg.includes(SESSION.slice(0, 4)), errMsg);
    }
    for (let before = 26; before < 41; before += 1) {
      const { module } = failing(undefined, { fetch: async () => response(200, `<${'x'.repeat(before)}${SESSION}`) });
      const { errMsg } = await module.default.initByCaller(req);
      assert.ok(!errMsg.includes('xey') && !errMsg.includes(SESSION.slice(0, 4)), errMsg);
    }
  });

  it('of a megabyte is looked through in good time', async () => {
    const started = performance.now();
    const text = `${'x'.repeat(1e6)}${SESSION}`;
    assertKeeps(SESSION, everythingOf(await causeOf(new Error(text))), 'a megabyte');
    assert.ok(performance.now() - started < 20_000);
  });
});
