// The samples of the documents, typed one after the other against one service that is not reset in between:
// each does what the text says, and leaves nothing behind that the next one stumbles over, such as a call that still rings.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';

import WebSocket from 'ws';

import { miniPrograms, place } from '../../miniprogram/hosts/guides.mjs';
import { startMiniProgram } from '../../miniprogram/hosts/mini-program.mjs';
import { PROFILES } from '../../miniprogram/hosts/profiles.mjs';
import { launchChromium, openPage } from '../../support/chromium.mjs';
import { ADMIN_KEY, DOCUMENTED, anyRoom, examplesOf, inShell, ofTurn, withoutShell } from '../../support/examples.mjs';
import { blocksOf, readGuides, save } from '../../support/guides.mjs';
import { ROOT } from '../../support/paths.mjs';
import { startService } from '../../support/service.mjs';
import { createProject } from '../../support/tarball.mjs';

const APP = PROFILES.find(({ name }) => name.startsWith('WeChat') && name.endsWith('an app'));

/** A program that has ended has been answered; what a page says last is still on its way. */
const SETTLE_MS = 5_000;

describe('the samples, one after the other', { timeout: 300_000 }, () => {
  let service;
  let project;
  let browser;
  let where;
  before(async () => {
    project = await createProject();
    service = await startService({ site: project.path, adminKey: ADMIN_KEY });
    where = { endpoint: service.endpoint, cwd: project.path };
    await mkdir(join(project.path, 'target'));
    await cp(join(ROOT, 'node_modules/ws'), join(project.path, 'node_modules/ws'), { recursive: true });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    await project?.remove();
  });

  /** The rooms that ring for a party: they come before the first heartbeat. */
  const ringingFor = ({ token }) =>
    new Promise((resolve, reject) => {
      const rooms = [];
      const socket = new WebSocket(`${service.endpoint.replace('http', 'ws')}/v1/reminders`, ['wmpf-voip.v1', token]);
      socket.onerror = reject;
      socket.onmessage = ({ data }) => {
        const { type, roomId } = JSON.parse(data);
        if (type === 'reminder') rooms.push(roomId);
        if (type !== 'heartbeat') return;
        socket.close();
        resolve(rooms);
      };
    });

  afterEach(async () => {
    const { handsets, others, tv } = await service.demo();
    const parties = [handsets.device, handsets.phone, others.device, others.phone, tv];
    for (const end = Date.now() + SETTLE_MS; ; ) {
      const rooms = (await Promise.all(parties.map(ringingFor))).flat();
      if (rooms.length === 0) return;
      assert.ok(Date.now() < end, `it leaves ${rooms} ringing`);
    }
  });

  const here = (code) => code.replaceAll(DOCUMENTED, service.endpoint);
  async function run({ name, code }) {
    await writeFile(join(project.path, name), here(code));
    return anyRoom(await project.run([name]));
  }

  for (const round of ['typed once', 'typed once more']) {
    describe(round, () => {
      it('docs/package.md: a call from Node', async () => {
        const [example] = await examplesOf('docs/package.md', 'js');
        assert.match(await run(example), /isSuccess: true,\n.*\n.*\n {2}chargeType: 'duration'/);
      });

      for (const document of ['docs/demo.md', 'docs/demo.zh-CN.md']) {
        it(`${document}: a call by hand`, { skip: withoutShell }, async () => {
          const examples = (await examplesOf(document, 'sh')).filter(({ code }) => code.includes('"$auth"'));
          const [placed, givenUp] = await inShell(
            examples.map(({ code }) => code),
            where,
          );
          assert.match(
            placed,
            /^HTTP\/1\.1 201 Created\r\n[^]*\{"roomId":"wxde00000000000001WmpfVoip…","chargeType":"duration"\}\n$/,
          );
          assert.match(givenUp, /^HTTP\/1\.1 204 No Content\r\n/);
        });
      }

      it('docs/guides.md: a mini-program', async () => {
        const root = join(project.path, 'mini-program');
        await place(root, (await miniPrograms(service.endpoint)).app);
        const app = startMiniProgram(root, { profile: APP });
        const page = app.open('pages/index/index');
        await app.idle();
        await page.call();
        assert.equal(page.data.message, 'It rings');
        page.hangUp();
        await app.idle();
      });

      it('docs/guides.md: a page', async () => {
        const { files } = await readGuides();
        for (const name of ['index.html', 'call-button.mjs']) await save(project.path, [[name, files.get(name)]]);
        const { page, problems } = await openPage(browser);
        await page.goto(`${service.endpoint}/`);
        await page.waitForFunction(() => document.querySelector('button')?.onclick);
        await page.click('text=Call');
        await page.waitForFunction(() => document.querySelector('p').textContent === 'It rings');
        const hungUp = page.waitForResponse((response) => response.ok() && response.url().endsWith('/signals'));
        await page.click('text=Hang up');
        await hungUp;
        await page.context().close();
        assert.deepEqual(problems, []);
      });

      it('docs/guides.md: either party of a call', async () => {
        const { files } = await readGuides(service.endpoint);
        await save(project.path, [['party.mjs', files.get('party.mjs')]]);
        const blocks = await blocksOf('docs/guides.md');
        const { code: printed } = blocks[blocks.findIndex(({ name }) => name === 'party.mjs') + 1];
        const [phone, device] = await Promise.all(['phone', 'device'].map((role) => project.run(['party.mjs', role])));
        assert.equal(phone, printed);
        assert.equal(device, 'outgoing\nconnected\nhello from the phone\nended: hungUp\n');
      });

      it('docs/initByCaller.md', async () => {
        for (const example of await examplesOf('docs/initByCaller.md', 'js')) {
          assert.equal(await run(example), example.printed, example.name);
        }
      });

      it('docs/service.md and docs/operate.md', { skip: withoutShell }, async () => {
        const examples = [
          ...(await examplesOf('docs/service.md', 'sh')),
          ...(await examplesOf('docs/operate.md', 'sh')).filter(ofTurn),
        ];
        const printed = await inShell(
          examples.map(({ code }) => code),
          where,
        );
        for (const [index, example] of examples.entries()) {
          assert.equal(printed[index], example.printed, example.code);
        }
      });
    });
  }
});
