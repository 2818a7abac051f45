// What a host has thrown, as plain data.

import { textOf } from '../base/text-of.js';

/**
 * @param {any} core
 * @param {any} error any value
 * @returns {import('./state.js').Fault}
 */
export const faultOf = (core, error) => ({ errCode: codeOf(error), detail: core.redacted(textOf(error)) });

function codeOf(error) {
  try {
    const errCode = error?.errCode;
    return Number.isInteger(errCode) ? errCode : undefined;
  } catch {
    return undefined;
  }
}
