// What becomes of each kind of value in each field of the request. Each host runs this with the package and
// reports; what is right is decided where the reports are read.

import { sample } from '../../support/requests.mjs';
import { defineKind } from './kinds.mjs';
import { configuredPackage } from './package.mjs';

/** @typedef {{ path: string, businessType?: number, kind: { name: string, value?: unknown } }} Case */

/** A request with one value of this kind in it. */
function requestOf({ path, businessType, kind }, realm) {
  const request = { ...sample(), ...(businessType === undefined ? {} : { businessType }) };
  const names = path.split('.');
  const key = names.pop();
  const owner = path === 'req' ? {} : names.length > 0 ? request[names[0]] : request;
  const old = path === 'req' ? request : owner[key];
  const content = typeof old === 'object' ? old : {};
  defineKind(owner, key, kind, content, realm);
  return path === 'req' ? owner.req : request;
}

/** What a call ends with, an error as text and numbers. */
const outcomeOf = (module, call) =>
  call.then(
    (resolved) => ({ resolved }),
    (error) => ({
      rejected: {
        isPluginError: error instanceof module.VoipPluginError,
        isError: error instanceof Error,
        errCode: error.errCode,
        errMsg: error.errMsg,
        message: error.message,
      },
    }),
  );

/** In which ways the cases go through the package; each gives a report per case. */
const WAYS = {
  /** One instance gets them all, and works to the end. */
  async 'with the wasm there'(fresh, requests) {
    const { module, sent } = await fresh();
    await module.init();
    const reports = [];
    for (const request of requests) {
      const problems = await module.check(request);
      const outcome = await outcomeOf(module, module.default.initByCaller(request));
      reports.push({ problems, ...outcome, sent: sent.splice(0) });
    }
    return reports;
  },

  /** They all come before it has its wasm. */
  async 'by check while the wasm is not there yet'(fresh, requests) {
    const { module } = await fresh();
    const checks = Array.from(requests, (request) => module.check(request));
    return (await Promise.all(checks)).map((problems) => ({ problems }));
  },

  /** Each has a package to itself. */
  async 'by initByCaller while the wasm is not there yet'(fresh, requests) {
    const reports = [];
    for (const request of requests) {
      const { module, sent } = await fresh();
      const outcome = await outcomeOf(module, module.default.initByCaller(request));
      reports.push({ ...outcome, sent });
    }
    return reports;
  },
};

/**
 * @param {{ load(): Promise<any>, realm(expression: string): any }} host `load` gives a package without its wasm
 * @param {{ way: keyof typeof WAYS, cases: Case[] }} todo
 */
export function run({ load, realm }, { way, cases }) {
  const fresh = () => configuredPackage(load);
  // Made one at a time: some are large.
  function* requests() {
    for (const each of cases) yield requestOf(each, realm);
  }
  return WAYS[way](fresh, requests());
}
