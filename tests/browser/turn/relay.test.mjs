// A call whose sound and picture go over a TURN server, with credentials that the service gives.

/* global connected, connections, createCall, framesArrive, pictureChanges, soundArrives, until */

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { inPage } from '../media/page.mjs';
import { FAKE_DEVICES } from '../../support/chromium.mjs';
import { startService } from '../../support/service.mjs';
import { COTURN, startCoturn } from './coturn.mjs';

// Chromium does not use the loopback interface by itself, and the machine may have no other.
const FLAGS = [...FAKE_DEVICES, '--allow-loopback-in-peer-connection'];

describe('a call over a TURN server', { timeout: 180_000, skip: COTURN ? false : 'there is no coturn' }, () => {
  let coturn;
  let service;
  before(async () => {
    coturn = await startCoturn();
    const env = { WMPF_VOIP_TURN_URLS: coturn.url, WMPF_VOIP_TURN_SECRET: coturn.secret };
    service = await startService({ env });
  });
  after(async () => {
    await service?.stop();
    await coturn?.stop();
  });
  const evaluate = inPage(FLAGS);

  /** What the service gives both sides of a new call. */
  async function iceServers() {
    const { handsets } = await service.demo();
    const { device, phone } = handsets;
    return evaluate(
      async ({ endpoint, device, phone }) => {
        const answer = await fetch(`${endpoint}/v1/calls`, {
          method: 'POST',
          headers: { authorization: `Bearer ${device.token}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            roomType: 'video',
            businessType: 1,
            caller: { id: device.id },
            listener: { id: phone.id },
            voipToken: device.deviceToken,
          }),
        });
        const { roomId } = await answer.json();
        const opened = ({ token }) =>
          new Promise((resolve, reject) => {
            const address = `${endpoint.replace('http', 'ws')}/v1/calls/${roomId}/socket?device=d`;
            const socket = new WebSocket(address, ['wmpf-voip.v1', token]);
            socket.onmessage = ({ data }) => {
              resolve(JSON.parse(data).iceServers);
              socket.close();
            };
            socket.onerror = () => reject(new Error('the socket of the call failed'));
          });
        const [caller, listener] = await Promise.all([opened(device), opened(phone)]);
        await fetch(`${endpoint}/v1/calls/${roomId}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${device.token}` },
        });
        return { caller, listener };
      },
      { endpoint: service.endpoint, device, phone },
    );
  }

  it('has sound and picture at both ends, with credentials of the service', async () => {
    const servers = await iceServers();
    const candidates = await evaluate(async ({ caller, listener }) => {
      const call = await createCall({
        iceTransportPolicy: 'relay',
        caller: { iceServers: caller },
        listener: { iceServers: listener },
      });
      call.start();
      await connected(call);
      for (const end of call.ends()) {
        await framesArrive(end);
        await pictureChanges(end);
        await soundArrives(end);
      }
      // The pair of candidates that is in use, at either end.
      const used = async ({ pc }) => {
        const stats = [...(await pc.getStats()).values()];
        const { selectedCandidatePairId } = stats.find(({ type }) => type === 'transport');
        const pair = stats.find(({ id }) => id === selectedCandidatePairId);
        const kinds = [pair.localCandidateId, pair.remoteCandidateId].map(
          (candidate) => stats.find(({ id }) => id === candidate).candidateType,
        );
        return kinds;
      };
      return Promise.all(connections.map(used));
    }, servers);
    assert.deepEqual(candidates, [
      ['relay', 'relay'],
      ['relay', 'relay'],
    ]);
    assert.match(coturn.log(), /session \d+: .*ALLOCATE processed, success/);
  });

  for (const [what, change] of [
    [
      'are not of this secret',
      ({ credential }) => ({ credential: `${credential[0] === 'A' ? 'B' : 'A'}${credential.slice(1)}` }),
    ],
    ['are of another room', ({ username }) => ({ username: `${username}-of-another` })],
    [
      'should count for longer',
      ({ username }) => ({ username: username.replace(/^\d+/, (end) => Number(end) + 3600) }),
    ],
  ]) {
    it(`has nothing with credentials that ${what}`, async () => {
      const { caller, listener } = await iceServers();
      const wrong = (servers) => servers.map((server) => ({ ...server, ...change(server) }));
      const { errors, candidates, states } = await evaluate(
        async (iceServers) => {
          const { setTimeout } = window;
          // Half a minute without a connection passes in some seconds.
          window.setTimeout = (run, ms) => setTimeout(run, ms >= 30_000 ? ms / 10 : ms);
          const call = await createCall({ iceTransportPolicy: 'relay', iceServers });
          const errors = [];
          for (const { pc } of connections)
            pc.addEventListener('icecandidateerror', ({ errorCode }) => errors.push(errorCode));
          call.start();
          await until('both are refused', () => errors.length >= 2);
          await until('the caller has failed', () => call.caller.state() === 'failed');
          const candidates = call.relay.sent.filter(({ payload }) => JSON.parse(payload).candidate);
          return { errors: [...new Set(errors)], candidates: candidates.length, states: call.caller.states };
        },
        wrong(caller.length > 0 ? caller : listener),
      );
      assert.deepEqual(errors, [401]);
      assert.equal(candidates, 0);
      assert.ok(!states.includes('connected'));
    });
  }
});
