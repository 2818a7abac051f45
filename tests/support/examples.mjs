// The examples of the documents that can be run as they stand there, and what they print.

import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ROOT, SERVER } from './paths.mjs';

const run = promisify(execFile);
const SHELL_MS = 30_000;

/** Where the demo listens unless it is told otherwise. */
export const DOCUMENTED = 'http://127.0.0.1:8787';
export const ADMIN_KEY = 'k'.repeat(32);

/** An example, the name that it is to be saved under, and what it prints, if the document says so. */
const EXAMPLES = {
  js: /^```js\n(?<code>\/\/ (?<name>\S+\.mjs)\n[^]*?)^```\n(\n```text\n(?<printed>[^]*?)^```\n)?/gm,
  sh: /^```sh\n(?<code>[^]*?)^```\n(\n```text\n(?<printed>[^]*?)^```\n)?/gm,
};

/** @returns {Promise<Array<{ name?: string, code: string, printed: string }>>} */
export async function examplesOf(document, language) {
  const text = await readFile(join(ROOT, document), 'utf8');
  const found = [...text.matchAll(EXAMPLES[language])];
  return found.map(({ groups: { name, code, printed = '' } }) => ({ name, code, printed }));
}

/** Whether an example of docs/operate.md is what a service is started with for TURN. The others are about a service that the reader starts. */
export const ofTurn = ({ code }) => code.startsWith('export WMPF_VOIP_');

/** A room has a new name each time, and a request a new id. An errmsg shows the beginning of the one and the other. */
export const anyRoom = (text) => text.replace(/(WmpfVoip)\d+…?/g, '$1…').replace(/( rid: )[0-9a-f]{12}/g, '$1…');

const isThere = (program) => spawnSync(program, ['--version']).status === 0;
const missing = ['bash', 'curl', 'jq'].filter((program) => !isThere(program));

/** Why the examples of a shell cannot be run here, if they cannot. */
export const withoutShell = missing.length > 0 && `there is no ${missing.join(', no ')}`;

/**
 * Types examples into one shell, and gives what each has printed.
 * @param {string[]} codes
 * @param {{ endpoint: string, cwd: string }} where the service, which has the admin key, and the working directory
 */
export async function inShell(codes, { endpoint, cwd }) {
  const END = '--- the end of an example ---';
  const env = { ...process.env, WMPF_VOIP_ADMIN_KEY: ADMIN_KEY };
  const options = { cwd, timeout: SHELL_MS, env };
  // What a reader of docs/service.md is told to fetch.
  const subject = ['token', 'sn', 'wxde00000000000001', '--id', 'DEMO-DOORBELL-01', '--raw'];
  const snTicket = await run(SERVER, ['admin', '--server', endpoint, ...subject], options);
  env.snTicket = snTicket.stdout.trim();
  const script = codes.map((code) => `${code.replaceAll(DOCUMENTED, endpoint)}echo '${END}'\n`).join('');
  const { stdout } = await run('bash', ['-euc', script], options);
  return anyRoom(stdout).split(`${END}\n`);
}
