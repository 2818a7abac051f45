// Calls one after the other, with sound, in one page.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { openPage } from '../support/chromium.mjs';
import { startDemo } from './demo-page.mjs';

const CALLS = 200;

/** A socket takes a moment to close. */
const CLOSED_MS = 10_000;

describe('many calls in one page', { timeout: 240_000 }, () => {
  it('leave no room, timer, socket, connection or track behind', async (t) => {
    const demo = await startDemo();
    t.after(() => demo.stop());
    const { page, problems } = await openPage(demo.browser);
    page.setDefaultTimeout(200_000);
    const script = await readFile(new URL('many-calls.mjs', import.meta.url), 'utf8');
    await page.route('**/many-calls.mjs', (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
    await page.route('**/empty.html', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.goto(`${demo.service.endpoint}/empty.html`);

    const rooms = await page.evaluate(async (calls) => {
      const many = await import('/many-calls.mjs');
      many.count();
      window.left = many.left;
      return many.makeCalls(calls);
    }, CALLS);
    assert.equal(new Set(rooms).size, CALLS);
    await page
      .waitForFunction(() => Object.values(window.left()).every((count) => count === 0), undefined, { timeout: CLOSED_MS })
      .catch(() => {});
    assert.deepEqual(await page.evaluate(() => window.left()), { sockets: 0, peers: 0, tracks: 0, timers: 0 });

    const { handsets } = await demo.service.demo();
    const headers = { authorization: `Bearer ${handsets.phone.token}` };
    for (const room of rooms) {
      const view = await (await fetch(`${demo.service.endpoint}/v1/calls/${room}`, { headers })).json();
      assert.equal(view.state, 'ended');
    }
    assert.deepEqual(problems, []);
  });
});
