// What goes wrong in the platform's room, as the documented join errors.

const { VoipJoinError } = require('./wmpf-voip/index.js');

const UNKNOWN = 2000;
const IN_A_CALL = 2001;
const SDK_JOIN = 2004;
const DEVICE = 2007;
const SESSION_KEY = 2008;
const CANCELLED = 2009;
const OTHER_CALL = 2100;
const NO_DEVICE_PERMISSION = 2102;
const NO_API_PERMISSION = 2103;

/** The documented errCodes of wx.joinVoIPChat. */
/** @type {Record<string, [code: number, reason: string] | undefined>} */
const BY_CODE = {
  '-1': [IN_A_CALL, 'another call of this mini-program is on'],
  '-2': [DEVICE, 'the microphone is in use, perhaps by a call in WeChat or by a phone call'],
  '-3': [CANCELLED, 'the room was left, or the mini-program went to the background, while it was entered'],
  '-1000': [SDK_JOIN, 'the platform could not enter the room'],
};

/** Some failures have no errCode of their own, and are told by the errMsg that all interfaces of the platform share. */
/** @type {Array<[pattern: RegExp, code: number, reason: string]>} */
const BY_TEXT = [
  [
    /auth\w* (deny|denied|no response)|permission denied/i,
    NO_DEVICE_PERMISSION,
    'the microphone or the camera is not allowed',
  ],
  [/no permission|not support|privacy/i, NO_API_PERMISSION, 'this mini-program may not use the interface'],
];

/** What wx.onVoIPChatInterrupted says where another call has come in; it is spelled so. */
const INCOMING_CALL = /in ?com+ing call/i;

/**
 * @param {number} errCode
 * @param {string} reason
 * @param {{ errMsg?: string, errCode?: number, errno?: number }} [said] what the platform has said
 * @param {unknown} [cause]
 */
function joinError(errCode, reason, { errMsg = '', errCode: errType = 0, errno } = {}, cause) {
  const said = errMsg ? ` (${errMsg})` : '';
  return new VoipJoinError(errCode, `joinVoIPChat:fail ${reason}${said}`, errMsg, errType, errno, cause);
}

/** What the platform has given to `fail`. */
function hostFailure(error) {
  const { errCode, errMsg } = error || {};
  const [code, reason] = BY_CODE[String(errCode)] ||
    byText(String(errMsg)) || [UNKNOWN, 'the platform refused the room'];
  return joinError(code, reason, error || {}, error);
}

/**
 * @param {string} errMsg
 * @returns {[code: number, reason: string] | undefined}
 */
function byText(errMsg) {
  const found = BY_TEXT.find(([pattern]) => pattern.test(errMsg));
  return found && [found[1], found[2]];
}

/** The user does not let the microphone or the camera be used. */
function denied(scope, error) {
  const [code, reason] = byText(String((error || {}).errMsg)) || [NO_DEVICE_PERMISSION, 'it is not allowed'];
  return joinError(code, `${scope}: ${reason}`, error || {}, error);
}

const isDenied = ({ errCode }) => errCode === NO_DEVICE_PERMISSION;

/** What <voip-room> has told of a picture that could not be made. */
const pictureFailure = (event) => joinError(DEVICE, 'the camera cannot be used', event || {}, event);

/** What wx.onVoIPChatInterrupted has told: the call is over. Both sides hear the platform's own words. */
function interruption(event) {
  const { errMsg = 'the platform has interrupted the call', errCode: errType = 0 } = event || {};
  const code = INCOMING_CALL.test(errMsg) ? OTHER_CALL : CANCELLED;
  return new VoipJoinError(code, errMsg, errMsg, errType, undefined, event);
}

const unsupported = () =>
  joinError(NO_API_PERMISSION, 'this host has no wx.joinVoIPChat: a plugin needs base library 2.9.0 or newer');

/** The service has not signed the room for this party. */
const unsigned = () => joinError(SESSION_KEY, NO_SESSION_KEY);

const NO_SESSION_KEY =
  'the room service has no session_key of this party to sign the room with: its operator stores that of a user by ' +
  'PUT /v1/admin/apps/{appId}/users/{openId}/session-key; for devices it signs nothing yet';

module.exports = { denied, hostFailure, interruption, isDenied, pictureFailure, unsigned, unsupported };
