// What is done with a request, and when: each host runs this with the package and reports; what is right is decided
// where the reports are read.

import { sample } from '../../support/requests.mjs';
import { configuredPackage } from './package.mjs';

/** Everything that is documented, and more. */
const whole = () => ({
  ...sample(),
  caller: { ...sample().caller, cameraStatus: 0, other: {} },
  listener: { ...sample().listener, cameraStatus: 1, other: {} },
  customQuery: 'a=1',
  timeLimit: 60,
  other: {},
});

const isObject = (value) => typeof value === 'object' && value !== null;

/** A proxy that notes whatever is done with it: `path` for a read, `trap path` for anything else. */
function observed(target, log, prefix = '') {
  const note =
    (trap) =>
    (object, key, ...rest) => {
      log.push(`${trap} ${prefix}${String(key)}`);
      return Reflect[trap](object, key, ...rest);
    };
  const traps = Object.getOwnPropertyNames(Reflect).filter((name) => name !== 'get');
  return new Proxy(target, {
    ...Object.fromEntries(traps.map((trap) => [trap, note(trap)])),
    get(object, key) {
      const path = `${prefix}${String(key)}`;
      log.push(path);
      const value = object[key];
      return isObject(value) ? observed(value, log, `${path}.`) : value;
    },
  });
}

/** An instance of a class whose getters note that they were called. */
function withGetters(values, log, prefix = '') {
  class Party {}
  for (const [key, value] of Object.entries(values)) {
    const path = prefix + key;
    const content = isObject(value) ? withGetters(value, log, `${path}.`) : value;
    Object.defineProperty(Party.prototype, key, {
      get() {
        log.push(path);
        return content;
      },
    });
  }
  return new Party();
}

/** Each read of it is noted and throws. */
const throwing = (log, prefix = '') =>
  new Proxy(
    {},
    {
      get(_, key) {
        log.push(prefix + String(key));
        throw new Error('a trap');
      },
    },
  );

/** Makes everything wrong, in the request itself and in its parties. */
function spoil(request) {
  for (const party of [request.caller, request.listener]) Object.assign(party, { id: '', name: 1 });
  for (const key of Object.keys(request)) request[key] = Symbol(key);
}

/** The property does something, and then has its value. */
const defineAction = (object, key, act) => {
  const value = object[key];
  return Object.defineProperty(object, key, {
    get() {
      act();
      return value;
    },
    set() {},
  });
};

/** Requests by name; `change` is done as soon as the call has returned. */
const REQUESTS = {
  'a whole request': (log) => ({ request: observed(whole(), log) }),
  'a request without what is optional': (log) => {
    const { roomType, businessType, caller, listener } = whole();
    const parties = { caller: { id: caller.id }, listener: { id: listener.id } };
    return { request: observed({ roomType, businessType, ...parties }, log) };
  },
  'an empty request': (log) => ({ request: observed({}, log) }),
  'a request whose parties are no objects': (log) => ({
    request: observed({ ...whole(), caller: [{ id: 'a' }], listener: 'b' }, log),
  }),
  'a request with getters in its class': (log) => ({ request: withGetters(whole(), log) }),
  'a request that throws': (log) => ({ request: throwing(log) }),
  'a request whose parties throw': (log) => {
    const parties = { caller: throwing(log, 'caller.'), listener: throwing(log, 'listener.') };
    return { request: { ...whole(), ...parties } };
  },

  'a request that is changed after the call': () => {
    const request = whole();
    return { request, change: () => spoil(request) };
  },
  'a request that a getter changes later': () => {
    const request = whole();
    defineAction(request, 'roomType', () => Promise.resolve().then(() => spoil(request)));
    return { request };
  },
  'a request whose last getter changes what was read before': () => {
    const request = whole();
    return { request: defineAction(request, 'timeLimit', () => spoil(request)) };
  },
  'a request whose first getter changes what is read after it': () => {
    const request = whole();
    const act = () => {
      request.listener = { id: 'another' };
    };
    return { request: defineAction(request, 'roomType', act) };
  },
};

const APIS = {
  initByCaller: (module, request) => module.default.initByCaller(request),
  check: (module, request) => module.check(request),
};

/**
 * @param {{ load(): Promise<any> }} host gives a package without its wasm
 * @param {{ api: keyof typeof APIS, isLoaded: boolean, name: keyof typeof REQUESTS }} todo
 */
export async function run({ load }, { api, isLoaded, name }) {
  const { module, sent } = await configuredPackage(load);
  if (isLoaded) await module.init();

  const log = [];
  const { request, change } = REQUESTS[name](log);
  const call = APIS[api](module, request);
  const readBeforeTheReturn = [...log];
  change?.();
  const outcome = await call.then(
    (resolved) => ({ resolved }),
    ({ errCode }) => ({ errCode }),
  );
  return { ...outcome, sent, readBeforeTheReturn, readAtAll: log };
}
