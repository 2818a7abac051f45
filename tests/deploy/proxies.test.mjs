// The samples of deploy/ for nginx and Caddy, each with the program itself between the package and the service.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { startService } from '../support/service.mjs';
import { temporaryDirectory } from '../support/temporary.mjs';
import { createCertificate } from './certificate.mjs';
import { PROXIES, startProxy } from './proxy.mjs';

const ADMIN_KEY = 'k'.repeat(32);
const CALL = fileURLToPath(new URL('call.mjs', import.meta.url));
const CALL_MS = 60_000;

// Linux has all of 127.0.0.0/8 as addresses of its own: what comes from here comes from another client than the proxy.
const [STRANGER, ANOTHER, OPERATOR, OUTSIDER] = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];

/** How many requests an address may send at once without a token, and a few more in the meantime. */
const AT_ONCE = 10;

function reasonToSkip(program) {
  if (process.platform !== 'linux') return 'only Linux has more than one address of loopback';
  return program ? false : 'it is not installed';
}

for (const [name, { program }] of Object.entries(PROXIES)) {
  describe(`behind ${name}, the service`, { timeout: 180_000, skip: reasonToSkip(program) }, () => {
    let directory;
    let files;
    let ca;
    let service;
    let proxy;
    before(async () => {
      directory = await temporaryDirectory();
      files = await createCertificate(directory.path);
      ca = await readFile(files.certificate);
      const env = {
        WMPF_VOIP_TRUSTED_PROXIES: '127.0.0.1',
        WMPF_VOIP_MAX_STRANGERS_PER_MINUTE: String(3 * AT_ONCE),
      };
      service = await startService({ adminKey: ADMIN_KEY, env });
      proxy = await startProxy(name, service, files);
    });
    after(async () => {
      await proxy?.stop();
      await service?.stop();
      await directory?.remove();
    });

    /** Sends a request from an address of loopback. The path is sent as it is. */
    async function ask(path, { from, port = proxy.https, method = 'GET', headers, body } = {}) {
      const { request } = port === proxy.http ? http : https;
      const where = { host: '127.0.0.1', port, path, method, ca, servername: 'localhost', localAddress: from };
      const sent = request({ ...where, agent: false, headers: { host: `localhost:${port}`, ...headers } });
      sent.end(body);
      const [response] = await once(sent, 'response');
      response.setEncoding('utf8');
      const text = (await response.toArray()).join('');
      return { status: response.statusCode, headers: response.headers, text };
    }

    it('takes a whole call of the package by https and wss, with sockets on which nothing is said for a while', async () => {
      const { handsets } = await service.demo();
      const party = { endpoint: `https://localhost:${proxy.https}`, handsets };
      const env = { ...process.env, NODE_EXTRA_CA_CERTS: files.certificate };
      const options = { env, timeout: CALL_MS };
      const { stdout } = await promisify(execFile)(process.execPath, [CALL, JSON.stringify(party)], options);
      assert.deepEqual(JSON.parse(stdout), {
        // None was opened twice.
        opened: { device: ['/v1/calls/…/socket'], phone: ['/v1/reminders', '/v1/calls/…/socket'] },
        device: ['callPageOnShow', 'joinedRoomByCaller', 'startVoip', 'hangUpVoip', 'endVoip', 'finishVoip'],
        phone: ['callPageOnShow', 'hangOnVoip', 'startVoip', 'hangUpVoip', 'endVoip', 'finishVoip'],
        states: ['ended', 'ended'],
      });
    });

    it('knows a client by its address, whatever the client says', async () => {
      const forged = (i) => ({ 'x-forwarded-for': `198.51.100.${i}`, forwarded: `for=198.51.100.${i}` });
      const statuses = [];
      for (let i = 0; i < 2 * AT_ONCE; i += 1) {
        const { status } = await ask('/v1/calls/room', { from: STRANGER, headers: forged(i) });
        statuses.push(status);
      }
      assert.equal(statuses[0], 401);
      assert.equal(statuses.at(-1), 429);
      assert.equal((await ask('/v1/calls/room', { from: ANOTHER })).status, 401);
    });

    it('is not administered from outside', async () => {
      const authorised = { authorization: `Bearer ${ADMIN_KEY}` };
      const paths = ['/v1/admin/apps', '/v1/admin', '/metrics', '/metrics/calls'];
      const disguised = ['//v1//admin/apps', '/v1/./admin/apps', '/v1/calls/../admin/apps', '/v1/%61dmin/apps'];
      for (const path of [...paths, ...disguised]) {
        const { status, text } = await ask(path, { from: OUTSIDER, headers: authorised });
        assert.equal(status, 403, `${path}: ${text}`);
      }
      assert.ok(!/admin|%61dmin|metrics/.test(service.log().replace(/.*"listening".*/, '')), service.log());
      const straight = await fetch(`${service.endpoint}/v1/admin/apps`, { headers: authorised });
      assert.equal(straight.status, 200, 'the key is right');
    });

    it('is administered from where its operator wants, and notes the address', async () => {
      const open = await startProxy(name, service, files, OPERATOR);
      const change = (from) =>
        ask('/v1/admin/apps/THROUGH-A-PROXY', {
          from,
          port: open.https,
          method: 'PUT',
          headers: {
            authorization: `Bearer ${ADMIN_KEY}`,
            'content-type': 'application/json',
            'x-forwarded-for': '198.51.100.7',
          },
          body: JSON.stringify({ approved: true }),
        });
      try {
        const { status, text } = await change(OPERATOR);
        assert.ok(status === 200 || status === 201, `${status} ${text}`);
        assert.equal((await change(OUTSIDER)).status, 403);
      } finally {
        await open.stop();
      }
      const headers = { authorization: `Bearer ${ADMIN_KEY}` };
      const audit = await fetch(`${service.endpoint}/v1/admin/audit`, { headers });
      const noted = (await audit.json()).items.filter(({ path }) => path.endsWith('/THROUGH-A-PROXY'));
      assert.deepEqual(
        noted.map(({ address }) => address),
        [OPERATOR],
      );
    });

    describe('with a long body', () => {
      let authorised;
      before(async () => {
        const { device } = (await service.demo()).handsets;
        authorised = { authorization: `Bearer ${device.token}`, 'content-type': 'application/json' };
      });
      const post = (length) => {
        const body = JSON.stringify({ customQuery: 'q'.repeat(length) });
        return ask('/v1/calls', { method: 'POST', headers: authorised, body });
      };

      it('reads what it takes, and more is refused as it says', async () => {
        const answers = [await post(170 * 1024), await post(200 * 1024)];
        assert.deepEqual(
          answers.map(({ status, text }) => [status, JSON.parse(text).errcode]),
          [
            [400, 1004],
            [413, 1004],
          ],
        );
      });

      it('lets the answer through to who sends much more', async () => {
        // As often as it takes for the one that closes to be quicker than the one that sends.
        for (let times = 0; times < 20; times += 1) {
          const { status, text } = await post(1024 * 1024);
          assert.equal(status, 413);
          if (name === 'Caddy') assert.equal(JSON.parse(text).errcode, 1004);
        }
      });
    });

    it('sends those who come without TLS to https', async () => {
      const { status, headers } = await ask('/v1/calls', { port: proxy.http });
      assert.equal(status, 308);
      assert.match(headers.location, /^https:\/\/localhost(:\d+)?\/v1\/calls$/);
    });
  });
}
