// Fake hosts: a `fetch` and a `wx` that keep what they were given and do what a test tells them to.

import assert from 'node:assert/strict';

import { ENDPOINT, ROOM, sample, SUCCESS, TOKEN } from './requests.mjs';

/** A response as far as the package looks at it. */
export const response = (status, body) => ({ status, text: async () => body });

export const created = () => response(201, JSON.stringify(ROOM));

/**
 * `retracted` are the requests that take a call back; they are answered with 204.
 * @returns {{ fetch: Function, calls: Array<{ url: string, init: any }>, retracted: Array<{ url: string, init: any }>, behave(behaviour?: Function): void }}
 */
export function fakeFetch() {
  const calls = [];
  const retracted = [];
  let behaviour = created;
  return {
    calls,
    retracted,
    fetch(url, init) {
      if (init.method === 'DELETE') {
        retracted.push({ url, init });
        return response(204, '');
      }
      calls.push({ url, init });
      return behaviour(url, init);
    },
    /** @param {Function} [next] without it, it creates rooms again */
    behave(next = created) {
      behaviour = next;
    },
  };
}

/**
 * `retracted` are the requests that take a call back; they are answered with 204.
 * @returns {{ wx: any, calls: Array<{ self: any, options: any }>, retracted: Array<{ self: any, options: any }>, behave(behaviour?: Function): void }}
 */
export function fakeWx() {
  const calls = [];
  const retracted = [];
  const create = ({ success }) => setTimeout(() => success({ statusCode: 201, data: JSON.stringify(ROOM) }));
  let behaviour = create;
  const wx = {
    request(options) {
      if (options.method === 'DELETE') {
        retracted.push({ self: this, options });
        return options.success({ statusCode: 204, data: '' });
      }
      calls.push({ self: this, options });
      return behaviour(options);
    },
  };
  return {
    wx,
    calls,
    retracted,
    behave(next = create) {
      behaviour = next;
    },
  };
}

/** A call with the sample's request through what the module is configured with. */
export const call = (module, changes) => module.default.initByCaller({ ...sample(), ...changes });

/** Configures the module with a complete configuration and the given host. */
export const configured = (module, host, changes) => {
  module.configure({ endpoint: ENDPOINT, token: TOKEN, ...host, ...changes });
  return module;
};

/** Whatever happened before, the instance still works. */
export async function assertWorks(module, fake) {
  fake.behave();
  assert.deepEqual(await call(module), SUCCESS);
}

/** A timer that is left behind keeps a program from ending. */
export const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

/** What failed after a request had left: all of its parts say the same. Gives its error object. */
export function assertFailure(module, result, errCode, errMsg) {
  const { errObj, ...rest } = result;
  assert.deepEqual(rest, {
    isSuccess: false,
    errCode,
    errMsg,
    error: { err_code: String(errCode), errMsg },
  });
  assert.ok(errObj instanceof module.VoipCgiError && errObj instanceof Error);
  assert.deepEqual([errObj.errCode, errObj.errMsg, errObj.message], [errCode, errMsg, errMsg]);
  assertKeepsSecrets(errMsg, errObj.stack);
  return errObj;
}

/** What fails before a request has left. Gives the error. */
export async function assertRejects(module, promise, errCode, errMsg) {
  const error = await promise.then(
    (value) => assert.fail(`it resolved: ${JSON.stringify(value)}`),
    (error) => error,
  );
  assert.ok(error instanceof module.VoipPluginError, `${error}`);
  assert.deepEqual([error.errCode, error.errMsg, error.message], [errCode, errMsg, errMsg]);
  assertKeepsSecrets(errMsg, error.stack);
  return error;
}

/** Tokens of the tests have "s3cret" in them. */
export function assertKeepsSecrets(...texts) {
  for (const text of texts) assert.doesNotMatch(String(text), /s3cret/);
}
