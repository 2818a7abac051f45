// Values that a host or a developer has thrown: the texts in them, and copies with other texts. Such a value can be
// anything: getters throw, proxies are hostile, and a class may come from another realm.

/** How many objects of a value are searched. A value with more is not searched further. */
const MOST_OBJECTS = 2000;

/** How many bytes of a binary body are searched, from its beginning. */
const MOST_BYTES = 65536;

/** The members that objects of hosts inherit from their class and that may hold a text. */
const INHERITED = ['cause', 'data', 'errMsg', 'error', 'headers', 'href', 'message', 'reason', 'stack', 'url'];

/** The built-in classes whose content is only available by an iterator. */
const ITERABLE = ['FormData', 'Headers', 'Map', 'Set', 'URLSearchParams'];

/**
 * The name of a value's built-in class, from whichever realm the value is.
 *
 * @param {unknown} value
 */
export const kindOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/**
 * Whether a text in the value `isMeant`. Gives true, too, if the value is too large to be searched completely.
 *
 * @param {unknown} value
 * @param {(text: string) => boolean} isMeant
 */
export function hasText(value, isMeant) {
  const seen = new Set();
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string' || typeof next === 'symbol') {
      if (isMeant(String(next))) return true;
    } else if (isObject(next) && !seen.has(next)) {
      seen.add(next);
      if (seen.size > MOST_OBJECTS) return true;
      for (const [name, member] of membersOf(next)) waiting.push(name, member);
    }
  }
  return false;
}

/**
 * Gives a copy of the same class in which every text was changed by `change`. An object that cannot be copied, because
 * only the host can make it, is kept if none of its texts `isMeant`; otherwise it is replaced by `mark`.
 *
 * @template Value
 * @param {Value} value
 * @param {(text: string) => boolean} isMeant
 * @param {(text: string) => string} change
 * @param {string} mark
 * @returns {Value} of the same type: the one exception, the mark, stands where nobody knows what to expect
 */
export function copyOf(value, isMeant, change, mark) {
  const copies = new Map();

  /**
   * @param {unknown} member
   * @returns {unknown}
   */
  function copied(member) {
    if (typeof member === 'string') return change(member);
    if (copies.has(member)) return copies.get(member);
    const copy = isObject(member) && copies.size < MOST_OBJECTS ? emptyCopy(member, copies.size === 0) : undefined;
    if (copy === undefined) return hasText(member, isMeant) ? mark : member;
    copies.set(member, copy);
    for (const [name, held, enumerable] of membersOf(member)) {
      const key = typeof name === 'string' ? change(name) : name;
      const property = { value: copied(held), enumerable, writable: true, configurable: true };
      attempt(() => Object.defineProperty(copy, key, property));
    }
    return copy;
  }

  return /** @type {Value} */ (copied(value));
}

/**
 * Gives an empty object of the same class; undefined if the value cannot be copied.
 *
 * @param {object} value
 * @param {boolean} isFirst
 * @returns {object | undefined}
 */
function emptyCopy(value, isFirst) {
  return attempt(() => {
    if (Array.isArray(value)) return [];
    const prototype = Object.getPrototypeOf(value);
    if (isError(value)) {
      const error = Object.setPrototypeOf(new Error(), prototype);
      // This stack would be that of the line above.
      delete error.stack;
      return error;
    }
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
    // An object of a developer's class that was thrown itself.
    const isInstance = isFirst && typeof value === 'object' && kindOf(value) === 'Object';
    return isPlain || isInstance ? Object.create(prototype) : undefined;
  });
}

/** @typedef {[name: string | symbol, value: unknown, isEnumerable: boolean]} Member */

/**
 * The members, each with its name and whether it is enumerable. Members that cannot be read are left out.
 *
 * @param {any} object it may be of any class
 * @returns {Member[]}
 */
function membersOf(object) {
  const kind = attempt(() => kindOf(object));
  if (kind === 'ArrayBuffer' || ArrayBuffer.isView(object))
    return [['bytes', attempt(() => textOfBytes(object)), false]];
  /** @type {Member[]} */
  const members = [];
  if (ITERABLE.includes(String(kind))) members.push(['entries', attempt(() => Array.from(object)), false]);
  for (const name of namesOf(object)) {
    attempt(() => {
      const own = Object.getOwnPropertyDescriptor(object, name);
      members.push([name, object[name], own?.enumerable === true]);
    });
  }
  return members;
}

/** @param {object} object */
function namesOf(object) {
  const names = new Set(attempt(() => Reflect.ownKeys(object)));
  for (const name of INHERITED) if (attempt(() => name in object)) names.add(name);
  // Getters of an error's class read what a copy does not have, so they are copied as values.
  if (attempt(() => isError(object))) attempt(() => addGetters(Object.getPrototypeOf(object), names));
  return names;
}

/**
 * @param {object | null} prototype
 * @param {Set<string | symbol>} names
 */
function addGetters(prototype, names) {
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  for (const name of Reflect.ownKeys(prototype)) {
    if (Object.getOwnPropertyDescriptor(prototype, name)?.get) names.add(name);
  }
  addGetters(Object.getPrototypeOf(prototype), names);
}

/** @param {{ buffer?: ArrayBuffer, byteOffset?: number, byteLength: number }} object an ArrayBuffer, or a view of one */
function textOfBytes(object) {
  const { buffer = /** @type {ArrayBuffer} */ (object), byteOffset = 0, byteLength } = object;
  const view = new DataView(buffer, byteOffset, Math.min(byteLength, MOST_BYTES));
  return Array.from({ length: view.byteLength }, (_, at) => String.fromCharCode(view.getUint8(at))).join('');
}

/** @type {(value: unknown) => value is object} */
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** @param {unknown} value */
const isError = (value) => ['Error', 'DOMException'].includes(kindOf(value)) || value instanceof Error;

/**
 * Gives what `read` gives; undefined if the value's own code throws, or a host's code refuses.
 *
 * @template Given
 * @param {() => Given} read
 */
function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
