// Where the room service is, by what configure was given.

import { MAX_TIMEOUT_MS } from '../generated/contract.js';
import { failure } from '../base/failure.js';
import { PARAMETER } from '../base/raised-codes.js';

const DEFAULT_TIMEOUT_MS = 10000;

/** Whether it can be a session token, which travels in a header and as a subprotocol. */
export const isToken = (token) => typeof token === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(token);

export function targetOf(core, api) {
  const options = core.options();
  const { endpoint, token, timeout = DEFAULT_TIMEOUT_MS } = options;
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
