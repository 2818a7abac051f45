// The documented errors, for modules that do not use the core. The classes are the core's, so that there is only one
// set of them.

/** @import { VoipError } from '../index.js' */
/** @import { Core } from '../types/core.js' */

/**
 * Makes a VoipPluginError.
 *
 * @type {(core: Core, errCode: number, api: string, reason: string, cause?: unknown) => VoipError}
 */
export const failure = (core, errCode, api, reason, cause) =>
  core.createError(false, errCode, `${api}:fail ${reason}`, undefined, cause);

/**
 * Makes a VoipCgiError.
 *
 * @type {(core: Core, errCode: number, api: string, reason: string, cause?: unknown) => VoipError}
 */
export const cgiFailure = (core, errCode, api, reason, cause) =>
  core.createError(true, errCode, `${api}:fail ${reason}`, undefined, cause);
