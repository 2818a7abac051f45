// The examples of the documents: each is run as it stands there, against the real service, and prints what the
// document says.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { ROOT } from '../support/paths.mjs';
import { startService } from '../support/service.mjs';
import { createProject } from '../support/tarball.mjs';

/** Where the demo listens unless it is told otherwise. */
const DOCUMENTED = 'http://127.0.0.1:8787';

/** An example that is to be saved under a name, and what it prints, if the document says so. */
const EXAMPLE = /^```js\n(\/\/ (?<name>\S+\.mjs)\n[^]*?)^```\n(\n```text\n(?<printed>[^]*?)^```\n)?/gm;

async function examplesOf(document) {
  const text = await readFile(join(ROOT, document), 'utf8');
  return [...text.matchAll(EXAMPLE)].map(({ 1: code, groups: { name, printed } }) => ({ name, code, printed }));
}

const DOCUMENTS = ['docs/initByCaller.md', 'docs/initByCaller.zh-CN.md', 'README.md', 'README.zh-CN.md'];
const examples = await Promise.all(DOCUMENTS.map(examplesOf));

describe('the examples of the documents', { timeout: 120_000 }, () => {
  let service;
  let project;
  before(async () => {
    [service, project] = await Promise.all([startService(), createProject()]);
  });
  after(() => Promise.all([service?.stop(), project?.remove()]));

  const save = ({ name, code }) =>
    writeFile(join(project.path, name), code.replaceAll(DOCUMENTED, service.endpoint));

  /** A room has a new name each time. */
  const run = async ({ name }) => (await project.run([name])).replace(/(WmpfVoip)\d+/g, '$1…');

  it('are the same in both languages', () => {
    assert.deepEqual(examples[1], examples[0]);
    assert.deepEqual(examples[3], examples[2]);
    assert.ok(examples[0].length > 5 && examples[2].length > 0, 'there are some');
  });

  it('print in docs/initByCaller.md what stands there', async () => {
    await Promise.all(examples[0].map(save));
    for (const example of examples[0]) {
      assert.equal(await run(example), example.printed ?? '', example.name);
    }
  });

  it('make a call in README.md', async () => {
    for (const example of examples[2]) {
      await save(example);
      assert.match(await run(example), /isSuccess: true/, example.name);
    }
  });
});
