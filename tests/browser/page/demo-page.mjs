// The demo page in a browser, served by the real service, with the handles that its tests use. The hooks
// are listed at the top of www/index.html.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { FAKE_DEVICES, launchChromium, openPage } from '../../support/chromium.mjs';
import { ARTIFACTS, SITE } from '../../support/paths.mjs';
import { startService } from '../../support/service.mjs';

/** What a handset shows, by the page's hooks. `frame` is its frame in the page, or the page that it is alone. */
export function handset(frame) {
  const hook = (name) => frame.getByTestId(name);
  /** The call page in one of its states. */
  const state = (name) => frame.locator(`[data-testid="call-page"][data-state="${name}"]`);
  const action = (name) => frame.locator(`#call-page [data-action="${name}"]`);
  return {
    frame,
    state,
    action,
    call: hook('call'),
    result: hook('result'),
    errorCode: hook('error-code'),
    explanation: hook('explanation'),
    incoming: state('incoming'),
    callPage: hook('call-page'),
    callerName: hook('caller-name'),
    status: hook('call-status'),
    note: hook('call-note'),
    own: hook('own'),
    remote: hook('remote'),
    sound: hook('sound'),
    testPicture: hook('test-picture'),
    insecure: hook('insecure'),
    /** What it sounds like: incoming, outgoing or nothing. */
    tone: () => frame.locator('body').getAttribute('data-tone'),
    reachable: frame.locator('[data-testid="connection"][data-state="open"]'),
    field: (path) => frame.locator(`input[name="${path}"]`),
    fill: (path, text) => frame.locator(`input[name="${path}"]`).fill(text),
    /** What the handset says of the result, once it is there. */
    async resultText() {
      await hook('result').waitFor();
      return hook('result').innerText();
    },
    /** The object that initByCaller resolved with. */
    async resultObject() {
      await hook('result').locator('pre').waitFor({ state: 'attached' });
      return JSON.parse(await hook('result').locator('pre').textContent());
    },
    /** The parameters that the call page was opened with. */
    async query() {
      const rows = await hook('opened-query').locator('tbody tr').all();
      const pairs = rows.map(async (row) => [await row.locator('th').innerText(), await row.locator('td').innerText()]);
      return Object.fromEntries(await Promise.all(pairs));
    },
    /** How the call ended, in the page's words. */
    async ending() {
      await state('ended').waitFor();
      return hook('call-status').innerText();
    },
  };
}

/** Has one handset call and the other answer. */
export async function connect(caller, listener) {
  await caller.call.click();
  await listener.incoming.waitFor();
  await listener.action('answer').click();
  await caller.state('connected').waitFor();
  await listener.state('connected').waitFor();
}

/** What the sequence diagram shows. */
function diagram(page) {
  const list = page.getByTestId('diagram');
  return {
    list,
    /** The rows with these `data-` values, such as `{ who: 'device', what: 'reminded' }`. */
    rows: (values) =>
      list.locator(
        Object.entries(values)
          .map(([key, value]) => `[data-${key}="${value}"]`)
          .join(''),
      ),
    /** The text of a row's data, opened as a reader does it. */
    async dataOf(row) {
      await row.locator('summary').click();
      await row.locator('.step__data > *').first().waitFor();
      const text = await row.locator('.step__data').innerText();
      await row.locator('summary').click();
      return text;
    },
    /** Everything that there is to read, with every row open. */
    async text() {
      await list.page().waitForFunction(() => {
        const rows = [...document.querySelectorAll('#diagram details')];
        // One may have come since the last look.
        for (const row of rows) row.open = true;
        return rows.every((row) => row.lastChild.hasChildNodes());
      });
      // Rows out of sight are not laid out, and have no innerText.
      return list.evaluate((rows) => rows.textContent);
    },
  };
}

/**
 * A service and a browser of one test file.
 * @param {{ chromium?: string[], env?: Record<string, string> }} [options] arguments of Chromium; by default its camera
 *   and microphone are fakes; variables of the service
 */
export async function startDemo({ chromium = FAKE_DEVICES, env } = {}) {
  await mkdir(ARTIFACTS, { recursive: true });
  const service = await startService({ site: SITE, env });
  const browser = await launchChromium(chromium).catch(async (error) => {
    await service.stop();
    throw error;
  });

  return {
    service,
    browser,
    /** The page, when both handsets listen. */
    async open({ init, ...options } = {}) {
      const { page, problems } = await openPage(browser, { locale: 'en-US', ...options });
      if (init) await page.addInitScript(init);
      const demos = [];
      page.on('response', (response) => {
        if (response.url().endsWith('/v1/demo')) demos.push(response.json());
      });
      await page.goto(`${service.endpoint}/`);
      const [device, phone] = ['device', 'phone'].map((role) => handset(page.frameLocator(`#${role}`)));
      await device.reachable.waitFor();
      await phone.reachable.waitFor();
      return {
        page,
        problems,
        device,
        phone,
        diagram: diagram(page),
        /** Every token that the page and its handsets were given. */
        tokens: async () => [...new Set((await Promise.all(demos)).flatMap(tokensOf))],
        close: () => page.context().close(),
      };
    },
    /**
     * One handset alone, in a browser context of its own, when it listens.
     * @param {string} query such as `role=phone&pair=2`
     */
    async openAlone(query, { origin = service.endpoint, init, ...options } = {}) {
      const { page, problems } = await openPage(browser, { locale: 'en-US', ...options });
      if (init) await page.addInitScript(init);
      await page.goto(`${origin}/handset.html?${query}`);
      const alone = handset(page);
      await alone.reachable.waitFor();
      return { ...alone, page, problems, close: () => page.context().close() };
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

/** Session tokens and tickets. */
function tokensOf(demo) {
  const ofHandsets = [demo.handsets, demo.others].flatMap(({ device, phone }) => [
    device.token,
    device.deviceToken,
    device.pushToken,
    phone.token,
  ]);
  const ofGallery = demo.gallery.flatMap(({ token, request }) => [token, request.voipToken, request.pushToken]);
  return [...ofHandsets, demo.tv.token, demo.tv.pushToken, ...ofGallery].filter(Boolean);
}
