// The documented errors for what stands apart from the module's core: the classes are the core's, so that there is one
// set of them.

// A VoipPluginError.
export const failure = (core, errCode, api, reason, cause) =>
  core.createError(false, errCode, `${api}:fail ${reason}`, undefined, cause);

// A VoipCgiError.
export const cgiFailure = (core, errCode, api, reason, errno, cause) =>
  core.createError(true, errCode, `${api}:fail ${reason}`, errno, cause);
