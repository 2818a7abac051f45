// A service that was asked too often, or is too busy, says when to ask again, and is asked again where there is time for that.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { configured, response } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { sample } from '../../support/requests.mjs';

const ROOM = JSON.stringify({ roomId: 'r1', chargeType: 'license' });
const refusal = (errcode, errmsg) => JSON.stringify({ errcode, errmsg });

/** Is told when a request has arrived. */
let arrived = () => {};

/** Hosts that give these answers, one after the other: a status, a body and perhaps the header. */
const hosts = {
  fetch(answers) {
    const sent = [];
    function fetch(_url, { method, headers }) {
      if (method === 'DELETE') return response(204, '');
      sent.push({ at: performance.now(), key: headers['idempotency-key'] });
      arrived();
      const [status, body, retryAfter] = answers[Math.min(sent.length, answers.length) - 1];
      return {
        ...response(status, body),
        headers: new Headers(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }),
      };
    }
    return { sent, host: { fetch } };
  },
  wx(answers, name = 'Retry-After') {
    const sent = [];
    function request({ method, header, success }) {
      if (method === 'DELETE') return success({ statusCode: 204, data: '' });
      sent.push({ at: performance.now(), key: header['idempotency-key'] });
      arrived();
      const [statusCode, data, retryAfter] = answers[Math.min(sent.length, answers.length) - 1];
      return success({ statusCode, data, header: { [name]: retryAfter } });
    }
    return { sent, host: { wx: { request } } };
  },
  'wx with small letters': (answers) => hosts.wx(answers, 'retry-after'),
};

for (const [name, answering] of Object.entries(hosts)) {
  describe(`a service that says when to ask again, over ${name}`, { timeout: 60_000 }, () => {
    async function call(answers, options = {}) {
      const { sent, host } = answering(answers);
      const module = configured(freshModule(), host, options.configure);
      await module.init();
      const result = await module.default.initByCaller(sample(), options.call?.());
      return { result, sent };
    }

    it('is asked again with the same key, once it says that it may be', async () => {
      for (const status of [429, 503]) {
        const busy = [status, refusal(5, 'later')];
        const { result, sent } = await call([
          [...busy, '0.3'],
          [...busy, '0'],
          [201, ROOM],
        ]);
        assert.equal(result.roomId, 'r1', result.errMsg);
        assert.equal(new Set(sent.map(({ key }) => key)).size, 1, 'it makes one call');
        const [first, second] = sent.slice(1).map(({ at }, i) => at - sent[i].at);
        assert.ok(first >= 299 && second >= 99, `after ${first} and ${second} ms`);
      }
    });

    it('is not asked again where that would be too late, or is said by nobody or of something else', async () => {
      const tooOften = refusal(5, 'too often');
      for (const [answer, errCode] of [
        [[429, tooOften, '60'], 5],
        [[429, tooOften, '1e400'], 5],
        [[429, tooOften, 'Wed, 21 Oct 2065 07:28:00 GMT'], 5],
        [[429, tooOften, ''], 5],
        [[503, tooOften], 5],
        [[403, refusal(9, 'not authorised'), '0'], 9],
        [[429, '<html>', '60'], 1002],
      ]) {
        const { result, sent } = await call([answer]);
        assert.deepEqual([result.isSuccess, result.errObj?.errCode, sent.length], [false, errCode, 1], String(answer));
      }
    });

    it('is asked no more once the time is over, however often it says so', async () => {
      const { result, sent } = await call([[429, refusal(5, 'too often'), '-1']], { configure: { timeout: 450 } });
      assert.equal(result.errObj.errCode, 5);
      assert.ok(sent.length >= 2 && sent.length <= 5, `${sent.length} times`);
    });

    it('is not waited for by who gives up', async () => {
      const controller = new AbortController();
      arrived = () => setTimeout(() => controller.abort(), 50);
      const begun = performance.now();
      const { result, sent } = await call([[429, refusal(5, 'too often'), '8']], {
        call: () => ({ signal: controller.signal }),
      });
      arrived = () => {};
      assert.deepEqual([result.errObj.errCode, sent.length], [1008, 1]);
      assert.ok(performance.now() - begun < 7000, 'at once');
    });
  });
}
