// The way between two ends loses, holds back and mixes what it is given; pages are loaded again; the other side is not to
// be trusted.

/* global connected, connectedCall, connections, createCall, framesArrive, until, works */

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { inPage } from './page.mjs';

describe('two ends of a call with a bad way between them', { timeout: 600_000 }, () => {
  const evaluate = inPage();

  it('connect over a slow one', () =>
    evaluate(async () => {
      const call = await createCall();
      call.relay.way = () => 400;
      call.start();
      await connected(call);
      for (const end of call.ends()) await framesArrive(end);
    }));

  it('connect over one that mixes texts', () =>
    evaluate(async () => {
      const call = await createCall();
      let count = 0;
      // What is said first comes last, five at a time.
      call.relay.way = () => 400 - (count++ % 5) * 90;
      call.start();
      await connected(call);
      for (const end of call.ends()) await framesArrive(end);
    }));

  it('connect over one that says everything twice', () =>
    evaluate(async () => {
      const call = await createCall();
      const { send } = call.relay;
      call.relay.send = (...args) => [send(...args), send(...args)];
      call.start();
      await connected(call);
      for (const end of call.ends()) await framesArrive(end);
    }));

  for (const kind of ['hello', 'offer', 'answer', 'candidate']) {
    it(`connect although the first ${kind} of each end is lost`, () =>
      evaluate(async (kind) => {
        const call = await createCall();
        const lost = new Set();
        call.relay.way = (payload, { name }) => {
          const message = JSON.parse(payload);
          if ((message.description?.type ?? Object.keys(message).at(-1)) !== kind || lost.has(name)) return 0;
          lost.add(name);
          return undefined;
        };
        call.start();
        await connected(call);
        if (lost.size === 0) throw new Error(`no ${kind} was said`);
        for (const end of call.ends()) await framesArrive(end);
      }, kind));
  }

  it('connect although one starts long before the other', () =>
    evaluate(async () => {
      for (const first of ['caller', 'listener']) {
        const call = await createCall();
        call[first].call('start');
        const waits = () => call.relay.sent.length > 1 || (first === 'listener' && call.relay.sent.length > 0);
        await until('the first says something', waits);
        call.start();
        await connected(call);
        for (const end of call.ends()) await framesArrive(end);
        call.leave();
      }
    }));

  it('agree when both start, and later both look for another way, at the same moment', async () => {
    const { offering, states } = await evaluate(async () => {
      const call = await createCall();
      const { sent } = call.relay;
      call.relay.way = () => 100;
      call.start();
      await connected(call);
      const offers = () =>
        sent.filter(({ payload }) => JSON.parse(payload).description?.type === 'offer').map(({ from }) => from);
      const before = offers().length;
      // What the browser tells when there is no way any more.
      for (const end of call.ends()) {
        Object.defineProperty(end.pc(), 'iceConnectionState', { value: 'failed', configurable: true });
        end.pc().dispatchEvent(new Event('iceconnectionstatechange'));
        delete end.pc().iceConnectionState;
      }
      await until('there is another offer', () => offers().length > before);
      await until('both are at rest', () => call.ends().every((end) => end.pc().signalingState === 'stable'));
      await works(call);
      return { offering: [...new Set(offers())], states: call.ends().map((end) => end.state()) };
    });
    // Two offers that meet cost Chromium the picture.
    assert.deepEqual(offering, ['caller']);
    assert.deepEqual(states, ['connected', 'connected']);
  });

  it('look for another way when the socket of the other side is back', async () => {
    const passwords = await evaluate(async () => {
      const call = await connectedCall();
      const password = (end) => end.pc().remoteDescription.sdp.match(/a=ice-pwd:(.*)/)[1];
      const before = call.ends().map(password);
      for (const end of call.ends()) {
        end.call('peer', false);
        end.call('peer', true);
      }
      await until('both have another way', () => call.ends().every((end, index) => password(end) !== before[index]));
      await connected(call);
      await works(call);
      return connections.length;
    });
    assert.equal(passwords, 2, 'the connections are the same');
  });

  it('look for it with the relays and credentials that the service has said last', async () => {
    const usernames = await evaluate(async () => {
      const servers = (username) => [{ urls: ['turn:127.0.0.1:9'], username, credential: 'c' }];
      const call = await connectedCall({ iceServers: servers('old') });
      for (const end of call.ends()) end.room.iceServers = servers('fresh');
      call.caller.call('peer', true);
      const seen = () => call.ends().map((end) => end.pc().getConfiguration().iceServers[0].username);
      await until('both have them', () => seen().every((username) => username === 'fresh'));
      for (const end of call.ends()) end.room.iceServers = [{ urls: ['none'] }];
      call.caller.call('peer', true);
      await works(call);
      return seen();
    });
    assert.deepEqual(usernames, ['fresh', 'fresh'], 'what is none replaces nothing');
  });

  it('look for the first one with the relays that the answer has brought, after both have joined', async () => {
    const usernames = await evaluate(async () => {
      const call = await createCall();
      const iceServers = [{ urls: ['turn:127.0.0.1:9'], username: 'answered', credential: 'c' }];
      for (const end of call.ends()) end.room.iceServers = iceServers;
      call.start();
      await connected(call);
      await works(call);
      return call.ends().map((end) => end.pc().getConfiguration().iceServers[0]?.username);
    });
    assert.deepEqual(usernames, ['answered', 'answered']);
  });

  it('connect again when the connection broke', async () => {
    const states = await evaluate(async () => {
      const call = await connectedCall();
      await framesArrive(call.listener);
      // As with a page that is gone without a word: its other end notices only that nothing comes any more.
      connections[1].pc.close();
      call.relay.way = () => undefined;
      await until('the caller notices', () => call.caller.state() === 'disconnected');
      call.relay.way = () => 0;
      await call.reload('listener');
      await connected(call);
      await works(call);
      return call.caller.states;
    });
    assert.deepEqual(states.slice(0, 3), ['connecting', 'connected', 'disconnected']);
    assert.equal(states.at(-1), 'connected');
  });

  for (const name of ['caller', 'listener']) {
    it(`go on when the page of the ${name} is loaded again`, async () => {
      const open = await evaluate(async (name) => {
        const call = await connectedCall();
        await framesArrive(call.listener);
        const late = call.relay.sent.filter(({ from }) => from === name).map(({ payload }) => payload);
        await call.reload(name);
        await connected(call);
        await works(call);
        // What the old page had said arrives now, if at all.
        const other = call.ends().find((end) => end.name !== name);
        for (const payload of late) other.call('receive', payload);
        for (const end of call.ends()) await framesArrive(end);
        return connections.map(({ pc }) => pc.signalingState).sort();
      }, name);
      assert.deepEqual(open, ['closed', 'closed', 'stable', 'stable']);
    });
  }

  it('keep candidates that come before their description', async () => {
    const offers = await evaluate(async () => {
      const call = await createCall();
      // Its first description has no candidate in it, and without the hello it is not said again at once.
      call.relay.way = (payload) => {
        const { hello, description } = JSON.parse(payload);
        if (hello) return undefined;
        return description ? 500 : 0;
      };
      call.start();
      await connected(call);
      return call.relay.sent.filter(({ payload }) => JSON.parse(payload).description?.type === 'offer').length;
    });
    assert.equal(offers, 1, 'it did not have to be repeated');
  });

  it('take no answer to an earlier offer', async () => {
    const states = await evaluate(async () => {
      const call = await connectedCall();
      const answer = call.relay.sent.find(({ payload }) => JSON.parse(payload).description?.type === 'answer');
      const pc = call.caller.pc();
      call.relay.way = () => undefined;
      call.caller.call('peer', true);
      await until('there is another offer', () => pc.signalingState === 'have-local-offer');
      call.caller.call('receive', answer.payload);
      // It has been taken; and what the browser is asked to do, it does in order.
      await new Promise((resolve) => setTimeout(resolve));
      await pc.addIceCandidate().catch(() => {});
      const states = [pc.signalingState];
      call.relay.way = () => 0;
      call.caller.call('peer', true);
      await until('it is answered', () => pc.signalingState === 'stable');
      await works(call);
      return [...states, call.caller.state()];
    });
    assert.deepEqual(states, ['have-local-offer', 'connected']);
  });

  it('take nothing that was said to the page that was there before', async () => {
    const answers = await evaluate(async () => {
      const call = await connectedCall();
      const { sent } = call.relay;
      // It has come to know the listener, and addresses it.
      call.caller.call('peer', true);
      const offered = ({ payload }) =>
        JSON.parse(payload).description?.type === 'offer' && JSON.parse(payload).to !== null;
      const offer = await until('there is an offer to the listener', () => sent.findLast(offered));
      call.relay.way = () => undefined;
      await call.reload('listener');
      const { length } = sent;
      call.listener.call('receive', offer.payload);
      call.relay.way = () => 0;
      await connected(call);
      const { from } = JSON.parse(sent[length - 1].payload);
      const firstOffer = sent.findIndex((text, index) => index >= length && offered(text));
      return sent
        .slice(length, firstOffer)
        .filter(({ payload }) => JSON.parse(payload).from === from && JSON.parse(payload).description).length;
    });
    assert.equal(answers, 0);
  });

  it('take no harm from texts that are none of theirs', async () => {
    const { states, problems } = await evaluate(async () => {
      const call = await connectedCall();
      const problems = [];
      addEventListener('unhandledrejection', ({ reason }) => problems.push(String(reason)));
      for (const end of call.ends()) {
        const { payload } = call.relay.sent.find(({ from }) => from !== end.name);
        const known = { ...JSON.parse(payload), to: null, hello: undefined, description: undefined };
        const description = (type, sdp) => ({ ...known, description: { type, sdp }, number: 9 });
        for (const text of [
          '',
          '{',
          'null',
          '[]',
          '7',
          '"x"',
          '{}',
          '{"__proto__":{"from":"x"}}',
          'x'.repeat(48 * 1024),
          ...[
            { ...known, from: 7 },
            { ...known, from: '' },
            { ...known, from: 'x'.repeat(65) },
            { ...known, to: 7 },
            { ...known, camera: 'yes' },
            { ...known, description: null },
            { ...known, description: 7 },
            { ...known, description: { type: 'offer' }, number: 1 },
            { ...known, description: { type: 'rollback', sdp: '' }, number: 9 },
            { ...known, description: { type: 'offer', sdp: 'v=0' }, number: '9' },
            description('offer', ''),
            description('offer', 'v=0'),
            description('offer', 'v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\nm=video 9 X 1\r\n'),
            description('answer', 'v=0'),
            description('pranswer', 'v=0'),
            { ...known, candidate: null },
            { ...known, candidate: 'candidate:1' },
            { ...known, candidate: {} },
            { ...known, candidate: { candidate: 'nonsense', sdpMid: '0', usernameFragment: null } },
            { ...known, candidate: { candidate: { a: 1 }, sdpMLineIndex: -1e9 } },
            ...Array.from({ length: 300 }, () => ({ ...known, candidate: { usernameFragment: 'none' } })),
            { ...known, camera: 0 },
          ].map((message) => JSON.stringify(message)),
        ]) {
          end.call('receive', text);
        }
      }
      await works(call);
      return { states: call.ends().map((end) => end.state()), problems };
    });
    assert.deepEqual(states, ['connected', 'connected']);
    assert.deepEqual(problems, []);
  });

  it('say that they failed when there is nobody', async () => {
    const states = await evaluate(async () => {
      const call = await createCall({ roomType: 'voice' });
      call.relay.way = () => undefined;
      // Half a minute passes in some moments.
      const { setTimeout } = window;
      window.setTimeout = (run, ms) => setTimeout(run, ms >= 3_000 ? ms / 100 : ms);
      call.caller.call('start');
      await until('it has failed', () => call.caller.state() === 'failed');
      call.relay.way = () => 0;
      call.listener.call('start');
      await connected(call);
      return call.caller.states;
    });
    assert.deepEqual(states, ['connecting', 'failed', 'connected']);
  });

  it('does not follow a side that comes with a new page again and again', async () => {
    const made = await evaluate(async () => {
      const call = await connectedCall({ roomType: 'voice' });
      for (let index = 0; index < 500; index += 1) {
        call.caller.call('receive', JSON.stringify({ from: `page-${index}`, to: null, camera: false, hello: true }));
      }
      return connections.length;
    });
    assert.ok(made < 70, `${made} connections`);
  });
});
