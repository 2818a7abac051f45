// What a host has thrown, as plain data.

/** @import { Core } from '../types/core.js' */
/** @import { Fault } from './state.js' */

import { textOf } from '../base/text-of.js';

/**
 * @param {Core} core
 * @param {unknown} error
 * @returns {Fault}
 */
export const faultOf = (core, error) => ({ errCode: codeOf(error), detail: core.redacted(textOf(error)) });

/** @param {any} error it may be anything */
function codeOf(error) {
  try {
    const errCode = error?.errCode;
    return Number.isInteger(errCode) ? errCode : undefined;
  } catch {
    return undefined;
  }
}
