// Generators of fast-check for whatever may come from outside: any value at all, requests and answers that are
// nearly right, and hosts that behave in any way.
//
// Some values cannot be printed, or only be used once. These are generated as a `Made`, which says what it is and
// makes the value anew each time.

import fc from 'fast-check';
import { env } from 'node:process';

import { sample } from './requests.mjs';

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
const shaped = (fields) =>
  fc
    .tuple(fc.constantFrom(...Object.keys(SHAPES)), fields)
    .map(([shape, properties]) =>
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
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), surrogates);

/** Strings about as long as the longest that is taken. */
const long = fc.integer({ min: 4_000, max: 4_200 }).map((length) =>
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

const revokedProxy = target.map((name) =>
  new Made(
    () => `a revoked proxy of ${name}`,
    () => revoked(name),
  ),
);

/** A proxy all of whose traps do the same. */
function trapped(name, trap) {
  const traps = Object.getOwnPropertyNames(Reflect).map((key) => [key, trap]);
  return new Proxy(TARGETS[name](), Object.fromEntries(traps));
}

const { value: anyValue, thrown } = fc.letrec((tie) => ({
  thrown: fc.oneof(plain, tie('throwing'), revokedProxy, tie('error')),
  error: shaped(
    fc.record(
      { message: tie('property'), errMsg: tie('property'), errno: tie('property'), cause: tie('property') },
      { requiredKeys: [] },
    ),
  ),
  throwing: fc.tuple(target, plain).map(([name, value]) =>
    new Made(
      () => `a proxy of ${name} whose traps throw ${fc.stringify(value)}`,
      () =>
        trapped(name, () => {
          throw value;
        }),
    ),
  ),
  property: fc.oneof(plain, plain.map((value) => throwingProperty(value))),
  value: fc.oneof({ weight: 6, arbitrary: plain }, tie('throwing'), revokedProxy, long),
}));

const throwingProperty = (value) =>
  new Throwing(
    () => `a getter that throws ${fc.stringify(value)}`,
    () => realise(value),
  );

const anyProperty = fc.oneof({ weight: 3, arbitrary: anyValue }, thrown.map(throwingProperty));

/** Mostly what belongs there. */
const mostly = (right) => fc.oneof({ weight: 12, arbitrary: right }, anyProperty);

const name = fc.string({ minLength: 1 });
const missing = fc.constantFrom(undefined, null);
const optional = (right) => mostly(fc.oneof(missing, right));

const party = shaped(
  fc.record(
    { id: mostly(name), name: optional(text), cameraStatus: optional(fc.constantFrom(0, 1)) },
    { requiredKeys: ['id'] },
  ),
);

const query = fc
  .array(fc.tuple(name, text))
  .map((pairs) => pairs.map((pair) => pair.map(encoded).join('=')).join('&'));

const encoded = (text) => encodeURIComponent(text.toWellFormed?.() ?? '');

const FIELDS = {
  roomType: mostly(fc.constantFrom('voice', 'video')),
  caller: mostly(party),
  listener: mostly(party),
  businessType: optional(fc.constantFrom(0, 1, 2, 3)),
  voipToken: mostly(fc.constantFrom(sample().voipToken, sample().voipToken, '')),
  miniprogramState: optional(fc.constantFrom('formal', 'trial', 'developer')),
  customQuery: optional(query),
  timeLimit: optional(fc.double({ min: 0, minExcluded: true, noDefaultInfinity: true, noNaN: true })),
};

/** Requests that are right, nearly right, or anything at all. */
export const anyRequest = fc.oneof(
  {
    weight: 6,
    arbitrary: shaped(
      fc.record(FIELDS, { requiredKeys: ['roomType', 'caller', 'listener', 'voipToken'] }),
    ),
  },
  { weight: 1, arbitrary: shaped(fc.record(FIELDS, { requiredKeys: [] })) },
  { weight: 2, arbitrary: anyValue },
);

const room = {
  roomId: name,
  chargeType: fc.constantFrom('duration', 'license'),
};

/** Rooms as the service gives them. */
export const anyRoom = fc.record(room);

const refusal = {
  errcode: fc.oneof(fc.constantFrom(1, 9, 20, 99, 1004), fc.double(), plain),
  errmsg: fc.oneof(text, plain),
};
const nearlyAnswers = fc.record(
  {
    roomId: mostly(room.roomId),
    chargeType: mostly(room.chargeType),
    errcode: mostly(missing),
    errmsg: mostly(missing),
  },
  { requiredKeys: [] },
);

const refusals = fc.record(refusal);
const anyBody = fc.oneof(
  text,
  fc.json(),
  anyRoom.map((body) => JSON.stringify(body)),
  fc.record({ errcode: fc.integer({ max: 3_000 }), errmsg: text }).map((body) => JSON.stringify(body)),
  shaped(nearlyAnswers),
  shaped(refusals),
  anyValue,
);

const anyStatus = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(200, 201, 204, 302, 400, 403, 500, 502) },
  fc.integer({ min: 0, max: 700 }),
  anyValue,
);

/** What a host does: it answers with a status and a body, it fails, or it answers with anything at all. */
export const anyBehaviour = fc.oneof(
  { weight: 4, arbitrary: fc.record({ status: anyStatus, body: anyBody }) },
  fc.record({ thrown }),
  fc.record({ answer: anyValue }),
);
