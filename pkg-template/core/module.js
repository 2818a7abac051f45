// The module without a host: what it keeps between calls, and when its wasm is started. A loader per
// host (browser.js, inline.js, node.cjs, miniprogram/index.js) says where the wasm is and how it is loaded.

/** @import { CallOptions, Options, WmpfVoip } from '../index.js' */
/** @import { Answers, Core, OpenPage, RequestApi, Stop, Wait } from '../types/core.js' */
/** @import { Glue, Instantiate } from '../types/wasm.js' */
/** @import { Instance } from './instance.js' */

import { CALL_PAGE_PATH, FIELDS, MAX_TIMEOUT_MS } from '../generated/contract.js';
import { createError, createFailure } from '../errors.js';
import { delayNextCall, ended } from '../base/ended.js';
import { failure } from '../base/failure.js';
import { createHost, envVersion } from './host.js';
import { createInstance } from './instance.js';
import { placed } from '../base/placed.js';
import { BUSY, INTERRUPTED, PARAMETER, UNSUPPORTED } from '../base/raised-codes.js';
import { quietly, settled } from '../base/settled.js';
import { createSecrets } from './secrets.js';
import { snapshot } from './snapshot.js';
import { createStop } from '../base/stop.js';
import { textOf } from '../base/text-of.js';

/**
 * `instantiate(source, imports)` is the loader's part, described in instance.js; without a source it takes the package's own
 * file. `checkHost` throws where the host lacks what the glue needs even before.
 *
 * @param {Instantiate} instantiate
 * @param {() => void} [checkHost]
 */
export function createModule(instantiate, checkHost = () => {}) {
  /** @type {Options} */
  let options = {};
  /** @type {{ glue?: Glue, options?: Options }} */
  let connected = {};
  /**
   * Where the wasm was or is loaded from.
   *
   * @type {unknown}
   */
  let place;
  /**
   * Where it was said last to be.
   *
   * @type {unknown}
   */
  let said;
  /** @type {Promise<void> | undefined} */
  let starting;
  /** @type {Instance | undefined} */
  let instance;
  const secrets = createSecrets();
  /** @type {Core} */
  const core = {
    options: () => options,
    keep: secrets.keep,
    redacted,
    place: placeCall,
    delayNextCall: (tell) => delayNextCall(core, tell),
    ask: (api, req, stop, wait) => send(api, () => read(api, req), stop, wait),
    hangUp: (signal) => send('forceHangUpVoip', () => signal),
    isOver: (roomId) => send('openCall', () => ({ roomId })),
    prepare: () => start('openCall').catch(() => {}),
    createError: (isCgi, errCode, errMsg, errno, cause) =>
      createError(isCgi, errCode, redacted(errMsg), errno, redacted(cause)),
    createFailure,
    starting: new Set(),
  };

  /** @type {Core['redacted']} */
  function redacted(said) {
    keepToken();
    return secrets.redacted(said);
  }

  // What can be no token is never sent, and so never quoted.
  function keepToken() {
    const { token } = options;
    if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) secrets.keep(token);
  }

  /**
   * Idempotent. A start that failed is tried again by the next call, and an instance that broke is replaced.
   *
   * @param {string} api
   */
  function start(api) {
    if (instance?.isBroken) instance = starting = undefined;
    return (starting ?? begin(startInstance())).catch((cause) => {
      throw failure(core, UNSUPPORTED, api, textOf(cause), cause);
    });
  }

  /** @param {Promise<void>} started */
  function begin(started) {
    const begun = started.catch((cause) => {
      if (starting === begun) starting = undefined;
      throw cause;
    });
    starting = begun;
    return begun;
  }

  /** @param {unknown} [from] */
  async function startInstance(from = place) {
    place = from;
    checkHost();
    instance = await createInstance(instantiate, place);
    place = instance.source;
  }

  /**
   * What was said stays said, so that a call tries a load that failed again, and not another place. Where the
   * wasm is being started from elsewhere, that comes first: if it fails, this place has not failed yet.
   *
   * @param {string | object} [source]
   */
  function init(source) {
    if (instance === undefined && source != null && source !== said) {
      said = source;
      const startThere = () => startInstance(source);
      // Whoever asks from now on waits for this place, too.
      begin(starting?.catch(startThere) ?? startThere());
    }
    return start('init');
  }

  /**
   * What the new options leave out stays as it was, so that a fresh token needs no endpoint.
   *
   * @param {Options} newOptions
   */
  function configure(newOptions) {
    // Calls and sockets of before go on with it.
    keepToken();
    options = Object.assign({}, options, newOptions);
  }

  /**
   * @param {Glue} glue
   * @param {string} api
   * @param {Options} options
   */
  function connect(glue, api, options) {
    if (connected.glue === glue && connected.options === options) return;
    // What is wrong with the options is told of each call.
    connected = {};
    glue.connect(api, options, createHost(core, api, options), envVersion(options));
    connected = { glue, options };
  }

  /**
   * What is passed is read at once, also by a call for which the wasm has to start: a caller may change it,
   * or configure another party, as soon as this has returned. Only a call that a getter of another
   * request makes waits for that request, because the wasm is entered once at a time.
   *
   * @template Given
   * @param {string} api
   * @param {() => unknown} readRequest
   * @param {(glue: Glue, req: unknown) => Given | Promise<Given>} call
   * @param {Wait} [wait]
   * @returns {Promise<Given>}
   */
  async function enter(api, readRequest, call, wait = (started) => started) {
    const isStarted = () => instance !== undefined && !instance.isBroken;
    const isRead = !isStarted();
    const taken = isRead ? readRequest() : undefined;
    if (instance?.isEntered) await undefined;
    while (!isStarted()) await wait(start(api));
    return /** @type {Instance} */ (instance).enter(api, (glue) => call(glue, isRead ? taken : readRequest()));
  }

  /**
   * @template {keyof Answers} Api
   * @param {Api} api
   * @param {() => unknown} readRequest
   * @param {Stop} [stop]
   * @param {Wait} [wait]
   */
  function send(api, readRequest, stop, wait) {
    const current = options;
    /**
     * @param {Glue} glue
     * @param {unknown} req
     */
    const call = (glue, req) => {
      connect(glue, api, current);
      return glue.ask(api, req, stop);
    };
    return enter(api, readRequest, call, wait);
  }

  /**
   * @param {RequestApi} api
   * @param {unknown} req
   */
  function read(api, req) {
    // What is no object stays what it is, and has none of these members.
    const taken = /** @type {Record<string, unknown>} */ (snapshot(req, FIELDS[api], redacted));
    // What is no request has none, and a getter that threw throws again.
    for (const name of SECRETS) quietly(() => core.keep(taken[name]));
    return taken;
  }

  /**
   * Makes a call by `api`. `stop` is what gives it up.
   *
   * @type {Core['place']}
   */
  async function placeCall(api, req, stop = createStop()) {
    core.left?.end();
    core.starting.add(stop);
    try {
      if (core.current || core.ending) req = read(api, req);
      if (core.current && !callsBack(core, req))
        throw failure(core, BUSY, api, 'another call is open: hang it up first');
      if (core.ending) await inTime(api, ended(core), stop);
      const result = await core.ask(api, req, stop, (started) => inTime(api, started, stop));
      if (!result.isSuccess) return result;
      // Only initByCaller resolves with a failure; of the others it throws.
      if (stop.late) return /** @type {Answers[typeof api]} */ (stop.late(api, result.roomId));
      placed(core, result.roomId);
      return result;
    } finally {
      core.starting.delete(stop);
      quietly(stop.end);
    }
  }

  /** @type {WmpfVoip['initByCaller']} */
  const initByCaller = async (req, callOptions) => placeCall('initByCaller', req, stopOf(core, callOptions));

  /**
   * The timeout is for what a call asks of its host, and begins when the wasm is there. A call that was cancelled
   * before it was made is told first what is wrong with it.
   *
   * @param {string} api
   * @param {Promise<void>} started
   * @param {Stop} stop
   */
  async function inTime(api, started, stop) {
    const canStop = stop.isStopped ? undefined : stop;
    const outcome = await settled(MAX_TIMEOUT_MS, canStop, (done, failed) => {
      started.then(() => done(true), failed);
    });
    if (outcome === undefined) {
      // Perhaps another attempt gets through.
      starting = undefined;
      throw failure(core, UNSUPPORTED, api, `the wasm was not loaded within ${MAX_TIMEOUT_MS} ms`);
    }
    if (outcome === null) {
      const { reason } = stop;
      throw failure(core, INTERRUPTED, api, `the call was cancelled while it started: ${textOf(reason)}`, reason);
    }
  }

  /**
   * In rows, of which explain.js makes what is given to the caller.
   *
   * @param {unknown} req
   */
  const check = (req) =>
    enter(
      'check',
      () => read('initByCaller', req),
      (glue, taken) => glue.check(taken),
    );

  // The rest is added by the entries.
  const wmpfVoip = /** @type {WmpfVoip} */ ({ CALL_PAGE_PATH, initByCaller });
  return { wmpfVoip, configure, init, check, core };
}

/** The fields of requests that nobody may read in an error. */
const SECRETS = ['voipToken', 'pushToken', 'payload'];

/**
 * Who calls the party whose call rings on the open page takes that call.
 *
 * @param {Core} core
 * @param {any} req it may be anything
 */
function callsBack({ current }, req) {
  try {
    return /** @type {OpenPage} */ (current).isFrom(req.listener ? req.listener.id : req.sn);
  } catch {
    // The wasm says what is wrong with it, once the page is free.
    return false;
  }
}

/**
 * @param {Core} core
 * @param {CallOptions} [callOptions]
 */
function stopOf(core, callOptions) {
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
  throw failure(core, PARAMETER, 'initByCaller', 'options.signal: expected an AbortSignal');
}
