// The documented errors, for modules that do not use the core. The classes are the core's, so that there is only one
// set of them.

// Makes a VoipPluginError.
export const failure = (core, errCode, api, reason, cause) =>
  core.createError(false, errCode, `${api}:fail ${reason}`, undefined, cause);

// Makes a VoipCgiError.
export const cgiFailure = (core, errCode, api, reason, cause) =>
  core.createError(true, errCode, `${api}:fail ${reason}`, undefined, cause);
