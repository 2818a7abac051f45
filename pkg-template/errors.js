// The documented error classes. They are written in JavaScript because they have to be real classes:
// `instanceof`, `name`, `message` and `stack` work, and subclasses can be made.

/** @import { DeprecatedError, InitByCallerFailure, InitByCallerSuccess } from './index.js' */
/** @import { ContactsBody } from './types/wasm.js' */

export class VoipError extends Error {
  /**
   * @param {number} errCode
   * @param {string} errMsg
   * @param {number} [errno]
   * @param {unknown} [cause]
   */
  constructor(errCode, errMsg, errno, cause) {
    super(errMsg);
    this.errMsg = errMsg;
    this.errCode = errCode;
    if (errno !== undefined) this.errno = errno;
    if (cause !== undefined) define(this, 'cause', cause);
  }

  /**
   * Real callers look at any of these, whether a failure was thrown or returned.
   *
   * @returns {false}
   */
  get isSuccess() {
    return false;
  }

  /** @returns {DeprecatedError} */
  get error() {
    return { err_code: String(this.errCode), errMsg: this.errMsg };
  }

  /**
   * What a log needs. The cause is left out: it is the host's, may be anything, and may quote a token.
   *
   * @returns {Record<string, unknown>}
   */
  toJSON() {
    return Object.assign({ name: this.name, message: this.message }, /** @type {object} */ (this));
  }
}

// A request to the backend has left, and failed.
export class VoipCgiError extends VoipError {}

// Everything else.
export class VoipPluginError extends VoipError {}

// Joining the room failed.
export class VoipJoinError extends VoipError {
  /**
   * @param {number} errCode
   * @param {string} errMsg
   * @param {string} extErrMsg
   * @param {number} errType
   * @param {number} [errno]
   * @param {unknown} [cause]
   */
  constructor(errCode, errMsg, extErrMsg, errType, errno, cause) {
    super(errCode, errMsg, errno, cause);
    this.extErrMsg = extErrMsg;
    this.errType = errType;
  }
}

// A minifier may rename the classes; their names are part of the contract.
define(VoipError.prototype, 'name', 'VoipError');
define(VoipCgiError.prototype, 'name', 'VoipCgiError');
define(VoipPluginError.prototype, 'name', 'VoipPluginError');
define(VoipJoinError.prototype, 'name', 'VoipJoinError');

/**
 * Not enumerable, like the same properties of a built-in error.
 *
 * @param {object} object
 * @param {string} key
 * @param {unknown} value
 */
function define(object, key, value) {
  Object.defineProperty(object, key, { value, writable: true, configurable: true });
}

/** @type {(errCode: number, api: string, reason: string, cause?: unknown) => VoipPluginError} */
export const pluginError = (errCode, api, reason, cause) =>
  new VoipPluginError(errCode, `${api}:fail ${reason}`, undefined, cause);

// What the wasm calls to make errors and results.

/**
 * @param {boolean} isCgi
 * @param {number} errCode
 * @param {string} errMsg
 * @param {number} [errno]
 * @param {unknown} [cause]
 */
export function createError(isCgi, errCode, errMsg, errno, cause) {
  const Class = isCgi ? VoipCgiError : VoipPluginError;
  return new Class(errCode, errMsg, errno, cause);
}

/**
 * @param {VoipError} errObj
 * @returns {InitByCallerFailure}
 */
export function createFailure(errObj) {
  const { isSuccess, error, errCode, errMsg } = errObj;
  // `message` is defined below, because it is not enumerable.
  const result = /** @type {InitByCallerFailure} */ ({ isSuccess, error, errCode, errMsg, errObj });
  define(result, 'message', errMsg);
  return result;
}

/** @type {(roomId: string, chargeType: 'duration' | 'license') => InitByCallerSuccess} */
export const createSuccess = (roomId, chargeType) => ({
  isSuccess: true,
  roomId,
  groupId: roomId,
  chargeType,
});

/** @param {ContactsBody} body */
export const createContacts = ({ errcode, errmsg, contact_list }) => ({ errcode, errmsg, contact_list });
