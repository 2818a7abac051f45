// The examples of the documents: each is run as it stands there, against the real service, and prints what the
// document says.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { ROOT, SERVER } from '../support/paths.mjs';
import { startService } from '../support/service.mjs';
import { createProject } from '../support/tarball.mjs';

/** Where the demo listens unless it is told otherwise. */
const DOCUMENTED = 'http://127.0.0.1:8787';
const ADMIN_KEY = 'k'.repeat(32);

/** An example, the name that it is to be saved under, and what it prints, if the document says so. */
const EXAMPLES = {
  js: /^```js\n(?<code>\/\/ (?<name>\S+\.mjs)\n[^]*?)^```\n(\n```text\n(?<printed>[^]*?)^```\n)?/gm,
  sh: /^```sh\n(?<code>[^]*?)^```\n(\n```text\n(?<printed>[^]*?)^```\n)?/gm,
};

async function examplesOf(document, language) {
  const text = await readFile(join(ROOT, document), 'utf8');
  const found = [...text.matchAll(EXAMPLES[language])];
  return found.map(({ groups: { name, code, printed = '' } }) => ({ name, code, printed }));
}

/** The examples of a document, which are those of its twin. */
async function examplesOfBoth(document, language) {
  const examples = await examplesOf(`${document}.md`, language);
    assert.deepEqual(await examplesOf(`${document}.zh-CN.md`, language), examples, document);
  return examples;
}

/** A room has a new name each time. An errmsg shows the beginning of it. */
const anyRoom = (text) => text.replace(/(WmpfVoip)\d+…?/g, '$1…');

describe('the examples', { timeout: 120_000 }, () => {
  let service;
  let project;
  before(async () => {
    const starting = startService({ adminKey: ADMIN_KEY });
    [service, project] = await Promise.all([starting, createProject()]);
  });
  after(() => Promise.all([service?.stop(), project?.remove()]));

  const here = (code) => code.replaceAll(DOCUMENTED, service.endpoint);
  const save = ({ name, code }) => writeFile(join(project.path, name), here(code));
  const run = ({ name }) => project.run([name]);

  it('of docs/initByCaller.md print what stands there', async () => {
    const examples = await examplesOfBoth('docs/initByCaller', 'js');
    assert.ok(examples.length > 5, 'there are some');
    await Promise.all(examples.map(save));
    for (const example of examples) {
      assert.equal(anyRoom(await run(example)), example.printed, example.name);
    }
  });

  it('of README.md make a call', async () => {
    const [example, ...more] = await examplesOfBoth('README', 'js');
    assert.deepEqual(more, []);
    await save(example);
    assert.match(await run(example), /isSuccess: true/);
  });

  const isThere = (program) => spawnSync(program, ['--version']).status === 0;
  const missing = ['bash', 'curl', 'jq'].filter((program) => !isThere(program));
  const skip = missing.length > 0 && `there is no ${missing.join(', no ')}`;
  it('of docs/service.md print what stands there', { skip }, async () => {
    const examples = await examplesOfBoth('docs/service', 'sh');
    assert.ok(examples.length > 5, 'there are some');
    const END = '--- the end of an example ---';
    const script = examples.map(({ code }) => `${here(code)}echo '${END}'\n`).join('');
    const subject = ['token', 'sn', 'wxde00000000000001', '--id', 'DEMO-DOORBELL-01', '--raw'];
    const environment = { ...process.env, WMPF_VOIP_ADMIN_KEY: ADMIN_KEY };
    const options = { cwd: project.path, timeout: 30_000, env: environment };
    const admin = ['admin', '--server', service.endpoint, ...subject];
    const snTicket = await promisify(execFile)(SERVER, admin, options);
    options.env.snTicket = snTicket.stdout.trim();
    const { stdout } = await promisify(execFile)('bash', ['-euc', script], options);
    const printed = anyRoom(stdout).split(`${END}\n`);
    for (const [index, example] of examples.entries()) {
      assert.equal(printed[index], example.printed, example.code);
    }
  });
});
