// Generators of fast-check for any value at all, and for objects that are nearly right.
//
// Some values cannot be printed, or only be used once. These are generated as a `Made`, which says what it is and
// makes the value anew each time.

import fc from 'fast-check';
import { env } from 'node:process';

/** How many values each property is tried with, and which; a failure prints its seed. */
export const RUNS = Number(env.WMPF_VOIP_FC_RUNS ?? 1_000);
const seed = env.WMPF_VOIP_FC_SEED === undefined ? {} : { seed: Number(env.WMPF_VOIP_FC_SEED) };

/** @param {number} [share] of the runs, where one takes long */
export const assertProperty = (arbitrary, property, share = 1) =>
  fc.assert(fc.asyncProperty(arbitrary, property), { numRuns: Math.ceil(RUNS * share), ...seed });

class Made {
  constructor(describe, make) {
    this.make = make;
    this[fc.toStringMethod] = describe;
  }
}

/** A property that throws. */
class Throwing extends Made {}

/** The value that was generated. */
export const realise = (value) => (value instanceof Made ? value.make() : value);

/** An object with these properties. */
function withProperties(object, properties) {
  for (const [key, value] of Object.entries(properties)) {
    const get = () => {
      throw realise(value);
    };
    const own = value instanceof Throwing ? { get } : { value: realise(value), writable: true };
    Object.defineProperty(object, key, { ...own, enumerable: true, configurable: true });
  }
  return object;
}

const SHAPES = {
  plain: (properties) => withProperties({}, properties),
  frozen: (properties) => Object.freeze(withProperties({}, properties)),
  'without a prototype': (properties) => withProperties(Object.create(null), properties),
  inheriting: (properties) => Object.create(withProperties({}, properties)),
  proxied: (properties) => new Proxy(withProperties({}, properties), {}),
};

/** Objects of every shape with the properties that `fields` generates. */
export const shaped = (fields) =>
  fc.tuple(fc.constantFrom(...Object.keys(SHAPES)), fields).map(
    ([shape, properties]) =>
      new Made(
        () => `${shape} ${fc.stringify(properties)}`,
        () => SHAPES[shape](properties),
      ),
  );

const surrogates = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0xd800, max: 0xdfff }), fc.integer({ min: 0, max: 0xffff }))
    .map((unit) => String.fromCharCode(unit)),
});
export const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), surrogates);

/** Strings about as long as the longest that is taken. */
const long = fc.integer({ min: 4_000, max: 4_200 }).map(
  (length) =>
    new Made(
      () => `'x'.repeat(${length})`,
      () => 'x'.repeat(length),
    ),
);

const plain = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  values: [
    fc.boolean(),
    fc.integer(),
    fc.double(),
    text,
    fc.constantFrom(null, undefined, NaN, -0, Symbol('s'), Symbol.iterator, () => {}, class {}),
  ],
});

const TARGETS = { object: () => ({}), array: () => [], function: () => () => {} };
const target = fc.constantFrom(...Object.keys(TARGETS));

function revoked(name) {
  const { proxy, revoke } = Proxy.revocable(TARGETS[name](), {});
  revoke();
  return proxy;
}

const revokedProxy = target.map(
  (name) =>
    new Made(
      () => `a revoked proxy of ${name}`,
      () => revoked(name),
    ),
);

/** Proxies all of whose traps throw. */
const throwingProxy = fc.tuple(target, plain).map(([name, value]) => {
  const trap = () => {
    throw value;
  };
  const traps = Object.getOwnPropertyNames(Reflect).map((key) => [key, trap]);
  return new Made(
    () => `a proxy of ${name} whose traps throw ${fc.stringify(value)}`,
    () => new Proxy(TARGETS[name](), Object.fromEntries(traps)),
  );
});

export const anyValue = fc.oneof({ weight: 6, arbitrary: plain }, throwingProxy, revokedProxy, long);

const throwing = (thrown) =>
  thrown.map(
    (value) =>
      new Throwing(
        () => `a getter that throws ${fc.stringify(value)}`,
        () => realise(value),
      ),
  );

/** What looks like the error of a host. */
const member = fc.oneof(plain, throwing(plain));
const error = shaped(
  fc.record({ message: member, errMsg: member, errno: member, cause: member }, { requiredKeys: [] }),
);

/** Whatever can be thrown. */
export const anyThrown = fc.oneof(plain, error, throwingProxy, revokedProxy);

const anyProperty = fc.oneof({ weight: 3, arbitrary: anyValue }, throwing(anyThrown));

/** Mostly what belongs there. */
export const mostly = (right) => fc.oneof({ weight: 12, arbitrary: right }, anyProperty);
