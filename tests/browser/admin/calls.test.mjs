// Calls, as the operator's page shows them: live ones without a reload, what became of them and why, and ending one.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';

import { APP, startOperator } from './operator-page.mjs';

const LIVE = `#/apps/${APP}/live`;

describe('calls on the operator’s page', { timeout: 180_000 }, () => {
  let operator;
  before(async () => {
    operator = await startOperator();
  });
  after(() => operator?.stop());

  it('appear, change and end by themselves, and nothing else moves', async () => {
    const { page, problems, row, rows, signIn, close } = await operator.open(LIVE);
    await signIn();
    await page.getByText('No call is on.').waitFor();
    const first = await operator.call();
    await row(first.roomId).filter({ hasText: 'Ringing' }).waitFor();
    const second = await operator.call({ which: 'others', name: 'Bob', type: 'voice' });
    await row(second.roomId).filter({ hasText: 'Ringing' }).waitFor();

    const end = row(first.roomId).getByRole('button');
    await end.focus();
    await page.evaluate(() => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value))).observe({
        type: 'layout-shift',
      });
    });
    await first.talk();
    await row(first.roomId).filter({ hasText: 'Talking' }).waitFor();
    await second.listener('hangUp', { how: 'manual' });
    await row(second.roomId).filter({ hasText: 'Declined' }).waitFor();
    // The first minute of the talk is paid.
    await page.locator('.about', { hasText: '999,999 minutes left' }).waitFor();
    assert.ok(await row(second.roomId).getByRole('button').isDisabled());
    assert.equal(await page.getByTestId('live-count').innerText(), 'On now: 1');
    const updated = await page.getByTestId('live-state').innerText();
    await page.getByTestId('live-state').filter({ hasNotText: updated }).waitFor();
    assert.deepEqual(await page.evaluate(() => window.shifts), []);
    assert.ok(await end.evaluate((button) => button === document.activeElement), 'the keyboard is where it was');

    await page.getByRole('button', { name: 'Clear ended calls (1)' }).click();
    assert.equal(await rows.count(), 1);
    await first.caller('hangUp', { how: 'manual' });
    await row(first.roomId).filter({ hasText: 'Hung up' }).waitFor();
    // What moves would have been seen.
    await page.evaluate(() => {
      window.shifts.length = 0;
      document.querySelector('.header').before('A line above all that there is');
    });
    await page.waitForFunction(() => window.shifts.length > 0);
    assert.deepEqual(problems, []);
    await close();
  });

  it('are not asked for while the page is hidden, and at once when it is seen again', async () => {
    const { page, problems, row, signIn, close } = await operator.open(LIVE);
    await signIn();
    await page.getByText('No call is on.').waitFor();
    const become = (state) =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await become('hidden');
    await page.getByText('Paused').waitFor();
    let asked = 0;
    page.on('request', () => asked++);
    const call = await operator.call();
    await page.waitForTimeout(4_000);
    assert.equal(asked, 0);
    await become('visible');
    await row(call.roomId).waitFor();
    await call.listener('hangUp', { how: 'manual' });
    await row(call.roomId).filter({ hasText: 'Declined' }).waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  it('say since when they are not up to date', async () => {
    const { page, problems, signIn, close } = await operator.open(LIVE);
    await signIn();
    await page.getByText('No call is on.').waitFor();
    const refusal = { status: 500, json: { errcode: 5, errmsg: 'the room service failed; its log says why' } };
    await page.route('**/v1/admin/**', (route) => route.fulfill(refusal));
    await page.getByText(/^Not up to date since \d\d:\d\d:\d\d, trying again: the room service failed/).waitFor();
    await page.unroute('**/v1/admin/**');
    await page.getByText(/^Updated/).waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  it('are ended by an operator who means it, by the keyboard alone', async () => {
    const { page, problems, row, signIn, close } = await operator.open(LIVE);
    await signIn();
    const call = await operator.call();
    await call.talk();
    await row(call.roomId).filter({ hasText: 'Talking' }).waitFor();
    const button = row(call.roomId).getByRole('button', { name: /^End the call of .* and Alice$/ });
    const dialog = page.getByRole('dialog', { name: 'End this call?' });
    await button.focus();
    for (const keepIt of ['Enter', 'Escape']) {
      await page.keyboard.press('Enter');
      await dialog.filter({ hasText: '→ Alice' }).waitFor();
      await page.keyboard.press(keepIt);
      await dialog.waitFor({ state: 'detached' });
    }
    const path = `apps/${APP}/calls/${call.roomId}`;
    assert.equal((await operator.admin('GET', path)).state, 'talking');

    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByTestId('notice').filter({ hasText: 'was ended' }).waitFor();
    await row(call.roomId).filter({ hasText: 'Hung up' }).waitFor();
    assert.equal((await operator.admin('GET', path)).state, 'ended');

    await row(call.roomId).getByRole('link').click();
    const why = page.getByTestId('why');
    await why.filter({ hasText: 'The caller hung up.' }).waitFor();
    assert.match(await why.innerText(), /forceHangUpVoip.* an operator.* audit record/);
    await page.getByRole('link', { name: 'Audit record' }).click();
    await page
      .getByTestId('rows')
      .locator('tr', { hasText: `DELETE ${path}` })
      .waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  it('tell why they ended, and all that both sides were told', async () => {
    const { page, problems, signIn, go, row, close } = await operator.open();
    await signIn();
    const failed = await operator.call();
    await failed.listener('answer');
    await failed.listener('joinFailed', { reason: 'NotAllowedError: no microphone', errCode: 2007 });
    const left = await operator.call();
    await left.talk();
    await left.caller('hangUp', { how: 'unloadCallPage' });
    const cancelled = await operator.call();
    await cancelled.caller('hangUp', { how: 'manual' });
    const { codes } = await (await fetch(`${operator.service.operators}/admin/explanations.json`)).json();

    const view = page.getByTestId('view');
    await go(`#/apps/${APP}/calls`);
    await row(failed.roomId).filter({ hasText: 'Could not enter' }).getByRole('link').click();
    const why = page.getByTestId('why');
    await why.waitFor();
    const { meaning, cause, remedy } = codes[2007].en;
    const sentence = 'The listener could not enter the room';
    for (const said of [sentence, 'NotAllowedError: no microphone', '2007', meaning, cause, remedy]) {
      await why.filter({ hasText: said }).waitFor();
    }
    const told = async () => {
      const rows = page.getByTestId('told').locator('tbody tr');
      return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
    };
    const { events } = await operator.admin('GET', `apps/${APP}/calls/${failed.roomId}`);
    const rows = await told();
    assert.equal(rows.length, events.length);
    events.forEach(({ to, eventName }, index) => {
      assert.ok(rows[index].includes(` ${to} `) && rows[index].includes(eventName), rows[index]);
    });
    assert.ok(
      rows.some((text) => /^\d\d:\d\d:\d\d\.\d{3} \+\d+\.\d s listener .*errMsg: NotAllowedError/.test(text)),
      rows[0],
    );

    for (const [{ roomId }, said] of [
      [left, /The caller hung up\. .* By leaving the call page\./],
      [cancelled, /The caller ended it before both sides were in the room\. By the button\./],
    ]) {
      await go(`#/apps/${APP}/calls/${roomId}`);
      await why.filter({ hasText: said }).waitFor();
    }
    await go(`#/apps/${APP}/calls/nothing`);
    await page.getByTestId('refusal').filter({ hasText: 'there is no call' }).waitFor();
    await go(`#/apps/${APP}/calls/%2E%2E`);
    await page.getByTestId('refusal').filter({ hasText: '“..”' }).waitFor();
    assert.equal(await view.getByText('Call records').count(), 1);
    assert.deepEqual(problems, []);
    await close();
  });

  for (const language of ['en', 'zh']) {
    it(`have a sentence for every ending, and a word for everything (${language})`, async () => {
      const { page, problems, go, signIn, close } = await operator.open(`?lang=${language}`);
      await signIn();
      const call = await operator.call();
      await call.caller('hangUp', { how: 'manual' });
      const path = `apps/${APP}/calls/${call.roomId}`;
      const real = await operator.admin('GET', path);
      const reason = 'call interrupted due to native reason';
      const ends = [
        { how: 'busy' },
        { how: 'unanswered' },
        { how: 'timeLimit' },
        { how: 'minutes' },
        { how: 'cancelled', by: 'caller' },
        { how: 'rejected', by: 'listener' },
        ...['caller', 'listener'].flatMap((by) => [
          { how: 'hungUp', by },
          { how: 'aborted', by, reason },
          { how: 'joinFailed', by, reason, errCode: 2103 },
        ]),
      ];
      const seen = new Set();
      for (const end of ends) {
        const told = { ...real, end: { keepTime: 61, billed: 61, minutes: 2, ...end } };
        await page.route(`**/v1/admin/${path}`, (route) => route.fulfill({ json: told }));
        await go('#/audit');
        await go(`#/${path}`);
        const words = await page.locator('.why__words').innerText();
        assert.ok(words.length > 8 && (language === 'en') !== /\p{Script=Han}/u.test(words), words);
        seen.add(words);
        await page.unroute(`**/v1/admin/${path}`);
      }
      assert.equal(seen.size, ends.length);
      assert.deepEqual(problems, []);
      await close();
    });
  }

  it('are found by how they ended, by whose they were and by their day, and saved as files', async () => {
    const { page, problems, go, signIn, rows, close } = await operator.open();
    const lost = await operator.call({ which: 'others', name: '=1+1' });
    await lost.listener('answer');
    await lost.listener('joinFailed', { reason: 'no camera' });
    await signIn();
    await go(`#/apps/${APP}/calls`);
    await rows.first().waitFor();
    const all = await rows.count();
    const status = page.getByRole('status');
    /** Waits until the list has been read again. */
    const has = (wanted) => status.filter({ hasText: wanted }).waitFor();
    const party = page.getByLabel('SN, openId or user_id');
    const { listener } = await operator.admin('GET', `apps/${APP}/calls/${lost.roomId}`);
    const failed = 'joinFailed,aborted,minutes';
    /** What the service finds of the listener's calls. */
    const found = async (how) => {
      const query = new URLSearchParams({ party: listener.id, ...(how && { how }) });
      const { items } = await operator.admin('GET', `apps/${APP}/calls?${query}`);
      return items.map(({ roomId }) => roomId);
    };
    /** Waits until the list has these calls. */
    const shows = (expected) =>
      page.waitForFunction((expected) => {
        const shown = [...document.querySelectorAll('[data-testid="rows"] tr')];
        return shown.map((row) => row.dataset.id).join() === expected;
      }, expected.join());
    await party.fill(listener.id);
    await party.press('Enter');
    await shows(await found());
    await page.getByLabel('How it ended').selectOption('Out of minutes');
    await shows(await found('minutes'));
    await page.getByLabel('How it ended').selectOption('Any failure');
    const itsFailed = await found(failed);
    assert.ok(itsFailed.includes(lost.roomId));
    await shows(itsFailed);

    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'For a spreadsheet (CSV)' }).click(),
    ]);
    assert.equal(csv.suggestedFilename(), `call-records-${APP}.csv`);
    const lines = (await readFile(await csv.path(), 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, 1 + itsFailed.length, lines.join('\n'));
    assert.ok(lines[0].startsWith('\ufeffroomId,createdAt,'), lines[0]);
    const line = lines.find((line) => line.startsWith(lost.roomId));
    assert.ok(line.includes(",'=1+1,joinFailed,listener,"), line);
    await party.fill('');
    await party.press('Enter');
    await page.getByLabel('How it ended').selectOption('Any');
    await has(new RegExp(`^${all} shown`));
    const [jsonl] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'For a program (JSON lines)' }).click(),
    ]);
    const records = (await readFile(await jsonl.path(), 'utf8')).trimEnd().split('\n').map(JSON.parse);
    assert.ok(records.some(({ roomId }) => roomId === lost.roomId) && records.every(({ end }) => end !== null));

    // A day that is over has none of them.
    const [today, yesterday] = await page.evaluate(() =>
      [0, 1].map((ago) => {
        const day = new Date();
        day.setDate(day.getDate() - ago);
        return new Intl.DateTimeFormat('sv-SE').format(day);
      }),
    );
    await page.getByLabel('to the end of').fill(yesterday);
    await has('There are none.');
    await page.getByLabel('to the end of').fill(today);
    await has(new RegExp(`^${all} shown`));
    await page.getByLabel('From').fill(today);
    await has(new RegExp(`^${all} shown`));
    assert.deepEqual(problems, []);
    await close();
  });
});
