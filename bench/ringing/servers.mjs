// The servers whose calls ring: the room service, the same flow in a plain Node server (baseline), and a server in Rust that
// stores the call and has it ring and checks nothing (bare). Each is started with a fresh file and some users, and gives
// the plan of the load: one caller's request and the listener's socket for each user.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { startService } from '../../tests/support/service.mjs';
import { temporaryDirectory } from '../../tests/support/temporary.mjs';

const BASELINE = fileURLToPath(new URL('baseline/server.mjs', import.meta.url));
const BARE = env.WMPF_VOIP_BENCH_BARE ?? 'target/release/bench-bare';
const ADMIN_KEY = 'the-operators-key-of-the-benchmark';
/** How many requests of the operator are sent at the same time. */
const AT_ONCE = 64;

const request = (sn, voipToken, openId) =>
  JSON.stringify({
    roomType: 'video',
    businessType: 1,
    caller: { id: sn },
    listener: { id: openId, name: 'Alice' },
    voipToken,
  });

const openIds = (count) => Array.from({ length: count }, (_, i) => `oBench-${String(i).padStart(21, '0')}`);

/** Does something for each of many, some of them at the same time, and gives the results in order. */
async function forEach(all, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < all.length) {
      const i = next++;
      results[i] = await work(all[i]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** What is measured is what the service can do, and not what it permits one caller. */
const NO_LIMITS = {
  WMPF_VOIP_MAX_CALLS_PER_MINUTE: '0',
  WMPF_VOIP_MAX_APP_CALLS_PER_MINUTE: '0',
  WMPF_VOIP_MAX_REQUESTS_PER_MINUTE: '0',
  WMPF_VOIP_MAX_RINGING_PER_CALLER: '0',
  WMPF_VOIP_MAX_RINGING_PER_LISTENER: '0',
};

/** The room service, with one device that all users have authorised. */
export async function startOurs(count, variables) {
  const service = await startService({ adminKey: ADMIN_KEY, env: { ...NO_LIMITS, ...variables } });
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
  await admin('PUT', `${app}/models/M1`, { name: 'Doorbell' });
  await admin('PUT', `${app}/devices/SN-1`, { modelId: 'M1', registeredBy: 'sdk' });
  const voipToken = await token('device', { id: 'SN-1' });
  const address = new URL(service.endpoint).host;
  const callers = await forEach(openIds(count), async (openId) => {
    await admin('PUT', `${app}/users/${openId}`, { scopeVoip: false });
    await admin('PUT', `${app}/devices/SN-1/authorisations/${openId}`, { deviceName: 'Front door' });
    return {
      body: request('SN-1', voipToken, openId),
      socket: `ws://${address}/v1/reminders`,
      subprotocols: ['wmpf-voip.v1', await token('session', { role: 'phone', id: openId })],
    };
  });
  const caller = await token('session', { role: 'device', id: 'SN-1' });
  const plan = { address, path: '/v1/calls', token: caller, callers };
  return { plan, pid: service.pid(), stop: service.stop };
}

/** Starts another server. Its first line says where it listens. */
async function start(program, args) {
  const directory = await temporaryDirectory();
  const child = spawn(program, [...args, join(directory.path, 'data.sqlite')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill();
    await ended;
    await directory.remove();
  };
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), ended.then(() => undefined)]);
  if (!line) throw new Error(`${program} did not start`);
  return { line: line[0], pid: child.pid, stop };
}

export async function startBaseline(count) {
  const { line, ...server } = await start(execPath, [BASELINE, String(count)]);
  const { address, sn, token, voipToken, users } = JSON.parse(line);
  const callers = users.map((user) => ({
    body: request(sn, voipToken, user.id),
    socket: `ws://${address}/socket.io/?EIO=4&transport=websocket`,
    hello: `40${JSON.stringify({ token: user.token })}`,
  }));
  return { ...server, plan: { address, path: '/v1/calls', token, callers } };
}

export async function startBare(count) {
  const { line: address, ...server } = await start(BARE, []);
  const callers = openIds(count).map((openId) => ({
    body: request('SN-1', 'unchecked', openId),
    socket: `ws://${address}/v1/reminders?id=${openId}`,
  }));
  return { ...server, plan: { address, path: '/v1/calls', token: 'unchecked', callers } };
}
