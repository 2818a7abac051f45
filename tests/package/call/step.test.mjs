// The part of a call page that does nothing: what becomes of its state when something happens, and what is then to be done.
// The other tests of this folder say the same of whole pages.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import fc from 'fast-check';

import { assertProperty } from '../../support/anything.mjs';
import { openedCall } from '../../support/fake-sockets.mjs';
import { PKG } from '../../support/paths.mjs';

const load = (name) => import(pathToFileURL(join(PKG, 'call', name)));
const { WAITING } = await load('state.js');
const { step } = await load('step.js');

const CALLER = { roomId: 'room-1', roomType: 'video', isCaller: true, isAnswered: false, name: '' };
const LISTENER = { ...CALLER, isCaller: false, name: 'Door' };
const { type: _, ...DESCRIBED } = openedCall();
const FAULT = { errCode: 2007, detail: 'no microphone' };

/** The state after these events, each followed by what its effects say follows. */
const after = (events, from = WAITING) => events.reduce((state, event) => happen(state, event).state, from);

/** As a page does: `show` is done before what follows it. Gives all effects, in the order in which they are done. */
function happen(before, event) {
  let { state, effects } = step(before, event);
  const done = [];
  for (const effect of effects) {
    done.push(effect);
    if (effect[0] !== 'show' || effect.length === 1) continue;
    const nested = happen(state, effect.slice(1));
    state = nested.state;
    done.push(...nested.done);
  }
  return { state, done };
}

const described = (changes) => ['opened', { ...DESCRIBED, ...changes }, undefined];
const begun = (call) => [
  ['found', call],
  ['begin', false, false, undefined],
];
const started = ['event', 'startVoip', {}, 0, 1000];
const ANSWERED = [...begun(LISTENER), described({ isCaller: false }), ['answer']];

const STATES = {
  idle: after([]),
  outgoing: after([...begun(CALLER), described()]),
  incoming: after([...begun(LISTENER), described({ isCaller: false })]),
  joining: after(ANSWERED),
  connected: after([...ANSWERED, ['joined'], started]),
  ended: after([...ANSWERED, ['joined'], started, ['hangUp', 'manual']]),
  // It has ended for this page, and another page of this device has it.
  elsewhere: after([...ANSWERED, ['elsewhere', true]]),
  // The page is gone, and another one may come for the call.
  left: after([...ANSWERED, ['leave']]),
};

/** One event of each kind. Of those that have several outcomes, several. */
const EVENTS = {
  found: ['found', CALLER],
  begin: ['begin', false, false, undefined],
  failed: ['failed', FAULT],
  answer: ['answer'],
  hangUp: ['hangUp', 'manual'],
  setMuted: ['setMuted', true],
  setCamera: ['setCamera', false],
  take: ['take'],
  continue: ['continue'],
  forgo: ['forgo', true],
  leave: ['leave'],
  gone: ['gone', 'unloadCallPage', false, false],
  replaced: ['replaced'],
  refresh: ['refresh'],
  opened: ['opened', DESCRIBED, undefined],
  'event: startVoip': started,
  'event: endVoip': ['event', 'endVoip', { keepTime: 7 }, 0, 1000],
  'event: finishVoip': ['event', 'finishVoip', { keepTime: 9 }, 0, 1000],
  'event: other': ['event', 'joinedRoomByCaller', {}, 0, 1000],
  cameraOff: ['cameraOff'],
  away: ['away'],
  'replied: done': ['replied', 'done'],
  'replied: elsewhere': ['replied', 'elsewhere'],
  'elsewhere: page': ['elsewhere', true],
  'elsewhere: device': ['elsewhere', false],
  refused: ['refused', FAULT],
  lost: ['lost', 'no route', undefined],
  joined: ['joined'],
  joinFailed: ['joinFailed', FAULT],
  mediaState: ['mediaState', 'connected'],
  camera: ['camera', false, FAULT],
  microphone: ['microphone', FAULT],
  aborted: ['aborted', FAULT],
  tick: ['tick', 3],
  answered: ['answered'],
  described: ['described', false],
  started: ['started', 0],
  chose: ['chose', 'setMuted'],
};

/**
 * What each event does in each state: `-> ` and the state of the view after it, if that is another one, and the effects.
 * In the states that are not named it does nothing at all.
 */
const TABLE = {
  found: {
    idle: 'open',
  },
  begin: {
    idle: '-> incoming: connect, show',
    'outgoing incoming': 'connect, show',
    joining: 'connect, show, takePart answer, socket choose',
    connected: '-> joining: connect, show, takePart answer, socket choose',
  },
  failed: {
    'idle incoming joining connected': '-> ended: forget, release, show',
    outgoing: '-> ended: hangUpByRequest, forget, release, show',
  },
  answer: {
    incoming: '-> joining: show, takePart answer, socket choose, enter',
  },
  hangUp: {
    'outgoing incoming joining connected': '-> ended: signalEnd hangUp, forget, release, show',
  },
  setMuted: {
    idle: 'show, media setMuted',
    'outgoing incoming': 'show, keepChoice, media setMuted',
    'joining connected': 'show, keepChoice, socket choose, media setMuted',
  },
  setCamera: {
    idle: 'show, media setCamera',
    'outgoing incoming': 'show, keepChoice, media setCamera',
    'joining connected': 'show, keepChoice, socket choose, media setCamera',
  },
  take: {
    incoming: 'socket close, connect',
  },
  continue: {
    elsewhere: '-> joining: unwatch, open',
  },
  forgo: {
    elsewhere: 'unwatch, show',
  },
  leave: {
    idle: '-> ended: keepWaiting, release',
    'outgoing incoming joining connected': '-> ended: release, keepLeft',
    elsewhere: 'unwatch',
  },
  gone: {
    left: 'forget, signalEnd hangUp, hangUpByRequest',
  },
  replaced: {
    'idle outgoing incoming joining connected': '-> ended: release, show, socket close',
    'ended elsewhere left': 'socket close',
  },
  refresh: {
    'idle outgoing incoming joining connected': 'show',
  },
  opened: {
    idle: '-> outgoing: media refresh, show, enter',
    // It was said before on the same connection.
    'outgoing incoming joining connected': 'media refresh',
  },
  'event: startVoip': {
    'idle outgoing incoming joining': '-> connected: show, count, media start, emit startVoip',
    'connected ended elsewhere left': 'emit startVoip',
  },
  'event: endVoip': {
    'idle outgoing incoming joining connected': '-> ended: forget, release, show, emit endVoip',
    'ended elsewhere left': 'emit endVoip',
  },
  'event: finishVoip': {
    'idle outgoing incoming joining connected': '-> ended: forget, release, show, emit finishVoip, socket close',
    'ended elsewhere left': 'emit finishVoip, socket close',
  },
  'event: other': {
    'idle outgoing incoming joining connected ended elsewhere left': 'emit joinedRoomByCaller',
  },
  cameraOff: {
    idle: 'show, media setCamera',
    'outgoing incoming': 'show, keepChoice, media setCamera',
    'joining connected': 'show, keepChoice, socket choose, media setCamera',
  },
  away: {
    'idle outgoing incoming joining connected': 'show',
  },
  'replied: done': {},
  'replied: elsewhere': {
    'idle outgoing incoming joining connected': '-> ended: forget, release, show, socket close',
    'ended elsewhere left': 'socket close',
  },
  'elsewhere: page': {
    'idle outgoing incoming joining connected': '-> ended: watch, forget, release, show',
  },
  'elsewhere: device': {
    'idle outgoing incoming joining connected': '-> ended: forget, release, show',
  },
  refused: {
    idle: '-> ended: forget, release, show',
    'outgoing incoming joining connected': '-> ended: forget, release, show, emit abortVoip, emit endVoip',
    'ended elsewhere left': 'emit abortVoip, emit endVoip',
  },
  lost: {
    idle: '-> ended: forget, release, show',
    'outgoing incoming joining connected': '-> ended: forget, release, show, emit abortVoip, emit endVoip',
    'ended elsewhere left': 'emit abortVoip, emit endVoip',
  },
  joined: {
    'idle outgoing incoming joining connected': 'takePart join, socket choose',
  },
  joinFailed: {
    'idle outgoing incoming joining connected': '-> ended: signalEnd joinFailed, forget, release, show',
  },
  mediaState: {
    'idle outgoing incoming joining connected': 'show',
  },
  camera: {
    idle: 'show',
    'outgoing incoming': 'show, keepChoice',
    'joining connected': 'show, keepChoice, socket choose',
  },
  microphone: {
    'idle outgoing incoming joining connected': 'show',
  },
  aborted: {
    'idle outgoing incoming joining': '-> ended: signalEnd joinFailed, forget, release, show',
    connected: '-> ended: signalEnd abort, forget, release, show',
  },
  tick: {
    'idle outgoing incoming joining connected': 'show, emit calling',
  },
  answered: {
    'joining connected': 'takePart answer, socket choose',
  },
  described: {
    outgoing: 'keepChoice, media peer',
    incoming: 'keepChoice',
    'joining connected': 'keepChoice, socket choose, media peer',
  },
  started: {
    'idle outgoing incoming joining connected': 'count, media start',
  },
  chose: {
    idle: 'media setMuted',
    'outgoing incoming': 'keepChoice, media setMuted',
    'joining connected': 'keepChoice, socket choose, media setMuted',
  },
};

/** The effects of which it matters what of the page they are for. */
const DETAILED = ['socket', 'media', 'takePart', 'signalEnd', 'emit'];
const said = ([type, what]) => (DETAILED.includes(type) ? `${type} ${what}` : type);

/** What an event does in a state, as the table says it. */
function outcome(before, event) {
  const { state, done } = happen(before, event);
  const now = state.view.state;
  return `${now === before.view.state ? '' : `-> ${now}: `}${done.map(said).join(', ')}`;
}

/** What the table says of an event, by the state. */
const expected = (row) =>
  Object.fromEntries(Object.entries(row).flatMap(([states, text]) => states.split(' ').map((state) => [state, text])));

/** No part of it can be changed any more. */
function frozen(value) {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) frozen(member);
  return Object.freeze(value);
}

const anyEvent = fc.constantFrom(...Object.values(EVENTS));
/** Any events, and the state in which the first of them happens. */
const anyEvents = fc.record({
  from: fc.constantFrom(...Object.keys(STATES)),
  events: fc.array(anyEvent, { minLength: 1, maxLength: 12 }),
});

/** Does all events, and gives for each the states before and after it and its effects. */
function run({ from, events }) {
  let state = frozen(structuredClone(STATES[from]));
  return events.map((event) => {
    const before = state;
    const { state: next, done } = happen(before, frozen(event));
    state = frozen(next);
    return { event, before, state, done };
  });
}

/** Each event after each other one, in each state. */
const PAIRS = Object.keys(STATES).flatMap((from) =>
  Object.values(EVENTS).flatMap((first) =>
    Object.values(EVENTS).map((second) => ({ from, steps: run({ from, events: [first, second] }) })),
  ),
);

/** What holds for all pairs of events, and for longer chains of them. */
const always = (name, holds) =>
  it(name, async () => {
    for (const { from, steps } of PAIRS) holds(steps, from);
    await assertProperty(anyEvents, async (chain) => holds(run(chain), chain.from), 0.2);
  });

const isEnded = ({ view }) => view.state === 'ended';
const has = (done, ...types) => done.some(([type]) => types.includes(type));

describe('the states of a call page', () => {
  it('are told in the table for each event that there is', async () => {
    const text = await readFile(join(PKG, 'call/state.js'), 'utf8');
    const [, events] = /(@typedef \{\(\n(?: \* {3}\|.*\n)* \* \)\} Event)/.exec(text);
    const [, shown] = /(@typedef \{\(\n(?: \* {3}\|.*\n)* \* \)\} Shown)/.exec(text);
    const declared = [...(events + shown).matchAll(/\[type: '(\w+)'/g)].map(([, name]) => name);
    assert.ok(declared.length > 30, 'the types were found');
    assert.deepEqual([...new Set(Object.values(EVENTS).map(([type]) => type))].sort(), declared.sort());
    assert.deepEqual(Object.keys(TABLE), Object.keys(EVENTS));
  });

  for (const [name, event] of Object.entries(EVENTS)) {
    it(`are those of the table after ${name}`, () => {
      const rows = expected(TABLE[name]);
      for (const [state, before] of Object.entries(STATES)) {
        assert.equal(outcome(before, event), rows[state] ?? '', state);
      }
    });
  }

  always('are not changed themselves, and the same one and the same event always give the same', (steps) => {
    for (const { before, event, state, done } of steps) {
      const again = happen(before, event);
      assert.deepEqual([again.state, again.done], [state, done]);
    }
  });

  always(
    'end for good: nothing begins, joins, is counted or is shown otherwise, unless the user takes the call back',
    (steps) => {
      for (const { event, before, state, done } of steps) {
        if (!isEnded(before)) continue;
        if (event[0] === 'continue' && before.view.canContinue) {
          assert.deepEqual([state.view.state, done], ['joining', [['unwatch'], ['open']]]);
          continue;
        }
        const { canContinue: _, keepTime: __, ...shown } = before.view;
        const { canContinue, keepTime, ...now } = state.view;
        assert.deepEqual(now, shown);
        assert.ok(!canContinue || before.view.canContinue);
        assert.ok(
          !has(done, 'open', 'connect', 'enter', 'takePart', 'count', 'media', 'watch', 'release', 'keepChoice'),
        );
      }
    },
  );

  always('release once what a call has when it ends, and say why it has ended', (steps) => {
    for (const { before, state, done } of steps) {
      const ends = !isEnded(before) && isEnded(state);
      assert.equal(done.filter(([type]) => type === 'release').length, ends ? 1 : 0);
      if (ends) assert.equal(typeof state.view.reason, 'string');
      if (ends) assert.equal(state.view.online, false);
    }
  });

  always('tell the service at most once how this side ends a call, and before they forget it', (steps, from) => {
    let told = from === 'ended' ? 1 : 0;
    for (const { before, state, done } of steps) {
      if (isEnded(before) && !isEnded(state)) told = 0;
      const types = done.map(([type]) => type);
      told += types.filter((type) => type === 'signalEnd').length;
      assert.ok(told <= 1);
      if (types.includes('signalEnd') && types.includes('release')) {
        assert.ok(types.indexOf('signalEnd') < types.indexOf('release'));
      }
    }
  });

  always('have the media enter a room once in a call, and only once the service has described it', (steps, from) => {
    let entered = STATES[from].room === 'out' ? 0 : 1;
    for (const { before, state, done } of steps) {
      if (isEnded(before) && !isEnded(state)) entered = 0;
      const now = done.filter(([type]) => type === 'enter').length;
      entered += now;
      assert.ok(entered <= 1);
      if (now > 0) assert.ok(state.about && (state.view.isCaller || state.isAnswered));
    }
  });

  always('are shown when they have changed, except to a page that is gone', (steps) => {
    for (const { event, before, state, done } of steps) {
      const isShown = event[0] !== 'continue' && state.view.state !== before.view.state;
      if (event[0] === 'leave') assert.ok(!has(done, 'show'));
      else if (isShown) assert.ok(has(done, 'show'));
    }
  });

  for (const [name, follows] of [
    ['answer', { show: ['show', 'answered'], state: STATES.incoming }],
    ['event: startVoip', { show: ['show', 'started', 0], state: STATES.joining }],
    ['setCamera', { show: ['show', 'chose', 'setCamera'], state: STATES.connected }],
    ['opened', { show: ['show', 'described', false], state: after([['away']], STATES.outgoing) }],
  ]) {
    it(`do nothing more where the code that is shown ${name} ends the call`, () => {
      const { state, effects } = step(follows.state, EVENTS[name]);
      assert.deepEqual(
        effects.find(([type]) => type === 'show'),
        follows.show,
      );
      const { state: over } = happen(state, ['hangUp', 'manual']);
      assert.deepEqual(happen(over, follows.show.slice(1)).done, []);
    });
  }

  for (const [name, expected] of [
    ['outgoing', 'media refresh, show, keepChoice, media peer'],
    ['incoming', 'media refresh, show, keepChoice, enter'],
    ['joining', 'media refresh, show, keepChoice, socket choose, media peer'],
    ['connected', 'media refresh, show, keepChoice, socket choose, media peer'],
  ]) {
    it(`is told of again after a reconnection: ${name}`, () => {
      const { done } = happen(after([['away']], STATES[name]), EVENTS.opened);
      assert.equal(done.map(said).join(', '), expected);
    });
  }

  for (const [state, reason] of [
    ['outgoing', 'cancelled'],
    ['incoming', 'rejected'],
    ['joining', 'rejected'],
    ['connected', 'hungUp'],
  ]) {
    it(`say that a call which is ${state} was ${reason}, by hand and by a page that is gone`, () => {
      const { view } = after([['hangUp', 'manual']], STATES[state]);
      assert.deepEqual([view.reason, view.origin], [reason, 'manual']);
      const { view: gone } = after([['leave']], STATES[state]);
      assert.deepEqual([gone.reason, gone.origin], [reason, 'unloadCallPage']);
    });
  }

  it('do not take an event for an end because an object has a member of that name', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      assert.equal(after([['event', name, {}, 0, 1000]], STATES.connected).view.state, 'connected');
    }
  });

  it('tell the service a failure as it accepts one, and show it whole', () => {
    const detail = `\ud800${'x'.repeat(2000)}`;
    for (const [errCode, told] of [
      [2007, 2007],
      [0xffffffff, 0xffffffff],
      [-1, undefined],
      [2 ** 32, undefined],
      [undefined, undefined],
    ]) {
      const { state, done } = happen(STATES.joining, ['joinFailed', { errCode, detail }]);
      const reason = `\ufffd${'x'.repeat(1023)}`;
      assert.deepEqual(done[0], ['signalEnd', 'joinFailed', { reason, errCode: told }, true]);
      assert.deepEqual([state.view.errCode, state.view.detail], [errCode, detail]);
    }
  });

  it('end a call by a request where the service has not heard of it', () => {
    const lost = (events, unheard) => happen(after(events), ['lost', undefined, unheard]).done;
    assert.deepEqual(lost(begun(CALLER))[0], ['hangUpByRequest', undefined]);
    assert.deepEqual(lost([...begun(CALLER), ['hangUp', 'manual']], 'manual'), [['hangUpByRequest', 'manual']]);
    assert.ok(!has(lost(begun(LISTENER)), 'hangUpByRequest'));
    const continued = [...begun(CALLER), ['elsewhere', true], ['continue'], ['begin', false, undefined, undefined]];
    assert.ok(!has(lost(continued), 'hangUpByRequest'), 'it may be running in the other page');
  });

  it('begin anew where the user takes the call back, and can be taken back only once', () => {
    const { state } = happen(STATES.elsewhere, ['continue']);
    const { about, chosen, room, isIn, view } = state;
    assert.deepEqual([about, chosen, room, isIn, view.canContinue], [undefined, {}, 'out', false, false]);
    const { done } = happen(after([['begin', false, undefined, undefined], described({ isCaller: false })], state), [
      'leave',
    ]);
    assert.ok(!has(done, 'unwatch'));
    for (const event of [['forgo', true], ['leave']]) {
      assert.equal(outcome(after([event], STATES.elsewhere), ['continue']), '');
    }
  });

  it('answer by themselves where both have called, with what this call says of the camera', () => {
    const placed = [
      ['found', CALLER],
      ['begin', true, undefined, { muted: true, camera: false }],
    ];
    const before = after(placed);
    const { state, done } = happen(before, described({ isCaller: false }));
    assert.deepEqual([state.view.state, state.view.muted, state.view.camera], ['joining', false, true]);
    const expected = 'media refresh, show, keepChoice, takePart answer, socket choose, enter';
    assert.equal(done.map(said).join(', '), expected);
  });

  it('go on as they were left, except for what the user has chosen in this page', () => {
    const kept = { muted: true, camera: false };
    const begin = [
      ['found', CALLER],
      ['begin', false, undefined, kept],
    ];
    const shown = ({ view: { muted, camera } }) => ({ muted, camera });
    assert.deepEqual(shown(after([...begin, ['opened', DESCRIBED, kept]])), kept);
    const chosen = after([...begin, ['setMuted', false], ['opened', DESCRIBED, kept]]);
    assert.deepEqual(shown(chosen), { muted: false, camera: false });
  });
});
