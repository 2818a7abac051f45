// The room service, as far as the call page needs it: joining a call, and giving it up.

const { VoipCgiError, VoipPluginError } = require('./wmpf-voip/index.js');

const PARAMETER = 1004;
const REQUEST_FAILED = 1002;
const BAD_ANSWER = 1003;

const DEFAULT_TIMEOUT_MS = 10000;
// wx.request takes no more.
const MAX_TIMEOUT_MS = 60000;

let options = {};

// As the package does it: what the new options leave out stays as it was.
function configure(newOptions) {
  options = Object.assign({}, options, newOptions);
}

/** Gives the call as this party sees it. */
async function join(roomId) {
  const joined = await send('POST', `/v1/calls/${encodeURIComponent(roomId)}/join`);
  if (!joined || joined.roomId !== roomId) throw failure(BAD_ANSWER, 'the answer is not the call that was joined');
  return joined;
}

/** Ends the call, as its caller. */
async function giveUp(roomId) {
  await send('DELETE', `/v1/calls/${encodeURIComponent(roomId)}`);
}

async function send(method, path) {
  const { statusCode, data } = await request(method, path);
  const body = parsed(data);
  if (statusCode >= 200 && statusCode < 300) return body;
  const { errcode, errmsg } = body || {};
  if (typeof errcode === 'number') throw failure(errcode, errmsg);
  throw failure(REQUEST_FAILED, `HTTP status ${statusCode}, and no error of the room service`);
}

function request(method, path) {
  const { endpoint, token, timeout } = options;
  required('endpoint', endpoint);
  required('token', token);
  const isTimeout = timeout >= 1 && timeout <= MAX_TIMEOUT_MS;
  return new Promise((resolve, reject) => {
    (options.wx || wx).request({
      url: endpoint.replace(/\/+$/, '') + path,
      method,
      header: { authorization: `Bearer ${token}` },
      // Anything but "json" leaves the body a string.
      dataType: 'text',
      timeout: isTimeout ? timeout : DEFAULT_TIMEOUT_MS,
      success: resolve,
      fail: reject,
    });
  }).catch((cause) => {
    const { errMsg, message, errno } = cause || {};
    throw failure(REQUEST_FAILED, `the request failed: ${errMsg || message}`, errno, cause);
  });
}

// The next call of initByCaller checks the rest.
function required(name, value) {
  if (typeof value === 'string' && value !== '') return;
  const errMsg = `callPage:fail configure.${name}: expected a non-empty string, got ${typeof value}`;
  throw new VoipPluginError(PARAMETER, errMsg);
}

// A call that was given up is answered with nothing.
function parsed(data) {
  try {
    return data ? JSON.parse(data) : undefined;
  } catch (error) {
    return undefined;
  }
}

const failure = (errCode, reason, errno, cause) =>
  new VoipCgiError(errCode, `callPage:fail ${reason}`, errno, cause);

module.exports = { configure, join, giveUp };
