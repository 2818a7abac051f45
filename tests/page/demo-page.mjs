// The demo page in a browser, served by the real service, with the handles that its tests use. The hooks
// are listed at the top of www/index.html.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { launchChromium, openPage } from '../support/chromium.mjs';
import { ARTIFACTS, SITE } from '../support/paths.mjs';
import { startService } from '../support/service.mjs';

/** What a handset shows, by the page's hooks. */
function handset(page, role) {
  const frame = page.frameLocator(`#${role}`);
  const hook = (name) => frame.getByTestId(name);
  return {
    frame,
    call: hook('call'),
    result: hook('result'),
    errorCode: hook('error-code'),
    explanation: hook('explanation'),
    incoming: hook('incoming'),
    callerName: hook('caller-name'),
    openedQuery: hook('opened-query'),
    outgoingName: frame.locator('#outgoing-name'),
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
      const pairs = rows.map(async (row) => [
        await row.locator('th').innerText(),
        await row.locator('td').innerText(),
      ]);
      return Object.fromEntries(await Promise.all(pairs));
    },
  };
}

/** What the sequence diagram shows. */
function diagram(page) {
  const list = page.getByTestId('diagram');
  return {
    list,
    /** The rows with these `data-` values, such as `{ who: 'device', what: 'reminded' }`. */
    rows: (values) =>
      list.locator(Object.entries(values).map(([key, value]) => `[data-${key}="${value}"]`).join('')),
    /** The text of a row's data, opened as a reader does it. */
    async dataOf(row) {
      await row.locator('summary').click();
      const text = await row.locator('.step__data').innerText();
      await row.locator('summary').click();
      return text;
    },
    /** Everything that there is to read, with every row open. */
    async text() {
      await list.locator('details').evaluateAll((rows) => {
        for (const row of rows) row.open = true;
      });
      await list.page().waitForFunction(() =>
        [...document.querySelectorAll('#diagram details')].every((row) => row.lastChild.hasChildNodes()),
      );
      return list.innerText();
    },
  };
}

/** A service and a browser of one test file. */
export async function startDemo() {
  await mkdir(ARTIFACTS, { recursive: true });
  const service = await startService({ site: SITE });
  const browser = await launchChromium().catch(async (error) => {
    await service.stop();
    throw error;
  });

  return {
    service,
    /** The page, when both handsets listen. */
    async open(options) {
      const { page, problems } = await openPage(browser, { locale: 'en-US', ...options });
      const demos = [];
      page.on('response', (response) => {
        if (response.url().endsWith('/v1/demo')) demos.push(response.json());
      });
      await page.goto(`${service.endpoint}/`);
      const [device, phone] = ['device', 'phone'].map((role) => handset(page, role));
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
  const { device, phone } = demo.handsets;
  const ofGallery = demo.gallery.flatMap(({ token, request }) => [
    token,
    request.voipToken,
    request.pushToken,
  ]);
  const all = [device.token, device.deviceToken, device.pushToken, phone.token, ...ofGallery];
  return all.filter(Boolean);
}
