// Every kind of JavaScript value: what an error says of it where it does not belong, and what it is as JSON
// where it does.
//
// `make(content)` gives the value; objects take on the properties of `content`, so that a class instance or a
// proxy can stand where a party belongs. `is` says which fields may take the kind at all; a kind
// without it is refused everywhere.

import { runInNewContext } from 'node:vm';

const throwing = () => {
  throw new Error('a trap');
};

class Party {
  constructor(content) {
    Object.assign(this, content);
  }
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A function has a `name` of its own that cannot be assigned. */
function callable(content) {
  return Object.defineProperties(() => {}, Object.getOwnPropertyDescriptors(content));
}

function cyclic(content) {
  const value = { ...content };
  value.self = value;
  return value;
}

const REVOKED = "Cannot perform 'IsArray' on a proxy that has been revoked";
const text = (name, string, got) => ({ name, make: () => string, is: 'string', got });
const number = (value, got) => ({
  name: Object.is(value, -0) ? '-0' : String(value),
  make: () => value,
  is: 'number',
  got,
});
const object = (name, make) => ({ name, make, is: 'object', got: 'an object' });
const refused = (name, make, got) => ({ name, make, got });

export const KINDS = [
  { name: 'undefined', make: () => undefined, is: 'missing', got: 'nothing' },
  { name: 'null', make: () => null, is: 'missing', got: 'nothing' },

  refused('true', () => true, 'true'),
  refused('false', () => false, 'false'),
  refused('a bigint', () => 10n, 'a bigint'),
  refused('a symbol', () => Symbol('s'), 'a symbol'),
  refused('a function', callable, 'a function'),
  refused('a class', () => Party, 'a function'),
  refused('a proxy of a function', () => new Proxy(() => {}, {}), 'a function'),
  refused('an array', (content) => Object.assign([], content), 'an array'),
  refused('a proxy of an array', (content) => new Proxy(Object.assign([], content), {}), 'an array'),
  refused('an array of another realm', () => runInNewContext('[]'), 'an array'),
  refused('a revoked proxy', revoked, `a property that throws when it is read (${REVOKED})`),
  refused('a revoked proxy of a function', () => {
    const { proxy, revoke } = Proxy.revocable(() => {}, {});
    revoke();
    return proxy;
  }, 'a function'),

  number(0, '0'),
  number(-0, '-0'),
  number(1, '1'),
  number(2, '2'),
  number(3, '3'),
  number(4, '4'),
  number(-1, '-1'),
  number(1.5, '1.5'),
  number(2 ** 32, '4294967296'),
  number(2 ** 32 + 1, '4294967297'),
  number(1e300, '1e+300'),
  number(5e-324, '5e-324'),
  number(NaN, 'NaN'),
  number(Infinity, 'Infinity'),
  number(-Infinity, '-Infinity'),

  text("''", '', 'an empty string'),
  text("'1'", '1', "the string '1'"),
  text("'voice'", 'voice', "the string 'voice'"),
  text("'video'", 'video', "the string 'video'"),
  text("'formal'", 'formal', "the string 'formal'"),
  text("'trial'", 'trial', "the string 'trial'"),
  text("'developer'", 'developer', "the string 'developer'"),
  text("' voice'", ' voice', "the string ' voice'"),
  text("'VOICE'", 'VOICE', "the string 'VOICE'"),
  text("'a=1&b=2'", 'a=1&b=2', "the string 'a=1&b=2'"),
  text('Chinese and an emoji', '呼叫📞', "the string '呼叫📞'"),
  text('a replacement character', '\ufffd', "the string '\ufffd'"),
  text('a NUL', 'a\0b', "the string 'a\ufffdb'"),
  text('4096 characters', 'x'.repeat(4096), `the string '${'x'.repeat(40)}…'`),
  text('4096 characters of two units', '📞'.repeat(2048), `the string '${'📞'.repeat(40)}…'`),
  refused('4097 characters', () => 'x'.repeat(4097), 'a string of 4097 characters'),
  refused('ten million characters', () => 'x'.repeat(1e7), 'a string of 10000000 characters'),
  refused('a lone high surrogate', () => 'a\ud83d', 'a string with lone surrogates'),
  refused('a lone low surrogate', () => '\udcdeb', 'a string with lone surrogates'),
  refused('surrogates in the wrong order', () => '\udcde\ud83d', 'a string with lone surrogates'),

  object('a plain object', (content) => ({ ...content })),
  object('a frozen object', (content) => Object.freeze({ ...content })),
  object('an object without a prototype', (content) => Object.assign(Object.create(null), content)),
  object('an object that inherits', (content) => Object.create(content)),
  object('an object of another realm', (content) =>
    Object.assign(runInNewContext('({})'), content),
  ),
  object('a class instance', (content) => new Party(content)),
  object('a proxy', (content) => new Proxy({ ...content }, {})),
  object('a cyclic object', cyclic),
  object('an object with a getter that nobody needs', (content) =>
    Object.defineProperty({ ...content }, 'other', { get: throwing, enumerable: true }),
  ),
  object('an object whose toString throws', (content) => ({
    ...content,
    toString: throwing,
    valueOf: throwing,
    toJSON: throwing,
    [Symbol.toPrimitive]: throwing,
  })),
  object('a Date', (content) => Object.assign(new Date(0), content)),
  object('a Map', (content) => Object.assign(new Map(), content)),
  object('a Promise', (content) => Object.assign(Promise.resolve(), content)),
  object('an Error', (content) => Object.assign(new Error('e'), content)),
  object('bytes', (content) => Object.assign(new Uint8Array(2), content)),
  object('a boxed string', (content) => Object.assign(new String('voice'), content)),
  object('a boxed number', (content) => Object.assign(new Number(1), content)),
];
