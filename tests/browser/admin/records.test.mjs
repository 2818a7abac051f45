// What the service knows, as the operator's page shows it: in both languages, on a narrow screen, a page at a time, and as text
// whatever it is called.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { APP, openId, screenshot, startOperator } from './operator-page.mjs';

/** What it would be if a name were markup. An appId is visible ASCII. */
const MARKUP = '<img/src=x/onerror=isRun=true>';

describe('records on the operator’s page', { timeout: 180_000 }, () => {
  let operator;
  before(async () => {
    operator = await startOperator();
  });
  after(() => operator?.stop());

  it('has the same texts in both languages, and all that are asked for', async () => {
    const { page, problems, close } = await operator.open();
    const [en, zh] = await page.evaluate(async () => {
      const [{ EN }, { ZH }] = await Promise.all([import('/admin/texts-en.js'), import('/admin/texts-zh.js')]);
      return [EN, ZH];
    });
    assert.deepEqual(Object.keys(zh), Object.keys(en));
    const named = (text) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
    for (const [key, text] of Object.entries(en)) {
      assert.deepEqual(named(zh[key]), named(text), key);
      assert.ok(text !== '' && zh[key] !== '', key);
    }
    assert.deepEqual(problems, []);
    await close();
  });

  it('are text, whatever devices, users, apps and owners are called', async () => {
    const { page, problems, row, rows, go, signIn, close } = await operator.open();
    const [app, user] = [encodeURIComponent(MARKUP), openId('oMarkup-')];
    await operator.admin('PUT', `apps/${app}`, { approved: true, owner: MARKUP, minutesLeft: 5 });
    await operator.admin('PUT', `apps/${app}/models/${app}`, { name: MARKUP });
    await operator.admin('PUT', `apps/${app}/devices/${app}`, { modelId: MARKUP, registeredBy: 'sdk' });
    await operator.admin('PUT', `apps/${app}/users/${user}`, { scopeVoip: true });
    await operator.admin('PUT', `apps/${app}/devices/${app}/authorisations/${user}`, { deviceName: MARKUP });
    // A call shows the name that the user has given the device.
    const { handsets } = await operator.service.demo();
    const { device, phone } = handsets;
    const authorisation = `apps/${APP}/devices/${device.id}/authorisations/${phone.id}`;
    await operator.admin('PUT', authorisation, { deviceName: MARKUP });
    const call = await operator.call({ name: MARKUP });
    await signIn();

    /** Shows a view, in which a row has the name, and looks that it is nothing but text. */
    async function look(hash, id, count = 1) {
      await go(hash);
      const shown = id === undefined ? rows.filter({ hasText: MARKUP }).first() : row(id);
      await shown.waitFor();
      const text = await page.getByTestId('view').innerText();
      assert.ok(text.split(MARKUP).length > count, `${hash}: ${text}`);
      const markup = await page.evaluate(() => [document.querySelectorAll('img').length, window.isRun]);
      assert.deepEqual(markup, [0, undefined], hash);
    }
    await look('#/apps', MARKUP, 2);
    for (const [section, id, count] of [
      ['devices', MARKUP, 3],
      [`devices/${app}`, user, 3],
      ['users', user, 1],
      ['authorisations', user, 3],
    ]) {
      await look(`#/apps/${app}/${section}`, id, count);
    }
    await look(`#/apps/${APP}/live`, call.roomId, 2);
    const dialog = page.getByTestId('confirm');
    await row(call.roomId).getByRole('button').click();
    assert.equal((await dialog.innerText()).split(MARKUP).length, 3, 'caller and listener');
    await dialog.getByRole('button', { name: 'End call' }).click();
    await page.getByTestId('notice').filter({ hasText: MARKUP }).waitFor();
    await look(`#/apps/${APP}/calls`, call.roomId, 2);
    await look(`#/apps/${APP}/calls/${call.roomId}`, '0', 2);
    await look('#/audit', undefined, 5);
    // What the service says of what it does not have, and an address that cannot be read.
    for (const [name, said] of [
      [encodeURIComponent(`${MARKUP}2`), `there is no app ${MARKUP}2`],
      ['%', 'there is no app %'],
    ]) {
      await go(`#/apps/${name}/devices`);
      await page.getByTestId('refusal').filter({ hasText: said }).waitFor();
    }
    assert.equal(await page.evaluate(() => document.querySelectorAll('img').length), 0);
    assert.deepEqual(problems, []);
    await close();
  });

  it('come a page at a time', async () => {
    const { page, problems, rows, go, signIn, close } = await operator.open();
    await operator.admin('PUT', 'apps/wxMany', { approved: false, minutesLeft: 0 });
    const names = Array.from({ length: 55 }, (_, index) => openId(`oMany-${String(index).padStart(3, '0')}-`));
    for (const name of names) await operator.admin('PUT', `apps/wxMany/users/${name}`, { scopeVoip: false });
    await signIn();
    await go('#/apps/wxMany/users');
    await page.getByText('50 shown, and there are more').waitFor();
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByText('55 shown', { exact: true }).waitFor();
    assert.deepEqual(await rows.evaluateAll((nodes) => nodes.map((node) => node.dataset.id)), names);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('50 shown, and there are more').waitFor();
    assert.equal(await rows.count(), 50);
    // What is wrong with the app can be seen wherever one is.
    await page.locator('.about .badge_bad', { hasText: 'Not approved' }).waitFor();
    await page.locator('.about .badge_bad', { hasText: '0 minutes left' }).waitFor();
    await go('#/apps/wxNone/users');
    await page.getByTestId('refusal').filter({ hasText: 'there is no app wxNone' }).waitFor();
    await go('#/nothing');
    await page.getByText('There is no such page.').waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  for (const [locale, colorScheme] of [
    ['en-US', 'light'],
    ['zh-CN', 'dark'],
  ]) {
    it(`fit a screen of 360 pixels (${locale}, ${colorScheme})`, async () => {
      const viewport = { width: 360, height: 740 };
      const { page, problems, rows, go, signIn, close } = await operator.open('', { locale, colorScheme, viewport });
      const call = await operator.call({ name: `Alice ${'x'.repeat(100)}` });
      await call.caller('join');
      const assertFits = async (where) => {
        const overflow = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return scrollWidth - clientWidth;
        });
        assert.ok(overflow <= 0, `${where}: ${overflow}`);
        const text = await page.locator('body').innerText();
        assert.equal(/\p{Script=Han}{3}/u.test(text.replaceAll('中文', '')), locale === 'zh-CN', text);
      };
      await assertFits('signing in');
      await signIn();
      const views = ['apps', 'audit', `apps/${APP}/calls/${call.roomId}`, `apps/${APP}/devices/DEMO-DOORBELL-01`];
      const sections = ['live', 'calls', 'devices', 'users', 'authorisations'];
      for (const view of [...views, ...sections.map((section) => `apps/${APP}/${section}`)]) {
        await go(`#/${view}`);
        await rows.first().waitFor();
        await assertFits(view);
      }
      await go(`#/apps/${APP}/live`);
      await rows.first().waitFor();
      await screenshot(page, `operator-360-${locale}`);
      await rows.first().getByRole('button').click();
      await assertFits('confirming');
      await page.getByTestId('confirm').getByRole('button').last().click();
      await page.getByTestId('notice').waitFor();
      await assertFits('ended');
      assert.deepEqual(problems, []);
      await close();
    });
  }
});
