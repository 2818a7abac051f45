// From the request that makes a call until its reminder has arrived, at rest and under load, beside the same flow in a
// plain Node server (ringing/baseline). The same program makes the load for both, on the same machine; rounds take
// turns, each with a fresh server and a fresh file, and the samples of all rounds are put together.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { startService } from '../tests/support/service.mjs';
import { temporaryDirectory } from '../tests/support/temporary.mjs';

const ROUNDS = 3;
const REST_MS = 2_000;
const LOAD_MS = 5_000;
/** How many listeners are called at the same time under load. */
const CALLERS = 128;

const LOAD = env.WMPF_VOIP_BENCH_RINGING ?? 'target/release/bench-ringing';
const BASELINE = fileURLToPath(new URL('ringing/baseline/server.mjs', import.meta.url));
const ADMIN_KEY = 'the-operators-key-of-the-benchmark';

const ignored = () => {};

export async function measureRinging() {
  const samples = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, start] of Object.entries({ 'wmpf-voip': startOurs, baseline: startBaseline })) {
      const server = await start();
      try {
        // Each has listeners of its own: what still rings would be told again to one that comes back.
        const [alone, ...callers] = server.plan.callers;
        for (const [load, called, millis] of [
          ['at rest', [alone], REST_MS],
          ['under load', callers, LOAD_MS],
        ]) {
          const measured = await run({ ...server.plan, callers: called, millis });
          const all = ((samples[load] ??= {})[name] ??= { elapsed: 0, answered: [], rang: [] });
          all.elapsed += measured.elapsed;
          all.answered.push(...measured.answered);
          all.rang.push(...measured.rang);
        }
      } finally {
        await server.stop();
      }
    }
  }
  for (const [load, servers] of Object.entries(samples)) print(load, servers);
}

function print(load, servers) {
  const callers = load === 'at rest' ? 'one caller' : `${CALLERS} callers`;
  console.log(`calls that ring, ${load} (${callers}, ${ROUNDS} rounds)`);
  const figures = ({ elapsed, answered, rang }) => ({
    perSecond: (rang.length / elapsed) * 1e6,
    answered: percentiles(answered),
    rang: percentiles(rang),
  });
  const base = figures(servers.baseline);
  for (const [name, all] of Object.entries(servers)) {
    const { perSecond, answered, rang } = figures(all);
    const ratio = (value, other) => `${(value / other).toFixed(2)} x`;
    console.log(
      `  ${name.padEnd(9)} ${perSecond.toFixed(0).padStart(6)}/s (${ratio(perSecond, base.perSecond)})`,
      `  answered p50 ${millis(answered.p50)} p99 ${millis(answered.p99)}`,
      `  rang p50 ${millis(rang.p50)} (${ratio(rang.p50, base.rang.p50)})`,
      `p99 ${millis(rang.p99)} (${ratio(rang.p99, base.rang.p99)})`,
    );
  }
}

const millis = (micros) => `${(micros / 1000).toFixed(2)} ms`;

function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { p50: at(0.5), p99: at(0.99) };
}

async function run(plan) {
  const directory = await temporaryDirectory();
  try {
    const path = join(directory.path, 'plan.json');
    await writeFile(path, JSON.stringify(plan));
    const { stdout } = await promisify(execFile)(LOAD, [path], { maxBuffer: 1 << 28 });
    return JSON.parse(stdout);
  } finally {
    await directory.remove();
  }
}

const request = (sn, voipToken, openId) =>
  JSON.stringify({
    roomType: 'video',
    businessType: 1,
    caller: { id: sn },
    listener: { id: openId, name: 'Alice' },
    voipToken,
  });

/** The room service, with one device that all users have authorised. */
async function startOurs() {
  const service = await startService({ adminKey: ADMIN_KEY });
  const admin = async (method, path, body) => {
    const response = await fetch(`${service.endpoint}/v1/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const token = async (kind, claims) =>
    (await admin('POST', 'apps/wxbench0000000001/tokens', { kind, ...claims })).token;

  const app = 'apps/wxbench0000000001';
  await admin('PUT', app, { approved: true, minutesLeft: 1_000_000 });
  await admin('PUT', 'models/M1', { name: 'Doorbell' });
  await admin('PUT', `${app}/devices/SN-1`, { modelId: 'M1', registeredBy: 'sdk' });
  const voipToken = await token('device', { id: 'SN-1' });
  const address = new URL(service.endpoint).host;
  const callers = [];
  for (let i = 0; i <= CALLERS; i++) {
    const openId = `oBench-${String(i).padStart(21, '0')}`;
    await admin('PUT', `${app}/users/${openId}`, { scopeVoip: false });
    await admin('PUT', `${app}/devices/SN-1/authorisations/${openId}`, { deviceName: 'Front door' });
    callers.push({
      body: request('SN-1', voipToken, openId),
      socket: `ws://${address}/v1/reminders`,
      subprotocols: ['wmpf-voip.v1', await token('session', { role: 'phone', id: openId })],
    });
  }
  const caller = await token('session', { role: 'device', id: 'SN-1' });
  return { plan: { address, path: '/v1/calls', token: caller, callers }, stop: service.stop };
}

async function startBaseline() {
  const directory = await temporaryDirectory();
  const child = spawn(process.execPath, [BASELINE, join(directory.path, 'data.sqlite'), String(CALLERS + 1)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill();
    await ended;
    await directory.remove();
  };
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), ended.then(ignored)]);
  if (!line) throw new Error('the baseline did not start');
  const { address, sn, token, voipToken, users } = JSON.parse(line[0]);
  const callers = users.map((user) => ({
    body: request(sn, voipToken, user.id),
    socket: `ws://${address}/socket.io/?EIO=4&transport=websocket`,
    hello: `40${JSON.stringify({ token: user.token })}`,
  }));
  return { plan: { address, path: '/v1/calls', token, callers }, stop };
}
