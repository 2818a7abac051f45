// What the scenario has to end with, the same in every host.

import assert from 'node:assert/strict';

const CALL_PAGE_PATH = 'plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin';
const REDIRECTED = [`redirectTo ${CALL_PAGE_PATH}`];
const TOASTED = ['showToast 呼叫失败 error'];

/** What every entry exports, sorted. */
export const NAMES = [
  'VoipCgiError',
  'VoipError',
  'VoipJoinError',
  'VoipPluginError',
  'check',
  'configure',
  'default',
  'explain',
  'explainAbort',
  'init',
  'listen',
  'openCall',
];

export function assertScenario(report, { closed, silent }) {
  assert.deepEqual(report.afterImport, { called: [], added: [] }, 'an import has no side effects');
  assert.deepEqual(report.atEnd.added, [], 'the package adds no global');

  for (const { resolved, told, ms, ...rest } of [report.success, report.successAgain]) {
    assert.deepEqual(rest, {}, 'nothing was rejected');
    const { roomId } = resolved;
    assert.match(roomId, /^\S+$/);
    assert.deepEqual(resolved, { isSuccess: true, roomId, groupId: roomId, chargeType: 'duration' });
    assert.deepEqual(told, REDIRECTED);
  }
  assert.notEqual(report.success.resolved.roomId, report.successAgain.resolved.roomId);

  assertRejected(
    report.parameterError,
    1004,
    "initByCaller:fail roomType: expected 'voice' or 'video', got the string 'phone'; " +
      'listener.id: expected a non-empty string, got an empty string; ' +
      'timeLimit: expected a number of seconds greater than 0, got 0',
  );
  assertRejected(
    report.tokenMissing,
    1001,
    "initByCaller:fail voipToken: expected the device's pushToken, a non-empty string, got an empty string",
  );

  assertFailed(
    report.backendError,
    20,
    /^initByCaller:fail listener\.id: no user has the openId 'oDemo-Nobody-000000000000000'/,
  );
  assertFailed(report.unreachable, 1002, start(`the request to ${closed} failed: `));
  assert.ok(report.unreachable.ms < 5_000, `refused at once, not after ${report.unreachable.ms} ms`);
  assertFailed(report.noAnswer, 1002, start(`no answer from ${silent} within 200 ms`));
  assert.ok(report.noAnswer.ms < 5_000, `the timeout counts, not ${report.noAnswer.ms} ms`);
  assertFailed(report.notJson, 1003, /^initByCaller:fail HTTP status 200 .*<!doctype html>/);
}

/** What fails before a request has left. */
function assertRejected({ resolved, rejected, told }, errCode, errMsg) {
  assert.equal(resolved, undefined);
  assert.deepEqual(rejected, {
    name: 'VoipPluginError',
    message: errMsg,
    errMsg,
    errCode,
    isError: true,
    isVoipError: true,
    isCgiError: false,
    isPluginError: true,
    hasStack: true,
  });
  assert.deepEqual(told, TOASTED);
}

/** What fails after: every part that callers look at is there and says the same. */
function assertFailed({ resolved, rejected, told }, errCode, pattern) {
  assert.equal(rejected, undefined);
  const { errMsg } = resolved;
  assert.match(errMsg, pattern);
  assert.deepEqual(resolved, {
    isSuccess: false,
    errCode,
    errMsg,
    error: { err_code: String(errCode), errMsg },
    errObj: {
      name: 'VoipCgiError',
      message: errMsg,
      errMsg,
      errCode,
      isError: true,
      isVoipError: true,
      isCgiError: true,
      isPluginError: false,
      hasStack: true,
    },
  });
  assert.deepEqual(told, TOASTED);
}

const start = (reason) => {
  const literal = `initByCaller:fail ${reason}`.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal}`);
};
