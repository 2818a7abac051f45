// What configure was given, else what the host has by itself, as the wasm needs it. What is wrong with it is said of `api`.

/** @import { Options, WxLike } from '../index.js' */
/** @import { Core } from '../types/core.js' */
/** @import { Adapter, Host } from '../types/wasm.js' */

import { overFetch, overWx } from './adapters.js';
import { failure } from '../base/failure.js';
import { createContacts, createFailure, createSuccess } from '../errors.js';
import { along } from './request.js';
import { hostWx } from '../base/host-wx.js';
import { PARAMETER, UNSUPPORTED } from '../base/raised-codes.js';

/** @typedef {(errCode: number, reason: string) => never} Refuse */

/**
 * @param {Core} core
 * @param {string} api
 * @param {Options} options
 * @returns {Host}
 */
export function createHost(core, api, options) {
  /** @type {Refuse} */
  const refuse = (errCode, reason) => {
    throw failure(core, errCode, api, reason);
  };
  return {
    connect: along(chooseAdapter(options, refuse), chooseDeviceToken(options, refuse), core),
    createError: core.createError,
    createFailure,
    createSuccess,
    createContacts,
  };
}

/**
 * @param {Options} options
 * @param {Refuse} refuse
 * @returns {Adapter}
 */
function chooseAdapter({ fetch: injectedFetch, wx: injectedWx }, refuse) {
  if (injectedFetch != null && injectedWx != null) {
    refuse(PARAMETER, 'configure.wx: expected either fetch or wx, got both');
  }
  if (injectedFetch != null) {
    if (typeof injectedFetch === 'function') return overFetch(injectedFetch);
    refuse(PARAMETER, "configure.fetch: expected a function like the platform's fetch");
  }
  if (injectedWx != null) {
    if (canRequest(injectedWx)) return overWx(injectedWx);
    refuse(PARAMETER, 'configure.wx: expected an object with a request function');
  }
  if (typeof wx !== 'undefined' && canRequest(wx)) return overWx(wx);
  if (typeof fetch === 'function') return overFetch((url, init) => fetch(url, init));
  return refuse(UNSUPPORTED, 'this host has neither wx.request nor fetch: pass one to configure');
}

/** @param {WxLike} wx */
function canRequest(wx) {
  try {
    return typeof wx.request === 'function';
  } catch {
    // It is null, or a getter threw.
    return false;
  }
}

/**
 * @param {Options} options
 * @param {Refuse} refuse
 */
function chooseDeviceToken({ getDeviceToken }, refuse) {
  if (getDeviceToken == null) return undefined;
  if (typeof getDeviceToken === 'function') return getDeviceToken;
  return refuse(PARAMETER, 'configure.getDeviceToken: expected a function that gives a deviceToken');
}

/**
 * What the host says of the mini-program's version; nothing where it is no mini-program.
 *
 * @param {Options} options
 */
export function envVersion(options) {
  try {
    const host = hostWx(options);
    return host?.getAccountInfoSync?.().miniProgram.envVersion;
  } catch {
    // Some hosts have the function and no mini-program.
    return undefined;
  }
}
