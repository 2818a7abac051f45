// Who may look at the page, and where the key is: in the memory of the page, and nowhere else.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { APP, KEY, startOperator } from './operator-page.mjs';

describe('signing in to the operator’s page', { timeout: 120_000 }, () => {
  let operator;
  before(async () => {
    operator = await startOperator();
  });
  after(() => operator?.stop());

  it('is refused with the service’s words, and the field is ready for another key', async () => {
    const { page, problems, refusal, signIn, rows, close } = await operator.open();
    assert.ok(await page.locator('#key').evaluate((input) => input === document.activeElement));
    for (const [key, said] of [
      ['not-the-operators-key-0000000000001', /^the admin key is wrong: .* rid: /],
      ['a key', /visible ASCII/],
      ['密钥', /visible ASCII/],
    ]) {
      await signIn(key);
      await refusal.filter({ hasText: said }).waitFor();
      assert.equal(await page.locator('#key').inputValue(), '', 'nobody else is to see it');
      assert.ok(await page.locator('#key').evaluate((input) => input === document.activeElement));
    }
    await signIn(` ${KEY} `);
    await rows.first().waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  it('leaves the key in no storage, no address and no element, and a page that is loaded again has none', async () => {
    const asked = [];
    const { page, problems, rows, signIn, go, close } = await operator.open();
    page.on('request', (request) => asked.push(request));
    await signIn();
    await rows.first().waitFor();
    await go(`#/apps/${APP}/devices`);
    await rows.first().waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    await rows.first().waitFor();

    const places = () =>
      page.evaluate(async () => {
        const values = [...document.querySelectorAll('*')].flatMap((node) => [
          node.value,
          ...[...node.attributes].map(({ value }) => value),
        ]);
        return JSON.stringify([
          { ...localStorage },
          { ...sessionStorage },
          document.cookie,
          await indexedDB.databases(),
          await caches.keys(),
          location.href,
          history.state,
          window.name,
          document.documentElement.outerHTML,
          values,
        ]);
      });
    assert.doesNotMatch(await places(), new RegExp(KEY));
    assert.match(await places(), /lang=zh/, 'it is looked at');
    assert.ok(asked.length > 3);
    for (const request of asked) {
      assert.doesNotMatch(request.url() + (request.postData() ?? ''), new RegExp(KEY));
      assert.equal(new URL(request.url()).origin, operator.service.operators);
    }
    assert.ok(asked.some((request) => request.headers().authorization === `Bearer ${KEY}`));

    await page.reload();
    await page.locator('#key').waitFor();
    assert.equal(await page.locator('#key').inputValue(), '');
    assert.equal(await rows.count(), 0);
    assert.doesNotMatch(await places(), new RegExp(KEY));
    assert.match(await page.getByTestId('sign-in').innerText(), /登录/, 'the language stays');
    await signIn();
    await rows.first().waitFor();
    assert.match(page.url(), /devices$/, 'it is where it was');
    assert.doesNotMatch(operator.service.log(), new RegExp(KEY));
    assert.deepEqual(problems, []);
    await close();
  });

  it('ends by signing out, and by a key that no longer counts', async () => {
    const { page, problems, refusal, rows, signIn, close } = await operator.open();
    await signIn();
    await rows.first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('#key').waitFor();
    assert.equal(await page.getByTestId('view').count(), 0);

    await signIn();
    await rows.first().waitFor();
    const errmsg = 'the admin key is wrong: <b>send another</b>';
    await page.route('**/v1/admin/**', (route) => route.fulfill({ status: 401, json: { errcode: 5, errmsg } }));
    await page.getByRole('button', { name: 'Refresh' }).click();
    await refusal.filter({ hasText: errmsg }).waitFor();
    assert.equal(await rows.count(), 0);
    assert.deepEqual(problems, []);
    await close();
  });

  it('says so where the service cannot be reached, and tries again', async () => {
    const { page, problems, refusal, rows, signIn, close } = await operator.open();
    await signIn();
    await rows.first().waitFor();
    await page.route('**/v1/admin/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Refresh' }).click();
    await refusal.filter({ hasText: 'could not be reached' }).waitFor();
    await page.unroute('**/v1/admin/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await refusal.waitFor({ state: 'hidden' });
    assert.ok((await rows.count()) > 1);
    assert.deepEqual(problems, []);
    await close();
  });
});
