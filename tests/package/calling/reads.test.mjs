// A request is read before the call returns: each documented property once, in the order of the documented table,
// and nothing else is done with it. The same in Node and in Chromium, with and without the wasm there.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { HOSTS } from '../../support/both-hosts.mjs';
import { ORDER, sample, SUCCESS } from '../../support/requests.mjs';

const TOP = ORDER.filter((path) => !path.includes('.'));

const PARTS = ORDER.filter((path) => path.includes('.'));

const WHOLE = {
  ...sample(),
  caller: { ...sample().caller, cameraStatus: 0 },
  listener: { ...sample().listener, cameraStatus: 1 },
  customQuery: 'a=1',
  timeLimit: 60,
};

const LEAST = {
  roomType: 'video',
  caller: { id: 'SN-1', cameraStatus: 0 },
  listener: { id: 'open-id', cameraStatus: 0 },
  businessType: 1,
  miniprogramState: 'formal',
};

/** The requests of `tests/browser/in-host/reads.mjs`: what is read, and what is sent or how many problems there are. */
const REQUESTS = [
  { name: 'a whole request', reads: ORDER, sends: WHOLE },
  { name: 'a request without what is optional', reads: ORDER, sends: LEAST },
  { name: 'a request with getters in its class', reads: ORDER, sends: WHOLE },
  { name: 'an empty request', reads: TOP, problems: 4 },
  { name: 'a request whose parties are no objects', reads: TOP, problems: 2 },
  { name: 'a request that throws', reads: TOP, problems: TOP.length },
  { name: 'a request whose parties throw', reads: PARTS, problems: PARTS.length },
  // How these are read shows in what is sent.
  { name: 'a request that is changed after the call', reads: [], sends: WHOLE },
  { name: 'a request that a getter changes later', reads: [], sends: WHOLE },
  { name: 'a request whose last getter changes what was read before', reads: [], sends: WHOLE },
  {
    name: 'a request whose first getter changes what is read after it',
    reads: [],
    sends: { ...WHOLE, listener: { id: 'another', cameraStatus: 0 } },
  },
];

function assertOutcome(api, { sends, problems = 0 }, { sent, resolved, errCode }) {
  if (api === 'check') {
    assert.equal(resolved.length, problems);
    assert.deepEqual(sent, []);
  } else if (problems > 0) {
    assert.equal(errCode, 1004);
    assert.deepEqual(sent, []);
  } else {
    assert.deepEqual(resolved, SUCCESS);
    assert.deepEqual(sent, [sends]);
  }
}

for (const [hostName, start] of HOSTS) {
  describe(`a request in ${hostName}`, { timeout: 60_000 }, () => {
    let host;
    before(async () => {
      host = await start();
    });
    after(() => host?.stop());

    for (const isLoaded of [true, false]) {
      for (const api of ['initByCaller', 'check']) {
        describe(`is read by ${api} ${isLoaded ? 'with' : 'without'} the wasm there`, () => {
          for (const { name, reads, ...expected } of REQUESTS) {
            it(`once: ${name}`, async () => {
              const report = await host.run('reads.mjs', { api, isLoaded, name });
              assert.deepEqual(report.readAtAll, reads);
              assertOutcome(api, expected, report);
            });

            if (reads.length === 0) continue;
            it(`before the call returns: ${name}`, async () => {
              const report = await host.run('reads.mjs', { api, isLoaded, name });
              assert.deepEqual(report.readBeforeTheReturn, reads);
            });
          }
        });
      }
    }
  });
}
