// deploy/wmpf-voip.service: what systemd says of it, and the service with what it sets.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { installed } from '../support/installed.mjs';
import { ROOT, SERVER } from '../support/paths.mjs';
import { startService } from '../support/service.mjs';
import { temporaryDirectory } from '../support/temporary.mjs';

const run = promisify(execFile);
const ANALYZE = installed('systemd-analyze');
/** Ten times the exposure that systemd may find, of 100. A unit without any sandbox has 96. */
const EXPOSURE = 15;
const KEY = 'k'.repeat(32);

const unit = await readFile(join(ROOT, 'deploy/wmpf-voip.service'), 'utf8');
const settings = unit.split('\n').filter((line) => /^\w+=/.test(line));
/** All that the unit says of `name`, in its order. */
const setting = (name) =>
  settings.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

describe('the unit of systemd', { timeout: 60_000 }, () => {
  let directory;
  before(async () => {
    directory = await temporaryDirectory();
  });
  after(() => directory?.remove());

  describe('as systemd reads it', { skip: ANALYZE ? false : 'there is no systemd' }, () => {
    let file;
    before(async () => {
      file = join(directory.path, 'wmpf-voip.service');
      // systemd looks whether the program is there.
      await writeFile(file, unit.replace('/usr/local/bin/wmpf-voip-server', SERVER));
    });

    it('is without a mistake', async () => {
      const { stdout, stderr } = await run(ANALYZE, ['verify', '--man=no', file]);
      // It also says what is wrong with the machine's own units.
      const own = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('wmpf-voip'));
      assert.deepEqual(own, []);
    });

    it('exposes little', async () => {
      await run(ANALYZE, ['security', '--offline=true', `--threshold=${EXPOSURE}`, file]);
    });
  });

  it('sets what the service knows, and its keys are those of the credential', async () => {
    const [state] = setting('StateDirectory');
    const [credential] = setting('LoadCredential').map((text) => text.split(':')[0]);
    await mkdir(join(directory.path, state));
    await writeFile(join(directory.path, credential), `alice ${KEY}\n`);
    const lines = setting('Environment').map((line) => line.replace(/%[Sd]/, directory.path).split('='));
    const env = Object.fromEntries(lines);
    const { stdout: help } = await run(SERVER, ['--help']);
    for (const name of Object.keys(env)) assert.ok(help.includes(`[env: ${name}=`), name);
    assert.equal(env.WMPF_VOIP_DATA, join(directory.path, state, 'wmpf-voip.sqlite'));

    const service = await startService({ env });
    try {
      const headers = { authorization: `Bearer ${KEY}` };
      assert.equal((await fetch(`${service.endpoint}/v1/admin/apps`, { headers })).status, 200);
    } finally {
      await service.stop();
    }
  });
});
