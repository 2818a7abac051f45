// The module without a host: what it keeps between calls, and when its wasm is started. A loader per
// host (browser.js, inline.js, node.cjs, miniprogram/index.js) says where the wasm is and how it is loaded.

import { CALL_PAGE_PATH, MAX_TIMEOUT_MS } from '../generated/contract.js';
import { callError, createError, createFailure } from '../errors.js';
import { ended } from '../base/ended.js';
import { failure } from '../base/failure.js';
import { chooseAdapter, createHost, envVersion } from './host.js';
import { createInstance } from './instance.js';
import { placed } from '../base/placed.js';
import { BUSY, INTERRUPTED, PARAMETER, UNSUPPORTED } from '../base/raised-codes.js';
import { quietly, settled } from '../base/settled.js';
import { createSecrets } from './secrets.js';
import { snapshot } from './snapshot.js';
import { createStop } from '../base/stop.js';
import { isToken } from '../service/target.js';
import { textOf } from '../base/text-of.js';

// `instantiate(source, imports)` is the loader's part, described in instance.js; without a source it takes the package's own
// file. `checkHost` throws where the host lacks what the glue needs even before.
export function createModule(instantiate, checkHost = () => {}) {
  let options = {};
  let connected = {};
  // Where the wasm was loaded from, or where it is said to be.
  let place;
  // And from where it is being started.
  let from;
  let starting;
  let instance;
  const secrets = createSecrets();
  // What the rest of the surface shares with initByCaller: what keeps secrets and leaves them out of what is said (`keep`,
  // `redacted`), what makes errors, what stops the calls that are `starting`, the room of the call that was made last (`placed`)
  // and until when its page may take to open (`opensBy`), the call whose page is open (`current`), what begins the call of a
  // page that waits for one (`idle`), what a page has `left` just now, the promise of a call that is `ending`, what gives up a
  // call that another page has taken (`forgo`), what was `chosen` last by setMuted and setCamera, the rooms of which this party
  // was `reminded`, what was `heard` of calls, and whether this `isMiniProgram`.
  const core = {
    options: () => options,
    keep: secrets.keep,
    redacted,
    chooseAdapter,
    createError: (isCgi, errCode, errMsg, errno, cause) =>
      createError(isCgi, errCode, redacted(errMsg), errno, redacted(cause)),
    createFailure,
    starting: new Set(),
  };

  function redacted(said) {
    keepToken();
    return secrets.redacted(said);
  }

  // What can be no token is never sent, and so never quoted.
  function keepToken() {
    if (isToken(options.token)) secrets.keep(options.token);
  }

  // Idempotent. A start that failed is tried again by the next call, and an instance that broke is replaced.
  function start(api) {
    if (instance?.isBroken) instance = starting = undefined;
    starting ??= startInstance().catch((cause) => {
      starting = undefined;
      throw cause;
    });
    return starting.catch((cause) => {
      throw failure(core, UNSUPPORTED, api, textOf(cause), cause);
    });
  }

  async function startInstance() {
    from = place;
    checkHost();
    instance = await createInstance(instantiate, from);
    place = instance.source;
  }

  // What was said stays said, so that a call tries a load that failed again, and not another place. Where the
  // wasm is being started from elsewhere, that comes first: if it fails, this place has not failed yet.
  async function init(source) {
    while (instance === undefined && starting !== undefined && (source ?? from) !== from) {
      await starting.catch(() => {});
    }
    if (instance === undefined) place = source ?? place;
    return start('init');
  }

  // What the new options leave out stays as it was, so that a fresh token needs no endpoint.
  function configure(newOptions) {
    // Calls and sockets of before go on with it.
    keepToken();
    options = Object.assign({}, options, newOptions);
  }

  // A client that is replaced is left to the collector: a call may be using it.
  function connect(glue, options) {
    if (connected.glue !== glue || connected.options !== options) {
      const client = new glue.Client(options, createHost(core, options), envVersion(options));
      connected = { glue, options, client };
    }
    return connected.client;
  }

  // What is passed is read at once, also by a call for which the wasm has to start: a caller may change it,
  // or configure another party, as soon as this has returned. Only a call that a getter of another
  // request makes waits for that request, because the wasm is entered once at a time.
  async function enter(api, req, call, wait = (started) => started) {
    const isStarted = () => instance !== undefined && !instance.isBroken;
    const taken = isStarted() ? undefined : read(req);
    if (instance?.isEntered) await undefined;
    while (!isStarted()) await wait(start(api));
    return instance.enter(api, (glue) => call(glue, taken ?? read(req)));
  }

  function read(req) {
    const taken = snapshot(req);
    // What is no request has none, and a getter that threw throws again.
    quietly(() => core.keep(taken.voipToken));
    return taken;
  }

  async function initByCaller(req, callOptions) {
    const stop = stopOf(callOptions);
    const current = options;
    const call = (glue, taken) => connect(glue, current).initByCaller(taken, stop);
    core.left?.end();
    core.starting.add(stop);
    try {
      if (core.current) req = snapshot(req);
      if (core.busy || (core.current && !callsBack(core, req))) {
        throw callError(BUSY, 'another call is open: hang it up first');
      }
      if (core.ending) {
        req = snapshot(req);
        await inTime(ended(core), stop);
      }
      const result = await enter('initByCaller', req, call, (started) => inTime(started, stop));
      if (!result.isSuccess) return result;
      if (stop.late) return stop.late(result.roomId);
      placed(core, result.roomId);
      return result;
    } finally {
      core.starting.delete(stop);
      quietly(stop.end);
    }
  }

  // The timeout is for what a call asks of its host, and begins when the wasm is there. A call that was cancelled
  // before it was made is told first what is wrong with it.
  async function inTime(started, stop) {
    const canStop = stop.isStopped ? undefined : stop;
    const outcome = await settled(MAX_TIMEOUT_MS, canStop, (done, failed) => {
      started.then(() => done(true), failed);
    });
    if (outcome === undefined) {
      // Perhaps another attempt gets through.
      starting = undefined;
      throw callError(UNSUPPORTED, `the wasm was not loaded within ${MAX_TIMEOUT_MS} ms`);
    }
    if (outcome === null) {
      const { reason } = stop;
      throw failure(core, INTERRUPTED, 'initByCaller', `the call was cancelled while it started: ${textOf(reason)}`, reason);
    }
  }

  // In rows, of which explain.js makes what is given to the caller.
  const check = (req) => enter('check', req, (glue, taken) => glue.check(taken));

  return { wmpfVoip: { CALL_PAGE_PATH, initByCaller }, configure, init, check, core };
}

// Who calls the party whose call rings on the open page takes that call.
function callsBack({ current }, req) {
  try {
    return current.isFrom(req.listener.id);
  } catch {
    // The wasm says what is wrong with it, once the page is free.
    return false;
  }
}

function stopOf(callOptions) {
  const stop = createStop();
  try {
    const signal = callOptions?.signal;
    if (signal == null) return stop;
    const { aborted } = signal;
    if (typeof aborted === 'boolean') {
      const onAbort = () => stop.now(signal.reason);
      signal.addEventListener('abort', onAbort);
      stop.end = () => signal.removeEventListener('abort', onAbort);
      if (aborted) onAbort();
      return stop;
    }
  } catch {
    // It lacks a method, or one threw: it is no signal.
  }
  throw callError(PARAMETER, 'options.signal: expected an AbortSignal');
}
