// Values of another realm are taken like those of this one: in Node those of a context, in Chromium those of an iframe.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { SOURCE_NAMES, VALUE_NAMES } from '../../browser/in-host/realms.mjs';
import { HOSTS } from '../../support/both-hosts.mjs';

/** What comes of each value of `tests/browser/in-host/realms.mjs`; where nothing stands, the room of the call. */
const OUTCOMES = {
  'a refusal': 9,
  'an error of getDeviceToken': [1000, true],
  'an AbortSignal and its reason': [1008, true, true],
  'a host that fails': [1002, true],
  'a host that fails and quotes a token': ['wrong: Bearer ***', true],
  'an array of users': ['o', 'p'],
  'a page and its options': ['idle', { isPreLaunch: '1', a: 'b' }],
  'what a page shows by': ['Open', 'contain'],
  'a listener': ['callPageOnShow'],
};

for (const [hostName, start] of HOSTS) {
  describe(`another realm in ${hostName}`, { timeout: 60_000 }, () => {
    let host;
    before(async () => {
      host = await start();
    });
    after(() => host?.stop());

    for (const source of SOURCE_NAMES) {
      it(`may have made the wasm: ${source}`, async () => {
        assert.equal(await host.run('realms.mjs', { source }), 'room-1');
      });
    }
    for (const value of VALUE_NAMES) {
      it(`may have made ${value}`, async () => {
        assert.deepEqual(await host.run('realms.mjs', { value }), OUTCOMES[value] ?? 'room-1');
      });
    }
  });
}
