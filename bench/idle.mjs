// What a listener costs that waits for calls: the resident memory of the server by socket, beside a plain Node server with
// socket.io (ringing/baseline), and what the kernel takes for both ends of the connection, by its own count. On Linux only,
// where the memory of another process can be read.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, platform } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { temporaryDirectory } from '../tests/support/temporary.mjs';
import { startBaseline, startOurs } from './ringing/servers.mjs';

/** How many sockets, where the system lets a process open as many files. */
const SOCKETS = 20_000;
/** How many of them belong to one user: as many as the room service allows, so that there are few tokens to issue. */
const BY_USER = 16;
/** The files that are open beside the sockets. */
const OTHER_FILES = 200;
/** A few sockets are opened before anything is measured, so that what the first ones need is not counted. */
const FIRST = 100;
/** How long the servers rest before they are measured. */
const SETTLE_MS = 3_000;

const IDLE = env.WMPF_VOIP_BENCH_IDLE ?? 'target/release/bench-idle';

export async function measureIdle() {
  if (platform !== 'linux') {
    console.log('listeners that wait: measured on Linux only');
    return;
  }
  const files = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' })) || Number.POSITIVE_INFINITY;
  const sockets = Math.min(SOCKETS, files - OTHER_FILES);
  const users = Math.ceil(sockets / BY_USER);
  const ours = () => startOurs(users, { WMPF_VOIP_MAX_CONNECTIONS: String(sockets + OTHER_FILES / 2) });
  console.log(`listeners that wait (${sockets} sockets)`);
  for (const [name, start] of [
    ['wmpf-voip', ours],
    ['node', () => startBaseline(users)],
  ]) {
    const { process, kernel } = await measure(await start(), sockets);
    const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
    console.log(
      `  ${name.padEnd(9)} ${kilobytes(process)} a socket, and the kernel ${kilobytes(kernel / 2)} for each end`,
    );
  }
}

async function measure(server, sockets) {
  const opened = [];
  try {
    const { callers: users } = server.plan;
    const callers = Array.from({ length: sockets }, (_, i) => users[i % users.length]);
    opened.push(await open(callers.slice(0, FIRST)));
    await sleep(SETTLE_MS);
    const before = { process: await resident(server.pid), kernel: await slab() };
    const rest = callers.slice(FIRST);
    opened.push(await open(rest));
    await sleep(SETTLE_MS);
    return {
      process: ((await resident(server.pid)) - before.process) / rest.length,
      kernel: ((await slab()) - before.kernel) / rest.length,
    };
  } finally {
    for (const close of opened) await close();
    await server.stop();
  }
}

/** Opens these listeners' sockets. Resolves, when they are open, to what closes them. */
async function open(callers) {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'plan.json');
  await writeFile(path, JSON.stringify({ callers }));
  const child = spawn(IDLE, [path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => undefined),
  ]);
  await directory.remove();
  if (!line) throw new Error('the sockets could not be opened');
  return async () => {
    child.kill();
    await ended;
  };
}

const resident = (pid) => kilobytesOf(`/proc/${pid}/status`, 'VmRSS');
const slab = () => kilobytesOf('/proc/meminfo', 'Slab');

async function kilobytesOf(file, name) {
  const text = await readFile(file, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]) * 1024;
}
