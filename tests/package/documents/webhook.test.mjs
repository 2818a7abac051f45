// The backend of docs/service.md, as it stands there: the real service tells it of a call, and it takes nothing from
// anybody else.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { within } from '../../support/bounded.mjs';
import { ROOT, SERVER } from '../../support/paths.mjs';
import { serve } from '../../support/servers.mjs';
import { startService } from '../../support/service.mjs';
import { temporaryDirectory } from '../../support/temporary.mjs';

const ADMIN_KEY = 'k'.repeat(32);
const PATIENCE_MS = 20_000;

async function documented(document) {
  const text = await readFile(join(ROOT, document), 'utf8');
  const [, code] = /^```js\n(\/\/ webhook\.mjs\n[^]*?)^```\n/m.exec(text) ?? [];
  assert.ok(code, `${document} has a backend`);
  return code;
}

/** A port that nobody listens on any more. */
async function freePort() {
  const { endpoint, stop } = await serve(() => {});
  await stop();
  return new URL(endpoint).port;
}

async function isListening(url) {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}

describe('the backend of docs/service.md', { timeout: 60_000 }, () => {
  let service;
  let directory;
  let backend;
  let lines;
  let url;
  let secret;
  before(async () => {
    [service, directory] = await Promise.all([startService({ adminKey: ADMIN_KEY }), temporaryDirectory()]);
    const port = await freePort();
    url = `http://127.0.0.1:${port}/voip`;
    const put = ['webhook', 'put', 'wxde00000000000001', '--url', url];
    const env = { ...process.env, WMPF_VOIP_ADMIN_KEY: ADMIN_KEY };
    const { stdout } = await promisify(execFile)(SERVER, ['admin', '--server', service.endpoint, ...put], { env });
    ({ secret } = JSON.parse(stdout));

    const code = await documented('docs/service.md');
    assert.equal(await documented('docs/service.zh-CN.md'), code);
    assert.match(code, /\.listen\(8080,/);
    const file = join(directory.path, 'webhook.mjs');
    await writeFile(file, code.replace('8080', port));
    backend = spawn(process.execPath, [file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, WEBHOOK_SECRET: secret },
    });
    lines = createInterface({ input: backend.stdout })[Symbol.asyncIterator]();
    const listening = async () => {
      while (!(await isListening(url))) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await within(listening(), PATIENCE_MS, 'the backend listens');
  });
  after(async () => {
    if (backend?.kill()) await once(backend, 'close');
    await Promise.all([service?.stop(), directory?.remove()]);
  });

  const next = async () => (await within(lines.next(), PATIENCE_MS, 'the backend is told')).value;

  async function call(payload) {
    const { handsets } = await service.demo();
    const { device, phone } = handsets;
    const called = { sn: device.id, modelId: device.modelId, chargeType: 'duration' };
    const request = { roomType: 'voice', ...called, nickName: 'Alice', isCloud: true, payload };
    const response = await fetch(`${service.endpoint}/v1/device-calls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${phone.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    assert.equal(response.status, 201);
  }

  it('hears of a call', async () => {
    await call('door=门');
    assert.equal(await next(), 'Alice calls DEMO-DOORBELL-01 with door=门');
  });

  it('refuses what is forged or old, and does nothing twice', async () => {
    const body = JSON.stringify({
      id: 'msg_1',
      type: 'device.called',
      data: { nickName: 'Mallory', sn: 'SN-1', payload: 'first' },
    });
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const now = Math.floor(Date.now() / 1000);
    const send = async (changes = {}) => {
      const { timestamp = now, with: signing = key, sent = body, signature } = changes;
      const digest = createHmac('sha256', signing).update(`msg_1.${timestamp}.${body}`).digest('base64');
      const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': `${timestamp}` };
      headers['webhook-signature'] = signature ?? `v1a,other v1,${digest}`;
      return (await fetch(url, { method: 'POST', headers, body: sent })).status;
    };
    assert.equal(await send({ with: Buffer.alloc(32) }), 401);
    assert.equal(await send({ sent: body.replace('SN-1', 'SN-2') }), 401);
    assert.equal(await send({ timestamp: now - 3600 }), 401);
    assert.equal(await send({ timestamp: now + 3600 }), 401);
    assert.equal(await send({ timestamp: 'soon' }), 401);
    assert.equal(await send({ signature: 'v1,' }), 401);
    assert.equal((await fetch(url, { method: 'POST', body })).status, 401);
    assert.equal(await send(), 204);
    assert.equal(await send(), 204);
    await call('last');
    assert.equal(await next(), 'Mallory calls SN-1 with first');
    assert.equal(await next(), 'Alice calls DEMO-DOORBELL-01 with last');
  });
});
