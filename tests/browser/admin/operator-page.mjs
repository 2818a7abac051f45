// A service whose operators have an address of their own, a browser, and calls to look at. The calls are made of plain
// requests, so that nothing else has to work for them.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { launchChromium, openPage } from '../../support/chromium.mjs';
import { ARTIFACTS } from '../../support/paths.mjs';
import { startService } from '../../support/service.mjs';

export const KEY = 'the-operators-key-of-the-page-0001';

/** The demo's app. */
export const APP = 'wxde00000000000001';

/** The length of the demo's openIds. */
const OPEN_ID_LENGTH = 28;

/** @param {string} start */
export const openId = (start) => start.padEnd(OPEN_ID_LENGTH, '0');

/** A service and a browser of one test file. */
export async function startOperator() {
  await mkdir(ARTIFACTS, { recursive: true });
  const service = await startService({ adminKey: KEY, isApart: true });
  const browser = await launchChromium().catch(async (error) => {
    await service.stop();
    throw error;
  });

  async function ask(origin, token, method, path, body) {
    const response = await fetch(origin + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** Does what an operator does, by the API. */
  const admin = (method, path, body) => ask(service.operators, KEY, method, `/v1/admin/${path}`, body);

  return {
    service,
    browser,
    admin,
    /**
     * A call that rings, from a device of the demo to its user.
     * @param {{ which?: 'handsets' | 'others', name?: string, type?: string }} [options] the pair, the name of the listener
     */
    async call({ which = 'handsets', name = 'Alice', type = 'video' } = {}) {
      const demo = await service.demo();
      const { device, phone } = demo[which];
      const { roomId } = await ask(service.endpoint, device.token, 'POST', '/v1/calls', {
        roomType: type,
        businessType: 1,
        caller: { id: device.id },
        listener: { id: phone.id, name },
        voipToken: device.deviceToken,
      });
      const signal = (party) => (type, more) =>
        ask(service.endpoint, party.token, 'POST', `/v1/calls/${roomId}/signals`, { type, device: 'test', ...more });
      const [caller, listener] = [signal(device), signal(phone)];
      return {
        roomId,
        caller,
        listener,
        /** Both sides enter the room. */
        async talk() {
          await caller('join');
          await listener('answer');
          await listener('join');
        },
      };
    },
    /**
     * The page in a browser context of its own.
     * @param {string} hash the view, such as `#/apps`
     */
    async open(hash = '', { init, ...options } = {}) {
      const { page, problems } = await openPage(browser, { locale: 'en-US', ...options });
      await page.addInitScript(() =>
        addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
          console.error(`refused ${effectiveDirective} ${blockedURI}`),
        ),
      );
      if (init) await page.addInitScript(init);
      await page.goto(`${service.operators}/admin/${hash}`);
      const operator = {
        page,
        problems,
        view: page.getByTestId('view'),
        refusal: page.getByTestId('refusal'),
        rows: page.getByTestId('rows').locator('tr:visible'),
        row: (id) => page.locator(`[data-id="${id}"]`),
        async signIn(key = KEY) {
          await page.locator('#key').fill(key);
          await page.locator('#key').press('Enter');
        },
        /** Goes to a view, as a link does. */
        async go(to) {
          await page.evaluate((hash) => {
            location.hash = hash;
          }, to);
        },
        close: () => page.context().close(),
      };
      return operator;
    },
    async stop() {
      await browser.close();
      await service.stop();
    },
  };
}

/** Keeps a picture for people. */
export const screenshot = (page, name, options) =>
  page.screenshot({ path: join(ARTIFACTS, `${name}.png`), animations: 'disabled', ...options });
