// What a host or a developer has thrown, which is any value: the texts in it, and a copy of it with other texts. Getters
// throw, proxies are hostile, and a class may be that of another realm.

/** A value that leads to more objects is not looked through any further. */
const MOST_OBJECTS = 2000;

/** Of a body in bytes the beginning is looked at. */
const MOST_BYTES = 65536;

/** What objects of hosts have by their class, and says something. */
const INHERITED = ['cause', 'data', 'errMsg', 'error', 'headers', 'href', 'message', 'reason', 'stack', 'url'];

/** Built-in classes whose content only an iterator gives. */
const ITERABLE = ['FormData', 'Headers', 'Map', 'Set', 'URLSearchParams'];

/** The name of a built-in class, whatever realm the object is of. */
export const kindOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/** Whether there is a text in the value that `isMeant`. Where there is more than can be looked through, there may be. */
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
 * Gives a copy of the same class, with every text as `change` gives it. What cannot be copied, because only the host can make
 * it, stays where no text of it `isMeant`; else `mark` takes its place.
 */
export function copyOf(value, isMeant, change, mark) {
  const copies = new Map();

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

  return copied(value);
}

// Nothing where it cannot be copied.
function emptyCopy(value, isFirst) {
  return attempt(() => {
    if (Array.isArray(value)) return [];
    const prototype = Object.getPrototypeOf(value);
    if (isError(value)) {
      const error = Object.setPrototypeOf(new Error(), prototype);
      // That of this line.
      delete error.stack;
      return error;
    }
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
    // An object of a developer's class that was thrown.
    const isInstance = isFirst && typeof value === 'object' && kindOf(value) === 'Object';
    return isPlain || isInstance ? Object.create(prototype) : undefined;
  });
}

// Each member with its name and whether it is enumerable. What cannot be read is none.
function membersOf(object) {
  const kind = attempt(() => kindOf(object));
  if (kind === 'ArrayBuffer' || ArrayBuffer.isView(object)) return [['bytes', attempt(() => textOfBytes(object)), false]];
  const members = [];
  if (ITERABLE.includes(kind)) members.push(['entries', attempt(() => Array.from(object)), false]);
  for (const name of namesOf(object)) {
    attempt(() => {
      const own = Object.getOwnPropertyDescriptor(object, name);
      members.push([name, object[name], own?.enumerable === true]);
    });
  }
  return members;
}

function namesOf(object) {
  const names = new Set(attempt(() => Reflect.ownKeys(object)));
  for (const name of INHERITED) if (attempt(() => name in object)) names.add(name);
  // Its getters read what a copy does not have.
  if (attempt(() => isError(object))) attempt(() => addGetters(Object.getPrototypeOf(object), names));
  return names;
}

function addGetters(prototype, names) {
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  for (const name of Reflect.ownKeys(prototype)) {
    if (Object.getOwnPropertyDescriptor(prototype, name).get) names.add(name);
  }
  addGetters(Object.getPrototypeOf(prototype), names);
}

function textOfBytes(object) {
  const { buffer = object, byteOffset = 0, byteLength } = object;
  const view = new DataView(buffer, byteOffset, Math.min(byteLength, MOST_BYTES));
  return Array.from({ length: view.byteLength }, (_, at) => String.fromCharCode(view.getUint8(at))).join('');
}

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

const isError = (value) => ['Error', 'DOMException'].includes(kindOf(value)) || value instanceof Error;

// The value's own code may throw, and a host's may refuse.
function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
