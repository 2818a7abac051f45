// The real room service: its own program on a free loopback port, with demo records in a data file that
// is gone afterwards.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { within } from './bounded.mjs';
import { SERVER } from './paths.mjs';
import { temporaryDirectory } from './temporary.mjs';

const START_MS = 20_000;
/** The service gives its requests 10 s to finish. */
const STOP_MS = 15_000;

/** Programs that are still running: a test file that dies takes them with it. */
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/**
 * @typedef {object} Service
 * @property {string} endpoint
 * @property {string} operators where operators reach it, if that is an address of its own
 * @property {() => Promise<any>} demo what `/v1/demo` gives: tokens and a gallery of errors
 * @property {() => string} log what it has logged so far
 * @property {() => number} pid of the program that runs now
 * @property {() => Promise<void>} kill ends it from one moment to the next
 * @property {() => Promise<void>} restart after `kill`: at the same address, with the same data
 * @property {() => Promise<void>} stop
 */

/** Variables of a service whose pages have their scripts in them, which its own policy does not run. */
export const INLINE_SCRIPTS = { WMPF_VOIP_WWW_CSP: "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'" };

/**
 * @param {{ site?: string, adminKey?: string, isApart?: boolean, env?: Record<string, string> }} [options] the directory to
 *   serve at `/`, the operator's key, whether operators have an address of their own, variables
 * @returns {Promise<Service>}
 */
export async function startService({ site, adminKey, isApart, env: more } = {}) {
  const directory = await temporaryDirectory();
  const data = join(directory.path, 'data.sqlite');
  const flags = ['--demo', '--log-format', 'json', '--data', data];
  if (site) flags.push('--www', site);
  if (isApart) flags.push('--admin-listen', '127.0.0.1:0');
  const env = { ...process.env, ...more, ...(adminKey && { WMPF_VOIP_ADMIN_KEY: adminKey }) };
  const lines = [];
  const run = (listen) => startProgram([...flags, '--listen', listen], env, lines);

  let program;
  try {
    program = await run('127.0.0.1:0');
  } catch (error) {
    await directory.remove();
    throw error;
  }
  const { address } = program;
  const endpoint = `http://${address}`;
  return {
    endpoint,
    operators: `http://${program.operators}`,
    demo: async () => (await fetch(`${endpoint}/v1/demo`)).json(),
    log: () => lines.join('\n'),
    pid: () => program.pid,
    kill: () => program.end('SIGKILL'),
    async restart() {
      program = await run(address);
    },
    async stop() {
      try {
        await program.end('SIGTERM');
      } finally {
        await directory.remove();
      }
    },
  };
}

/** Resolves when it listens. */
async function startProgram(flags, env, lines) {
  const child = spawn(SERVER, flags, { stdio: ['ignore', 'ignore', 'pipe'], env });
  running.add(child);
  const ended = new Promise((resolve) => child.once('close', resolve));
  ended.then(() => running.delete(child));
  try {
    await within(once(child, 'spawn'), START_MS, `${SERVER} starts`);
    const addresses = await within(listening(child, lines), START_MS, 'the service listens');
    return {
      ...addresses,
      pid: child.pid,
      async end(signal) {
        child.kill(signal);
        try {
          await within(ended, STOP_MS, 'the service stops');
        } finally {
          child.kill('SIGKILL');
        }
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`the service did not start:\n${lines.join('\n')}`, { cause: error });
  }
}

/** The addresses that the program logs; all lines are kept, so that its pipe never fills. */
function listening(child, lines) {
  return new Promise((resolve, reject) => {
    const reader = createInterface({ input: child.stderr });
    let operators;
    reader.on('line', (line) => {
      lines.push(line);
      const { message, address } = fieldsOf(line) ?? {};
      if (message === 'listening for operators') operators = address;
      if (message === 'listening') resolve({ address, operators });
    });
    reader.on('close', () => reject(new Error('the program ended')));
  });
}

/** A program that could not read its flags says so in words. */
function fieldsOf(line) {
  try {
    return JSON.parse(line).fields;
  } catch {
    return undefined;
  }
}
