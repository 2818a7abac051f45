// Reads what a developer passes: each documented field is read once. A value that JSON cannot carry, or that has
// another type than the field, is refused with the name of the field. The service checks all other rules.

/** @import { Core } from '../types/core.js' */

import { failure } from './failure.js';
import { PARAMETER } from './raised-codes.js';
import { textOf } from './text-of.js';

/** @typedef {'string' | 'number' | 'boolean'} Kind */
/** @typedef {(value: unknown, path: string) => unknown} Check */

/**
 * @template {Kind} Of
 * @typedef {Of extends 'string' ? string : Of extends 'number' ? number : boolean} OfKind
 */

/**
 * @template {Kind | Check} Of
 * @typedef {Of extends (...values: any) => infer Value ? Value : Of extends Kind ? OfKind<Of> : never} Taken
 */

/**
 * Gives the fields that were passed. `kinds` has for each field the `typeof` of its values, or a function that checks
 * them.
 *
 * @template {Record<string, Kind | Check>} Kinds
 * @param {Core} core
 * @param {string} api
 * @param {string} path
 * @param {unknown} value
 * @param {Kinds} kinds
 * @returns {{ [Name in keyof Kinds]?: Taken<Kinds[Name]> }}
 */
export function taken(core, api, path, value, kinds) {
  const prefix = path ? `${path}.` : '';
  if (!isObject(value)) {
    throw failure(core, PARAMETER, api, `${path || 'req'}: expected an object, got ${described(value)}`);
  }
  /** @type {Record<string, unknown>} */
  const fields = {};
  for (const name of Object.keys(kinds)) {
    const at = prefix + name;
    const given = readOnce(core, api, at, () => value[name]);
    if (given == null) continue;
    const kind = kinds[name];
    fields[name] = typeof kind === 'function' ? kind(given, at) : checked(core, api, at, given, kind);
  }
  // Each of them was checked by its kind.
  return /** @type {{ [Name in keyof Kinds]?: Taken<Kinds[Name]> }} */ (fields);
}

/**
 * Gives the value. Throws if it is not of that kind.
 *
 * @template {Kind} Of
 * @param {Core} core
 * @param {string} api
 * @param {string} path
 * @param {unknown} value
 * @param {Of} kind
 * @returns {OfKind<Of>}
 */
export function checked(core, api, path, value, kind) {
  const isRight = typeof value === kind && (kind !== 'number' || Number.isFinite(value));
  if (isRight) return /** @type {OfKind<Of>} */ (value);
  throw failure(core, PARAMETER, api, `${path}: expected ${KINDS[kind]}, got ${described(value)}`);
}

/**
 * Gives a check that gives the value, and throws if it is not one of `values`.
 *
 * @template {string | number} const One
 * @param {Core} core
 * @param {string} api
 * @param {readonly One[]} values
 * @returns {(value: unknown, path: string) => One}
 */
export const oneOf = (core, api, values) => (value, path) => {
  const one = /** @type {One} */ (value);
  if (values.includes(one)) return one;
  const expected = values.map((one) => (typeof one === 'string' ? `'${one}'` : one)).join(' or ');
  throw failure(core, PARAMETER, api, `${path}: expected ${expected}, got ${described(value)}`);
};

/**
 * Gives the result of `get`. Throws a documented error if a getter of the developer throws.
 *
 * @param {Core} core
 * @param {string} api
 * @param {string} path
 * @param {() => unknown} get
 */
function readOnce(core, api, path, get) {
  try {
    return get();
  } catch (cause) {
    throw failure(
      core,
      PARAMETER,
      api,
      `${path}: expected a value, got a getter that throws (${textOf(cause)})`,
      cause,
    );
  }
}

const KINDS = { string: 'a string', number: 'a number', boolean: 'true or false' };

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === 'object' && value !== null;

/** @param {unknown} value */
function described(value) {
  if (value == null) return 'nothing';
  if (typeof value === 'string') return `the string '${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}
