// What configure was given, else what the host has by itself, as the wasm needs it.

import { overFetch, overWx } from './adapters.js';
import { along } from './call.js';
import { callError, createFailure, createSuccess } from '../errors.js';
import { hostWx } from '../base/host-wx.js';
import { PARAMETER, UNSUPPORTED } from '../base/raised-codes.js';

export const createHost = (core, options) => ({
  connect: along(chooseAdapter(options), chooseDeviceToken(options), core.keep),
  createError: core.createError,
  createFailure,
  createSuccess,
});

export function chooseAdapter(options) {
  const { fetch: injectedFetch, wx: injectedWx } = options;
  if (injectedFetch != null && injectedWx != null) {
    throw callError(PARAMETER, 'configure.wx: expected either fetch or wx, got both');
  }
  if (injectedFetch != null) {
    if (typeof injectedFetch === 'function') return overFetch(injectedFetch);
    throw callError(PARAMETER, "configure.fetch: expected a function like the platform's fetch");
  }
  if (injectedWx != null) {
    if (canRequest(injectedWx)) return overWx(injectedWx);
    throw callError(PARAMETER, 'configure.wx: expected an object with a request function');
  }
  if (typeof wx !== 'undefined' && canRequest(wx)) return overWx(wx);
  if (typeof fetch === 'function') return overFetch((url, init) => fetch(url, init));
  throw callError(UNSUPPORTED, 'this host has neither wx.request nor fetch: pass one to configure');
}

function canRequest(wx) {
  try {
    return typeof wx.request === 'function';
  } catch {
    // It is null, or a getter threw.
    return false;
  }
}

function chooseDeviceToken({ getDeviceToken }) {
  if (getDeviceToken == null) return undefined;
  if (typeof getDeviceToken === 'function') return getDeviceToken;
  throw callError(PARAMETER, 'configure.getDeviceToken: expected a function that gives a deviceToken');
}

// What the host says of the mini-program's version; nothing where it is no mini-program.
export function envVersion(options) {
  try {
    const host = hostWx(options);
    return host?.getAccountInfoSync?.().miniProgram.envVersion;
  } catch {
    // Some hosts have the function and no mini-program.
    return undefined;
  }
}
