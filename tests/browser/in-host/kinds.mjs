// The kinds of value of `tests/contract/table/accept-reject.json`, made by their name.
//
// Objects take on the properties of `content`, so that a class instance or a proxy can stand where a party
// belongs. `realm` evaluates an expression in another realm.

const throwing = () => {
  throw new Error('a trap');
};

class Party {
  constructor(content) {
    Object.assign(this, content);
  }
}

/** A function has a `name` of its own that cannot be assigned. */
function callable(content) {
  return Object.defineProperties(() => {}, Object.getOwnPropertyDescriptors(content));
}

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function cyclic(content) {
  const value = { ...content };
  value.self = value;
  return value;
}

const MAKE = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => NaN,
  Infinity: () => Infinity,
  '-Infinity': () => -Infinity,
  '10n': () => 10n,
  "'x'.repeat(4096)": () => 'x'.repeat(4096),
  "'📞'.repeat(2048)": () => '📞'.repeat(2048),
  "'x'.repeat(4097)": () => 'x'.repeat(4097),
  "'📞'.repeat(2049)": () => '📞'.repeat(2049),
  "'x'.repeat(1e7)": () => 'x'.repeat(1e7),
  "'a\\ud83d'": () => 'a\ud83d',
  "'\\udcdeb'": () => '\udcdeb',
  "'\\udcde\\ud83d'": () => '\udcde\ud83d',
  'a symbol': () => Symbol('s'),
  'a function': callable,
  'a class': () => Party,
  'a proxy of a function': (content) => new Proxy(callable(content), {}),
  'a revoked proxy of a function': () => revoked(() => {}),
  'an array': (content) => Object.assign([], content),
  'a proxy of an array': (content) => new Proxy(Object.assign([], content), {}),
  'an array of another realm': (content, realm) => Object.assign(realm('[]'), content),
  'a plain object': (content) => ({ ...content }),
  'a frozen object': (content) => Object.freeze({ ...content }),
  'an object without a prototype': (content) => Object.assign(Object.create(null), content),
  'an object that inherits its properties': (content) => Object.create(content),
  'an object of another realm': (content, realm) => Object.assign(realm('({})'), content),
  'a class instance': (content) => new Party(content),
  'a proxy': (content) => new Proxy({ ...content }, {}),
  'a cyclic object': cyclic,
  'an object with another getter that throws': (content) =>
    Object.defineProperty({ ...content }, 'other', { get: throwing, enumerable: true }),
  'an object whose conversions throw': (content) => ({
    ...content,
    toString: throwing,
    valueOf: throwing,
    toJSON: throwing,
    [Symbol.toPrimitive]: throwing,
  }),
  'a Date': (content) => Object.assign(new Date(0), content),
  'a Map': (content) => Object.assign(new Map(), content),
  'a Promise': (content) => Object.assign(Promise.resolve(), content),
  'an Error': (content) => Object.assign(new Error('e'), content),
  'a Uint8Array': (content) => Object.assign(new Uint8Array(2), content),
  'a String object': (content) => Object.assign(new String('voice'), content),
  'a Number object': (content) => Object.assign(new Number(1), content),
  'a revoked proxy': () => revoked({}),
};

/** The kinds that are what a property does. */
const GET = { 'a getter that throws': throwing };

/** Makes `object[key]` a value of this kind. */
export function defineKind(object, key, kind, content, realm) {
  const { name } = kind;
  const get = GET[name];
  const value = () => ('value' in kind ? kind.value : MAKE[name](content, realm));
  Object.defineProperty(object, key, {
    ...(get ? { get } : { value: value(), writable: true }),
    enumerable: true,
    configurable: true,
  });
}
