// Strings between JavaScript and the wasm of a mini-program, whose hosts have no TextEncoder and no TextDecoder: what
// comes out is what comes out in Node, whatever went in.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { assertProperty, text } from '../../support/anything.mjs';
import { freshModule } from '../../support/module.mjs';
import { pathOnlyWebAssembly } from './code-package.mjs';
import { createHost } from './host.mjs';

const node = freshModule();
const start = (behaviour) => {
  const { instantiate } = pathOnlyWebAssembly(behaviour);
  return createHost({ WXWebAssembly: { instantiate } }).module;
};

/** What is wrong with it: the problem quotes what came. */
async function got(module, roomType) {
  const [problem] = await module.check({ roomType });
  return problem.got;
}

/** What the service is sent for a request whose strings are as long as they may be. */
async function sent(module) {
  const long = '名'.repeat(4096);
  const bodies = [];
  const request = ({ method, data, fail }) => {
    if (method === 'POST') bodies.push(data);
    fail({ errMsg: 'request:fail' });
  };
  module.configure({ endpoint: 'http://room.test', token: 'token', wx: { request } });
  const party = { id: long, name: long };
  const customQuery = `a=${long.slice(2)}`;
  await module.default.initByCaller({
    roomType: 'voice',
    caller: party,
    listener: party,
    voipToken: long,
    customQuery,
  });
  const [body] = bodies;
  assert.ok(body.length > 6 * 4000, body);
  return body;
}

describe('a string of a mini-program', { timeout: 60_000 }, () => {
  const mini = start();

  for (const [name, string] of Object.entries({
    ASCII: 'phone',
    'of two bytes a character': 'Straße',
    'of three': '拨打方名字',
    'of four': 'a😀b𠮷',
    'that begins with a byte order mark': '\ufeffvoice',
    'with a lone surrogate': 'a\ud83d',
    'with surrogates the wrong way round': '\ude00\ud83d',
    'at the edges of each length': '\0\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}',
  })) {
    it(`${name} is the same as in Node`, async () => {
      assert.equal(await got(mini, string), await got(node, string));
    });
  }

  it('is the same as in Node, whatever it is', async () => {
    await assertProperty(text, async (string) => {
      assert.equal(await got(mini, string), await got(node, string));
    });
  });

  it('may be as long as it is allowed to be', async () => {
    assert.equal(await sent(mini), await sent(node));
  });
});

describe('the memory of a mini-program', { timeout: 60_000 }, () => {
  // On iOS a view may stay what it was when the memory has grown, and its length does not tell. The same is true of
  // memory that is shared.
  it('may grow without a sign, and strings are right all the same', async () => {
    let memory;
    const wrap = (exports) => {
      ({ memory } = exports);
      return exports;
    };
    const module = start({ patch: withSharedMemory, wrap });
    await got(module, 'phone');
    const { buffer } = memory;
    const { byteLength } = buffer;
    assert.equal(await sent(module), await sent(node));
    assert.ok(memory.buffer.byteLength > byteLength, 'it has grown');
    assert.equal(buffer.byteLength, byteLength, 'and what was there does not tell');
    assert.equal(await got(module, '拨打方名字'), await got(node, '拨打方名字'));
  });
});

/** The same wasm with its memory section's limits changed to shared, which needs a maximum. */
function withSharedMemory(wasm) {
  const MEMORY = 5;
  const SHARED = 3;
  const bytes = [...wasm.subarray(0, 8)];
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < wasm.length) {
    const start = at;
    const id = wasm[at++];
    const end = number() + at;
    if (id === MEMORY) {
      assert.equal(number(), 1, 'one memory');
      number();
      const least = number();
      assert.ok(least < 128);
      // At most 1024 pages.
      const limits = [1, SHARED, least, 0x80, 0x08];
      bytes.push(MEMORY, limits.length, ...limits);
    } else {
      for (const byte of wasm.subarray(start, end)) bytes.push(byte);
    }
    at = end;
  }
  return new Uint8Array(bytes);
}
