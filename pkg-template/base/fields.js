// What a developer passes, taken over: each documented field is read once, and what no JSON can carry, or is of another kind
// than the field, is named. All other rules are the service's.

import { failure } from './failure.js';
import { PARAMETER } from './raised-codes.js';
import { textOf } from './text-of.js';

/** Gives the fields that were passed. `kinds` says of each field what typeof gives, or what else checks it. */
export function taken(core, api, path, value, kinds) {
  const prefix = path ? `${path}.` : '';
  if (!isObject(value)) {
    throw failure(core, PARAMETER, api, `${path || 'req'}: expected an object, got ${described(value)}`);
  }
  const fields = {};
  for (const name of Object.keys(kinds)) {
    const given = readOnce(core, api, prefix + name, () => value[name]);
    if (given == null) continue;
    const kind = kinds[name];
    const check = typeof kind === 'function' ? kind : (value, at) => checked(core, api, at, value, kind);
    fields[name] = check(given, prefix + name);
  }
  return fields;
}

/** Gives the value, if it is of that kind. */
export function checked(core, api, path, value, kind) {
  const isRight = typeof value === kind && (kind !== 'number' || Number.isFinite(value));
  if (isRight) return value;
  // Whatever came in a token's place may be one.
  const got = path.endsWith('Token') ? `a ${typeof value}` : described(value);
  throw failure(core, PARAMETER, api, `${path}: expected ${KINDS[kind]}, got ${got}`);
}

/** Gives the value, if it is one of those. */
export const oneOf = (core, api, values) => (value, path) => {
  if (values.includes(value)) return value;
  const expected = values.map((one) => (typeof one === 'string' ? `'${one}'` : one)).join(' or ');
  throw failure(core, PARAMETER, api, `${path}: expected ${expected}, got ${described(value)}`);
};

/** What `get` gives; a getter of the developer's may throw. */
function readOnce(core, api, path, get) {
  try {
    return get();
  } catch (cause) {
    throw failure(core, PARAMETER, api, `${path}: expected a value, got a getter that throws (${textOf(cause)})`, cause);
  }
}

const KINDS = { string: 'a string', number: 'a number', boolean: 'true or false' };

const isObject = (value) => typeof value === 'object' && value !== null;

function described(value) {
  if (value == null) return 'nothing';
  if (typeof value === 'string') return `the string '${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}
