// A call whose sound and picture go over a TURN server, with credentials that the service gives.

/* global answeredCall, connected, connections, createCall, framesArrive, pictureChanges, soundArrives, until, works */

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { inPage } from '../media/page.mjs';
import { FAKE_DEVICES } from '../../support/chromium.mjs';
import { startService } from '../../support/service.mjs';
import { COTURN, startCoturn } from './coturn.mjs';

/** How long credentials are valid, in seconds: the shortest time that the service takes. */
const LIFETIME_S = 10;

// Chromium does not use the loopback interface by itself, and the machine may have no other.
const FLAGS = [...FAKE_DEVICES, '--allow-loopback-in-peer-connection'];

describe('a call over a TURN server', { timeout: 180_000, skip: COTURN ? false : 'there is no coturn' }, () => {
  let coturn;
  let service;
  before(async () => {
    coturn = await startCoturn();
    const env = {
      WMPF_VOIP_TURN_URLS: coturn.url,
      WMPF_VOIP_TURN_SECRET: coturn.secret,
      WMPF_VOIP_TURN_LIFETIME: LIFETIME_S,
    };
    service = await startService({ env });
  });
  after(async () => {
    await service?.stop();
    await coturn?.stop();
  });
  const evaluate = inPage(FLAGS);

  /** What `answeredCall` of the page needs. */
  const about = async () => {
    const { handsets } = await service.demo();
    return { endpoint: service.endpoint, ...handsets };
  };

  /** What the service gives both sides of a new call. */
  const iceServers = async () =>
    evaluate(
      async (about) => {
        const { caller, listener, end } = await answeredCall(about);
        await end();
        return { caller: caller(), listener: listener() };
      },
      await about(),
    );

  it('has sound and picture at both ends, with credentials that the service gives at the answer', async () => {
    const { ringing, candidates } = await evaluate(
      async (about) => {
        const { ringing, caller, listener, end } = await answeredCall(about);
        // As with the package, an end has joined before it knows of a relay.
        const call = await createCall({ iceTransportPolicy: 'relay' });
        call.caller.room.iceServers = caller();
        call.listener.room.iceServers = listener();
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
        await end();
        return { ringing, candidates: await Promise.all(connections.map(used)) };
      },
      await about(),
    );
    assert.deepEqual(ringing, [[], []], 'nobody has a relay while it rings');
    assert.deepEqual(candidates, [
      ['relay', 'relay'],
      ['relay', 'relay'],
    ]);
    assert.match(coturn.log(), /session \d+: .*ALLOCATE processed, success/);
  });

  it('goes on with credentials that were renewed, after the first ones have expired', async () => {
    const { first, last, refused } = await evaluate(
      async ({ lifetimeMs, ...about }) => {
        const { caller, listener, end } = await answeredCall(about);
        const call = await createCall({ iceTransportPolicy: 'relay' });
        const renew = () => {
          call.caller.room.iceServers = caller();
          call.listener.room.iceServers = listener();
        };
        renew();
        const expired = caller();
        call.start();
        await connected(call);
        await new Promise((resolve) => setTimeout(resolve, lifetimeMs + 1500));
        await works(call);
        renew();
        const last = call.caller.room.iceServers[0].username;
        // The other way is over new relays.
        const password = () => call.caller.pc().remoteDescription.sdp.match(/a=ice-pwd:(.*)/)[1];
        const before = password();
        call.caller.call('peer', true);
        await until('there is another way', () => password() !== before);
        await until('it is used', () => call.ends().every((end) => end.pc().iceConnectionState === 'connected'));
        await works(call);

        const pc = new RTCPeerConnection({ iceTransportPolicy: 'relay', iceServers: expired });
        let refused;
        pc.onicecandidateerror = ({ errorCode }) => (refused = errorCode);
        pc.createDataChannel('none');
        await pc.setLocalDescription();
        await until('the first ones are refused', () => refused !== undefined);
        await end();
        return { first: expired[0].username, last, refused };
      },
      { ...(await about()), lifetimeMs: LIFETIME_S * 1000 },
    );
    const until = (username) => Number(username.split(':')[0]);
    assert.ok(until(last) - until(first) >= LIFETIME_S, `${first}, ${last}`);
    assert.equal(refused, 401);
    for (const username of [first, last]) {
      assert.ok(coturn.log().includes(`user <${username}>: incoming packet ALLOCATE processed, success`), username);
    }
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
