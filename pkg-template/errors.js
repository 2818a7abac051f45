// The documented error classes. They are written in JavaScript because they have to be real classes:
// `instanceof`, `name`, `message` and `stack` work, and subclasses can be made.

export class VoipError extends Error {
  constructor(errCode, errMsg, errno, cause) {
    super(errMsg);
    this.errMsg = errMsg;
    this.errCode = errCode;
    if (errno !== undefined) this.errno = errno;
    if (cause !== undefined) define(this, 'cause', cause);
  }
}

// A request to the backend has left, and failed.
export class VoipCgiError extends VoipError {}

// Everything else.
export class VoipPluginError extends VoipError {}

// Joining the room failed.
export class VoipJoinError extends VoipError {
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

// Not enumerable, like the same properties of a built-in error.
function define(object, key, value) {
  Object.defineProperty(object, key, { value, writable: true, configurable: true });
}

// What the wasm module calls to make an error.
export function createError(isCgi, errCode, errMsg, errno, cause) {
  const Class = isCgi ? VoipCgiError : VoipPluginError;
  return new Class(errCode, errMsg, errno, cause);
}
