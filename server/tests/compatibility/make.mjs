// Makes the data file of another version, with calls in it, as SQL and with the requests of the calls:
//   node server/tests/compatibility/make.mjs PROGRAM 8
// PROGRAM is the service of that version, 8 the version of its schema. `cargo xtask test compatibility` builds that of
// version 0.1 in target/compatibility/. It needs the sqlite3 command.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Until what the service notes every 5 seconds is noted. */
const HEARTBEAT_MS = 6000;

const [program, schema] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'wmpf-voip-'));
const data = join(directory, 'data.sqlite');
const flags = ['--demo', '--listen', '127.0.0.1:0', '--log-format', 'json', '--data', data];
const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
const ended = once(child, 'close');
const requests = {};
try {
  const endpoint = `http://${await listening()}`;
  const { handsets, others } = await (await fetch(`${endpoint}/v1/demo`)).json();

  const ask = async (method, path, token, body, headers) => {
    const response = await fetch(endpoint + path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text && JSON.parse(text);
  };
  const call = async ({ device, phone }, key) => {
    requests[key] = {
      roomType: 'video',
      businessType: 1,
      caller: { id: device.id },
      listener: { id: phone.id, name: 'Alice' },
      voipToken: device.deviceToken,
    };
    const { roomId } = await ask('POST', '/v1/calls', device.token, requests[key], { 'idempotency-key': key });
    const signal = (token, type, name, more) =>
      ask('POST', `/v1/calls/${roomId}/signals`, token, { type, device: name, ...more });
    return {
      async talk() {
        await signal(phone.token, 'answer', 'phone');
        await signal(phone.token, 'join', 'phone');
        await signal(device.token, 'join', 'tv');
      },
      stay: () => Promise.all([signal(phone.token, 'join', 'phone'), signal(device.token, 'join', 'tv')]),
      hangUp: () => signal(device.token, 'hangUp', 'tv', { how: 'manual' }),
      reject: () => signal(phone.token, 'hangUp', 'phone', { how: 'manual' }),
      cancel: () => ask('DELETE', `/v1/calls/${roomId}`, device.token),
    };
  };

  await (await call(handsets, 'rejected')).reject();
  await (await call(handsets, 'cancelled')).cancel();
  const hungUp = await call(handsets, 'hung-up');
  await hungUp.talk();
  await sleep(1500);
  await hungUp.hangUp();
  const talks = await call(others, 'talks');
  await talks.talk();
  await call(handsets, 'rings');
  await sleep(HEARTBEAT_MS);
  await talks.stay();
} finally {
  child.kill('SIGKILL');
  await ended;
}
// The first line of it says that foreign keys are not checked meanwhile.
const dump = execFileSync('sqlite3', [data, '.dump'], { encoding: 'utf8' });
const version = execFileSync('sqlite3', [data, 'PRAGMA user_version'], { encoding: 'utf8' }).trim();
if (version !== schema) throw new Error(`its schema is ${version}`);
await writeFile(join(here, `schema-${schema}.sql`), `${dump}PRAGMA user_version = ${version};\n`);
await writeFile(join(here, `schema-${schema}.json`), `${JSON.stringify(requests, undefined, 2)}\n`);
await rm(directory, { recursive: true });

/** The address at which it listens. */
async function listening() {
  for await (const line of createInterface({ input: child.stderr })) {
    const { message, address } = JSON.parse(line).fields;
    if (message === 'listening') return address;
  }
  throw new Error('the program ended');
}
