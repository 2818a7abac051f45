// Which call a page was opened for: by a path with a query, by the query as the host has taken it apart, or by nothing.

/** @import { Core, OpenedCall } from '../types/core.js' */
/** @typedef {Record<string, string>} Query */

import { failure } from '../base/failure.js';
import { PARAMETER } from '../base/raised-codes.js';
import { textOf } from '../base/text-of.js';

/**
 * Gives the query as an object of its parameters, not decoded, as hosts do. A page that is null or undefined has no
 * query. Throws if `page` is neither a path nor an object of strings.
 *
 * @param {Core} core
 * @param {unknown} page
 * @returns {Query}
 */
export function queryOf(core, page) {
  if (page == null) return {};
  if (typeof page === 'string') return fromPath(page);
  if (typeof page === 'object') return fromObject(core, page);
  throw wrong(core, 'page: expected a path with a query, or the query as an object', page);
}

/**
 * Gives the call whose room the query names. Undefined if it names none: the query may ask for a call that is still
 * to be made.
 *
 * @param {Core} core
 * @param {Query} query
 * @returns {OpenedCall | undefined}
 */
export function callOf(core, query) {
  /** @param {string} name */
  const read = (name) => decoded(query[name] ?? '');
  const roomId = read('groupId');
  if (roomId === '') return undefined;
  const roomType = read('roomType');
  if (roomType !== '' && roomType !== 'voice' && roomType !== 'video') {
    throw wrong(core, "roomType: expected 'voice' or 'video'", roomType);
  }
  const isCaller = read('isCaller') === '1';
  const name = isCaller ? '' : read('callerName');
  return { roomId, roomType, isCaller, isAnswered: !isCaller && read('isClickedHangOnBtn') === '1', name };
}

/**
/**
 * Gives the call that this module has made last, which a page shows that is opened without a room; undefined if there
 * is none.
 *
 * @param {Core} core
 * @returns {OpenedCall | undefined}
 */
export function placedCall({ placed: roomId }) {
  if (roomId === undefined) return undefined;
  return { roomId, roomType: '', isCaller: true, isAnswered: false, name: '' };
}

/**
 * The text may also be a query alone: no page has a path with a '='.
 *
 * @param {string} whole
 */
function fromPath(whole) {
  const [path] = whole.split('#');
  const at = path.indexOf('?');
  /** @type {Query} */
  const query = {};
  const text = at < 0 && !path.includes('=') ? '' : path.slice(at + 1);
  for (const pair of text.split('&')) {
    const [name, ...value] = pair.split('=');
    if (name !== '') put(query, name, value.join('='));
  }
  return query;
}

/**
 * @param {Core} core
 * @param {object} object
 */
function fromObject(core, object) {
  /** @type {Query} */
  const query = {};
  let name = 'page';
  try {
    for (name of Object.keys(object)) {
      const value = /** @type {Record<string, unknown>} */ (object)[name];
      if (value == null) continue;
      if (typeof value !== 'string') throw new Error(`got a value of type ${typeof value}`);
      put(query, name, value);
    }
  } catch (error) {
    const at = name === 'page' ? name : `page.${name}`;
    throw failure(core, PARAMETER, 'openCall', `${at}: expected a string (${textOf(error)})`, error);
  }
  return query;
}

/**
 * A parameter may have any name, also that of a setter.
 *
 * @param {Query} query
 * @param {string} name
 * @param {string} value
 */
function put(query, name, value) {
  Object.defineProperty(query, name, { value, enumerable: true, writable: true, configurable: true });
}

/** @param {string} value */
function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * @param {Core} core
 * @param {string} expected
 * @param {unknown} value
 */
function wrong(core, expected, value) {
  const got = typeof value === 'string' ? `the string '${value.slice(0, 40)}'` : `a value of type ${typeof value}`;
  return failure(core, PARAMETER, 'openCall', `${expected}, got ${got}`);
}
