// The error classes and the results as their readers see them: real callers look at different parts of a failure, and
// all are there, whether it was thrown or returned.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

import { call, configured, fakeFetch, response } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { PKG } from '../../support/paths.mjs';
import { ROOM } from '../../support/requests.mjs';

const host = fakeFetch();
const module = configured(freshModule(), { fetch: host.fetch });
const { VoipError, VoipCgiError, VoipJoinError, VoipPluginError } = module;

const thrown = () => call(module, { roomType: 'phone' }).catch((error) => error);
const returned = () => {
  host.behave(() => response(403, '{"errcode":9,"errmsg":"not authorised"}'));
  return call(module);
};
const succeeded = () => {
  host.behave();
  return call(module);
};

describe('an error class', () => {
  const cause = { errMsg: 'request:fail', token: 's3cret' };
  for (const [name, make, own] of [
    ['VoipError', () => new VoipError(1002, 'a:fail b', 5, cause), {}],
    ['VoipCgiError', () => new VoipCgiError(1002, 'a:fail b', 5, cause), {}],
    ['VoipPluginError', () => new VoipPluginError(1002, 'a:fail b', 5, cause), {}],
    [
      'VoipJoinError',
      () => new VoipJoinError(1002, 'a:fail b', 'extra', 3, 5, cause),
      { extErrMsg: 'extra', errType: 3 },
    ],
  ]) {
    it(`${name} is a real one`, () => {
      const error = make();
      const Class = module[name];
      for (const parent of [Error, VoipError, Class]) assert.ok(error instanceof parent);
      for (const other of [VoipCgiError, VoipPluginError, VoipJoinError]) {
        assert.equal(error instanceof other, Class === other);
      }
      assert.equal(Object.prototype.toString.call(error), '[object Error]');
      assert.equal(String(error), `${name}: a:fail b`);
      assert.ok(
        error.stack.startsWith(`${name}: a:fail b\n`) || error.stack.startsWith('Error: a:fail b\n'),
        error.stack,
      );
      assert.match(error.stack, /errors\.test\.mjs/);
      const { message, errMsg, errCode, errno } = error;
      assert.deepEqual([error.name, message, errMsg, errCode, errno], [name, 'a:fail b', 'a:fail b', 1002, 5]);
      assert.equal(error.cause, cause);
    });

    it(`${name} is logged as what it documents, and without its cause`, () => {
      const expected = { name, message: 'a:fail b', errMsg: 'a:fail b', errCode: 1002, errno: 5, ...own };
      assert.deepEqual(JSON.parse(JSON.stringify(make())), expected);
      assert.deepEqual(make().toJSON(), expected);
      const { name: _, message: __, ...members } = expected;
      assert.deepEqual({ ...make() }, members);
    });

    it(`${name} has no errno and no cause where the host gave none`, () => {
      const Class = module[name];
      const error = name === 'VoipJoinError' ? new Class(9, 'm', '', 0) : new Class(9, 'm');
      assert.deepEqual(['errno' in error, 'cause' in error], [false, false]);
      assert.equal('errno' in error.toJSON(), false);
    });

    it(`${name} can be extended`, () => {
      class Mine extends module[name] {}
      const mine = new Mine(9, 'm');
      assert.ok(mine instanceof Mine && mine instanceof VoipError);
      assert.equal(mine.errCode, 9);
    });
  }

  it('of one copy of the package is not that of another', () => {
    const copy = freshModule();
    assert.equal(new copy.VoipError(1, 'm') instanceof VoipError, false);
  });
});

describe('a failure', { timeout: 60_000 }, () => {
  it('has each of the parts that callers look at, thrown or returned', async () => {
    for (const failure of [await thrown(), await returned()]) {
      const { errCode, errMsg } = failure;
      assert.equal(failure.isSuccess, false);
      assert.equal(typeof errCode, 'number');
      assert.match(errMsg, /^initByCaller:fail ./);
      assert.equal(failure.message, errMsg);
      assert.deepEqual(failure.error, { err_code: String(errCode), errMsg });
      assert.ok((failure.errObj ?? failure) instanceof Error);
    }
  });

  it('that is returned spreads and serialises to the documented shape and nothing else', async () => {
    const failure = await returned();
    const errMsg = 'initByCaller:fail not authorised';
    const plain = { isSuccess: false, error: { err_code: '9', errMsg }, errCode: 9, errMsg };
    assert.deepEqual({ ...failure }, { ...plain, errObj: failure.errObj });
    assert.deepEqual(JSON.parse(JSON.stringify(failure)), {
      ...plain,
      errObj: { name: 'VoipCgiError', message: errMsg, errMsg, errCode: 9 },
    });
    assert.equal(Object.getPrototypeOf(failure), Object.prototype);
    assert.deepEqual(structuredClone({ ...failure, errObj: undefined }), { ...plain, errObj: undefined });
  });

  it('that is thrown spreads to its own members', async () => {
    const error = await thrown();
    const { errCode, errMsg } = error;
    assert.deepEqual({ ...error }, { errCode, errMsg });
    assert.deepEqual(JSON.parse(JSON.stringify(error)), {
      name: 'VoipPluginError',
      message: errMsg,
      errMsg,
      errCode,
    });
  });

  it('is an object of its own each time', async () => {
    const [one, another] = [await returned(), await returned()];
    one.error.err_code = 'changed';
    one.errCode = 0;
    assert.deepEqual([another.error.err_code, another.errCode], ['9', 9]);
    assert.notEqual(one.errObj, another.errObj);
  });
});

describe('a success', { timeout: 60_000 }, () => {
  it('spreads and serialises to the documented shape and nothing else', async () => {
    const result = await succeeded();
    const { roomId, chargeType } = ROOM;
    const expected = { isSuccess: true, roomId, groupId: roomId, chargeType };
    assert.deepEqual(result, expected);
    assert.deepEqual({ ...result }, expected);
    assert.equal(JSON.stringify(result), JSON.stringify(expected));
    assert.deepEqual(Reflect.ownKeys(result), Object.keys(expected));
    assert.equal(Object.getPrototypeOf(result), Object.prototype);
  });
});

describe('a rejection that nobody handles', { timeout: 60_000 }, () => {
  const run = (code) =>
    promisify(execFile)(process.execPath, ['--input-type=commonjs', '-e', code], { timeout: 30_000 });
  const PRELUDE = `
    const wmpfVoip = require(${JSON.stringify(join(PKG, 'node.cjs'))});
    wmpfVoip.configure({ endpoint: 'http://a.test', token: 't', fetch: async () => { throw new Error('no'); } });
    const seen = [];
    process.on('unhandledRejection', (reason, promise) => seen.push([reason, promise]));
    process.on('exit', () => console.log(JSON.stringify(seen.map(([{ errCode }, promise]) => [errCode, promise === made]))));
    const call = (req) => wmpfVoip.default.initByCaller(req);
    let made;
  `;

  it('is reported once, for the promise that was given', async () => {
    const { stdout } = await run(`${PRELUDE} made = call({});`);
    assert.equal(stdout, '[[1004,true]]\n');
  });

  it('ends the process, as that of any async function', async () => {
    const code = `${PRELUDE} process.removeAllListeners('unhandledRejection'); made = call({});`;
    const error = await run(code).catch((error) => error);
    assert.equal(error.code, 1);
    assert.match(error.stderr, /initByCaller:fail roomType: expected/);
  });

  for (const [name, code] of [
    ['is handled later in the same turn', 'made = call({}); made.catch(() => {});'],
    ['is awaited in a try', '(async () => { try { await call({}); } catch {} })();'],
    ['is a result', `made = call({ roomType: 'voice', caller: { id: 'a' }, listener: { id: 'b' }, businessType: 1 });`],
  ]) {
    it(`is none where it ${name}`, async () => {
      const { stdout } = await run(`${PRELUDE} ${code}`);
      assert.equal(stdout, '[]\n');
    });
  }
});
