// A test of a caller hangs up by a clock of its own and takes that away: the next call waits by the real one.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { it, mock } from 'node:test';

import { fakeSockets, openedCall } from '../../support/fake-sockets.mjs';
import { configured, response } from '../../support/fakes.mjs';
import { freshModule } from '../../support/module.mjs';
import { sample } from '../../support/requests.mjs';

// Without a timer of its own it would wait for a minute, and this test be over before.
const PHONE_CALL = { roomType: 'video', sn: 'SN-1', modelId: 'm', pushToken: 'p', nickName: 'Alice' };
const NEXT = {
  initByCaller: (voip) => voip.initByCaller(sample()),
  callWMPF: (voip) => voip.callWMPF(PHONE_CALL),
};

for (const [api, place] of Object.entries(NEXT)) {
  it(`a call that was hung up under another clock delays ${api} by seconds and not for ever`, {
    timeout: 30_000,
  }, async () => {
    const fake = fakeSockets();
    const fetch = async () => response(201, JSON.stringify({ roomId: 'room-2', chargeType: 'duration' }));
    const module = configured(freshModule(), { fetch, WebSocket: fake.hosts.WebSocket.WebSocket });
    mock.timers.enable({ apis: ['setTimeout'] });
    const call = module.openCall('?isCaller=1&roomType=video&groupId=room-1', { show() {} });
    fake.last.open();
    fake.last.say(openedCall({ isCaller: true }));
    call.hangUp();
    mock.timers.reset();
    const result = await place(module.default);
    assert.equal(result.roomId, 'room-2', result.errMsg);
  });
}
