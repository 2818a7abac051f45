// A TURN server on loopback: coturn's own program, with its configuration in a file that is gone afterwards.

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { within } from '../../support/bounded.mjs';
import { installed } from '../../support/installed.mjs';
import { temporaryDirectory } from '../../support/temporary.mjs';

const START_MS = 20_000;

/** The program, if it is installed. */
export const COTURN = installed('turnserver');

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** @returns {Promise<{ url: string, secret: string, log: () => string, stop(): Promise<void> }>} */
export async function startCoturn() {
  const directory = await temporaryDirectory();
  const port = await freePort();
  const secret = 'the-secret-of-the-turn-server';
  const configuration = join(directory.path, 'turnserver.conf');
  const lines = [
    // What docs/operate.md says.
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'realm=voip.test',
    'fingerprint',
    'no-cli',
    'no-multicast-peers',
    // Of this test: everything is on loopback.
    `listening-port=${port}`,
    'listening-ip=127.0.0.1',
    'relay-ip=127.0.0.1',
    'allow-loopback-peers',
    'no-tls',
    'no-dtls',
    'verbose',
    'log-file=stdout',
    `pidfile=${join(directory.path, 'pid')}`,
    `userdb=${join(directory.path, 'turndb')}`,
  ];
  await writeFile(configuration, `${lines.join('\n')}\n`, { mode: 0o600 });

  const child = spawn(COTURN, ['-c', configuration], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const ended = once(child, 'close').then(() => running.delete(child));
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => (log += text));
  }
  async function stop() {
    child.kill('SIGKILL');
    await ended;
    await directory.remove();
  }
  try {
    await within(answers(port, ended), START_MS, 'the TURN server answers');
  } catch (error) {
    await stop();
    throw new Error(`coturn did not start:\n${log}`, { cause: error });
  }
  return { url: `turn:127.0.0.1:${port}?transport=udp`, secret, log: () => log, stop };
}

async function freePort() {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Asks for its own address, as STUN has it, until there is an answer. */
async function answers(port, ended) {
  const socket = createSocket('udp4');
  const request = Buffer.alloc(20);
  request.writeUInt16BE(1);
  request.writeUInt32BE(0x2112a442, 4);
  const ask = setInterval(() => socket.send(request, port, '127.0.0.1'), 50);
  const gone = ended.then(() => {
    throw new Error('the program ended');
  });
  try {
    await Promise.race([once(socket, 'message'), gone]);
  } finally {
    clearInterval(ask);
    socket.close();
  }
}
