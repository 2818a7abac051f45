// Many calls in a row, after which nothing of them is left: no connection, socket, track or timer in the pages, and
// no call that goes on in the service.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startDemo } from './demo-page.mjs';

const CALLS = Number(process.env.WMPF_VOIP_CALLS ?? 200);

/**
 * Runs in each page before its own code: keeps what the page makes, to see afterwards what is left of it. What a button
 * waits for that has just come is over at once: it is tested elsewhere, and would take minutes here.
 */
function keepCount() {
  const settlingMs = 500;
  const made = { connections: [], sockets: [], tracks: [], contexts: [], timers: new Set() };
  const kept = (Class, list) =>
    class extends Class {
      constructor(...args) {
        super(...args);
        list.push(this);
      }
    };
  window.RTCPeerConnection = kept(RTCPeerConnection, made.connections);
  window.WebSocket = kept(WebSocket, made.sockets);
  window.AudioContext = kept(AudioContext, made.contexts);
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    made.tracks.push(...stream.getTracks());
    return stream;
  };
  for (const [set, clear, repeats] of [
    ['setTimeout', 'clearTimeout', false],
    ['setInterval', 'clearInterval', true],
  ]) {
    const [start, stop] = [window[set].bind(window), window[clear].bind(window)];
    window[set] = (run, ms, ...args) => {
      const delay = !repeats && ms === settlingMs ? 0 : ms;
      const id = start(() => {
        if (!repeats) made.timers.delete(id);
        run(...args);
      }, delay);
      made.timers.add(id);
      return id;
    };
    window[clear] = (id) => {
      made.timers.delete(id);
      stop(id);
    };
  }
  window.made = made;
}

/** Runs in the page of who is called: answers whatever rings, and goes back when it is over. */
function answerAll() {
  const page = document.querySelector('#call-page');
  const press = async (state, action) => {
    const button = page.querySelector(`[data-action="${action}"]`);
    while (button.getAttribute('aria-disabled')) await new Promise(requestAnimationFrame);
    // The next call may ring by now. Nobody can press a button that is not shown, but a script can.
    if (!page.hidden && page.dataset.state === state) button.click();
  };
  new MutationObserver(() => {
    if (page.hidden) return;
    if (page.dataset.state === 'incoming') press('incoming', 'answer');
    if (page.dataset.state === 'ended') press('ended', 'close');
  }).observe(page, { attributes: true, attributeFilter: ['data-state', 'hidden'] });
}

/** Runs in the page of who calls: calls and hangs up so often. Gives what each call ended with. */
async function callAll(calls) {
  const page = document.querySelector('#call-page');
  const click = async (selector) => {
    const button = document.querySelector(selector);
    await until(`${selector} takes a press`, () => !button.getAttribute('aria-disabled'));
    button.click();
  };
  const press = (action) => click(`#call-page [data-action="${action}"]`);
  const until = async (what, look) => {
    const end = performance.now() + 20_000;
    while (!look()) {
      if (performance.now() > end) {
        throw new Error(`not within 20 s: ${what}, but ${page.dataset.state}: ${page.innerText}`);
      }
      await new Promise(requestAnimationFrame);
    }
  };
  const { default: wmpfVoip } = await import('wmpf-voip');
  let finished = 0;
  const off = wmpfVoip.onVoipEvent(({ eventName }) => {
    if (eventName === 'finishVoip') finished += 1;
  });
  const endings = {};
  for (let call = 1; call <= calls; call += 1) {
    const state = (name) => () => !page.hidden && page.dataset.state === name;
    await click('#call');
    await until(`call ${call} is connected`, state('connected'));
    await press('hangUp');
    await until(`call ${call} is over`, state('ended'));
    const ending = document.querySelector('#call-status').textContent;
    endings[ending] = (endings[ending] ?? 0) + 1;
    // For the service the other side is in that call until it has heard of its end.
    await until(`call ${call} is finished`, () => finished === call);
    await press('close');
    await until(`the form is back after call ${call}`, () => page.hidden);
  }
  off();
  return endings;
}

describe('many calls in a row', { timeout: 400_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  const left = ({ page }) =>
    page.evaluate(() => ({
      connections: window.made.connections.filter((pc) => pc.connectionState !== 'closed').length,
      sockets: window.made.sockets.filter((socket) => socket.readyState < WebSocket.CLOSING).length,
      tracks: window.made.tracks.filter((track) => track.readyState === 'live').length,
      contexts: window.made.contexts.filter((context) => context.state !== 'closed').length,
      timers: window.made.timers.size,
    }));

  it(`leave nothing behind (${CALLS})`, async () => {
    const device = await demo.openAlone('role=device', { init: keepCount });
    const phone = await demo.openAlone('role=phone', { init: keepCount });
    await device.fill('roomType', 'voice');
    await device.sound.click();
    await phone.page.evaluate(answerAll);
    const rooms = [];
    device.page.on('response', async (response) => {
      if (response.request().method() === 'POST') rooms.push((await response.json()).roomId);
    });
    const [caller, listener] = await Promise.all([left(device), left(phone)]);
    // What rings stays, for the next call.
    const expected = [caller, { ...listener, contexts: 1 }];

    const endings = await device.page.evaluate(callAll, CALLS);
    assert.deepEqual(endings, { 'You hung up': CALLS });
    const made = await device.page.evaluate(() => window.made.connections.length);
    assert.equal(made, CALLS, 'each call had a connection');

    // The last events and the closing of the last socket are on their way.
    const end = performance.now() + 15_000;
    let now;
    do {
      await phone.page.waitForTimeout(250);
      now = await Promise.all([left(device), left(phone)]);
    } while (JSON.stringify(now) !== JSON.stringify(expected) && performance.now() < end);
    assert.deepEqual(now, expected);

    assert.equal(new Set(rooms).size, CALLS);
    const { handsets } = await demo.service.demo();
    const headers = { authorization: `Bearer ${handsets.phone.token}` };
    const states = rooms.map(async (room) => {
      const call = await (await fetch(`${demo.service.endpoint}/v1/calls/${room}`, { headers })).json();
      return `${call.state}, ${call.events.map(({ eventName }) => eventName).join(' ')}`;
    });
    const all = new Set(await Promise.all(states));
    assert.deepEqual([...all], ['ended, hangOnVoip startVoip hangUpVoip endVoip finishVoip']);
    assert.deepEqual([...device.problems, ...phone.problems], []);
  });
});
