// Where the sockets of the room service are, by what configure was given. Sockets are opened before the wasm is there, so
// the addresses are checked here, too; the core's own rules hold for requests.

/** @import { Core, Target } from '../types/core.js' */

import { failure } from '../base/failure.js';
import { PARAMETER } from '../base/raised-codes.js';
import { DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS } from '../generated/contract.js';

/**
 * Whether it can be a session token of a socket, which takes it as a subprotocol.
 *
 * @param {unknown} token
 * @returns {token is string}
 */
export const isToken = (token) => typeof token === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(token);

/**
 * @param {Core} core
 * @param {string} api
 * @returns {Target}
 */
export function targetOf(core, api) {
  const options = core.options();
  const { endpoint, token } = options;
  const timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
  /** @type {(name: string, expected: string) => never} */
  const refuse = (name, expected) => {
    throw failure(core, PARAMETER, api, `configure.${name}: expected ${expected}`);
  };
  // A password before an "@" would stand in errors.
  if (typeof endpoint !== 'string' || !/^https?:\/\/[^/\s?#@][^\s?#@]*$/.test(endpoint)) {
    refuse('endpoint', "the room service's address, http(s)://host[:port]");
  }
  if (!isToken(token)) refuse('token', 'a session token');
  const isTimeout = typeof timeout === 'number' && timeout >= 1 && timeout <= MAX_TIMEOUT_MS;
  if (!isTimeout) refuse('timeout', `milliseconds from 1 to ${MAX_TIMEOUT_MS}`);
  return { options, endpoint: endpoint.replace(/\/+$/, ''), token, timeout };
}
