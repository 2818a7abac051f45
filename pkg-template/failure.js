// The documented errors for what stands apart from the module's core: the classes are the core's, so that there is one
// set of them.

export const REQUEST_FAILED = 1002;
export const BAD_ANSWER = 1003;
export const PARAMETER = 1004;
export const BUSY = 1005;
export const PHONE_ONLY = 1007;
export const INTERRUPTED = 1008;
export const UNSUPPORTED = 1011;

// A VoipPluginError.
export const failure = (core, errCode, api, reason, cause) =>
  core.createError(false, errCode, `${api}:fail ${reason}`, undefined, cause);

// A VoipCgiError.
export const cgiFailure = (core, errCode, api, reason, errno, cause) =>
  core.createError(true, errCode, `${api}:fail ${reason}`, errno, cause);
